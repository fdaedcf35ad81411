"""Pages of the plans and targets."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, may
from casework import deeds
from casework.scope import visible_or_404
from casework.today import today

from . import plan_forms, plan_paper, targets
from .listings import PLANS, plans_of
from .models import Campaign, Plan
from .pages import SECTION, deed_of, list_page
from .tabs import tabs


@may(Can.READ_CAMPAIGN)
def plans(request):
    campaign = Campaign.objects.running(today())
    of_this = Plan.objects.visible_to(request.user).filter(campaign=campaign)
    without = District.objects.filter(active=True).exclude(pk__in=of_this.values("district"))
    mine = request.user.organisation.district_id
    context = {
        "without": without if request.user.sees_whole_city else None,
        "begins": begun_plan(request.user).moves_for(request.user) if mine and not of_this.exists() else [],
    }
    empty = "区市人社部门点击“起草方案”，逐项写明举措。"
    return list_page(request, PLANS, plans_of, "campaigns/_plans.html", empty, **context)


def begun_plan(user):
    """A plan of the person's district for the campaign of the day, not saved yet."""
    if user.organisation.district_id is None:
        raise PermissionDenied("实施方案由区市起草。")
    return plan_forms.begun(user, Campaign.objects.running(today()))


@may(Can.READ_CAMPAIGN)
def draft(request):
    back = reverse("campaigns:plans")
    return deeds.page(request, begun_plan(request.user), plan_forms.DraftPlanForm, back=back, **SECTION)


@may(Can.READ_CAMPAIGN)
def plan(request, pk):
    related = ("district", "campaign", "union_confirmed_by__organisation", "employers_confirmed_by__organisation")
    found = visible_or_404(request.user, Plan.objects.select_related(*related), pk)
    context = {
        "record": found, "on": today(), "timeline": found.timeline,
        "measures": found.measures.select_related("duty__phase"), "duties": found.campaign.duties.count(),
        "tabs": tabs(PLANS.page),
    }  # fmt: skip
    return render(request, "campaigns/plan.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def plan_paper_file(request, pk):
    """The plan as it stands, as a Word file."""
    found = visible_or_404(request.user, Plan.objects.select_related("district", "campaign"), pk)
    made = plan_paper.paper(found)
    return made.answer(f"{made.title}.docx")


@may(Can.READ_CAMPAIGN)
def progress(request):
    """Targets by indicator and district, and how far each district is."""
    on = today()
    campaign = Campaign.objects.running(on)
    places = targets.places_of(request.user)
    context = {
        "tabs": tabs("campaigns:targets"), "campaign": campaign, "on": min(on, campaign.cut_off_on), "places": places,
        "rows": targets.progress(request.user, campaign, places, on),
        "may_set": "set_targets" in {move.name for move in campaign.moves_for(request.user)},
    }  # fmt: skip
    return render(request, "campaigns/targets.html", SECTION | context)


OF_A_PLAN = {
    form.move: deed_of(Plan, form, "district", "campaign") for form in plan_forms.OF_A_PLAN if form.move != "draft"
}  # fmt: skip
