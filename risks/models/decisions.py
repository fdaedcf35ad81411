"""What people decide and know beside the score: an enterprise's level, and wages that it owes."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import webhooks
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import watch
from .inspections import Inspection
from .scores import Level, ScoreRun

_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR
_GOVERNMENT = (_OFFICER, _SUPERVISOR)


# ── Levels ─────────────────────────────────────────────────────────────────────────────────────


class DecisionState(models.TextChoices):
    PROPOSED = "proposed", "建议待定"
    DECIDED = "decided", "已确认"
    DECLINED = "declined", "未采纳"


_PROPOSED, _DECIDED, _DECLINED = DecisionState

# The government side sets a level, the union proposes one (the notice's role sentences, 劳动合同法 §5).
DECISION = Lifecycle(
    DecisionState,
    # move       label       from         to          by            needs
    ("propose",  "建议等级", (None,),     _PROPOSED,  (_UNION,),    ("reason",)),
    ("decide",   "确认等级", (None,),     _DECIDED,   _GOVERNMENT,  ("reason", "heeds_facts")),
    ("adopt",    "采纳",     (_PROPOSED,), _DECIDED,  _GOVERNMENT,  ("heeds_facts",)),
    ("decline",  "不采纳",   (_PROPOSED,), _DECLINED, _GOVERNMENT,  ("answer",)),
    asks={"heeds_facts": "未付清的欠薪、停产、未办结的重大风险按规则不能确认为更低的等级，已变的请先登记。"},
)  # fmt: skip


class DecisionQuerySet(ScopedQuerySet):
    def decided(self):
        return self.filter(state=DecisionState.DECIDED)

    def standing(self):
        """The one decision of each enterprise that holds: the last."""
        return self.decided().order_by("enterprise_id", "-decided_on", "-id").distinct("enterprise_id")


@audited
class LevelDecision(Case):
    """A person's word on an enterprise's level. It holds until the next; scores never change it."""

    district_path = "district"
    lifecycle = DECISION
    State = DecisionState

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    run = models.ForeignKey(ScoreRun, models.PROTECT, null=True, related_name="+", verbose_name="评分轮次")
    scored_level = models.SmallIntegerField("评分等级", choices=Level, null=True)
    level = models.SmallIntegerField("等级", choices=Level)
    reason = models.TextField("理由")
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据的体检"
    )
    state = models.CharField("状态", max_length=10, choices=DecisionState)
    answer = models.TextField("答复", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField("确认日期", null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "等级确认"
        indexes = [models.Index(fields=["enterprise", "-decided_on", "-id"], name="decisions_on_an_enterprise")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_on__isnull=False, decided_by__isnull=False),
                name="a_decision_has_a_day_and_a_person",
            )
        ]

    def __str__(self):
        return f"{self.enterprise.name}等级"

    def get_absolute_url(self):
        return reverse("enterprises:detail", args=[self.enterprise_id])

    @property
    def confirms(self):
        """Whether it confirms what the score says, rather than override it."""
        return self.level == self.scored_level

    @property
    def heeds_facts(self):
        from ..facts import known_of, least_level

        return self.level >= least_level(known_of(self.enterprise_id))

    def propose(self, *, by, on, version=None, level, reason, inspection=None):
        self.level, self.reason, self.inspection = level, reason, inspection
        with self.deed("propose", by=by, on=on, note=f"建议{self.get_level_display()}：{self.reason}"):
            pass

    def decide(self, *, by, on, version=None, level, reason, inspection=None):
        self.level, self.reason, self.inspection = level, reason, inspection
        with self.deed("decide", by=by, on=on, note=self._told()) as row:
            row.decided_by, row.decided_on = by, on
        self._announce()

    def adopt(self, *, by, on, version=None, answer=""):
        with self.deed("adopt", by=by, on=on, version=version, note=self._told()) as row:
            row.answer, row.decided_by, row.decided_on = answer, by, on
        self._announce()

    def decline(self, *, by, on, version=None, answer=""):
        with self.deed("decline", by=by, on=on, version=version, note=answer) as row:
            row.answer = answer

    def _announce(self):
        webhooks.announce("levels.decided", key=f"decision-{self.pk}", decision=self.pk)

    def _told(self):
        scored = "未评" if self.scored_level is None else Level(self.scored_level).label
        return f"评分{scored}，确认{self.get_level_display()}：{self.reason}"


# ── Wages owed ─────────────────────────────────────────────────────────────────────────────────


class ArrearsState(models.TextChoices):
    REPORTED = "reported", "待核实"
    OWED = "owed", "未付清"
    PAID = "paid", "已付清"
    DISMISSED = "dismissed", "经查不实"


_REPORTED, _OWED, _PAID, _DISMISSED = ArrearsState

ARREARS = Lifecycle(
    ArrearsState,
    # move       label          from                 to          by            needs
    ("report",   "报告欠薪",     (None,),             _REPORTED,  (_UNION,)),
    ("record",   "登记欠薪",     (None,),             _OWED,      _GOVERNMENT),
    ("verify",   "核实",         (_REPORTED,),        _OWED,      _GOVERNMENT),
    ("settle",   "登记付清",     (_OWED,),            _PAID,      _GOVERNMENT,  ("paid_on",)),
    ("pay",      "登记部分支付", (_OWED,),            STAYS,      _GOVERNMENT,  ("still_owing",)),
    ("amend",    "更正",         (_OWED,),            STAYS,      _GOVERNMENT,  ("note_given",)),
    ("dismiss",  "经查不实",     (_REPORTED, _OWED),  _DISMISSED, _GOVERNMENT,  ("note_given",)),
    asks={
        "note_given": "请写明原因。",
        "still_owing": "已达到欠薪总额，请办理“登记付清”。",
    },
)  # fmt: skip


class ArrearsQuerySet(ScopedQuerySet):
    def owed(self):
        """Known and not paid."""
        return self.filter(state=ArrearsState.OWED)

    def known(self):
        """Verified, paid since or not: what back-tests take for labels."""
        return self.filter(state__in=[ArrearsState.OWED, ArrearsState.PAID])

    def watched(self, on):
        """Of enterprises that owe wages, or have not been clean for as many months as release asks for (risks.watch).

        What was paid before is watched on as long as the enterprise owes something else.
        """
        arrears = self.model._base_manager.filter(kind=Arrears.Kind.ARREARS, enterprise=OuterRef("enterprise"))
        lately = Q(state=ArrearsState.PAID, paid_on__gt=watch.clean_since(on))
        rows = self.known().filter(kind=Arrears.Kind.ARREARS)
        return rows.filter(lately | Q(state=ArrearsState.OWED) | Exists(arrears.filter(state=ArrearsState.OWED)))


@audited(figures=("amount", "paid"))
@holder("arrears", read=Can.READ_ARREARS, add=Can.RECORD_ARREARS)
class Arrears(Case):
    """Wages that an enterprise owes. Amounts in 分."""

    class Kind(models.TextChoices):
        ARREARS = "arrears", "拖欠工资"
        # 山东省企业工资支付规定 §32: agreed with the union or the workers' representatives, at most 30 days.
        DELAY = "delay", "协商延期支付"

    class Source(models.TextChoices):
        VISIT = "visit", "走访体检"
        COMPLAINT = "complaint", "投诉举报"
        SIGNALS = "signals", "数据预警"
        ENTERPRISE = "enterprise", "企业报告"
        OTHER = "other", "其他"

    district_path = "district"
    lifecycle = ARREARS
    State = ArrearsState

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    kind = models.CharField("性质", max_length=10, choices=Kind, default=Kind.ARREARS)
    workers = models.PositiveIntegerField("涉及人数")
    months = models.PositiveSmallIntegerField("拖欠月数", default=0, help_text="不满一个月的按一个月计")
    delay_days = models.PositiveSmallIntegerField("延期天数", null=True, blank=True)
    amount = models.BigIntegerField("金额（分）")
    source = models.CharField("来源", max_length=10, choices=Source)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="体检记录"
    )
    found_on = models.DateField("发现日期")
    remark = models.TextField("情况", blank=True)
    state = models.CharField("状态", max_length=10, choices=ArrearsState)
    paid = models.BigIntegerField("已付（分）", default=0)
    paid_on = models.DateField("付清日期", null=True, blank=True)

    objects = ArrearsQuerySet.as_manager()

    class Meta:
        ordering = ["-found_on", "-id"]
        verbose_name = "欠薪"
        indexes = [models.Index(fields=["enterprise", "-found_on"], name="arrears_of_an_enterprise")]
        constraints = [
            models.CheckConstraint(
                condition=Q(workers__gte=1, amount__gte=1),
                name="arrears_are_of_somebody_and_of_something",
                violation_error_message="人数和金额须大于零。",
            ),
            models.CheckConstraint(
                condition=Q(kind="arrears", months__gte=1, delay_days=None)
                | Q(kind="delay", delay_days__gte=1, delay_days__lte=30, months=0),
                name="arrears_have_months_and_an_agreed_delay_days",
                violation_error_message="拖欠工资填写月数（至少 1 个月）；协商延期支付填写天数（1 至 30 天）。",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")),
                name="no_more_is_paid_than_was_owed",
                violation_error_message="已付金额不能超过欠薪总额。",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid=F("amount"), paid_on__gte=F("found_on")),
                name="what_is_paid_off_is_paid_in_full",
                violation_error_message="付清日期不能早于发现日期。",
            ),
        ]

    def __str__(self):
        return f"{self.enterprise.name}{self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("risks:arrears_page", args=[self.pk])

    note_given = True  # set by the verbs that need one

    @property
    def released_on(self):
        """Until when what was paid is watched, if nothing else comes; None for what is not paid or was no arrears."""
        watched = self.kind == self.Kind.ARREARS and self.state == ArrearsState.PAID
        return watch.released_on(self.paid_on) if watched else None

    def watch_sentence(self, on):
        """How long the enterprise is watched for it, in a sentence; "" where it is not, or no more."""
        if self.kind != self.Kind.ARREARS or self.state not in (ArrearsState.OWED, ArrearsState.PAID):
            return ""
        others = Arrears.objects.filter(enterprise=self.enterprise_id, kind=self.Kind.ARREARS).exclude(pk=self.pk)
        return watch.sentence(self.paid_on, others.owed().exists(), on=on)

    @property
    def owing(self):
        return self.amount - self.paid

    @property
    def still_owing(self):
        return self.owing > 0

    def report(self, *, by, on, version=None, **facts):
        self._take(facts)
        with self.deed("report", by=by, on=on, note=self._told()):
            pass

    def record(self, *, by, on, version=None, **facts):
        self._take(facts)
        with self.deed("record", by=by, on=on, note=self._told()):
            pass
        self._weigh(on)

    def verify(self, *, by, on, version=None, note="", **facts):
        """The government side takes a report over, with what it found itself."""
        with self.deed("verify", by=by, on=on, version=version, note=note) as row:
            row._take(facts)
        self._weigh(on)

    def amend(self, *, by, on, version=None, note="", **facts):
        with self.deed("amend", by=by, on=on, version=version, note=note) as row:
            row._take(facts)
            row.note_given = bool(note)
        self._weigh(on)

    def _take(self, facts):
        for name in facts:
            setattr(self, name, facts[name])

    def pay(self, *, by, on, version=None, amount, note=""):
        """A part was paid; `amount` in 分."""
        told = f"{amount / 100:,.2f} 元。{note}"
        with self.deed("pay", by=by, on=on, version=version, note=told) as row:
            row.paid += amount

    def settle(self, *, by, on, version=None, paid_on, note=""):
        """All was paid on the day."""
        with self.deed("settle", by=by, on=on, version=version, note=note) as row:
            row.paid, row.paid_on = row.amount, paid_on

    def dismiss(self, *, by, on, version=None, note=""):
        with self.deed("dismiss", by=by, on=on, version=version, note=note) as row:
            row.note_given = bool(note)

    def _weigh(self, on):
        """Enough workers unpaid are a major risk, which the city sees at once."""
        from ..majors import flag_by_rule

        flag_by_rule(on=on, enterprise_id=self.enterprise_id)

    def _told(self):
        how_long = f"{self.months} 个月" if self.kind == self.Kind.ARREARS else f"延期 {self.delay_days} 天"
        return f"{self.workers} 人，{how_long}，{self.amount / 100:,.2f} 元"
