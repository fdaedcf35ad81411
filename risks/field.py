"""The 体检 as it is written on a phone (casework.field). It arrives as a draft, which is handed in on its page."""

from datetime import timedelta

from accounts.roles import Can
from casework import field
from casework.today import today
from enterprises.field import enterprise_of, place_of

from . import inspections, limits
from .models import Answer, Checklist, ChecklistVersion, Inspection, PlannedVisit, Sweep
from .models.inspections import Outcome

_AHEAD = timedelta(days=7)


def begin(sent, *, by, on):
    """By the questions that were on the phone, which may be those of an earlier version of the checklist."""
    firm = enterprise_of(sent, by)
    visit = planned(by, on).filter(enterprise=firm).first()
    draft = inspections.begin(
        firm, by=by, on=on, organisation=by.organisation, visit=visit, uid=sent.uid, checklist=_asked_by(sent),
        kind=visit.sweep.kind if visit else limits.Kind.CHECKUP,
        inspectors=[person for person in visit.inspectors.all() if person != by] if visit else (),
    )  # fmt: skip
    draft.merge(sent.values, draft.values(), by=by, on=on)
    return draft


def _asked_by(sent):
    answered = [name.removeprefix("answer-") for name in sent.values if name.startswith("answer-")]
    numbers = [int(number) for number in answered if number.isascii() and number.isdecimal() and len(number) < 10]
    return ChecklistVersion.objects.filter(items__in=numbers[:1]).first()


def planned(user, on):
    """Visits of confirmed plans that this person is to make now or within a week."""
    rows = PlannedVisit.objects.visible_to(user).to_come().filter(inspectors=user, sweep__state=Sweep.State.CONFIRMED)
    return rows.filter(sweep__starts_on__lte=on + _AHEAD).select_related("enterprise", "sweep")


@field.register_places
def plans(user, on):
    for visit in planned(user, on).order_by("sweep__ends_on", "place")[:100]:
        day = visit.sweep.ends_on
        yield place_of(visit.enterprise, why=f"走访计划 · {day.month}月{day.day}日前", kind="inspection")


def sheet():
    checklist = Checklist.objects.first()
    current = checklist and checklist.current(today())
    subjects = current.by_subject() if current else []
    return {"subjects": subjects, "answers": Answer.Value.choices, "outcomes": Outcome.choices, "checklist": current}


field.register(
    field.Kind(
        "inspection", "用工体检", "ti-clipboard-check", Inspection, Can.INSPECT, "risks/inspection_sheet.html", sheet,
        begin, defaults=lambda user: {"outcome": Outcome.DONE},
    )
)  # fmt: skip
