"""Pages of regional cooperation, and the map of duties by district."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render

from accounts.models import District
from accounts.roles import Can, may
from casework.scope import visible_or_404
from casework.today import today

from . import cooperation_forms as forms
from . import coverage as map_of_duties
from .listings import JOINT_CASES, TRANSFERS, WARNINGS, joint_cases_of, transfers_of, warnings_of
from .models import Campaign, JointCase, SpreadWarning, Transfer
from .pages import SECTION, begin, deed_of, list_page
from .tabs import tabs


@may(Can.READ_CAMPAIGN)
def coverage(request):
    on = today()
    campaign = Campaign.objects.running(on)
    places = District.objects.filter(active=True)
    if not request.user.sees_whole_city:
        places = places.filter(pk=request.user.organisation.district_id)
    places = list(places)
    rows = map_of_duties.of(request.user, campaign, places, on)
    context = {
        "tabs": tabs("campaigns:coverage"), "campaign": campaign, "on": on, "places": places, "rows": rows,
        "bare": sum(1 for duty, cells in rows if duty.evidence for pieces in cells if not pieces),
    }  # fmt: skip
    return render(request, "campaigns/coverage.html", SECTION | context)


def begun_of_mine(model):
    """A record of the person's district, not saved yet."""

    def begun(user):
        if user.organisation.district_id is None:
            raise PermissionDenied(f"{model._meta.verbose_name}由区市办理。")
        return model(district_id=user.organisation.district_id)

    return begun


def begins_here(user, model):
    here = user.organisation.district_id
    return model(district_id=here).moves_for(user) if here else []


@may(Can.READ_CAMPAIGN)
def joint_cases(request):
    context = {"begins": begins_here(request.user, JointCase), "begin_at": "campaigns:jointcase_open"}
    empty = "涉及几个区市的事项，由一个区市的人社部门发起，选择其他成员。"
    return list_page(request, JOINT_CASES, joint_cases_of, "campaigns/_jointcases.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def joint_case(request, pk):
    found = visible_or_404(request.user, JointCase.objects.select_related("district", "campaign"), pk)
    notes = found.notes.select_related("by__organisation", "district")
    context = {"record": found, "on": today(), "notes": notes, "timeline": None, "tabs": tabs(JOINT_CASES.page)}
    return render(request, "campaigns/jointcase.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def transfers(request):
    context = {"begins": begins_here(request.user, Transfer), "begin_at": "campaigns:transfer_offer"}
    empty = "应当由其他区市办理的事项，由区市人社部门移送。"
    return list_page(request, TRANSFERS, transfers_of, "campaigns/_transfers.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def transfer(request, pk):
    found = visible_or_404(request.user, Transfer.objects.select_related("district", "receiver", "campaign"), pk)
    mine = request.user.sees_whole_city or request.user.organisation.district_id == found.district_id
    context = {
        "record": found, "on": today(), "timeline": found.timeline, "about": found.about if mine else None,
        "tabs": tabs(TRANSFERS.page),
    }  # fmt: skip
    return render(request, "campaigns/transfer.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def warnings(request):
    context = {"begins": begins_here(request.user, SpreadWarning), "begin_at": "campaigns:spreadwarning_send"}
    empty = "发现可能跨区域蔓延的苗头时，由区市人社部门向相邻区市发出。"
    return list_page(request, WARNINGS, warnings_of, "campaigns/_warnings.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def warning(request, pk):
    found = visible_or_404(request.user, SpreadWarning.objects.select_related("district", "campaign"), pk)
    context = {
        "record": found, "on": today(), "timeline": found.timeline, "receipts": found.receipts_by_district(),
        "tabs": tabs(WARNINGS.page),
    }  # fmt: skip
    return render(request, "campaigns/spreadwarning.html", SECTION | context)


open_case = begin(begun_of_mine(JointCase), forms.OpenJointCaseForm, "campaigns:jointcases")
offer = begin(begun_of_mine(Transfer), forms.OfferForm, "campaigns:transfers")
warn = begin(begun_of_mine(SpreadWarning), forms.SendWarningForm, "campaigns:warnings")
OF_A_JOINT_CASE = {form.move: deed_of(JointCase, form, "district") for form in forms.OF_A_JOINT_CASE[1:]}
OF_A_TRANSFER = {form.move: deed_of(Transfer, form, "district", "receiver") for form in forms.OF_A_TRANSFER[1:]}
OF_A_WARNING = {form.move: deed_of(SpreadWarning, form, "district") for form in forms.OF_A_WARNING[1:]}
