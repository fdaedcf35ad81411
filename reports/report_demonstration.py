"""The reports of a demonstration, by the verbs used in earnest: eight districts at their summaries. All invented.

On the demonstration's day, weeks before the report is due, some are written and two are in; who sets the day to the
middle of December finds all of them in, one of them late, and the city's summary issued. A load that was cut short
begins anew: what was done is not done twice.
"""

import re
from datetime import date

from accounts.models import Organisation, User
from accounts.roles import Role
from campaigns.models import Campaign

from . import casebook, drafting
from .models import Key, Report, Stage, State, Summary

WENDENG, RONGCHENG, RUSHAN, HUANCUI = "371003", "371082", "371083", "371002"
GAOQU, JINGQU, LINGANG, NANHAI = "371071", "371072", "371073", "WHNH"
_EARLY, _LATER, _LAST = (WENDENG, RONGCHENG, RUSHAN, GAOQU), (HUANCUI, JINGQU, LINGANG), (NANHAI,)
_SPEAKERS = {
    Organisation.Side.GOVERNMENT: Role.DISTRICT_SUPERVISOR, Organisation.Side.WORKERS: Role.UNION_COORDINATOR,
    Organisation.Side.EMPLOYERS: Role.EMPLOYER_MEMBER,
}  # fmt: skip
_GAP = re.compile(r"【请填写[^】]*】")
_WRITTEN = {
    Key.ORGANISATION: "7月上旬印发实施方案，成立由分管负责同志牵头的工作专班，召开动员部署会和业务培训会，"
    "劳动关系协调员、劳动保障监察员、工会指导员分片包干。",
    Key.EXAMPLES: "推荐两户企业参加劳动关系和谐企业评选，总结“欠薪苗头三日清零”做法，在行业协会推广。",
    Key.COOPERATION: "与相邻区市共享跨区域用工企业信息，联合走访建筑、水产加工企业；通过门户网站、公众号宣传政策。",
    Key.PROBLEMS: "部分小微企业用工管理基础薄弱，合同文本不规范；水产加工企业季节性用工流动大，协商代表难以固定。",
    Key.PLANS: "一是对未销号的整改事项逐户跟踪；二是做好岁末年初工资支付保障；三是推动行业性工资协商扩面。",
}  # fmt: skip
_OF_THE_CITY = _WRITTEN | {
    Key.ORGANISATION: "市协调劳动关系三方召开动员部署会，建立专班推进、按期调度、不定期督促的工作机制，下发调度四期。",
    Key.EXAMPLES: "从各区市推荐的典型中遴选示范企业，编印典型案例，在全市推广早期介入、行业协商等做法。",
}


def events():
    """(day, what happens, by what)"""
    yield date(2023, 11, 6), "四个区市起草总结", lambda on: _begin(_EARLY, on)
    yield date(2023, 11, 13), "三个区市起草总结", lambda on: _begin(_LATER, on)
    yield date(2023, 11, 15), "三个区市报送总结", lambda on: _submit((WENDENG, RUSHAN, GAOQU), on)
    yield date(2023, 11, 17), "接收、退回总结", _judge
    yield date(2023, 11, 20), "起草全市总结", _sum_up
    yield date(2023, 12, 11), "各区市报送总结", _submit_most
    yield date(2023, 12, 13), "接收总结", _accept
    yield date(2023, 12, 16), "最后一个区市逾期报送", lambda on: (_begin(_LAST, on), _submit(_LAST, on), _accept(on))
    yield date(2023, 12, 18), "印发全市总结", _issue


def _city():
    return User.objects.get(username="city")


def _of(district, side):
    people = User.objects.filter(organisation__district=district, role=_SPEAKERS[side], is_active=True)
    return people.filter(organisation__side=side).first()


def _lead(district):
    return _of(district, Organisation.Side.GOVERNMENT)


def _begin(districts, on):
    campaign = Campaign.objects.running(on)
    for district in districts:
        if not Report.objects.filter(campaign=campaign, district=district).exists():
            report = Report(campaign=campaign, district_id=district)
            report.begin(by=_lead(district), on=on)
            if district != LINGANG:  # has only just begun
                _write(report, _WRITTEN, by=_lead(district), on=on)
                _pick(report, by=_lead(district), on=on)


def _draft_anew(report, drafts, words, *, by, on):
    """The texts as the figures now write them, with what only people know filled in."""
    for section in report.sections.all():
        text = drafts[Key(section.key)] or section.text
        report.write(by=by, on=on, version=section.version, key=section.key, text=text)
    _write(report, words, by=by, on=on)


def _write(report, words, *, by, on):
    for section in report.sections.all():
        told = words.get(Key(section.key), "")
        text = _GAP.sub(told, section.text) if _GAP.search(section.text) else section.text or told
        if text != section.text:
            report.write(by=by, on=on, version=section.version, key=section.key, text=text)


def _pick(report, *, by, on):
    for candidate in casebook.offered(report)[:2]:
        kind, _, number = candidate.key.partition("-")
        told = {name: getattr(candidate, name) for name in ("title", "background", "action", "result")}
        report.pick(by=by, on=on, source_type_id=int(kind), source_id=int(number), **told)


def _confirm(report, on, sides=tuple(_SPEAKERS)):
    for side in sides:
        if not report.is_confirmed_by(side):
            report.confirm(by=_of(report.district_id, side), on=on)


def _submit(districts, on):
    for report in Report.objects.filter(district__in=districts, campaign=Campaign.objects.running(on)):
        if report.is_writable:
            lead = _lead(report.district_id)
            _draft_anew(report, drafting.drafts(report, on=on), _WRITTEN, by=lead, on=on)
            _confirm(report, on)
        if report.state == State.CONFIRMED:
            report.submit(by=_lead(report.district_id), on=on)


def _judge(on):
    """高区 is taken, 乳山 goes back, 荣成 is confirmed by all three and 环翠 by its union alone."""
    for report in Report.objects.filter(state=State.SUBMITTED, district__in=(GAOQU, RUSHAN)):
        if report.district_id == GAOQU:
            report.accept(by=_city(), on=on)
        else:
            remarks = {Key.SCREENING: "请核对欠薪人数和金额，与台账逐户对应。", Key.PROBLEMS: "请结合本市实际补充。"}
            report.give_back(by=_city(), on=on, remarks={key.value: words for key, words in remarks.items()})
    for report in Report.objects.filter(state=State.DRAFTING, district__in=(RONGCHENG, HUANCUI)):
        _confirm(report, on, *([(Organisation.Side.WORKERS,)] if report.district_id == HUANCUI else []))


def _sum_up(on):
    campaign = Campaign.objects.running(on)
    if not Summary.objects.filter(campaign=campaign).exists():
        summary = Summary(campaign=campaign)
        summary.begin(by=_city(), on=on)
        _write(summary, _OF_THE_CITY, by=_city(), on=on)
        for standing in summary.gathered(on).standings:
            for case in standing.submission.cases[:1] if standing.submission else ():
                summary.pick(by=_city(), on=on, told_by=standing.district, **case)


def _submit_most(on):
    _submit((*_EARLY, *_LATER), on)


def _accept(on):
    for report in Report.objects.filter(state=State.SUBMITTED):
        report.accept(by=_city(), on=on)


def _issue(on):
    """With the drafts written anew, now that all figures are there."""
    summary = Summary.objects.filter(campaign=Campaign.objects.running(on), state=Stage.DRAFTING).first()
    if summary is not None:
        _draft_anew(summary, drafting.of_the_city(summary.gathered(on)), _OF_THE_CITY, by=_city(), on=on)
        summary.issue(by=_city(), on=on)
