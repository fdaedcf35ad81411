"""The list of guidance visits. Page, file and API alike."""

from dataclasses import replace

import django_filters
from django.db.models import Q

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.case_listings import Shown

from .models import GuidanceVisit, Leaflet


class Visits(Shown):
    purpose = django_filters.ChoiceFilter(label="事由", empty_label="事由：全部", choices=GuidanceVisit.Purpose.choices)

    SHOWN = {"all": "全部走访", "mine": "本单位登记", "return": "应当回访", "ahead": "约定回访", "joint": "联合走访"}
    CALLED = {"maybe": "疑似联合走访待认定", "disagreed": "两处填写待核对", "withdrawn": "已作废"}

    class Meta:
        model = GuidanceVisit
        fields = []

    def meant(self):
        visits = GuidanceVisit.objects.visible_to(self.user)
        standing = visits.standing()
        return {
            "all": standing, "mine": standing.filter(organisation=self.user.organisation_id),
            "return": visits.to_return(self.on), "ahead": visits.returns_ahead(),
            "joint": standing.filter(joint__state="joint"), "maybe": visits.maybe_joint(),
            "disagreed": visits.disagreed(), "withdrawn": visits.exclude(pk__in=standing.values("pk")),
        }  # fmt: skip

    def named(self, queryset, name, value):
        return super().named(queryset, name, value) | queryset.filter(Q(logged_by__name=value))


def visits_of(user, parameters):
    rows = GuidanceVisit.objects.visible_to(user).select_related(
        "enterprise", "district", "organisation", "logged_by__organisation", "joint"
    )
    return Visits(parameters, rows, user=user, on=today())


def _notes(user, parameters):
    on, counted = today(), visits_of(user, parameters).qs.counted()
    return (f"截至 {on.year}年{on.month}月{on.day}日；联合走访合并计数，共 {counted} 户次。",)


_COLUMNS = (
    Column("enterprise", "企业", Kind.LONG_TEXT, lambda row: row.enterprise.name),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda row: row.enterprise.uscc),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    Column("visited_on", "走访日期", Kind.DATE, lambda row: row.visited_on),
    Column("purpose", "事由", Kind.TEXT, lambda row: row.purpose, lambda row: row.get_purpose_display()),
    Column("organisation", "登记单位", Kind.TEXT, lambda row: row.organisation.name),
    Column("coordinators", "劳动关系协调员", Kind.TEXT, lambda row: row.coordinators),
    Column("supervisors", "工会劳动法律监督员", Kind.TEXT, lambda row: row.supervisors),
    Column("instructors", "集体协商指导员", Kind.TEXT, lambda row: row.instructors),
    Column("people_met", "会见人员", Kind.TEXT, lambda row: row.people_met),
    Column("topics", "指导内容", Kind.LONG_TEXT, lambda row: row.topics, lambda row: row.topics_told),
    Column("leaflets", "发放资料", Kind.LONG_TEXT, lambda row: row.leaflets),
    Column("leaflets_given", "每种份数", Kind.WHOLE, lambda row: row.leaflets_given),
    Column("notes", "走访情况", Kind.LONG_TEXT, lambda row: row.notes),
    Column("findings", "发现的问题和建议", Kind.LONG_TEXT, lambda row: row.findings),
    Column("follow_up_on", "回访日期", Kind.DATE, lambda row: row.follow_up_on),
    Column("returned_on", "实际回访日期", Kind.DATE, lambda row: row.returned_on),
    Column("joint", "联合走访", Kind.YES_NO, lambda row: bool(row.joint and row.joint.is_joint)),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
)


def _columns(user):
    """The catalogue is asked for its titles once, not with each row."""
    titles = Leaflet.objects.titles()

    def told(row):
        return "、".join(titles[one] for one in row.leaflets if one in titles)

    return [replace(column, label=told) if column.key == "leaflets" else column for column in _COLUMNS]


VISITS = register(
    Listing(
        page="guidance:visits", title="指导走访", capability=Can.READ_GUIDANCE, filtered=visits_of,
        columns=_columns, unit="次", notes=_notes,
    )
)  # fmt: skip
