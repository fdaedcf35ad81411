"""区域协同: cases that several districts handle jointly, matters that one hands to another, warnings to neighbours.

Such a record lies in more than one district: `districts` holds the codes of all that see it, and PostgreSQL's policy
reads the same column. A timeline stays each district's own (a line for another it could not write); what all members
are to read stands in the record's shared notes.
"""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from casework.attachments import holder, shared_anew
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet

from .campaign import Campaign
from .parts import AUTHORITY, CITY, THE_THREE, of_the_district

_OFFICIALS = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)


def _member(*roles):
    return lambda record, user: (
        user is not None and user.role in roles and user.organisation.district_id in record.districts
    )


MEMBER = Part("成员区市三方", _member(*THE_THREE))
ADDRESSEE = Part(
    "收到提示的区市人社部门",
    lambda record, user: _member(*_OFFICIALS)(record, user) and user.organisation.district_id != record.district_id,
)
RECEIVER = of_the_district("接收区市人社部门", *_OFFICIALS, field="receiver_id")


class AmongQuerySet(ScopedQuerySet):
    """Of records that several districts share; `among` leads to their codes."""

    among = "districts"

    def of_district(self, code):
        return self.filter(**{f"{self.among}__contains": [code]})


def _in_the_district_of(person, fields):
    """Fields of a line of the timeline, put where the person's own district reads it."""
    return {name: value for name, value in fields.items() if name != "district"} | {
        "district_id": person.organisation.district_id
    }


class Shared(Case):
    """`district` leads or has sent it; `districts` are all that see it, that one among them."""

    district_path = "district"
    is_of_several_districts = True

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="牵头区市")
    districts = ArrayField(models.CharField(max_length=6), verbose_name="成员区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")

    class Meta:
        abstract = True

    def is_placed_for(self, user):
        """Several districts have a part in it; which part, the table says."""
        return user is not None and user.is_active and (
            user.sees_whole_city or user.organisation.district_id in (*(self.districts or ()), self.district_id)
        )  # fmt: skip

    def note_deed(self, deed, *, by, on, note="", **fields):
        """Each district keeps the lines of its own people: a line for another one it could not write."""
        return super().note_deed(deed, by=by, on=on, note=note, **_in_the_district_of(by, fields))

    @property
    def members(self):
        return District.objects.filter(pk__in=self.districts)


# ── Joint cases ──────────────────────────────────────────────────────────────────────────────


class JointState(models.TextChoices):
    OPEN = "open", "办理中"
    CLOSED = "closed", "已办结"


_OPEN, _CLOSED = JointState

JOINT_CASE = Lifecycle(
    JointState,
    # move      label          from        to        by                   needs
    ("open",    "发起联合办案", (None,),    _OPEN,    (AUTHORITY,),        ("title", "reason", "has_others")),
    ("note",    "记录进展",    (_OPEN,),   STAYS,    (MEMBER, CITY)),
    ("invite",  "增加成员",    (_OPEN,),   STAYS,    (AUTHORITY, CITY)),
    ("release", "移出成员",    (_OPEN,),   STAYS,    (AUTHORITY, CITY),   ("has_others",)),
    ("close",   "办结",        (_OPEN,),   _CLOSED,  (AUTHORITY,),        ("result",)),
    asks={"has_others": "联合办案至少有两个区市，请选择其他成员区市。"},
)  # fmt: skip


class JointCaseQuerySet(AmongQuerySet):
    def open(self):
        return self.filter(state=_OPEN)


@audited
@holder("joint-case", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
class JointCase(Shared):
    lifecycle = JOINT_CASE
    State = JointState

    title = models.CharField("名称", max_length=60)
    reason = models.TextField("事由", max_length=2000)
    state = models.CharField("状态", max_length=10, choices=JointState, default=_OPEN)
    opened_on = models.DateField("发起日期")
    result = models.TextField("办理结果", max_length=2000, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    objects = JointCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-id"]
        verbose_name = "联合办案"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:jointcase", args=[self.pk])

    @property
    def has_others(self):
        return len(set(self.districts)) > 1

    @property
    def takes_attachments(self):
        return self.state == _OPEN

    def open(self, *, by, on, version=None, others):
        """`others`: the districts that the case is handled with."""
        self.campaign, self.opened_on = Campaign.objects.running(on), on
        self.districts = [self.district_id, *(place.pk for place in others if place.pk != self.district_id)]
        with self.deed("open", by=by, on=on, note=self.reason):
            pass
        self._tell("发起联合办案", self.reason, by, on)

    def note(self, *, by, on, version=None, text):
        with self.deed("note", by=by, on=on, version=version, note=text) as row:
            row._tell("进展", text, by, on)

    def invite(self, *, by, on, version=None, member):
        with self.deed("invite", by=by, on=on, version=version, note=str(member)) as row:
            if member.pk in row.districts:
                raise MoveRefused(f"{member.name}已是成员。")
            row.districts = [*row.districts, member.pk]
            shared_anew(row)
            row._tell("增加成员", member.name, by, on)

    def release(self, *, by, on, version=None, member, reason=""):
        with self.deed("release", by=by, on=on, version=version, note=f"{member}　{reason}".strip()) as row:
            if member.pk == row.district_id:
                raise MoveRefused("牵头区市不能移出。")
            row.districts = [code for code in row.districts if code != member.pk]
            shared_anew(row)
            row._tell("移出成员", f"{member.name}　{reason}".strip(), by, on)

    def close(self, *, by, on, version=None, result):
        with self.deed("close", by=by, on=on, version=version, note=result) as row:
            row.result, row.closed_on = result, on
            row._tell("办结", result, by, on)

    def _tell(self, deed, text, by, on):
        self.notes.create(district=by.organisation.district, deed=deed, text=text, by=by, on=on)


class JointNoteQuerySet(AmongQuerySet):
    among = "joint_case__districts"


@audited
class JointNote(models.Model):
    """What all members of a joint case read, each in the words of one of them. Never changed."""

    district_path = "district"

    joint_case = models.ForeignKey(JointCase, models.CASCADE, related_name="notes")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+", help_text="空：市级")
    deed = models.CharField("事项", max_length=20)
    text = models.TextField("内容", max_length=2000)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="经办人")
    on = models.DateField("日期")

    objects = JointNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = "联合办案进展"

    def __str__(self):
        return f"{self.on} {self.deed}"


# ── Transfers ────────────────────────────────────────────────────────────────────────────────


class TransferState(models.TextChoices):
    OFFERED = "offered", "待接收"
    ACCEPTED = "accepted", "办理中"
    REFUSED = "refused", "未接收"
    RETURNED = "returned", "已退回"
    DONE = "done", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"


_T = TransferState
TRANSFER = Lifecycle(
    TransferState,
    # move       label       from             to             by            needs
    ("offer",    "移送",     (None,),         _T.OFFERED,    (AUTHORITY,), ("subject", "facts", "receiver", "due_on")),
    ("accept",   "接收",     (_T.OFFERED,),   _T.ACCEPTED,   (RECEIVER,)),
    ("refuse",   "不予接收", (_T.OFFERED,),   _T.REFUSED,    (RECEIVER,),  ("answer",)),
    ("send_back", "退回",    (_T.ACCEPTED,),  _T.RETURNED,   (RECEIVER,),  ("answer",)),
    ("finish",   "反馈结果", (_T.ACCEPTED,),  _T.DONE,       (RECEIVER,),  ("result",)),
    ("withdraw", "撤回",     (_T.OFFERED,),   _T.WITHDRAWN,  (AUTHORITY,)),
)  # fmt: skip


class TransferQuerySet(ScopedQuerySet):
    def of_district(self, code):
        """Both districts see it, the one that hands over and the one that receives."""
        return self.filter(Q(district=code) | Q(receiver=code))

    def waiting(self):
        return self.filter(state=_T.OFFERED)

    def in_hand(self):
        return self.filter(state=_T.ACCEPTED)

    def late(self, on):
        return self.waiting().filter(due_on__lt=on)

    def turned_away(self):
        return self.filter(state__in=[_T.REFUSED, _T.RETURNED])


@audited
@holder("transfer", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
class Transfer(Case):
    """A matter that belongs to another district, handed over with what is known of it."""

    district_path = "district"
    is_of_several_districts = True
    lifecycle = TRANSFER
    State = TransferState

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="移送区市")
    receiver = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="接收区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    subject = models.CharField("事项", max_length=60)
    facts = models.TextField("已掌握的情况", max_length=3000)
    # The sender's own record, which the receiver cannot open: what they need to know stands in `facts`.
    about_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    about_id = models.BigIntegerField(null=True, blank=True)
    about = GenericForeignKey("about_type", "about_id")
    state = models.CharField("状态", max_length=10, choices=TransferState, default=_T.OFFERED)
    offered_on = models.DateField("移送日期")
    due_on = models.DateField("答复期限")
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    result = models.TextField("办理结果", max_length=3000, blank=True)
    done_on = models.DateField("办结日期", null=True, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_on", "-id"]
        verbose_name = "事项移送"
        constraints = [
            models.CheckConstraint(
                condition=~Q(district=F("receiver")), name="a_matter_is_handed_to_another_district",
                violation_error_message="请选择其他区市。",
            ),
            models.CheckConstraint(
                condition=Q(offered_on__lte=F("due_on")), name="a_transfer_is_due_after_it_is_offered",
                violation_error_message="答复期限不能早于移送日期。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("campaigns:transfer", args=[self.pk])

    def is_placed_for(self, user):
        return user is not None and user.is_active and (
            user.sees_whole_city or user.organisation.district_id in (self.district_id, self.receiver_id)
        )  # fmt: skip

    def note_deed(self, deed, *, by, on, note="", **fields):
        """Each district keeps the lines of its own people: a line for the other one it could not write."""
        return super().note_deed(deed, by=by, on=on, note=note, **_in_the_district_of(by, fields))

    @property
    def districts(self):
        """Both, for the files on it."""
        return [self.district_id, self.receiver_id]

    @property
    def takes_attachments(self):
        return self.state in (_T.OFFERED, _T.ACCEPTED)

    def offer(self, *, by, on, version=None):
        self.campaign, self.offered_on = Campaign.objects.running(on), on
        with self.deed("offer", by=by, on=on, note=self.facts):
            pass

    def accept(self, *, by, on, version=None, answer=""):
        self._answer("accept", answer, by, on, version)

    def refuse(self, *, by, on, version=None, answer):
        self._answer("refuse", answer, by, on, version)

    def send_back(self, *, by, on, version=None, answer):
        self._answer("send_back", answer, by, on, version)

    def _answer(self, move, answer, by, on, version):
        with self.deed(move, by=by, on=on, version=version, note=answer) as row:
            row.answer, row.answered_on = answer, on

    def finish(self, *, by, on, version=None, result):
        with self.deed("finish", by=by, on=on, version=version, note=result) as row:
            row.result, row.done_on = result, on

    def withdraw(self, *, by, on, version=None, reason=""):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass


# ── Warnings ─────────────────────────────────────────────────────────────────────────────────


class WarningState(models.TextChoices):
    SENT = "sent", "提示中"
    LIFTED = "lifted", "已解除"


_SENT, _LIFTED = WarningState

WARNING = Lifecycle(
    WarningState,
    # move          label         from        to        by            needs
    ("send",        "发出提示",   (None,),    _SENT,    (AUTHORITY,), ("title", "text", "has_others")),
    ("acknowledge", "回复已知悉", (_SENT,),   STAYS,    (ADDRESSEE,)),
    ("lift",        "解除提示",   (_SENT,),   _LIFTED,  (AUTHORITY,)),
    asks={"has_others": "请至少选择一个收到提示的区市。"},
)  # fmt: skip


class WarningQuerySet(AmongQuerySet):
    def standing(self):
        return self.filter(state=WarningState.SENT)


@audited
@holder("warning", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
class SpreadWarning(Shared):
    """风险提示: something that may spread over the border, told to the neighbours (三: 可能跨区域蔓延的互通信息)."""

    lifecycle = WARNING
    State = WarningState

    title = models.CharField("名称", max_length=60)
    text = models.TextField("情况和建议", max_length=2000)
    state = models.CharField("状态", max_length=10, choices=WarningState, default=WarningState.SENT)
    sent_on = models.DateField("发出日期")
    lifted_on = models.DateField("解除日期", null=True, blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_on", "-id"]
        verbose_name = "风险提示"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:spreadwarning", args=[self.pk])

    @property
    def has_others(self):
        return len(set(self.districts)) > 1

    @property
    def takes_attachments(self):
        return self.state == _SENT

    def receipts_by_district(self):
        """(District, Receipt or None) of everybody who was warned."""
        known = {receipt.district_id: receipt for receipt in self.receipts.select_related("by__organisation")}
        return [(place, known.get(place.pk)) for place in self.members if place.pk != self.district_id]

    def send(self, *, by, on, version=None, others):
        self.campaign, self.sent_on = Campaign.objects.running(on), on
        self.districts = [self.district_id, *(place.pk for place in others if place.pk != self.district_id)]
        with self.deed("send", by=by, on=on, note=self.text):
            pass

    def acknowledge(self, *, by, on, version=None, measures):
        with self.deed("acknowledge", by=by, on=on, version=version, note=measures) as row:
            here = by.organisation.district_id
            if row.receipts.filter(district=here).exists():
                raise MoveRefused("本区市已经回复。")
            row.receipts.create(district_id=here, measures=measures, by=by, on=on)

    def lift(self, *, by, on, version=None, reason):
        with self.deed("lift", by=by, on=on, version=version, note=reason) as row:
            row.lifted_on = on


class ReceiptQuerySet(AmongQuerySet):
    among = "warning__districts"


@audited
class Receipt(models.Model):
    """That a district took note of a warning, and what it does about it."""

    district_path = "district"

    warning = models.ForeignKey(SpreadWarning, models.CASCADE, related_name="receipts")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    measures = models.TextField("已采取的措施", max_length=1000)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="经办人")
    on = models.DateField("日期")

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["on", "id"]
        verbose_name = "风险提示回复"
        constraints = [
            models.UniqueConstraint(fields=["warning", "district"], name="a_district_takes_note_of_a_warning_once"),
        ]

    def __str__(self):
        return f"{self.on} {self.district_id}"
