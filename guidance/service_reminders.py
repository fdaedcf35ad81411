"""What of the services may wait for a person: help to answer or to give out, new enterprises to serve, lectures."""

from accounts.roles import WHO_MAY, Can, Role
from casework.reminders import Kind, Matter, register

from .models import Inquiry, Lecture, Newcomer

_SERVE = WHO_MAY[Can.WRITE_GUIDANCE]


def to_answer(people, on):
    wanted = {person.pk: person for person in people}
    for row in Inquiry.objects.open().filter(owner__in=wanted).select_related("enterprise"):
        yield _matter(wanted[row.owner_id], "inquiry_answer", row.get_topic_display(), row, row.due_on)


def to_give_out(people, on):
    """Help that nobody has taken: it waits for those who give out work in the district."""
    places = {}
    for person in people:
        if person.role == Role.DISTRICT_SUPERVISOR and person.district:
            places.setdefault(person.district.pk, []).append(person)
    for row in Inquiry.objects.unassigned().filter(district__in=places).select_related("enterprise"):
        for person in places[row.district_id]:
            yield _matter(person, "inquiry_assign", row.get_topic_display(), row, row.due_on)


def to_serve(people, on):
    wanted = {person.pk: person for person in people}
    for row in Newcomer.objects.waiting().filter(server__in=wanted).select_related("enterprise"):
        yield _matter(wanted[row.server_id], "newcomer_serve", "上门服务", row, row.planned_on)


def to_enter(people, on):
    """Lectures whose day has come: the host says whether they were held."""
    hosts = {}
    for person in people:
        hosts.setdefault(person.organisation_id, []).append(person)
    for row in Lecture.objects.to_enter(on).filter(organisation__in=hosts).select_related("organisation"):
        for person in hosts[row.organisation_id]:
            where = row.organisation.short_name
            yield Matter(person, "lecture_hold", row.title, where, row.get_absolute_url(), row.held_on, awaited=True)


def _matter(person, key, what, row, day):
    return Matter(person, key, what, row.enterprise.name, row.get_absolute_url(), day)


register(Kind("inquiry_answer", "企业求助答复到期", to_answer, _SERVE))
register(Kind("inquiry_assign", "企业求助待分派", to_give_out, (Role.DISTRICT_SUPERVISOR,)))
register(Kind("newcomer_serve", "新办企业服务到期", to_serve, _SERVE))
register(Kind("lecture_hold", "讲座待登记举办", to_enter, WHO_MAY[Can.READ_GUIDANCE]))
