"""Pages of the ledger: the list in which a supervisor lives, an item, and the deeds done to it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Can, may
from casework import deeds
from casework.lifecycle import MoveRefused
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from . import rectification_forms as forms
from .ledger import LEDGER, ledger_of
from .models import Prescription, Rectification
from .models.rectifications import RectificationState
from .tabs import tabs

_SHOWN = (
    "enterprise", "district", "owner__organisation", "closed_by__organisation", "prescription__organisation", "line",
)  # fmt: skip
ASSIGNABLE = (RectificationState.OPEN, RectificationState.ASSIGNED)


@may(Can.READ_LEDGER)
def ledger(request):
    filters = ledger_of(request.user, request.GET)
    page = page_of(filters.qs, request.GET, total=filters.total())
    response = render_list(
        request,
        "risks/ledger.html",
        "risks/_ledger.html",
        {
            "section": "risks",
            "tabs": tabs(request, LEDGER.page),
            "filters": filters,
            "page": page,
            "rows": filters.with_headings(page.rows),
            "page_name": LEDGER.page,
            "views": request.user.saved_views.filter(page=LEDGER.page),
            "assigns": request.user.may(Can.ASSIGN_WORK) and any(item.is_to_put_right for item in page.rows),
        },
    )
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


@may(Can.READ_LEDGER)
def rectification(request, pk):
    item = visible_or_404(request.user, Rectification.objects.select_related(*_SHOWN), pk)
    return render(
        request,
        "risks/rectification.html",
        {
            "section": "risks",
            "item": item,
            "timeline": item.timeline,
            "extensions": item.extensions.select_related("asked_by__organisation", "decided_by__organisation"),
            "reads_evidence": request.user.may(Can.READ_EVIDENCE),
        },
    )


@may(Can.READ_LEDGER)
def for_enterprise(request, pk):
    """Prescriptions and items of one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    items = Rectification.objects.visible_to(request.user).filter(enterprise=enterprise)
    prescriptions = Prescription.objects.visible_to(request.user).filter(enterprise=enterprise)
    part = "risks/_enterprise_ledger.html"
    context = {
        "section": "risks",
        "enterprise": enterprise,
        "part": part,
        "items": items.select_related("owner__organisation"),
        "prescriptions": prescriptions.select_related("organisation"),
    }
    return render(request, part if request.htmx else "risks/enterprise.html", context)


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


@may(Can.PRESCRIBE)
def open_item(request, pk):
    """Put a matter into the ledger that comes from no prescription."""
    enterprise = visible_or_404(request.user, Enterprise.objects.current(), pk)
    item = Rectification(enterprise=enterprise, district_id=enterprise.district_id)
    back = reverse("enterprises:detail", args=[pk])
    return deeds.page(request, item, forms.OpenForm, template="risks/deed_on.html", back=back, section="risks",
                      enterprise=enterprise)  # fmt: skip


def _deed(form_class):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_LEDGER)
    def view(request, pk):
        item = visible_or_404(request.user, Rectification.objects.select_related("enterprise"), pk)
        return deeds.page(request, item, form_class, section="risks")

    return view


assign = _deed(forms.AssignForm)
reassign = _deed(forms.ReassignForm)
submit = _deed(forms.SubmitForm)
ask_extension = _deed(forms.AskExtensionForm)
grant_extension = _deed(forms.GrantExtensionForm)
refuse_extension = _deed(forms.RefuseExtensionForm)
close = _deed(forms.CloseForm)
send_back = _deed(forms.SendBackForm)
reopen = _deed(forms.ReopenForm)


# ── Many at once ─────────────────────────────────────────────────────────────────────────────


@may(Can.ASSIGN_WORK)
def assign_many(request):
    """Give the items that were ticked to one person: all of them or, when one has changed meanwhile, none."""
    asked = request.POST if request.method == "POST" else request.GET
    items = _ticked(request.user, asked)
    if not items:
        messages.info(request, "没有可分派的事项：请先在台账中勾选待分派或整改中的事项。")
        return redirect("risks:ledger")
    form = forms.AssignManyForm(request.POST or None, items=items)
    status = 200
    if request.method == "POST":
        status = _given_out(form, request.user)
        if status is None:
            messages.success(request, f"已将 {len(items)} 件事项分派给{form.cleaned_data['owner'].name}。")
            return redirect("risks:ledger")
        items = _ticked(request.user, asked)  # as they stand now, with their versions
    context = {"section": "risks", "items": items, "form": form}
    return render(request, "risks/assign_many.html", context, status=status)


def _ticked(user, asked):
    """The items named in the address or the form that can still be given to somebody."""
    numbers = [number for number in asked.getlist("item") if number.isdecimal()]
    rows = Rectification.objects.visible_to(user).filter(pk__in=numbers, state__in=ASSIGNABLE)
    return list(rows.select_related("enterprise", "district", "owner").order_by("due_on", "id"))


def _given_out(form, user):
    """None when all are given out; else the status of the answer, and the form says why nothing was stored."""
    if not form.is_valid():
        return 422
    item = None
    try:
        with transaction.atomic():
            for item in form.items:
                form.give(item, by=user, on=today())
    except MoveRefused as refused:
        form.add_error(None, f"所选事项都没有保存。{item.enterprise.name}：{refused.sentence}")
        return refused.status
    return None
