"""Hand-over to 劳动保障监察: what calls for an order is no matter of advice. The case there is a case of its own."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import deadlines
from casework.attachments import Attachment, holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .majors import MajorRisk

_OFFICER, _SUPERVISOR = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR


class HandoverState(models.TextChoices):
    DRAFT = "draft", "拟移交"
    SENT = "sent", "已移交"
    RECEIVED = "received", "已接收"
    FILED = "filed", "已立案"
    DECLINED = "declined", "不予受理"
    CONCLUDED = "concluded", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"


_DRAFT, _SENT, _RECEIVED, _FILED, _DECLINED, _CONCLUDED, _WITHDRAWN = HandoverState
_BOTH = (_OFFICER, _SUPERVISOR)
_COMPLETE = ("facts", "legal_basis", "recipient", "has_evidence")

HANDOVER = Lifecycle(
    HandoverState,
    # move       label          from              to           by              needs
    ("draft",    "拟移交",      (None,),          _DRAFT,      _BOTH,          ("facts",)),
    ("send",     "移交",        (_DRAFT,),        _SENT,       (_SUPERVISOR,), _COMPLETE),
    ("amend",    "修改",        (_DRAFT,),        STAYS,       _BOTH,          ("facts",)),
    ("receive",  "登记接收",    (_SENT,),         _RECEIVED,   _BOTH,          ("received_on", "received_by")),
    ("file",     "登记立案",    (_RECEIVED,),     _FILED,      _BOTH,          ("filed_on", "case_number")),
    ("decline",  "登记不予受理", (_RECEIVED,),    _DECLINED,   _BOTH,          ("result",)),
    ("conclude", "登记办理结果", (_FILED,),       _CONCLUDED,  _BOTH,          ("ruling", "result", "concluded_on")),
    ("extend",   "登记延长办案", (_FILED,),       STAYS,       _BOTH),
    ("withdraw", "撤回移交",    (_DRAFT, _SENT),  _WITHDRAWN,  (_SUPERVISOR,), ("result",)),
    asks={"has_evidence": "移交材料不齐：请先上传证据材料（附件），再移交。"},
)  # fmt: skip


class HandoverQuerySet(ScopedQuerySet):
    def underway(self):
        return self.filter(state__in=[_SENT, _RECEIVED, _FILED])

    def overdue(self, on):
        """Neither accepted nor concluded within the time that the law gives."""
        return self.filter(Q(state=_RECEIVED, accept_by__lt=on) | Q(state=_FILED, investigate_by__lt=on))


@audited(figures=("amount",))
@holder("handover", read=Can.HAND_OVER, add=Can.HAND_OVER)
class Handover(Case):
    class Subject(models.TextChoices):
        """劳动保障监察条例 §11, nine matters."""

        RULES = "rules", "制定内部劳动保障规章制度"
        CONTRACT = "contract", "与劳动者订立劳动合同"
        CHILD = "child", "禁止使用童工"
        PROTECTED = "protected", "女职工和未成年工特殊劳动保护"
        HOURS = "hours", "工作时间和休息休假"
        WAGES = "wages", "支付劳动者工资和执行最低工资标准"
        INSURANCE = "insurance", "参加各项社会保险和缴纳社会保险费"
        AGENCY = "agency", "职业介绍、职业技能培训和考核鉴定"
        OTHER = "other", "法律、法规规定的其他事项"

    class Ruling(models.TextChoices):
        ORDERED = "ordered", "责令改正，已改正"
        TREATED = "treated", "作出行政处理决定"
        FINED = "fined", "作出行政处罚决定"
        POLICE = "police", "移送公安机关"
        DROPPED = "dropped", "撤销立案"
        OTHER = "other", "其他"

    district_path = "district"
    lifecycle = HANDOVER
    State = HandoverState

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="+")
    district = models.ForeignKey(District, models.PROTECT, verbose_name="区市", related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="行动", related_name="+")
    risk = models.ForeignKey(
        MajorRisk, models.PROTECT, null=True, blank=True, verbose_name="重大风险", related_name="handovers"
    )
    subject = models.CharField("移交事项", max_length=10, choices=Subject)
    facts = models.TextField("基本事实", max_length=3000)
    legal_basis = models.TextField("涉嫌违反的规定", max_length=1000, blank=True)
    done_so_far = models.TextField("前期指导和整改情况", max_length=2000, blank=True)
    workers = models.PositiveIntegerField("涉及人数", null=True, blank=True)
    amount = models.BigIntegerField("涉及金额（分）", null=True, blank=True)
    recipient = models.CharField("接收单位", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=HandoverState)
    drafted_on = models.DateField("拟稿日期")
    sent_on = models.DateField("移交日期", null=True)
    received_on = models.DateField("接收日期", null=True)
    received_by = models.CharField("接收人", max_length=40, blank=True)
    accept_by = models.DateField("受理时限", null=True)
    filed_on = models.DateField("立案日期", null=True)
    case_number = models.CharField("案号", max_length=60, blank=True)
    investigate_by = models.DateField("调查时限", null=True)
    is_extended = models.BooleanField("已延长", default=False)
    ruling = models.CharField("处理结果", max_length=10, choices=Ruling, blank=True)
    result = models.TextField("结果说明", max_length=2000, blank=True)
    concluded_on = models.DateField("办结日期", null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-drafted_on", "-id"]
        verbose_name = "移交劳动保障监察"
        indexes = [models.Index(fields=["district", "state", "-drafted_on"], name="handovers_of_a_district")]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(received_on__gte=F("sent_on")),
                name="received_after_it_was_sent",
                violation_error_message="接收日期不能早于移交日期。",
            ),
            models.CheckConstraint(
                condition=Q(filed_on=None) | Q(filed_on__gte=F("received_on")),
                name="filed_after_it_was_received",
                violation_error_message="立案日期不能早于接收日期。",
            ),
            models.CheckConstraint(
                condition=Q(concluded_on=None) | Q(concluded_on__gte=F("filed_on")),
                name="concluded_after_it_was_filed",
                violation_error_message="办结日期不能早于立案日期。",
            ),
        ]

    def __str__(self):
        return f"{self.enterprise.name}移交监察"

    def get_absolute_url(self):
        return reverse("risks:handover", args=[self.pk])

    @property
    def has_evidence(self):
        return Attachment.objects.on(self).exists()

    @property
    def takes_attachments(self):
        """Until it is concluded: the ruling is a paper, too."""
        return self.state not in (_DECLINED, _CONCLUDED, _WITHDRAWN)

    @property
    def due(self):
        """The date that runs now (casework.deadlines.Due), or None."""
        if self.state == _RECEIVED:
            return deadlines.due("labour_inspection.accept", self.received_on)
        if self.state == _FILED:
            return deadlines.due("labour_inspection.investigate", self.filed_on, extended=self.is_extended)
        return None

    # Verbs

    def draft(self, *, by, on, version=None):
        with self.deed("draft", by=by, on=on, note=self.get_subject_display()) as row:
            row.drafted_on, row.campaign = on, Campaign.objects.running(on)
            row.recipient = row.recipient or f"{row.district.name}劳动保障监察机构"

    def amend(self, *, by, on, version=None, **facts):
        with self.deed("amend", by=by, on=on, version=version) as row:
            for name, value in facts.items():
                setattr(row, name, value)

    def send(self, *, by, on, version=None):
        with self.deed("send", by=by, on=on, version=version, note=self.recipient) as row:
            row.sent_on = on

    def receive(self, *, by, on, version=None, received_on, received_by):
        with self.deed("receive", by=by, on=on, version=version, note=received_by) as row:
            row.received_on, row.received_by = received_on, received_by
            row.accept_by = deadlines.due("labour_inspection.accept", received_on).on if received_on else None

    def file(self, *, by, on, version=None, filed_on, case_number):
        with self.deed("file", by=by, on=on, version=version, note=case_number) as row:
            row.filed_on, row.case_number = filed_on, case_number
            row._reckon()

    def decline(self, *, by, on, version=None, result):
        with self.deed("decline", by=by, on=on, version=version, note=result) as row:
            row.result = result

    def extend(self, *, by, on, version=None, note):
        """The inspection's head has approved thirty working days more (劳动保障监察条例 §17)."""
        with self.deed("extend", by=by, on=on, version=version, note=note) as row:
            if row.is_extended:
                raise MoveRefused("办案期限已经延长过一次，不能再延长。")
            row.is_extended = True
            row._reckon()

    def conclude(self, *, by, on, version=None, ruling, result, concluded_on):
        with self.deed("conclude", by=by, on=on, version=version, note=result) as row:
            row.ruling, row.result, row.concluded_on = ruling, result, concluded_on

    def withdraw(self, *, by, on, version=None, result):
        with self.deed("withdraw", by=by, on=on, version=version, note=result) as row:
            row.result = result

    def _reckon(self):
        if self.filed_on:
            due = deadlines.due("labour_inspection.investigate", self.filed_on, extended=self.is_extended)
            self.investigate_by = due.on
