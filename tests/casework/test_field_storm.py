"""Twenty phones on a bad line and a live portal: no visit is lost and none is doubled (tests/field.py)."""

import os
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from accounts.roles import Role
from casework.arrivals import Arrival, Disagreement
from guidance.models import GuidanceVisit
from tests import field, make

pytestmark = pytest.mark.django_db(transaction=True)
PHONES = 20
EACH = int(os.environ.get("FIELD_VISITS_EACH", 5))  # `python -m tests.field` sends 100 each


def test_of_visits_sent_in_any_order_many_times_over_a_bad_line_each_is_stored_once(portal):
    enterprises = [make.enterprise().pk for _ in range(40)]
    phones = [signed_in(f"visitor_{number}") for number in range(PHONES)]
    latest, senders, seconds = field.storm(portal, phones, enterprises, EACH)
    print(f"{len(latest):,} visits, {sum(len(one.receipts) for one in senders):,} receipts, {seconds:.1f} s")

    assert len(latest) == PHONES * EACH
    assert [phone.wrong for phone in senders if phone.wrong] == []
    assert {id for phone in senders for id in phone.receipts} == latest.keys()  # none lost
    assert GuidanceVisit.objects.count() == len(latest)  # none doubled
    stored = {str(visit.uid): visit for visit in GuidanceVisit.objects.all()}
    for id, values in latest.items():
        assert {name: stored[id].values()[name] for name in values} == values
    assert Arrival.objects.count() == len(latest) + PHONES * -(-EACH // field.WITH_A_CHANGE)
    assert not Disagreement.objects.exists()
    for phone in senders:
        for id, editions in phone.receipts.items():
            kept = dict(Arrival.objects.filter(uid=UUID(id)).values_list("edition", "sha256"))
            assert editions.items() <= kept.items()


def signed_in(username):
    """(cookies, token) of a session on the portal, as a phone has them."""
    person = make.person(username, Role.UNION_COORDINATOR, district="371002", side="workers")
    client = Client()
    client.force_login(person)
    told = client.get("/field/session/").json()
    cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return f"{cookies}; {settings.CSRF_COOKIE_NAME}={client.cookies[settings.CSRF_COOKIE_NAME].value}", told["token"]
