"""The ledger (工作台账): what an enterprise puts right, by when, who sees to it, with which evidence it is closed."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District, User
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework.attachments import Attachment, holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import tone

SOON_DAYS = 3
OWNER_ROLES = (Role.DISTRICT_OFFICER, Role.UNION_COORDINATOR)

_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR
OWNER = Part.of("owner", "承办人")
# Two people: who sees to an item does not close it, who asks for more time does not grant it.
CHECKER = Part(
    "区市负责人（不是本项承办人）",
    lambda item, user: user is not None and user.role == _SUPERVISOR and user.pk != item.owner_id,
)
SECOND = Part(
    "区市负责人或市三方办（不是申请人）",
    lambda item, user: (
        user is not None
        and user.role in (_SUPERVISOR, Role.CITY_OFFICE)
        and item.asked_extension is not None
        and user.pk != item.asked_extension.asked_by_id
    ),
)


class RectificationState(models.TextChoices):
    OPEN = "open", "待分派"
    ASSIGNED = "assigned", "整改中"
    SUBMITTED = "submitted", "待复核"
    CLOSED = "closed", "已销号"


_OPEN, _ASSIGNED, _SUBMITTED, _CLOSED = RectificationState
RECTIFICATION = Lifecycle(
    RectificationState,
    # move              label         from           to          by                               needs
    ("open",            "登记整改事项", (None,),     _OPEN,    (_OFFICER, _SUPERVISOR, _UNION), ("matter", "person")),
    ("assign",          "分派",       (_OPEN,),      _ASSIGNED,  (_SUPERVISOR,),                  ("owner",)),
    ("submit",          "提交复核",   (_ASSIGNED,),  _SUBMITTED, (OWNER,),            ("outcome", "has_evidence")),
    ("ask_extension",   "申请延期",   (_ASSIGNED,),  STAYS,      (OWNER,)),
    ("grant_extension", "同意延期",   (_ASSIGNED,),  STAYS,      (SECOND,)),
    ("refuse_extension", "不同意延期", (_ASSIGNED,), STAYS,      (SECOND,)),
    ("reassign",        "转办",       (_ASSIGNED,),  STAYS,      (_SUPERVISOR,),                  ("owner",)),
    ("close",           "销号",       (_SUBMITTED,), _CLOSED,    (CHECKER,),                      ("has_evidence",)),
    ("send_back",       "退回",       (_SUBMITTED,), _ASSIGNED,  (CHECKER,)),
    ("reopen",          "重新整改",   (_CLOSED,),    _ASSIGNED,  (_SUPERVISOR,),                  ("owner",)),
    asks={"has_evidence": "请先上传整改凭证（照片或文件）；重新整改的，须有重新整改之后的凭证。"},
)  # fmt: skip


class RectificationQuerySet(ScopedQuerySet):
    """Submitted items wait for the supervisor: they are neither late nor soon due, whatever their date."""

    def outstanding(self):
        return self.exclude(state=_CLOSED)

    def to_put_right(self):
        return self.filter(state__in=[_OPEN, _ASSIGNED])

    def overdue(self, on):
        return self.to_put_right().filter(due_on__lt=on)

    def due_soon(self, on):
        """Due today or within the next three days."""
        return self.to_put_right().filter(due_on__range=(on, on + timedelta(days=SOON_DAYS)))

    def unassigned(self):
        """Nobody sees to them: not given out yet, or given to a person who no longer works in the district."""
        gone = Q(owner__is_active=False) | ~Q(owner__organisation__district=F("district"))
        return self.filter(Q(state=_OPEN) | Q(state=_ASSIGNED) & gone)

    def with_extension_asked(self):
        return self.filter(extensions__decided_on=None, extensions__isnull=False)


@audited
@holder("rectification", read=Can.READ_EVIDENCE, add=Can.PRESCRIBE)
class Rectification(Case):
    district_path = "district"
    lifecycle = RECTIFICATION

    state = models.CharField("进展", max_length=10, choices=RectificationState)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="区市", related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="rectifications")
    prescription = models.ForeignKey(
        "risks.Prescription", models.PROTECT, null=True, verbose_name="用工处方", related_name="rectifications"
    )
    line = models.OneToOneField(
        "risks.PrescriptionLine", models.PROTECT, null=True, verbose_name="处方条目", related_name="rectification"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="行动", related_name="+")
    matter = models.CharField("整改事项", max_length=120)
    due_on = models.DateField("整改时限")
    person = models.CharField("整改负责人", max_length=30, help_text="企业一方，如人力资源部 王某")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="承办人", related_name="+"
    )
    opened_on = models.DateField("登记日期")
    first_due_on = models.DateField("原定时限")
    outcome = models.TextField("整改情况", max_length=1000, blank=True)
    submitted_on = models.DateField("提交日期", null=True)
    closed_on = models.DateField("销号日期", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="销号人", related_name="+"
    )
    evidence_before = models.PositiveSmallIntegerField(
        "重新整改前的凭证数", default=0, help_text="files that were there when it was opened again do not count"
    )

    objects = RectificationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = "整改事项"
        indexes = [
            models.Index(fields=["district", "state", "due_on"], name="ledger_by_deadline"),
            models.Index(fields=["owner", "state", "due_on"], name="ledger_by_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(owner__isnull=True) | ~Q(closed_by=F("owner")),
                name="nobody_closes_what_they_saw_to",
                violation_error_message="承办人不能自己销号，请由区市负责人办理。",
            ),
            models.CheckConstraint(
                condition=~Q(state=_CLOSED) | Q(closed_on__isnull=False, closed_by__isnull=False),
                name="what_is_closed_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state=_OPEN) | Q(owner__isnull=False), name="what_is_being_put_right_has_an_owner"
            ),
        ]

    def __str__(self):
        return self.matter

    def get_absolute_url(self):
        return reverse("risks:rectification", args=[self.pk])

    @classmethod
    def of_line(cls, line):
        """What a line of a prescription becomes in the ledger; not saved yet."""
        prescription = line.prescription
        return cls(
            district_id=prescription.district_id, enterprise_id=prescription.enterprise_id, prescription=prescription,
            line=line, matter=line.matter, due_on=line.due_on, person=line.person,
        )  # fmt: skip

    # ── Questions ──

    @property
    def is_to_put_right(self):
        return self.state in (_OPEN, _ASSIGNED)

    def days_left(self, on):
        """Negative when late; None for what is submitted or closed."""
        return (self.due_on - on).days if self.is_to_put_right else None

    def is_overdue(self, on):
        left = self.days_left(on)
        return left is not None and left < 0

    @property
    def takes_attachments(self):
        return self.state != _CLOSED

    @property
    def has_evidence(self):
        """Files are never taken away, so that more of them than before are new ones."""
        return Attachment.objects.on(self).count() > self.evidence_before

    @property
    def asked_extension(self):
        """The request for more time that nobody has decided, or None."""
        return self.extensions.filter(decided_on=None).first() if self.pk else None

    def possible_owners(self):
        """Officers and union coordinators who work in the district: who can open the record can be given it."""
        people = User.objects.filter(organisation__district_id=self.district_id, role__in=OWNER_ROLES, is_active=True)
        return people.select_related("organisation")

    # ── Verbs ──

    def open(self, *, by, on, version=None, **fields):
        for name, value in fields.items():
            setattr(self, name, value)
        if sentence := tone.objection(self.matter):
            raise MoveRefused(sentence)
        if self.due_on is None:
            raise MoveRefused("请填写整改时限。")
        self.campaign, self.opened_on, self.first_due_on = Campaign.objects.running(on), on, self.due_on
        with self.deed("open", by=by, on=on):
            pass

    def assign(self, *, by, on, version=None, owner=None, due_on=None):
        with self.deed("assign", by=by, on=on, version=version, note=_given(owner, due_on)) as row:
            row._give_to(owner)
            row._set_deadline(due_on, on)

    def reassign(self, *, by, on, version=None, owner=None, reason=""):
        with self.deed("reassign", by=by, on=on, version=version, note=f"转 {owner}。{reason}") as row:
            if not reason:
                raise MoveRefused("请写明转办的原因。")
            row._give_to(owner)

    def submit(self, *, by, on, version=None, outcome=""):
        with self.deed("submit", by=by, on=on, version=version, note=outcome) as row:
            row.outcome, row.submitted_on = outcome, on
            row.extensions.filter(decided_on=None).update(decided_on=on, decision=Extension.Decision.WITHDRAWN)

    def ask_extension(self, *, by, on, version=None, until=None, reason=""):
        said = f"申请延至 {until:%Y-%m-%d}：{reason}" if until else reason
        with self.deed("ask_extension", by=by, on=on, version=version, note=said) as row:
            if row.asked_extension:
                raise MoveRefused("已有一份延期申请等待审批，不能重复申请。")
            if not reason or until is None or until <= max(row.due_on, on):
                raise MoveRefused(f"请写明理由，并填写晚于{row.due_on:%Y-%m-%d}和今天的日期。")
            row.extensions.create(asked_by=by, asked_on=on, due_on=row.due_on, until=until, reason=reason)

    def grant_extension(self, *, by, on, version=None, remark=""):
        with self.deed("grant_extension", by=by, on=on, version=version, note=remark) as row:
            extension = row._decide_extension(Extension.Decision.GRANTED, by, on, remark)
            row.due_on = extension.until

    def refuse_extension(self, *, by, on, version=None, remark=""):
        with self.deed("refuse_extension", by=by, on=on, version=version, note=remark) as row:
            if not remark:
                raise MoveRefused("请写明不同意延期的理由。")
            row._decide_extension(Extension.Decision.REFUSED, by, on, remark)

    def close(self, *, by, on, version=None, remark=""):
        with self.deed("close", by=by, on=on, version=version, note=remark) as row:
            row.closed_on, row.closed_by = on, by

    def send_back(self, *, by, on, version=None, reason="", due_on=None):
        with self.deed("send_back", by=by, on=on, version=version, note=f"{reason}（时限 {due_on}）") as row:
            if not reason:
                raise MoveRefused("请写明退回的理由。")
            row.submitted_on = None
            row._set_deadline(due_on, on)

    def reopen(self, *, by, on, version=None, reason="", owner=None, due_on=None):
        with self.deed("reopen", by=by, on=on, version=version, note=f"{reason}（{_given(owner, due_on)}）") as row:
            if not reason:
                raise MoveRefused("请写明重新整改的理由。")
            row.submitted_on = row.closed_on = row.closed_by = None
            row.evidence_before = Attachment.objects.on(row).count()
            row._give_to(owner)
            row._set_deadline(due_on, on)

    def _give_to(self, owner):
        if owner is not None and not self.possible_owners().filter(pk=owner.pk).exists():
            raise MoveRefused(f"{owner} 不是{self.district}的经办人或工会协调员，不能承办本项。")
        self.owner = owner

    def _set_deadline(self, due_on, on):
        if due_on is None:
            raise MoveRefused("请填写整改时限。")
        if due_on < on:
            raise MoveRefused("整改时限不能早于今天。")
        self.due_on = due_on

    def _decide_extension(self, decision, by, on, remark):
        extension = self.asked_extension
        extension.decision, extension.decided_by, extension.decided_on, extension.remark = decision, by, on, remark
        extension.save()
        return extension


@audited
class Extension(models.Model):
    """More time that was asked for; a second person decides."""

    district_path = "rectification__district"

    class Decision(models.TextChoices):
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"
        WITHDRAWN = "withdrawn", "已先行提交，不再需要"

    rectification = models.ForeignKey(Rectification, models.CASCADE, related_name="extensions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="申请人", related_name="+")
    asked_on = models.DateField("申请日期")
    due_on = models.DateField("当时的时限")
    until = models.DateField("申请延至")
    reason = models.TextField("理由", max_length=500)
    decision = models.CharField("审批", max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="审批人", related_name="+"
    )
    decided_on = models.DateField("审批日期", null=True)
    remark = models.TextField("审批意见", max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "延期申请"
        constraints = [
            models.UniqueConstraint(
                fields=["rectification"], condition=Q(decided_on__isnull=True), name="one_extension_waits"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="nobody_grants_more_time_to_themselves",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("due_on")), name="an_extension_is_later"),
        ]

    def __str__(self):
        return f"延至 {self.until}"


def _given(owner, due_on):
    return f"承办人：{owner.name if owner else '（未填）'}，时限：{due_on}"
