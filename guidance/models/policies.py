"""Policies that help enterprises (惠企政策): whom each is for, who was told of it, who took it up."""

from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse

from accounts.roles import Can, Role
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import PublicQuerySet, ScopedQuerySet
from enterprises.models import Enterprise

from .. import conditions
from .firms import PARTIES, OfAFirm, must_have_come

_EDITORS = (Role.CITY_OFFICE,)


class PolicyState(models.TextChoices):
    IN_USE = "in_use", "执行中"
    ENDED = "ended", "已停止"


_IN_USE, _ENDED = PolicyState

POLICY = Lifecycle(
    PolicyState,
    # move      label           from         to        by         needs
    ("publish", "编入政策目录", (None,),     _IN_USE,  _EDITORS,  ("title", "issuer", "benefit", "from_on")),
    ("amend",   "修订",         (_IN_USE,),  STAYS,    _EDITORS,  ("title", "issuer", "benefit", "from_on")),
    ("end",     "停止执行",     (_IN_USE,),  _ENDED,   _EDITORS),
    ("resume",  "恢复执行",     (_ENDED,),   _IN_USE,  _EDITORS),
)  # fmt: skip


class PolicyQuerySet(PublicQuerySet):
    def in_force(self, on):
        open_ended = Q(until_on=None) | Q(until_on__gte=on)
        return self.filter(open_ended, state=PolicyState.IN_USE, from_on__lte=on)


@audited
@holder("policy", read=Can.READ_GUIDANCE, add=Can.EDIT_CATALOGUE)
class Policy(Case):
    """An entry of the city's catalogue and what it asks of an enterprise; a condition left empty asks nothing."""

    class Kind(models.TextChoices):
        JOBS = "jobs", "稳岗就业"
        INSURANCE = "insurance", "社会保险"
        TRAINING = "training", "技能培训"
        RELIEF = "relief", "税费减免"
        FINANCE = "finance", "金融支持"
        OTHER = "other", "其他"

    lifecycle = POLICY
    State = PolicyState
    place_id = None

    state = models.CharField("状态", max_length=8, choices=PolicyState, default=PolicyState.IN_USE)
    title = models.CharField("政策名称", max_length=120, unique=True, error_messages={"unique": "目录中已有同名政策。"})
    kind = models.CharField("类别", max_length=10, choices=Kind)
    number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("制定单位", max_length=80)
    benefit = models.TextField("支持内容", max_length=1000)
    how_to = models.TextField("申请办法", max_length=1000, blank=True)
    from_on = models.DateField("执行起始日期")
    until_on = models.DateField("执行截止日期", null=True, blank=True)

    trades = models.JSONField("行业门类", default=list, blank=True)
    sizes = models.JSONField("企业规模", default=list, blank=True)
    heads_least = models.PositiveIntegerField("从业人数不少于", null=True, blank=True)
    heads_most = models.PositiveIntegerField("从业人数不多于", null=True, blank=True)
    founded_months = models.PositiveSmallIntegerField("成立未满（月）", null=True, blank=True)
    levels = models.JSONField("风险等级", default=list, blank=True)
    has_union = models.BooleanField("建会情况", null=True, blank=True)
    platform = models.BooleanField("限平台企业", default=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title"]
        verbose_name = "惠企政策"
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="a_policy_ends_after_it_begins",
                violation_error_message="截止日期不能早于起始日期，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(heads_least=None) | Q(heads_most=None) | Q(heads_least__lte=F("heads_most")),
                name="a_policy_asks_for_a_range_of_heads",
                violation_error_message="从业人数的下限不能大于上限，请核对。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("guidance:policy", args=[self.pk])

    def is_placed_for(self, user):
        return user is None or user.is_active

    @property
    def sentences(self):
        """What it asks of an enterprise, in words."""
        return conditions.sentences(self)

    def suits(self, on, enterprises=None):
        """The enterprises, of those given, that meet every condition on that day."""
        return conditions.narrow(self, Enterprise.objects.active() if enterprises is None else enterprises, on)

    def publish(self, *, by, on, version=None):
        with self.deed("publish", by=by, on=on, version=version):
            pass

    def amend(self, *, by, on, version=None, **changes):
        with self.deed("amend", by=by, on=on, version=version) as row:
            for name, value in changes.items():
                setattr(row, name, value)

    def end(self, *, by, on, version=None, reason):
        with self.deed("end", by=by, on=on, version=version, note=reason):
            pass

    def resume(self, *, by, on, version=None):
        with self.deed("resume", by=by, on=on, version=version):
            pass


class BenefitState(models.TextChoices):
    OFFERED = "offered", "已送达"
    TAKEN = "taken", "已享受"
    DECLINED = "declined", "未享受"


_OFFERED, _TAKEN, _DECLINED = BenefitState

BENEFIT = Lifecycle(
    BenefitState,
    # move      label           from         to          by        needs
    ("offer",   "送政策上门",   (None,),     _OFFERED,   PARTIES,  ("policy",)),
    ("take_up", "登记享受",     (_OFFERED,), _TAKEN,     PARTIES,  ("taken_on",)),
    ("decline", "登记未享受",   (_OFFERED,), _DECLINED,  PARTIES),
    ("reopen",  "重新跟进",     (_DECLINED,), _OFFERED,  PARTIES),
)  # fmt: skip


class BenefitQuerySet(ScopedQuerySet):
    def offered(self):
        return self.filter(state=BenefitState.OFFERED)

    def taken(self):
        return self.filter(state=BenefitState.TAKEN)

    def amount(self):
        """分 taken up, summed."""
        return self.taken().order_by().aggregate(told=Sum("amount"))["told"] or 0


@audited
@holder("benefit", read=Can.READ_SERVED, add=Can.WRITE_GUIDANCE)
class Benefit(OfAFirm):
    """A policy told to an enterprise, and whether it took it up."""

    lifecycle = BENEFIT
    State = BenefitState

    state = models.CharField("状态", max_length=10, choices=BenefitState, default=BenefitState.OFFERED)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", verbose_name="政策")
    offered_on = models.DateField("送达日期")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="送达人")
    taken_on = models.DateField("享受日期", null=True, blank=True)
    amount = models.BigIntegerField("享受金额（分）", null=True, blank=True)
    people = models.PositiveIntegerField("惠及人数", null=True, blank=True)

    objects = BenefitQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_on", "-id"]
        verbose_name = "政策享受"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "enterprise"], name="a_policy_is_offered_to_an_enterprise_once",
                violation_error_message="这项政策已送达该企业，请在原记录上办理。",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="a_benefit_is_not_negative",
                violation_error_message="金额不能为负数。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.enterprise.name}：{self.policy.title}"

    def get_absolute_url(self):
        return reverse("guidance:benefit", args=[self.pk])

    def offer(self, *, by, on, version=None):
        if not self.policy.suits(on, Enterprise.objects.filter(pk=self.enterprise_id)).exists():
            raise MoveRefused(f"该企业不符合“{self.policy.title}”的条件，请核对企业信息和政策条件。")
        self.begin(on)
        self.offered_on, self.by = on, by
        with self.deed("offer", by=by, on=on, version=version):
            pass

    def take_up(self, *, by, on, version=None, taken_on, amount=None, people=None):
        must_have_come(taken_on, on)
        with self.deed("take_up", by=by, on=on, version=version) as row:
            if taken_on < row.offered_on:
                raise MoveRefused(f"享受日期不能早于送达日期 {row.offered_on:%Y-%m-%d}，请核对。")
            row.taken_on, row.amount, row.people = taken_on, amount, people

    def decline(self, *, by, on, version=None, reason):
        with self.deed("decline", by=by, on=on, version=version, note=reason):
            pass

    def reopen(self, *, by, on, version=None):
        with self.deed("reopen", by=by, on=on, version=version):
            pass
