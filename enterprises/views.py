"""Pages of the register: search, the list, one enterprise, and the deeds done to it."""

from collections import Counter

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Can, may
from casework.access import Kind, watched
from casework.pages import PER_PAGE, page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today

from . import charts, chronicle, rows, search
from .filters import ADDITIONS
from .forms import AmendForm, MergeForm, MoveForm
from .listings import REGISTER, register_of
from .models import Enterprise, Stale
from .models.enterprise import label_of

SUGGESTIONS = 10
LATEST = 12  # events on the page of the enterprise itself


@may(Can.READ_REGISTER)
def register_list(request):
    found = register_of(request.user, request.GET)
    page = found.page(request.GET)
    response = render_list(
        request,
        "enterprises/list.html",
        "enterprises/_list.html",
        {
            "section": "enterprises",
            "found": found,
            "page": page,
            "rows": rows.written(page.rows, with_district=request.user.sees_whole_city),
            "page_name": REGISTER.page,
            "views": request.user.saved_views.filter(page=REGISTER.page),
            "additions": ADDITIONS,
        },
    )
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"  # without the empty fields of the form
    return response


@may(Can.READ_REGISTER)
def suggest(request):
    """Ten enterprises while a person types."""
    text = request.GET.get("q", "")
    near = Enterprise.objects.current().visible_to(request.user).nearest(text)
    short = len(search.needle(text)) < search.SHORTEST
    context = {"text": text, "short": short, "near": [] if short else near.select_related("district")[:SUGGESTIONS]}
    return render(request, "enterprises/_suggestions.html", context)


@may(Can.READ_REGISTER)
@watched(Kind.VIEW, "税、费、贷、物流数据", "enterprises.enterprise", needs=Can.READ_FIGURES)
def enterprise_page(request, pk):
    enterprise = visible_or_404(request.user, Enterprise.objects.select_related("district"), pk)
    figures = request.user.may(Can.READ_FIGURES)
    until = charts.last_month() if figures else None
    return render(
        request,
        "enterprises/detail.html",
        {
            "section": "enterprises",
            "enterprise": enterprise,
            "is_new": enterprise.is_new(today()),
            "survivor": Enterprise.objects.visible_to(request.user).filter(pk=enterprise.merged_into_id).first(),
            "figures": figures,
            "charts": charts.of(enterprise, until) if until else [],
            "former_codes": enterprise.former_codes.order_by("since"),
            "timeline": enterprise.timeline[:50],
        },
    )


@may(Can.READ_REGISTER)
def chronicle_page(request, pk):
    """All that happened with an enterprise, in time: a part of its page with the latest, and a page with the whole."""
    enterprise = visible_or_404(request.user, Enterprise.objects.select_related("district"), pk)
    found, asked = chronicle.of(enterprise, request.user), request.GET.get("kind", "")
    chosen = [(kind, event) for kind, event in found if not asked or kind.key == asked]
    context = {
        "section": "enterprises", "enterprise": enterprise, "total": len(chosen), "whole": not request.htmx,
        "page": page_of(chosen, request.GET, total=len(chosen), per_page=LATEST if request.htmx else PER_PAGE),
        "kinds": _kinds(found, asked), "address": reverse("enterprises:chronicle", args=[pk]),
    }  # fmt: skip
    return render_list(request, "enterprises/chronicle.html", "enterprises/_chronicle.html", context)


def _kinds(found, asked):
    """(key, label, number of events, whether chosen) of each kind that has any; first all of them."""
    numbers = Counter(kind for kind, _ in found)
    told = [(kind.key, kind.label, number, kind.key == asked) for kind, number in numbers.items()]
    return [("", "全部", len(found), not asked), *sorted(told, key=lambda each: -each[2])] if len(told) > 1 else []


@may(Can.EDIT_REGISTER)
def amend(request, pk):
    enterprise = _current_or_404(request, pk)
    form = AmendForm(request.POST or None, instance=enterprise, on=today())
    context = {"section": "enterprises", "enterprise": enterprise, "form": form}
    if request.method != "POST":
        return render(request, "enterprises/amend.html", context)
    if not form.is_valid():
        return render(request, "enterprises/amend.html", context, status=422)
    try:
        changed = form.save(by=request.user)
    except Stale as stale:
        return render(request, "enterprises/stale.html", context | _stale(form, stale.now), status=409)
    messages.success(request, "已保存。" if changed else "内容没有变化。")
    return redirect("enterprises:detail", pk)


@may(Can.MERGE)
def move(request, pk):
    enterprise = _current_or_404(request, pk)
    form = MoveForm(request.POST or None, enterprise=enterprise)
    context = {"section": "enterprises", "enterprise": enterprise, "form": form}
    if request.method != "POST":
        return render(request, "enterprises/move.html", context)
    if not form.is_valid():
        return render(request, "enterprises/move.html", context, status=422)
    try:
        form.save(by=request.user, on=today())
    except Stale as stale:
        return render(request, "enterprises/stale.html", context | {"now": stale.now}, status=409)
    messages.success(request, f"已调整到{form.cleaned_data['district'].name}，此后由该区市负责。")
    return redirect("enterprises:detail", pk)


@may(Can.MERGE)
def find_double(request, pk):
    """First step of a merge: which other row is the same enterprise?"""
    enterprise = _current_or_404(request, pk)
    text = request.GET.get("q", "")
    others = Enterprise.objects.current().visible_to(request.user).exclude(pk=pk).select_related("district")
    context = {
        "section": "enterprises",
        "enterprise": enterprise,
        "text": text,
        "found": others.nearest(text or enterprise.name)[:20],
    }
    return render(request, "enterprises/find_double.html", context)


@may(Can.MERGE)
def merge(request, pk, double_pk):
    """Second step: both sides beside each other, then the deed."""
    enterprise, double = _current_or_404(request, pk), _current_or_404(request, double_pk)
    if enterprise == double:
        raise Http404("一家企业不能与自己合并。")
    versions = {"version": enterprise.version, "double_version": double.version}
    form = MergeForm(request.POST or None, initial=versions)
    sides = list(_side_by_side(enterprise, double))
    context = {"section": "enterprises", "enterprise": enterprise, "double": double, "form": form, "sides": sides}
    if request.method != "POST":
        return render(request, "enterprises/merge.html", context)
    if not form.is_valid():
        return render(request, "enterprises/merge.html", context, status=422)
    try:
        seen = form.cleaned_data["version"], form.cleaned_data["double_version"]
        enterprise.merge(double, versions=seen, by=request.user, on=today(), note=form.cleaned_data["note"])
    except Stale as stale:
        return render(request, "enterprises/stale.html", context | {"now": stale.now}, status=409)
    messages.success(request, f"已将“{double.name}”并入本企业，其原代码今后指向本企业。")
    return redirect("enterprises:detail", pk)


def _current_or_404(request, pk):
    """A row to be changed; one that was merged into another is only read."""
    return visible_or_404(request.user, Enterprise.objects.current().select_related("district"), pk)


def _stale(form, now):
    return {"now": now, "differences": form.against(now)}


_COMPARED = (
    "uscc", "name", "district", "industry", "industry_name", "size", "heads", "founded_on", "status",
    "legal_representative", "contact", "phone", "address", "has_union", "platform",
)  # fmt: skip


def _side_by_side(enterprise, double):
    """(label, here, there, whether they differ) of each fact that helps to tell two enterprises apart."""
    for name in _COMPARED:
        here, there = enterprise.wording(name), double.wording(name)
        yield label_of(name), here, there, here != there
    here, there = enterprise.signals.count(), double.signals.count()
    yield "已收到的月度数据", f"{here:,} 条", f"{there:,} 条", False
