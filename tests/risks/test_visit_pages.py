"""Pages of the sweep: plans, 体检, levels, arrears, with and without script."""

import io
import json
import re
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from casework import exports, wall
from casework.listings import LISTINGS
from casework.models import AccessRecord
from enterprises.models import Enterprise
from risks.models import Arrears, Inspection, Level, LevelDecision, PlannedVisit, ReasonCheck, Sweep
from tests import make
from tests.sweep import sweep as a_run  # noqa: F401 - the run of two districts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(settings):
    settings.PORTAL_DAY = make.ON


def proposal(**fields):
    return {
        "kind": "checkup", "starts_on": "2023-11-20", "ends_on": "2023-11-24", "size": "10", "percent": "20",
        "each": "2", "pause_days": "30", "title": "",
    } | fields  # fmt: skip


@pytest.fixture
def plan(client, a_run, huancui_supervisor, huancui_officer, huancui_union):  # noqa: F811
    client.force_login(huancui_supervisor)
    fields = proposal(
        organisation=huancui_supervisor.organisation_id, inspectors=[huancui_officer.pk, huancui_union.pk]
    )
    answer = client.post(reverse("risks:sweep_propose"), fields)
    assert answer.status_code == 303, answer.content.decode()
    return Sweep.objects.get()


def test_a_plan_is_drawn_by_risk_and_by_lot_and_drawn_again_gives_the_same(client, plan):
    how = list(plan.visits.values_list("how", flat=True))
    assert (how.count("risk"), how.count("lot")) == (8, 2)
    assert {visit.level for visit in plan.visits.filter(how="risk")} == {Level.RED}
    page = client.get(plan.get_absolute_url() + "?verify=1")
    assert "结果与本计划一致" in page.text


def test_a_drawing_that_was_meddled_with_is_told(client, plan):
    visit = plan.visits.filter(how="risk").first()
    visit.enterprise = make.enterprise()
    visit.save()
    assert "结果与本计划不一致" in client.get(plan.get_absolute_url() + "?verify=1").text


def test_a_plan_is_staffed_changed_confirmed_and_printed(client, plan, huancui_officer, huancui_union):
    visit, other = plan.visits.all()[:2]

    def post(move, **fields):
        plan.refresh_from_db()
        return client.post(reverse(f"risks:sweep_{move}", args=[plan.pk]), {"version": plan.version} | fields)

    assert post("strike", visit=visit.pk, why="已注销").status_code == 303
    assert post("send", visit=other.pk, inspectors=[huancui_officer.pk, huancui_union.pk]).status_code == 303
    added = make.enterprise("威海补入渔具有限公司")
    assert "是否为：威海补入渔具有限公司" in post("add", enterprise="补入渔具", why="群众反映").text
    assert post("add", enterprise=added.uscc, why="群众反映").status_code == 303
    assert post("confirm").status_code == 303
    route = client.get(reverse("risks:sweep_route", args=[plan.pk])).text
    assert added.name in route
    assert visit.enterprise.name not in route
    word = client.get(reverse("risks:sweep_route_document", args=[plan.pk]))
    assert word["Content-Type"].endswith("wordprocessingml.document")
    sheet = Document(io.BytesIO(word.content)).sections[0]
    assert sheet.page_width > sheet.page_height
    assert unquote(word["Content-Disposition"]).endswith(f"{plan.title}名单.docx")
    assert AccessRecord.objects.filter(kind="download", model="risks.sweep", record=str(plan.pk)).exists()
    assert client.get(plan.get_absolute_url()).status_code == 200


def test_who_was_visited_of_late_or_is_planned_already_is_not_drawn_again(client, plan, huancui_supervisor):
    client.force_login(huancui_supervisor)
    people = list(plan.inspectors.values_list("pk", flat=True))
    client.post(
        reverse("risks:sweep_propose"),
        proposal(organisation=huancui_supervisor.organisation_id, inspectors=people, size="60"),
    )
    second = Sweep.objects.order_by("pk").last()
    assert second.paused == 10
    assert not set(plan.visits.values_list("enterprise", flat=True)) & set(
        second.visits.values_list("enterprise", flat=True)
    )


def test_a_union_plan_with_one_inspector_a_visit_is_refused(client, a_run, huancui_supervisor, huancui_union):  # noqa: F811
    client.force_login(huancui_supervisor)
    fields = proposal(organisation=huancui_union.organisation_id, inspectors=[huancui_union.pk], each="1")
    answer = client.post(reverse("risks:sweep_propose"), fields)
    assert answer.status_code == 422
    assert "山东省工会劳动法律监督条例》第十六条" in answer.text


def test_a_routine_check_beyond_the_years_limit_is_warned_of(client, plan, huancui_supervisor):
    checked = plan.visits.first().enterprise
    for _ in range(2):
        by = make.person(f"pair{make.uscc()}", "district_officer", district="371002")
        draft = make.inspection(checked, kind="routine", by=by, submitted=False)
        draft.inspectors.add(huancui_supervisor)
        draft.submit(by=by, on=make.ON)
    Sweep.objects.update(kind="routine")
    client.force_login(huancui_supervisor)
    assert "第十三条规定同一单位每年不超过 2 次" in client.get(plan.get_absolute_url()).text


# ── 体检 ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def draft(client, huancui_officer):
    enterprise = make.enterprise()
    make.score(enterprise, make.run())
    client.force_login(huancui_officer)
    answer = client.post(reverse("risks:inspection_open", args=[enterprise.pk]), {"kind": "checkup"})
    assert answer.status_code == 303
    return Inspection.objects.get()


def test_a_closed_enterprise_may_be_visited_and_the_register_is_told_of_first(client, huancui_officer):
    closed, going = make.enterprise(status=Enterprise.Status.SUSPENDED), make.enterprise()
    client.force_login(huancui_officer)
    for enterprise, told in ((closed, True), (going, False)):
        page = client.get(reverse("risks:inspection_open", args=[enterprise.pk])).text
        assert ("企业名录中登记的状态是“歇业”" in page) is told
    sent = {"enterprise": closed.pk, "kind": "checkup"}
    assert (
        client.post("/api/inspections/", sent, "application/json", headers={"Idempotency-Key": "1"}).status_code == 201
    )
    assert Inspection.objects.get().enterprise == closed


def test_the_form_opens_with_the_questions_of_the_score(client, draft):
    assert [check.key for check in draft.reason_checks.all()] == ["social_pay_rate"]
    page = client.get(draft.get_absolute_url()).text
    assert "社保费实缴率偏低是否属实？" in page
    assert page.index("与依据有关的检查项") < page.index("按时足额缴纳五项社会保险费") < page.index("1. 平等就业")


def test_a_union_sees_the_name_of_a_reason_and_no_figure(client, draft, huancui_union):
    draft.inspectors.add(huancui_union)
    client.force_login(huancui_union)
    page = client.get(draft.get_absolute_url()).text
    assert draft.reason_checks.get().title in page
    assert "58%" not in page


def test_a_draft_is_saved_by_script_and_by_its_button_and_handed_in(client, draft):
    item = draft.checklist.items.get(number="4.1")
    base = json.dumps(draft.values())
    keep = reverse("risks:inspection_keep", args=[draft.pk])
    part = client.post(keep, {"base": base, "people_met": "厂长"}, headers={"HX-Request": "true"})
    assert "已保存" in part.text
    assert "<html" not in part.text
    assert client.post(keep, {"base": base, f"answer-{item.pk}": "no"}).status_code == 302
    done = client.post(
        reverse("risks:inspection_submit", args=[draft.pk]),
        {"base": base, f"evidence-{item.pk}": "8月工资未发", f"verdict-{draft.reason_checks.get().pk}": "confirmed"},
    )
    assert done.status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.findings.get().facts) == ("submitted", "8月工资未发")
    assert "8月工资未发" in client.get(draft.get_absolute_url()).text


def test_two_who_differ_are_shown_both_values_and_nothing_is_lost(client, draft, huancui_union):
    draft.inspectors.add(huancui_union)
    base = json.dumps(draft.values())
    keep = reverse("risks:inspection_keep", args=[draft.pk])
    client.post(keep, {"base": base, "people_met": "厂长"})
    client.force_login(huancui_union)
    part = client.post(keep, {"base": base, "people_met": "人事主管"}, headers={"HX-Request": "true"})
    assert part.status_code == 409
    assert "我填的：人事主管" in part.text
    assert "对方填的：厂长" in part.text
    again = client.post(
        keep, {"base": base, "people_met": "人事主管", "choice-people_met": "mine"}, headers={"HX-Request": "true"}
    )
    assert again["HX-Refresh"] == "true"
    draft.refresh_from_db()
    assert draft.people_met == "人事主管"


def test_what_lacks_is_told_and_what_was_typed_stays(client, draft):
    submit = reverse("risks:inspection_submit", args=[draft.pk])
    page = client.post(submit, {"base": json.dumps(draft.values()), "situation": "车间正常生产"})
    assert page.status_code == 422
    assert "请填写会见人员。" in page.text
    assert "车间正常生产" in page.text
    draft.refresh_from_db()
    assert draft.situation == "车间正常生产"


def test_a_draft_that_was_handed_in_meanwhile_takes_nothing_more(client, draft, huancui_officer):
    draft.keep({"outcome": "absent"}, {}, by=huancui_officer, on=make.ON)
    draft.submit(by=huancui_officer, on=make.ON)
    keep = reverse("risks:inspection_keep", args=[draft.pk])
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(keep, {"base": "{}", "people_met": "厂长"}, headers=headers)
        assert answer.status_code == 409
        assert "已提交" in answer.text


# ── Levels and arrears ─────────────────────────────────────────────────────────────────────────


def test_an_officer_decides_and_a_union_proposes(client, huancui_officer, huancui_union):
    enterprise = make.enterprise()
    make.score(enterprise, make.run(), level=Level.ORANGE)
    client.force_login(huancui_union)
    said = {"level": "3", "reason": "职工反映已两个月未发工资"}
    assert client.post(reverse("risks:leveldecision_decide", args=[enterprise.pk]), said).status_code == 403
    assert client.post(reverse("risks:leveldecision_propose", args=[enterprise.pk]), said).status_code == 303
    proposal = LevelDecision.objects.get()
    client.force_login(huancui_officer)
    part = client.get(reverse("risks:work_of_enterprise", args=[enterprise.pk]), headers={"HX-Request": "true"}).text
    assert "职工反映已两个月未发工资" in part
    adopt = reverse("risks:leveldecision_adopt", args=[proposal.pk])
    assert client.post(adopt, {"version": 1, "answer": "已核实"}).status_code == 303
    standing = LevelDecision.objects.filter(enterprise=enterprise).standing().get()
    assert (standing.level, standing.scored_level, standing.decided_by) == (Level.RED, Level.ORANGE, huancui_officer)


def test_levels_are_chosen_by_shape_word_and_colour_and_remain_radio_buttons(client, huancui_officer):
    client.force_login(huancui_officer)
    page = client.get(reverse("risks:leveldecision_decide", args=[make.enterprise().pk])).content.decode()
    for number, (colour, word) in enumerate((("blue", "蓝"), ("yellow", "黄"), ("orange", "橙"), ("red", "红"))):
        button, shown = rf'<input type="radio" name="level" value="{number}"[^>]*>', f'"level level-{colour}">{word}<'
        assert re.search(f"<label>{button} <span class={shown}", page), word


def test_no_level_is_decided_below_what_known_arrears_ask_for(client, huancui_officer):
    owed = make.arrears(workers=12, months=3)
    client.force_login(huancui_officer)
    decide = reverse("risks:leveldecision_decide", args=[owed.enterprise_id])
    answer = client.post(decide, {"level": "1", "reason": "企业承诺尽快支付"})
    assert answer.status_code == 422
    assert "未付清的欠薪" in answer.text
    assert client.post(decide, {"level": "3", "reason": "欠薪未付清"}).status_code == 303


def test_arrears_are_recorded_paid_in_part_and_paid_off(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    fields = {"kind": "arrears", "workers": "12", "months": "2", "amount": "96000.50", "source": "visit",
              "found_on": "2023-11-01"}  # fmt: skip
    assert client.post(reverse("risks:arrears_record", args=[enterprise.pk]), fields).status_code == 303
    owed = Arrears.objects.get()
    assert (owed.amount, owed.state) == (9_600_050, "owed")
    pay = reverse("risks:arrears_pay", args=[owed.pk])
    assert "请办理“登记付清”" in client.post(pay, {"version": 1, "amount": "96000.50"}).text
    assert client.post(pay, {"version": 1, "amount": "40000"}).status_code == 303
    assert "56,000.50" in client.get(owed.get_absolute_url()).text
    stale = client.post(reverse("risks:arrears_settle", args=[owed.pk]), {"version": 1, "paid_on": "2023-11-20"})
    assert stale.status_code == 409
    done = client.post(reverse("risks:arrears_settle", args=[owed.pk]), {"version": 2, "paid_on": "2023-11-20"})
    assert done.status_code == 303
    owed.refresh_from_db()
    assert (owed.paid, owed.state) == (owed.amount, "paid")


def test_an_agreed_delay_is_at_most_thirty_days(client, huancui_officer):
    client.force_login(huancui_officer)
    fields = {"kind": "delay", "workers": "12", "delay_days": "31", "amount": "96000", "source": "enterprise",
              "found_on": "2023-11-01"}  # fmt: skip
    answer = client.post(reverse("risks:arrears_record", args=[make.enterprise().pk]), fields)
    assert answer.status_code == 422
    assert "1 至 30 天" in answer.text


# ── Every list, for every party ────────────────────────────────────────────────────────────────

LISTS = ("sweeps", "inspections", "findings", "checks", "decisions", "arrears", "reasons", "checklist")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_its_own_district_and_no_other(client, name, huancui_officer, rongcheng_officer):
    own = make.enterprise("威海自家水产有限公司")
    make.score(own, make.run())
    make.finding(own)
    make.arrears(own)
    make.decision(own)
    for person, sees in ((huancui_officer, True), (rongcheng_officer, False)):
        client.force_login(person)
        page = client.get(reverse(f"risks:{name}"))
        assert page.status_code == 200
        if name not in ("sweeps", "checks", "reasons", "checklist"):
            assert (own.name in page.text) is sees


def test_a_record_of_another_district_does_not_exist(client, plan, rongcheng_officer):
    owed, found, decided = make.arrears(), make.finding(), make.decision()
    client.force_login(rongcheng_officer)
    for address in (
        plan.get_absolute_url(),
        reverse("risks:sweep_route", args=[plan.pk]),
        found.inspection.get_absolute_url(),
        owed.get_absolute_url(),
        reverse("risks:arrears_settle", args=[owed.pk]),
        reverse("risks:leveldecision_adopt", args=[decided.pk]),
        reverse("risks:inspection_open", args=[owed.enterprise_id]),
        reverse("risks:leveldecision_decide", args=[owed.enterprise_id]),
        reverse("risks:work_of_enterprise", args=[owed.enterprise_id]),
    ):
        assert client.get(address).status_code == 404, address
    assert PlannedVisit.objects.filter(sweep=plan).exists()


def test_the_employers_side_reads_findings_and_knows_neither_plans_nor_sums(client, huancui_employer):
    owed, found = make.arrears(), make.finding()
    client.force_login(huancui_employer)
    assert client.get(found.inspection.get_absolute_url()).status_code == 200
    assert client.get(reverse("risks:sweeps")).status_code == 403
    assert client.get(reverse("risks:arrears")).status_code == 403
    part = client.get(reverse("risks:work_of_enterprise", args=[owed.enterprise_id]))
    assert "96,000" not in part.text


# ── Counts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def worked_on(db):
    """Records of two districts, found and not found, owed and decided."""
    for district in ("371002", "371002", "371082"):
        firm = make.enterprise(district=district)
        make.finding(firm)
        make.arrears(firm)
        make.decision(firm)
        visit = make.inspection(firm, submitted=False)
        ReasonCheck.objects.create(inspection=visit, key="tax_fall", title="申报税额明显下降", verdict="confirmed")
        visit.submit(by=visit.opened_by, on=make.ON)


@pytest.mark.parametrize("name", ["inspections", "findings", "checks", "decisions", "arrears"])
@pytest.mark.parametrize("username", ["city_office", "huancui_officer", "huancui_union", "rongcheng_officer"])
def test_page_file_and_api_hold_as_many_rows_for_everybody(client, request, worked_on, name, username):
    user, listing = request.getfixturevalue(username), LISTINGS[f"risks:{name}"]
    client.force_login(user)
    address = {"checks": "reason-checks", "decisions": "level-decisions"}.get(name, name)
    with wall.within(wall.reach_of(user)):
        written = exports.write(io.BytesIO(), listing, "", "csv", by=user, at=make.AT)
    assert written == len(client.get(f"/api/{address}/").json()["results"]) > 0
    assert f"共 {written} {listing.unit}" in client.get(reverse(f"risks:{name}")).text


@pytest.mark.parametrize("name", ["inspections", "findings", "checks", "arrears"])
def test_a_list_asks_no_more_of_the_database_for_many_rows_than_for_few(
    client, worked_on, city_office, name, django_assert_max_num_queries
):
    client.force_login(city_office)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(f"risks:{name}"))
    for _ in range(5):
        firm = make.enterprise()
        make.finding(firm)
        make.arrears(firm)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse(f"risks:{name}"))


def test_the_scoreboards_figures_are_the_rows_behind_them(client, worked_on, huancui_officer):
    client.force_login(huancui_officer)
    board = client.get(reverse("risks:reasons")).context["rows"]
    for proved in board:
        rows = client.get(reverse("risks:checks"), {"key": proved.key, "verdict": "confirmed"}).context["page"]
        assert rows.total == proved.confirmed == 2
