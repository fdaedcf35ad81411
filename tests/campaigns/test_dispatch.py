"""Rounds of dispatch and supervision: what the city asks, what the districts answer, who is late."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns import figures, punctuality
from campaigns.models import Answer, Campaign, Dispatch, Supervision
from casework import reminders
from casework.lifecycle import MoveRefused, NotYours
from tests import make
from tests.campaigns import undertakings
from tests.campaigns.test_plans import Counting
from tests.campaigns.undertakings import DUE, ON

pytestmark = pytest.mark.django_db

LATER = DUE + timedelta(days=2)


@pytest.fixture
def counting(monkeypatch):
    monkeypatch.setattr(figures, "_source", Counting())


@pytest.fixture
def answer(db):
    return undertakings.answer()


def test_a_round_asks_every_district_at_once_and_is_counted_through(city_office):
    first, second = undertakings.dispatch(), undertakings.dispatch(sent=False)
    assert (first.number, second.number) == (1, 2)
    assert Answer.objects.filter(dispatch=first, state="asked").count() == 8
    assert not Answer.objects.filter(dispatch=second).exists()


def test_a_draft_is_the_citys_own(huancui_officer, city_office):
    draft = undertakings.dispatch(sent=False)
    assert draft not in Dispatch.objects.visible_to(huancui_officer)
    with pytest.raises(MoveRefused, match="答复期限已过"):
        draft.send(by=city_office, on=DUE + timedelta(days=1))
    assert not Answer.objects.exists()


def test_an_answer_of_the_last_day_is_in_time_and_of_the_next_day_late(answer, huancui_officer):
    assert not answer.is_late(DUE)
    assert answer.is_late(DUE + timedelta(days=1))
    assert Answer.objects.late(DUE).count() == 0
    assert Answer.objects.late(DUE + timedelta(days=1)).count() == 8
    answer.answer(by=huancui_officer, on=DUE, progress="按计划推进")
    assert answer in Answer.objects.in_time()
    assert answer.days_late == 0


def test_what_is_sent_back_has_a_new_date_and_was_in_time_all_the_same(answer, huancui_officer, city_office):
    answer.answer(by=huancui_officer, on=DUE, progress="按计划推进")
    answer.send_back(by=city_office, on=LATER, reason="请补充名单", again_due_on=LATER + timedelta(days=3))
    assert answer not in Answer.objects.late(LATER + timedelta(days=3))
    assert answer in Answer.objects.late(LATER + timedelta(days=4))
    answer.answer(by=huancui_officer, on=LATER + timedelta(days=5), progress="名单附后")
    assert answer.answered_on == DUE
    assert answer in Answer.objects.in_time()
    with pytest.raises(MoveRefused, match="补充期限不能早于今天"):
        answer.send_back(by=city_office, on=LATER, reason="再补充", again_due_on=DUE)


def test_figures_are_kept_as_counted_and_a_changed_one_says_why(counting, huancui_officer):
    answer = undertakings.answer(codes=["visits.firms"])
    with pytest.raises(MoveRefused, match="“走访企业”与平台统计（30）不一致，请说明原因"):
        answer.answer(by=huancui_officer, on=ON, progress="推进", rows={"visits.firms": {"told": 32, "why": ""}})
    told = {"visits.firms": {"told": 32, "why": "另有两户未录入"}}
    answer.answer(by=huancui_officer, on=ON, progress="推进", rows=told)
    (kept,) = answer.figures
    assert (kept["counted"], kept["told"], kept["why"]) == ("30", "32", "另有两户未录入")
    assert answer.changed == [kept]


def test_the_form_is_filled_in_from_the_figures_and_asks_for_a_reason(client, counting, huancui_officer):
    answer = undertakings.answer(codes=["visits.firms"])
    client.force_login(huancui_officer)
    address = reverse("campaigns:answer_answer", args=[answer.pk])
    page = client.get(address).text
    assert "走访企业（户）" in page
    assert page.count('value="30"') == 2
    fields = {"version": answer.version, "progress": "推进", "told_0": "31"}
    refused = client.post(address, fields)
    assert refused.status_code == 422
    assert "与平台统计（30）不一致，请说明原因。" in refused.text
    assert client.post(address, fields | {"why_0": "漏录一户"}).status_code == 303
    page = client.get(answer.get_absolute_url()).text
    assert "漏录一户" in page


def test_the_rate_of_a_district_counts_what_was_due_and_nothing_else(city_office, huancui_officer, rongcheng_officer):
    campaign = Campaign.objects.get()
    first = undertakings.dispatch()
    undertakings.dispatch(due_on=date(2023, 12, 1))  # not due yet
    of = {row.district_id: row for row in Answer.objects.filter(dispatch=first).select_related("dispatch__campaign")}
    of["371002"].answer(by=huancui_officer, on=DUE, progress="推进")
    of["371082"].answer(by=rongcheng_officer, on=LATER, progress="推进")
    rounds, notes = punctuality.of_districts(city_office, LATER, campaign=campaign)
    told = {each.district.pk: (each.due, each.in_time, each.late, each.missing, each.rate) for each in rounds}
    assert told["371002"] == (1, 1, 0, 0, 1.0)
    assert told["371082"] == (1, 0, 1, 0, 0.0)
    assert told["371083"] == (1, 0, 0, 1, 0.0)
    assert all(each.rate is None for each in notes)
    mine, _ = punctuality.of_districts(huancui_officer, LATER, campaign=campaign)
    assert [each.district.pk for each in mine] == ["371002"]


def kinds(person, on):
    return {matter.kind for matter in reminders.waiting([person], on)}


def test_the_district_is_reminded_to_answer_and_the_city_of_who_has_not(answer, huancui_officer, city_office):
    assert "dispatch_answer" in kinds(huancui_officer, ON)
    assert "dispatch_missing" not in kinds(city_office, DUE)
    assert "dispatch_missing" in kinds(city_office, LATER)
    answer.answer(by=huancui_officer, on=LATER, progress="推进")
    assert "dispatch_answer" not in kinds(huancui_officer, LATER)
    assert "dispatch_review" in kinds(city_office, LATER)


# ── Supervision ──────────────────────────────────────────────────────────────────────────────


def test_a_supervision_speaks_of_a_record_of_that_district_alone(client, city_office, huancui_officer):
    firm = make.enterprise(district="371082")
    client.force_login(city_office)
    address = reverse("campaigns:supervision_send")
    asked = {"district": "371002", "subject": "核实", "text": "请核实", "due_on": "2099-01-01"}
    for about, sentence in ((f"http://testserver{firm.get_absolute_url()}", "这条记录不属于所选的区市"),
                            ("/enterprises/999999/", "没有找到这个网址的记录"),
                            ("随便", "没有找到这个网址的记录")):  # fmt: skip
        refused = client.post(address, asked | {"about": about})
        assert refused.status_code == 422
        assert sentence in refused.text
    sent = client.post(address, asked | {"district": "371082", "about": f"http://testserver{firm.get_absolute_url()}"})
    assert sent.status_code == 303
    note = Supervision.objects.get()
    assert note.about == firm
    assert firm.name in client.get(note.get_absolute_url()).text
    client.force_login(huancui_officer)
    assert client.get(note.get_absolute_url()).status_code == 404


def test_a_supervision_is_answered_sent_back_and_closed(huancui_officer, huancui_union, city_office):
    note = undertakings.supervision()
    with pytest.raises(NotYours):
        note.answer(by=huancui_union, on=ON, reply="已核实")
    note.answer(by=huancui_officer, on=ON, reply="已核实")
    note.send_back(by=city_office, on=ON, reason="请附材料", again_due_on=LATER)
    note.answer(by=huancui_officer, on=LATER, reply="材料附后")
    note.close(by=city_office, on=LATER)
    assert [entry.deed for entry in note.timeline] == ["办结", "答复", "退回", "答复", "发出督促"]


def test_what_was_withdrawn_counts_in_no_rate(city_office):
    note = undertakings.supervision()
    note.withdraw(by=city_office, on=ON, reason="重复发出")
    _, notes = punctuality.of_districts(city_office, LATER, campaign=Campaign.objects.get())
    assert sum(each.due for each in notes) == 0


# ── Moves, lists ─────────────────────────────────────────────────────────────────────────────

_OFFICIALS = ("huancui_officer", "huancui_supervisor")
TABLES = {
    Dispatch: {
        (None, "draft", "city_office"), ("draft", "amend", "city_office"), ("draft", "send", "city_office"),
        ("sent", "close", "city_office"),
    },
    Answer: {
        (None, "ask", "city_office"), ("submitted", "send_back", "city_office"), ("submitted", "accept", "city_office"),
        *((state, "answer", who) for state in ("asked", "returned") for who in _OFFICIALS),
    },
    Supervision: {
        (None, "send", "city_office"), ("submitted", "send_back", "city_office"), ("submitted", "close", "city_office"),
        ("sent", "withdraw", "city_office"), ("returned", "withdraw", "city_office"),
        *((state, "answer", who) for state in ("sent", "returned") for who in _OFFICIALS),
    },
}  # fmt: skip


@pytest.mark.parametrize("model", TABLES)
def test_each_is_moved_by_whom_its_table_names(request, model):
    record = {Dispatch: undertakings.dispatch, Answer: undertakings.answer, Supervision: undertakings.supervision}[
        model
    ]()
    for username in make.cast():
        person = request.getfixturevalue(username)
        new = model() if model is Dispatch else model(district_id="371002")
        found = {(None, move.name) for move in new.moves_for(person)}
        for state in model.lifecycle.stages:
            record.state = state
            found |= {(state.value, move.name) for move in record.moves_for(person)}
        assert found == {(state, move) for state, move, who in TABLES[model] if who == username}, username


def test_the_figures_over_the_list_are_the_rows_of_the_list_and_of_the_file(client, city_office, settings):
    settings.PORTAL_DAY = LATER
    undertakings.dispatch()
    client.force_login(city_office)
    address = reverse("campaigns:answers")
    for show, rows in (("owed", 8), ("late", 8), ("waiting", 0), ("all", 8)):
        answer = client.get(address, {"show": show})
        assert answer.context["page"].total == answer.context["filters"].figures[show] == rows
        assert len(client.get("/api/dispatch-answers/", {"show": show}).json()["results"]) == rows
    file = client.post(reverse("casework:export"), {"page": "campaigns:answers", "query": "show=late", "format": "csv"})
    assert b"".join(file).decode().count("阶段进展") == 8


@pytest.mark.parametrize("page", ["plans", "targets", "dispatches", "answers", "supervisions", "campaigns", "home"])
def test_pages_without_a_row_say_what_to_do(client, huancui_union, page):
    client.force_login(huancui_union)
    assert client.get(reverse(f"campaigns:{page}")).status_code == 200
