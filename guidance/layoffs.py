"""Lay-offs (经济性裁员): whether a plan is statutory, when it may begin, and what speaks against it.

劳动合同法 第四十一条、第四十二条 and 企业经济性裁减人员规定 (劳部发〔1994〕447号) 第四条. The plan is reported, not
approved: what is wrong with it is told, with its article, and nothing here forbids to enter what has happened.

Pure functions of plain values. Amounts in 分, days as dates.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from casework import deadlines, thresholds

LABOUR_LAW = "《劳动合同法》"
RULE = "《企业经济性裁减人员规定》第四条"
_PARAGRAPH = f"{LABOUR_LAW}第四十一条"
RESTRUCTURING, DIFFICULT, CONVERSION, CHANGED = "restructuring", "difficult", "conversion", "changed"
# The six groups of 第四十二条, by the field that counts them.
PROTECTED = {
    "exposed": ("从事接触职业病危害作业未作离岗前职业健康检查，或者疑似职业病在诊断、医学观察期间的", "第一项"),
    "injured": ("在本单位患职业病或者因工负伤并确认丧失、部分丧失劳动能力的", "第二项"),
    "ill": ("患病或者非因工负伤，在规定的医疗期内的", "第三项"),
    "maternity": ("女职工在孕期、产期、哺乳期的", "第四项"),
    "near_retirement": ("在本单位连续工作满十五年，且距法定退休年龄不足五年的", "第五项"),
    "otherwise_protected": ("法律、行政法规规定的其他情形的", "第六项"),
}


@dataclass(frozen=True)
class Plan:
    """What the enterprise reported, as far as it is known. `listed`: how many people the list names."""

    cut: int
    staff: int
    ground: str = ""
    contracts_changed: bool | None = None  # 转产等: whether contracts were changed first
    explained_on: date | None = None
    heard_on: date | None = None
    reported_on: date | None = None
    starts_on: date | None = None
    listed: int = 0
    steps: str = ""
    compensation: str = ""
    budget: int | None = None
    owes_wages: bool | None = None
    owes_insurance: bool | None = None
    keeps_preferred: bool | None = None
    union_opinion: str = ""
    protected: dict = field(default_factory=dict)  # {field of PROTECTED: people}


@dataclass(frozen=True)
class Fault:
    """`grave`: against a rule of law; otherwise to be noted and advised. `sentence` ends with its source."""

    sentence: str
    grave: bool = True


# ── Whether it is a lay-off that the law knows ───────────────────────────────────────────────────────────────────────


def tests_met(cut, staff, *, on):
    """Sentences, one for each statutory test that `cut` of `staff` people meet on the day `on`; empty where none is.

    At least 20 people, or fewer and at least 10 % of all staff (劳动合同法 第四十一条第一款).
    """
    return thresholds.met("layoff", cut, staff=staff, on=on)


def verdict(cut, staff, *, on):
    """The statutory test in one sentence, met or not."""
    if met := tests_met(cut, staff, on=on):
        return "；".join(met) + "。"
    return (
        f"拟裁减{cut}人，占职工总数{staff}人的{share(cut, staff)}%，不足20人且不到职工总数的10%，"
        f"未达到{_PARAGRAPH}第一款的标准：不适用经济性裁员的报告程序，予以指导，不出具收到回执。"
    )


def share(cut, staff):
    """In percent, with one decimal."""
    return (Decimal(100 * cut) / staff).quantize(Decimal("0.1"))


# ── When ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def earliest_start(explained_on):
    """The first day on which people may be laid off: thirty days after union or staff were told (a Due)."""
    return deadlines.due("layoff.explain", explained_on)


def rehire_until(carried_out_on):
    """Until when those laid off come first where people are hired again: six months (a Due)."""
    return deadlines.due("layoff.rehire", carried_out_on)


def hand_over_by(carried_out_on):
    """By when files and social insurance are transferred: fifteen days (a Due)."""
    return deadlines.due("layoff.hand_over_file", carried_out_on)


# ── What speaks against it ───────────────────────────────────────────────────────────────────────────────────────────


def faults(plan, *, on):
    """What is wrong with a plan on the day `on`, grave first, in the order of the procedure: [Fault]."""
    found = list(_faults_of_statutory(plan) if tests_met(plan.cut, plan.staff, on=on) else _faults_below(plan))
    return sorted([*found, *_protected(plan), *_paid(plan)], key=lambda fault: not fault.grave)


def _faults_of_statutory(plan):
    yield from _grounds(plan)
    yield from _timing(plan)
    for missing, what in (
        (not plan.listed, "被裁减人员名单"),
        (plan.starts_on is None or not plan.steps, "裁减时间及实施步骤"),
        (not plan.compensation, "经济补偿办法"),
    ):
        if missing:
            yield Fault(f"方案缺少{what}（{RULE}第二项）。")
    if plan.listed and plan.listed != plan.cut:
        yield Fault(f"名单登记{plan.listed}人，与拟裁减的{plan.cut}人不一致，请核对。")
    if not plan.keeps_preferred:
        yield Fault(
            "尚未说明优先留用较长期限和无固定期限劳动合同人员、家庭无其他就业人员且有老人或者未成年人需扶养的人员"
            f"（{_PARAGRAPH}第二款）。"
        )
    if not plan.union_opinion:
        yield Fault(f"工会尚未提出意见（{LABOUR_LAW}第四十三条）。", grave=False)


def _grounds(plan):
    if not plan.ground:
        yield Fault(f"没有写明裁员的法定情形（{_PARAGRAPH}第一款）。")
    if plan.ground == CONVERSION and not plan.contracts_changed:
        yield Fault(
            f"转产、重大技术革新或者经营方式调整的，变更劳动合同后仍需裁减人员方可裁减（{_PARAGRAPH}第一款第三项）。"
        )


def _timing(plan):
    """A notice that comes too early, before anybody was told and heard, or too late to leave thirty days."""
    if plan.explained_on is None:
        yield Fault(f"还没有提前三十日向工会或者全体职工说明情况（{_PARAGRAPH}第一款）。")
        return
    earliest = earliest_start(plan.explained_on).on
    if plan.starts_on and plan.starts_on < earliest:
        days = (plan.starts_on - plan.explained_on).days
        when = f"仅提前{days}日" if days >= 0 else "在说明情况之前"
        yield Fault(
            f"计划{_said(plan.starts_on)}开始裁减，{when}：{_said(plan.explained_on)}说明情况的，"
            f"最早{_said(earliest)}方可裁减（{_PARAGRAPH}第一款）。"
        )
    if plan.heard_on is None:
        yield Fault(f"还没有听取工会或者职工的意见（{_PARAGRAPH}第一款）。")
    elif plan.heard_on < plan.explained_on:
        yield Fault(
            f"{_said(plan.heard_on)}听取意见早于{_said(plan.explained_on)}说明情况，请核对（{_PARAGRAPH}第一款）。"
        )
    if plan.reported_on is None:
        return
    heard = plan.heard_on or plan.explained_on
    if plan.reported_on < heard:
        what = "听取意见" if plan.heard_on else "说明情况"
        yield Fault(
            f"报告过早：{_said(plan.reported_on)}报告时尚未{what}（{_said(heard)}），"
            f"应在听取意见、修改方案后再报告（{RULE}第四项）。"
        )
    if plan.starts_on and plan.reported_on > plan.starts_on:
        yield Fault(
            f"报告过迟：{_said(plan.starts_on)}开始裁减，{_said(plan.reported_on)}才报告，"
            f"应先向人力资源社会保障部门报告裁减方案（{_PARAGRAPH}第一款）。"
        )


def _faults_below(plan):
    yield Fault(
        "未达到经济性裁员的标准，应依照第三十六条协商解除，或者依照第三十九条、第四十条逐人处理，"
        f"事先将理由通知工会（{LABOUR_LAW}第四十三条）。",
        grave=False,
    )


def _protected(plan):
    for name, (who, item) in PROTECTED.items():
        if people := plan.protected.get(name):
            yield Fault(f"拟裁减人员中有{people}名{who}，不得裁减（{LABOUR_LAW}第四十二条{item}）。")


def _paid(plan):
    if plan.owes_wages:
        yield Fault(f"拖欠的工资尚未付清，解除劳动合同时应一次付清（{LABOUR_LAW}第三十条、第八十五条）。")
    if plan.owes_insurance:
        yield Fault(f"欠缴的社会保险费尚未缴清（{LABOUR_LAW}第三十八条第三项、《社会保险法》第六十三条）。")
    unknown = [
        what
        for what, told in (("工资是否付清", plan.owes_wages), ("社会保险费是否缴清", plan.owes_insurance))
        if told is None
    ]
    if unknown:
        yield Fault(f"尚未核实{'、'.join(unknown)}。", grave=False)
    if plan.budget is None:
        yield Fault(f"没有经济补偿预算（{LABOUR_LAW}第四十六条、第四十七条）。", grave=False)


def told_early(carried_out_on, explained_on):
    """What is to be said of a lay-off that began; None where it was in time."""
    if explained_on is None:
        return f"未向工会或者全体职工说明情况即裁减（{_PARAGRAPH}第一款）。"
    earliest = earliest_start(explained_on).on
    if carried_out_on >= earliest:
        return None
    return f"{_said(carried_out_on)}裁减，早于依法可以裁减的{_said(earliest)}（{_PARAGRAPH}第一款）。"


def hiring_fault(hired_on, carried_out_on, *, notified, hired, former):
    """What is to be said of hiring `hired` people, `former` of them laid off before; None where nothing is.

    Within six months the enterprise tells those laid off and prefers them on equal terms.
    """
    if not hired or hired_on > rehire_until(carried_out_on).on:
        return None
    if not notified:
        return f"六个月内重新招用人员，没有通知被裁减的人员（{_PARAGRAPH}第三款）。"
    if not former:
        return f"六个月内招用{hired}人，没有被裁减的人员，请核实是否在同等条件下优先招用（{_PARAGRAPH}第三款）。"
    return None


# ── Compensation ─────────────────────────────────────────────────────────────────────────────────────────────────────


def months_of_pay(hired_on, left_on):
    """How many months' wages are due for the service from `hired_on` to `left_on`: a Decimal of halves.

    A month for each full year; six months and more count as a year, less than six months give half a month
    (劳动合同法 第四十七条第一款). The cap for high wages (第二款) is not applied. Raises ValueError where the
    service ends before it begins.
    """
    if left_on < hired_on:
        raise ValueError("the service ends before it begins")
    years = left_on.year - hired_on.year - ((left_on.month, left_on.day) < (hired_on.month, hired_on.day))
    anniversary = deadlines.months_after(hired_on, 12 * years)
    if left_on == anniversary and years:
        return Decimal(years)
    more = Decimal(1) if left_on >= deadlines.months_after(hired_on, 12 * years + 6) else Decimal("0.5")
    return years + more


def _said(day):
    return f"{day.year}年{day.month}月{day.day}日"
