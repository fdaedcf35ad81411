"""Measure four of a demonstration: nominations at every step, pilots, and a library to read. All invented."""

from datetime import date, timedelta

from django.db.models import F

from accounts.models import District, User
from accounts.roles import Role
from enterprises.models import Enterprise

from . import criteria
from .models import Exemplar, Pilot, Practice

# How far each nomination has come by the last day: the step at which it rests.
NOMINATIONS = (
    ("371002", "firm", "national", "技能等级进工资表，技术工人留得住", "", "", "published"),
    ("371082", "firm", "city", "育龄职工弹性工时协商", "", "", "published"),
    ("371003", "person", "national", "“一杯茶”调解法", "姜海宁", "某镇街工会联合会劳动关系协调员", "published"),
    ("371083", "firm", "city", "淡季轮训不裁员", "", "", "withdrawn"),
    ("371071", "firm", "national", "工资支付月公示", "", "", "notice"),
    ("371072", "person", "city", "跨企业集体协商指导员", "丛立新", "区总工会集体协商指导员", "disputed"),
    ("371002", "person", "national", "外卖骑手算法协商", "于晓帆", "骑手工会联合会主席", "recommended"),
    ("371073", "firm", "city", "新就业形态恳谈会", "", "", "review"),
    ("371003", "firm", "city", "集体合同“双代表”巡查", "", "", "draft"),
)
_STEPS = ("draft", "review", "recommended", "notice", "disputed", "published", "withdrawn")
_STORIES = {
    "技能等级进工资表，技术工人留得住": (
        "2022年起技术工人流失较多，一线职工反映“干多年和刚进厂差不多”。",
        "工会发出协商要约，职工代表与企业就技能等级工资开展三轮协商，约定五级技能津贴每月200元至1200元，写入工资专项集体合同；"
        "每季度由职企双方共同组织评定，结果张榜公布。",
        "一年内评定128人次，技术岗位流失率由14%降到6%，没有发生工资争议。",
        "津贴标准、评定办法和公布方式可以整套照搬，适合有技能等级的制造业企业。",
    ),
    "“一杯茶”调解法": (
        "沿街小微企业多，争议小而急，职工不愿走程序。",
        "把调解室设在社区，先听职工说、再陪企业算账、最后三方坐下来喝杯茶定方案；当场履行的当场签字，分期履行的逐期回访。",
        "全年调解小微企业争议56件，52件当场达成一致。",
        "场地、流程和回访表已经成文，镇街可以直接使用。",
    ),
}  # fmt: skip
_STORY = (
    "企业用工以一线职工为主，以往沟通靠口头，事情说不清。",
    "职工方和企业方每月恳谈一次，议题提前三天公布；议定的事项写成清单，明确负责人和完成日期，下月逐项对账。",
    "上半年议定的21件事项办结19件，职工满意度测评由71分升到90分。",
    "恳谈议题表、事项清单和对账办法简便易行，规模以上企业都可以采用。",
)
_GROUNDS = "有制度文件、会议记录和职工签字，随附件报送。"
PILOTS = (
    ("371002", "零工驿站劳动关系服务", "区人社局",
     "在两处零工驿站设劳动关系服务窗口，提供合同示范文本、调解和维权指引。", "shared"),
    ("371082", "渔业船员用工协商机制", "市人社局",
     "由渔业协会和渔业工会就休渔期待遇、出海天数开展行业协商。", "running"),
    ("371071", "园区“劳动关系联合工作站”", "区科技创新局",
     "园区设联合工作站，人社、工会、企业代表轮值，受理和化解园区企业争议。", "silent"),
    ("371083", "季节性用工工资预存", "市人社局", "农产品加工企业按季预存一个月工资，职工可在线查看。", "proposed"),
)  # fmt: skip
_NOTES = (
    ("measure", "制定服务清单和轮值表，三方派人值守。"),
    ("measure", "印制用工协议示范文本2000份，在窗口和网上发放。"),
    ("progress", "累计接待职工和企业186人次，现场调解争议17件。"),
    ("result", "试点区域投诉量比上季度下降三成。"),
)


def events():
    yield date(2023, 9, 1), "推荐典型，填写材料", _nominate
    yield date(2023, 9, 6), "三方评议典型", _judge
    yield date(2023, 9, 11), "区市推荐典型至市级", _recommend
    yield date(2023, 9, 14), "评定、公示典型", _announce
    yield date(2023, 9, 22), "公布典型，编入经验库", _publish
    yield date(2023, 10, 30), "撤下一篇典型经验", _withdraw
    yield date(2023, 11, 15), "再次公示典型，登记异议", _announce_again
    yield date(2023, 7, 20), "申报、批准改革试点", _propose
    for day in (date(2023, 8, 18), date(2023, 9, 15), date(2023, 10, 13), date(2023, 11, 10)):
        yield day, "记录试点进展", _note
    yield date(2023, 11, 13), "验收试点", _conclude


def _city():
    return User.objects.get(username="city")


def _of(district, role):
    return User.objects.filter(organisation__district=district, role=role, is_active=True).first()


def _rest_of(row):
    """The step at which a nomination or a pilot comes to rest."""
    return {title: rest for _, _, _, title, _, _, rest in NOMINATIONS}.get(row.title) or {
        title: rest for _, title, _, _, rest in PILOTS
    }[row.title]


def _reaches(row, step):
    return _STEPS.index(_rest_of(row)) >= _STEPS.index(step)


def _nominate(on):
    if Exemplar.objects.exists():
        return
    taken = []
    for district, kind, honour, title, person, unit, _ in NOMINATIONS:
        firm = None
        if kind == "firm":
            here = Enterprise.objects.active().filter(district=district).exclude(pk__in=taken)
            firm = here.order_by(F("heads").desc(nulls_last=True), "pk").first()
            if firm is None:
                continue
            taken.append(firm.pk)
        union = _of(district, Role.UNION_COORDINATOR)
        row = Exemplar(
            district_id=district, kind=kind, honour=honour, title=title, person=person, unit=unit, enterprise=firm
        )
        row.nominate(by=union, on=on)
        if not _reaches(row, "review"):
            continue
        story = dict(zip(("background", "measures", "result", "lessons"), _STORIES.get(title) or _STORY, strict=True))
        grounds = {criterion.key: {"grounds": _GROUNDS} for criterion in criteria.criteria(kind, on)}
        row.write(by=union, on=on, title=title, rows=grounds, **story)
        row.submit(by=union, on=on)


def _judge(on):
    for row in Exemplar.objects.in_review().filter(opinions=None):
        here = row.district_id
        row.opine(by=_of(here, Role.DISTRICT_OFFICER), on=on, agrees=True, text="近三年无欠薪和劳动争议败诉记录。")
        row.opine(by=_of(here, Role.UNION_COORDINATOR), on=on, agrees=True)
        if _reaches(row, "recommended"):
            row.opine(by=_of(here, Role.EMPLOYER_MEMBER), on=on, agrees=True, text="在同行中有示范作用。")


def _recommend(on):
    for row in Exemplar.objects.heard():
        words = "三方一致同意推荐，做法可在全市推广。"
        row.recommend(by=_of(row.district_id, Role.DISTRICT_SUPERVISOR), on=on, recommendation=words)


def _announce(on):
    for row in Exemplar.objects.recommended():
        if _rest_of(row) in ("published", "withdrawn"):
            row.announce(by=_city(), on=on, decision="经评定，做法扎实、成效明显，拟公布为典型。")


def _publish(on):
    for row in Exemplar.objects.notice_over(on).filter(objection=""):
        row.publish(by=_city(), on=on, **row.told())


def _withdraw(on):
    for row in Exemplar.objects.published().select_related("practice"):
        if _rest_of(row) == "withdrawn" and row.practice.state == Practice.State.KEPT:
            row.practice.withdraw(by=_city(), on=on, reason="企业近期出现拖欠加班费投诉，核实期间撤下。")


def _announce_again(on):
    for row in Exemplar.objects.recommended():
        if _rest_of(row) in ("notice", "disputed"):
            row.announce(by=_city(), on=on, decision="经评定，拟公布为典型。")
        if _rest_of(row) == "disputed":
            words = "有职工反映材料中的签约企业数与实际不符，请核实。"
            row.object(by=_of(row.district_id, Role.EMPLOYER_MEMBER), on=on + timedelta(days=1), objection=words)


def _propose(on):
    if Pilot.objects.exists():
        return
    for district, title, lead, content, rest in PILOTS:
        lead = f"{District.objects.get(pk=district).name}{lead[1:]}"
        pilot = Pilot(
            district_id=district, title=title, lead=lead, content=content, starts_on=on + timedelta(days=5),
            ends_on=date(2023, 11, 10) if rest == "shared" else date(2023, 12, 20),
        )  # fmt: skip
        pilot.propose(by=_of(district, Role.DISTRICT_OFFICER), on=on)
        if rest != "proposed":
            pilot.approve(by=_city(), on=on)


def _note(on):
    """One of the pilots falls silent after its first note."""
    for pilot in Pilot.objects.running():
        number = pilot.notes.count()
        if number < (1 if _rest_of(pilot) == "silent" else len(_NOTES)) and not pilot.notes.filter(on=on).exists():
            kind, text = _NOTES[number]
            by = _of(pilot.district_id, Role.UNION_COORDINATOR if number % 2 else Role.DISTRICT_OFFICER)
            pilot.note(by=by, on=on, kind=kind, text=text)


def _conclude(on):
    for pilot in Pilot.objects.running():
        if _rest_of(pilot) != "shared":
            continue
        result = "两处驿站服务零工1860人次，调解争议47件，签订用工协议620份；建议在全市零工市场推开。"
        pilot.conclude(by=_of(pilot.district_id, Role.DISTRICT_SUPERVISOR), on=on, result=result)
        pilot.accept(by=_city(), on=on, opinion="达到预期目标，同意验收。")
        pilot.share(by=_city(), on=on, **pilot.told() | {"lessons": "窗口设置、服务清单和协议文本可以直接使用。"})
