"""Pages of the guidance visits: the list, a visit, its deeds, the printed sheet, joint visits."""

import io

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Can, may
from casework import deeds
from casework.arrivals import Disagreement
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today
from enterprises import short_codes
from enterprises.models import Enterprise

from . import visits_forms as forms
from .models import GuidanceVisit, JointVisit, Leaflet
from .models.visits import FIELDS, Purpose, Topic
from .tabs import tabs
from .visits_listings import VISITS, visits_of

_SECTION = {"section": "guidance"}
LATEST = 5  # visits on the page of an enterprise
_RELATED = ("enterprise", "district", "organisation", "logged_by__organisation", "joint")


@may(Can.READ_GUIDANCE)
def visits(request):
    filters = visits_of(request.user, request.GET)
    context = {
        "tabs": tabs(request, VISITS.page), "listing": VISITS, "filters": filters, "page_name": VISITS.page,
        "page": page_of(filters.qs, request.GET, total=filters.total()),
        "views": request.user.saved_views.filter(page=VISITS.page), "rows": "guidance/_visits.html",
        "address": reverse(VISITS.page), "on": today(),
        "empty": "在手机上打开“外勤”，或者在企业页面点击“登记走访”。",
        "counted": filters.qs.counted(),
    }  # fmt: skip
    response = render_list(request, "guidance/visits.html", "enterprises/_case_list.html", _SECTION | context)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


@may(Can.READ_GUIDANCE)
def visit(request, pk):
    found = visible_or_404(request.user, GuidanceVisit.objects.select_related(*_RELATED), pk)
    same_day = (
        GuidanceVisit.objects.visible_to(request.user)
        .standing()
        .filter(enterprise=found.enterprise_id, visited_on=found.visited_on)
    )
    context = {
        "visit": found, "on": today(), "timeline": found.timeline,
        "differences": Disagreement.objects.visible_to(request.user).on(found),
        "others": same_day.exclude(organisation__side=found.organisation.side).select_related(
            "organisation", "logged_by__organisation"
        ),
        "maybe_joint": same_day.maybe_joint().exists(), "day": JointVisit.of(found),
    }  # fmt: skip
    return render(request, "guidance/visit.html", _SECTION | context)


def _deed(form_class):
    @may(Can.WRITE_GUIDANCE)
    def view(request, pk):
        found = visible_or_404(request.user, GuidanceVisit.objects.select_related(*_RELATED), pk)
        return deeds.page(request, found, form_class, **_SECTION)

    return view


@may(Can.WRITE_GUIDANCE)
def record(request, enterprise):
    firm = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
    return deeds.page(
        request, GuidanceVisit.begun(firm), forms.RecordForm, template="guidance/visit_record.html", enterprise=firm,
        back=reverse("enterprises:detail", args=[firm.pk]), **_SECTION,
    )  # fmt: skip


OF_A_VISIT = {form.move: _deed(form) for form in forms.OF_A_VISIT if form.move != "record"}


# ── Joint visits ─────────────────────────────────────────────────────────────────────────────


@may(Can.READ_GUIDANCE)
def joint(request, pk):
    """What HR, the union and the federation each wrote, side by side, with their signatures."""
    found = visible_or_404(request.user, JointVisit.objects.select_related("enterprise", "district"), pk)
    context = {"joint": found, "visits": found.visits_of_the_day, "timeline": found.timeline}
    return render(request, "guidance/joint.html", _SECTION | context)


def _decision(form_class):
    """Said on one of the visits of the day; of all of them."""

    @may(Can.WRITE_GUIDANCE)
    def view(request, pk):
        found = visible_or_404(request.user, GuidanceVisit.objects.select_related("enterprise"), pk)
        day = JointVisit.of(found)
        return deeds.page(
            request, day, form_class, template="guidance/joint_decide.html", back=found.get_absolute_url(),
            visits=day.visits_of_the_day, enterprise=found.enterprise, **_SECTION,
        )  # fmt: skip

    return view


OF_A_JOINT_VISIT = {form.move: _decision(form) for form in forms.OF_A_JOINT_VISIT}


# ── On an enterprise's page, and on paper ────────────────────────────────────────────────────


@may(Can.READ_GUIDANCE)
def for_enterprise(request, pk):
    """The latest visits, with what is agreed on; all of them are in the chronicle and in the list."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    rows = GuidanceVisit.objects.visible_to(request.user).standing().filter(enterprise=enterprise)
    context = {
        "enterprise": enterprise, "visits": rows.select_related("organisation", "logged_by", "joint")[:LATEST],
        "number": rows.count(), "counted": rows.counted(),
        "begins": GuidanceVisit.lifecycle["record"].is_for(None, request.user),
    }  # fmt: skip
    part = "guidance/_visits_of.html"
    template = part if request.htmx else "guidance/visits_of.html"
    return render(request, template, _SECTION | {"part": part} | context)


@may(Can.READ_GUIDANCE)
def paper(request, pk):
    """The visit sheet to be printed: what to ask, room to write, and the code that a phone reads."""
    firm = visible_or_404(request.user, Enterprise.objects.current().select_related("district"), pk)
    context = {"enterprise": firm, "code": short_codes.of(firm.pk), "on": today(), **sheet()}
    context["leaflets"] = Leaflet.objects.offered()
    return render(request, "guidance/visit_paper.html", _SECTION | context)


@may(Can.READ_GUIDANCE)
def paper_code(request, pk):
    """The QR code of the sheet: leads to the field app with the enterprise's short code."""
    firm = visible_or_404(request.user, Enterprise.objects.current(), pk)
    address = request.build_absolute_uri(f"{reverse('casework:field')}#go/{short_codes.of(firm.pk)}")
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=2, light="#fff")
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


def sheet():
    """What the sheet on the phone offers: the same choices as the form."""
    labels = {name: GuidanceVisit._meta.get_field(name).verbose_name for name in FIELDS}
    return {"purposes": Purpose.choices, "topics": Topic.choices, "labels": labels}
