"""Services of a demonstration, by the verbs used in earnest. Everybody and everything is invented.

What happens follows from a chance with a fixed seed, so that each load is the same.
"""

import random
from datetime import date, time, timedelta

from accounts.models import District, User
from accounts.roles import Role
from enterprises.models import Enterprise

from .models import (
    Benefit,
    Handout,
    Inquiry,
    Leaflet,
    Lecture,
    Newcomer,
    Policy,
    RuleSystem,
)
from .models.firms import PARTIES

BEGINS, ENDS = date(2023, 7, 25), date(2023, 11, 20)
WEEKS = tuple(BEGINS + timedelta(days=7 * number) for number in range((ENDS - BEGINS).days // 7 + 1))
_K, _S = Leaflet.Kind, RuleSystem

_LEAFLETS = (
    ("新办企业用工指南", _K.GUIDE, "成立一年以内的企业"),
    ("工资支付管理制度（参考文本）", _K.TEMPLATE, "各类企业"),
    ("职工代表大会操作指引", _K.GUIDE, "已建工会的企业"),
    ("稳岗惠企政策汇编（2023年下半年）", _K.POLICY, "各类企业"),
    ("劳动合同签订明白纸", _K.NOTICE, "企业和职工"),
)
_POLICIES = (
    {"title": "失业保险稳岗返还", "kind": Policy.Kind.JOBS, "levels": ["蓝", "黄"], "heads_least": 1,
     "benefit": "对不裁员、少裁员的企业，按规定返还上年度缴纳的失业保险费。"},
    {"title": "小微企业吸纳就业社会保险补贴", "kind": Policy.Kind.INSURANCE, "sizes": ["small", "micro"],
     "benefit": "新招用重点群体并按规定缴费的，给予社会保险补贴。"},
    {"title": "新办企业一次性创业补贴", "kind": Policy.Kind.JOBS, "founded_months": 12, "sizes": ["small", "micro"],
     "benefit": "符合条件的新办小微企业，给予一次性创业补贴。"},
    {"title": "企业新型学徒制培训补贴", "kind": Policy.Kind.TRAINING, "trades": ["C"], "heads_least": 50,
     "benefit": "制造业企业开展新型学徒制培训的，按人数给予补贴。"},
)  # fmt: skip
_LECTURES = (
    ("劳动合同订立和解除的常见问题", "市人社局劳动关系科 于某"),
    ("工资支付制度怎样制定", "市总工会法律工作部 林某"),
    ("新办企业用工第一课", "律师 王某"),
    ("稳岗惠企政策解读", "市人社局就业促进科 宋某"),
)
_HELP = (
    (Inquiry.Topic.WAGES, "订单减少，拟安排部分车间轮休，轮休期间工资应怎样支付？",
     "第一个工资支付周期内照常支付；超过的按不低于最低工资标准的规定执行，并与职工协商一致。"),
    (Inquiry.Topic.CONTRACTS, "电子劳动合同有没有法律效力，怎样签订？",
     "符合电子签名法和人社部电子劳动合同订立指引的有效，已发送操作说明。"),
    (Inquiry.Topic.POLICY, "稳岗返还需要企业申请吗？", "符合条件的由系统比对后直接发放，已协助核对账户信息。"),
    (Inquiry.Topic.HIRING, "缺少冷冻加工熟练工，能否帮助招聘？", "已列入下周招聘会，并与职业院校对接。"),
    (Inquiry.Topic.BARGAINING, "第一次开展工资集体协商，需要准备哪些材料？",
     "已由工会协调员上门指导，提供要约书和代表推选表样式。"),
)  # fmt: skip


def publish(on):
    """The city's catalogues, before anybody works with them."""
    city = User.objects.filter(role=Role.CITY_OFFICE).order_by("pk").first()
    if city is None or Leaflet.objects.exists():
        return
    for title, kind, audience in _LEAFLETS:
        row = Leaflet(title=title, kind=kind, audience=audience)
        row.publish(by=city, on=on, issued_on=on - timedelta(days=4))
    for told in _POLICIES:
        row = Policy(issuer="市人力资源和社会保障局", from_on=date(2023, 1, 1), until_on=date(2023, 12, 31), **told)
        row.publish(by=city, on=on)


def week_of_work(on):
    """What each district does in the week of `on`; every fourth week the city holds a lecture."""
    if Newcomer.objects.filter(taken_on=on).exists():
        return  # this week was loaded before
    if (on - BEGINS).days % 28 == 7:
        _lecture(on)
    for district in District.objects.filter(active=True):
        people = list(_people(district))
        if people:
            _Week(district, on, people).go()


def _people(district):
    return User.objects.filter(organisation__district=district, is_active=True, role__in=PARTIES).order_by("pk")


def _lecture(on):
    city = User.objects.filter(role=Role.CITY_OFFICE).order_by("pk").first()
    held = on + timedelta(days=3)
    title, lecturer = _LECTURES[(on - BEGINS).days // 28 % len(_LECTURES)]
    lecture = Lecture(title=title, lecturer=lecturer, held_on=held, begins_at=time(14, 30))
    lecture.link, lecture.summary = "https://live.example.cn/weihai", "结合案例讲解，课后答疑。"
    lecture.announce(by=city, on=on)
    if held > ENDS:
        return
    chance = random.Random(str(held))  # noqa: S311 - nothing rests on it
    firms = list(Enterprise.objects.active().exclude(heads=None).order_by("pk")[:400])
    for firm in chance.sample(firms, min(18, len(firms))):
        for name in chance.sample(["林某", "于某", "姜某", "丛某", "毕某"], chance.randint(1, 3)):
            lecture.attend(uscc=firm.uscc, name=name, on=held)
    lecture.hold(by=city, on=held, note="线上直播，设答疑环节。")


class _Week:
    """One week of one district."""

    def __init__(self, district, on, people):
        self.district, self.on, self.people = district, on, people
        self.chance = random.Random(f"services{district.pk}{on}")  # noqa: S311 - nothing rests on it
        self.firms = list(Enterprise.objects.active().filter(district=district).exclude(heads=None).order_by("pk"))

    def go(self):
        self.serve()
        self.take_on()
        self.hand_out()
        self.set_up()
        self.offer()
        self.answer()
        self.ask()

    def someone(self):
        return self.chance.choice(self.people)

    def take_on(self):
        taken = Newcomer.objects.values("enterprise")
        new = Enterprise.objects.active().new(self.on).filter(district=self.district).exclude(pk__in=taken)
        for firm in list(new.order_by("pk")[:2]):
            Newcomer.begun(firm).take_on(by=self.someone(), on=self.on)

    def serve(self):
        for row in Newcomer.objects.waiting().filter(district=self.district, taken_on__lt=self.on):
            if self.chance.random() < 0.8:
                told = "送达用工指南，讲解劳动合同签订和社保登记。"
                row.serve(by=row.server, on=self.on, served_on=self.on, result=told)
                self._give(row.enterprise, row.server, Leaflet.objects.get(title=_LEAFLETS[0][0]))

    def hand_out(self):
        leaflets = list(Leaflet.objects.offered().order_by("pk"))
        for firm in self._some(2):
            self._give(firm, self.someone(), self.chance.choice(leaflets))

    def _give(self, firm, by, leaflet):
        row = Handout.begun(firm)
        row.leaflet, row.copies, row.given_on = leaflet, self.chance.choice([1, 5, 20, 50]), self.on
        row.received_by = "人力资源部"
        row.give(by=by, on=self.on)

    def set_up(self):
        """A rule is drafted every other week, and goes a step on in every week after."""
        for row in RuleSystem.objects.under_way().filter(district=self.district):
            if row.state == _S.State.DRAFTED:
                row.discuss(by=row.guide, on=self.on, discussed_on=self.on, discussed_by=_S.Body.CONGRESS)
            elif row.state == _S.State.DISCUSSED:
                row.agree(by=row.guide, on=self.on, agreed_on=self.on, agreed_with=_S.Partner.UNION)
            else:
                row.publish(by=row.guide, on=self.on, published_on=self.on, way=_S.Way.NOTICE)
        if (self.on - BEGINS).days % 14 == 0:
            for firm in self._some(1):
                row = RuleSystem.begun(firm)
                row.kind, row.title = self.chance.choice(
                    [(_S.Kind.WAGES, "工资支付管理办法"), (_S.Kind.DEMOCRACY, "职工代表大会实施细则")]
                )
                row.draft(by=self.someone(), on=self.on)

    def offer(self):
        for row in Benefit.objects.offered().filter(district=self.district, offered_on__lt=self.on):
            if self.chance.random() < 0.5:
                row.take_up(by=row.by, on=self.on, taken_on=self.on, amount=self.chance.randint(20, 900) * 100_00,
                            people=self.chance.randint(1, 60))  # fmt: skip
        told = Benefit.objects.filter(district=self.district)
        for policy in Policy.objects.in_force(self.on):
            wanted = Enterprise.objects.active().filter(district=self.district)
            wanted = wanted.exclude(pk__in=told.filter(policy=policy).values("enterprise"))
            for firm in policy.suits(self.on, wanted).order_by("pk")[:1]:
                row = Benefit.begun(firm)
                row.policy = policy
                row.offer(by=self.someone(), on=self.on)

    def ask(self):
        for firm in self._some(1):
            topic, question, _ = self.chance.choice(_HELP)
            row = Inquiry.begun(firm)
            row.asked_on, row.asker, row.topic, row.question = self.on, "人力资源部负责人", topic, question
            row.channel = self.chance.choice(Inquiry.Channel.values)
            row.ask(by=self.someone(), on=self.on)
            if self.chance.random() < 0.85:
                row.take(by=self.someone(), on=self.on)

    def answer(self):
        answers = {question: told for _, question, told in _HELP}
        for row in Inquiry.objects.filter(district=self.district, state=Inquiry.State.ASSIGNED).select_related("owner"):
            if self.chance.random() < 0.85:
                row.answer(by=row.owner, on=self.on, answered_on=self.on, answer_text=answers[row.question])

    def _some(self, number):
        return self.chance.sample(self.firms, min(number, len(self.firms)))
