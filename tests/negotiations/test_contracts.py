"""From the signature to the end: filing, review, force, publication, renewal, dissolution and ending kept apart."""

from datetime import date

import pytest

from accounts.roles import Role
from casework.lifecycle import Incomplete, MoveRefused
from negotiations.law import Kind
from negotiations.models import Contract, Ground, Mechanism
from tests import make
from tests.casework import lifecycles
from tests.negotiations import cases

pytestmark = pytest.mark.django_db
S = Contract.State
UNION, OFFICER, SUPERVISOR = Role.UNION_COORDINATOR, Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR
WRITERS, REVIEWERS = (UNION, OFFICER, SUPERVISOR), (OFFICER, SUPERVISOR)


def each(states, move, roles):
    return {(state, move, role) for state in states for role in roles}


ALLOWED = set().union(
    each([None], "register", WRITERS),
    each([None], "take_over", WRITERS),
    each([S.SIGNED, S.OBJECTED, S.EFFECTIVE, S.PERFORMED], "join", WRITERS),
    each([S.SIGNED, S.OBJECTED], "adopt", WRITERS),
    each([S.SIGNED, S.OBJECTED], "file", WRITERS),
    each([S.FILED], "object", REVIEWERS),
    each([S.FILED], "approve", REVIEWERS),
    each([S.FILED], "deem", WRITERS),
    each([S.EFFECTIVE], "publish", WRITERS),
    each([S.EFFECTIVE, S.PERFORMED], "tell_union", WRITERS),
    each([S.PERFORMED], "report", WRITERS),
    each([S.EFFECTIVE, S.PERFORMED], "dissolve", WRITERS),
    each([S.SIGNED, S.FILED, S.OBJECTED, S.EFFECTIVE, S.PERFORMED], "end", WRITERS),
    each([S.DISSOLVED], "report_ending", WRITERS),
)


@pytest.fixture
def people(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, steward, auditor, administrator
):
    return lifecycles.by_role(
        huancui_officer,
        huancui_supervisor,
        huancui_union,
        huancui_employer,
        city_office,
        steward,
        auditor,
        administrator,
    )


def test_a_contract_moves_as_its_table_says_and_only_the_labour_authority_reviews(people, rongcheng_officer):
    made = {state: cases.contract(state=state) for state in (None, *S)}
    assert lifecycles.allowed(made.get, people) == ALLOWED
    assert lifecycles.allowed(made.get, {"rongcheng": rongcheng_officer}) == set()


def test_a_mechanism_moves_as_its_table_says(people):
    made = {state: cases.mechanism(state=state) for state in (None, *Mechanism.State)}
    working, resting = Mechanism.State
    assert lifecycles.allowed(made.get, people) == set().union(
        each([None], "set_up", WRITERS),
        *(each([working], move, WRITERS) for move in ("plan", "hold", "agree", "amend", "rest")),
        each([resting], "resume", WRITERS),
    )


# ── Clocks ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "clock", "due_on", "article"),
    [
        (Kind.WAGE, "file_due", date(2023, 9, 11), "《山东省企业工资集体协商条例》第二十九条"),
        (Kind.WAGE, "review_due", date(2023, 9, 20), "《山东省企业工资集体协商条例》第三十条"),
        (Kind.WAGE, "publish_due", date(2023, 9, 22), "《山东省企业工资集体协商条例》第三十一条"),
        (Kind.WAGE, "renewal", date(2024, 7, 2), "《工资集体协商试行办法》第二十四条"),  # the province is silent
        (Kind.GENERAL, "file_due", date(2023, 9, 11), "《山东省劳动合同条例》第四十一条"),
        (Kind.GENERAL, "review_due", date(2023, 9, 20), "《山东省劳动合同条例》第四十一条"),
        (Kind.GENERAL, "publish_due", date(2023, 9, 22), "《山东省劳动合同条例》第四十四条"),
        (Kind.GENERAL, "renewal", date(2024, 5, 31), "《山东省劳动合同条例》第四十二条"),
        (Kind.SPECIAL, "review_due", date(2023, 9, 20), "《山东省劳动合同条例》第四十一条"),
    ],
)
def test_each_step_has_its_date_and_says_its_article(kind, clock, due_on, article):
    due = getattr(cases.contract(state=S.PERFORMED, kind=kind), clock)
    assert due.on == due_on
    assert article in due.sentence


def test_a_province_without_rules_of_its_own_follows_the_national_ones(settings):
    settings.PROVINCE = "320000"
    offer = cases.consultation(state="received", kind=Kind.GENERAL)
    assert offer.reply_due.on == date(2023, 8, 22)  # twenty days
    assert "《集体合同规定》第三十二条" in offer.reply_due.sentence


def test_a_contract_not_filed_in_time_is_listed():
    contract = cases.contract()
    assert contract not in Contract.objects.not_filed(date(2023, 9, 11))
    assert contract in Contract.objects.not_filed(date(2023, 9, 12))


def test_a_contract_is_renewed_within_its_window_and_expired_after_its_end():
    contract = cases.contract(state=S.PERFORMED)
    assert contract not in Contract.objects.to_renew(date(2024, 7, 1))
    assert contract in Contract.objects.to_renew(date(2024, 7, 2))
    assert contract not in Contract.objects.expired(date(2024, 8, 31))
    assert contract in Contract.objects.expired(date(2024, 9, 1))


def test_a_year_without_a_report_on_performance_is_listed(huancui_union):
    contract = cases.contract(state=S.PERFORMED, ends_on=date(2026, 8, 31))
    on = date(2024, 9, 2)
    assert contract in Contract.objects.report_missing(on)
    contract.report(by=huancui_union, on=on, told_on=date(2024, 8, 30), body="congress", summary="已按合同履行")
    assert contract not in Contract.objects.report_missing(on)


# ── Review ─────────────────────────────────────────────────────────────────────────────────────


def test_a_package_with_a_gap_is_not_filed_and_the_gap_is_named(huancui_union):
    contract = cases.contract()
    on = date(2023, 9, 5)
    with pytest.raises(Incomplete, match="报送材料还不齐"):
        contract.file(by=huancui_union, on=on, filed_on=on, package=["statement", "text"])
    contract.refresh_from_db()
    assert (contract.state, contract.filed_on) == (S.SIGNED, None)
    assert "营业执照复印件" in contract.package_missing


def test_without_an_objection_in_fifteen_days_a_contract_is_in_force_and_not_before(huancui_union):
    contract = cases.contract()
    contract.file(by=huancui_union, on=date(2023, 9, 5), filed_on=date(2023, 9, 5), package=cases.PACKAGE)
    with pytest.raises(MoveRefused, match="审查期限到2023年09月20日"):
        contract.deem(by=huancui_union, on=date(2023, 9, 20))
    assert contract in Contract.objects.review_over(date(2023, 9, 21))
    contract.deem(by=huancui_union, on=date(2023, 9, 21))
    assert (contract.state, contract.deemed, contract.in_force_on) == (S.EFFECTIVE, True, date(2023, 9, 21))


def test_after_an_objection_the_contract_is_filed_again_and_the_review_starts_anew(huancui_union, huancui_officer):
    contract = cases.contract(state=S.FILED)
    contract.object(by=huancui_officer, on=date(2023, 9, 12), reviewed_on=date(2023, 9, 12), opinion="最低工资约定过低")
    contract.file(by=huancui_union, on=date(2023, 9, 25), filed_on=date(2023, 9, 25), package=cases.PACKAGE)
    assert contract.review_due_on == date(2023, 10, 10)
    contract.approve(by=huancui_officer, on=date(2023, 10, 8), reviewed_on=date(2023, 10, 8), opinion="无异议")
    assert contract.publish_due_on == date(2023, 10, 16)  # the seventh day is a Sunday
    contract.publish(by=huancui_union, on=date(2023, 10, 9), published_on=date(2023, 10, 9))
    assert contract.is_in_force(date(2023, 10, 9))


@pytest.mark.parametrize(
    ("kind", "ends_on", "sentence"),
    [
        (Kind.WAGE, date(2026, 9, 2), "最长不超过3年"),
        (Kind.GENERAL, date(2024, 5, 31), "不少于1年"),
        (Kind.GENERAL, date(2024, 8, 31), ""),
        (Kind.WAGE, date(2024, 5, 31), ""),  # 一般为一年: no least
        (Kind.WAGE, date(2026, 8, 31), ""),
    ],
)
def test_a_term_that_the_law_does_not_know_is_refused(kind, ends_on, sentence, huancui_union):
    contract = cases.contract(state=None, kind=kind, ends_on=ends_on)
    if sentence:
        with pytest.raises(MoveRefused, match=sentence):
            contract.register(by=huancui_union, on=date(2023, 9, 1))
        assert not Contract.objects.exists()
    else:
        contract.register(by=huancui_union, on=date(2023, 9, 1))


# ── Dissolved or ended: the trap of the notice ─────────────────────────────────────────────────

BALLOT = {"body": "staff", "held_on": date(2023, 11, 10), "entitled": 100, "present": 100}


@pytest.mark.parametrize("ground", [Ground.BANKRUPTCY, Ground.DISSOLUTION, Ground.REVOCATION])
def test_bankruptcy_closure_and_dissolution_end_a_contract_without_a_vote(ground, huancui_union):
    contract = cases.contract(state=S.PERFORMED)
    with pytest.raises(MoveRefused, match="合同终止，不需要表决解除，请办理“终止合同”"):
        contract.dissolve(
            by=huancui_union, on=make.ON, ground=ground, closed_on=make.ON, reason="", in_favour=100, **BALLOT
        )
    contract.end(by=huancui_union, on=make.ON, ground=ground, closed_on=make.ON)
    assert contract.state == S.ENDED
    assert contract.ending.filing_due is None


def test_a_merger_dissolves_by_more_than_half_of_all_and_is_filed_in_seven_days(huancui_union):
    contract = cases.contract(state=S.PERFORMED)
    with pytest.raises(MoveRefused, match="不属于终止情形"):
        contract.end(by=huancui_union, on=make.ON, ground=Ground.MERGER, closed_on=make.ON)
    merger = {"ground": Ground.MERGER, "closed_on": date(2023, 11, 15), "reason": "被兼并"}
    with pytest.raises(MoveRefused, match="未获通过"):
        contract.dissolve(by=huancui_union, on=make.ON, in_favour=50, **merger, **BALLOT)
    contract.refresh_from_db()
    assert contract.state == S.PERFORMED
    contract.dissolve(by=huancui_union, on=make.ON, in_favour=51, **merger, **BALLOT)
    assert contract.ending.filing_due.on == date(2023, 11, 22)


def test_a_contract_does_not_expire_before_its_end(huancui_union):
    contract = cases.contract(state=S.PERFORMED)
    with pytest.raises(MoveRefused, match="才届满"):
        contract.end(by=huancui_union, on=make.ON, ground=Ground.EXPIRY, closed_on=make.ON)


# ── Many enterprises, one contract ─────────────────────────────────────────────────────────────


def area_contract(by, **fields):
    contract = cases.contract(reach=Contract.Reach.INDUSTRY, enterprise=make.enterprise(), state=None, **fields)
    contract.enterprise, contract.trade = None, "水产品加工"
    contract.register(by=by, on=date(2023, 9, 1))
    return contract


OWN_VOTE = {"body": "staff", "held_on": date(2023, 9, 2), "entitled": 40, "present": 38}


def test_an_industry_contract_binds_each_firm_from_the_day_of_its_seal(huancui_union):
    contract = area_contract(huancui_union)
    firms = [make.enterprise(district="371002") for _ in range(2)]
    for firm, day in zip(firms, (date(2023, 9, 3), date(2023, 9, 8)), strict=True):
        contract.join(
            by=huancui_union, on=make.ON, enterprise=firm, sealed_on=day, workers=30,
            ballot=OWN_VOTE | {"in_favour": 21},
        )  # fmt: skip
    assert [member.sealed_on.day for member in contract.members.all()] == [3, 8]
    with pytest.raises(MoveRefused, match="应在本区市"):
        contract.join(
            by=huancui_union, on=make.ON, enterprise=make.enterprise(district="371082"), sealed_on=date(2023, 9, 3)
        )


def test_a_firm_seals_when_more_than_half_of_its_staff_or_of_the_industrys_congress_are_for_it(huancui_union):
    contract, firm = area_contract(huancui_union), make.enterprise(district="371002")
    seal = {"by": huancui_union, "on": make.ON, "enterprise": firm, "sealed_on": date(2023, 9, 3)}
    with pytest.raises(MoveRefused, match="请填写本企业职工（职工代表）的表决人数"):
        contract.join(**seal)
    with pytest.raises(MoveRefused, match="未获通过"):
        contract.join(ballot=OWN_VOTE | {"in_favour": 20}, **seal)
    assert not contract.members.exists()
    congress = {"held_on": date(2023, 9, 1), "entitled": 61, "present": 50}
    with pytest.raises(Incomplete, match="草案没有通过"):
        contract.adopt(by=huancui_union, on=make.ON, in_favour=30, **congress)
    contract.adopt(by=huancui_union, on=make.ON, in_favour=31, **congress)
    contract.join(**seal)
    assert contract.members.get().vote is None


def test_a_firms_own_wage_contract_says_what_it_may_not_fall_below(client, huancui_union):
    contract, firm = area_contract(huancui_union), make.enterprise(district="371002")
    contract.join(
        by=huancui_union, on=make.ON, enterprise=firm, sealed_on=date(2023, 9, 3), ballot=OWN_VOTE | {"in_favour": 21}
    )
    Contract.objects.filter(pk=contract.pk).update(state=S.PERFORMED, title="水产品加工行业工资专项集体合同")
    own = cases.contract(firm, state=S.PERFORMED)
    client.force_login(huancui_union)
    page = client.get(own.get_absolute_url()).content.decode()
    assert "不得低于" in page
    assert "水产品加工行业工资专项集体合同" in page
    others = cases.contract(state=S.PERFORMED)
    assert "不得低于" not in client.get(others.get_absolute_url()).content.decode()


# ── Renewed or changed: the old holds until the new is in force ────────────────────────────────


def renewing(old, **fields):
    return cases.contract(old.enterprise, state=S.FILED, replaces=old, **fields)


def test_a_change_replaces_the_old_contract_when_the_new_one_is_in_force_not_when_it_is_signed(huancui_officer):
    old = cases.contract(state=S.PERFORMED)
    new = renewing(old, begins_on=date(2023, 9, 10), ends_on=date(2024, 8, 31))
    assert old.is_in_force(date(2023, 9, 12))
    new.approve(by=huancui_officer, on=date(2023, 9, 13), reviewed_on=date(2023, 9, 13))
    old.refresh_from_db()
    assert (old.state, old.closed_on) == (S.REPLACED, date(2023, 9, 13))
    assert not old.is_in_force(date(2023, 9, 13))
    assert old.timeline.first().note == new.title


def test_a_renewal_leaves_the_old_contract_in_force_until_its_own_first_day(huancui_officer):
    old = cases.contract(state=S.PERFORMED, begins_on=date(2022, 10, 1), ends_on=date(2023, 9, 30))
    new = renewing(old, begins_on=date(2023, 10, 1), ends_on=date(2024, 9, 30))
    new.approve(by=huancui_officer, on=date(2023, 9, 13), reviewed_on=date(2023, 9, 13))
    old.refresh_from_db()
    for day in (date(2023, 9, 13), date(2023, 9, 30)):
        assert old.is_in_force(day)
        assert old in Contract.objects.in_force(day)
    assert old not in Contract.objects.in_force(date(2023, 10, 1))
    assert old not in Contract.objects.to_renew(date(2023, 9, 20))


def test_from_the_contracts_page_a_renewal_is_begun_with_the_contract_filled_in(client, huancui_union):
    old = cases.contract(state=S.PERFORMED, kind=Kind.GENERAL)
    client.force_login(huancui_union)
    address = f"/negotiations/enterprises/{old.enterprise_id}/draft/?contract={old.pk}&purpose=change"
    assert address.replace("&", "&amp;") in client.get(old.get_absolute_url()).content.decode()
    form = client.get(address).context["form"]
    assert (form.initial["contract"], form.initial["purpose"], form.initial["kind"]) == (old.pk, "change", "general")
    other = cases.contract(make.enterprise(district="371002"), state=S.PERFORMED)
    assert client.get(address.replace(f"contract={old.pk}", f"contract={other.pk}")).status_code == 404


def test_a_dissolution_not_filed_in_seven_days_is_listed(huancui_union):
    contract = cases.contract(state=S.PERFORMED)
    contract.dissolve(
        by=huancui_union, on=make.ON, ground=Ground.MERGER, closed_on=date(2023, 11, 10), reason="被兼并",
        in_favour=51, **BALLOT,
    )  # fmt: skip
    assert contract.waits_for == ("企业", "向人社部门报备解除", date(2023, 11, 17))
    assert contract not in Contract.objects.dissolution_not_filed(date(2023, 11, 17))
    assert contract in Contract.objects.dissolution_not_filed(date(2023, 11, 18))
    contract.report_ending(by=huancui_union, on=date(2023, 11, 20), filed_on=date(2023, 11, 20))
    assert contract not in Contract.objects.dissolution_not_filed(date(2023, 11, 21))


def test_a_contract_of_one_firm_takes_no_others_in(huancui_union):
    with pytest.raises(Incomplete, match="行业性、区域性合同"):
        cases.contract().join(
            by=huancui_union, on=make.ON, enterprise=make.enterprise(), sealed_on=date(2023, 9, 3)
        )  # fmt: skip


def test_what_stands_on_a_platform_is_the_latest_of_each_topic(huancui_union):
    mechanism = cases.mechanism()
    for standard, day in (("每单4.0元", date(2023, 8, 1)), ("每单4.2元", date(2023, 10, 1))):
        mechanism.agree(by=huancui_union, on=make.ON, topic="piece_rate", standard=standard, from_on=day)
    assert [term.standard for term in mechanism.standards(date(2023, 9, 1))] == ["每单4.0元"]
    assert [term.standard for term in mechanism.standards(date(2023, 11, 1))] == ["每单4.2元"]
    assert mechanism.terms.count() == 2


# ── Each review stays; the upper union is told; a platform's next round ────────────────────────


def test_an_objection_and_the_approval_after_it_both_stay_with_their_letters(client, huancui_union, huancui_officer):
    contract = cases.contract(state=S.FILED)
    contract.object(
        by=huancui_officer, on=date(2023, 9, 12), reviewed_on=date(2023, 9, 12), opinion="病假工资约定过低",
        objected=["content"],
    )  # fmt: skip
    contract.file(by=huancui_union, on=date(2023, 9, 25), filed_on=date(2023, 9, 25), package=cases.PACKAGE)
    contract.approve(by=huancui_officer, on=date(2023, 10, 8), reviewed_on=date(2023, 10, 8))
    assert [(review.number, review.passed, review.filed_on.day) for review in contract.reviews.all()] == [
        (1, False, 5), (2, True, 25),
    ]  # fmt: skip
    client.force_login(huancui_union)
    for number in (1, 2):
        assert client.get(f"/negotiations/contracts/{contract.pk}/reviews/{number}/opinion.docx").status_code == 200
    assert client.get(f"/negotiations/contracts/{contract.pk}/reviews/3/opinion.docx").status_code == 404
    page = client.get(contract.get_absolute_url()).content.decode()
    assert "有异议：合同内容的合法性" in page


def test_a_contract_in_force_is_filed_with_the_upper_union(huancui_union):
    contract = cases.contract(state=S.EFFECTIVE)
    assert contract in Contract.objects.untold()
    with pytest.raises(MoveRefused, match="不能早于合同生效日期"):
        contract.tell_union(by=huancui_union, on=make.ON, told_union_on=date(2023, 9, 14))
    contract.tell_union(by=huancui_union, on=make.ON, told_union_on=date(2023, 9, 20))
    assert contract not in Contract.objects.untold()
    assert contract.timeline.first().deed == "登记报上级工会"


def test_a_platform_without_a_round_in_its_time_is_listed_until_one_is_planned(huancui_union):
    mechanism = cases.mechanism(every_months=3)
    assert mechanism.next_on == date(2023, 11, 1)
    assert mechanism not in Mechanism.objects.unplanned(date(2023, 11, 1))
    on = date(2023, 11, 2)
    assert mechanism in Mechanism.objects.unplanned(on)
    mechanism.plan(by=huancui_union, on=on, planned_on=date(2023, 11, 10), topics=["piece_rate"])
    assert mechanism not in Mechanism.objects.unplanned(on)
    assert mechanism in Mechanism.objects.overdue(date(2023, 11, 11))
    meeting = mechanism.rounds.get()
    mechanism.hold(by=huancui_union, on=make.ON, meeting=meeting, held_on=date(2023, 11, 10), result="一致")
    assert mechanism.next_on == date(2024, 2, 10)


def test_a_mechanism_is_amended_and_the_history_says_what_stood_before(huancui_union):
    mechanism = cases.mechanism(every_months=6, adjustment="提前十五日通知")
    mechanism.amend(by=huancui_union, on=make.ON, every_months=3, adjustment="提前三十日通知")
    note = mechanism.timeline.first().note
    assert "每几个月协商一次：6 → 3" in note
    assert "提前十五日通知 → 提前三十日通知" in note
