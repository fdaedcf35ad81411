"""A consultation (集体协商): from the offer over the table to the signature."""

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Role
from campaigns.models import Campaign
from casework import deadlines
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import law, representatives
from ..dates import happened
from ..law import Kind
from ..topics import FirmClass

_OFFICER, _SUPERVISOR = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR
_UNION, _EMPLOYER = Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER
# 总工会 is the main writer; the government side may write too (facts of the tripartite mechanism: 劳动合同法 第五条).
_WRITERS = (_UNION, _OFFICER, _SUPERVISOR)
SOON_DAYS = 3


class Side(models.TextChoices):
    WORKERS = representatives.WORKERS, "职工方"
    EMPLOYERS = representatives.EMPLOYERS, "企业方"


class State(models.TextChoices):
    DRAFT = "draft", "拟定中"
    SENT = "sent", "已发出"
    RECEIVED = "received", "待答复"
    AGREED = "agreed", "同意协商"
    REFUSED = "refused", "拒绝协商"
    TALKING = "talking", "协商中"
    SUSPENDED = "suspended", "中止协商"
    COORDINATED = "coordinated", "协调处理中"
    SETTLED = "settled", "草案待表决"
    PASSED = "passed", "草案已通过"
    SIGNED = "signed", "已签订"
    WITHDRAWN = "withdrawn", "已撤回"
    CLOSED = "closed", "未签订终结"


_S = State
_BEFORE_THE_TABLE = (_S.DRAFT, _S.SENT, _S.RECEIVED, _S.AGREED, _S.TALKING)
_WRITTEN_ABOUT = (_S.RECEIVED, _S.REFUSED, _S.AGREED, _S.TALKING)
_UNDER_WAY = (_S.AGREED, _S.TALKING, _S.SUSPENDED, _S.COORDINATED, _S.SETTLED, _S.PASSED)
_AFTER_THE_LETTER = (_S.RECEIVED, _S.REFUSED, *_UNDER_WAY, _S.CLOSED)  # an answer may come when all else is over

CONSULTATION = Lifecycle(
    State,
    # move          label              from                                to              by         needs
    # the way itself first, so that its next step is the first button; then what is done beside it
    ("draft",       "拟定要约",         (None,),                            _S.DRAFT,       _WRITERS,
     ("enterprise", "kind", "firm_class", "topics")),
    ("send",        "发出要约",         (_S.DRAFT,),                        _S.SENT,        _WRITERS,
     ("number", "sent_on", "meet_on", "place", "reasons", "topics")),
    ("receive",     "登记签收",         (_S.SENT,),                         _S.RECEIVED,    (*_WRITERS, _EMPLOYER),
     ("received_on", "received_by")),
    ("agree",       "登记同意协商",     (_S.RECEIVED, _S.REFUSED),          _S.AGREED,      _WRITERS,
     ("replied_on", "meet_on")),
    ("refuse",      "登记拒绝协商",     (_S.RECEIVED,),                     _S.REFUSED,     _WRITERS,
     ("replied_on", "reply_reason")),
    ("resume",      "恢复协商",         (_S.SUSPENDED,),                    _S.TALKING,     _WRITERS),
    ("go_on",       "协调后恢复协商",   (_S.COORDINATED,),                  _S.TALKING,     (_OFFICER, _SUPERVISOR)),
    ("meet",        "登记协商会议",     (_S.AGREED, _S.TALKING),            _S.TALKING,     _WRITERS, ("is_seated",)),
    ("settle",      "形成合同草案",     (_S.TALKING,),                      _S.SETTLED,     _WRITERS,
     ("has_clauses", "is_agreed_on", "is_seated")),
    ("pass_draft",  "登记表决通过",     (_S.SETTLED,),                      _S.PASSED,      _WRITERS, ("is_passed",)),
    ("turn_down",   "登记表决未通过",   (_S.SETTLED,),                      _S.TALKING,     _WRITERS,
     ("is_turned_down",)),
    ("sign",        "登记签订",         (_S.PASSED,),                       _S.SIGNED,      _WRITERS, ("signed_on",)),
    ("edit",        "修改要约",         (_S.DRAFT,),                        STAYS,          _WRITERS, ("topics",)),
    ("seat",        "登记协商代表",     _BEFORE_THE_TABLE,                  STAYS,          _WRITERS),
    ("unseat",      "登记代表离任",     _BEFORE_THE_TABLE,                  STAYS,          _WRITERS),
    ("announce",    "登记代表公布",     _BEFORE_THE_TABLE,                  STAYS,          _WRITERS,
     ("seats_published_on",)),
    ("write_clauses", "填写条款",       _BEFORE_THE_TABLE,                  STAYS,          _WRITERS),
    ("inform",      "登记资料提供",     (_S.AGREED, _S.TALKING),            STAYS,          _WRITERS),
    ("tell_union",  "登记报告上级工会", (_S.AGREED, _S.TALKING),            STAYS,          _WRITERS,
     ("told_union_on",)),
    ("confirm",     "确认会员答复",     (_S.AGREED, _S.REFUSED),            STAYS,          (_EMPLOYER,),
     ("confirmed_by",)),
    ("urge",        "督促",             (_S.RECEIVED, _S.REFUSED),          STAYS,          _WRITERS),
    ("opine",       "发出意见书",       _WRITTEN_ABOUT,                     STAYS,          (_UNION,)),
    ("propose",     "提出建议书",       _WRITTEN_ABOUT,                     STAYS,          (_UNION,)),
    ("deliver",     "登记文书签收",     _AFTER_THE_LETTER,                  STAYS,          (_UNION,)),
    ("note_answer", "登记意见书答复",   _AFTER_THE_LETTER,                  STAYS,          (_UNION,)),
    ("answer",      "答复建议书",       _AFTER_THE_LETTER,                  STAYS,          (_OFFICER, _SUPERVISOR)),
    ("suspend",     "中止协商",         (_S.AGREED, _S.TALKING),            _S.SUSPENDED,   _WRITERS),
    ("coordinate",  "提请协调处理",     (_S.REFUSED, _S.TALKING),           _S.COORDINATED, _WRITERS,
     ("coordinated_on",)),
    ("prolong",     "批准延长协调期限", (_S.COORDINATED,),                  STAYS,          (_SUPERVISOR,)),
    ("withdraw",    "撤回要约",         (_S.DRAFT, _S.SENT, _S.RECEIVED),   _S.WITHDRAWN,   _WRITERS),
    ("close",       "终结协商",         (_S.REFUSED, _S.TALKING, _S.SUSPENDED, _S.COORDINATED), _S.CLOSED, _WRITERS),
    asks={
        "topics": "请至少选择或填写一项协商议题。",
        "is_seated": "双方协商代表还不符合规定，请先补齐或更正。",
        "has_clauses": "还没有协商条款，请先在条款表中填写。",
        "is_agreed_on": "还有条款没有商定，请逐条商定后再形成草案。",
        "is_passed": "按登记的票数，草案没有通过；请核对票数，或登记表决未通过。",
        "is_turned_down": "按登记的票数，草案已经通过，请登记表决通过。",
    },
)  # fmt: skip


# The date in `waits_for`, in SQL.
_UNTIL = models.Case(
    models.When(state=_S.RECEIVED, then="reply_due_on"),
    models.When(state=_S.AGREED, then="meet_on"),
    models.When(state=_S.COORDINATED, then="coordination_due_on"),
    models.When(state__in=[_S.TALKING, _S.SETTLED, _S.PASSED], then="conclude_due_on"),
)


def _written(what, **conditions):
    return _of("Urging", what=what, **conditions)


def _of(model, **conditions):
    rows = apps.get_model("negotiations", model)._base_manager
    return Q(Exists(rows.filter(consultation=OuterRef("pk"), **conditions)))


class ConsultationQuerySet(ScopedQuerySet):
    def unanswered(self, on):
        """Offers whose reply is overdue: to be urged."""
        return self.filter(state=State.RECEIVED, reply_due_on__lt=on)

    def answer_due_soon(self, on):
        return self.filter(state=State.RECEIVED, reply_due_on__range=(on, on + timedelta(days=SOON_DAYS)))

    def refused(self):
        return self.filter(state=State.REFUSED)

    def to_urge(self, on):
        return self.filter(Q(state=State.REFUSED) | Q(state=State.RECEIVED, reply_due_on__lt=on))

    def unsigned(self, on):
        """Consultations whose sixty days are over without a signature."""
        return self.under_way().filter(conclude_due_on__lt=on)

    def under_way(self):
        return self.filter(state__in=_UNDER_WAY)

    def open(self):
        return self.exclude(state__in=[_S.SIGNED, _S.WITHDRAWN, _S.CLOSED])

    # What is written to whom, in the order of the law: urged, then an 意见书, then a 建议书

    def to_opine(self, on):
        """Refused or unanswered although urged, and without an 意见书 (山东省企业工资集体协商条例 第四十九条)."""
        return self.to_urge(on).filter(_written("urge")).exclude(_written("opinion"))

    def to_propose(self, on):
        """The employer left the 意见书 unanswered, or refuses still, and the authority has no 建议书 yet."""
        over = _written("opinion", answered_on=None, answer_due_on__lt=on)
        stubborn = Q(state=State.REFUSED) & ~_written("opinion", answered_on=None) & _written("opinion")
        return self.filter(Q(state__in=_WRITTEN_ABOUT) & over | stubborn).exclude(_written("proposal"))

    def letter_unanswered(self, on):
        """With an 意见书 or 建议书 whose answer is overdue."""
        return self.filter(Exists(Urging.objects.unanswered(on).filter(consultation=OuterRef("pk"))))

    # What is overdue beside the way

    def uninformed(self, on):
        """Not ten days to the meeting, and the employer's figures are not there."""
        late = self.filter(state__in=[_S.AGREED, _S.TALKING], exchange_due_on__lt=on)
        return late.exclude(Exists(Figures.objects.filter(consultation=OuterRef("pk"))))

    def unannounced(self, on):
        """Representatives who are not made known in time."""
        return self.open().filter(seats_due_on__lt=on, seats_published_on=None)

    def vacant(self, on):
        """A representative left and nobody took the place in time (集体合同规定 第三十一条)."""
        return self.filter(state__in=_BEFORE_THE_TABLE).filter(_of("Seat", replace_due_on__lt=on, replaced_by=None))

    def uncoordinated(self, on):
        return self.filter(state=State.COORDINATED, coordination_due_on__lt=on)

    def by_turn(self):
        """What falls due first on top: the date of whatever waits, as `waits_for` tells it."""
        return self.annotate(until=_UNTIL).order_by(F("until").asc(nulls_last=True), "-id")

    def offered(self):
        """Offers that left the desk: what a report counts."""
        return self.exclude(sent_on=None)


@audited
class Consultation(Case):
    """One offer and what came of it. Receipt starts the clock of the reply, agreement that of the signature."""

    district_path = "district"
    lifecycle = CONSULTATION
    State = State

    class Purpose(models.TextChoices):
        CONCLUDE = "conclude", "订立"
        RENEW = "renew", "续订"
        CHANGE = "change", "变更"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="consultations", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    kind = models.CharField("合同类型", max_length=10, choices=Kind)
    purpose = models.CharField("目的", max_length=10, choices=Purpose, default=Purpose.CONCLUDE)
    contract = models.ForeignKey(
        "Contract", models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name="所涉合同"
    )
    firm_class = models.CharField("企业类别", max_length=10, choices=FirmClass)
    class_reasons = models.CharField("类别依据", max_length=300, blank=True)
    offered_by = models.CharField("要约方", max_length=10, choices=Side, default=Side.WORKERS)
    sender = models.CharField("要约方名称", max_length=80, blank=True)
    addressee = models.CharField("受约方名称", max_length=80, blank=True)
    topics = ArrayField(models.CharField(max_length=60), verbose_name="协商议题", default=list, blank=True)
    reasons = models.TextField("要约理由", blank=True)
    requested = models.TextField("请对方提供的资料", blank=True)
    number = models.CharField("要约书编号", max_length=40, blank=True)
    meet_on = models.DateField("协商日期", null=True, blank=True)
    place = models.CharField("协商地点", max_length=100, blank=True)
    sent_on = models.DateField("发出日期", null=True, blank=True)
    received_on = models.DateField("签收日期", null=True, blank=True)
    received_by = models.CharField("签收人", max_length=30, blank=True)
    reply_due_on = models.DateField("答复期限", null=True, editable=False)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    rescheduled = models.BooleanField("另约时间", default=False)
    reply_reason = models.TextField("答复理由", blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认答复"
    )
    conclude_due_on = models.DateField("签订期限", null=True, editable=False)
    seats_due_on = models.DateField("代表公布期限", null=True, editable=False)
    seats_published_on = models.DateField("代表公布日期", null=True, blank=True)
    exchange_due_on = models.DateField("资料提供期限", null=True, editable=False)
    told_union_on = models.DateField("报告上级工会日期", null=True, blank=True)
    coordinated_on = models.DateField("提请协调日期", null=True, blank=True)
    coordination_due_on = models.DateField("协调期限", null=True, editable=False)
    prolonged = models.BooleanField("协调期限已延长", default=False)
    vote = models.ForeignKey("Vote", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="草案表决")
    signed_on = models.DateField("签订日期", null=True, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "协商要约"
        indexes = [
            models.Index(fields=["district", "state", "reply_due_on"], name="offers_to_urge"),
            models.Index(fields=["enterprise"], name="consultations_of_a_firm"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "number"],
                condition=~Q(number=""),
                name="an_offer_has_a_number_of_its_own",
                violation_error_message="这个要约书编号已经用过，请换一个。",
            ),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(received_on__gte=F("sent_on")),
                name="an_offer_is_received_after_it_was_sent",
                violation_error_message="签收日期不能早于发出日期，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(replied_on=None) | Q(replied_on__gte=F("received_on")),
                name="a_reply_comes_after_the_receipt",
                violation_error_message="答复日期不能早于签收日期，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(purpose="conclude") | Q(contract__isnull=False),
                name="what_is_renewed_or_changed_is_named",
                violation_error_message="续订、变更须选择所涉合同。",
            ),
        ]

    def __str__(self):
        return f"{self.enterprise.name} {self.get_kind_display()}{self.get_purpose_display()}"

    def get_absolute_url(self):
        return reverse("negotiations:consultation", args=[self.pk])

    SIDES = Side.choices

    @classmethod
    def begun(cls, enterprise):
        """An offer to `enterprise` that is not there yet."""
        return cls(enterprise=enterprise, district_id=enterprise.district_id, kind="", firm_class="")

    def can_edit_clauses(self, user):
        return any(move.name == "write_clauses" for move in self.moves_for(user))

    def clocks(self):
        """(what is due, Due or None, when it was done or None), in the order of the way."""
        meets = self.state in (*_UNDER_WAY, _S.SIGNED)  # before the reply the day of the meeting is a wish
        return (
            ("公布协商代表", self.seats_due, self.seats_published_on),
            ("书面答复要约", self.reply_due, self.replied_on),
            ("提供协商资料", self.exchange_due if meets else None, self._first(self.figures, "given_on")),
            ("向上级工会报告会议", self.upper_union_due if meets else None, self.told_union_on),
            ("签订合同", self.conclude_due, self.signed_on),
            ("协调处理", self.coordination_due, self._coordinated_until()),
            *(
                (f"接替代表{seat.name}", seat.replacing_due, seat.replaced_on)
                for seat in self.seats.exclude(left_on=None).select_related("replaced_by")
                if not seat.adviser
            ),
            *(
                (f"答复{letter.short}", letter.due, letter.answered_on)
                for letter in self.urgings.order_by("sent_on", "id")
            ),
        )

    def _coordinated_until(self):
        """The day on which the coordination came to its end; None while it goes on."""
        if self.coordinated_on is None or self.stage == _S.COORDINATED:
            return None
        ends = self.timeline.filter(before=_S.COORDINATED.label).exclude(after=_S.COORDINATED.label)
        return ends.values_list("on", flat=True).first() or self.coordinated_on

    def _first(self, rows, field):
        return rows.order_by(field).values_list(field, flat=True).first()

    # Clocks: each a casework.deadlines.Due, or None before it runs or where no rule sets one

    @property
    def reply_due(self):
        return self.received_on and law.due("reply", self.kind, self.received_on)

    @property
    def conclude_due(self):
        """Of wage contracts alone: from the reply that agrees; days of force majeure are not counted."""
        start = self.replied_on if self.conclude_due_on else None
        return self._due("conclude", start, suspended=self.days_of_force_majeure)

    @property
    def exchange_due(self):
        return self._due("exchange", self.meet_on)

    @property
    def upper_union_due(self):
        return self._due("tell_upper_union", self.meet_on)

    @property
    def seats_due(self):
        first = self.seats.taken().order_by("since").values_list("since", flat=True).first() if self.pk else None
        return self._due("publish_representatives", first)

    @property
    def coordination_due(self):
        return self._due("coordination", self.coordinated_on, extended=self.prolonged)

    def _due(self, step, start, **more):
        if start is None:
            return None
        try:
            return law.due(step, self.kind, start, **more)
        except law.Silent:
            return None

    # Questions

    @property
    def waits_for(self):
        """(who, for what, until when or None): whose turn it is now; None when nobody's."""
        return {
            _S.DRAFT: ("要约方", "发出要约", None),
            _S.SENT: (self.get_other_side(), "签收", None),
            _S.RECEIVED: (self.get_other_side(), "书面答复", self.reply_due_on),
            _S.REFUSED: ("工会、人社部门", "督促或提请协调", None),
            _S.AGREED: ("双方", "召开协商会议", self.meet_on),
            _S.TALKING: ("双方", "商定并签订", self.conclude_due_on),
            _S.SUSPENDED: ("双方", "恢复协商", None),
            _S.COORDINATED: ("人社部门", "协调处理", self.coordination_due_on),
            _S.SETTLED: ("职工代表大会", "表决草案", self.conclude_due_on),
            _S.PASSED: ("双方首席代表", "签字盖章", self.conclude_due_on),
        }.get(self.stage)

    def is_moot(self, move):
        """Whether there is nothing that the move could be made on, although the table allows it."""
        letters = self.urgings.exclude(what=Urging.What.URGE)
        return {
            "confirm": lambda: self.confirmed_by_id is not None,
            "unseat": lambda: not self.seats.filter(left_on=None).exists(),
            "announce": lambda: not self.seats.exists(),
            "prolong": lambda: self.prolonged,
            "opine": lambda: letters.filter(what=Urging.What.OPINION, answered_on=None).exists(),
            "propose": lambda: not letters.filter(what=Urging.What.OPINION).exists(),
            "deliver": lambda: not letters.filter(received_on=None).exists(),
            "note_answer": lambda: not letters.filter(what=Urging.What.OPINION, answered_on=None).exists(),
            "answer": lambda: not letters.filter(what=Urging.What.PROPOSAL, answered_on=None).exists(),
        }.get(move.name, bool)()

    def get_other_side(self):
        return (Side.EMPLOYERS if self.offered_by == Side.WORKERS else Side.WORKERS).label

    @property
    def has_agreed(self):
        return self.replied_on is not None and self.state not in (_S.REFUSED, _S.WITHDRAWN)

    @property
    def days_of_force_majeure(self):
        over = self.suspensions.filter(force_majeure=True).exclude(ends_on=None) if self.pk else ()
        return sum((each.ends_on - each.begins_on).days for each in over)

    @property
    def is_seated(self):
        return not self.seat_faults(self.meet_on or self.sent_on)

    def seat_faults(self, on):
        """What is wrong with those who sit at the table, as sentences with the article."""
        return representatives.faults(
            [seat.as_the_law_sees_it for seat in self.seats.taken()],
            seating=law.rule("representatives", self.kind, on),
            outsiders=self._outsiders(on),
        )

    def _outsiders(self, on):
        try:
            return law.rule("representatives", self.kind, on, speaks_of="outsiders")
        except law.Silent:
            return None

    @property
    def has_clauses(self):
        return self.clauses.exists()

    @property
    def is_agreed_on(self):
        return not self.clauses.open().exists()

    @property
    def is_passed(self):
        return self.vote is not None and self.vote.passed

    @property
    def is_turned_down(self):
        return self.vote is not None and not self.vote.passed

    # Verbs

    def draft(self, *, by, on, version=None):
        self.campaign = Campaign.objects.running(on)
        with self.deed("draft", by=by, on=on, version=version):
            pass

    def edit(self, *, by, on, version=None, **changes):
        with self.deed("edit", by=by, on=on, version=version) as row:
            row._take(changes)

    def seat(self, *, by, on, version=None, **person):
        """Seat a representative or an adviser; one who fills a vacancy names whom."""
        with self.deed("seat", by=by, on=on, version=version, note=person["name"]) as row:
            sitting = row.seats.taken().filter(side=person["side"])
            if person.get("chief") and sitting.filter(chief=True).exists():
                raise MoveRefused("该方已有首席代表；如需更换，请先登记原首席代表离任。")
            if sitting.filter(name=person["name"]).exists():
                raise MoveRefused(f"{person['name']}已经是该方代表，请勿重复登记。")
            if person.get("chief") and person.get("adviser"):
                raise MoveRefused("协商顾问不能担任首席代表。")
            row.seats.create(district_id=row.district_id, **person)
            row.seats_due_on = _day(row.seats_due)

    def unseat(self, *, by, on, version=None, seat, left_on):
        with self.deed("unseat", by=by, on=on, version=version, note=seat.name) as row:
            if left_on < seat.since:
                raise MoveRefused("离任日期不能早于产生日期，请核对。")
            seat = row.seats.get(pk=seat.pk)
            if seat.left_on is not None:
                raise MoveRefused(f"{seat.name}已登记离任，请刷新后查看。")
            seat.left_on = happened(left_on, on)
            seat.replace_due_on = _day(seat.replacing_due)
            seat.save(update_fields=["left_on", "replace_due_on"])

    def announce(self, *, by, on, version=None, seats_published_on):
        with self.deed("announce", by=by, on=on, version=version) as row:
            row.seats_published_on = happened(seats_published_on, on)

    def send(self, *, by, on, version=None, **letter):
        with self.deed("send", by=by, on=on, version=version, note=letter.get("number", "")) as row:
            row._take(letter)
            happened(row.sent_on, on)
            if row.meet_on and row.sent_on and row.meet_on <= row.sent_on:
                raise MoveRefused("约定的协商日期应在要约发出之后，请核对。")

    def receive(self, *, by, on, version=None, received_on, received_by):
        """Receipt starts the clock of the reply."""
        with self.deed("receive", by=by, on=on, version=version, note=received_by) as row:
            row.received_on, row.received_by = happened(received_on, on), received_by
            row.reply_due_on = row.received_on and law.due("reply", row.kind, row.received_on).on

    def agree(self, *, by, on, version=None, replied_on, meet_on, rescheduled=False, reply_reason=""):
        with self.deed("agree", by=by, on=on, version=version, note="另约时间" if rescheduled else "") as row:
            row._reply(replied_on, on, reply_reason)
            if meet_on < replied_on:
                raise MoveRefused("约定的协商日期不能早于答复日期，请核对。")
            row.meet_on, row.rescheduled = meet_on, rescheduled
            row._count_to_signature()

    def refuse(self, *, by, on, version=None, replied_on, reply_reason):
        with self.deed("refuse", by=by, on=on, version=version, note=reply_reason) as row:
            row._reply(replied_on, on, reply_reason)

    def confirm(self, *, by, on, version=None):
        """The employers' organisation stands by what its member answered."""
        if self.confirmed_by_id is not None:
            raise MoveRefused("会员企业的这次答复已经确认过了。")
        with self.deed("confirm", by=by, on=on, version=version) as row:
            row.confirmed_by = by

    def urge(self, *, by, on, version=None, text, way):
        self._write("urge", Urging.What.URGE, by=by, on=on, version=version, text=text, way=way)

    def opine(self, *, by, on, version=None, text, received_on=None):
        """The union's 意见书 to the employer; to be answered within the days of 山东省工会劳动法律监督条例 第十七条."""
        self._write("opine", Urging.What.OPINION, by=by, on=on, version=version, text=text, received_on=received_on)

    def propose(self, *, by, on, version=None, text, received_on=None):
        """The union's 建议书 to the labour authority, where the 意见书 came to nothing."""
        if not self.urgings.filter(what=Urging.What.OPINION).exists():
            raise MoveRefused("应先向企业发出意见书；企业不答复或不改正的，再向人力资源社会保障部门提出建议书。")
        self._write("propose", Urging.What.PROPOSAL, by=by, on=on, version=version, text=text, received_on=received_on)

    def deliver(self, *, by, on, version=None, urging, received_on):
        """Receipt starts the clock of the answer."""
        with self.deed("deliver", by=by, on=on, version=version, note=urging.short) as row:
            letter = row.urgings.get(pk=urging.pk)
            if letter.received_on is not None:
                raise MoveRefused("这份文书已登记签收，请刷新后查看。")
            letter.receive(happened(received_on, on))

    def note_answer(self, *, by, on, version=None, urging, answered_on, text):
        """What the employer answered to an 意见书."""
        with self.deed("note_answer", by=by, on=on, version=version, note=text) as row:
            row._answer(urging, happened(answered_on, on), text)

    def answer(self, *, by, on, version=None, urging, text):
        """What the labour authority answers to a 建议书."""
        with self.deed("answer", by=by, on=on, version=version, note=text) as row:
            row._answer(urging, on, text)

    def write_clauses(self, *, by, on, version=None, rows):
        """The clause table as a whole. A row: clause or None for a new one, topic, the three columns, done."""
        with self.deed("write_clauses", by=by, on=on, version=version) as row:
            following = (row.clauses.order_by("-number").values_list("number", flat=True).first() or 0) + 1
            for told in rows:
                clause = told["clause"]
                if clause is None:
                    clause = row.clauses.create(district_id=row.district_id, number=following, topic=told["topic"])
                    following += 1
                clause.say("workers", told["workers"], by=by)
                clause.say("employers", told["employers"], by=by)
                if told["done"]:
                    clause.agree(told["agreed"], by=by, on=on)
                else:
                    clause.reopen(told["agreed"], by=by)

    def inform(self, *, by, on, version=None, **figures):
        with self.deed("inform", by=by, on=on, version=version) as row:
            happened(figures["given_on"], on)
            Figures.objects.update_or_create(
                consultation=row, year=figures.pop("year"), defaults=figures | {"district_id": row.district_id}
            )

    def tell_union(self, *, by, on, version=None, told_union_on):
        """The union above is told of the meeting (山东省企业工资集体协商条例 第二十四条)."""
        with self.deed("tell_union", by=by, on=on, version=version) as row:
            row.told_union_on = happened(told_union_on, on)

    def meet(self, *, by, on, version=None, **minutes):
        with self.deed("meet", by=by, on=on, version=version) as row:
            happened(minutes["held_on"], on)
            row._check_table(**minutes)
            row.meetings.create(district_id=row.district_id, number=row.meetings.count() + 1, **minutes)

    def suspend(self, *, by, on, version=None, begins_on, force_majeure, reason):
        with self.deed("suspend", by=by, on=on, version=version, note=reason) as row:
            row.suspensions.create(
                district_id=row.district_id, begins_on=happened(begins_on, on), force_majeure=force_majeure,
                reason=reason,
            )  # fmt: skip

    def resume(self, *, by, on, version=None, ends_on):
        """The clock goes on; days of force majeure are added to it (工资集体协商条例 第二十八条)."""
        with self.deed("resume", by=by, on=on, version=version) as row:
            suspension = row.suspensions.get(ends_on=None)
            if ends_on < suspension.begins_on:
                raise MoveRefused("恢复日期不能早于中止日期，请核对。")
            suspension.ends_on = happened(ends_on, on)
            suspension.save(update_fields=["ends_on"])
            row._count_to_signature()

    def coordinate(self, *, by, on, version=None, coordinated_on, reason=""):
        with self.deed("coordinate", by=by, on=on, version=version, note=reason) as row:
            row.coordinated_on, row.prolonged = happened(coordinated_on, on), False
            row.coordination_due_on = _day(row.coordination_due)

    def prolong(self, *, by, on, version=None, reason):
        if self.prolonged:
            raise MoveRefused("协调期限只能延长一次，这件已经延长过。")
        with self.deed("prolong", by=by, on=on, version=version, note=reason) as row:
            row.prolonged = True
            row.coordination_due_on = _day(row.coordination_due)

    def go_on(self, *, by, on, version=None, result):
        with self.deed("go_on", by=by, on=on, version=version, note=result) as row:
            if not row.meetings.exists():  # it had been refused: what the employer agrees to now counts as the reply
                row.replied_on = on
                row._count_to_signature()

    def settle(self, *, by, on, version=None):
        with self.deed("settle", by=by, on=on, version=version) as row:
            row.vote = None

    def pass_draft(self, *, by, on, version=None, **ballot):
        self._count("pass_draft", by=by, on=on, version=version, **ballot)

    def turn_down(self, *, by, on, version=None, **ballot):
        self._count("turn_down", by=by, on=on, version=version, **ballot)

    def sign(self, *, by, on, version=None, signed_on, begins_on, ends_on, workers_covered, title=""):
        """Both chiefs have signed: the contract comes into being, still without force. Returns it."""
        from .contracts import Contract

        with self.deed("sign", by=by, on=on, version=version) as row:
            row.signed_on = happened(signed_on, on)
            contract = Contract.of(row, begins_on=begins_on, ends_on=ends_on, workers=workers_covered, title=title)
            contract.register(by=by, on=on)
        return contract

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass

    def close(self, *, by, on, version=None, reason):
        with self.deed("close", by=by, on=on, version=version, note=reason):
            pass

    # What several verbs have in common

    def _take(self, changes):
        for name, value in changes.items():
            setattr(self, name, value)

    def _reply(self, replied_on, on, reason):
        self.replied_on, self.reply_reason, self.confirmed_by = happened(replied_on, on), reason, None

    def _count_to_signature(self):
        self.conclude_due_on = _day(self._due("conclude", self.replied_on, suspended=self.days_of_force_majeure))
        self.exchange_due_on = _day(self.exchange_due)

    def _answer(self, urging, answered_on, text):
        letter = self.urgings.get(pk=urging.pk)
        if letter.answered_on is not None:
            raise MoveRefused(f"这份{letter.short}已经答复，请刷新后查看。")
        if answered_on < (letter.received_on or letter.sent_on):
            raise MoveRefused("答复日期不能早于文书签收日期，请核对。")
        letter.answered_on, letter.answer = answered_on, text
        letter.save(update_fields=["answered_on", "answer"])

    def _check_table(self, *, recorder, workers_present, employers_present, **_more):
        """Those who sit cannot keep the minutes, and no more can come than sit."""
        seats = list(self.seats.taken())
        if recorder in {seat.name for seat in seats}:
            raise MoveRefused(f"{recorder}是协商代表，会议记录员应由双方共同指定代表以外的人员担任。")
        for side, present in ((Side.WORKERS, workers_present), (Side.EMPLOYERS, employers_present)):
            most = sum(seat.side == side for seat in seats)
            if present > most:
                raise MoveRefused(f"{side.label}到会{present}人，多于该方代表{most}人，请核对。")

    def _write(self, move, what, *, by, on, version, text, way="", received_on=None):
        with self.deed(move, by=by, on=on, version=version, note=text) as row:
            row.urgings.create(
                district_id=row.district_id, what=what, text=text, way=way, by=by, sent_on=on,
                received_on=happened(received_on, on), answer_due_on=Urging.answer_due(what, received_on),
            )  # fmt: skip

    def _count(self, move, *, by, on, version, body, held_on, **numbers):
        from .votes import Vote

        with self.deed(move, by=by, on=on, version=version) as row:
            row.vote = Vote.counted(
                law.rule("vote", row.kind, held_on), district_id=row.district_id, body=body,
                held_on=happened(held_on, on), **numbers,
            )  # fmt: skip


def _day(due):
    return due and due.on


@audited
class Suspension(models.Model):
    """Days in which a consultation rests. Those of force majeure do not count towards the signature."""

    district_path = "district"

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="suspensions")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    begins_on = models.DateField("中止日期")
    ends_on = models.DateField("恢复日期", null=True, blank=True)
    force_majeure = models.BooleanField("不可抗力", default=False)
    reason = models.CharField("原因", max_length=300)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["begins_on"]
        verbose_name = "中止"
        constraints = [
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(ends_on=None), name="a_consultation_rests_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="a_rest_ends_after_it_begins"
            ),
        ]


@audited(figures=("revenue", "taxes", "profit", "wages", "average_wage", "insurance"))
class Figures(models.Model):
    """The six figures of last year that the employer gives (山东省企业工资集体协商条例 第二十三条), in 分."""

    district_path = "district"

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="figures")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    given_on = models.DateField("提供日期")
    revenue = models.BigIntegerField("营业收入", null=True, blank=True)
    taxes = models.BigIntegerField("上缴税收", null=True, blank=True)
    profit = models.BigIntegerField("净利润", null=True, blank=True)
    wages = models.BigIntegerField("职工工资总额", null=True, blank=True)
    average_wage = models.BigIntegerField("职工平均工资", null=True, blank=True)
    insurance = models.BigIntegerField("社会保险费用缴纳", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        verbose_name = "协商资料"
        constraints = [models.UniqueConstraint(fields=["consultation", "year"], name="one_set_of_figures_a_year")]

    SIX = ("revenue", "taxes", "profit", "wages", "average_wage", "insurance")

    @property
    def missing(self):
        """Which of the six are not given, in words."""
        return [self._meta.get_field(name).verbose_name for name in self.SIX if getattr(self, name) is None]


class UrgingQuerySet(ScopedQuerySet):
    def unanswered(self, on):
        return self.filter(answered_on=None, answer_due_on__lt=on)


@audited
class Urging(models.Model):
    """What was written to an employer who does not answer, or to the labour authority about him."""

    district_path = "district"

    class What(models.TextChoices):
        URGE = "urge", "督促"
        OPINION = "opinion", "工会劳动法律监督意见书"
        PROPOSAL = "proposal", "工会劳动法律监督建议书"

    _ANSWER = {
        What.OPINION: "union_supervision.opinion_answer",
        What.PROPOSAL: "union_supervision.proposal_answer",
    }

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="urgings")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    what = models.CharField("文书", max_length=10, choices=What)
    text = models.TextField("内容")
    way = models.CharField("方式", max_length=30, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    sent_on = models.DateField("发出日期")
    received_on = models.DateField("签收日期", null=True, blank=True)
    answer_due_on = models.DateField("答复期限", null=True, editable=False)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answer = models.TextField("答复", blank=True)

    objects = UrgingQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_on", "-id"]
        verbose_name = "督促文书"

    def __str__(self):
        return f"{self.sent_on:%Y-%m-%d} {self.get_what_display()}"

    @property
    def short(self):
        """意见书, 建议书 or 督促."""
        return self.get_what_display()[-3:]

    @classmethod
    def answer_due(cls, what, received_on):
        rule = cls._ANSWER.get(what)
        return deadlines.due(rule, received_on).on if rule and received_on else None

    def receive(self, received_on):
        if received_on < self.sent_on:
            raise MoveRefused("签收日期不能早于发出日期，请核对。")
        self.received_on, self.answer_due_on = received_on, self.answer_due(self.what, received_on)
        self.save(update_fields=["received_on", "answer_due_on"])

    @property
    def due(self):
        rule = self._ANSWER.get(self.what)
        return deadlines.due(rule, self.received_on) if rule and self.received_on else None
