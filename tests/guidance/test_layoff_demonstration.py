"""The demonstration's lay-offs: many states, the same each time."""

import pytest

from accounts import demonstration as people
from guidance import layoff_demonstration as demonstration
from guidance.models import Help, LaidOff, Layoff
from tests import make

pytestmark = pytest.mark.django_db


def test_the_lay_offs_of_a_demonstration_stand_in_many_states_and_are_told_once():
    people.create()
    for district in ("371002", "371003", "371082", "371083", "371072"):
        for heads in (300, 260, 220):
            make.enterprise(district=district, heads=heads)
    for _ in range(2):  # a load that goes on does not begin twice
        for day, _say, happen in sorted(demonstration.events(), key=lambda event: event[0]):
            happen(day)
        assert sorted(Layoff.objects.values_list("district_id", "state")) == [
            ("371002", "carried_out"), ("371003", "advised"), ("371072", "reported"), ("371082", "returned"),
            ("371083", "withdrawn"),
        ]  # fmt: skip
        assert Help.objects.count() == 24 + 15 + 8
        assert LaidOff.objects.exclude(hiring=None).count() == 3
    assert Layoff.objects.too_early().get().district_id == "371082"
    assert not [fault for fault in Layoff.objects.get(district="371002").faults() if fault.grave]
