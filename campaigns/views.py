"""Pages of a campaign: its phases and duties, what the city and the districts do to carry it out."""

from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Can, may
from casework import deeds
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today

from . import forms
from .listings import CAMPAIGNS, campaigns_of
from .models import Campaign
from .pages import SECTION, deed_of
from .tabs import tabs
from .timescale import Scale


@may(Can.READ_CAMPAIGN)
def home(request):
    """The campaign of the day."""
    on = today()
    return _campaign(request, Campaign.objects.running(on), on, tabs("campaigns:home"))


@may(Can.READ_CAMPAIGN)
def campaign(request, pk):
    return _campaign(request, visible_or_404(request.user, Campaign.objects, pk), today(), tabs("campaigns:campaigns"))


def _campaign(request, found, on, tabs):
    scale = Scale.of(found)
    context = {
        "campaign": found, "on": on, "tabs": tabs, "scale": scale, "report_due_on": found.report_due_on,
        "phases": [(phase, *scale.bar(phase.begins_on, phase.ends_on)) for phase in found.phases.all()],
        "now_at": scale.at(on) if scale.holds(on) else None, "due_at": scale.at(found.report_due_on),
        "under_way": [phase for phase in found.phases.all() if phase.is_under_way(on)],
        "duties": found.duties.select_related("phase", "campaign"), "runs_it": found.moves_for(request.user),
        "faults": found.faults() if request.user.sees_whole_city else [],
        "timeline": found.timeline if request.user.sees_whole_city else None,
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def campaigns(request):
    filters = campaigns_of(request.user, request.GET)
    context = {
        "tabs": tabs("campaigns:campaigns"), "listing": CAMPAIGNS, "page": page_of(filters.qs, request.GET),
        "page_name": CAMPAIGNS.page, "filters": filters, "address": reverse(CAMPAIGNS.page),
        "narrowed": query_without(request.GET, "page"), "may_prepare": Campaign().moves_for(request.user),
        "views": request.user.saved_views.filter(page=CAMPAIGNS.page),
    }  # fmt: skip
    return render_list(request, "campaigns/campaigns.html", "campaigns/_campaigns.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def prepare(request):
    back = reverse("campaigns:campaigns")
    return deeds.page(request, Campaign(), forms.PrepareForm, back=back, **SECTION)


@may(Can.READ_CAMPAIGN)
def set_targets(request, pk):
    """`code` in the address says of which indicator."""
    found = visible_or_404(request.user, Campaign.objects, pk)
    found.chosen_code = request.GET.get("code", "")
    back = reverse("campaigns:targets")
    return deeds.page(request, found, forms.TargetsForm, back=back, then=lambda done: back, **SECTION)


OF_A_CAMPAIGN = {form.move: deed_of(Campaign, form) for form in forms.OF_A_CAMPAIGN if form.move != "prepare"}
OF_A_CAMPAIGN["set_targets"] = set_targets
