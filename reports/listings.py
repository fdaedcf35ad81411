"""Reports, and the rows behind an indicator, as page, file and API: one filter, so that they cannot differ."""

import django_filters
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import District
from accounts.roles import Can
from campaigns.models import Campaign
from casework.filtersets import FilterSet
from casework.listings import Column, Kind, Listing, register
from casework.pages import query_without
from casework.today import today
from enterprises.models import Enterprise

from . import files  # noqa: F401 - registers what is made in the background
from .indicators import rows, tables
from .indicators.catalogue import readable_by
from .models import Report, State, Submission, Summary, Template
from .models.templates import TemplateState


class RowsFilter(FilterSet):
    """Which indicator, of which district, as of which day. Without an indicator, or with one not for `user`: none."""

    code = django_filters.ChoiceFilter(label="指标", choices=(), method="unchanged", required=True)
    on = django_filters.DateFilter(label="截至", method="unchanged")
    district = django_filters.ModelChoiceFilter(
        label="区市", empty_label="区市：全部", queryset=District.objects.all(), method="unchanged"
    )

    class Meta:
        model = Enterprise
        fields = []

    def __init__(self, data=None, *, user, campaign, on):
        super().__init__(data, Enterprise.objects.visible_to(user).none())
        self.user, self.campaign, self.latest = user, campaign, on
        self.readable = {each.code: each for each in readable_by(user) if not each.is_rate}
        self.filters["code"].extra["choices"] = [(code, each.name) for code, each in self.readable.items()]
        if not user.sees_whole_city:
            del self.filters["district"]

    @property
    def indicator(self):
        return self.readable[self.form.cleaned_data["code"]] if self.form.is_valid() else None

    @property
    def day(self):
        """The day up to which rows count: the one asked for, else the newest that the campaign's report knows."""
        return (self.form.is_valid() and self.form.cleaned_data["on"]) or self.latest

    @property
    def qs(self):
        if self.indicator is None:
            return self.queryset
        district = self.form.cleaned_data.get("district")
        counted = self.indicator.counted(
            self.campaign, self.day, district=district.pk if district else None, user=self.user
        )
        return rows.listed(self.indicator, counted)

    def unchanged(self, queryset, name, value):
        return queryset

    def narrowed(self):
        return bool(query_without(self.data, "code", "page"))


_COLUMNS = (
    Column("name", "企业（合同）", Kind.LONG_TEXT, rows.name_of),
    Column("uscc", "统一社会信用代码", Kind.CODE, rows.code_of),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    Column("counted_on", "计入日期", Kind.DATE, lambda row: row.counted_on),
    Column("record", "记录", Kind.LONG_TEXT, rows.words_of),
    Column("number", "计入数", Kind.WHOLE, lambda row: None if row.counts_money else row.share),
    Column("amount", "计入金额（元）", Kind.MONEY, lambda row: row.share / 100 if row.counts_money else None),
)


def rows_of(user, parameters):
    on = today()
    campaign = Campaign.objects.running(on)
    return RowsFilter(parameters, user=user, campaign=campaign, on=tables.cut_off(campaign, on))


def notes(user, parameters):
    """What the figure counts stands above its rows in every file."""
    found = rows_of(user, parameters)
    if found.indicator is None:
        return ()
    on = found.day
    return (
        f"指标：{found.indicator.name}（{found.indicator.unit.label}）　截至 {on.year}年{on.month}月{on.day}日",
        f"口径：{found.indicator.rule}",
        "“计入数”或“计入金额”各行之和即为指标数。",
    )


ROWS = register(
    Listing(
        page="reports:rows",
        title="指标明细",
        capability=Can.READ_REPORTS,
        unit="条",
        filtered=rows_of,
        columns=lambda user: _COLUMNS,
        notes=notes,
    )
)


# ── Reports ──────────────────────────────────────────────────────────────────────────────────


class ReportFilter(FilterSet):
    state = django_filters.ChoiceFilter(
        label="状态", empty_label="状态：全部", choices=[*State.choices, ("handed_in", "已报送、已接收")],
        method="in_state",
    )  # fmt: skip
    district = django_filters.ModelChoiceFilter(label="区市", empty_label="区市：全部", queryset=District.objects.all())

    class Meta:
        model = Report
        fields = []

    def __init__(self, data=None, queryset=None, *, user):
        super().__init__(data, queryset)
        if not user.sees_whole_city:
            del self.filters["district"]

    @property
    def qs(self):
        """None where a condition cannot be understood."""
        return super().qs if self.form.is_valid() else self.queryset.none()

    def in_state(self, queryset, name, value):
        return queryset.handed_in() if value == "handed_in" else queryset.filter(state=value)

    def narrowed(self):
        return bool(query_without(self.data, "page"))


def reports_of(user, parameters):
    """The reports on the campaign that runs, with the moment of the last submission."""
    last = Submission.objects.visible_to(user).filter(report=OuterRef("pk")).order_by("-number")
    rows = Report.objects.visible_to(user).filter(campaign=Campaign.objects.running(today()))
    rows = rows.select_related("district", "campaign").annotate(submitted_at=Subquery(last.values("at")[:1]))
    return ReportFilter(parameters, rows.order_by("district__rank"), user=user)


def is_late(report):
    return report.submitted_at is not None and report.submitted_at >= report.due_at


REPORTS = register(
    Listing(
        page="reports:list",
        title="区市总结报告",
        capability=Can.READ_REPORTS,
        unit="份",
        filtered=reports_of,
        columns=lambda user: (
            Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
            Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
            Column("begun_on", "起草日期", Kind.DATE, lambda row: row.begun_on),
            Column("submitted_at", "报送时间", Kind.TEXT, lambda row: row.submitted_at, _submitted),
            Column("is_late", "逾期", Kind.YES_NO, is_late),
            Column("accepted_on", "接收日期", Kind.DATE, lambda row: row.accepted_on),
        ),
    )
)


def _submitted(row):
    return f"{timezone.localtime(row.submitted_at):%Y-%m-%d %H:%M:%S}" if row.submitted_at else ""


# ── Word templates ───────────────────────────────────────────────────────────────────────────


class TemplateFilter(FilterSet):
    state = django_filters.ChoiceFilter(label="状态", empty_label="状态：全部", choices=TemplateState.choices)

    class Meta:
        model = Template
        fields = []

    @property
    def qs(self):
        """None where a condition cannot be understood."""
        return super().qs if self.form.is_valid() else self.queryset.none()

    def narrowed(self):
        return bool(query_without(self.data, "page"))


TEMPLATES = register(
    Listing(
        page="reports:templates",
        title="总结的 Word 模板",
        capability=Can.SET_PAPERS,
        unit="版",
        filtered=lambda user, parameters: TemplateFilter(parameters, Template.objects.listed()),
        columns=lambda user: (
            Column("number", "版本", Kind.WHOLE, lambda row: row.number),
            Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
            Column("name", "文件名", Kind.LONG_TEXT, lambda row: row.name),
            Column("note", "修改说明", Kind.LONG_TEXT, lambda row: row.note),
            Column("uploaded_on", "上传日期", Kind.DATE, lambda row: row.uploaded_on),
            Column("sha256", "散列", Kind.LONG_TEXT, lambda row: row.sha256),
        ),
    )
)


# ── The city's summaries ─────────────────────────────────────────────────────────────────────


class SummaryFilter(FilterSet):
    class Meta:
        model = Summary
        fields = []

    def narrowed(self):
        return bool(query_without(self.data, "page"))


def summaries_of(user, parameters):
    return SummaryFilter(parameters, Summary.objects.visible_to(user).select_related("campaign"))


SUMMARIES = register(
    Listing(
        page="reports:summaries",
        title="全市总结",
        capability=Can.SUM_UP,
        unit="份",
        filtered=summaries_of,
        columns=lambda user: (
            Column("campaign", "行动", Kind.LONG_TEXT, lambda row: row.campaign_id, lambda row: row.campaign.title),
            Column("document", "文号", Kind.TEXT, lambda row: row.campaign.document_number),
            Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
            Column("begun_on", "起草日期", Kind.DATE, lambda row: row.begun_on),
            Column("issued_on", "印发日期", Kind.DATE, lambda row: row.issued_on),
        ),
    )
)
