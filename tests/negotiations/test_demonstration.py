"""The demonstration's consultations: many states, the same each time."""

import pytest

from accounts import demonstration as people
from accounts.models import District
from negotiations import demonstration
from negotiations.models import Consultation, Contract
from tests import make

pytestmark = pytest.mark.django_db


def test_weeks_of_a_district_leave_offers_and_contracts_in_many_states():
    people.create()
    District.objects.exclude(pk="371002").update(active=False)
    demonstration.week_of_work(demonstration.WEEKS[0])  # the register has not come yet
    assert not Consultation.objects.exists()
    for _ in range(16):
        make.enterprise(heads=60, has_union=True)
    for week in demonstration.WEEKS[1:14]:
        demonstration.week_of_work(week)
    states = set(Consultation.objects.values_list("state", flat=True))
    assert len(states) >= 4
    assert Consultation.State.SIGNED in states
    assert Contract.objects.filter(state=Contract.State.PERFORMED).exists()
    assert Contract.objects.get(reach=Contract.Reach.INDUSTRY).members.count() == 4
    assert Contract.objects.filter(consultation=None).exists()
    before = Consultation.objects.count()
    demonstration.week_of_work(demonstration.WEEKS[1])  # a load that goes on does not offer twice
    assert Consultation.objects.count() == before
