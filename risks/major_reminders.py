"""What of major risks, looks across the border and hand-overs may wait for a person."""

from accounts.roles import WHO_MAY, Can, Role
from casework.reminders import Kind, Matter, register

from .models import Disclosure, Handover, MajorRisk
from .models.handovers import HandoverState
from .models.majors import MajorState

_HEAD = (Role.DISTRICT_SUPERVISOR,)
_LEADS = WHO_MAY[Can.HANDLE_MAJORS]


def _supervisors(people):
    """{district code: its supervisors}."""
    found = {}
    for person in people:
        if person.role == Role.DISTRICT_SUPERVISOR and person.district:
            found.setdefault(person.district.pk, []).append(person)
    return found


def to_engage(people, on):
    supervisors = _supervisors(people)
    rows = MajorRisk.objects.filter(state=MajorState.FLAGGED, district__in=supervisors).select_related("enterprise")
    for risk in rows:
        for person in supervisors[risk.district_id]:
            yield _of(risk, person, "major_flagged", f"{risk.get_kind_display()}风险待部署处置", risk.flagged_on, True)


def _led(people):
    """(lead, risk being handled) where the lead can still open it."""
    leads = {person.pk: person for person in people}
    rows = MajorRisk.objects.filter(state=MajorState.ENGAGED, lead__in=leads).select_related("enterprise")
    for risk in rows:
        lead = leads[risk.lead_id]
        if lead.sees_whole_city or lead.organisation.district_id == risk.district_id:
            yield lead, risk


def to_note(people, on):
    noted = set(MajorRisk.objects.without_note(on).values_list("pk", flat=True))
    for lead, risk in _led(people):
        if risk.pk in noted:
            yield _of(risk, lead, "major_note", f"{risk.get_kind_display()}风险今日未记处置日志", on)


def to_settle(people, on):
    for lead, risk in _led(people):
        yield _of(risk, lead, "major_due", f"{risk.get_kind_display()}风险处置到期", risk.due_on)


def to_answer(people, on):
    supervisors = _supervisors(people)
    for disclosure in Disclosure.objects.waiting().filter(holder__in=supervisors).select_related("district"):
        for person in supervisors[disclosure.holder_id]:
            yield Matter(
                person, "disclosure", f"{disclosure.district.name}申请协查，待答复", disclosure.masked_name,
                disclosure.get_absolute_url(), disclosure.asked_on, awaited=True,
            )  # fmt: skip


def to_follow(people, on):
    """The inspection's time runs out: to ask there how far it is."""
    supervisors = _supervisors(people)
    rows = Handover.objects.filter(state__in=[HandoverState.RECEIVED, HandoverState.FILED], district__in=supervisors)
    for handover in rows.select_related("enterprise"):
        received = handover.state == HandoverState.RECEIVED
        what, day = ("移交监察受理到期", handover.accept_by) if received else ("监察调查到期", handover.investigate_by)
        for person in supervisors[handover.district_id]:
            yield _of(handover, person, "handover_due", what, day)


def _of(record, person, kind, what, day, awaited=False):
    return Matter(person, kind, what, record.enterprise.name, record.get_absolute_url(), day, awaited=awaited)


register(Kind("major_flagged", "重大风险待处置", to_engage, _HEAD))
register(Kind("major_note", "重大风险日志", to_note, _LEADS))
register(Kind("major_due", "重大风险处置到期", to_settle, _LEADS))
register(Kind("disclosure", "跨区市协查待答复", to_answer, _HEAD))
register(Kind("handover_due", "移交监察到期", to_follow, _HEAD))
