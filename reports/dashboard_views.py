"""The dashboard as a page: on a desk, on a phone, and on the screen of a wall."""

from django.shortcuts import render

from accounts.roles import Can, may
from campaigns.models import Campaign
from casework.today import today
from risks.models import ScoreRun

from . import dashboard as figures
from .indicators import tables


@may(Can.READ_REPORTS)
def dashboard(request):
    campaign = Campaign.objects.running(today())
    on = tables.cut_off(campaign, today())
    context = {
        "section": "reports", "campaign": campaign, "on": on, "wall": "wall" in request.GET,
        "run": ScoreRun.objects.latest(), "panels": figures.panels(request.user, campaign, on),
        "table": figures.district_table(request.user, campaign, on, request.GET.get("sort", "")),
        "phases": [(phase, phase.is_under_way(on), phase.is_over(on)) for phase in campaign.phases.all()],
        "report_due_on": campaign.report_due_on,
    }  # fmt: skip
    return render(request, "reports/dashboard.html", context)
