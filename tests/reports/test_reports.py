"""A district's report: drafted from the figures, confirmed by three bodies, submitted, accepted, corrected."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import District, Organisation, User
from accounts.roles import Role
from campaigns.models import Campaign
from casework import reminders
from casework.lifecycle import MoveRefused, NotYours
from casework.masking import masked
from casework.models import Message
from reports import drafting, freezing, proofreading
from reports.indicators.catalogue import CATALOGUE
from reports.models import Key, Report, State, Submission
from reports.models.sections import Overtaken
from reports.reminders import IN_SIGHT
from tests import make
from tests.casework import lifecycles
from tests.casework.test_webhooks import subscribe
from tests.reports import written

pytestmark = pytest.mark.django_db
S, G, W, E = State, *Organisation.Side
LEAD, UNION, EMPLOYER = Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER
OFFICER, CITY = Role.DISTRICT_OFFICER, Role.CITY_OFFICE

ALLOWED = {
    (None, "begin", OFFICER), (None, "begin", LEAD),
    *((state, move, role) for state in (S.DRAFTING, S.RETURNED) for move in ("write", "pick", "drop")
      for role in (OFFICER, LEAD, UNION)),
    *((state, "confirm", role) for state in (S.DRAFTING, S.RETURNED) for role in (LEAD, UNION, EMPLOYER)),
    (S.DRAFTING, "conclude", "portal"), (S.RETURNED, "conclude", "portal"),
    (S.CONFIRMED, "submit", LEAD), (S.CONFIRMED, "take_back", LEAD),
    (S.SUBMITTED, "accept", CITY), (S.SUBMITTED, "give_back", CITY),
    (S.ACCEPTED, "correct", LEAD),
}  # fmt: skip


@pytest.fixture
def people():
    return written.speakers()


def test_a_report_moves_as_its_table_says(cast_of_reports):
    made = {}

    def record_in(state):
        if state is None:
            return Report(campaign=Campaign.objects.running(make.ON), district_id="371002")
        if state not in made:
            made[state] = Report.objects.filter(state=state).first() or moved(state)
        return made[state]

    assert lifecycles.allowed(record_in, cast_of_reports) == ALLOWED


def moved(state):
    """The one report of Huancui, put where the test wants it."""
    report = Report.objects.filter(district="371002").first() or written.report()
    report.confirmations.all().delete()
    Report.objects.filter(pk=report.pk).update(state=state)
    report.refresh_from_db()
    return report


@pytest.fixture
def cast_of_reports(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, rongcheng_officer,
                    city_office, steward):  # fmt: skip
    own = lifecycles.by_role(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, steward)
    return own | {"of another district": rongcheng_officer, "portal": None}


# ── Drafting ─────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_written_from_the_figures(people):
    make.arrears(workers=12, amount=9_600_000)
    make.inspection(answers={"4.1": ("no", "未发")})
    report = written.report(people=people)
    text = report.sections.get(key=Key.SCREENING).text
    assert "发现欠薪企业1户，涉及职工12人、金额9.60万元。" in text
    assert "发现风险1项，其中工资类1项" in text
    assert "列入整改台账" not in text  # nothing to tell of
    assert report.sections.get(key=Key.ORGANISATION).text.count("【请填写") == 1


def test_a_section_drafted_alone_is_what_all_drafts_say(people):
    make.arrears(workers=12, amount=9_600_000)
    report = written.report(people=people)
    drafts = drafting.drafts(report, on=make.ON)
    assert {key: drafting.section(report, key, on=make.ON) for key in Key} == drafts


def test_who_confirms_is_shown_what_the_records_no_longer_say(client, people):
    make.arrears(workers=12, amount=9_600_000)
    report = written.report(
        people=people, texts=dict.fromkeys([Key.ORGANISATION, Key.PROBLEMS, Key.PLANS], "第2次，3个月")
    )
    client.force_login(people[W])
    address = f"/reports/{report.pk}/confirm/"
    assert "办理前请核对" not in client.get(address).content.decode()
    make.arrears(workers=3, amount=1_000_000)
    page = client.get(address).content.decode()
    assert "风险摸排情况：“1户”“12人”“9.60万元”不是平台现有数字。" in page
    client.force_login(people[G])
    page = client.get(f"/reports/{report.pk}/sections/screening/").content.decode()
    assert "发现欠薪企业2户，涉及职工15人、金额10.60万元。" in page  # the draft to be taken instead
    assert client.post(address, {"version": report.version}).status_code == 303  # a doubt forbids nothing


def test_a_gap_is_pointed_at_before_it_is_confirmed(client, people):
    client.force_login(people[E])
    report = written.report(people=people)
    assert "组织部署情况：有 1 处【】没有填写。" in client.get(f"/reports/{report.pk}/confirm/").content.decode()


@pytest.mark.parametrize(
    ("text", "astray"),
    [
        ("走访1,203户次，覆盖率58.3%，涉及金额9.60万元。", []),
        ("走访1203户次", []),
        ("走访1,204户次，其中1,204户次", ["1,204户次"]),
        ("第3次调度，历时3个月，8个区市，增长2个百分点，2023年10月9日", []),
        ("培训60人次", ["60人次"]),
        ("约60人", ["60人"]),
    ],
)
def test_what_is_no_figure_of_the_records(text, astray):
    assert proofreading.strange(text, {"1203户次", "58.3%", "9.60万元"}) == astray


def test_a_district_reports_once_on_a_campaign(people):
    written.report(people=people)
    with pytest.raises(MoveRefused, match="已经开始起草"):
        written.report(people=people)


def test_what_two_people_write_is_never_written_over(people):
    report = written.report(people=people)
    section = report.sections.get(key=Key.PLANS)
    section.write("甲的打算", version=section.version, by=people[G], at=written.IN_TIME)
    with pytest.raises(Overtaken, match="刚刚由") as overtaken:
        section.write("乙的打算", version=section.version, by=people[W], at=written.IN_TIME)
    assert overtaken.value.now.text == "甲的打算"
    now = overtaken.value.now
    now.write("甲乙合并的打算", version=now.version, by=people[W], at=written.IN_TIME)
    assert [each.text for each in now.texts.all()][:2] == ["甲乙合并的打算", "甲的打算"]


def test_what_one_person_types_within_minutes_is_one_version(people):
    report = written.report(people=people)
    section = report.sections.get(key=Key.EXAMPLES)
    for minutes, text in ((0, "甲"), (1, "甲乙"), (7, "甲乙丙")):
        at = written.IN_TIME + timedelta(minutes=minutes)
        section = section.write(text, version=section.version, by=people[G], at=at)
    assert [each.text for each in section.texts.all()] == ["甲乙丙", "甲乙"]


def test_cases_tell_of_records_without_the_people_in_them():
    text = "王小明（电话13812345678，身份证371002199001011234）卡号6222020200112233445，0631-5221234"
    assert masked(text, names=["王小明"]) == (
        "王某（电话138****5678，身份证371***********1234）卡号****3445，0631-****1234"
    )


def test_a_typical_case_is_picked_from_a_settled_record(client, people):
    firm = make.enterprise(legal_representative="赵大山")
    arrears = make.arrears(firm, remark="赵大山答应付清，电话13812345678。")
    arrears.settle(by=make.person("settler", OFFICER, district="371002"), on=make.ON, paid_on=make.ON)
    report = written.report(people=people)
    client.force_login(people[G])
    page = client.get(f"/reports/{report.pk}/pick/").content.decode()
    assert "赵某答应付清，电话138****5678" in page
    key = page.split("?case=")[1].split('"')[0]
    form = client.get(f"/reports/{report.pk}/pick/?case={key}").context["form"]
    told = {name: form[name].value() for name in ("source", "title", "background", "action", "result", "version")}
    assert client.post(f"/reports/{report.pk}/pick/", told).status_code == 303
    case = report.cases.get()
    assert (case.source_id, case.title) == (arrears.pk, f"{firm.name}欠薪化解案例")


# ── Confirming and submitting ────────────────────────────────────────────────────────────────


def test_the_last_of_three_bodies_closes_the_draft(people):
    report = written.report(people=people, texts=dict.fromkeys(Key.values, "写好了"))
    report.confirm(by=people[W], on=make.ON)
    with pytest.raises(NotYours):
        report.confirm(by=people[W], on=make.ON)
    report.confirm(by=people[E], on=make.ON)
    assert report.state == S.DRAFTING
    report.confirm(by=people[G], on=make.ON)
    assert report.state == S.CONFIRMED


def test_a_text_changed_after_a_confirmation_is_to_be_confirmed_anew(people):
    report = written.report(people=people, texts=dict.fromkeys(Key.values, "写好了"))
    report.confirm(by=people[W], on=make.ON)
    section = report.sections.get(key=Key.PLANS)
    section.write("又改了", version=section.version, by=people[G], at=written.IN_TIME)
    assert not report.is_confirmed_by(W)
    report.confirm(by=people[W], on=make.ON)
    assert report.is_confirmed_by(W)


def test_a_report_with_an_empty_section_is_not_confirmed(people):
    report = written.report(people=people)
    report.sections.filter(key=Key.GUIDANCE).update(text="")
    with pytest.raises(MoveRefused, match="还有必写的部分"):
        report.confirm(by=people[G], on=make.ON)


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, True)])
def test_late_is_exact_to_the_second_and_never_refused(people, seconds, late):
    report = written.report(people=people, state=S.CONFIRMED)
    report.submit(by=people[G], on=make.ON, at=report.due_at + timedelta(seconds=seconds))
    assert (report.state, report.last_submission.is_late) == (S.SUBMITTED, late)


def test_a_returned_report_is_confirmed_and_submitted_anew(people, city_office):
    report = written.report(people=people, state=S.RETURNED)
    assert report.remarks == {"screening": "请核对欠薪金额"}
    assert not report.is_confirmed_by(W)
    for person in people.values():
        report.confirm(by=person, on=make.ON)
    report.submit(by=people[G], on=make.ON)
    report.accept(by=city_office, on=make.ON)
    assert [each.number for each in report.submissions.all()] == [2, 1]
    assert report.accepted_submission.number == 2


def test_what_was_accepted_stays_in_force_until_its_correction_is_accepted(people):
    report = written.report(people=people, state=S.ACCEPTED)
    with pytest.raises(MoveRefused):
        report.give_back(by=people[G], on=make.ON, remarks={})
    report.correct(by=people[G], on=make.ON, reason="漏报一件欠薪")
    assert (report.state, report.accepted_submission.number) == (S.DRAFTING, 1)
    assert report.timeline.first().note == "漏报一件欠薪"


# ── Frozen figures ───────────────────────────────────────────────────────────────────────────


def test_a_submitted_figure_stays_and_tells_what_came_left_and_changed(people, city_office, client):
    kept, dropped = make.arrears(workers=10), make.arrears(workers=20)
    report = written.report(people=people, state=S.SUBMITTED)
    officer = make.person("mender", OFFICER, district="371002")
    came = make.arrears(workers=5)
    dropped.dismiss(by=officer, on=make.ON, note="查无此事")
    kept.amend(by=officer, on=make.ON, note="补登两人", workers=12)
    figure = report.last_submission.figures.get(code="arrears.workers")
    change = freezing.change(figure)
    assert (figure.value, change.now) == (30, 17)
    assert (change.came, change.left, change.changed) == ([came.pk], [dropped.pk], [kept.pk])
    client.force_login(city_office)
    address = f"/reports/{report.pk}/submissions/1/"
    page = client.get(address, {"changes": 1}).content.decode()
    assert "新增 1 减少 1 改动 1" in page
    assert came.enterprise.name in client.get(f"{address}arrears.workers/").content.decode()


def test_nothing_edited_means_nothing_changed(people):
    make.finding()
    make.arrears()
    report = written.report(people=people, state=S.SUBMITTED)
    figures = report.last_submission.figures.select_related("submission__report__campaign")
    assert [figure.code for figure in figures if freezing.change(figure)] == []


def test_what_was_submitted_can_be_packed_and_read_again():
    ids, versions, shares = freezing.unpack(freezing.pack([3, 9, 2_000_000_000], [1, 2, 3], [-5, 0, 10**15]))
    assert (ids.tolist(), versions.tolist(), shares.tolist()) == ([3, 9, 2_000_000_000], [1, 2, 3], [-5, 0, 10**15])


# ── Pages, API, reminders ────────────────────────────────────────────────────────────────────


def test_a_section_keeps_itself_and_answers_a_stale_one_with_both_texts(client, people):
    report = written.report(people=people)
    client.force_login(people[G])
    address, base = f"/reports/{report.pk}/sections/plans/", report.sections.get(key="plans").version
    assert client.post(address, {"text": "我的打算", "base": base}, headers={"HX-Request": "true"}).status_code == 200
    answer = client.post(address, {"text": "迟到的文字", "base": base}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "我的打算" in answer.content.decode()
    assert "迟到的文字" in answer.content.decode()
    assert report.sections.get(key="plans").text == "我的打算"
    again = client.post(address, {"text": "迟到的文字", "base": base}, headers={"HX-Request": "true"})
    assert again.status_code == 409  # what the page repeats by itself writes over nothing
    now = report.sections.get(key="plans").version
    client.post(address, {"text": "合并的文字", "base": base, "over": now}, headers={"HX-Request": "true"})
    assert report.sections.get(key="plans").text == "合并的文字"


@pytest.mark.parametrize(("state", "side", "status"), [(S.DRAFTING, E, 403), (S.CONFIRMED, G, 409)])
def test_a_section_is_not_written_by_the_employers_side_nor_once_confirmed(client, people, state, side, status):
    report = written.report(people=people, state=state)
    client.force_login(people[side])
    answer = client.post(f"/reports/{report.pk}/sections/plans/", {"text": "改", "base": 99})
    assert answer.status_code == status


def test_another_districts_report_is_not_there(client, rongcheng_officer, people):
    report = written.report(people=people, state=S.SUBMITTED)
    client.force_login(rongcheng_officer)
    for address in ("", "sections/plans/", "submissions/1/", "submissions/1/risk.visits/"):
        assert client.get(f"/reports/{report.pk}/{address}").status_code == 404


def test_a_client_writes_confirms_and_reads_the_submitted_figures(client, people):
    report = written.report(people=people, texts=dict.fromkeys(Key.values, "写好了"))
    client.force_login(people[W])
    sections = {row["key"]: row for row in client.get(f"/api/district-reports/{report.pk}/sections/").json()}
    sent = {"key": "plans", "text": "下一步", "base": sections["plans"]["version"]}
    written_now = client.post(f"/api/district-reports/{report.pk}/section/", sent, content_type="application/json")
    assert written_now.json()["text"] == "下一步"
    again = client.post(f"/api/district-reports/{report.pk}/section/", sent | {"text": "又一步"},
                        content_type="application/json")  # fmt: skip
    assert (again.status_code, again.json()["now"]["text"]) == (409, "下一步")
    confirmed = client.post(f"/api/district-reports/{report.pk}/confirm/", {"version": report.version},
                            content_type="application/json")  # fmt: skip
    assert confirmed.status_code == 200
    assert client.get(f"/api/district-reports/{report.pk}/figures/").json() == []


def test_who_waits_for_whom_is_recalled(people, city_office):
    def kinds(person, on=make.ON):
        matters = [matter for kind in reminders.KINDS.values() if kind.key.startswith("report_")
                   for matter in kind.matters([person], on)]  # fmt: skip
        return {matter.kind for matter in matters}

    report = written.report(people=people, texts=dict.fromkeys(Key.values, "写好了"))
    assert kinds(people[W]) == set()
    assert kinds(people[G]) == {"report_due"}
    assert kinds(people[G], report.campaign.report_due_on - IN_SIGHT - timedelta(days=1)) == set()
    report.confirm(by=people[G], on=make.ON)
    assert (kinds(people[W]), kinds(people[G])) == ({"report_confirm"}, {"report_due"})
    report.confirm(by=people[W], on=make.ON)
    report.confirm(by=people[E], on=make.ON)
    assert kinds(people[G]) == {"report_due", "report_submit"}
    report.submit(by=people[G], on=make.ON)
    assert (kinds(people[G]), kinds(city_office)) == (set(), {"report_accept"})


def test_the_page_of_a_report_asks_no_more_for_more_cases(client, people):
    report = written.report(people=people)
    client.force_login(people[G])
    client.get(f"/reports/{report.pk}/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(f"/reports/{report.pk}/")
    assert len(asked) < 60


@pytest.mark.django_db(transaction=True)
def test_eight_districts_submit_in_the_same_second_and_lose_nothing():
    reports = {code: written.report(code, state=S.CONFIRMED) for code in District.objects.values_list("pk", flat=True)}
    ready, last_tick = threading.Barrier(len(reports)), timedelta(microseconds=1)

    def submit(report):
        try:
            lead = User.objects.get(organisation__district=report.district_id, role=LEAD)
            ready.wait(30)
            report.submit(by=lead, on=make.ON, at=report.due_at - last_tick)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(reports)) as pool:
        list(pool.map(submit, reports.values()))
    submissions = Submission.objects.all()
    assert {(each.district_id, each.is_late) for each in submissions} == {(code, False) for code in reports}
    assert {each.figures.count() for each in submissions} == {len(CATALOGUE)}
    assert set(Report.objects.values_list("state", flat=True)) == {S.SUBMITTED}


def test_a_client_is_told_each_state_that_a_report_of_its_district_comes_to(
    people, rongcheng_officer, security_administrator
):
    for holder in (people[G], rongcheng_officer):
        subscribe(holder, security_administrator, events=["reports.moved"])
    report = written.report(people=people, texts=dict.fromkeys(Key.values, "写好了"))
    for person in people.values():
        report.confirm(by=person, on=make.ON)
    report.submit(by=people[G], on=make.ON)
    make.work_off("announce")
    told = [json.loads(message.content)["data"] for message in Message.objects.order_by("made_at")]
    assert [each["state"] for each in told] == ["drafting", "confirmed", "submitted"]
    assert {each["district"] for each in told} == {report.district_id}
