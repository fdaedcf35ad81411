"""What of the reports waits for a person: the day of the report comes, a text is to be confirmed, one came back."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Role
from campaigns.models import Campaign
from casework.reminders import Kind, Matter, register

from .models import Report, State

_LEADS = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)
_SPEAKER = {
    Role.DISTRICT_SUPERVISOR: Organisation.Side.GOVERNMENT,
    Role.UNION_COORDINATOR: Organisation.Side.WORKERS,
    Role.EMPLOYER_MEMBER: Organisation.Side.EMPLOYERS,
}
_WHAT = "专项行动总结"


def last_day(campaign):
    """The last day on which a report is in time: what is due at midnight is due on the day before."""
    return timezone.localdate(campaign.report_due_at - timedelta(microseconds=1))


def _of_districts(people, roles):
    return [person for person in people if person.role in roles and person.district]


def _to_hand_in(people, on):
    campaign = Campaign.objects.filter(starts_on__lte=on, ends_on__gte=on).order_by("-starts_on").first()
    if campaign is None:
        return
    reports = {each.district_id: each for each in Report.objects.filter(campaign=campaign)}
    for person in _of_districts(people, _LEADS):
        report = reports.get(person.district.pk)
        if report is None or (report.accepted_submission is None and report.state not in (State.SUBMITTED,)):
            href = report.get_absolute_url() if report else reverse("reports:list")
            yield Matter(person, "report_due", _WHAT, person.district.name, href, last_day(campaign))


def _to_confirm(people, on):
    """A text that one body has confirmed waits for the others."""
    for report in Report.objects.to_confirm().select_related("district"):
        confirmations = report.confirmations_now()
        if confirmations:
            since = min(each.on for each in confirmations)
            done = {each.side for each in confirmations}
            for person in _of_districts(people, _SPEAKER):
                if person.district.pk == report.district_id and _SPEAKER[person.role] not in done:
                    yield _awaited(person, "report_confirm", report, since)


def _to_submit(people, on):
    for report in Report.objects.filter(state=State.CONFIRMED).select_related("district"):
        since = max(each.on for each in report.confirmations.filter(round=report.round))
        for person in _of_districts(people, (Role.DISTRICT_SUPERVISOR,)):
            if person.district.pk == report.district_id:
                yield _awaited(person, "report_submit", report, since)


def _returned(people, on):
    for report in Report.objects.filter(state=State.RETURNED).select_related("district"):
        since = timezone.localdate(report.last_submission.at)
        for person in _of_districts(people, _LEADS):
            if person.district.pk == report.district_id:
                yield _awaited(person, "report_returned", report, since)


def _to_accept(people, on):
    for report in Report.objects.filter(state=State.SUBMITTED).select_related("district"):
        since = timezone.localdate(report.last_submission.at)
        for person in people:
            if person.role == Role.CITY_OFFICE:
                yield _awaited(person, "report_accept", report, since)


def _awaited(person, kind, report, since):
    return Matter(person, kind, _WHAT, report.district.name, report.get_absolute_url(), since, awaited=True)


register(Kind("report_due", "总结报送到期", _to_hand_in))
register(Kind("report_confirm", "总结待本方确认", _to_confirm))
register(Kind("report_submit", "总结已确认，待报送", _to_submit))
register(Kind("report_returned", "总结被退回，待修改", _returned))
register(Kind("report_accept", "区市总结待接收", _to_accept))
