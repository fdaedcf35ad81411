"""The lists of measure four: exemplars, the library of good practice, pilots of reform."""

import django_filters
from django.db.models import Count

from accounts.models import District
from casework.listings import Column, Kind
from casework.today import today

from .lists import DISTRICT, STATE, Kept, listing
from .models import Exemplar, Pilot, Practice

# ── Exemplars ────────────────────────────────────────────────────────────────────────────────


class Exemplars(Kept):
    sought = "经验、企业、姓名"
    BY = ("title", "enterprise__name", "person", "unit")
    ORDER = ("-since_on", "-id")
    SHOWN = {
        "all": "全部", "hand": "准备材料", "review": "三方评议", "recommended": "待市级评定", "notice": "公示中",
        "published": "已公布", "ended": "未入选、撤回",
    }  # fmt: skip
    CALLED = {"heard": "三方意见已齐，待区市推荐", "disputed": "有异议待处理", "over": "公示期满待公布"}
    kind = django_filters.ChoiceFilter(label="推荐对象", empty_label="对象：全部", choices=Exemplar.Kind.choices)
    honour = django_filters.ChoiceFilter(label="推荐为", empty_label="类别：全部", choices=Exemplar.Honour.choices)

    class Meta:
        model = Exemplar
        fields = []

    def meant(self):
        rows = Exemplar.objects.visible_to(self.user)
        return {
            "all": rows.all(), "hand": rows.in_hand(), "review": rows.in_review(), "recommended": rows.recommended(),
            "notice": rows.on_notice(), "published": rows.published(), "ended": rows.ended(), "heard": rows.heard(),
            "disputed": rows.disputed(), "over": rows.notice_over(self.on),
        }  # fmt: skip


def exemplars_of(user, parameters):
    rows = Exemplar.objects.visible_to(user).select_related("district", "enterprise")
    return Exemplars(parameters, rows.prefetch_related("opinions"), user=user, on=today())


def _opinions(row):
    return "；".join(f"{opinion}{opinion.text and f'（{opinion.text}）'}" for opinion in row.opinions.all())


def _grounds(row):
    return "；".join(f"{told['text']}：{told['grounds']}" for told in row.criteria)


_STORY = (
    Column("background", "背景", Kind.LONG_TEXT, lambda row: row.background),
    Column("measures", "做法", Kind.LONG_TEXT, lambda row: row.measures),
    Column("result", "成效", Kind.LONG_TEXT, lambda row: row.result),
    Column("lessons", "可复制、可推广之处", Kind.LONG_TEXT, lambda row: row.lessons),
)
_EXEMPLAR = (
    Column("title", "经验名称", Kind.LONG_TEXT, lambda row: row.title),
    Column("kind", "推荐对象", Kind.TEXT, lambda row: row.kind, lambda row: row.get_kind_display()),
    Column("subject", "企业或者个人", Kind.LONG_TEXT, lambda row: row.subject),
    Column("unit", "单位和职务", Kind.LONG_TEXT, lambda row: row.unit),
    Column("honour", "推荐为", Kind.TEXT, lambda row: row.honour, lambda row: row.get_honour_display()),
    DISTRICT,
    Column("nominated_on", "推荐日期", Kind.DATE, lambda row: row.nominated_on),
    *_STORY,
    Column("criteria", "符合条件的依据", Kind.LONG_TEXT, lambda row: row.criteria, _grounds),
    Column("opinions", "三方意见", Kind.LONG_TEXT, _opinions),
    Column("recommended_on", "区市推荐日期", Kind.DATE, lambda row: row.recommended_on),
    Column("decision", "市级评定意见", Kind.LONG_TEXT, lambda row: row.decision),
    Column("notice_until", "公示截止日期", Kind.DATE, lambda row: row.notice_until),
    Column("objection", "异议", Kind.LONG_TEXT, lambda row: row.objection),
    Column("finding", "异议处理结果", Kind.LONG_TEXT, lambda row: row.finding),
    Column("published_on", "公布日期", Kind.DATE, lambda row: row.published_on),
    STATE,
)
EXEMPLARS = listing("campaigns:exemplars", "典型推荐", exemplars_of, _EXEMPLAR, "件")


# ── The library ──────────────────────────────────────────────────────────────────────────────


class Practices(Kept):
    """For everybody the same: a district is where practice comes from, and no limit of what one sees."""

    sought = "名称、典型、正文"
    BY = ("title", "subject", "trade", "background", "measures", "result", "lessons")
    ORDER = ("-published_on", "-id")
    SHOWN = {"kept": "在库", "withdrawn": "已撤下", "all": "全部"}
    kind = django_filters.ChoiceFilter(label="类别", empty_label="类别：全部", choices=Practice.Kind.choices)
    place = django_filters.ModelChoiceFilter(
        label="推荐区市", empty_label="推荐区市：全部", field_name="district", queryset=District.objects.all()
    )

    class Meta:
        model = Practice
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters.pop("district", None)

    def meant(self):
        rows = Practice.objects.visible_to(self.user)
        return {"kept": rows.kept(), "withdrawn": rows.withdrawn(), "all": rows.all()}


def practices_of(user, parameters):
    rows = Practice.objects.visible_to(user).select_related("district")
    return Practices(parameters, rows, user=user, on=today())


_PRACTICE = (
    Column("title", "名称", Kind.LONG_TEXT, lambda row: row.title),
    Column("kind", "类别", Kind.TEXT, lambda row: row.kind, lambda row: row.get_kind_display()),
    Column("subject", "典型", Kind.LONG_TEXT, lambda row: row.subject),
    Column("trade", "行业", Kind.TEXT, lambda row: row.trade),
    Column("district", "推荐区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    *_STORY,
    Column("published_on", "公布日期", Kind.DATE, lambda row: row.published_on),
    STATE,
    Column("withdrawn_on", "撤下日期", Kind.DATE, lambda row: row.withdrawn_on),
    Column("reason", "撤下理由", Kind.LONG_TEXT, lambda row: row.reason),
)
PRACTICES = listing("campaigns:practices", "典型经验库", practices_of, _PRACTICE, "篇")


# ── Pilots ───────────────────────────────────────────────────────────────────────────────────


class Pilots(Kept):
    sought = "主题、内容、责任单位"
    BY, ORDER = ("title", "content", "lead"), ("-starts_on", "-id")
    SHOWN = {
        "all": "全部", "proposed": "待批准", "returned": "已退回", "running": "试点中", "concluded": "待验收",
        "accepted": "已验收", "stopped": "已终止",
    }  # fmt: skip
    CALLED = {"late": "期满未报送总结", "silent": "逾期未记录进展"}

    class Meta:
        model = Pilot
        fields = []

    def meant(self):
        rows = Pilot.objects.visible_to(self.user)
        return {
            "all": rows.all(), "proposed": rows.proposed(), "returned": rows.returned(), "running": rows.running(),
            "concluded": rows.concluded(), "accepted": rows.accepted(),
            "stopped": rows.filter(state=Pilot.State.STOPPED), "late": rows.late(self.on),
            "silent": rows.silent(self.on),
        }  # fmt: skip


def pilots_of(user, parameters):
    rows = Pilot.objects.visible_to(user).select_related("district").annotate(noted=Count("notes"))
    return Pilots(parameters, rows, user=user, on=today())


_PILOT = (
    Column("title", "试点主题", Kind.LONG_TEXT, lambda row: row.title),
    DISTRICT,
    Column("lead", "责任单位", Kind.TEXT, lambda row: row.lead),
    Column("content", "试点内容和预期目标", Kind.LONG_TEXT, lambda row: row.content),
    Column("starts_on", "开始日期", Kind.DATE, lambda row: row.starts_on),
    Column("ends_on", "截止日期", Kind.DATE, lambda row: row.ends_on),
    Column("approved_on", "批准日期", Kind.DATE, lambda row: row.approved_on),
    Column("noted", "进展记录", Kind.WHOLE, lambda row: row.noted),
    Column("result", "试点总结", Kind.LONG_TEXT, lambda row: row.result),
    Column("concluded_on", "报送总结日期", Kind.DATE, lambda row: row.concluded_on),
    Column("accepted_on", "验收日期", Kind.DATE, lambda row: row.accepted_on),
    STATE,
)
PILOTS = listing("campaigns:pilots", "改革试点", pilots_of, _PILOT, "项")
