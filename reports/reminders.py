"""What of the reports waits for a person: the day of the report comes, a text is to be confirmed, one came back."""

from datetime import datetime, timedelta

from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import District, Organisation
from accounts.roles import Role
from campaigns.models import Campaign
from casework.reminders import Kind, Matter, register

from .models import Report, State, Submission, Summary

_LEADS = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)
_SPEAKER = {
    Role.DISTRICT_SUPERVISOR: Organisation.Side.GOVERNMENT,
    Role.UNION_COORDINATOR: Organisation.Side.WORKERS,
    Role.EMPLOYER_MEMBER: Organisation.Side.EMPLOYERS,
}
_WHAT = "专项行动总结"
IN_SIGHT = timedelta(days=30)  # ours: the month in which a summary is written; before, it is in nobody's way


def _places(people, roles):
    """{district code: the people of these roles who work there}."""
    found = {}
    for person in people:
        if person.role in roles and person.district:
            found.setdefault(person.district.pk, []).append(person)
    return found


def _to_hand_in(people, on):
    places = _places(people, _LEADS)
    campaign = places and Campaign.objects.filter(starts_on__lte=on, ends_on__gte=on).order_by("-starts_on").first()
    if not campaign or on < campaign.report_due_on - IN_SIGHT:
        return
    reports = {each.district_id: each for each in Report.objects.filter(campaign=campaign, district__in=places)}
    done = set(Submission.objects.filter(report__in=reports.values(), accepted=True).values_list("district", flat=True))
    for district, leads in places.items():
        report = reports.get(district)
        if district not in done and (report is None or report.state != State.SUBMITTED):
            href = report.get_absolute_url() if report else reverse("reports:list")
            for person in leads:
                yield Matter(person, "report_due", _WHAT, person.district.name, href, campaign.report_due_on)


def _to_confirm(people, on):
    """A text that one body has confirmed waits for the others."""
    places = _places(people, _SPEAKER)
    waiting = Report.objects.to_confirm().filter(district__in=places, confirmations__round=F("round")).distinct()
    for report in waiting.select_related("district") if places else ():
        confirmations = report.confirmations_now()
        since, done = min((each.on for each in confirmations), default=on), {each.side for each in confirmations}
        for person in places[report.district_id] if confirmations else ():
            if _SPEAKER[person.role] not in done:
                yield _awaited(person, "report_confirm", report, since)


def _of_the_lead(kind, state, roles, since):
    """Reports in a state wait for the government side of their district, since the day that is annotated."""

    def matters(people, on):
        places = _places(people, roles)
        found = Report.objects.filter(state=state, district__in=places).select_related("district")
        for report in found.annotate(since=Max(since)) if places else ():
            for person in places[report.district_id]:
                yield _awaited(person, kind, report, _day(report.since))

    return matters


def _to_accept(people, on):
    offices = [person for person in people if person.role == Role.CITY_OFFICE]
    found = Report.objects.filter(state=State.SUBMITTED).select_related("district")
    for report in found.annotate(since=Max("submissions__at")) if offices else ():
        for person in offices:
            yield _awaited(person, "report_accept", report, _day(report.since))


def _to_sum_up(people, on):
    """Once all districts are accepted, their summaries wait to be issued as the city's."""
    offices = [person for person in people if person.role == Role.CITY_OFFICE]
    now = {"campaign__starts_on__lte": on, "campaign__ends_on__gte": on}
    rows = Report.objects.filter(state=State.ACCEPTED, **now).values_list("district", "accepted_on")
    accepted = dict(rows) if offices else {}
    if not accepted or District.objects.filter(active=True).exclude(pk__in=accepted).exists():
        return
    summary = Summary.objects.filter(**now).first()
    if summary is None or summary.last_issue is None:
        href = summary.get_absolute_url() if summary else reverse("reports:summaries")
        for person in offices:
            since = max(accepted.values())
            yield Matter(person, "summary_issue", "全市总结", "各区市总结已全部接收", href, since, awaited=True)


def _day(since):
    return timezone.localdate(since) if isinstance(since, datetime) else since


def _awaited(person, kind, report, since):
    return Matter(person, kind, _WHAT, report.district.name, report.get_absolute_url(), since, awaited=True)


register(Kind("report_due", "总结报送到期", _to_hand_in, _LEADS))
register(Kind("report_confirm", "总结待本方确认", _to_confirm, _SPEAKER))
_SUPERVISORS = (Role.DISTRICT_SUPERVISOR,)
register(
    Kind(
        "report_submit", "总结已确认，待报送",
        _of_the_lead("report_submit", State.CONFIRMED, _SUPERVISORS, "confirmations__on"), _SUPERVISORS,
    )
)  # fmt: skip
register(
    Kind(
        "report_returned", "总结被退回，待修改",
        _of_the_lead("report_returned", State.RETURNED, _LEADS, "submissions__at"), _LEADS,
    )
)  # fmt: skip
register(Kind("report_accept", "区市总结待接收", _to_accept, (Role.CITY_OFFICE,)))
register(Kind("summary_issue", "全市总结待印发", _to_sum_up, (Role.CITY_OFFICE,)))
