"""Who is told what of the ledger: the owner around the day, the supervisor of what waits, nobody of what is done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import District
from casework import reminders
from casework.models import Digest
from risks.models.prescriptions import PrescriptionState
from risks.models.rectifications import RectificationState
from tests import make
from tests.remedies import prescription, rectification, with_evidence

pytestmark = pytest.mark.django_db

OPEN, ASSIGNED, SUBMITTED, CLOSED = RectificationState


def told(on):
    """{username: [(kind, what)]} of all letters of the day."""
    letters = reminders.digests(reminders.everybody(), on)
    return {letter.person.username: [(found.kind, found.what) for found in letter.matters] for letter in letters}


@pytest.fixture
def item(huancui_officer, on):
    return rectification(ASSIGNED, owner=huancui_officer, due_on=on)


def test_the_owner_is_told_of_the_day(item, on):
    assert told(on) == {"huancui_officer": [("rectification_due", item.matter)]}


def test_who_has_handed_in_is_not_told_and_the_supervisor_is_from_the_next_day(
    item, huancui_officer, huancui_supervisor, on
):
    with_evidence(item, huancui_officer).submit(by=huancui_officer, on=on, outcome="已补订")
    assert told(on) == {}
    assert told(on + timedelta(days=1)) == {"huancui_supervisor": [("rectification_submitted", item.matter)]}


def test_closed_between_the_preview_and_the_sending_nobody_is_written_to(item, huancui_officer, huancui_supervisor, on):
    assert told(on)
    with_evidence(item, huancui_officer).submit(by=huancui_officer, on=on, outcome="已补订")
    item.close(by=huancui_supervisor, on=on)
    assert [reminders.send(person, on) for person in (huancui_officer, huancui_supervisor)] == [None, None]
    assert not Digest.objects.exists()


def test_more_time_granted_moves_the_reminder(item, huancui_officer, huancui_supervisor, on):
    item.ask_extension(by=huancui_officer, on=on, until=on + timedelta(days=20), reason="停产检修")
    assert told(on + timedelta(days=1))["huancui_supervisor"] == [("extension", item.matter)]
    item.grant_extension(by=huancui_supervisor, on=on)
    assert told(on) == {}


def test_the_supervisor_is_told_of_what_nobody_sees_to(item, huancui_officer, huancui_supervisor, on):
    huancui_officer.is_active = False
    huancui_officer.save()
    fresh = rectification(matter="建立职工名册", opened_on=on - timedelta(days=1))
    waits = [("rectification_unassigned", fresh.matter), ("rectification_unassigned", item.matter)]
    assert told(on) == {"huancui_supervisor": waits}


def test_an_owner_elsewhere_is_not_written_to(item, huancui_officer, city_office, on):
    item.enterprise.move(District.objects.get(pk="371082"), version=1, by=city_office, on=on, note="住所迁移")
    assert told(on) == {}


def test_those_who_sign_are_told_of_prescriptions_of_their_own_organisation(
    huancui_officer, huancui_supervisor, huancui_union, on
):
    waiting = {"written_on": on - timedelta(days=1)}
    prescription(huancui_officer, PrescriptionState.PROPOSED, **waiting)
    assert told(on) == {"huancui_supervisor": [("prescription_sign", "用工处方待签发")]}
    prescription(huancui_union, PrescriptionState.PROPOSED, **waiting)
    assert told(on)["huancui_union"] == [("prescription_sign", "用工处方待签发")]


def test_each_line_leads_to_what_the_person_can_open(client, item, huancui_supervisor, huancui_union, on):
    rectification(opened_on=on - timedelta(days=3))
    prescription(huancui_union, PrescriptionState.PROPOSED, written_on=on - timedelta(days=1))
    letters = reminders.digests(reminders.everybody(), on)
    assert {letter.person.username for letter in letters} == {"huancui_officer", "huancui_supervisor", "huancui_union"}
    for letter in letters:
        client.force_login(letter.person)
        for matter in letter.matters:
            assert client.get(matter.href).status_code == 200


def test_the_number_of_queries_does_not_grow_with_people_and_items(huancui_officer, on):
    rectification(ASSIGNED, owner=huancui_officer, due_on=on)
    few = queries_of(on)
    for number in range(5):
        rectification(ASSIGNED, owner=make.person(f"owner{number}", huancui_officer.role, district="371002"), due_on=on)
    assert queries_of(on) == few


def queries_of(on):
    with CaptureQueriesContext(connection) as seen:
        reminders.digests(reminders.everybody(), on)
    return len(seen)
