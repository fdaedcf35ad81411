"""The ledger of a demonstration comes about by the verbs, week by week."""

from datetime import timedelta

import pytest

from risks import ledger_demonstration as weeks
from risks.models import Prescription, Rectification
from risks.models.prescriptions import PrescriptionState
from risks.models.rectifications import RectificationState
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fate", "state", "said"),
    [
        (1, RectificationState.CLOSED, "销号"),
        (7, RectificationState.ASSIGNED, "同意延期"),
        (8, RectificationState.ASSIGNED, "分派"),
    ],
)
def test_weeks_of_work_fill_the_ledger(huancui_officer, huancui_supervisor, on, monkeypatch, fate, state, said):
    monkeypatch.setattr(weeks, "fate", lambda record, of: fate)
    make.inspection(by=huancui_officer, answers={"2.1": ("no", "3 名职工未签合同"), "4.1": "no"})
    for week in range(3):
        weeks.week_of_work(on + timedelta(days=7 * week))
    assert [made.state for made in Prescription.objects.all()] == [PrescriptionState.GIVEN]
    items = list(Rectification.objects.all())
    assert [item.state for item in items] == [state] * 2
    assert {item.timeline[0].deed for item in items} == {said}
