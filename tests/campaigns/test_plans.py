"""A district's plan: written by the authority, joint by three bodies, looked through by the city."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import District
from campaigns import figures, targets
from campaigns.figures import Figure
from campaigns.models import Campaign, Plan, Target
from casework.documents import BLANK_DAY, in_words
from casework.lifecycle import Incomplete, MoveRefused, NotYours
from tests import make
from tests.campaigns import undertakings
from tests.campaigns.undertakings import ON
from tests.casework import documents

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(huancui_officer):
    return undertakings.plan(huancui_officer)


def submitted(plan, supervisor):
    plan.submit(by=supervisor, on=ON)
    return plan


def test_a_plan_without_goals_or_measures_is_not_submitted(huancui_officer, huancui_supervisor):
    plan = Plan(district_id="371002", campaign=Campaign.objects.get())
    plan.draft(by=huancui_officer, on=ON)
    with pytest.raises(Incomplete) as missing:
        plan.submit(by=huancui_supervisor, on=ON)
    assert missing.value.missing.keys() == {"goals", "has_measures"}


def test_the_city_accepts_only_what_union_and_employers_confirmed(
    plan, huancui_supervisor, huancui_union, huancui_employer, city_office
):
    submitted(plan, huancui_supervisor)
    with pytest.raises(Incomplete, match="等区市工会和企业方确认"):
        plan.accept(by=city_office, on=ON)
    plan.union_confirm(by=huancui_union, on=ON)
    with pytest.raises(MoveRefused, match="已经确认"):
        plan.union_confirm(by=huancui_union, on=ON)
    plan.employers_confirm(by=huancui_employer, on=ON)
    plan.accept(by=city_office, on=ON)
    assert (plan.state, plan.accepted_on) == ("accepted", ON)


def test_what_is_sent_back_is_confirmed_anew(plan, huancui_supervisor, huancui_union, city_office):
    submitted(plan, huancui_supervisor)
    plan.union_confirm(by=huancui_union, on=ON)
    plan.send_back(by=city_office, on=ON, reason="责任单位不全")
    submitted(plan, huancui_supervisor)
    assert plan.union_confirmed_by is None


def test_a_union_of_the_city_confirms_for_no_district(plan, huancui_supervisor):
    submitted(plan, huancui_supervisor)
    of_the_city = make.person("city_union", "union_coordinator", side="workers")
    with pytest.raises(NotYours):
        plan.union_confirm(by=of_the_city, on=ON)


ALLOWED = {
    (None, "draft", "huancui_officer"), (None, "draft", "huancui_supervisor"),
    *((state, "write", who) for state in ("draft", "returned") for who in ("huancui_officer", "huancui_supervisor")),
    ("draft", "submit", "huancui_supervisor"), ("returned", "submit", "huancui_supervisor"),
    ("submitted", "union_confirm", "huancui_union"), ("submitted", "employers_confirm", "huancui_employer"),
    ("submitted", "accept", "city_office"), ("submitted", "send_back", "city_office"),
    ("accepted", "send_back", "city_office"),
    *((state, "remark", who) for state in Plan.State.values
      for who in ("city_office", "huancui_officer", "huancui_supervisor", "huancui_union", "huancui_employer")),
}  # fmt: skip


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_a_plan_is_moved_by_whom_the_table_names(request, plan, username):
    person = request.getfixturevalue(username)
    new = Plan(district_id="371002", campaign=plan.campaign)
    found = {(None, move.name) for move in new.moves_for(person)}
    for state in Plan.State:
        plan.state = state
        found |= {(state.value, move.name) for move in plan.moves_for(person)}
    assert found == {(state, move) for state, move, who in ALLOWED if who == username}


def test_a_plan_is_written_duty_by_duty_through_its_page(client, plan, huancui_officer):
    client.force_login(huancui_officer)
    address = reverse("campaigns:plan_write", args=[plan.pk])
    second = plan.campaign.duties.all()[1]
    fields = {"version": plan.version, "goals": "守住底线", "lead": "环翠区人社局"}
    answer = client.post(address, fields | {f"text_{second.pk}": "逐项体检", f"begins_on_{second.pk}": "2023-07-10"})
    assert answer.status_code == 422
    assert answer.text.count("请填写。") == 2  # the unit and the last day
    whole = {
        f"text_{second.pk}": "逐项体检", f"unit_{second.pk}": "监察大队", f"begins_on_{second.pk}": "2023-07-10",
        f"ends_on_{second.pk}": "2023-07-20",
    }  # fmt: skip
    assert client.post(address, fields | whole).status_code == 303
    assert [measure.duty for measure in plan.measures.all()] == [second]  # the first was emptied
    page = client.get(plan.get_absolute_url()).text
    assert "监察大队" in page
    assert "已写明 1 项" in page


def test_a_machine_writes_submits_and_confirms(client, plan, huancui_supervisor, huancui_union):
    client.force_login(huancui_supervisor)
    made = client.post(f"/api/plans/{plan.pk}/submit/", {"version": plan.version}, "application/json")
    assert made.json()["state"] == "submitted"
    client.force_login(huancui_union)
    headers = {"If-Match": made["ETag"]}
    confirmed = client.post(f"/api/plans/{plan.pk}/union-confirm/", {}, "application/json", headers=headers)
    assert confirmed.json()["union_confirmed"] is True


def test_the_plan_is_a_word_file_that_says_what_the_page_says(client, plan, huancui_supervisor, huancui_union):
    client.force_login(huancui_union)
    address = reverse("campaigns:plan_paper", args=[plan.pk])
    assert BLANK_DAY in documents.read(client.get(address).content)
    submitted(plan, huancui_supervisor)
    words = documents.read(client.get(address).content)
    measure = "1. 上门走访摸排。逐户上门。（责任单位：劳动关系科；7月1日至7月20日）"
    for told in ("环翠区", "威人社函〔2023〕39号", "摸清底数", "（一）风险摸排", measure, "环翠区总工会", in_words(ON)):
        assert told in words
    assert BLANK_DAY not in words


def test_a_plan_without_measures_says_so_in_the_file(client, huancui_officer):
    bare = Plan(district_id="371002", campaign=Campaign.objects.get())
    bare.draft(by=huancui_officer, on=ON)
    client.force_login(huancui_officer)
    assert (
        documents.read(client.get(reverse("campaigns:plan_paper", args=[bare.pk])).content).count("【没有填写】") == 3
    )


# ── Targets ──────────────────────────────────────────────────────────────────────────────────


class Counting:
    """An upper app's figures."""

    def catalogue(self):
        return [Figure("visits.firms", "走访企业", "户", "按走访日期", "风险摸排")]

    def values(self, codes, *, campaign, district, on):
        return dict.fromkeys(codes, {"371002": 30, "371082": 8}.get(district, 0))

    def rows_url(self, code, district):
        return f"/reports/{code}/?district={district}"


@pytest.fixture
def counting(monkeypatch):
    monkeypatch.setattr(figures, "_source", Counting())


def test_a_target_is_set_a_district_and_progress_is_the_reports_figure(client, counting, city_office, huancui_officer):
    campaign = Campaign.objects.get()
    client.force_login(city_office)
    address = reverse("campaigns:campaign_set_targets", args=[campaign.pk])
    asked = {"version": campaign.version, "code": "visits.firms", "value_371002": "40", "value_371082": "16"}
    assert client.post(address, asked | {"value_371083": "0"}).status_code == 422
    assert client.post(address, asked).status_code == 303
    assert Target.objects.count() == 2
    note = campaign.timeline.first().note
    assert note == figures.catalogue()[0].name  # not its code
    places = list(District.objects.filter(pk__in=["371002", "371082", "371083"]))
    ((_, cells),) = targets.progress(city_office, campaign, places, date(2023, 11, 20))
    assert [cell.share for cell in cells] == [0.75, 0.5, None]
    page = client.get(reverse("campaigns:targets")).text
    assert "/reports/visits.firms/?district=371002" in page
    (told,) = client.get("/api/targets/").json()
    told_of = {row["district"]: (row["target"], row["reached"], row["share"]) for row in told["districts"]}
    assert (told_of["371002"], told_of["371083"]) == ((40, 30, 0.75), (None, 0, None))
    client.force_login(huancui_officer)
    page = client.get(reverse("campaigns:targets")).text
    assert "75%" in page
    assert "50%" not in page  # another district's
    assert [row["district"] for row in client.get("/api/targets/").json()[0]["districts"]] == ["371002"]
