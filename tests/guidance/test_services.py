"""The rules of the services: terms, steps of the law, conditions of policies, attendance without an account."""

import re
from datetime import date, time, timedelta

import pytest
from django.core.cache import cache

from casework import audit
from casework.lifecycle import MoveRefused, NotYours
from enterprises.newness import newness
from guidance import sign_views, terms
from guidance.models import Attendance, Benefit, Handout, Inquiry, Lecture, Newcomer, RuleSystem, hand_out
from guidance.service_reminders import to_answer, to_give_out, to_serve
from risks.models import Level
from tests import make
from tests.guidance import cases

pytestmark = pytest.mark.django_db
ON = make.ON


# ── New enterprises ──────────────────────────────────────────────────────────────────────────


def test_an_enterprise_counts_as_new_for_as_long_as_the_dated_setting_says(huancui_officer):
    months = newness(ON).months
    last = make.enterprise(founded_on=date(2022, 11, 21))
    over = make.enterprise(founded_on=date(2022, 11, 20))
    assert months == 12
    assert last.is_new(ON)
    assert not over.is_new(ON)
    with pytest.raises(MoveRefused, match="已不是新办企业"):
        Newcomer.begun(over).take_on(by=huancui_officer, on=ON)


def test_two_do_not_take_on_one_enterprise_and_one_given_up_is_free_again(huancui_officer, huancui_union):
    row = cases.newcomer(huancui_officer)
    with pytest.raises(MoveRefused, match="已由他人认领"):
        Newcomer.begun(row.enterprise).take_on(by=huancui_union, on=ON)
    row.release(by=huancui_officer, on=ON, reason="企业已迁出")
    Newcomer.begun(row.enterprise).take_on(by=huancui_union, on=ON)
    assert Newcomer.objects.standing().get().server == huancui_union


def test_only_who_took_it_on_or_the_supervisor_enters_the_service(huancui_officer, huancui_union, huancui_supervisor):
    row = cases.newcomer(huancui_officer)
    with pytest.raises(NotYours):
        row.serve(by=huancui_union, on=ON, served_on=ON, result="送达指南")
    row.serve(by=huancui_supervisor, on=ON, served_on=ON, result="送达指南")
    assert [entry.deed for entry in row.timeline] == ["登记服务", "认领服务"]


# ── Leaflets ─────────────────────────────────────────────────────────────────────────────────


def test_what_was_handed_out_keeps_the_version_of_its_day(city_office, huancui_officer):
    leaflet = cases.leaflet(city_office)
    leaflet.revise(by=city_office, on=ON, issued_on=date(2023, 10, 1), note="更新最低工资标准")
    before = cases.handout(huancui_officer, leaflet, given_on=date(2023, 9, 30))
    after = cases.handout(huancui_officer, leaflet, given_on=date(2023, 10, 1))
    assert (before.number, after.number) == (1, 2)
    leaflet.withdraw(by=city_office, on=ON, reason="内容过时")
    with pytest.raises(MoveRefused, match="已停用"):
        cases.handout(huancui_officer, leaflet)


def test_what_a_visit_handed_out_is_counted_once_however_often_it_is_sent(city_office, huancui_union):
    leaflets, firm = [cases.leaflet(city_office), cases.leaflet(city_office)], make.enterprise()
    source = "0190b5a4-0000-7000-8000-000000000001"
    for _ in range(3):
        hand_out(firm, leaflets, by=huancui_union, on=ON, given_on=ON, source=source)
    assert Handout.objects.given().count() == 2


# ── Lectures ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def lecture(huancui_officer):
    cache.clear()
    return cases.lecture(huancui_officer)


def sign(client, lecture, **told):
    return client.post(f"/guidance/sign/{lecture.token}/", {"uscc": make.uscc(), "name": "王某"} | told)


def test_a_person_without_an_account_signs_in_once_and_the_enterprise_is_found(client, lecture):
    firm = make.enterprise(district="371082")
    for _ in range(2):
        answer = sign(client, lecture, uscc=f" {firm.uscc.lower()} ", name="王 某")
        assert answer.status_code == 302
    sign(client, lecture, uscc=firm.uscc, name="李某")
    rows = Attendance.objects.counted()
    assert {(row.enterprise, row.district_id) for row in rows} == {(firm, "371082")}
    assert rows.counts() == {"people": 2, "firms": 1}


def test_the_answer_does_not_tell_whether_the_register_knows_an_enterprise(client, lecture):
    firm = make.enterprise()
    known, unknown = sign(client, lecture, uscc=firm.uscc), sign(client, lecture)
    pages = [client.get(answer["Location"]).text for answer in (known, unknown)]
    assert known["Location"] == unknown["Location"]
    assert len({re.sub(r'"X-CSRFToken": "\w+"', "", page) for page in pages}) == 1
    assert firm.name not in pages[0]
    assert Attendance.objects.filter(enterprise=None, district=None).count() == 1


def test_a_code_that_cannot_be_is_refused_with_what_to_do(client, lecture):
    answer = sign(client, lecture, uscc="913710990000000000")
    assert answer.status_code == 422
    assert "请对照营业执照核对" in answer.text
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("days", [-1, 2, 30])
def test_attendance_is_taken_on_the_days_of_the_term_alone(client, huancui_officer, days):
    other = cases.lecture(huancui_officer, held_on=ON - timedelta(days=days))
    assert sign(client, other).status_code == 200
    assert not Attendance.objects.exists()
    assert "签到" in client.get(f"/guidance/sign/{other.token}/").text


def test_the_short_code_leads_to_the_link_and_guessing_comes_to_an_end(client, lecture):
    answer = client.post("/guidance/sign/", {"code": f" {lecture.code.lower()} "})
    assert answer["Location"] == f"/guidance/sign/{lecture.token}/"
    wrong = "AAAAAA" if lecture.code != "AAAAAA" else "BBBBBB"
    answers = [client.post("/guidance/sign/", {"code": wrong}).status_code for _ in range(sign_views.GUESSED + 1)]
    assert answers == [422] * sign_views.GUESSED + [429]


def test_a_link_of_our_own_making_opens_no_lecture(client, lecture):
    assert client.get("/guidance/sign/MQ:1abc:forged/").status_code == 404


def test_who_signed_in_is_not_written_into_the_trail(client, lecture):
    sign(client, lecture, name="于某某")
    assert "name" in audit.AUDITED[Attendance].hidden


def test_only_the_host_holds_a_lecture_and_only_held_ones_are_counted(lecture, huancui_union, huancui_officer):
    with pytest.raises(NotYours):
        lecture.hold(by=huancui_union, on=ON)
    assert not Lecture.objects.held().exists()
    lecture.hold(by=huancui_officer, on=ON)
    assert Lecture.objects.held().count() == 1


def test_an_officer_enters_an_enterprise_of_the_own_district_once(client, lecture, huancui_union):
    firm, foreign = make.enterprise(), make.enterprise(district="371082")
    client.force_login(huancui_union)
    address = f"/guidance/lectures/{lecture.pk}/enter/"
    assert client.post(address, {"uscc": foreign.uscc, "people": 3}).status_code == 422
    assert client.post(address, {"uscc": firm.uscc, "people": 12}).status_code == 303
    assert "已经登记过" in client.post(address, {"uscc": firm.uscc, "people": 12}).text
    assert Attendance.objects.counted().counts() == {"people": 12, "firms": 1}


# ── Rule systems ─────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_discussed_agreed_and_published_in_the_order_of_the_law(huancui_union):
    row = cases.system(huancui_union)
    with pytest.raises(MoveRefused):
        row.publish(by=huancui_union, on=ON, published_on=ON, way="notice")
    row.discuss(by=huancui_union, on=ON, discussed_on=date(2023, 9, 10), discussed_by="congress")
    with pytest.raises(MoveRefused, match="不能早于讨论日期"):
        row.agree(by=huancui_union, on=ON, agreed_on=date(2023, 9, 9), agreed_with="union")
    row.agree(by=huancui_union, on=ON, agreed_on=date(2023, 9, 20), agreed_with="union")
    row.publish(by=huancui_union, on=ON, published_on=date(2023, 9, 25), way="notice")
    assert RuleSystem.objects.published().get() == row
    with pytest.raises(MoveRefused):
        row.drop(by=huancui_union, on=ON, reason="")


# ── Policies ─────────────────────────────────────────────────────────────────────────────────


def test_each_condition_of_a_policy_is_said_and_narrows(city_office):
    asked = {
        "trades": ["C"], "sizes": ["small"], "heads_least": 20, "heads_most": 100, "founded_months": 24,
        "levels": ["黄"], "has_union": True, "platform": True,
    }  # fmt: skip
    policy = cases.policy(city_office, **asked)
    assert policy.sentences == [
        "行业为制造业", "规模为小型", "从业人数不少于20人", "从业人数不多于100人", "成立未满24个月", "风险等级为黄",
        "已建工会", "平台企业",
    ]  # fmt: skip
    fits = {
        "industry": "C1361", "size": "small", "heads": 50, "founded_on": date(2022, 6, 1), "has_union": True,
        "platform": "delivery",
    }  # fmt: skip
    run = make.run()

    def firm(level=Level.YELLOW, **other):
        row = make.enterprise(**fits | other)
        make.score(row, run, level=level)
        return row

    right = firm()
    wrong = {"industry": "H6220", "size": "large", "heads": 101, "founded_on": date(2021, 11, 1),
             "has_union": None, "platform": ""}  # fmt: skip
    for name, value in wrong.items():
        firm(**{name: value})
    firm(level=Level.RED)
    assert list(policy.suits(ON)) == [right]


def test_a_policy_is_taken_up_after_it_was_offered_to_whom_it_suits(city_office, huancui_officer):
    policy = cases.policy(city_office, heads_most=50)
    with pytest.raises(MoveRefused, match="不符合"):
        cases.benefit(huancui_officer, policy, make.enterprise(heads=51))
    row = cases.benefit(huancui_officer, policy, make.enterprise(heads=50))
    with pytest.raises(MoveRefused, match="不能早于送达日期"):
        row.take_up(by=huancui_officer, on=ON, taken_on=ON - timedelta(days=1), amount=100)
    row.take_up(by=huancui_officer, on=ON, taken_on=ON, amount=35_000_00)
    assert Benefit.objects.all().amount() == 35_000_00


def test_only_the_city_edits_the_catalogues(huancui_supervisor, city_office):
    with pytest.raises(NotYours):
        cases.policy(huancui_supervisor)
    with pytest.raises(NotYours):
        cases.leaflet(huancui_supervisor)
    assert cases.policy(city_office).timeline.count() == 1


# ── Help ─────────────────────────────────────────────────────────────────────────────────────


def test_help_is_answered_within_the_working_days_of_the_term(huancui_officer):
    row = cases.inquiry(huancui_officer, asked_on=date(2023, 9, 28))  # before 中秋节 and 国庆节, with worked weekend
    assert terms.term("answer", row.asked_on).number == 5
    assert row.due_on == date(2023, 10, 11)
    assert Inquiry.objects.overdue(date(2023, 10, 12)).get() == row


def test_help_waits_for_the_supervisor_until_it_is_given_out_and_then_for_its_owner(
    huancui_officer, huancui_supervisor, huancui_union
):
    people = [huancui_officer, huancui_supervisor, huancui_union]
    row = cases.inquiry(huancui_officer)
    assert [matter.person for matter in to_give_out(people, ON)] == [huancui_supervisor]
    row.assign(by=huancui_supervisor, on=ON, owner=huancui_union)
    assert not list(to_give_out(people, ON))
    assert [(matter.person, matter.day) for matter in to_answer(people, ON)] == [(huancui_union, row.due_on)]
    row.answer(by=huancui_union, on=ON, answered_on=ON, answer_text="按规定支付")
    assert not list(to_answer(people, ON))


def test_who_took_an_enterprise_on_is_reminded_of_the_planned_day(huancui_officer):
    row = cases.newcomer(huancui_officer)
    assert [(matter.person, matter.day) for matter in to_serve([huancui_officer], ON)] == [
        (huancui_officer, row.planned_on)
    ]


def test_a_lecture_of_the_city_is_read_by_every_district(client, city_office, rongcheng_officer):
    row = cases.lecture(city_office, begins_at=time(9, 0))
    client.force_login(rongcheng_officer)
    assert row.title in client.get("/guidance/lectures/").text
