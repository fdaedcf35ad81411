"""An item of the ledger: assigned, submitted with evidence, returned, extended by a second person, closed, reopened."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import District
from accounts.roles import Role
from casework import wall
from casework.lifecycle import Incomplete, MoveRefused, NotYours, Stale
from risks.models import Extension, Rectification
from risks.models.rectifications import RectificationState
from tests import make
from tests.casework import lifecycles
from tests.remedies import rectification, with_evidence

pytestmark = pytest.mark.django_db

OPEN, ASSIGNED, SUBMITTED, CLOSED = RectificationState
_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR


@pytest.fixture
def other_supervisor(db, _districts):
    return make.person("huancui_second", Role.DISTRICT_SUPERVISOR, district="371002")


# ── The table ────────────────────────────────────────────────────────────────────────────────


def test_an_item_moves_as_its_table_says(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, rongcheng_officer, city_office, steward
):
    """The owner is the union's coordinator, who has asked for more time."""

    def record_in(state):
        if state is None:
            enterprise = make.enterprise()
            return Rectification(
                enterprise=enterprise, district_id="371002", matter="补订合同", due_on=make.ON, person="王某",
                opened_on=make.ON, first_due_on=make.ON,
            )  # fmt: skip
        owner = None if state == OPEN else huancui_union
        item = rectification(state, owner=owner, closed_by=huancui_supervisor if state == CLOSED else None)
        if state == ASSIGNED:
            asked = {"asked_by": huancui_union, "asked_on": make.ON, "due_on": item.due_on}
            item.extensions.create(until=item.due_on + timedelta(days=9), reason="停产检修", **asked)
        return item

    people = lifecycles.by_role(huancui_officer, huancui_supervisor, huancui_employer, city_office, steward) | {
        "owner": huancui_union,
        "stranger": rongcheng_officer,
    }
    assert lifecycles.allowed(record_in, people) == {
        (None, "open", _OFFICER),
        (None, "open", _SUPERVISOR),
        (None, "open", "owner"),  # a union coordinator
        (OPEN, "assign", _SUPERVISOR),
        (ASSIGNED, "submit", "owner"),
        (ASSIGNED, "ask_extension", "owner"),
        (ASSIGNED, "grant_extension", _SUPERVISOR),
        (ASSIGNED, "grant_extension", Role.CITY_OFFICE),
        (ASSIGNED, "refuse_extension", _SUPERVISOR),
        (ASSIGNED, "refuse_extension", Role.CITY_OFFICE),
        (ASSIGNED, "reassign", _SUPERVISOR),
        (SUBMITTED, "close", _SUPERVISOR),
        (SUBMITTED, "send_back", _SUPERVISOR),
        (CLOSED, "reopen", _SUPERVISOR),
    }


# ── The way of an item ───────────────────────────────────────────────────────────────────────


def test_an_item_goes_from_the_prescription_to_its_closing(huancui_officer, huancui_supervisor, on):
    item = rectification()
    item.assign(by=huancui_supervisor, on=on, owner=huancui_officer, due_on=on + timedelta(days=5))
    with_evidence(item, huancui_officer)
    item.submit(by=huancui_officer, on=on, outcome="3 名职工已补订合同")
    item.send_back(by=huancui_supervisor, on=on, reason="缺 1 名职工的签收页", due_on=on + timedelta(days=7))
    assert (item.state, item.submitted_on, item.due_on) == (ASSIGNED, None, on + timedelta(days=7))
    item.submit(by=huancui_officer, on=on, outcome="签收页已补齐")
    item.close(by=huancui_supervisor, on=on, remark="已核对原件")
    assert (item.state, item.closed_on, item.closed_by) == (CLOSED, on, huancui_supervisor)
    moves = [entry.deed for entry in item.timeline if entry.after]
    assert moves == ["销号", "提交复核", "退回", "提交复核", "分派"]


def test_nothing_is_submitted_or_closed_without_evidence(huancui_officer, huancui_supervisor, on):
    item = rectification(ASSIGNED, owner=huancui_officer)
    with pytest.raises(Incomplete, match="整改凭证"):
        item.submit(by=huancui_officer, on=on, outcome="已补订")
    submitted = rectification(SUBMITTED, owner=huancui_officer)
    with pytest.raises(Incomplete, match="整改凭证"):
        submitted.close(by=huancui_supervisor, on=on)


def test_who_sees_to_an_item_does_not_close_it(huancui_supervisor, other_supervisor, on):
    """An officer who was made 负责人 meanwhile."""
    item = with_evidence(rectification(SUBMITTED, owner=huancui_supervisor), huancui_supervisor)
    with pytest.raises(NotYours, match="不是本项承办人"):
        item.close(by=huancui_supervisor, on=on)
    item.close(by=other_supervisor, on=on)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.filter(pk=item.pk).update(closed_by=huancui_supervisor)


def test_an_item_is_given_only_to_who_can_open_it(huancui_supervisor, huancui_employer, rongcheng_officer, on):
    item = rectification()
    for person in (huancui_employer, rongcheng_officer, huancui_supervisor):
        with pytest.raises(MoveRefused, match="不能承办"):
            item.assign(by=huancui_supervisor, on=on, owner=person, due_on=item.due_on)
    item.refresh_from_db()
    assert (item.state, item.owner) == (OPEN, None)


def test_a_deadline_is_not_set_into_the_past(huancui_supervisor, huancui_officer, on):
    with pytest.raises(MoveRefused, match="不能早于今天"):
        rectification().assign(by=huancui_supervisor, on=on, owner=huancui_officer, due_on=on - timedelta(days=1))


def test_an_item_opened_again_needs_new_evidence(huancui_officer, huancui_supervisor, on):
    item = with_evidence(rectification(CLOSED, owner=huancui_officer, closed_by=huancui_supervisor), huancui_officer)
    item.reopen(by=huancui_supervisor, on=on, reason="回访发现又有 2 人未签", owner=huancui_officer, due_on=on)
    assert (item.closed_on, item.closed_by, item.submitted_on) == (None, None, None)
    with pytest.raises(Incomplete, match="重新整改之后的凭证"):
        item.submit(by=huancui_officer, on=on, outcome="已补")
    with_evidence(item, huancui_officer)
    item.submit(by=huancui_officer, on=on, outcome="已补")


def test_two_officers_on_one_item_the_second_is_told(huancui_officer, huancui_supervisor, huancui_union, on):
    item = rectification()
    seen = Rectification.objects.get(pk=item.pk)
    item.assign(by=huancui_supervisor, on=on, version=1, owner=huancui_officer, due_on=item.due_on)
    with pytest.raises(Stale, match="“分派”，现为“整改中”"):
        seen.assign(by=huancui_supervisor, on=on, version=1, owner=huancui_union, due_on=item.due_on)
    item.refresh_from_db()
    assert item.owner == huancui_officer


# ── More time ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def item_with_request(huancui_officer, on):
    item = rectification(ASSIGNED, owner=huancui_officer)
    item.ask_extension(by=huancui_officer, on=on, until=item.due_on + timedelta(days=10), reason="职工外出，12月返岗")
    return item


def test_a_second_person_grants_more_time(item_with_request, huancui_supervisor, on):
    item = item_with_request
    first = item.first_due_on
    item.grant_extension(by=huancui_supervisor, on=on, remark="情况属实")
    assert (item.due_on, item.first_due_on) == (first + timedelta(days=10), first)
    assert item.asked_extension is None


def test_who_asked_does_not_grant(huancui_supervisor, other_supervisor, on):
    item = rectification(ASSIGNED, owner=huancui_supervisor)
    item.ask_extension(by=huancui_supervisor, on=on, until=item.due_on + timedelta(days=10), reason="等待补贴到账")
    with pytest.raises(NotYours, match="不是申请人"):
        item.grant_extension(by=huancui_supervisor, on=on)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.update(decided_by=huancui_supervisor, decided_on=on, decision="granted")
    item.grant_extension(by=other_supervisor, on=on)


def test_a_refusal_says_why_and_leaves_the_deadline(item_with_request, huancui_supervisor, on):
    due_on = item_with_request.due_on
    with pytest.raises(MoveRefused, match="请写明不同意"):
        item_with_request.refuse_extension(by=huancui_supervisor, on=on)
    item_with_request.refuse_extension(by=huancui_supervisor, on=on, remark="时间充裕")
    assert item_with_request.due_on == due_on


def test_one_request_waits_at_a_time_and_asks_for_a_later_day(item_with_request, huancui_officer, on):
    with pytest.raises(MoveRefused, match="已有一份延期申请"):
        item_with_request.ask_extension(by=huancui_officer, on=on, until=date(2024, 1, 5), reason="再缓一缓")
    other = rectification(ASSIGNED, owner=huancui_officer)
    with pytest.raises(MoveRefused, match="填写晚于"):
        other.ask_extension(by=huancui_officer, on=on, until=other.due_on, reason="再缓一缓")


def test_who_submits_needs_no_more_time(item_with_request, huancui_officer, on):
    with_evidence(item_with_request, huancui_officer).submit(by=huancui_officer, on=on, outcome="已补订")
    assert item_with_request.extensions.get().decision == Extension.Decision.WITHDRAWN


# ── Questions ────────────────────────────────────────────────────────────────────────────────


def test_overdue_is_what_nobody_has_handed_in_by_its_day(huancui_officer, huancui_supervisor, on):
    yesterday = on - timedelta(days=1)
    late = [rectification(due_on=yesterday), rectification(ASSIGNED, owner=huancui_officer, due_on=yesterday)]
    rectification(SUBMITTED, owner=huancui_officer, due_on=yesterday)
    rectification(CLOSED, owner=huancui_officer, due_on=yesterday, closed_by=huancui_supervisor)
    rectification(due_on=on)
    assert set(Rectification.objects.overdue(on)) == set(late)
    assert [item.is_overdue(on) for item in Rectification.objects.order_by("id")] == [True, True, False, False, False]


def test_due_soon_is_today_and_the_three_days_after(on):
    items = {days: rectification(due_on=on + timedelta(days=days)) for days in range(-1, 6)}
    assert set(Rectification.objects.due_soon(on)) == {items[days] for days in range(4)}


def test_what_an_owner_left_behind_waits_for_a_new_one(huancui_officer, huancui_union, on):
    left = rectification(ASSIGNED, owner=huancui_officer)
    rectification(ASSIGNED, owner=huancui_union)
    huancui_officer.is_active = False
    huancui_officer.save()
    assert list(Rectification.objects.unassigned()) == [left]


def test_what_went_with_its_enterprise_to_another_district_waits_for_an_owner_there(
    huancui_officer, city_office, rongcheng_officer, on
):
    item = rectification(ASSIGNED, owner=huancui_officer)
    rongcheng = District.objects.get(pk="371082")
    item.enterprise.move(rongcheng, version=1, by=city_office, on=on, note="住所迁移")
    assert list(Rectification.objects.visible_to(rongcheng_officer).unassigned()) == [item]
    assert not Rectification.objects.visible_to(huancui_officer).exists()


# ── The wall ─────────────────────────────────────────────────────────────────────────────────


def test_an_item_cannot_lie_in_another_district_than_its_enterprise():
    foreign = make.enterprise(district="371082")
    with pytest.raises(IntegrityError, match="lies_where_its_enterprise_does"), transaction.atomic():
        rectification(enterprise=foreign, district_id="371002")


def test_postgresql_hides_the_items_of_others():
    own, foreign = rectification(), rectification(district="371082")
    with wall.within("371002"):
        assert list(Rectification.objects.all()) == [own]
        assert Rectification.objects.filter(pk=foreign.pk).update(matter="改") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Rectification.objects.filter(pk=own.pk).update(district_id="371082")


def test_a_matter_is_worded_as_advice(huancui_officer, on):
    item = Rectification(enterprise=make.enterprise(), district_id="371002")
    with pytest.raises(MoveRefused, match="“责令”可改为“建议”"):
        item.open(by=huancui_officer, on=on, matter="责令补发工资", due_on=on, person="王某")
