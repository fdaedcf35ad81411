"""A consultation (集体协商): from the offer over the table to the signature."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from campaigns.models import Campaign
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import MoveRefused
from enterprises.models import Enterprise

from .. import law, representatives
from ..dates import happened
from ..law import Kind
from ..topics import FirmClass
from .contracts import Contract, Ground
from .figures import Figures
from .questions import ConsultationQuerySet
from .stages import CONSULTATION, UNDER_WAY, Side, State
from .urgings import Urging
from .votes import Vote

_S = State
LEAST_FIRMS = 2


@holder("consultation", read=Can.READ_CONSULTED, add=Can.BARGAIN)
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

    Reach = Contract.Reach
    reach = models.CharField("适用范围", max_length=10, choices=Reach, default=Reach.ENTERPRISE)
    trade = models.CharField("行业或区域", max_length=60, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name="企业"
    )
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    kind = models.CharField("合同类型", max_length=10, choices=Kind)
    purpose = models.CharField("目的", max_length=10, choices=Purpose, default=Purpose.CONCLUDE)
    contract = models.ForeignKey(
        "Contract", models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name="所涉合同"
    )
    ground = models.CharField("变更的理由", max_length=16, choices=Ground, blank=True)
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
    seats_vote = models.ForeignKey(
        Vote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表人选表决"
    )
    exchange_due_on = models.DateField("资料提供期限", null=True, editable=False)
    tell_union_due_on = models.DateField("报告上级工会期限", null=True, editable=False)
    told_union_on = models.DateField("报告上级工会日期", null=True, blank=True)
    coordinated_on = models.DateField("提请协调日期", null=True, blank=True)
    coordination_due_on = models.DateField("协调期限", null=True, editable=False)
    prolonged = models.BooleanField("协调期限已延长", default=False)
    vote = models.ForeignKey(Vote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="草案表决")
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
                condition=Q(reach="enterprise", enterprise__isnull=False)
                | (~Q(reach="enterprise") & Q(enterprise__isnull=True) & ~Q(trade="")),
                name="a_consultation_is_of_one_firm_or_of_many",
                violation_error_message="请选择企业；行业性、区域性协商请填写行业或区域。",
            ),
            models.CheckConstraint(
                condition=Q(purpose="conclude") | Q(contract__isnull=False),
                name="what_is_renewed_or_changed_is_named",
                violation_error_message="续订、变更须选择所涉合同。",
            ),
        ]

    def __str__(self):
        return f"{self.party} {self.get_kind_display()}{self.get_purpose_display()}"

    def get_absolute_url(self):
        return reverse("negotiations:consultation", args=[self.pk])

    SIDES = Side.choices

    @classmethod
    def begun(cls, enterprise):
        """An offer to `enterprise` that is not there yet."""
        return cls(enterprise=enterprise, district_id=enterprise.district_id, kind="", firm_class="")

    @classmethod
    def begun_for_many(cls, district_id):
        """An offer in an industry or area of a district, not there yet."""
        return cls(reach=cls.Reach.INDUSTRY, district_id=district_id, kind="", firm_class="")

    @property
    def party(self):
        """Of whom it is: the enterprise, or the industry or area."""
        if self.enterprise_id:
            return self.enterprise.name
        return f"{self.district.name}{self.trade}{'行业' if self.reach == self.Reach.INDUSTRY else ''}"

    @property
    def covers_many(self):
        return self.reach != self.Reach.ENTERPRISE

    @property
    def is_placed(self):
        return bool(self.trade) if self.covers_many else self.enterprise_id is not None

    @property
    def has_firms(self):
        """Of one enterprise, or with two at least that take part."""
        return not self.covers_many or self.participants.staying().count() >= LEAST_FIRMS

    @property
    def is_passed_by_firms(self):
        return self.has_firms and not self.participants.not_passed().exists()

    def can_edit_clauses(self, user):
        return any(move.name == "write_clauses" for move in self.moves_for(user))

    @property
    def is_over(self):
        return self.stage in (_S.SIGNED, _S.WITHDRAWN, _S.CLOSED)

    def clocks(self, on):
        """(what is due, Due or None, when it was done or None), in the order of the way, as they stand on the day."""
        meets = self.state in (*UNDER_WAY, _S.SIGNED)  # before the reply the day of the meeting is a wish
        return (
            ("公布协商代表", self.seats_due, self.seats_published_on),
            ("书面答复要约", self.reply_due, self.replied_on),
            ("提供协商资料", self.exchange_due if meets else None, self._first(self.figures, "given_on")),
            ("向上级工会报告会议", self.upper_union_due if meets else None, self.told_union_on),
            ("签订合同", self._concluded_by(on), self.signed_on),
            ("协调处理", self.coordination_due, self._coordinated_until()),
            *(
                (f"接替代表{seat.name}", seat.replacing_due, seat.replaced_on)
                for seat in self.seats.exclude(left_on=None).select_related("replaced_by")
                if not seat.adviser
            ),
            *(
                (f"答复{letter.short}", letter.due, letter.answered_on)
                for letter in self.urgings.order_by("sent_on", "id")
                if not letter.is_of_the_authority
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
        return self._concluded_by(None)

    def _concluded_by(self, on):
        """With a day: as if a suspension that still lasts ended on it."""
        start = self.replied_on if self.conclude_due_on else None
        return self._due("conclude", start, suspended=self._days_of_force_majeure(on))

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
        letters = self.urgings.filter(what__in=[Urging.What.OPINION, Urging.What.PROPOSAL])
        order, credit = (self.urgings.filter(what=what) for what in (Urging.What.ORDER, Urging.What.CREDIT))
        return {
            "enlist": lambda: not self.covers_many,
            "release": lambda: not self.covers_many or not self.participants.staying().exists(),
            "vote_in_firm": lambda: not self.covers_many or not self.participants.not_passed().exists(),
            "pass_by_firms": lambda: not self.covers_many or self.participants.not_passed().exists(),
            "endorse": lambda: self.nomination is None or self.is_endorsed or not self.seats.exists(),
            "sign_minutes": lambda: not self.meetings.filter(signed_by_all=False).exists(),
            "order": order.exists,
            "discredit": lambda: not order.exists() or credit.exists(),
            "tell_union": lambda: self.upper_union_due is None or self.told_union_on is not None,
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

    def chair_of(self, number):
        """Which side chairs the meeting of that number (山东省企业工资集体协商条例 第二十五条)."""
        other = Side.EMPLOYERS if self.offered_by == Side.WORKERS else Side.WORKERS
        return self.offered_by if number % 2 else other

    @property
    def law_day(self):
        """The day whose law counts for who sits where and what forms say: that of the meeting, as far as known."""
        return self.meet_on or self.sent_on or self.campaign.ends_on

    @property
    def nomination(self):
        """The rule by which the staff pass on who is to sit for them; None where no vote is asked for."""
        return None if self.covers_many else law.spoken("nomination", self.kind, self.law_day)

    @property
    def is_endorsed(self):
        return self.seats_vote is not None and self.seats_vote.passed

    @property
    def has_agreed(self):
        return self.replied_on is not None and self.state not in (_S.REFUSED, _S.WITHDRAWN)

    def _days_of_force_majeure(self, on=None):
        """Of the suspensions that are over and, with a day, of the one that lasts, up to it."""
        rests = self.suspensions.filter(force_majeure=True) if self.pk else ()
        return sum((until - each.begins_on).days for each in rests if (until := each.ends_on or on))

    @property
    def is_seated(self):
        return not self.seat_faults(self.law_day)

    def seat_faults(self, on):
        """What is wrong with those who sit at the table, as sentences with the article."""
        found = representatives.faults(
            [seat.as_the_law_sees_it for seat in self.seats.taken()],
            seating=law.rule("representatives", self.kind, on), outsiders=self._outsiders(on),
            places=law.spoken("places", self.kind, on), mandates=law.spoken("mandates", self.kind, on),
            of_many=self.covers_many, has_union=self.covers_many or self.enterprise.has_union is not False,
        )  # fmt: skip
        if self.nomination and not self.is_endorsed:
            found.append(f"职工方协商代表人选还没有登记全体职工（职工代表）过半数通过（{self.nomination.source}）。")
        return found

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
            if person.get("adviser") and not person.get("mandate"):
                raise MoveRefused("协商顾问应有书面委托，请取得委托书后登记，并勾选“有书面委托或指派”。")
            row.seats.create(district_id=row.district_id, **person)
            row.seats_due_on = _day(row.seats_due)

    def endorse(self, *, by, on, version=None, body, held_on, **numbers):
        """All staff or their congress pass on who is to sit for the workers."""
        if self.nomination is None:
            raise MoveRefused("这类协商的规定没有要求代表人选经职工（职工代表）表决，不需要登记。")
        with self.deed("endorse", by=by, on=on, version=version) as row:
            row.seats_vote = Vote.counted(
                law.rule("nomination", row.kind, held_on), district_id=row.district_id, body=body,
                held_on=happened(held_on, on), **numbers,
            )  # fmt: skip

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

    def agree(self, *, by, on, version=None, replied_on, meet_on, place="", rescheduled=False, reply_reason=""):
        with self.deed("agree", by=by, on=on, version=version, note="另约时间" if rescheduled else "") as row:
            row._reply(replied_on, on, reply_reason)
            if meet_on < replied_on:
                raise MoveRefused("约定的协商日期不能早于答复日期，请核对。")
            row.meet_on, row.rescheduled, row.place = meet_on, rescheduled, place or row.place
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

    def order(self, *, by, on, version=None, text, correct_by):
        """The labour authority orders to put it right by a day (山东省企业工资集体协商条例 第四十七条)."""
        if correct_by <= on:
            raise MoveRefused("改正期限应晚于今天，请给企业留出改正的时间。")
        self._write("order", Urging.What.ORDER, by=by, on=on, version=version, text=text, correct_by=correct_by)

    def discredit(self, *, by, on, version=None, text):
        """The order's day is over and nothing was put right: into the enterprise's credit file."""
        order = self.urgings.filter(what=Urging.What.ORDER).first()
        if order is None:
            raise MoveRefused("应先责令限期改正；期满仍不改正的，再记入诚信档案。")
        if on <= order.answer_due_on:
            raise MoveRefused(f"责令改正的期限到{order.answer_due_on:%Y年%m月%d日}，期满仍不改正的方可记入诚信档案。")
        self._write("discredit", Urging.What.CREDIT, by=by, on=on, version=version, text=text)

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
            signed_on = minutes["held_on"] if minutes.get("signed_by_all") else None
            number = row.meetings.count() + 1
            row.meetings.create(district_id=row.district_id, number=number, signed_on=signed_on, **minutes)

    def sign_minutes(self, *, by, on, version=None, meeting, signed_on):
        """All representatives have signed the minutes after all."""
        with self.deed("sign_minutes", by=by, on=on, version=version, note=str(meeting)) as row:
            meeting = row.meetings.get(pk=meeting.pk)
            if happened(signed_on, on) < meeting.held_on:
                raise MoveRefused("签字日期不能早于会议日期，请核对。")
            meeting.signed_by_all, meeting.signed_on = True, signed_on
            meeting.save(update_fields=["signed_by_all", "signed_on"])

    # Many enterprises at one table

    def enlist(self, *, by, on, version=None, enterprise, joined_on):
        """An enterprise of the industry or area takes part; one that left may come back."""
        with self.deed("enlist", by=by, on=on, version=version, note=enterprise.name) as row:
            if enterprise.district_id != row.district_id:
                raise MoveRefused("参加企业应在本区市。")
            row.participants.update_or_create(
                enterprise=enterprise,
                defaults={"district_id": row.district_id, "joined_on": happened(joined_on, on), "left_on": None},
            )

    def release(self, *, by, on, version=None, participant, left_on):
        with self.deed("release", by=by, on=on, version=version, note=str(participant)) as row:
            participant = row.participants.get(pk=participant.pk)
            if happened(left_on, on) < participant.joined_on:
                raise MoveRefused("退出日期不能早于参加日期，请核对。")
            participant.left_on = left_on
            participant.save(update_fields=["left_on"])
            if row.stage != _S.DRAFT and not row.has_firms:
                raise MoveRefused(f"参加企业不能少于{LEAST_FIRMS}户；不再协商的，请终结协商。")

    def vote_in_firm(self, *, by, on, version=None, participant, body, held_on, **numbers):
        """The staff of one enterprise vote on the draft of many."""
        with self.deed("vote_in_firm", by=by, on=on, version=version, note=str(participant)) as row:
            participant = row.participants.get(pk=participant.pk)
            participant.vote = row._counted(on, body=body, held_on=held_on, **numbers)
            participant.save(update_fields=["vote"])

    def pass_by_firms(self, *, by, on, version=None):
        """The staff of each enterprise that stays have passed the draft."""
        with self.deed("pass_by_firms", by=by, on=on, version=version):
            pass

    def suspend(self, *, by, on, version=None, begins_on, force_majeure, reason):
        with self.deed("suspend", by=by, on=on, version=version, note=reason) as row:
            begun = row.suspensions.order_by("-ends_on").values_list("ends_on", flat=True).first() or row.replied_on
            if begun and begins_on < begun:
                raise MoveRefused(f"中止日期不能早于{begun:%Y年%m月%d日}（答复或者上次恢复协商之日），请核对。")
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
            row.participants.update(vote=None)  # a draft that was talked over anew is voted on anew

    def pass_draft(self, *, by, on, version=None, **ballot):
        self._count("pass_draft", by=by, on=on, version=version, **ballot)

    def turn_down(self, *, by, on, version=None, **ballot):
        self._count("turn_down", by=by, on=on, version=version, **ballot)

    def sign(self, *, by, on, version=None, signed_on, begins_on, ends_on, workers_covered, title=""):
        """Both chiefs have signed: the contract comes into being, still without force. Returns it."""
        with self.deed("sign", by=by, on=on, version=version, note=self._chiefs()) as row:
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

    def _chiefs(self):
        chiefs = self.seats.taken().filter(chief=True)
        return "；".join(f"{chief.get_side_display()}首席代表{chief.name}" for chief in chiefs)

    def _take(self, changes):
        for name, value in changes.items():
            setattr(self, name, value)

    def _reply(self, replied_on, on, reason):
        self.replied_on, self.reply_reason, self.confirmed_by = happened(replied_on, on), reason, None

    def _count_to_signature(self):
        self.conclude_due_on = _day(self._due("conclude", self.replied_on, suspended=self._days_of_force_majeure()))
        self.exchange_due_on, self.tell_union_due_on = _day(self.exchange_due), _day(self.upper_union_due)

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

    def _write(self, move, what, *, by, on, version, text, way="", received_on=None, correct_by=None):
        with self.deed(move, by=by, on=on, version=version, note=text) as row:
            row.urgings.create(
                district_id=row.district_id, what=what, text=text, way=way, by=by, sent_on=on,
                received_on=happened(received_on, on),
                answer_due_on=correct_by or Urging.answer_due(what, received_on),
            )  # fmt: skip

    def _count(self, move, *, by, on, version, **ballot):
        with self.deed(move, by=by, on=on, version=version) as row:
            row.vote = row._counted(on, **ballot)

    def _counted(self, on, *, body, held_on, **numbers):
        rule = law.of_a_draft(self.kind, held_on, of_many=self.covers_many)
        return Vote.counted(rule, district_id=self.district_id, body=body, held_on=happened(held_on, on), **numbers)


def _day(due):
    return due and due.on
