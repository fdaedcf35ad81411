"""The lists of the sweep: plans, 体检, findings, checked reasons, decided levels, arrears. Page, file and API alike."""

import django_filters
from django.db.models import Count, F, Prefetch, Q

from accounts.models import District, User
from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.models import Enterprise

from .limits import Kind as VisitKind
from .models import (
    Answer,
    Arrears,
    Finding,
    Inspection,
    Level,
    LevelDecision,
    PlannedVisit,
    ReasonCheck,
    RiskClass,
    Severity,
    Subject,
    Sweep,
)
from .models.inspections import Outcome


class Rows(django_filters.FilterSet):
    """What the lists share: a district where one sees several, a period, an enterprise."""

    district = django_filters.ModelChoiceFilter(label="区市", empty_label="区市：全部", queryset=District.objects.all())
    since = django_filters.DateFilter(label="自", method="from_day")
    until = django_filters.DateFilter(label="至", method="to_day")
    q = django_filters.CharFilter(label="查找", method="named", max_length=60)

    DAY = None  # the field of the period

    def __init__(self, data=None, queryset=None, *, user):
        super().__init__(data, queryset)
        self.user = user
        if not user.sees_whole_city:
            del self.filters["district"]

    @property
    def qs(self):
        """None where a condition cannot be understood."""
        return super().qs if self.form.is_valid() else self.queryset.none()

    def from_day(self, queryset, name, value):
        return queryset.filter(**{f"{self.DAY}__gte": value})

    def to_day(self, queryset, name, value):
        return queryset.filter(**{f"{self.DAY}__lte": value})

    def named(self, queryset, name, value):
        return queryset.filter(enterprise__in=Enterprise.objects.matching(value))


def choices(label, options, **fields):
    """A drop-down list that says what it narrows."""
    return django_filters.ChoiceFilter(label=label, empty_label=f"{label}：全部", choices=options, **fields)


# ── Columns ────────────────────────────────────────────────────────────────────────────────────


def _of_enterprise(path="enterprise"):
    def of(name):
        def get(row):
            at = row
            for step in path.split("__"):
                at = getattr(at, step)
            return getattr(at, name)

        return get

    return (
        Column("name", "企业名称", Kind.LONG_TEXT, of("name")),
        Column("uscc", "统一社会信用代码", Kind.CODE, of("uscc")),
    )


_DISTRICT = Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district))


def _choice(key, heading):
    display = f"get_{key}_display"
    return Column(key, heading, Kind.TEXT, lambda row: getattr(row, key), lambda row: getattr(row, display)())


def _plain(key, heading, kind=Kind.TEXT):
    return Column(key, heading, kind, lambda row: getattr(row, key))


def _yuan(key, heading):
    return Column(key, heading, Kind.MONEY, lambda row: getattr(row, key) / 100)


# ── Plans ──────────────────────────────────────────────────────────────────────────────────────


class SweepFilter(Rows):
    state = choices("状态", Sweep.State.choices)
    kind = choices("走访类型", VisitKind.choices)
    DAY = "starts_on"

    class Meta:
        model = Sweep
        fields = []

    def named(self, queryset, name, value):
        return queryset.filter(title__icontains=value)


def sweeps(user, parameters):
    standing = Q(visits__struck_on=None)
    done = standing & Q(visits__inspection__state=Inspection.State.SUBMITTED)
    rows = (
        Sweep.objects.visible_to(user)
        .select_related("district", "organisation")
        .defer("pool")
        .annotate(
            planned=Count("visits", filter=standing, distinct=True), visited=Count("visits", filter=done, distinct=True)
        )
        .order_by("-starts_on", "-id")  # a query that groups has no order of its own
    )
    return SweepFilter(parameters, rows, user=user)


SWEEPS = register(
    Listing(
        page="risks:sweeps",
        title="走访计划",
        capability=Can.READ_VISITS,
        unit="份",
        filtered=sweeps,
        columns=lambda user: (
            _plain("title", "名称", Kind.LONG_TEXT),
            _DISTRICT,
            Column("organisation", "牵头单位", Kind.TEXT, lambda row: str(row.organisation)),
            _choice("kind", "走访类型"),
            _plain("starts_on", "开始", Kind.DATE),
            _plain("ends_on", "结束", Kind.DATE),
            _plain("planned", "户数", Kind.WHOLE),
            _plain("visited", "已走访", Kind.WHOLE),
            _choice("state", "状态"),
        ),
    )
)


# ── 体检 ───────────────────────────────────────────────────────────────────────────────────────


class InspectionFilter(Rows):
    state = choices("状态", Inspection.State.choices)
    kind = choices("走访类型", VisitKind.choices)
    outcome = choices("走访情况", Outcome.choices)
    found = choices(
        "问题", [("any", "发现问题"), ("grave", "发现重大问题"), ("none", "未发现问题")], method="that_found"
    )
    mine = choices("检查人员", [("me", "本人参加")], method="by_me")
    DAY = "visited_on"

    class Meta:
        model = Inspection
        fields = []

    def that_found(self, queryset, name, value):
        if value == "none":
            return queryset.filter(findings=None)
        rows = Finding.objects.filter(severity=Severity.GRAVE) if value == "grave" else Finding.objects.all()
        return queryset.filter(pk__in=rows.values("inspection"))

    def by_me(self, queryset, name, value):
        return queryset.filter(inspectors=self.user)


def inspections(user, parameters):
    rows = (
        Inspection.objects.readable_by(user)
        .select_related("enterprise", "district", "organisation")
        .prefetch_related(Prefetch("inspectors", User.objects.order_by("pk")))
        .annotate(found=Count("findings"), grave=Count("findings", filter=Q(findings__severity=Severity.GRAVE)))
        .order_by(F("visited_on").desc(nulls_last=True), "-pk")
    )
    return InspectionFilter(parameters, rows, user=user)


INSPECTIONS = register(
    Listing(
        page="risks:inspections",
        title="体检记录",
        capability=Can.READ_INSPECTIONS,
        unit="户次",
        filtered=inspections,
        columns=lambda user: (
            *_of_enterprise(),
            _DISTRICT,
            _plain("visited_on", "走访日期", Kind.DATE),
            _choice("kind", "走访类型"),
            _choice("outcome", "走访情况"),
            Column("inspectors", "检查人员", Kind.TEXT, lambda row: "、".join(p.name for p in row.inspectors.all())),
            _plain("found", "问题", Kind.WHOLE),
            _plain("grave", "其中重大", Kind.WHOLE),
            _choice("state", "状态"),
        ),
    )
)


class FindingFilter(Rows):
    risk_class = choices("归类", RiskClass.choices)
    severity = choices("程度", Severity.choices)
    subject = choices("科目", Subject.choices, field_name="item__subject")
    answer = choices("结果", [(value.value, value.label) for value in Answer.FOUND])
    DAY = "found_on"

    class Meta:
        model = Finding
        fields = []


def findings(user, parameters):
    rows = Finding.objects.visible_to(user).select_related("enterprise", "district", "item", "inspection")
    return FindingFilter(parameters, rows.order_by("-found_on", "-severity", "-pk"), user=user)


FINDINGS = register(
    Listing(
        page="risks:findings",
        title="体检发现的问题",
        capability=Can.READ_INSPECTIONS,
        unit="项",
        filtered=findings,
        columns=lambda user: (
            *_of_enterprise(),
            _DISTRICT,
            _plain("found_on", "发现日期", Kind.DATE),
            _choice("severity", "程度"),
            _choice("risk_class", "归类"),
            Column(
                "subject", "科目", Kind.TEXT, lambda row: row.item.subject, lambda row: row.item.get_subject_display()
            ),
            Column("item", "检查项", Kind.TEXT, lambda row: row.item.number, lambda row: str(row.item)),
            _choice("answer", "结果"),
            _plain("facts", "情况", Kind.LONG_TEXT),
            _plain("basis", "法律依据", Kind.LONG_TEXT),
        ),
    )
)


class CheckFilter(Rows):
    verdict = choices("核实结果", [*ReasonCheck.Verdict.choices, ("none", "未填")], method="told")
    key = django_filters.CharFilter(label="依据", max_length=60)
    DAY = "inspection__visited_on"

    class Meta:
        model = ReasonCheck
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "district" in self.filters:
            self.filters["district"].field_name = "inspection__district"

    def told(self, queryset, name, value):
        return queryset.filter(verdict="" if value == "none" else value)

    def named(self, queryset, name, value):
        return queryset.filter(inspection__enterprise__in=Enterprise.objects.matching(value))


def checks(user, parameters):
    rows = ReasonCheck.objects.visible_to(user).filter(
        inspection__state=Inspection.State.SUBMITTED, inspection__outcome=Outcome.DONE
    )
    rows = rows.select_related("inspection__enterprise", "inspection__district")
    return CheckFilter(parameters, rows.order_by("-inspection__visited_on", "-pk"), user=user)


def _check_columns(user):
    sentence = (_plain("sentence", "评分依据", Kind.LONG_TEXT),) if user.may(Can.READ_FIGURES) else ()
    return (
        *_of_enterprise("inspection__enterprise"),
        Column(
            "district",
            "区市",
            Kind.TEXT,
            lambda row: row.inspection.district_id,
            lambda row: str(row.inspection.district),
        ),
        Column("visited_on", "走访日期", Kind.DATE, lambda row: row.inspection.visited_on),
        Column("reason", "依据", Kind.TEXT, lambda row: row.key, lambda row: row.title),
        *sentence,
        Column(
            "verdict", "核实结果", Kind.TEXT, lambda row: row.verdict, lambda row: row.get_verdict_display() or "未填"
        ),
        _plain("note", "说明", Kind.LONG_TEXT),
    )


CHECKS = register(
    Listing(
        page="risks:checks",
        title="评分依据核实明细",
        capability=Can.READ_INSPECTIONS,
        unit="条",
        filtered=checks,
        columns=_check_columns,
    )
)


# ── Levels and arrears ─────────────────────────────────────────────────────────────────────────


class DecisionFilter(Rows):
    state = choices("状态", LevelDecision.State.choices)
    level = choices("确认等级", Level.choices)
    differs = choices("与评分", [("same", "一致"), ("up", "上调"), ("down", "下调")], method="against_score")
    DAY = "decided_on"

    class Meta:
        model = LevelDecision
        fields = []

    def against_score(self, queryset, name, value):
        scored = F("scored_level")
        return {
            "same": queryset.filter(level=scored),
            "up": queryset.filter(level__gt=scored),
            "down": queryset.filter(level__lt=scored),
        }[value]


def decisions(user, parameters):
    rows = LevelDecision.objects.visible_to(user).select_related("enterprise", "district", "decided_by__organisation")
    return DecisionFilter(parameters, rows, user=user)


DECISIONS = register(
    Listing(
        page="risks:decisions",
        title="等级确认",
        capability=Can.READ_LEVELS,
        unit="件",
        filtered=decisions,
        columns=lambda user: (
            *_of_enterprise(),
            _DISTRICT,
            Column(
                "scored_level",
                "评分等级",
                Kind.TEXT,
                lambda row: row.scored_level,
                lambda row: row.get_scored_level_display() or "未评",
            ),
            _choice("level", "确认等级"),
            _choice("state", "状态"),
            _plain("reason", "理由", Kind.LONG_TEXT),
            _plain("decided_on", "确认日期", Kind.DATE),
            Column("decided_by", "确认人", Kind.TEXT, lambda row: row.decided_by and str(row.decided_by)),
        ),
    )
)


WATCHED = "watched"


class ArrearsFilter(Rows):
    state = choices("状态", [(WATCHED, "在监测名单"), *Arrears.State.choices], method="of_state")
    kind = choices("性质", Arrears.Kind.choices)
    source = choices("来源", Arrears.Source.choices)
    DAY = "found_on"

    class Meta:
        model = Arrears
        fields = []

    def of_state(self, queryset, name, value):
        return queryset.watched(today()) if value == WATCHED else queryset.filter(state=value)


def arrears(user, parameters):
    rows = Arrears.objects.visible_to(user).select_related("enterprise", "district")
    return ArrearsFilter(parameters, rows, user=user)


ARREARS = register(
    Listing(
        page="risks:arrears",
        title="欠薪台账",
        capability=Can.READ_ARREARS,
        unit="件",
        filtered=arrears,
        columns=lambda user: (
            *_of_enterprise(),
            _DISTRICT,
            _choice("kind", "性质"),
            _plain("workers", "人数", Kind.WHOLE),
            _plain("months", "月数", Kind.WHOLE),
            _yuan("amount", "金额（元）"),
            _yuan("paid", "已付（元）"),
            _yuan("owing", "未付（元）"),
            _plain("found_on", "发现日期", Kind.DATE),
            _plain("paid_on", "付清日期", Kind.DATE),
            Column("released_on", "监测至", Kind.DATE, lambda row: row.released_on),
            _choice("source", "来源"),
            _choice("state", "状态"),
        ),
    )
)


def visits_of(sweep, user):
    """The rows of a plan in the order of its list, with who goes and what became of it."""
    return (
        PlannedVisit.objects.visible_to(user)
        .filter(sweep=sweep)
        .select_related("enterprise", "inspection")
        .prefetch_related(Prefetch("inspectors", User.objects.select_related("organisation").order_by("pk")))
        .order_by("place", "pk")
    )
