"""What machine clients are told of the reports when they subscribed: that one went from a state to another.

States, never figures or texts.
"""

from accounts.roles import Can
from casework import webhooks

from .models import Report


def report_moved(report, *, on):
    """Inside the verb: `report` stands in its new state."""
    webhooks.announce(
        "reports.moved", key=f"report-{report.pk}-{report.version}", report=report.pk, state=report.state,
        version=report.version, on=f"{on:%Y-%m-%d}",
    )  # fmt: skip


def told(person, report, state, version, on):
    """The state that a report came to then; None for who may not see the report."""
    found = Report.objects.visible_to(person).filter(pk=report).first()
    return found and {
        "report": report,
        "campaign": found.campaign_id,
        "district": found.district_id,
        "state": state,
        "version": version,
        "on": on,
    }


webhooks.register("reports.moved", "区市总结起草、报送、退回、接收", needs=Can.READ_REPORTS, told=told)
