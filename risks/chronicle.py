"""What the sweep tells of an enterprise's history: visits, levels, arrears, prescriptions, items, major risks."""

from accounts.roles import Can
from enterprises.chronicle import Event, rows, tell

from .models import Arrears, Handover, Inspection, LevelDecision, MajorRisk, Prescription, Rectification
from .models.inspections import Outcome


@tell("visits", "走访体检", Can.READ_INSPECTIONS)
def visits(enterprise, user):
    for row in rows(Inspection, enterprise, user, "organisation").exclude(visited_on=None):
        how = "" if row.outcome == Outcome.DONE else f"：{row.get_outcome_display()}"
        note = f"{row.organisation.short_name}，{row.get_state_display()}"
        yield Event(row.visited_on, f"{row.get_kind_display()}{how}", row.get_absolute_url(), note)


@tell("levels", "等级确认", Can.READ_LEVELS)
def levels(enterprise, user):
    for row in rows(LevelDecision, enterprise, user).decided():
        yield Event(row.decided_on, f"确认风险等级为{row.get_level_display()}色", "", row.reason)


@tell("arrears", "欠薪", Can.READ_ARREARS)
def arrears(enterprise, user):
    for row in rows(Arrears, enterprise, user):
        yield Event(row.found_on, f"发现{row.get_kind_display()}，涉及 {row.workers} 人", row.get_absolute_url())
        yield Event(row.paid_on, "欠薪付清", row.get_absolute_url())


@tell("remedies", "处方和整改", Can.READ_LEDGER)
def remedies(enterprise, user):
    for row in rows(Prescription, enterprise, user, "organisation").exclude(given_on=None):
        yield Event(row.given_on, "送达用工处方", row.get_absolute_url(), row.organisation.short_name)
    for row in rows(Rectification, enterprise, user):
        yield Event(row.opened_on, f"整改事项：{row.matter}", row.get_absolute_url(), f"时限 {row.due_on:%Y-%m-%d}")
        yield Event(row.closed_on, f"整改销号：{row.matter}", row.get_absolute_url())


@tell("majors", "重大风险", Can.HANDLE_MAJORS)
def majors(enterprise, user):
    for row in rows(MajorRisk, enterprise, user):
        yield Event(row.flagged_on, f"标记重大风险：可能引发{row.get_kind_display()}", row.get_absolute_url())
        yield Event(row.ended_on, "重大风险办结", row.get_absolute_url(), row.outcome)


@tell("handovers", "移交监察", Can.HAND_OVER)
def handovers(enterprise, user):
    for row in rows(Handover, enterprise, user):
        yield Event(row.sent_on, "移交劳动保障监察", row.get_absolute_url(), row.get_state_display())
