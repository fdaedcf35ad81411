"""定期调度 and 不定期督促: what the city asks of the districts, by when, and what each answers."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from campaigns import figures
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet

from .campaign import Campaign, CityCase
from .parts import AUTHORITY, CITY

# ── A round ──────────────────────────────────────────────────────────────────────────────────


class DispatchState(models.TextChoices):
    DRAFT = "draft", "起草中"
    SENT = "sent", "调度中"
    CLOSED = "closed", "已办结"


_DRAFT, _SENT, _CLOSED = DispatchState

DISPATCH = Lifecycle(
    DispatchState,
    # move      label         from         to       by        needs
    ("draft",   "起草调度",   (None,),     _DRAFT,  (CITY,),  ("title", "asks", "as_of", "due_on")),
    ("amend",   "修改",       (_DRAFT,),   STAYS,   (CITY,),  ("title", "asks", "as_of", "due_on")),
    ("send",    "下发调度",   (_DRAFT,),   _SENT,   (CITY,)),
    ("close",   "办结",       (_SENT,),    _CLOSED, (CITY,)),
)  # fmt: skip


class DispatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is still a draft is the city's own."""
        if not user.is_active:
            return self.none()
        return self if user.sees_whole_city else self.exclude(state=_DRAFT)

    def open(self):
        return self.exclude(state=_CLOSED)


@audited
@holder("dispatch", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
class Dispatch(CityCase):
    """A round of 定期调度: one question to every district, with the figures that the answer begins with."""

    lifecycle = DISPATCH
    State = DispatchState

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    number = models.PositiveSmallIntegerField("期次", default=0)
    title = models.CharField("名称", max_length=60)
    asks = models.TextField("调度内容", max_length=2000)
    codes = ArrayField(models.CharField(max_length=60), verbose_name="调度指标", default=list, blank=True)
    as_of = models.DateField("统计截止日")
    due_on = models.DateField("答复期限")
    state = models.CharField("状态", max_length=10, choices=DispatchState, default=_DRAFT)
    sent_on = models.DateField("下发日期", null=True, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "定期调度"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="dispatches_are_counted_through"),
            models.CheckConstraint(
                condition=Q(as_of__lte=F("due_on")), name="figures_are_of_a_day_before_the_answer_is_due",
                violation_error_message="统计截止日不能晚于答复期限。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"第{self.number}期调度：{self.title}"

    def get_absolute_url(self):
        return reverse("campaigns:dispatch", args=[self.pk])

    def draft(self, *, by, on, version=None):
        self.campaign = Campaign.objects.running(on)
        before = Dispatch.objects.filter(campaign=self.campaign).aggregate(last=models.Max("number"))["last"]
        self.number = (before or 0) + 1
        with self.deed("draft", by=by, on=on):
            pass

    def amend(self, *, by, on, version=None, **fields):
        with self.deed("amend", by=by, on=on, version=version) as row:
            for name, value in fields.items():
                setattr(row, name, value)

    def send(self, *, by, on, version=None):
        """Every district has an answer to give from now on."""
        with self.deed("send", by=by, on=on, version=version) as row:
            if row.due_on < on:
                raise MoveRefused("答复期限已过，请先修改期限再下发。")
            row.sent_on = on
            for district in District.objects.filter(active=True):
                Answer(dispatch=row, district=district, due_on=row.due_on).ask(by=by, on=on)

    def close(self, *, by, on, version=None, note=""):
        with self.deed("close", by=by, on=on, version=version, note=note):
            pass


# ── What a district answers ──────────────────────────────────────────────────────────────────


class AnswerState(models.TextChoices):
    ASKED = "asked", "待答复"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已通过"


_ASKED, _SUBMITTED, _RETURNED, _ACCEPTED = AnswerState
_OWED = (_ASKED, _RETURNED)

ANSWER = Lifecycle(
    AnswerState,
    # move        label       from             to           by            needs
    ("ask",       "下发",     (None,),         _ASKED,      (CITY,)),
    ("answer",    "答复",     _OWED,           _SUBMITTED,  (AUTHORITY,), ("progress",)),
    ("send_back", "退回补充", (_SUBMITTED,),   _RETURNED,   (CITY,),      ("again_due_on",)),
    ("accept",    "通过",     (_SUBMITTED,),   _ACCEPTED,   (CITY,)),
)  # fmt: skip


class _Due(ScopedQuerySet):
    """Questions about answers with a date, whatever they answer."""

    def owed(self):
        raise NotImplementedError

    def late(self, on):
        """To be answered still, and the day is over: the first day, or after a return the new one."""
        return self.owed().filter(Q(again_due_on=None, due_on__lt=on) | Q(again_due_on__lt=on))

    def in_time(self):
        """Answered for the first time by the first date; what was sent back was still in time."""
        return self.filter(answered_on__lte=F("due_on"))

    def answered_late(self):
        return self.filter(answered_on__gt=F("due_on"))

    def fallen_due(self, on):
        """What counts in the rate of punctuality: answered, or the day is over."""
        return self.filter(Q(answered_on__isnull=False) | Q(due_on__lt=on))


class AnswerQuerySet(_Due):
    def owed(self):
        return self.filter(state__in=_OWED)

    def waiting(self):
        return self.filter(state=_SUBMITTED)


class _WithDueDate(models.Model):
    due_on = models.DateField("答复期限")
    again_due_on = models.DateField("补充期限", null=True, blank=True)
    answered_on = models.DateField("首次答复日期", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def until(self):
        """By when the next answer is to come."""
        return self.again_due_on or self.due_on

    @property
    def is_owed(self):
        return self.state in (_ASKED, _RETURNED, SupervisionState.SENT)

    def is_late(self, on):
        return self.is_owed and self.until < on

    @property
    def days_late(self):
        """How many days after the first date the first answer came; 0 in time, None while there is none."""
        return None if self.answered_on is None else max(0, (self.answered_on - self.due_on).days)


@holder("dispatch-answer", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
@audited
class Answer(_WithDueDate, Case):
    district_path = "district"
    lifecycle = ANSWER
    State = AnswerState

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="+", verbose_name="调度")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    state = models.CharField("状态", max_length=10, choices=AnswerState, default=_ASKED)
    progress = models.TextField("进展情况", max_length=3000, blank=True)
    problems = models.TextField("存在问题", max_length=2000, blank=True)
    plans = models.TextField("下一步安排", max_length=2000, blank=True)
    # Never changed afterwards by the portal: [{code, name, unit, rule, counted, told, why}]. `counted` is what the
    # portal counted when the answer was given, `told` what the district stands by.
    figures = models.JSONField("调度数字", default=list, blank=True)
    submitted_on = models.DateField("答复日期", null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-dispatch__number", "district__rank"]
        verbose_name = "调度答复"
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "district"], name="a_district_answers_a_dispatch_once"),
        ]

    def __str__(self):
        return f"{self.district}对第{self.dispatch.number}期调度的答复"

    def get_absolute_url(self):
        return reverse("campaigns:answer", args=[self.pk])

    @property
    def changed(self):
        """The figures that the district tells otherwise than the portal counts them."""
        return [figure for figure in self.figures if figure["told"] != figure["counted"]]

    def counted(self):
        """{code: number as text or None}: what the portal counts for this district by the day of the round."""
        known = {figure.code for figure in figures.catalogue()}
        codes = [code for code in self.dispatch.codes if code in known]
        if not codes:
            return {}
        found = figures.values(
            codes, campaign=self.dispatch.campaign, district=self.district_id, on=self.dispatch.as_of
        )
        return {code: _as_text(found.get(code)) for code in codes}

    def ask(self, *, by, on, version=None):
        with self.deed("ask", by=by, on=on):
            pass

    def answer(self, *, by, on, version=None, progress, problems="", plans="", rows=None):
        """`rows`: {code: {told, why}} of the figures. Raises MoveRefused where one is changed without a reason."""
        with self.deed("answer", by=by, on=on, version=version) as row:
            row.progress, row.problems, row.plans = progress, problems, plans
            row.figures = row._snapshot(rows or {})
            row.submitted_on = on
            row.answered_on = row.answered_on or on

    def _snapshot(self, rows):
        counted, named = self.counted(), {figure.code: figure for figure in figures.catalogue()}
        told = []
        for code, number in counted.items():
            given = _as_text(rows.get(code, {}).get("told"))
            given = number if given is None else given
            why = (rows.get(code, {}).get("why") or "").strip()
            figure = named[code]
            if given != number and not why:
                raise MoveRefused(f"“{figure.name}”与平台统计（{number or '无'}）不一致，请说明原因。")
            told.append({
                "code": code, "name": figure.name, "unit": figure.unit, "rule": figure.rule, "counted": number,
                "told": given, "why": why if given != number else "",
            })  # fmt: skip
        return told

    def send_back(self, *, by, on, version=None, reason, again_due_on):
        with self.deed("send_back", by=by, on=on, version=version, note=reason) as row:
            if again_due_on < on:
                raise MoveRefused("补充期限不能早于今天。")
            row.again_due_on = again_due_on

    def accept(self, *, by, on, version=None, opinion=""):
        with self.deed("accept", by=by, on=on, version=version, note=opinion):
            pass


def _as_text(number):
    """A number as it is written: 12, 3.50 → 3.5; None stays None."""
    if number is None or number == "":
        return None
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return text


# ── Unscheduled supervision ──────────────────────────────────────────────────────────────────


class SupervisionState(models.TextChoices):
    SENT = "sent", "待答复"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"


_S = SupervisionState
SUPERVISION = Lifecycle(
    SupervisionState,
    # move        label       from                       to            by            needs
    ("send",      "发出督促", (None,),                   _S.SENT,      (CITY,),      ("subject", "text", "due_on")),
    ("answer",    "答复",     (_S.SENT, _S.RETURNED),    _S.SUBMITTED, (AUTHORITY,), ("reply",)),
    ("send_back", "退回",     (_S.SUBMITTED,),           _S.RETURNED,  (CITY,),      ("again_due_on",)),
    ("close",     "办结",     (_S.SUBMITTED,),           _S.CLOSED,    (CITY,)),
    ("withdraw",  "撤回",     (_S.SENT, _S.RETURNED),    _S.WITHDRAWN, (CITY,)),
)  # fmt: skip


class SupervisionQuerySet(_Due):
    def owed(self):
        return self.filter(state__in=[_S.SENT, _S.RETURNED])

    def waiting(self):
        return self.filter(state=_S.SUBMITTED)

    def standing(self):
        """Not withdrawn: what counts."""
        return self.exclude(state=_S.WITHDRAWN)


@holder("supervision", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
@audited
class Supervision(_WithDueDate, Case):
    """A note of the city to one district, on a subject or on a record, that wants an answer by a day."""

    district_path = "district"
    lifecycle = SUPERVISION
    State = SupervisionState

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    subject = models.CharField("事项", max_length=60)
    text = models.TextField("督促内容", max_length=2000)
    about_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    about_id = models.BigIntegerField(null=True, blank=True)
    about = GenericForeignKey("about_type", "about_id")
    state = models.CharField("状态", max_length=10, choices=SupervisionState, default=_S.SENT)
    sent_on = models.DateField("发出日期")
    reply = models.TextField("答复", max_length=3000, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_on", "-id"]
        verbose_name = "不定期督促"
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_on__lte=F("due_on")), name="a_supervision_is_due_after_it_is_sent",
                violation_error_message="答复期限不能早于发出日期。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("campaigns:supervision", args=[self.pk])

    def send(self, *, by, on, version=None):
        self.campaign, self.sent_on = Campaign.objects.running(on), on
        with self.deed("send", by=by, on=on, note=self.text):
            pass

    def answer(self, *, by, on, version=None, reply):
        with self.deed("answer", by=by, on=on, version=version, note=reply) as row:
            row.reply, row.replied_on = reply, on
            row.answered_on = row.answered_on or on

    def send_back(self, *, by, on, version=None, reason, again_due_on):
        with self.deed("send_back", by=by, on=on, version=version, note=reason) as row:
            if again_due_on < on:
                raise MoveRefused("补充期限不能早于今天。")
            row.again_due_on = again_due_on

    def close(self, *, by, on, version=None, opinion=""):
        with self.deed("close", by=by, on=on, version=version, note=opinion):
            pass

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass
