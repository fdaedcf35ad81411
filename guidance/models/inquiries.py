"""Help that enterprises and workers ask for, and what they are answered."""

from django.conf import settings
from django.db import models
from django.db.models import F
from django.urls import reverse

from accounts.roles import Can, Role
from casework.attachments import holder
from casework.audit import audited
from casework.lifecycle import STAYS, Lifecycle, Part
from casework.scope import ScopedQuerySet

from .. import terms
from .firms import PARTIES, OfAFirm, must_have_come


class State(models.TextChoices):
    ASKED = "asked", "待分派"
    ASSIGNED = "assigned", "待答复"
    ANSWERED = "answered", "已答复"
    WITHDRAWN = "withdrawn", "已撤回"


_ASKED, _ASSIGNED, _ANSWERED, _WITHDRAWN = State
_OWNER = Part.of("owner", "承办人")
_SUPERVISOR, _UNION = Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR
_OPEN = (_ASKED, _ASSIGNED)

INQUIRY = Lifecycle(
    State,
    # move       label        from            to           by                       needs
    ("ask",      "登记求助",  (None,),        _ASKED,      PARTIES,                 ("asked_on", "asker", "question")),
    ("take",     "由我承办",  (_ASKED,),      _ASSIGNED,   PARTIES,                 ("owner",)),
    ("assign",   "分派",      _OPEN,          _ASSIGNED,   (_SUPERVISOR, _UNION),   ("owner",)),
    ("answer",   "答复",      (_ASSIGNED,),   _ANSWERED,   (_OWNER, _SUPERVISOR),   ("answered_on", "answer_text")),
    ("reopen",   "继续办理",  (_ANSWERED,),   _ASSIGNED,   (_OWNER, _SUPERVISOR)),
    ("withdraw", "撤回求助",  _OPEN,          _WITHDRAWN,  PARTIES),
    ("note",     "备注",      (*_OPEN, _ANSWERED), STAYS,  PARTIES),
)  # fmt: skip


class InquiryQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state__in=_OPEN)

    def unassigned(self):
        return self.filter(state=_ASKED)

    def overdue(self, on):
        return self.open().filter(due_on__lt=on)

    def answered(self):
        return self.filter(state=_ANSWERED)

    def answered_late(self):
        return self.answered().filter(answered_on__gt=F("due_on"))

    def by_turn(self):
        """Open ones by their day, then the answered, newest first."""
        is_open = models.Case(models.When(state__in=_OPEN, then=0), default=1)
        return self.order_by(is_open, "due_on", "-id")


@audited
@holder("inquiry", read=Can.READ_SERVED, add=Can.WRITE_GUIDANCE)
class Inquiry(OfAFirm):
    """A question or a request for help, with the day until which it is answered."""

    class Channel(models.TextChoices):
        VISIT = "visit", "走访时提出"
        PHONE = "phone", "电话"
        COUNTER = "counter", "窗口"
        ONLINE = "online", "网上、微信"
        LETTER = "letter", "来函"

    class Topic(models.TextChoices):
        CONTRACTS = "contracts", "劳动合同"
        WAGES = "wages", "工资支付"
        HOURS = "hours", "工时休假"
        INSURANCE = "insurance", "社会保险"
        BARGAINING = "bargaining", "集体协商"
        POLICY = "policy", "惠企政策"
        HIRING = "hiring", "用工招聘"
        DISPUTE = "dispute", "争议处理"
        OTHER = "other", "其他"

    lifecycle = INQUIRY
    State = State

    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    asked_on = models.DateField("提出日期")
    asker = models.CharField("提出人", max_length=60, help_text="姓名、职务")
    phone = models.CharField("联系电话", max_length=30, blank=True)
    channel = models.CharField("渠道", max_length=8, choices=Channel, default=Channel.PHONE)
    topic = models.CharField("事项", max_length=12, choices=Topic)
    question = models.TextField("求助内容", max_length=1000)
    due_on = models.DateField("答复期限", editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办人"
    )
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answer_text = models.TextField("答复内容", max_length=2000, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-id"]
        verbose_name = "企业求助"

    def __str__(self):
        return f"{self.enterprise.name}：{self.get_topic_display()}求助"

    def get_absolute_url(self):
        return reverse("guidance:inquiry", args=[self.pk])

    @property
    def is_open(self):
        return self.state in _OPEN

    @property
    def due_sentence(self):
        found = terms.term("answer", self.asked_on)
        return f"{self.asked_on:%Y-%m-%d}提出，自次日起计{found.number}{found.unit}；{found.source}。"

    def ask(self, *, by, on, version=None):
        must_have_come(self.asked_on, on)
        self.begin(on)
        self.due_on = terms.answer_due(self.asked_on)
        with self.deed("ask", by=by, on=on, version=version, note=self.question):
            pass

    def assign(self, *, by, on, version=None, owner):
        with self.deed("assign", by=by, on=on, version=version, note=f"由{owner.name}承办") as row:
            row.owner = owner

    def take(self, *, by, on, version=None):
        with self.deed("take", by=by, on=on, version=version) as row:
            row.owner = by

    def answer(self, *, by, on, version=None, answered_on, answer_text):
        must_have_come(answered_on, on)
        with self.deed("answer", by=by, on=on, version=version, note=answer_text) as row:
            row.answered_on, row.answer_text = answered_on, answer_text

    def reopen(self, *, by, on, version=None, reason):
        with self.deed("reopen", by=by, on=on, version=version, note=reason) as row:
            row.answered_on, row.answer_text = None, ""

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass

    def note(self, *, by, on, version=None, words):
        with self.deed("note", by=by, on=on, version=version, note=words):
            pass
