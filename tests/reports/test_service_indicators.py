"""The services in the reports: a figure is what its list holds, and counts enterprises, people and times as it says."""

from datetime import date

import pytest

from campaigns.models import Campaign
from casework.listings import parameters_of
from guidance.models import Attendance
from reports.indicators import tables
from reports.indicators.catalogue import readable_by
from reports.listings import rows_of
from tests import make
from tests.guidance import cases

pytestmark = pytest.mark.django_db
ON = make.ON


def test_services_are_counted_by_enterprise_copy_and_head(city_office, huancui_officer, huancui_union):
    row = cases.newcomer(huancui_officer)
    row.serve(by=huancui_officer, on=ON, served_on=ON, result="送达指南")
    leaflet = cases.leaflet(city_office)
    for _ in range(2):
        cases.handout(huancui_union, leaflet, row.enterprise, copies=15)
    lecture = cases.lecture(city_office)
    cases.attendance(huancui_union, lecture, row.enterprise, people=12)
    lecture.attend(uscc=row.enterprise.uscc, name="王某", on=ON)
    lecture.attend(uscc=make.uscc(), name="李某", on=ON)
    called_off = cases.lecture(city_office)
    cases.attendance(huancui_union, called_off, row.enterprise, people=5)
    called_off.call_off(by=city_office, on=ON, reason="改期")
    lecture.hold(by=city_office, on=ON)
    system = cases.system(huancui_union, row.enterprise)
    system.discuss(by=huancui_union, on=ON, discussed_on=date(2023, 11, 1), discussed_by="congress")
    system.agree(by=huancui_union, on=ON, agreed_on=date(2023, 11, 2), agreed_with="union")
    system.publish(by=huancui_union, on=ON, published_on=date(2023, 11, 3), way="notice")
    benefit = cases.benefit(huancui_officer, cases.policy(city_office), row.enterprise)
    benefit.take_up(by=huancui_officer, on=ON, taken_on=ON, amount=8_000_00)
    assert Attendance.objects.count() == 4

    campaign = Campaign.objects.running(ON)
    ours = [each for each in readable_by(huancui_officer) if each.code.startswith("service.")]
    table = tables.of(ours, campaign, on=ON, user=huancui_officer)
    told = {each.code.removeprefix("service."): table.value(each.code) for each in ours}
    assert told == {
        "new_firms": 1, "leaflets": 30, "leaflet_firms": 1, "lecture_people": 13, "lecture_firms": 1,
        "wage_systems": 1, "democracy_systems": 0, "policies_offered": 1, "policy_firms": 1,
        "policy_amount": 8_000_00, "answered": 0,
    }  # fmt: skip
    for each in ours:
        listed = rows_of(huancui_officer, parameters_of(f"code={each.code}&on={ON}")).qs
        assert sum(found.share for found in listed) == table.value(each.code), each.code
