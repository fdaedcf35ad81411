"""Makers of what a campaign's records need: plans, rounds and answers, supervision. By the verbs used in earnest."""

from datetime import date, timedelta

from accounts.models import District, User
from campaigns import criteria
from campaigns.models import (
    Answer,
    Campaign,
    Dispatch,
    Exemplar,
    JointCase,
    Pilot,
    Plan,
    Practice,
    Publicity,
    SpreadWarning,
    Supervision,
    Transfer,
)
from tests import make

ON, DUE = date(2023, 11, 14), date(2023, 11, 17)


def city():
    """Somebody of the city's office, apart from the cast."""
    return User.objects.filter(username="undertaking_city").first() or make.person("undertaking_city", "city_office")


def plan(officer, **fields):
    """A draft of the officer's district, with a measure for the first duty."""
    campaign = Campaign.objects.running(ON)
    made = Plan(district_id=officer.organisation.district_id, campaign=campaign)
    made.draft(by=_authority(officer), on=ON)
    write(made, _authority(officer))
    return made


def write(plan, officer, **fields):
    duty = plan.campaign.duties.first()
    rows = {
        duty.pk: {"text": "逐户上门", "unit": "劳动关系科", "begins_on": date(2023, 7, 1), "ends_on": date(2023, 7, 20)}
    }
    fields = {"goals": "摸清底数", "lead": "环翠区人社局", "contact": "", "rows": rows} | fields
    plan.write(by=officer, on=ON, **fields)


def dispatch(*, sent=True, codes=(), **fields):
    fields = {"title": "阶段进展", "asks": "请报送进展。", "as_of": date(2023, 11, 13), "due_on": DUE} | fields
    made = Dispatch(codes=list(codes), **fields)
    made.draft(by=city(), on=ON)
    if sent:
        made.send(by=city(), on=ON)
    return made


def answer(district="371002", **fields):
    return Answer.objects.select_related("dispatch__campaign").get(dispatch=dispatch(**fields), district=district)


def supervision(district="371002", **fields):
    fields = {"subject": "核实线索", "text": "请核实并答复。", "due_on": DUE} | fields
    made = Supervision(district_id=district, **fields)
    made.send(by=city(), on=ON)
    return made


def officer(district):
    """Somebody of the district's authority, apart from the cast."""
    name = f"undertaking_{district}".lower()
    found = User.objects.filter(username=name).first()
    return found or make.person(name, "district_officer", district=district)


def joint_case(lead="371002", *others, **fields):
    others = District.objects.filter(pk__in=others or ["371083"])
    made = JointCase(district_id=lead, **{"title": "跨区欠薪", "reason": "门店分布在两个区市。"} | fields)
    made.open(by=officer(lead), on=ON, others=others)
    return made


def transfer(sender="371002", receiver="371083", **fields):
    fields = {"subject": "用工投诉", "facts": "用工地在你市。", "due_on": DUE} | fields
    made = Transfer(district_id=sender, receiver_id=receiver, **fields)
    made.offer(by=officer(sender), on=ON)
    return made


def warning(sender="371002", *others):
    made = SpreadWarning(district_id=sender, title="订单取消", text="请留意配套企业。")
    made.send(by=officer(sender), on=ON, others=District.objects.filter(pk__in=others or ["371083"]))
    return made


def publicity(by=None, **fields):
    """An article of the body of `by`; of Huancui's authority where nobody is named."""
    by = by or officer("371002")
    fields = {
        "title": "把问题解决在萌芽", "channel": "account", "theme": "practice", "medium": "人社公众号",
        "text": "走访见闻。", "published_on": ON, "link": "https://example.invalid/1", "reach": 1200,
    } | fields  # fmt: skip
    made = Publicity(district_id=by.organisation.district_id)
    made.record(by=by, on=ON, **fields)
    return made


BODIES = {"government": "district_supervisor", "workers": "union_coordinator", "employers": "employer_member"}


def body(side, district="371002"):
    """Somebody of one of the district's three bodies, apart from the cast; of the authority its head."""
    name = f"body_{side}_{district}".lower()
    found = User.objects.filter(username=name).first()
    return found or make.person(name, BODIES[side], district=district, side=side)


STORY = {
    "title": "技能等级进工资表", "background": "技术工人流失较多。", "measures": "协商约定五级技能工资。",
    "result": "一年内流失率下降一半。", "lessons": "",
}  # fmt: skip


def exemplar(district="371002", *, enterprise=None, **fields):
    """A nomination whose material is not written yet: of an enterprise, or, with `person`, of somebody."""
    kind = "person" if fields.get("person") else "firm"
    firm = enterprise or (None if kind == "person" else make.enterprise(district=district))
    made = Exemplar(
        district_id=district, enterprise=firm,
        **{"kind": kind, "honour": "national", "title": STORY["title"]} | fields,
    )  # fmt: skip
    made.nominate(by=body("workers", district), on=ON)
    return made


def judged(exemplar, *, on=ON, against=(), story=None):
    """The material written, the three bodies heard; `against`: the sides that do not agree."""
    rows = {criterion.key: {"grounds": "有制度文件和职工签字"} for criterion in criteria.criteria(exemplar.kind, on)}
    exemplar.write(by=exemplar.nominated_by, on=on, rows=rows, **STORY | (story or {}))
    exemplar.submit(by=exemplar.nominated_by, on=on)
    for side in BODIES:
        agrees = side not in against
        text = "" if agrees else "不符"
        exemplar.opine(by=body(side, exemplar.district_id), on=on, agrees=agrees, text=text)
    return exemplar


def on_notice(exemplar, *, on=ON, story=None):
    judged(exemplar, on=on, story=story)
    exemplar.recommend(by=body("government", exemplar.district_id), on=on, recommendation="同意推荐。")
    exemplar.announce(by=city(), on=on, decision="经评定，予以公示。")
    return exemplar


def published(exemplar, *, on=ON, story=None):
    """Published on the first day after its notice."""
    on_notice(exemplar, on=on, story=story)
    exemplar.publish(by=city(), on=exemplar.notice_until + timedelta(days=1), **exemplar.told())
    return exemplar


def practice(**fields):
    campaign = Campaign.objects.running(ON)
    told = {"kind": "firm", "subject": "威海听澜针织有限公司", "district_id": "371002"} | STORY | fields
    made = Practice(campaign=campaign, **told)
    made.enter(by=city(), on=ON)
    return made


def pilot(district="371002", *, running=True, on=ON, **fields):
    told = {
        "title": "零工驿站劳动关系服务", "content": "在驿站设劳动关系服务窗口。", "lead": "区人社局",
        "starts_on": on, "ends_on": date(2023, 12, 20),
    }  # fmt: skip
    made = Pilot(district_id=district, **told | fields)
    made.propose(by=officer(district), on=on)
    if running:
        made.approve(by=city(), on=on)
    return made


def _authority(person):
    """Whoever of that district may draft a plan."""
    if person.role in ("district_officer", "district_supervisor"):
        return person
    found = User.objects.filter(organisation__district=person.organisation.district, role="district_officer").first()
    return found or make.person("plan_officer", "district_officer", district=person.organisation.district_id)
