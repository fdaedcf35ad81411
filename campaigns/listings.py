"""The lists of a campaign. Page, file and API alike."""

import django_filters
from django.utils import timezone

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today

from .models import Campaign


def _as_of(user, parameters):
    on = today()
    return (f"截至 {on.year}年{on.month}月{on.day}日。",)


def _listing(page, title, filtered, columns, unit):
    return register(
        Listing(
            page=page, title=title, capability=Can.READ_CAMPAIGN, filtered=filtered, columns=lambda user: columns,
            unit=unit, notes=_as_of,
        )
    )  # fmt: skip


class Campaigns(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", empty_label="状态：全部", choices=Campaign.State.choices)
    q = django_filters.CharFilter(label="名称", field_name="title", lookup_expr="icontains", max_length=60)

    class Meta:
        model = Campaign
        fields = []


def campaigns_of(user, parameters):
    return Campaigns(parameters, Campaign.objects.visible_to(user))


_CAMPAIGN = (
    Column("title", "名称", Kind.LONG_TEXT, lambda row: row.title),
    Column("document_number", "文号", Kind.TEXT, lambda row: row.document_number),
    Column("starts_on", "开始日期", Kind.DATE, lambda row: row.starts_on),
    Column("ends_on", "结束日期", Kind.DATE, lambda row: row.ends_on),
    Column("report_due_on", "总结报送（前）", Kind.DATE, lambda row: timezone.localtime(row.report_due_at).date()),
    Column("cut_off_on", "数据截止日", Kind.DATE, lambda row: row.cut_off_on),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
    Column("current", "当前行动", Kind.YES_NO, lambda row: row.current),
)

CAMPAIGNS = _listing("campaigns:campaigns", "历次行动", campaigns_of, _CAMPAIGN, "项")
