"""Plans, visits, decided levels and arrears of a demonstration, round by round, by the verbs used in earnest.

Everybody and everything is invented. What a visit finds follows from the enterprise and its level, by a chance with a
fixed seed, so that each load is the same.
"""

import random
from contextlib import suppress
from datetime import date, timedelta

from accounts.models import District, Organisation, User
from accounts.roles import Role

from . import decisions, inspections, sweeps
from .models import Answer, Arrears, Level, PlannedVisit, ReasonCheck, ScoreRun, Sweep
from .visits_forms import WHO_GO

# Mondays on which a district plans a round; it visits until the Thursday after.
ROUNDS = tuple(date(2023, 7, 31) + timedelta(days=28 * number) for number in range(5))
SIZE, PERCENT = 6, 20

# Item: how likely it does not conform, at a blue level and a red one; what was seen.
_SEEN = {
    "4.1": (0.01, 0.45, "抽查近三个月工资表和银行代发记录，{month}月工资尚有 {workers} 人未发，企业称货款未回。"),
    "7.2": (0.03, 0.60, "核对缴费凭证，{month}月起社会保险费未足额缴纳，涉及 {workers} 人。"),
    "7.1": (0.05, 0.30, "参保名单与工资表核对，{workers} 人未办理参保登记。"),
    "2.1": (0.06, 0.25, "抽查合同，{workers} 人入职超过一个月未订立书面劳动合同。"),
    "2.3": (0.08, 0.15, "职工名册缺少入职时间、联系方式。"),
    "4.3": (0.10, 0.25, "工资支付台账缺少职工签字，未提供工资清单。"),
    "5.2": (0.08, 0.10, "抽查考勤，{month}月有 {workers} 人加班超过 36 小时。"),
    "5.3": (0.10, 0.10, "未建立年休假台账，{workers} 人未休年休假且未支付报酬。"),
    "13.1": (0.12, 0.15, "考勤和奖惩制度未经职工讨论，也未公示。"),
    "11.1": (0.15, 0.15, "近一年没有召开职工大会。"),
    "3.2": (0.20, 0.20, "没有开展工资集体协商。"),
}
_ALSO = ("1.1", "1.2", "2.2", "6.1", "8.1", "9.1", "12.1")  # looked at, and in order
_MET = ("总经理、人力资源部负责人", "副总经理一名、职工代表两名", "厂长、工会主席", "办公室主任、财务负责人")


def plan(on):
    """Each district draws its list for the week and sends people."""
    if ScoreRun.objects.latest() is None:
        return
    for district in District.objects.filter(active=True):
        if Sweep.objects.filter(district=district, starts_on=on).exists():
            continue
        people = _people(district)
        supervisor = next(person for person in people if person.role == Role.DISTRICT_SUPERVISOR)
        plan = Sweep(
            title=f"{on.month}月{on.day}日当周走访", district=district, organisation=supervisor.organisation,
            starts_on=on, ends_on=on + timedelta(days=4), size=SIZE, percent=PERCENT,
        )  # fmt: skip
        with suppress(sweeps.NothingToDraw):  # a small demonstration runs out of enterprises
            sweeps.propose(plan, inspectors=people, by=supervisor, on=on, seed=f"{district.pk}-{on:%Y%m%d}")
            plan.confirm(by=supervisor, on=on)


def go(on):
    """Visit what was planned; a visit in ten meets nobody, one in fifteen is still being written."""
    chance = random.Random(f"{on}")  # noqa: S311 - nothing rests on it
    rows = PlannedVisit.objects.to_come().filter(sweep__state=Sweep.State.CONFIRMED, sweep__starts_on__lte=on)
    for visit in rows.select_related("enterprise", "sweep__organisation").order_by("district_id", "place"):
        _visit(visit, on, chance)
    settle(on, chance)


def settle(on, chance):
    """Of the arrears known for three weeks most are paid."""
    for row in Arrears.objects.owed().filter(found_on__lte=on - timedelta(days=21)).order_by("pk"):
        if chance.random() < 0.6:
            row.settle(by=_of(row.district_id, Role.DISTRICT_OFFICER), on=on, paid_on=on, note="已核对银行代发回单。")
        elif row.paid == 0 and row.amount > 100:
            row.pay(by=_of(row.district_id, Role.DISTRICT_OFFICER), on=on, amount=row.amount // 2, note="先付一半。")


def _visit(visit, on, chance):
    inspectors = list(visit.inspectors.order_by("pk"))
    writer, *others = inspectors
    record = inspections.begin(
        visit.enterprise, by=writer, on=on, kind=visit.sweep.kind, organisation=visit.sweep.organisation,
        inspectors=others, visit=visit,
    )  # fmt: skip
    fate = chance.random()
    if fate < 0.1:
        record.keep({"outcome": "absent", "situation": "厂区无人，已电话联系，另约时间。"}, {}, by=writer, on=on)
        record.submit(by=writer, on=on)
        return
    grave = (visit.level or 0) / Level.RED
    owing = _answer(record, grave, chance)
    _check(record, grave, chance)
    record.keep({"people_met": chance.choice(_MET)}, {}, by=writer, on=on)
    if fate > 0.93:
        return
    record.submit(by=writer, on=on)
    if owing:
        _owe(record, owing, chance, on)
    if visit.level and chance.random() < 0.8:
        _decide(record, chance, on)


def _answer(record, grave, chance):
    """Fill in the checklist; returns how many workers have wages owing, 0 for none."""
    items = {item.number: item for item in record.checklist.items.all()}
    heads, owing, made = max(3, (record.enterprise.heads or 20) // 6), 0, []
    month = (record.visited_on.month - 2) % 12 + 1
    for number, (blue, red, words) in _SEEN.items():
        if number not in items:
            continue
        wrong = chance.random() < blue + (red - blue) * grave
        workers = chance.randint(2, heads) if heads > 2 else 2
        value = (Answer.Value.NO if chance.random() < 0.7 else Answer.Value.PARTLY) if wrong else Answer.Value.YES
        evidence = words.format(month=month, workers=workers) if wrong else ""
        made.append(Answer(inspection=record, item=items[number], value=value, evidence=evidence))
        owing = workers if number == "4.1" and wrong else owing
    made += [
        Answer(inspection=record, item=items[number], value=Answer.Value.YES) for number in _ALSO if number in items
    ]
    Answer.objects.bulk_create(made)
    return owing


def _check(record, grave, chance):
    verdict = ReasonCheck.Verdict
    true = 0.45 + 0.4 * grave
    for check in record.reason_checks.all():
        drawn = chance.random()
        check.verdict = (
            verdict.CONFIRMED if drawn < true else verdict.REFUTED if drawn < true + 0.15 else verdict.UNSEEN
        )
        if check.verdict == verdict.REFUTED:
            check.note = "企业提供了补缴凭证。"
        check.save(update_fields=["verdict", "note"])


def _owe(record, workers, chance, on):
    months = chance.choice((1, 1, 1, 2, 2, 3))
    union = _of(record.district_id, Role.UNION_COORDINATOR)
    known = {
        "kind": Arrears.Kind.ARREARS, "workers": workers, "months": months, "delay_days": None,
        "amount": workers * months * chance.randint(3200, 6800) * 100, "source": Arrears.Source.VISIT,
        "found_on": on, "inspection": record, "remark": "现场核对工资表和职工反映。",
    }  # fmt: skip
    row = decisions.begun_arrears(record.enterprise, on=on)
    if chance.random() < 0.15:
        row.report(by=union, on=on, **known)
    else:
        row.record(by=_of(record.district_id, Role.DISTRICT_OFFICER), on=on, **known)


def _decide(record, chance, on):
    """Most visits bear the score out; some enterprises stand better than it says, a few worse."""
    row = decisions.begun(record.enterprise, on=on)
    if row.scored_level is None:
        return
    drawn, found = chance.random(), record.findings.count()
    level = row.scored_level + (0 if drawn < 0.7 else -1 if drawn < 0.92 else 1)
    row.level = min(max(level, Level.BLUE), Level.RED)
    if not row.heeds_facts:
        row.level = Level.RED
    words = {0: "现场核实与评分依据一致", -1: "主要依据经核实不属实，用工总体规范", 1: "现场发现的问题重于评分"}
    said = f"{words[(row.level > row.scored_level) - (row.level < row.scored_level)]}，发现问题 {found} 项。"
    fields = {"level": row.level, "reason": said, "inspection": record}
    if chance.random() < 0.1:
        row.propose(by=_of(record.district_id, Role.UNION_COORDINATOR), on=on, **fields)
    else:
        row.decide(by=_of(record.district_id, Role.DISTRICT_OFFICER), on=on, **fields)


def _people(district):
    """One of each who go on visits, the government side first."""
    return [_of(district.pk, role) for role in WHO_GO]


def _of(district, role):
    side = Organisation.Side.WORKERS if role == Role.UNION_COORDINATOR else Organisation.Side.GOVERNMENT
    people = User.objects.filter(organisation__district=district, organisation__side=side, role=role, is_active=True)
    return people.select_related("organisation__district").order_by("pk").first()
