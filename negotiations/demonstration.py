"""Consultations of a demonstration, week by week, by the verbs used in earnest. Everybody and everything is invented.

What happens follows from a chance with a fixed seed, so that each load is the same: most employers answer in time, some
late, some refuse and are urged; some drafts are turned down once.
"""

import random
from contextlib import suppress
from datetime import date, timedelta

from accounts.models import District, User
from accounts.roles import Role
from casework.lifecycle import MoveRefused
from casework.models import Entry
from enterprises import standing
from enterprises.models import Enterprise

from . import classes, topics
from .law import Kind
from .models import Consultation, Contract, FirmClass, Ground, Mechanism, Side, Vote
from .models.consultations import LEAST_FIRMS
from .models.platforms import Topic

BEGINS, FEWER_FROM, OFFERS_UNTIL, ENDS = date(2023, 7, 24), date(2023, 10, 1), date(2023, 11, 13), date(2023, 11, 20)
WEEKS = tuple(BEGINS + timedelta(days=7 * number) for number in range((ENDS - BEGINS).days // 7 + 1))
OFFERS_A_WEEK = 2
REST, COORDINATION = timedelta(days=14), timedelta(days=21)
ENTERPRISES_CHANGE = date(2023, 9, 25)
_S, _C = Consultation.State, Contract.State

_REASONS = {
    FirmClass.NORMAL: "企业经营情况较好，职工要求把技能等级与工资分配挂钩，建议就分配办法平等协商。",
    FirmClass.DIFFICULT: "近期订单减少，职工关心工资能否按月足额发放，建议就支付周期和稳定岗位协商一致。",
    FirmClass.CHANGED: "企业情况发生变化，现行集体合同部分条款无法履行，建议依法协商变更。",
    FirmClass.PLATFORM: "从业人员反映计件单价和派单规则调整较多，建议建立定期协商机制。",
}
_TEXTS = {  # topic: what the workers ask, what the employer offers, what they agree on
    "职工技能要素参与企业分配": (
        "按技能等级设津贴，高级工每月不低于300元",
        "可以设津贴，先从关键岗位开始",
        "自次月起对关键岗位高级工每月发放技能津贴240元",
    ),
    "育龄职工弹性工作方式": (
        "孕期、哺乳期职工可错时上下班",
        "同意，须提前申报班次",
        "孕期、哺乳期职工可在核定时段内错时上下班",
    ),
    "调整薪酬水平": (
        "不降低计时工资标准",
        "困难期间暂缓年度调薪",
        "困难期间不降低计时工资标准，年度调薪推迟至下一年一季度",
    ),
    "工资支付周期": (
        "每月10日前发放上月工资",
        "回款较慢，希望25日前发放",
        "每月15日前发放上月工资，确有困难的提前与工会协商",
    ),
    "稳定工作岗位": (
        "一年内不进行经济性裁员",
        "尽量不裁员，可轮岗轮休",
        "合同期内不实施经济性裁员，采取轮岗轮休、在岗培训",
    ),
}
_STANDARDS = {
    Topic.PIECE_RATE: "5公里以内每单4.2元，每增加1公里加1元",
    Topic.WEATHER: "高温、暴雨、暴雪预警期间每单补贴1.5元",
}
_SURNAMES, _NAMES = (
    "王李张刘陈杨赵孙周吴",
    ["建华", "秀英", "志强", "海燕", "国栋", "丽娟", "文博", "晓梅", "永军", "春霞"],
)
_WORKERS = (("工会主席", {"chief": True, "union_officer": True}), ("车间职工", {"front_line": True}), ("班组长", {}))
_EMPLOYERS = (
    ("法定代表人", {"chief": True, "legal_representative": True, "manager": True}),
    ("财务负责人", {"manager": True, "mandate": True}),
    ("人力资源负责人", {"manager": True, "mandate": True}),
)
_OF_A_TRADE = (
    (Side.WORKERS, "行业工会联合会主席", {"chief": True, "union_officer": True, "outsider": True}),
    (Side.WORKERS, "加工车间职工", {"front_line": True}),
    (Side.WORKERS, "质检班组长", {}),
    (Side.EMPLOYERS, "企业代表组织负责人", {"chief": True, "mandate": True, "outsider": True}),
    (Side.EMPLOYERS, "参加企业厂长", {"mandate": True, "manager": True}),
    (Side.EMPLOYERS, "参加企业财务负责人", {"mandate": True, "manager": True}),
)
_TRADES = ("水产品加工", "渔具制造", "餐饮服务", "船舶修造")
_PEOPLE = [surname + name for surname in _SURNAMES for name in _NAMES]


def week_of_work(on):
    """What each district does in the week of `on`: offers, answers, meetings, votes, contracts."""
    for district in District.objects.filter(active=True):
        if Entry.objects.filter(district=district, on=on, deed=Consultation.lifecycle["draft"].label).exists():
            continue  # this week was loaded before
        people = _people(district)
        if not people:
            continue
        chance = random.Random(f"{district.pk}{on}")  # noqa: S311 - nothing rests on it
        week = Week(district, on, chance, **people)
        if not _has_begun(district):
            week.contracts_from_before()
            week.platforms()
            week.industry()
        week.go_on()
        week.look_to_the_terms()
        if on <= OFFERS_UNTIL:
            week.offer()


def _people(district):
    people = User.objects.filter(organisation__district=district, is_active=True)
    roles = {"union": Role.UNION_COORDINATOR, "officer": Role.DISTRICT_OFFICER, "employer": Role.EMPLOYER_MEMBER}
    found = {part: people.filter(role=role).order_by("pk").first() for part, role in roles.items()}
    return found if all(found.values()) else None


def _has_begun(district):
    """With the first week in which the register is there: how early that is, follows from the demonstration's day."""
    return any(model.objects.filter(district=district).exists() for model in (Contract, Mechanism, Consultation))


class Week:
    """One week of one district."""

    def __init__(self, district, on, chance, *, union, officer, employer):
        self.district, self.on, self.chance = district, on, chance
        self.union, self.officer, self.employer = union, officer, employer

    # ── What is begun ──

    def contracts_from_before(self):
        for firm in self._firms(3, has_union=True):
            begins = self.on - timedelta(days=self.chance.randint(200, 340))
            contract = Contract.begun(firm)
            contract.kind, contract.title = Kind.WAGE, f"{firm.name}工资专项集体合同"
            contract.workers, contract.signed_on, contract.begins_on = firm.heads or 40, begins, begins
            contract.ends_on, contract.published_on = begins + timedelta(days=364), begins + timedelta(days=24)
            contract.take_over(by=self.union, on=self.on)

    def platforms(self):
        for firm in Enterprise.objects.current().filter(district=self.district).exclude(platform="")[:1]:
            mechanism = Mechanism.begun(firm)
            mechanism.trade = firm.platform if firm.platform in Mechanism.Trade.values else Mechanism.Trade.OTHER
            mechanism.every_months, mechanism.workers, mechanism.set_up_on = 3, self.chance.randint(60, 400), self.on
            mechanism.adjustment = "任何一方提出调整的，提前15日书面通知，经协商一致后公示执行。"
            mechanism.disputes = "先由平台企业与从业人员代表协商，协商不成的提请区市三方机制协调。"
            mechanism.set_up(by=self.union, on=self.on)
            for days, topic in ((14, Topic.PIECE_RATE), (105, Topic.WEATHER)):
                mechanism.plan(by=self.union, on=self.on, planned_on=self.on + timedelta(days=days), topics=[topic])

    def industry(self):
        """An offer in a trade: its union to the employers' organisation, for four enterprises that take part."""
        firms = self._firms(4, has_union=True)
        if len(firms) < LEAST_FIRMS:
            return
        offer, own = Consultation.begun_for_many(self.district.pk), self.employer.organisation.name
        offer.trade, offer.kind, offer.firm_class = self.chance.choice(_TRADES), Kind.WAGE, FirmClass.NORMAL
        offer.topics = ["本企业最低工资标准", "计时工资、计件单价、劳动定额", "奖金、津贴、补贴"]
        offer.reasons = "同一行业中小企业较多，计件单价高低不一，建议由行业工会与企业代表组织统一协商。"
        offer.sender, offer.addressee = f"{self.district.name}{offer.trade}行业工会联合会", own
        offer.draft(by=self.union, on=self.on)
        for firm in firms:
            offer.enlist(by=self.union, on=self.on, enterprise=firm, joined_on=self.on)
        self._send(offer, "行业工会会议室")

    def _go_on_for_many(self, offer):
        """The table of an industry, step by step, up to the seals of the enterprises."""
        steps = {
            _S.SENT: self._receive, _S.RECEIVED: self._agree_for_many, _S.AGREED: self._meet_for_many,
            _S.TALKING: self._settle, _S.SETTLED: self._vote_in_firms, _S.PASSED: self._sign_for_many,
        }  # fmt: skip
        if offer.stage in steps:
            steps[offer.stage](offer)

    def _agree_for_many(self, offer):
        offer.agree(by=self.union, on=self.on, replied_on=self.on, meet_on=self.on + timedelta(days=14),
                    reply_reason="同意就行业计件单价和最低工资标准协商")  # fmt: skip
        names = iter(self.chance.sample(_PEOPLE, len(_OF_A_TRADE)))
        for side, post, marks in _OF_A_TRADE:
            offer.seat(by=self.union, on=self.on, side=side, name=next(names), post=post, since=self.on, **marks)
        offer.tell_union(by=self.union, on=self.on, told_union_on=self.on)
        offer.announce(by=self.union, on=self.on, seats_published_on=self.on)

    def _meet_for_many(self, offer):
        if offer.meet_on <= self.on:
            self._hold_meeting(offer)

    def _vote_in_firms(self, offer):
        for participant in offer.participants.not_passed().select_related("enterprise"):
            entitled = participant.enterprise.heads or 40
            against = self.chance.randint(0, entitled // 4)
            offer.vote_in_firm(
                by=self.union, on=self.on, participant=participant, body=Vote.Body.STAFF, held_on=self._ago(0, 3),
                entitled=entitled, present=entitled, in_favour=entitled - against, against=against, abstained=0,
            )  # fmt: skip
        offer.pass_by_firms(by=self.union, on=self.on)

    def _sign_for_many(self, offer):
        heads = sum(each.enterprise.heads or 40 for each in offer.participants.staying().select_related("enterprise"))
        contract = offer.sign(by=self.union, on=self.on, signed_on=self.on, begins_on=self.on,
                              ends_on=self.on + timedelta(days=364), workers_covered=heads)  # fmt: skip
        for each in list(contract.unsealed)[:3]:  # one seal is still missing
            contract.join(by=self.union, on=self.on, enterprise=each.enterprise, sealed_on=self.on,
                          workers=each.enterprise.heads or 40)  # fmt: skip

    # ── Contracts that come to their end ──

    def look_to_the_terms(self):
        """Contracts from before: what is due is renewed or runs out; with the autumn some end otherwise."""
        before = Contract.objects.filter(district=self.district, consultation=None).order_by("pk")
        performed = before.filter(state=_C.PERFORMED)
        if self.on == ENTERPRISES_CHANGE and (contract := performed.filter(consultations=None).last()):
            self._end_early(contract)
        for contract in performed.to_renew(self.on).filter(consultations=None).select_related("enterprise"):
            if self.chance.random() < 0.12:  # in each week of the two months in which the law asks for it
                self._offer_renewal(contract)
        for contract in performed.expired(self.on).filter(consultations=None):
            contract.end(by=self.union, on=self.on, ground=Ground.EXPIRY, closed_on=contract.ends_on,
                         reason="期限届满，双方没有提出续订。")  # fmt: skip
        for contract in before.filter(state=_C.DISSOLVED, ending__filed_on=None, closed_on__lt=self.on):
            if self.chance.random() < 0.7:
                contract.report_ending(by=self.union, on=self.on, filed_on=self.on, told_union_on=self.on)

    def _end_early(self, contract):
        """The enterprise is merged, and its staff pass on it, or is wound up, and nobody has to."""
        if self.chance.random() < 0.5:
            present = contract.workers - self.chance.randint(0, contract.workers // 10)
            in_favour = present * 4 // 5
            contract.dissolve(
                by=self.union, on=self.on, ground=Ground.MERGER, closed_on=self.on, body=Vote.Body.STAFF,
                reason="企业被兼并，原合同关于工资支付主体的约定无法履行。", held_on=self._ago(1, 5),
                entitled=contract.workers, present=present, in_favour=in_favour, against=present - in_favour,
                abstained=0,
            )  # fmt: skip
        else:
            contract.end(by=self.union, on=self.on, ground=Ground.DISSOLUTION, closed_on=self._ago(0, 5),
                         reason="股东会决定解散，已成立清算组，职工安置方案已经职工代表大会讨论。")  # fmt: skip

    def _offer_renewal(self, contract):
        firm = contract.enterprise
        offer = self._begun(firm)
        offer.kind, offer.purpose, offer.contract = contract.kind, Consultation.Purpose.RENEW, contract
        offer.reasons = f"现行合同{contract.ends_on:%Y年%m月%d日}届满，建议在届满前就续订平等协商。"
        offer.draft(by=self.union, on=self.on)
        self._send(offer, "企业会议室")

    # ── Offers ──

    def offer(self):
        number = OFFERS_A_WEEK if self.on < FEWER_FROM else 1
        for firm in self._firms(number, status=Enterprise.Status.ACTIVE, platform=""):
            offer = self._begun(firm)
            if self.chance.random() < 0.12:
                offer.offered_by, offer.sender, offer.addressee = Side.EMPLOYERS, offer.addressee, offer.sender
            offer.draft(by=self.union, on=self.on)
            self._send(offer, "企业会议室")

    @staticmethod
    def _begun(firm):
        """An offer about wages of the union to the firm, with the topics and the reasons of its class."""
        offer = Consultation.begun(firm)
        offer.kind, (offer.firm_class, offer.class_reasons) = Kind.WAGE, classes.proposed(firm)
        offer.topics, offer.reasons = list(topics.OF_CLASS[offer.firm_class]), _REASONS[offer.firm_class]
        offer.sender, offer.addressee = f"{firm.name}工会委员会", firm.name
        return offer

    def _send(self, offer, place):
        number = Consultation.objects.filter(district=self.district).count()
        offer.send(
            by=self.union, on=self.on, number=f"协要〔{self.on.year}〕{number}号", sent_on=self.on,
            meet_on=self.on + timedelta(days=28), place=place, reasons=offer.reasons,
            requested="上年度营业收入、上缴税收、净利润、职工工资总额、职工平均工资、社会保险费用缴纳情况",
        )  # fmt: skip

    def _firms(self, number, **conditions):
        """Some of the district's without a consultation; of those who are in trouble as many as of the others."""
        firms = Enterprise.objects.current().filter(district=self.district, heads__gte=25, **conditions)
        free = list(firms.filter(consultations=None, contracts=None).order_by("uscc"))
        drawn = self.chance.sample(free, min(len(free), 12 * number))
        known = {firm.pk: standing.of(firm) for firm in drawn}
        serious = [firm for firm in drawn if known[firm.pk] and known[firm.pk].serious]
        others = [firm for firm in drawn if firm not in serious]
        return [*serious[: (number + 1) // 2], *others][:number]

    # ── What goes on ──

    def go_on(self):
        steps = {
            _S.SENT: self._receive, _S.RECEIVED: self._answer, _S.REFUSED: self._urge, _S.AGREED: self._meet,
            _S.TALKING: self._talk, _S.SUSPENDED: self._resume, _S.COORDINATED: self._coordinate,
            _S.SETTLED: self._vote, _S.PASSED: self._sign,
        }  # fmt: skip
        for offer in Consultation.objects.filter(district=self.district, state__in=steps):
            with suppress(MoveRefused):
                self._go_on_for_many(offer) if offer.covers_many else steps[offer.stage](offer)
        steps = {_C.SIGNED: self._file, _C.OBJECTED: self._file, _C.FILED: self._review, _C.EFFECTIVE: self._publish}
        for contract in Contract.objects.filter(district=self.district, state__in=steps):
            with suppress(MoveRefused):
                steps[contract.stage](contract)
        for mechanism in Mechanism.objects.filter(district=self.district):
            self._hold(mechanism)

    def _ago(self, least, most):
        return self.on - timedelta(days=self.chance.randint(least, most))

    def _receive(self, offer):
        received = max(self._ago(2, 6), offer.sent_on)
        offer.receive(by=self.union, on=self.on, received_on=received, received_by="办公室主任")

    def _answer(self, offer):
        luck = self.chance.random()
        if luck < 0.62:
            replied = max(self._ago(0, 3), offer.received_on)
            offer.agree(by=self.union, on=self.on, replied_on=replied, meet_on=self.on + timedelta(days=14),
                        rescheduled=luck < 0.1, reply_reason="同意就所列议题协商")  # fmt: skip
            if luck < 0.5:
                offer.confirm(by=self.employer, on=self.on)
        elif luck < 0.74:
            offer.refuse(
                by=self.union, on=self.on, replied_on=self.on, reply_reason="目前经营情况不稳定，暂不具备协商条件"
            )
        elif offer.reply_due_on < self.on:
            offer.urge(by=self.union, on=self.on, way="电话", text="要约答复期限已过，请依法书面答复。")

    def _urge(self, offer):
        written = set(offer.urgings.values_list("what", flat=True))
        if "urge" not in written:
            offer.urge(by=self.officer, on=self.on, way="上门", text="已上门说明集体协商的有关规定，请重新考虑。")
        elif "order" not in written and self.chance.random() < 0.2:
            text = "你单位收到工资集体协商要约后无正当理由拒绝协商，责令你单位限期改正，依法答复并开展协商。"
            offer.order(by=self.officer, on=self.on, text=text, correct_by=self.on + timedelta(days=15))
        elif "opinion" not in written:
            text = "你单位无正当理由拒绝工资集体协商，建议自收到本意见书之日起依法答复并开展协商。"
            offer.opine(by=self.union, on=self.on, received_on=self.on, text=text)
        elif (luck := self.chance.random()) < 0.15 and "proposal" not in written:
            opinion = offer.urgings.get(what="opinion")
            if opinion.answered_on is None:
                offer.note_answer(by=self.union, on=self.on, urging=opinion, answered_on=self.on, text="暂不具备条件")
            offer.propose(by=self.union, on=self.on, received_on=self.on, text="企业仍拒绝协商，建议依法责令改正。")
        elif luck > 0.7:
            offer.agree(by=self.union, on=self.on, replied_on=self.on, meet_on=self.on + timedelta(days=14),
                        reply_reason="经督促，同意协商")  # fmt: skip

    def _meet(self, offer):
        if offer.meet_on > self.on:
            if not offer.seats.exists():
                self._seat(offer)
            return
        average = self.chance.randint(48_000, 86_000) * 100
        heads = offer.enterprise.heads or 40
        offer.inform(
            by=self.union, on=self.on, year=self.on.year - 1, given_on=offer.meet_on - timedelta(days=11),
            revenue=average * heads * 5, taxes=average * heads // 4, profit=average * heads // 6,
            wages=average * heads, average_wage=average, insurance=average * heads // 4,
        )  # fmt: skip
        self._hold_meeting(offer)

    def _hold_meeting(self, offer):
        offer.meet(
            by=self.union, on=self.on, held_on=offer.meet_on, place=offer.place, chair=offer.offered_by,
            recorder="办公室文员", workers_present=3, employers_present=3, signed_by_all=True,
            minutes="双方就要约所列议题逐项发表意见，对支付安排基本一致，商定由双方各自征求意见后再行商定文本。",
        )  # fmt: skip

    def _seat(self, offer):
        names = iter(self.chance.sample(_PEOPLE, 6))
        for side, posts in ((Side.WORKERS, _WORKERS), (Side.EMPLOYERS, _EMPLOYERS)):
            for post, marks in posts:
                offer.seat(by=self.union, on=self.on, side=side, name=next(names), post=post, since=self.on, **marks)
        offer.endorse(
            by=self.union, on=self.on, body=Vote.Body.CONGRESS, held_on=self.on, entitled=40, present=38, in_favour=35,
            against=2, abstained=1,
        )  # fmt: skip
        if offer.meet_on - self.on >= timedelta(days=5):
            offer.tell_union(by=self.union, on=self.on, told_union_on=self.on)
        if self.chance.random() < 0.8:
            offer.announce(by=self.union, on=self.on, seats_published_on=self.on)

    def _talk(self, offer):
        """On to the clauses; now and then the talks rest for a while, or come to a point where both sides are stuck."""
        luck = self.chance.random()
        if luck < 0.1 and not offer.suspensions.exists():
            storm = self.on.month in {8, 9}
            reason = "台风影响，企业停产抢修，双方商定顺延" if storm else "企业赶制出口订单，双方商定休会两周"
            offer.suspend(by=self.union, on=self.on, begins_on=self.on, force_majeure=storm, reason=reason)
        elif luck < 0.2 and offer.coordinated_on is None:
            offer.coordinate(by=self.union, on=self.on, coordinated_on=self.on,
                             reason="双方就年度工资调整幅度两次协商未达成一致，提请协调。")  # fmt: skip
        else:
            self._settle(offer)

    def _resume(self, offer):
        if offer.suspensions.get(ends_on=None).begins_on + REST <= self.on:
            offer.resume(by=self.union, on=self.on, ends_on=self.on)

    def _coordinate(self, offer):
        if offer.coordinated_on + COORDINATION <= self.on:
            offer.go_on(by=self.officer, on=self.on, result="经协调，双方同意参照本地工资指导线继续协商。")

    def _settle(self, offer):
        if not offer.clauses.exists():
            rows = [self._clause(topic, done=False) for topic in offer.topics]
            offer.write_clauses(by=self.union, on=self.on, rows=rows)
        elif self.chance.random() < 0.7:
            rows = [self._clause(clause.topic, done=True) | {"clause": clause} for clause in offer.clauses.all()]
            offer.write_clauses(by=self.union, on=self.on, rows=rows)
            offer.settle(by=self.union, on=self.on)

    def _clause(self, topic, *, done):
        workers, employers, agreed = _TEXTS.get(topic, ("按规定执行", "同意按规定执行", "按国家和省有关规定执行"))
        return {"clause": None, "topic": topic, "workers": workers, "employers": employers,
                "agreed": agreed if done else "", "done": done}  # fmt: skip

    def _vote(self, offer):
        entitled = max(9, (offer.enterprise.heads or 40) // 4)
        passed = self.chance.random() < 0.85
        in_favour = entitled * 3 // 4 if passed else entitled // 3
        vote = offer.pass_draft if passed else offer.turn_down
        vote(by=self.union, on=self.on, body=Vote.Body.CONGRESS, held_on=self._ago(0, 3), entitled=entitled,
             present=entitled, in_favour=in_favour, against=entitled - in_favour, abstained=0)  # fmt: skip

    def _sign(self, offer):
        begins = max(self.on, offer.contract.ends_on + timedelta(days=1)) if offer.contract else self.on
        offer.sign(by=self.union, on=self.on, signed_on=self.on, begins_on=begins,
                   ends_on=begins + timedelta(days=364), workers_covered=offer.enterprise.heads or 40)  # fmt: skip

    def _file(self, contract):
        if contract.covers_many:  # the last seal
            for each in contract.unsealed:
                contract.join(by=self.union, on=self.on, enterprise=each.enterprise, sealed_on=self.on,
                              workers=each.enterprise.heads or 40)  # fmt: skip
        contract.file(by=self.union, on=self.on, filed_on=self.on, package=list(contract.package_needed))

    def _review(self, contract):
        if contract.review_due.is_over(self.on):
            contract.deem(by=self.officer, on=self.on)
        elif self.chance.random() < 0.5:
            contract.approve(by=self.officer, on=self.on, reviewed_on=self.on, opinion="未提出异议")
        elif self.chance.random() < 0.1:
            contract.object(
                by=self.officer, on=self.on, reviewed_on=self.on, objected=["content"],
                opinion="病假工资约定低于当地最低工资标准的80%，请双方就该条重新协商后再次报送。",
            )  # fmt: skip

    def _publish(self, contract):
        contract.publish(by=self.union, on=self.on, published_on=self.on)
        if self.chance.random() < 0.7:
            contract.tell_union(by=self.union, on=self.on, told_union_on=self.on)

    def _hold(self, mechanism):
        for meeting in mechanism.rounds.filter(held_on=None, planned_on__lte=self.on):
            result = "经协商，双方对标准和执行日期达成一致。"
            mechanism.hold(by=self.union, on=self.on, meeting=meeting, held_on=self.on, result=result)
            topic, from_on = meeting.topics[0], self.on + timedelta(days=7)
            standard = _STANDARDS[topic]
            mechanism.agree(by=self.union, on=self.on, meeting=meeting, topic=topic, from_on=from_on, standard=standard)
