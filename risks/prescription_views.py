"""Pages of the 用工处方: the list, one prescription with its document, and the deeds done to it."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Can, may
from casework import access, deeds
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from enterprises.models import Enterprise

from . import prescription_document
from . import prescription_forms as forms
from .models import Inspection, Prescription
from .prescription_list import PRESCRIPTIONS, prescriptions_of
from .tabs import tabs

DRAFT_PAGE, DRAFT_PART = "risks/prescription_draft.html", "risks/_prescription_draft.html"


@may(Can.READ_LEDGER)
def prescriptions(request):
    filters = prescriptions_of(request.user, request.GET)
    response = render_list(
        request,
        "risks/prescriptions.html",
        "risks/_prescriptions.html",
        {
            "section": "risks",
            "tabs": tabs(request, PRESCRIPTIONS.page),
            "filters": filters,
            "page": page_of(filters.qs, request.GET),
            "page_name": PRESCRIPTIONS.page,
            "views": request.user.saved_views.filter(page=PRESCRIPTIONS.page),
        },
    )
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


@may(Can.READ_LEDGER)
def prescription(request, pk):
    found = _of(request.user, pk)
    return render(
        request,
        "risks/prescription.html",
        {
            "section": "risks",
            "prescription": found,
            "lines": found.lines.select_related("rectification"),
            "timeline": found.timeline,
            "reads_evidence": request.user.may(Can.READ_EVIDENCE),
        },
    )


@may(Can.READ_LEDGER)
def document(request, pk):
    """The prescription as a Word file; before it is signed it says that it is a draft."""
    found = _of(request.user, pk)
    if not found.may_be_printed:
        raise Http404("这份处方已作废，不再提供文稿。")
    access.record(access.Kind.DOWNLOAD, subject=found, note="用工处方文稿")
    return prescription_document.written(found).answer(prescription_document.file_name(found))


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


@may(Can.PRESCRIBE)
def draft(request, pk):
    """From the findings of a 体检."""
    inspection = visible_or_404(request.user, Inspection.objects.select_related("enterprise").submitted(), pk)
    begun = Prescription(
        inspection=inspection, enterprise=inspection.enterprise, district_id=inspection.enterprise.district_id
    )
    return _write(request, begun, forms.DraftForm, back=inspection.get_absolute_url())


@may(Can.PRESCRIBE)
def draft_for_enterprise(request, pk):
    """Without a visit: what shared figures or a complaint give reason to."""
    enterprise = visible_or_404(request.user, Enterprise.objects.current(), pk)
    begun = Prescription(enterprise=enterprise, district_id=enterprise.district_id)
    return _write(request, begun, forms.DraftForm, back=reverse("enterprises:detail", args=[pk]))


@may(Can.READ_LEDGER)
def amend(request, pk):
    return _write(request, _of(request.user, pk), forms.AmendForm)


def _write(request, record, form_class, back=None):
    return deeds.page(request, record, form_class, template=DRAFT_PAGE, part=DRAFT_PART, back=back, section="risks")


def _deed(form_class):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_LEDGER)
    def view(request, pk):
        return deeds.page(request, _of(request.user, pk), form_class, section="risks")

    return view


propose = _deed(forms.ProposeForm)
sign = _deed(forms.SignForm)
send_back = _deed(forms.SendBackForm)
give = _deed(forms.GiveForm)
withdraw = _deed(forms.WithdrawForm)


def _of(user, pk):
    return visible_or_404(user, Prescription.objects.select_related(*_SHOWN), pk)


_SHOWN = ("enterprise", "district", "organisation", "drafter__organisation", "signer__organisation", "inspection")
