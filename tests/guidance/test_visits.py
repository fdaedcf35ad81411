"""Guidance visits and joint visits: who may what, what is asked for, how they are counted, pages and API."""

from datetime import date

import pytest

from accounts.roles import Role
from casework import reminders
from casework.lifecycle import Incomplete, MoveRefused
from enterprises import short_codes
from guidance.models import GuidanceVisit, Handout, JointVisit
from tests import make
from tests.casework import lifecycles
from tests.guidance import cases

pytestmark = pytest.mark.django_db

_O, _S, _U, _E = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER
_V, _J = GuidanceVisit.State, JointVisit.State
# The visit was written down by the union.
VISIT = {
    *((None, "record", role) for role in (_O, _S, _U, _E)),
    *((_V.RECORDED, move, role) for move in ("amend", "settle", "withdraw") for role in (_S, _U)),
    *((_V.RECORDED, "return_to", role) for role in (_O, _S, _U)),
}
JOINT = {
    (state, move, role) for state in (None, *_J) for move in ("confirm", "separate") for role in (_O, _S, _U)
}  # fmt: skip


@pytest.fixture
def people(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, rongcheng_officer):
    by_role = lifecycles.by_role(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office)
    return by_role | {"rongcheng": rongcheng_officer}


def test_a_visit_moves_as_its_table_says(people):
    firm = make.enterprise()
    recorded = make.visit(firm, by=people[_U])
    withdrawn = make.visit(firm, by=people[_U])
    withdrawn.withdraw(by=people[_U], on=make.ON, note="重复登记")
    blank = GuidanceVisit.begun(firm)
    stands = {None: blank, _V.RECORDED: recorded, _V.WITHDRAWN: withdrawn}
    assert lifecycles.allowed(stands.get, people) == VISIT


def test_a_joint_visit_moves_as_its_table_says(people):
    stands = {None: JointVisit.of(make.visit(by=people[_U]))}
    for state, move in ((_J.JOINT, "confirm"), (_J.SEPARATE, "separate")):
        firm = make.enterprise()
        visits = [make.visit(firm, by=people[role]) for role in (_U, _O)]
        stands[state] = JointVisit.of(visits[0])
        getattr(stands[state], move)(by=people[_O], on=make.ON)
    assert lifecycles.allowed(stands.get, people) == JOINT


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [({"people_met": ""}, "会见人员"), ({"coordinators": ""}, "走访人员"), ({"purpose": ""}, "事由")],
)
def test_a_visit_says_who_went_whom_they_met_and_what_for(missing, sentence):
    with pytest.raises(Incomplete, match=sentence):
        make.visit(**missing)


def test_a_visit_is_not_written_down_before_it_was_made(huancui_union):
    with pytest.raises(MoveRefused, match="不能晚于今天"):
        make.visit(by=huancui_union, visited_on=date(2023, 11, 21))
    with pytest.raises(MoveRefused, match="回访日期不能早于走访日期"):
        make.visit(by=huancui_union, follow_up_on=date(2023, 11, 1))


@pytest.mark.parametrize(
    ("place", "doubts"),
    [
        ("37.5,122.1,18,2023-11-20T09:30:00+08:00", []),
        ("37.5,122.1,180,2023-11-20T09:30:00+08:00", ["误差 180 米，超过 100 米"]),
        ("37.5,122.1,18,2023-11-20T09:20:00+08:00", ["定位早于保存 10 分钟"]),
    ],
)
def test_a_fix_that_is_coarse_or_old_is_said(place, doubts):
    assert make.visit(place=place, logged_at=make.AT).doubts == doubts


# ── Three parties, one visit ─────────────────────────────────────────────────────────────────


def test_visits_of_several_sides_on_one_day_are_proposed_confirmed_and_counted_once(people):
    firm = make.enterprise()
    three = [make.visit(firm, by=people[role]) for role in (_O, _U, _E)]
    make.visit(firm, by=people[_U], visited_on=date(2023, 11, 17))
    visits = GuidanceVisit.objects.visible_to(people[_O])
    assert set(visits.maybe_joint()) == set(three)
    assert visits.counted() == 4
    day = JointVisit.of(three[0])
    day.confirm(by=people[_O], on=make.ON)
    assert not visits.maybe_joint().exists()
    assert visits.counted() == 2
    assert {visit.joint_id for visit in visits.filter(visited_on=make.ON)} == {day.pk}

    late = make.visit(firm, by=people[_S])  # written down after it was decided
    assert list(visits.maybe_joint()) == [late]
    JointVisit.of(late).confirm(by=people[_O], on=make.ON)
    assert visits.counted() == 2
    JointVisit.of(late).separate(by=people[_O], on=make.ON)
    assert (visits.counted(), visits.maybe_joint().count()) == (5, 0)


def test_two_visits_of_one_side_are_not_proposed_as_joint(people):
    firm = make.enterprise()
    visits = [make.visit(firm, by=people[role]) for role in (_O, _S)]
    assert not GuidanceVisit.objects.maybe_joint().exists()
    with pytest.raises(Incomplete, match="至少须有两方"):
        JointVisit.of(visits[0]).confirm(by=people[_O], on=make.ON)


def test_a_joint_visit_whose_day_is_corrected_stands_alone_again(people):
    firm = make.enterprise()
    visits = [make.visit(firm, by=people[role]) for role in (_O, _U)]
    JointVisit.of(visits[0]).confirm(by=people[_O], on=make.ON)
    visits[0].refresh_from_db()
    with pytest.raises(Incomplete, match="已认定为联合走访"):
        visits[0].withdraw(by=people[_S], on=make.ON, note="重复")
    visits[0].amend(by=people[_S], on=make.ON, visited_on=date(2023, 11, 17))
    assert visits[0].joint is None


# ── Pages, file, API ─────────────────────────────────────────────────────────────────────────


def test_a_visit_is_written_down_on_a_page_without_a_phone(client, huancui_union):
    firm = make.enterprise()
    client.force_login(huancui_union)
    address = f"/guidance/enterprises/{firm.pk}/record/"
    assert 'value="测试huancui_union"' in client.get(address).content.decode()
    sent = {"purpose": "policy", "visited_on": "2023-11-20", "people_met": "厂长", "topics": ["wages", "hours"]}
    refused = client.post(address, sent)
    assert (refused.status_code, "请至少填写一名走访人员" in refused.content.decode()) == (422, True)
    assert client.post(address, sent | {"supervisors": "张三"}).status_code == 303
    visit = GuidanceVisit.objects.get()
    assert (visit.topics, visit.organisation) == (["wages", "hours"], huancui_union.organisation)
    page = client.get(visit.get_absolute_url()).content.decode()
    assert "工资支付、工时休假" in page
    visits = client.get("/guidance/visits/").content.decode()
    assert firm.name in visits
    assert "共 1 户次" in visits


def test_three_parties_see_their_records_side_by_side(client, people):
    firm = make.enterprise()
    visits = [make.visit(firm, by=people[role], notes=f"记录{role}") for role in (_O, _U, _E)]
    client.force_login(people[_O])
    assert "可能是一次联合走访" in client.get(visits[0].get_absolute_url()).content.decode()
    done = client.post(f"/guidance/visits/{visits[0].pk}/confirm/", {"version": ""}, follow=True).content.decode()
    assert "计 1 户次" in done
    assert all(visit.notes in done for visit in visits)
    client.force_login(people[_E])
    assert client.post(f"/guidance/visits/{visits[0].pk}/separate/", {"version": 1}).status_code == 403


def test_the_printed_sheet_bears_the_code_that_a_phone_reads(client, huancui_union):
    firm = make.enterprise()
    client.force_login(huancui_union)
    page = client.get(f"/guidance/enterprises/{firm.pk}/visit-sheet/").content.decode()
    assert short_codes.of(firm.pk) in page
    assert client.get(f"/guidance/enterprises/{firm.pk}/visit-sheet/code.svg").content.startswith(b"<?xml")


def test_the_api_writes_down_a_visit_and_decides_on_the_day(client, people):
    firm = make.enterprise()
    make.visit(firm, by=people[_U])
    client.force_login(people[_O])
    sent = {"enterprise": firm.pk, "purpose": "policy", "visited_on": "2023-11-20", "people_met": "厂长",
            "coordinators": "李四", "topics": ["wages"]}  # fmt: skip
    made = client.post("/api/guidance-visits/", sent, "application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    decided = client.post(f"/api/guidance-visits/{pk}/confirm-joint/", {}, "application/json")
    assert (decided.status_code, decided.json()["joint"]) == (200, True)


def test_return_visits_that_are_due_wait_for_whoever_agreed_on_them(huancui_union, huancui_officer, on):
    visit = make.visit(by=huancui_union, follow_up_on=on, follow_up="核对工资")
    [matter] = _return_visits([huancui_union, huancui_officer], on)
    assert (matter.person, matter.what) == (huancui_union, "回访：核对工资")
    assert (matter.where, matter.day) == (visit.enterprise.name, on)
    visit.return_to(by=huancui_union, on=on, returned_on=on, returned="工资已发")
    assert not _return_visits([huancui_union, huancui_officer], on)


def _return_visits(people, on):
    return [matter for matter in reminders.waiting(people, on) if matter.href.startswith("/guidance/")]


def test_what_a_visit_handed_out_stands_once_and_follows_its_corrections(client, huancui_union, city_office):
    guide, notice = (cases.leaflet(city_office) for _ in range(2))
    visit = make.visit(by=huancui_union, leaflets=[str(guide.pk)], leaflets_given=5)
    given = Handout.objects.given().filter(source=visit.uid)
    assert [(row.leaflet, row.copies, row.given_on, row.by) for row in given] == [(guide, 5, make.ON, huancui_union)]
    notice.withdraw(by=city_office, on=make.ON, reason="内容过时")  # it was given before, and is told of now
    both = [str(guide.pk), str(notice.pk)]
    for _ in range(5):
        visit.amend(by=huancui_union, on=make.ON, leaflets=both)
    assert {row.leaflet for row in given.all()} == {guide, notice}
    assert Handout.objects.count() == 2
    client.force_login(huancui_union)
    page = client.get(f"/enterprises/{visit.enterprise_id}/chronicle/").content.decode()
    assert "发放资料 2 种" in page  # once, with the visit
    assert guide.title not in page
    visit.amend(by=huancui_union, on=make.ON, leaflets=[str(notice.pk)], visited_on=date(2023, 11, 19))
    assert [(row.leaflet, row.given_on) for row in given.all()] == [(notice, date(2023, 11, 19))]
    visit.withdraw(by=huancui_union, on=make.ON, note="重复登记")
    assert not given.all().exists()


def test_a_phone_offers_the_leaflets_of_the_catalogue_that_are_in_use(client, huancui_union, city_office):
    used, gone = (cases.leaflet(city_office) for _ in range(2))
    gone.withdraw(by=city_office, on=make.ON, reason="内容过时")
    client.force_login(huancui_union)
    told = client.get("/field/session/").json()
    [visit] = [kind for kind in told["kinds"] if kind["key"] == "visit"]
    assert visit["choices"] == {"leaflets": [[str(used.pk), used.title]]}
