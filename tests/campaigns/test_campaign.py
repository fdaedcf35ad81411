from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from campaigns import reference
from campaigns.models import Campaign

pytestmark = pytest.mark.django_db


def test_the_notice_of_2023_ships_with_its_number_and_phases():
    campaign = Campaign.objects.get(document_number="威人社函〔2023〕39号")
    assert campaign.current
    assert [phase.name for phase in campaign.phases.all()] == ["风险摸排", "协商要约", "指导服务"]
    assert {phase.article for phase in campaign.phases.all()} == {f"威人社函〔2023〕39号 二（{n}）" for n in "一二三"}


def test_the_report_is_in_before_the_fifteenth_of_december_and_counts_no_later_day():
    campaign = Campaign.objects.get()
    due = timezone.localtime(campaign.report_due_at)
    assert (due.date(), due.hour) == (date(2023, 12, 15), 0)
    assert campaign.cut_off_on == due.date() - timedelta(days=1)


def test_a_record_of_any_day_of_its_period_belongs_to_the_campaign():
    before = Campaign.objects.get()
    after = Campaign.objects.create(
        title="下一年度行动", document_number="演示〔2024〕1号", starts_on=date(2024, 7, 1), ends_on=date(2024, 12, 31),
        report_due_at=before.report_due_at + timedelta(days=366), cut_off_on=date(2024, 12, 14),
    )  # fmt: skip
    assert Campaign.objects.running(date(2023, 7, 1)) == Campaign.objects.running(date(2023, 12, 31)) == before
    assert Campaign.objects.running(date(2024, 7, 1)) == after


def test_outside_of_every_period_work_goes_on_in_the_current_one():
    assert Campaign.objects.running(date(2025, 3, 1)) == Campaign.objects.get(current=True)


def test_what_the_city_office_changed_stays_when_the_reference_is_loaded_again():
    Campaign.objects.update(cut_off_on=date(2023, 11, 30))
    Campaign.objects.get().phases.filter(name="指导服务").update(ends_on=date(2023, 12, 31))
    reference.load()
    campaign = Campaign.objects.get()
    assert campaign.cut_off_on == date(2023, 11, 30)
    assert campaign.phases.get(name="指导服务").ends_on == date(2023, 12, 31)


def test_one_campaign_is_current():
    campaign = Campaign.objects.get()
    campaign.pk, campaign.document_number = None, "演示〔2024〕1号"
    with pytest.raises(IntegrityError, match="one_campaign_is_current"):
        campaign.save()


@pytest.mark.parametrize(
    ("on", "under_way"),
    [
        (date(2023, 6, 30), []),
        (date(2023, 7, 20), ["风险摸排"]),
        (date(2023, 7, 21), ["协商要约", "指导服务"]),
        (date(2023, 12, 20), ["指导服务"]),
        (date(2023, 12, 21), []),
    ],
)
def test_phases_follow_the_days_of_the_notice(on, under_way):
    assert [phase.name for phase in Campaign.objects.get().phases.all() if phase.is_under_way(on)] == under_way
