from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from campaigns import reference
from campaigns.models import Campaign
from campaigns.models.campaign import years_later
from casework.lifecycle import Incomplete
from casework.today import end_of
from tests import make

pytestmark = pytest.mark.django_db


def test_the_notice_of_2023_ships_with_its_number_and_phases():
    campaign = Campaign.objects.get(document_number="威人社函〔2023〕39号")
    assert campaign.current
    assert [phase.name for phase in campaign.phases.all()] == ["风险摸排", "协商要约", "指导服务"]
    assert {phase.article for phase in campaign.phases.all()} == {f"威人社函〔2023〕39号 二（{n}）" for n in "一二三"}


def test_the_report_is_in_by_the_end_of_the_fifteenth_of_december_and_counts_no_day_after_the_fourteenth():
    campaign = Campaign.objects.get()
    assert timezone.localtime(campaign.report_due_at) == end_of(date(2023, 12, 15))
    assert campaign.report_due_on == date(2023, 12, 15)
    assert campaign.cut_off_on == date(2023, 12, 14)


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


# ── Next year's ──────────────────────────────────────────────────────────────────────────────


def prepared(city_office, number="威人社函〔2024〕1号", starts_on=date(2024, 6, 1)):
    campaign = Campaign(title="下一年度专项行动", document_number=number, starts_on=starts_on)
    campaign.prepare(source=Campaign.objects.get(current=True), by=city_office, on=date(2024, 3, 1))
    return campaign


def test_each_duty_of_the_notice_ships_with_article_phase_and_owner():
    duties = Campaign.objects.get().duties.select_related("phase")
    assert [duty.number for duty in duties] == list(range(1, len(duties) + 1))
    of_a_phase = {duty.phase.name for duty in duties if duty.phase}
    assert of_a_phase == {"风险摸排", "协商要约", "指导服务"}
    assert all(duty.article.startswith(reference.NUMBER) and duty.owners for duty in duties)
    assert {duty.title for duty in duties} >= {"建立工作台账", "头部平台企业定期协商", "规范经济性裁员", "区域协同"}


def test_next_years_campaign_is_this_years_with_all_dates_a_year_later(city_office):
    campaign, before = prepared(city_office), Campaign.objects.get(current=True)
    assert [(p.name, p.begins_on, p.ends_on) for p in campaign.phases.all()] == [
        (p.name, p.begins_on.replace(year=2024), p.ends_on.replace(year=2024)) for p in before.phases.all()
    ]
    assert campaign.report_due_on == date(2024, 12, 15)
    assert campaign.cut_off_on == date(2024, 12, 14)
    assert [duty.title for duty in campaign.duties.all()] == [duty.title for duty in before.duties.all()]
    assert all(duty.article.startswith("威人社函〔2024〕1号") for duty in campaign.duties.all())
    assert {duty.phase.campaign_id for duty in campaign.duties.exclude(phase=None)} == {campaign.pk}


def test_a_campaign_that_is_being_prepared_takes_no_records_and_no_district_sees_it(city_office, huancui_officer):
    campaign = prepared(city_office)
    assert Campaign.objects.running(date(2024, 7, 1)) != campaign
    assert campaign not in Campaign.objects.visible_to(huancui_officer)
    campaign.start(by=city_office, on=date(2024, 5, 20))
    assert Campaign.objects.get(current=True) == campaign
    assert campaign in Campaign.objects.visible_to(huancui_officer)


def test_a_campaign_starts_only_when_its_dates_fit_together(city_office):
    campaign = prepared(city_office)
    phase = campaign.phases.first()
    phase.ends_on = date(2025, 1, 31)
    phase.save()
    assert campaign.faults() == ["“风险摸排”（2024-07-01至2025-01-31）超出行动期间。"]
    with pytest.raises(Incomplete, match="核对中还有问题"):
        campaign.start(by=city_office, on=date(2024, 5, 20))


def test_a_leap_day_becomes_the_last_of_february():
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


_EDITS = ("amend", "set_phases", "set_duties", "set_targets")
ALLOWED = {
    (None, "prepare"), ("planned", "start"), ("running", "end"),
    *((state, move) for state in ("planned", "running") for move in _EDITS),
}  # fmt: skip


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_only_the_citys_office_moves_a_campaign_and_only_as_the_table_says(request, username):
    person = request.getfixturevalue(username)
    found = {(None, move.name) for move in Campaign().moves_for(person)}
    for state in Campaign.State:
        found |= {(state.value, move.name) for move in _in(state).moves_for(person)}
    assert found == (ALLOWED if username == "city_office" else set())


def _in(state):
    campaign = Campaign.objects.get(current=True)
    campaign.state = state
    return campaign


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def test_the_home_page_shows_phases_where_today_lies_and_every_duty(client, huancui_union, settings):
    settings.PORTAL_DAY = date(2023, 11, 20)
    client.force_login(huancui_union)
    page = client.get(reverse("campaigns:home")).text
    assert "指导服务（剩 30 天）" in page
    assert page.count('class="now"') == 4  # three phases and the report
    assert "整改一条消除一条" in page
    assert "修改基本信息" not in page


def test_the_city_office_changes_phases_and_duties_in_one_table_each(client, city_office):
    campaign = Campaign.objects.get()
    client.force_login(city_office)
    first, second, third = campaign.phases.all()
    address = reverse("campaigns:campaign_set_phases", args=[campaign.pk])
    fields = {"version": campaign.version}
    for phase in (first, second, third):
        fields |= {
            f"name_{phase.pk}": phase.name, f"begins_on_{phase.pk}": phase.begins_on,
            f"ends_on_{phase.pk}": phase.ends_on, f"article_{phase.pk}": phase.article,
        }  # fmt: skip
    wrong = fields | {f"ends_on_{first.pk}": date(2023, 6, 1), "name_new1": "示范引领"}
    answer = client.post(address, wrong)
    assert answer.status_code == 422
    assert "结束日期不能早于开始日期。" in answer.text
    assert answer.text.count("请填写。") == 3  # the new line has a name alone
    added = {
        "name_new1": "示范引领",
        "begins_on_new1": "2023-09-01",
        "ends_on_new1": "2023-12-20",
        "article_new1": "二（四）",
    }
    answer = client.post(address, fields | added | {f"drop_{second.pk}": "on"})
    assert answer.status_code == 303
    assert [phase.name for phase in campaign.phases.all()] == ["风险摸排", "指导服务", "示范引领"]
    assert campaign.duties.get(title="头部平台企业定期协商").phase is None
    stale = client.post(address, fields)
    assert stale.status_code == 409


def test_a_year_half_typed_is_asked_about(client, city_office):
    campaign = Campaign.objects.get()
    client.force_login(city_office)
    address = reverse("campaigns:campaign_amend", args=[campaign.pk])
    asked = {
        "version": campaign.version, "title": campaign.title, "document_number": campaign.document_number,
        "starts_on": "0202-07-01", "ends_on": campaign.ends_on, "cut_off_on": campaign.cut_off_on,
        "report_due_on": "9999-12-31",
    }  # fmt: skip
    answer = client.post(address, asked)
    assert answer.status_code == 422
    assert answer.text.count("请核对年份，应在1900年至2099年之间。") == 2


def test_who_comes_late_with_a_mistake_in_the_table_is_told_that_it_is_late(client, city_office):
    campaign = Campaign.objects.get()
    client.force_login(city_office)
    address = reverse("campaigns:campaign_set_duties", args=[campaign.pk])
    mistaken = {"number_new1": 90, "title_new1": "新任务", "article_new1": "三", "evidence_new1": "没有的口径"}
    assert client.post(address, mistaken | {"version": campaign.version}).status_code == 422
    late = client.post(address, mistaken | {"version": campaign.version - 1})
    assert late.status_code == 409
    assert not campaign.duties.filter(title="新任务").exists()


def test_next_years_campaign_is_made_and_started_through_the_pages(client, city_office):
    client.force_login(city_office)
    source = Campaign.objects.get()
    address = reverse("campaigns:campaign_prepare")
    asked = {"source": source.pk, "title": "下一年度专项行动", "document_number": source.document_number}
    answer = client.post(address, asked | {"starts_on": "2023-07-01"})
    assert answer.status_code == 422
    assert "已有这一文号的行动" in answer.text
    assert "应当晚于所参照的行动，即2024年及以后。" in answer.text
    answer = client.post(address, asked | {"document_number": "威人社函〔2024〕1号", "starts_on": "2024-07-01"})
    campaign = Campaign.objects.get(state="planned")
    assert answer["Location"] == campaign.get_absolute_url()
    assert "核对无误，可以启动" in client.get(campaign.get_absolute_url()).text
    start = client.post(reverse("campaigns:campaign_start", args=[campaign.pk]), {"version": campaign.version})
    assert start.status_code == 303
    assert Campaign.objects.get(current=True) == campaign
