"""What a district undertakes: its plan (实施方案), joint by three bodies, and the targets that the city sets it."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet

from .campaign import Campaign, Duty
from .parts import ANYBODY, AUTHORITY, CITY, EMPLOYERS, HEAD, UNION


class State(models.TextChoices):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已通过"


_DRAFT, _SUBMITTED, _RETURNED, _ACCEPTED = State
_IN_HAND = (_DRAFT, _RETURNED)

PLAN = Lifecycle(
    State,
    # move               label          from                      to          by                     needs
    ("draft",            "起草方案",    (None,),                  _DRAFT,     (AUTHORITY,)),
    ("write",            "填写方案",    _IN_HAND,                 STAYS,      (AUTHORITY,)),
    ("submit",           "提交方案",    _IN_HAND,                 _SUBMITTED, (HEAD,),
     ("goals", "lead", "has_measures")),
    ("union_confirm",    "工会确认",    (_SUBMITTED,),            STAYS,      (UNION,)),
    ("employers_confirm", "企业方确认", (_SUBMITTED,),            STAYS,      (EMPLOYERS,)),
    ("accept",           "通过",        (_SUBMITTED,),            _ACCEPTED,  (CITY,),               ("is_joint",)),
    ("remark",           "提出意见",    tuple(State),             STAYS,      (CITY, ANYBODY)),
    ("send_back",        "退回修改",    (_SUBMITTED, _ACCEPTED),  _RETURNED,  (CITY,)),
    asks={
        "has_measures": "请至少为一项任务写明具体举措、时间进度和责任单位。",
        "is_joint": "方案由三方共同制定，请等区市工会和企业方确认后再通过。",
    },
)  # fmt: skip


class PlanQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(state=State.SUBMITTED)

    def unconfirmed(self):
        return self.waiting().filter(models.Q(union_confirmed_by=None) | models.Q(employers_confirmed_by=None))

    def in_hand(self):
        return self.filter(state__in=_IN_HAND)


@holder("plan", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
@audited
class Plan(Case):
    district_path = "district"
    lifecycle = PLAN
    State = State

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    goals = models.TextField("总体要求和目标", max_length=2000, blank=True)
    lead = models.CharField("牵头单位", max_length=60, blank=True)
    contact = models.CharField("联系人和电话", max_length=60, blank=True)
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    union_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="工会确认人"
    )
    employers_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="企业方确认人"
    )
    accepted_on = models.DateField("通过日期", null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["district__rank"]
        verbose_name = "实施方案"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "district"], name="a_district_has_one_plan_a_campaign",
                violation_error_message="本区市已有这项行动的实施方案，请在原方案上修改。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.district.name}实施方案"

    def get_absolute_url(self):
        return reverse("campaigns:plan", args=[self.pk])

    @property
    def has_measures(self):
        return self.measures.exists()

    @property
    def is_joint(self):
        return bool(self.union_confirmed_by_id and self.employers_confirmed_by_id)

    @property
    def confirmations(self):
        """(whose, by whom or None)"""
        return (("工会", self.union_confirmed_by), ("企业方", self.employers_confirmed_by))

    def draft(self, *, by, on, version=None):
        self.lead = self.lead or by.organisation.name
        with self.deed("draft", by=by, on=on):
            pass

    def write(self, *, by, on, version=None, goals, lead, contact, rows):
        """`rows`: {number of a duty: {text, unit, begins_on, ends_on}}; a duty without a text has no measure."""
        with self.deed("write", by=by, on=on, version=version) as row:
            row.goals, row.lead, row.contact = goals, lead, contact
            for duty, fields in rows.items():
                if fields["text"]:
                    row.measures.update_or_create(duty_id=duty, defaults=fields | {"district_id": row.district_id})
                else:
                    row.measures.filter(duty_id=duty).delete()

    def submit(self, *, by, on, version=None):
        with self.deed("submit", by=by, on=on, version=version) as row:
            row.submitted_on = on
            row.union_confirmed_by = row.employers_confirmed_by = None

    def union_confirm(self, *, by, on, version=None, opinion=""):
        with self.deed("union_confirm", by=by, on=on, version=version, note=opinion) as row:
            row._confirm("union_confirmed_by", by)

    def employers_confirm(self, *, by, on, version=None, opinion=""):
        with self.deed("employers_confirm", by=by, on=on, version=version, note=opinion) as row:
            row._confirm("employers_confirmed_by", by)

    def _confirm(self, field, by):
        if getattr(self, field) is not None:
            raise MoveRefused("本方已经确认，不必重复办理。")
        setattr(self, field, by)

    def accept(self, *, by, on, version=None, opinion=""):
        with self.deed("accept", by=by, on=on, version=version, note=opinion) as row:
            row.accepted_on = on

    def send_back(self, *, by, on, version=None, reason):
        with self.deed("send_back", by=by, on=on, version=version, note=reason) as row:
            row.accepted_on = None

    def remark(self, *, by, on, version=None, opinion):
        with self.deed("remark", by=by, on=on, version=version, note=opinion):
            pass


@audited
class Measure(models.Model):
    """What the district does for one duty of the notice, until when, and which unit answers for it."""

    district_path = "district"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measures")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="+", verbose_name="任务")
    text = models.TextField("具体举措", max_length=1000)
    unit = models.CharField("责任单位", max_length=60)
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("完成日期")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["duty__number"]
        verbose_name = "举措"
        constraints = [
            models.UniqueConstraint(fields=["plan", "duty"], name="a_plan_has_one_measure_a_duty"),
            models.CheckConstraint(
                condition=models.Q(begins_on__lte=models.F("ends_on")), name="a_measure_ends_after_it_begins"
            ),
        ]

    def __str__(self):
        return f"{self.duty}"


@audited
class Target(models.Model):
    """A number of an indicator that a district is to reach, set by the city's office."""

    district_path = "district"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    code = models.CharField("指标", max_length=60)
    value = models.DecimalField("目标值", max_digits=14, decimal_places=2)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["code", "district__rank"]
        verbose_name = "目标"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "district", "code"], name="one_target_an_indicator"),
            models.CheckConstraint(condition=models.Q(value__gt=0), name="a_target_is_above_nothing"),
        ]

    def __str__(self):
        return f"{self.code} {self.district_id}"
