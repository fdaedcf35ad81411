"""Lists of major risks, of looks across the border of districts, and of hand-overs. Page, file and API alike."""

from django.db.models import Max

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.models import Enterprise

from .models import Disclosure, Handover, MajorRisk
from .models.majors import OPEN, MajorState
from .visits_listings import Rows, choices

UNSETTLED = "unsettled"
_NAME = (
    Column("name", "企业名称", Kind.LONG_TEXT, lambda row: row.enterprise.name),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda row: row.enterprise.uscc),
)
_DISTRICT = Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district))


def _day(key, heading):
    return Column(key, heading, Kind.DATE, lambda row: getattr(row, key))


def _choice(key, heading):
    return Column(
        key, heading, Kind.TEXT, lambda row: getattr(row, key), lambda row: getattr(row, f"get_{key}_display")()
    )


def _person(key, heading):
    return Column(key, heading, Kind.TEXT, lambda row: str(getattr(row, key) or ""))


def _yuan(row):
    return None if row.amount is None else row.amount / 100


# ── Major risks ──────────────────────────────────────────────────────────────────────────────


class MajorFilter(Rows):
    state = choices("状态", [(UNSETTLED, "未化解"), *MajorState.choices], method="of_state")
    kind = choices("可能引发", MajorRisk.Kind.choices)
    source = choices("标记依据", MajorRisk.Source.choices)
    lack = choices("提示", [("note", "今日未记日志"), ("overdue", "已过处置时限")], method="lacking")
    DAY = "flagged_on"

    class Meta:
        model = MajorRisk
        fields = []

    def of_state(self, queryset, name, value):
        return queryset.filter(state__in=OPEN) if value == UNSETTLED else queryset.filter(state=value)

    def lacking(self, queryset, name, value):
        rows = MajorRisk.objects.without_note(today()) if value == "note" else MajorRisk.objects.overdue(today())
        return queryset.filter(pk__in=rows.order_by().values("pk"))


def majors(user, parameters):
    """What is being handled first, the newest first."""
    rows = MajorRisk.objects.visible_to(user).annotate(last_note=Max("notes__on"))
    rows = rows.select_related("enterprise", "district", "lead__organisation")
    return MajorFilter(parameters, rows.order_by("-flagged_on", "-id"), user=user)


MAJORS = register(
    Listing(
        page="risks:majors",
        title="重大风险",
        capability=Can.HANDLE_MAJORS,
        unit="件",
        filtered=majors,
        columns=lambda user: (
            *_NAME,
            _DISTRICT,
            _choice("kind", "可能引发"),
            _choice("state", "状态"),
            _choice("source", "标记依据"),
            Column("people", "涉及人数", Kind.WHOLE, lambda row: row.people),
            Column("amount", "金额（元）", Kind.MONEY, _yuan),
            _day("flagged_on", "标记日期"),
            _person("lead", "牵头人"),
            _day("due_on", "处置时限"),
            _day("last_note", "最近日志"),
            Column("grounds", "情况", Kind.LONG_TEXT, lambda row: row.rules or row.grounds),
            _day("ended_on", "办结日期"),
        ),
    )
)


# ── Looks across the border ──────────────────────────────────────────────────────────────────


class DisclosureFilter(Rows):
    state = choices("状态", Disclosure.State.choices)
    side = choices("方向", [("out", "本区市提出"), ("in", "其他区市提出")], method="of_side")
    DAY = "asked_on"

    class Meta:
        model = Disclosure
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user.sees_whole_city:
            del self.filters["side"]

    def of_side(self, queryset, name, value):
        here = self.user.organisation.district_id
        return queryset.filter(district=here) if value == "out" else queryset.filter(holder=here)

    def named(self, queryset, name, value):
        """By the name that both know; the own enterprise behind it is found by its real one, too."""
        mine = Enterprise.objects.visible_to(self.user).matching(value)
        return queryset.filter(masked_name__icontains=value) | queryset.filter(enterprise__in=mine)


def disclosures(user, parameters):
    rows = Disclosure.objects.visible_to(user).select_related("district", "holder", "asked_by__organisation")
    return DisclosureFilter(parameters, rows, user=user)


DISCLOSURES = register(
    Listing(
        page="risks:disclosures",
        title="跨区市协查",
        capability=Can.ASK_DISCLOSURE,
        unit="件",
        filtered=disclosures,
        columns=lambda user: (
            Column("title", "企业", Kind.LONG_TEXT, lambda row: row.masked_name),
            Column("asker", "提出协查的区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
            Column("holder", "企业所在区市", Kind.TEXT, lambda row: row.holder_id, lambda row: str(row.holder)),
            Column("shared", "关联", Kind.TEXT, lambda row: row.shared),
            Column("reason", "事由", Kind.LONG_TEXT, lambda row: row.reason),
            _choice("state", "状态"),
            _day("asked_on", "申请日期"),
            _day("answered_on", "答复日期"),
        ),
    )
)


# ── Hand-overs ───────────────────────────────────────────────────────────────────────────────


class HandoverFilter(Rows):
    state = choices("状态", Handover.State.choices)
    subject = choices("移交事项", Handover.Subject.choices)
    ruling = choices("处理结果", Handover.Ruling.choices)
    late = choices("时限", [("late", "已超过时限")], method="overdue")
    DAY = "drafted_on"

    class Meta:
        model = Handover
        fields = []

    def overdue(self, queryset, name, value):
        return queryset.filter(pk__in=Handover.objects.overdue(today()).order_by().values("pk"))


def handovers(user, parameters):
    rows = Handover.objects.visible_to(user).select_related("enterprise", "district")
    return HandoverFilter(parameters, rows, user=user)


HANDOVERS = register(
    Listing(
        page="risks:handovers",
        title="移交监察",
        capability=Can.HAND_OVER,
        unit="件",
        filtered=handovers,
        columns=lambda user: (
            *_NAME,
            _DISTRICT,
            _choice("subject", "移交事项"),
            _choice("state", "状态"),
            Column("workers", "涉及人数", Kind.WHOLE, lambda row: row.workers),
            Column("amount", "金额（元）", Kind.MONEY, _yuan),
            _day("sent_on", "移交日期"),
            _day("received_on", "接收日期"),
            _day("accept_by", "受理时限"),
            _day("filed_on", "立案日期"),
            _day("investigate_by", "调查时限"),
            Column("case_number", "案号", Kind.TEXT, lambda row: row.case_number),
            _choice("ruling", "处理结果"),
            _day("concluded_on", "办结日期"),
        ),
    )
)
