"""Mechanisms of platform enterprises: what is agreed with riders and drivers, round by round."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import deadlines
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

_WRITERS = (Role.UNION_COORDINATOR, Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)


class State(models.TextChoices):
    WORKING = "working", "运行中"
    RESTING = "resting", "已停止"


MECHANISM = Lifecycle(
    State,
    # move      label            from                  to              by         needs
    ("set_up",  "建立协商机制",   (None,),              State.WORKING,  _WRITERS,
     ("enterprise", "trade", "every_months")),
    ("plan",    "安排协商",       (State.WORKING,),     STAYS,          _WRITERS),
    ("hold",    "登记协商结果",   (State.WORKING,),     STAYS,          _WRITERS),
    ("agree",   "登记标准",       (State.WORKING,),     STAYS,          _WRITERS),
    ("amend",   "修改机制",       (State.WORKING,),     STAYS,          _WRITERS, ("every_months",)),
    ("rest",    "停止机制",       (State.WORKING,),     State.RESTING,  _WRITERS),
    ("resume",  "恢复机制",       (State.RESTING,),     State.WORKING,  _WRITERS),
)  # fmt: skip


class Topic(models.TextChoices):
    """威人社函〔2023〕39号 二（二）"""

    PIECE_RATE = "piece_rate", "计件单价"
    COMMISSION = "commission", "抽成比例"
    HOURS = "hours", "在线时长"
    ORDERS = "orders", "派单量"
    WEATHER = "weather", "极端天气补贴"


CALENDAR_BEFORE, CALENDAR_MONTHS = 5, 12


class MechanismQuerySet(ScopedQuerySet):
    def working(self):
        return self.filter(state=State.WORKING)

    def overdue(self, on):
        """With a round whose planned day is over."""
        late = Round.objects.filter(mechanism=models.OuterRef("pk"), held_on=None, planned_on__lt=on)
        return self.working().filter(models.Exists(late))

    def unplanned(self, on):
        """The time between two rounds is over, and none is planned."""
        rounds = Round.objects.filter(mechanism=models.OuterRef("pk")).order_by("-held_on")
        last = models.Subquery(rounds.exclude(held_on=None).values("held_on")[:1])
        interval = models.Func(
            "every_months", template="make_interval(months => %(expressions)s)", output_field=models.DurationField()
        )
        due = Cast(
            models.ExpressionWrapper(Coalesce(last, "set_up_on") + interval, models.DateTimeField()), models.DateField()
        )
        waiting = rounds.filter(held_on=None)
        return self.working().annotate(next_due=due).filter(next_due__lt=on).exclude(models.Exists(waiting))


@audited
@holder("mechanism", read=Can.READ_CONSULTED, add=Can.BARGAIN)
class Mechanism(Case):
    district_path = "district"
    lifecycle = MECHANISM
    State = State
    Topic = Topic

    class Trade(models.TextChoices):
        FREIGHT = "freight", "货运"
        RIDE_HAILING = "ride_hailing", "网约车"
        DELIVERY = "delivery", "网约配送"
        OTHER = "other", "其他"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="mechanisms", verbose_name="平台企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WORKING)
    trade = models.CharField("行业", max_length=12, choices=Trade)
    every_months = models.PositiveSmallIntegerField("每几个月协商一次")
    workers = models.PositiveIntegerField("覆盖劳动者人数", null=True, blank=True)
    adjustment = models.TextField("标准调整程序", blank=True)
    disputes = models.TextField("矛盾纠纷解决机制", blank=True)
    set_up_on = models.DateField("建立日期")

    objects = MechanismQuerySet.as_manager()

    class Meta:
        ordering = ["-set_up_on", "-id"]
        verbose_name = "平台协商机制"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "trade"], condition=Q(state="working"), name="one_mechanism_a_trade_works",
                violation_error_message="该企业这一行业已有运行中的协商机制。",
            ),
            models.CheckConstraint(
                condition=Q(every_months__range=(1, 36)), name="rounds_come_in_1_to_36_months",
                violation_error_message="协商周期应在1至36个月之间。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.enterprise.name}（{self.get_trade_display()}）"

    def get_absolute_url(self):
        return reverse("negotiations:mechanism", args=[self.pk])

    @classmethod
    def begun(cls, enterprise):
        """A mechanism of `enterprise` that is not there yet."""
        return cls(enterprise=enterprise, district_id=enterprise.district_id)

    def is_moot(self, move):
        """Whether there is nothing that the move could be made on, although the table allows it."""
        return move.name == "hold" and not self.rounds.filter(held_on=None).exists()

    @property
    def next_on(self):
        """By when the next round is due: `every_months` after the last one, or after the setting up."""
        held = [meeting.held_on for meeting in self.rounds.all() if meeting.held_on] if self.pk else ()
        return deadlines.months_after(max(held, default=self.set_up_on), self.every_months)

    def year_of_rounds(self, on):
        """(first day of the month, its rounds, whether one is due in it) of the year round `on`."""
        first = deadlines.months_after(on.replace(day=1), -CALENDAR_BEFORE)
        months = [deadlines.months_after(first, number) for number in range(CALENDAR_MONTHS)]
        by_month = {month: [] for month in months}
        for meeting in self.rounds.order_by("planned_on"):
            by_month.get((meeting.held_on or meeting.planned_on).replace(day=1), []).append(meeting)
        due = self.next_on.replace(day=1)
        return [(month, rounds, month == due and not rounds) for month, rounds in by_month.items()]

    def standards(self, on):
        """What is agreed on each topic on that day: the latest terms in force."""
        latest = {}
        for term in self.terms.filter(from_on__lte=on).order_by("from_on", "id"):
            latest[term.topic] = term
        return [latest[topic] for topic in Topic if topic in latest]

    def set_up(self, *, by, on, version=None):
        self.campaign = Campaign.objects.running(on)
        with self.deed("set_up", by=by, on=on, version=version):
            pass

    def amend(self, *, by, on, version=None, **changes):
        """How often, for how many, by which procedures; what stood before stays in the history."""
        with self.deed("amend", by=by, on=on, version=version, note=self._told(changes)) as row:
            for name, value in changes.items():
                setattr(row, name, value)

    def _told(self, changes):
        return "；".join(
            f"{self._meta.get_field(name).verbose_name}：{self.wording(name) or '（无）'} → {value or '（无）'}"
            for name, value in changes.items()
            if getattr(self, name) != value
        )

    def plan(self, *, by, on, version=None, planned_on, topics):
        with self.deed("plan", by=by, on=on, version=version) as row:
            row.rounds.create(district_id=row.district_id, planned_on=planned_on, topics=topics)

    def hold(self, *, by, on, version=None, meeting, held_on, result):
        with self.deed("hold", by=by, on=on, version=version, note=result) as row:
            if held_on > on:
                raise MoveRefused(f"{held_on:%Y年%m月%d日}还没有到，请填写实际日期。")
            row.rounds.filter(pk=meeting.pk).update(held_on=held_on, result=result)

    def agree(self, *, by, on, version=None, topic, standard, from_on, meeting=None, adjustment="", disputes=""):
        """A standard, with its own procedures where they differ from the mechanism's."""
        with self.deed("agree", by=by, on=on, version=version, note=standard) as row:
            row.terms.create(
                district_id=row.district_id, topic=topic, standard=standard, from_on=from_on, meeting=meeting, by=by,
                adjustment=adjustment, disputes=disputes,
            )  # fmt: skip

    def rest(self, *, by, on, version=None, reason):
        with self.deed("rest", by=by, on=on, version=version, note=reason):
            pass

    def resume(self, *, by, on, version=None):
        with self.deed("resume", by=by, on=on, version=version):
            pass


class RoundQuerySet(ScopedQuerySet):
    def overdue(self, on):
        return self.filter(held_on=None, planned_on__lt=on)


@audited
class Round(models.Model):
    """One periodic consultation on the calendar."""

    district_path = "district"

    mechanism = models.ForeignKey(Mechanism, models.CASCADE, related_name="rounds")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    planned_on = models.DateField("计划日期")
    topics = models.JSONField("议题", default=list)
    held_on = models.DateField("协商日期", null=True, blank=True)
    result = models.TextField("结果", blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on"]
        verbose_name = "定期协商"

    def __str__(self):
        return f"{self.planned_on:%Y-%m-%d}"


@audited
class Term(models.Model):
    """A standard as agreed, from a day on; the ones before it stay."""

    district_path = "district"

    mechanism = models.ForeignKey(Mechanism, models.CASCADE, related_name="terms")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="terms")
    topic = models.CharField("议题", max_length=12, choices=Topic)
    standard = models.TextField("标准")
    adjustment = models.TextField("标准调整程序", blank=True)
    disputes = models.TextField("矛盾纠纷解决机制", blank=True)
    from_on = models.DateField("执行日期")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="经办人")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "-from_on", "-id"]
        verbose_name = "协商标准"
