"""A campaign of a demonstration, by the verbs used in earnest: plans, rounds of dispatch, supervision. All invented.

Most districts answer in time; 临港 tends to be late, 乳山 tells one figure otherwise than the portal. A load that was
cut short begins anew: what was done is not done twice.
"""

from datetime import date, timedelta

from accounts.models import District, User
from accounts.roles import Role
from casework.comments import Comment, comment

from . import exemplar_demonstration, figures
from .models import Answer, Campaign, Dispatch, JointCase, Plan, SpreadWarning, Supervision, Transfer

LATE, CORRECTS = "371073", "371083"
PLANNED, CONFIRMED, ACCEPTED = date(2023, 7, 4), date(2023, 7, 6), date(2023, 7, 10)
# Sent, due, title, what is asked.
ROUNDS = (
    (date(2023, 7, 24), date(2023, 7, 28), "风险摸排阶段进展",
     "请报送上门走访、体检、开具用工处方的进展，整改台账建立情况，以及摸排中发现的突出问题。"),
    (date(2023, 8, 21), date(2023, 8, 25), "协商要约阶段进展",
     "请报送要约发出、答复、签订集体合同的进展，企业拒绝协商的说明原因和督促情况。"),
    (date(2023, 10, 16), date(2023, 10, 20), "指导服务阶段进展",
     "请报送新办企业指导、规章制度指导、裁员指导的进展，以及整改事项销号情况。"),
    (date(2023, 11, 14), date(2023, 11, 17), "总结前进展",
     "请对照实施方案逐项报送完成情况；未完成的写明完成日期；提出拟推荐的典型经验。"),
)  # fmt: skip
_OVERDUE = "超期未销号整改事项"
_FIGURES = ("risk.visits", "risk.checkups", "risk.prescriptions", "risk.ledger_closed", "bargain.offers")
_MEASURES = {
    "上门走访摸排": "按行业和风险等级分组走访，中高风险企业逐户上门，其余企业抽查。",
    "劳动用工法律体检": "对照体检清单逐项核对，现场告知问题，企业负责人签字。",
    "出具用工处方": "体检后五个工作日内出具用工处方，写明改进建议和时限。",
    "建立工作台账": "整改事项逐条登记，明确时限和负责人，每周调度。",
    "正常经营企业协商": "以技能要素参与分配、弹性工作为主题集中发出要约。",
    "生产经营困难企业协商": "就薪酬水平、支付周期、稳定岗位与困难企业逐户协商。",
    "新办企业指导": "与市场监管、税务部门共享新办企业名单，发放用工指南。",
    "重大风险提前介入": "三方每周会商苗头信息，当日核实、三日内拿出处置意见。",
    "宣传引导": "通过门户网站、公众号和企业微信群宣传典型做法。",
    "报送总结": "12月10日前完成本区市总结初稿，三方会签后报送。",
}
_GOALS = (
    "以预防为先、化解为主，全面摸清企业劳动用工风险底数，推动协商要约落地，守住不发生系统性、区域性劳动关系风险的底线。"
)


def events():
    """(day, what happens, by what)"""
    yield PLANNED, "各区市起草、提交实施方案", _plan
    yield CONFIRMED, "工会、企业方确认实施方案", _confirm
    yield ACCEPTED, "市三方办审核实施方案，设定目标", _accept
    for number, (sent_on, due_on, title, _) in enumerate(ROUNDS):
        yield sent_on, f"下发调度：{title}", lambda on, number=number: _send(on, number)
        yield due_on, "各区市答复调度", _answer
        yield due_on + timedelta(days=3), "迟到的答复，审核答复", _review
    yield date(2023, 9, 12), "发出督促", _supervise
    yield date(2023, 9, 20), "答复、办结督促", _reply
    yield date(2023, 11, 15), "再次发出督促", _supervise_again
    yield date(2023, 11, 16), "督促件旁留言", _talk
    yield date(2023, 9, 5), "发起联合办案，移送事项", _cooperate
    yield date(2023, 9, 18), "联合办案进展，答复移送", _go_on
    yield date(2023, 11, 13), "向相邻区市发出风险提示", _warn
    yield from exemplar_demonstration.events()


def _city():
    return User.objects.get(username="city")


def _of(district, role):
    return User.objects.filter(organisation__district=district, role=role, is_active=True).first()


def _plan(on):
    campaign = Campaign.objects.running(on)
    for district in District.objects.filter(active=True):
        if Plan.objects.filter(campaign=campaign, district=district).exists():
            continue
        officer, head = _of(district, Role.DISTRICT_OFFICER), _of(district, Role.DISTRICT_SUPERVISOR)
        plan = Plan(district=district, campaign=campaign)
        plan.draft(by=officer, on=on)
        rows = {}
        for duty in campaign.duties.select_related("phase"):
            during = duty.phase or campaign
            rows[duty.pk] = {
                "text": _MEASURES.get(duty.title, ""), "unit": officer.organisation.name,
                "begins_on": duty.phase.begins_on if duty.phase else campaign.starts_on, "ends_on": during.ends_on,
            }  # fmt: skip
        contact = f"{officer.name}　0631-00000{district.rank:02}"
        plan.write(by=officer, on=on, goals=_GOALS, lead=officer.organisation.name, contact=contact, rows=rows)
        plan.submit(by=head, on=on)


def _confirm(on):
    for plan in Plan.objects.waiting().filter(union_confirmed_by=None):
        plan.union_confirm(by=_of(plan.district_id, Role.UNION_COORDINATOR), on=on, opinion="无意见。")
        plan.employers_confirm(by=_of(plan.district_id, Role.EMPLOYER_MEMBER), on=on)


def _accept(on):
    city = _city()
    if Plan.objects.filter(accepted_on=on).exists():
        return
    for plan in Plan.objects.waiting().filter(campaign__current=True):
        if plan.district_id == LATE:
            plan.send_back(by=city, on=on, reason="“生产经营困难企业协商”的责任单位应当包括总工会，请补充后重新提交。")
        else:
            plan.accept(by=city, on=on)
    campaign = Campaign.objects.running(on)
    for figure in figures.catalogue():
        if figure.code not in _FIGURES:
            continue
        rows = {district.pk: 60 - 5 * district.rank for district in District.objects.filter(active=True)}
        campaign.set_targets(by=city, on=on, code=figure.code, rows=rows)


def _send(on, number):
    sent_on, due_on, title, asks = ROUNDS[number]
    if Dispatch.objects.filter(title=title).exists():
        return
    codes = [figure.code for figure in figures.catalogue() if figure.code in _FIGURES]
    dispatch = Dispatch(title=title, asks=asks, codes=codes, as_of=sent_on - timedelta(days=1), due_on=due_on)
    dispatch.draft(by=_city(), on=on)
    dispatch.send(by=_city(), on=on)


def _answer(on):
    for answer in Answer.objects.owed().filter(due_on=on).exclude(district=LATE):
        _say(answer, on)


def _say(answer, on):
    rows = {}
    counted = answer.counted()
    if counted and answer.district_id == CORRECTS:
        code, number = next(iter(counted.items()))
        rows = {code: {"told": float(number or 0) + 2, "why": "另有两户走访记录尚未录入平台。"}}
    answer.answer(
        by=_of(answer.district_id, Role.DISTRICT_OFFICER), on=on, rows=rows,
        progress="按实施方案推进，走访、体检、协商各项工作均在进度内，台账事项每周调度一次。",
        problems="少数企业负责人长期不在本地，复核时间难以约定。", plans="对未销号事项逐项约定日期，本月底前完成复核。",
    )  # fmt: skip


def _review(on):
    city = _city()
    late = Answer.objects.owed().filter(district=LATE, due_on__lt=on)
    for answer in late if on < ROUNDS[-1][0] else ():
        _say(answer, on)
    for answer in Answer.objects.waiting().select_related("dispatch"):
        if answer.due_on == ROUNDS[-1][1] and answer.district_id in ("371072", "WHNH"):
            continue  # the city has not come to it yet
        if answer.dispatch.title == ROUNDS[1][2] and answer.district_id == "371003" and not answer.again_due_on:
            answer.send_back(
                by=city, on=on, reason="请补充拒绝协商企业的名单和督促情况。", again_due_on=on + timedelta(days=4)
            )
            _say(answer, on)
        answer.accept(by=city, on=on)
    for dispatch in Dispatch.objects.filter(state=Dispatch.State.SENT):
        if not Answer.objects.owed().filter(dispatch=dispatch).exists():
            dispatch.close(by=city, on=on)


def _supervise(on):
    for district, subject in (("371082", "核实集体讨薪苗头"), (LATE, "尽快重新提交实施方案")):
        if Supervision.objects.filter(subject=subject).exists():
            continue
        text = f"请就“{subject}”说明情况、已采取的措施和完成日期。"
        Supervision(
            district_id=district, subject=subject, text=text, due_on=on + timedelta(days=6)
        ).send(by=_city(), on=on)  # fmt: skip


def _reply(on):
    for note in Supervision.objects.owed():
        note.answer(
            by=_of(note.district_id, Role.DISTRICT_OFFICER),
            on=on,
            reply="已会同工会上门核实，相关情况和完成日期已列入台账。",
        )
        note.close(by=_city(), on=on)
    for plan in Plan.objects.filter(state=Plan.State.RETURNED):
        plan.submit(by=_of(plan.district_id, Role.DISTRICT_SUPERVISOR), on=on)
        plan.union_confirm(by=_of(plan.district_id, Role.UNION_COORDINATOR), on=on)


def _supervise_again(on):
    if Supervision.objects.filter(sent_on=on).exists():
        return
    Supervision(
        district_id=LATE, subject="第三期调度答复逾期", due_on=on + timedelta(days=2),
        text="上期调度逾期三日答复，请说明原因，并确保本期按时报送。",
    ).send(by=_city(), on=on)  # fmt: skip
    Supervision(
        district_id="371071", subject=_OVERDUE, due_on=on + timedelta(days=7),
        text="平台显示有整改事项超过时限未销号，请逐项说明原因和预计销号日期。",
    ).send(by=_city(), on=on)  # fmt: skip


def _talk(on):
    note = Supervision.objects.filter(subject=_OVERDUE).first()
    if note is None or Comment.objects.on(note).exists():
        return
    officer, head = (_of(note.district_id, role) for role in (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR))
    comment(note, f"其中两项属同一企业，可以合并说明。@{officer.name}", by=_city(), on=on, mentions=[officer])
    comment(note, f"明天上午先去现场，材料请一并带上。@{officer.name}", by=head, on=on, mentions=[officer])


def _cooperate(on):
    if JointCase.objects.exists():
        return
    lead = _of("371002", Role.DISTRICT_OFFICER)
    others = District.objects.filter(pk__in=["371072", "371071"])
    JointCase(
        district_id="371002", title="连锁餐饮企业跨区欠薪",
        reason="同一经营者在三个区开设门店，近期陆续停业，职工分别向各区投诉，需要统一核实用工人数和欠薪数额。",
    ).open(by=lead, on=on, others=others)  # fmt: skip
    for receiver, subject in (("371082", "渔业加工用工投诉"), ("371003", "建筑劳务分包欠薪线索")):
        facts = "职工反映的用工地在你市，企业登记地在我区；已核对身份和劳动合同，投诉材料随件移交。"
        Transfer(
            district_id="371002", receiver_id=receiver, subject=subject, facts=facts, due_on=on + timedelta(days=10)
        ).offer(by=lead, on=on)


def _go_on(on):
    for case in JointCase.objects.open():
        case.note(
            by=_of("371072", Role.DISTRICT_OFFICER), on=on, text="经区两家门店职工23人，工资表已核对，欠薪两个月。"
        )
        case.note(
            by=_of("371071", Role.UNION_COORDINATOR), on=on, text="高区工会已联系职工代表，愿意统一协商支付计划。"
        )
    for row in Transfer.objects.waiting():
        officer = _of(row.receiver_id, Role.DISTRICT_OFFICER)
        if row.receiver_id == "371082":
            row.accept(by=officer, on=on)
            row.finish(by=officer, on=on + timedelta(days=1), result="企业已补发工资，职工签字确认。")
        else:
            row.refuse(by=officer, on=on, answer="经核实，用工地在高区，请直接移送高区。")


def _warn(on):
    if SpreadWarning.objects.exists():
        return
    warning = SpreadWarning(
        district_id="371073", title="服装加工订单集中取消",
        text="区内三家服装加工企业的同一客户取消年底订单，可能影响相邻区市的配套企业，请留意停工、欠薪苗头。",
    )  # fmt: skip
    others = District.objects.filter(pk__in=["371002", "371003", "371072"])
    warning.send(by=_of("371073", Role.DISTRICT_OFFICER), on=on, others=others)
    warning.acknowledge(by=_of("371003", Role.DISTRICT_OFFICER), on=on, measures="已排查配套企业6户，暂未发现停工。")
