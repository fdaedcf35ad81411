"""What of guidance visits may wait for a person: return visits that were agreed on, visits that may be joint ones."""

from accounts.roles import WHO_MAY, Can, Role
from casework.reminders import Kind, Matter, register

from .models import GuidanceVisit


def to_return(people, on):
    """Whoever agreed to come back, as long as they work in the district."""
    persons = {person.pk: person for person in people}
    rows = GuidanceVisit.objects.returns_ahead().filter(logged_by__in=persons).select_related("enterprise")
    for visit in rows:
        person = persons[visit.logged_by_id]
        if person.district and person.district.pk == visit.district_id:
            what = f"回访：{visit.follow_up}".rstrip("：")
            yield Matter(
                person, "visit_return", what, visit.enterprise.name, visit.get_absolute_url(), visit.follow_up_on
            )


def to_call_joint(people, on):
    """One matter a day and enterprise, for the supervisors: visits that several sides wrote down apart."""
    supervisors = {}
    for person in people:
        if person.role == Role.DISTRICT_SUPERVISOR and person.district:
            supervisors.setdefault(person.district.pk, []).append(person)
    told = set()
    for visit in GuidanceVisit.objects.maybe_joint().filter(district__in=supervisors).select_related("enterprise"):
        if (visit.enterprise_id, visit.visited_on) in told:
            continue
        told.add((visit.enterprise_id, visit.visited_on))
        for person in supervisors[visit.district_id]:
            yield Matter(
                person, "visit_joint", "疑似联合走访待认定", visit.enterprise.name, visit.get_absolute_url(),
                visit.visited_on, awaited=True,
            )  # fmt: skip


register(Kind("visit_return", "约定回访", to_return, WHO_MAY[Can.WRITE_GUIDANCE]))
register(Kind("visit_joint", "联合走访待认定", to_call_joint, (Role.DISTRICT_SUPERVISOR,)))
