"""The weeks of a demonstration: visits, some of them joint, and people who come back."""

import pytest

from guidance.models import GuidanceVisit
from guidance.visits_demonstration import WEEKS, week_of_visits
from tests import make

pytestmark = pytest.mark.django_db


def test_weeks_of_a_district_leave_visits_of_every_kind(huancui_officer, huancui_union):
    for _ in range(6):
        make.enterprise()
    for day in WEEKS[:6]:
        week_of_visits(day)
    visits = GuidanceVisit.objects.all()
    assert visits.counted() < visits.count()
    assert visits.exclude(returned_on=None).exists()
    assert {visit.organisation.side for visit in visits} == {"government", "workers"}
