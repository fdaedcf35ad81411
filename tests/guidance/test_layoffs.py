"""Lay-offs: who takes a report in, who gives an opinion, when it is too early, what is done for those who go."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from casework import personal, reminders
from casework.lifecycle import Incomplete, MoveRefused, NotYours
from casework.trail import Change
from enterprises import alarms
from guidance import layoff_letters
from guidance.models import Help, LaidOff, Layoff
from risks.models import MajorRisk
from tests import make
from tests.casework import lifecycles
from tests.guidance import layoff_cases as cases

pytestmark = pytest.mark.django_db
S = Layoff.State
ON = date(2023, 9, 13)


def taken_in(by, on=ON, **changes):
    made = Layoff.begun(make.enterprise(heads=200))
    made.take_in(by=by, on=on, **cases.plan(**changes))
    return made


# ── The lifecycle ──────────────────────────────────────────────────────────────────────────────


def test_a_layoff_moves_as_its_table_says(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, rongcheng_officer, city_office
):
    firm = make.enterprise(heads=200)

    def record_in(state):
        return Layoff(
            enterprise=firm, district_id="371002", **cases.plan(statutory=True)
        ) if state is None else cases.layoff(firm, state=state)  # fmt: skip

    people = lifecycles.by_role(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office)
    people |= {"stranger": rongcheng_officer, "portal": None}
    authority, helpers = ("district_officer", "district_supervisor"), (
        "district_officer", "district_supervisor", "union_coordinator",
    )  # fmt: skip
    before, after = (S.REPORTED, S.RETURNED, S.ADVISED), (S.CARRIED_OUT,)
    allowed = {(None, "take_in", who) for who in authority}
    for moves, states, whom in (
        (("advise", "send_back"), (S.REPORTED,), authority),
        (("revise", "carry_out", "acknowledge", "withdraw"), before, authority),
        (("opine",), before, ("union_coordinator",)),
        (("enlist", "strike"), before + after, authority),
        (("help", "note_result"), (S.ADVISED, S.CARRIED_OUT), helpers),
        (("rehire",), after, helpers),
        (("transfer", "close"), after, authority),
    ):
        allowed |= {(state, move, who) for state in states for move in moves for who in whom}
    assert lifecycles.allowed(record_in, people) == allowed


# ── The report ─────────────────────────────────────────────────────────────────────────────────


def test_a_report_of_twenty_five_is_statutory_and_told_as_a_major_risk(huancui_officer):
    made = taken_in(huancui_officer)
    assert (made.state, made.statutory, made.earliest_on) == (S.REPORTED, True, date(2023, 10, 1))
    risk = MajorRisk.objects.get()
    assert (risk.kind, risk.people, risk.staff, risk.source) == ("layoff", 25, 200, "rule")
    assert "企业报告裁员方案" in risk.grounds


def test_a_second_report_while_the_risk_is_handled_tells_it_once(huancui_officer):
    made = taken_in(huancui_officer)
    made.revise(by=huancui_officer, on=ON, **cases.plan(planned_cut=40))
    assert MajorRisk.objects.count() == 1


def test_where_nobody_listens_an_alarm_comes_to_nothing(huancui_officer, monkeypatch):
    monkeypatch.setattr(alarms, "_handler", None)
    taken_in(huancui_officer)
    assert not MajorRisk.objects.exists()


def test_a_report_below_the_line_is_guided_gets_no_receipt_and_is_no_major_risk(huancui_officer):
    made = taken_in(huancui_officer, planned_cut=19, total_staff=191)
    assert not made.statutory
    assert not MajorRisk.objects.exists()
    with pytest.raises(Incomplete, match="不出具收到回执"):
        made.acknowledge(by=huancui_officer, on=ON, receipt_number="1号", receipted_on=ON)
    with pytest.raises(MoveRefused, match="未达到标准的，予以指导"):
        made.advise(by=huancui_officer, on=ON, verdict="clear", opinion="可以")
    made.advise(by=huancui_officer, on=ON, verdict="guided", opinion="逐人处理，事先通知工会")
    assert made.state == S.ADVISED


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"planned_cut": 0}, "大于零"),
        ({"planned_cut": 201}, "不能多于职工总数"),
        ({"reported_on": date(2023, 9, 14)}, "还没有到"),
        ({"explained_on": date(2023, 9, 14)}, "还没有到"),
        ({"ground": ""}, "法定情形"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_nothing_is_stored(changes, sentence, huancui_officer):
    with pytest.raises(MoveRefused, match=sentence):
        taken_in(huancui_officer, **changes)
    assert not Layoff.objects.exists()


def test_only_the_labour_authority_takes_it_in_and_only_the_union_gives_its_opinion(
    huancui_officer, huancui_union, huancui_employer
):
    for person in (huancui_union, huancui_employer):
        with pytest.raises(NotYours):
            taken_in(person)
    made = taken_in(huancui_officer)
    with pytest.raises(NotYours, match="工会协调员"):
        made.opine(by=huancui_officer, on=ON, union_opinion="同意")
    made.opine(by=huancui_union, on=ON, union_opinion="建议优先安排转岗")
    assert (made.union_opinion, made.union_opined_on) == ("建议优先安排转岗", ON)


def test_a_receipt_has_a_number_of_its_own_in_the_district(huancui_officer, rongcheng_officer):
    first, second = taken_in(huancui_officer), cases.layoff()
    first.acknowledge(by=huancui_officer, on=ON, receipt_number="裁收〔2023〕1号", receipted_on=ON)
    with pytest.raises(MoveRefused, match="已经用过"):
        second.acknowledge(by=huancui_officer, on=ON, receipt_number="裁收〔2023〕1号", receipted_on=ON)
    with pytest.raises(MoveRefused, match="请勿重复"):
        first.acknowledge(by=huancui_officer, on=ON, receipt_number="裁收〔2023〕2号", receipted_on=ON)
    elsewhere = cases.layoff(make.enterprise(district="371082"))
    elsewhere.acknowledge(by=rongcheng_officer, on=ON, receipt_number="裁收〔2023〕1号", receipted_on=ON)
    with pytest.raises(MoveRefused, match="不能早于报告日期"):
        second.acknowledge(by=huancui_officer, on=ON, receipt_number="裁收〔2023〕3号", receipted_on=date(2023, 9, 1))


# ── The opinion ────────────────────────────────────────────────────────────────────────────────


def acknowledged(by, **fields):
    return cases.layoff(people=25, receipt_number="裁收〔2023〕1号", receipted_on=ON, **fields)


def test_no_opinion_before_the_receipt(huancui_officer):
    with pytest.raises(Incomplete, match="先出具收到回执"):
        cases.layoff(people=25).advise(by=huancui_officer, on=ON, verdict="clear", opinion="无异议")


@pytest.mark.parametrize("fault", [{"maternity": 1}, {"starts_on": date(2023, 9, 30)}, {"compensation": ""}])
def test_nobody_says_that_nothing_was_found_where_something_is(fault, huancui_officer):
    made = acknowledged(huancui_officer, **fault)
    assert layoff_letters.drafted_opinion(made)[0] == "objected"
    with pytest.raises(Incomplete, match="还有不符合法律规定之处"):
        made.advise(by=huancui_officer, on=ON, verdict="clear", opinion="无异议")
    made.advise(by=huancui_officer, on=ON, verdict="objected", opinion="请更正")
    assert (made.state, made.advised_on) == (S.ADVISED, ON)


def test_a_plan_in_order_is_clear(huancui_officer):
    made = acknowledged(huancui_officer, union_opinion="同意")
    verdict, words = layoff_letters.drafted_opinion(made)
    assert (verdict, "可于2023年10月1日起依法实施" in words) == ("clear", True)
    made.advise(by=huancui_officer, on=ON, verdict=verdict, opinion=words)
    assert made.state == S.ADVISED


def test_what_is_mended_is_judged_anew_and_below_the_line_the_receipt_is_void(huancui_officer):
    made = acknowledged(huancui_officer, maternity=1)
    made.advise(by=huancui_officer, on=ON, verdict="objected", opinion="请更正")
    made.revise(by=huancui_officer, on=ON, **cases.plan(maternity=0))
    assert (made.state, made.verdict, made.advised_on, made.receipt_number) == (S.REPORTED, "", None, "裁收〔2023〕1号")
    made.revise(by=huancui_officer, on=ON, **cases.plan(planned_cut=10))
    assert (made.statutory, made.receipt_number, made.receipted_on) == (False, "", None)


# ── The list ───────────────────────────────────────────────────────────────────────────────────


def test_what_names_people_lies_sealed_and_the_trail_does_not_tell_it(huancui_officer):
    made = taken_in(huancui_officer)
    told = cases.person()
    made.enlist(by=huancui_officer, on=ON, people=[told])
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id_number, phone FROM guidance_laidoff")
        stored = cursor.fetchone()
    for plain, sealed in zip((told["name"], told["id_number"], told["phone"]), stored, strict=True):
        assert plain not in sealed
    person = LaidOff.objects.get()
    assert (person.name, person.id_number, person.phone) == (told["name"], told["id_number"], told["phone"])
    person.phone = "13900009999"
    person.save()
    made.strike(by=huancui_officer, on=ON, person=person, reason="登记有误")
    rows = Change.objects.filter(model="guidance.laidoff").order_by("id")
    assert [row.deed for row in rows] == ["insert", "update", "delete"]
    for row in rows:
        for side in (row.before, row.after):
            assert {value for name, value in (side or {}).items() if name in ("name", "id_number", "phone")} <= {"……"}
    whole = str([(row.before, row.after) for row in Change.objects.all()]) + str(list(made.timeline.values()))
    for plain in (told["name"], told["id_number"], told["phone"]):
        assert plain not in whole


def test_lists_are_sealed_anew_after_the_portals_key_was_changed(huancui_officer, settings, capsys):
    settings.SECRET_KEY = before = "the key of before, long enough to be one"
    made, told = taken_in(huancui_officer), cases.person()
    made.enlist(by=huancui_officer, on=ON, people=[told])
    settings.SECRET_KEY = "the key in use, as long as the other one"
    with pytest.raises(CommandError, match="SECRET_KEY_FALLBACKS"):
        call_command("seal_personal")
    settings.SECRET_KEY_FALLBACKS = [before]
    call_command("seal_personal")
    call_command("seal_personal")
    assert capsys.readouterr().out.split() == [
        "已改用现行密钥加密",
        "1",
        "条记录。",
        "已改用现行密钥加密",
        "0",
        "条记录。",
    ]
    settings.SECRET_KEY_FALLBACKS = []
    person = LaidOff.objects.get()
    assert (person.name, person.id_number, person.phone) == (told["name"], told["id_number"], told["phone"])
    assert person.likeness == personal.likeness(told["id_number"])


def test_a_list_with_somebody_twice_is_refused_whole(huancui_officer):
    made = cases.layoff(people=1)
    same = made.people.get().id_number
    with pytest.raises(MoveRefused, match="请勿重复") as refused:
        made.enlist(by=huancui_officer, on=ON, people=[cases.person(), cases.person(id_number=same)])
    assert same not in refused.value.sentence
    assert made.people.count() == 1


def test_who_was_helped_stays_on_the_list(huancui_officer):
    made = cases.layoff(state=S.CARRIED_OUT, people=1)
    person, on = made.people.get(), date(2023, 10, 20)
    made.help(
        by=huancui_officer, on=on, kind="training", helped_on=on, words="电工班", people=[person], outcome="pending"
    )
    with pytest.raises(MoveRefused, match="不能移出名单"):
        made.strike(by=huancui_officer, on=on, person=person, reason="登记有误")


def test_months_of_pay_are_counted_to_the_day_of_the_layoff():
    made = cases.layoff(people=1)
    assert made.people.get().months == 6  # 2018-03-01 to the planned 2023-10-09: five years and seven months


# ── What happened ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "early"), [(date(2023, 9, 30), True), (date(2023, 10, 1), False), (date(2023, 10, 9), False)]
)
def test_a_layoff_that_began_too_early_is_entered_and_said(day, early, huancui_officer):
    made = cases.layoff()
    made.carry_out(by=huancui_officer, on=date(2023, 10, 10), carried_out_on=day, laid_off=25)
    assert made.is_early == early
    assert ("早于依法可以裁减" in made.timeline.first().note) == early
    assert any("早于依法可以裁减" in fault.sentence for fault in made.faults()) == early
    assert (made in Layoff.objects.too_early()) == early


def test_a_layoff_below_the_line_knows_no_too_early(huancui_officer):
    made = cases.layoff(planned_cut=5)
    made.carry_out(by=huancui_officer, on=date(2023, 10, 10), carried_out_on=date(2023, 9, 20), laid_off=5)
    assert not made.is_early
    assert made not in Layoff.objects.too_early()


def test_help_has_entries_with_results_and_is_counted_in_people_and_in_times(huancui_officer, huancui_union):
    made = cases.layoff(state=S.CARRIED_OUT, people=3)
    one, two, three = made.people.all()
    on = date(2023, 10, 20)
    made.help(by=huancui_union, on=on, kind="counselling", helped_on=on, words="团体辅导",
              people=[one, two, three], outcome="eased")  # fmt: skip
    made.help(by=huancui_officer, on=on, kind="employment", helped_on=on, words="推荐岗位", people=[one, two],
              outcome="pending")  # fmt: skip
    made.help(by=huancui_officer, on=on, kind="employment", helped_on=on, words="再推荐", people=[one],
              outcome="employed")  # fmt: skip
    assert not made.has_no_open_help
    with pytest.raises(MoveRefused, match="不能早于帮扶日期"):
        made.note_result(by=huancui_officer, on=on, helps=made.helps.filter(person=two, outcome="pending"),
                         outcome="business", outcome_on=date(2023, 10, 19))  # fmt: skip
    made.note_result(by=huancui_officer, on=on, helps=made.helps.filter(outcome="pending"), outcome="business",
                     outcome_on=on)  # fmt: skip
    assert made.helps.tally() == [
        ("就业援助", 3, 2, {"已就业": 1, "已创业": 2}),
        ("心理指导", 3, 3, {"已疏导": 3}),
        ("技能提升", 0, 0, {}),
    ]
    assert set(LaidOff.objects.placed()) == {one, two}
    assert not LaidOff.objects.unhelped().exists()


def test_hiring_again_names_who_came_back_and_says_what_was_not_done(huancui_officer):
    made = cases.layoff(state=S.CARRIED_OUT, people=3)
    one, two, _ = made.people.all()
    on = date(2023, 11, 20)
    with pytest.raises(MoveRefused, match="多于招用的1人"):
        made.rehire(by=huancui_officer, on=on, hired_on=on, posts="操作工", hired=1, notified=True, people=[one, two])
    made.rehire(by=huancui_officer, on=on, hired_on=on, posts="操作工", hired=4, notified=True, people=[one, two])
    made.rehire(by=huancui_officer, on=on, hired_on=on, posts="操作工", hired=2, notified=False, people=[])
    second, first = made.hirings.all()
    assert set(first.people.all()) == {one, two}
    assert (first.fault, "没有通知" in second.fault) == (None, True)


def test_a_case_is_closed_when_the_priority_is_over_and_everything_is_settled(huancui_officer):
    made = cases.layoff(state=S.CARRIED_OUT)
    last = made.rehire_until
    with pytest.raises(Incomplete, match="优先招用期还没有届满"):
        made.close(by=huancui_officer, on=last, result="已办结")
    with pytest.raises(Incomplete, match="先登记档案"):
        made.close(by=huancui_officer, on=last + timedelta(days=1), result="已办结")
    made.transfer(by=huancui_officer, on=date(2023, 10, 20), transferred_on=date(2023, 10, 20))
    made.close(by=huancui_officer, on=last + timedelta(days=1), result="已办结")
    assert made.state == S.CLOSED


# ── Reminders and figures ──────────────────────────────────────────────────────────────────────


def waiting(on):
    found = {}
    for matter in reminders.waiting(reminders.everybody(), on):
        if matter.kind.startswith("layoff"):
            found.setdefault(matter.person.username, set()).add(matter.kind)
    return found


def test_each_is_told_what_waits_for_them(huancui_officer, huancui_union, huancui_employer, rongcheng_officer):
    made = cases.layoff(people=1)
    assert waiting(ON) == {
        "huancui_officer": {"layoff_receipt", "layoff_advise", "layoff_begin"}, "huancui_union": {"layoff_union"},
    }  # fmt: skip
    made.acknowledge(by=huancui_officer, on=ON, receipt_number="1号", receipted_on=ON)
    made.opine(by=huancui_union, on=ON, union_opinion="同意")
    made.advise(by=huancui_officer, on=ON, verdict="objected", opinion="名单人数不符")
    assert waiting(ON) == {"huancui_officer": {"layoff_begin"}}
    made.carry_out(by=huancui_officer, on=cases.STARTS, carried_out_on=cases.STARTS, laid_off=1)
    after = date(2023, 10, 20)
    assert waiting(after) == {
        "huancui_officer": {"layoff_transfer", "layoff_unhelped"}, "huancui_union": {"layoff_unhelped"},
    }  # fmt: skip
    made.help(by=huancui_union, on=after, kind="training", helped_on=after, words="培训",
              people=list(made.people.all()), outcome="trained")  # fmt: skip
    made.transfer(by=huancui_officer, on=after, transferred_on=after)
    assert waiting(after) == {}
    assert waiting(made.rehire_until + timedelta(days=1)) == {"huancui_officer": {"layoff_close"}}


def test_help_of_another_district_cannot_be_seen(rongcheng_officer):
    made = cases.layoff(state=S.CARRIED_OUT, people=1)
    assert LaidOff.objects.visible_to(rongcheng_officer).count() == 0
    assert made.people.count() == 1
    assert not Help.objects.visible_to(rongcheng_officer).exists()
