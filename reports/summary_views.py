"""Pages of the city's summary: where the districts stand, the figures side by side, the writing, the deeds."""

import tempfile

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import proof
from accounts.roles import Can, may
from campaigns.models import Campaign
from casework import access, deeds
from casework.pages import page_of
from casework.scope import visible_or_404
from casework.today import today
from casework.views import attachment

from . import drafting, gathering, summary_books, summary_forms, summary_papers, writing
from .indicators.catalogue import CATALOGUE, Heading, in_order
from .listings import SUMMARIES, summaries_of
from .models import Key, Summary
from .models.summaries import MOST_CHOSEN
from .tabs import tabs

_SECTION = {"section": "reports"}
_RANKED_FIRST = "risk.visits"


@may(Can.SUM_UP)
def summaries(request):
    """The summary of each campaign; of the one that runs, where the districts stand."""
    on = today()
    campaign = Campaign.objects.running(on)
    filters = summaries_of(request.user, request.GET)
    begun = Summary(campaign=campaign)
    there = Summary.objects.visible_to(request.user).filter(campaign=campaign).exists()
    context = {
        "tabs": tabs(SUMMARIES.page, request.user), "page": page_of(filters.qs, request.GET), "filters": filters,
        "page_name": SUMMARIES.page, "campaign": campaign, "gathered": gathering.of(campaign, on=on),
        "begins": not there and bool(begun.moves_for(request.user)),
        "views": request.user.saved_views.filter(page=SUMMARIES.page),
    }  # fmt: skip
    return render(request, "reports/summaries.html", _SECTION | context)


@may(Can.SUM_UP)
def summary(request, pk):
    found = _found(request, pk)
    gathered = found.gathered(today())
    context = {
        "report": found, "timeline": found.timeline, "gathered": gathered, "issues": found.issues.all(),
        "sections": found.sections.all(), "cases": found.cases.select_related("told_by"),
        "writes": found.is_writable, "hints": _hints(gathered), "buttons": _buttons(found, request.user),
    }  # fmt: skip
    return render(request, "reports/summary.html", _SECTION | context)


def _found(request, pk):
    return visible_or_404(request.user, Summary.objects.select_related("campaign"), pk)


def _buttons(found, user):
    """The moves of the person that are not moot, each with its address."""
    cases = found.cases.count()
    moot = {"pick"} if cases >= MOST_CHOSEN else {"drop"} if not cases else ()
    moves = sorted(found.moves_for(user), key=lambda move: move.name != "issue")
    return [(move, found.move_url(move)) for move in moves if move.name not in moot]


def _hints(gathered):
    """(district, name of the figure, sentence)"""
    names = {district.pk: district for district in gathered.counted}
    return [(names[hint.district], CATALOGUE[hint.code].name, hint.sentence) for hint in gathered.hints]


# ── Figures side by side ─────────────────────────────────────────────────────────────────────


@may(Can.SUM_UP)
def figures(request, pk):
    """Every figure by district, and one of them (`code`) ranked. `issue`: as it was issued."""
    found = _found(request, pk)
    number = request.GET.get("issue", "")
    issued = get_object_or_404(found.issues, number=number) if number.isascii() and number.isdecimal() else None
    gathered = issued.gathered() if issued else found.gathered(today())
    code = request.GET.get("code") if request.GET.get("code") in CATALOGUE else _RANKED_FIRST
    context = {
        "report": found, "issue": issued, "gathered": gathered, "groups": _groups(gathered), "code": code,
        "ranked": gathered.ranked(code), "indicator": CATALOGUE[code], "hints": _hints(gathered),
        "choices": [(each.code, each.name, Heading(each.heading).label) for each in in_order()],
    }  # fmt: skip
    return render(request, "reports/summary_figures.html", _SECTION | context)


def _groups(gathered):
    """[(heading, [(indicator, [(value in words, whether it looks odd)], total)])]"""
    odd, groups = {(hint.code, hint.district) for hint in gathered.hints}, {}
    for each in in_order():
        cells = [
            (gathered.shown(each.code, place.pk), (each.code, place.pk) in odd) for place in gathered.counted
        ]  # fmt: skip
        groups.setdefault(Heading(each.heading).label, []).append((each, cells, gathered.shown(each.code)))
    return list(groups.items())


# ── Writing ──────────────────────────────────────────────────────────────────────────────────


@may(Can.SUM_UP)
def write(request, pk):
    return redirect("reports:summary_section", _found(request, pk).pk, Key.values[0])


@may(Can.SUM_UP)
def section(request, pk, key):
    found = _found(request, pk)
    here = get_object_or_404(found.sections.select_related("kept_by__organisation"), key=key)
    return writing.page(request, found, here, _sheet)


def _sheet(request, found, here):
    gathered = found.gathered(today())
    beside = [each for each in in_order() if each.heading == here.key]
    address = reverse("reports:summary_figures", args=[found.pk])
    draft = drafting.of_the_city(gathered)[Key(here.key)] if found.is_writable else ""
    return _SECTION | {
        "sections": [(each, "") for each in found.sections.all()], "writes": found.is_writable,
        "figures": [(each, gathered.shown(each.code), f"{address}?code={each.code}") for each in beside],
        "day": gathered.table.on, "draft": draft if draft != here.text else "",
    }  # fmt: skip


@may(Can.SUM_UP)
def section_text(request, pk, key, version):
    """A version of a section as it was."""
    found = _found(request, pk)
    here = get_object_or_404(found.sections, key=key)
    kept = get_object_or_404(here.texts.select_related("by__organisation"), version=version)
    context = {"report": found, "here": here, "kept": kept, "writes": found.is_writable}
    return render(request, "reports/section_text.html", _SECTION | context)


# ── Files ────────────────────────────────────────────────────────────────────────────────────


@may(Can.SUM_UP)
def draft_paper(request, pk):
    found = _found(request, pk)
    return _paper(found, summary_papers.of_draft(found, found.gathered(today())), "（草稿）")


@may(Can.SUM_UP)
def issued_paper(request, pk, number):
    found = _found(request, pk)
    return _paper(found, summary_papers.of_issue(get_object_or_404(found.issues, number=number)), "")


def _paper(found, told, more):
    content = told[0]
    access.record(access.Kind.DOWNLOAD, subject=found, note=f"{content.title}{more}")
    return summary_papers.summary(*told).answer(f"{content.title}{more}.docx")


@may(Can.SUM_UP)
def draft_book(request, pk):
    found = _found(request, pk)
    content = summary_books.of_draft(found, found.gathered(today()), by=request.user)
    return _book(request, found, content, "（草稿）")


@may(Can.SUM_UP)
def issued_book(request, pk, number):
    found = _found(request, pk)
    content = summary_books.of_issue(get_object_or_404(found.issues, number=number), by=request.user)
    return _book(request, found, content, "")


def _book(request, found, content, more):
    """With a ledger so long that it is a bulk, a proof is asked for first, as for the list itself."""
    if summary_books.is_bulk(content) and not proof.recent(request):
        return proof.ask(request, f"下载“{content.title}”工作簿", downloads=True)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    rows = summary_books.write(file, content)
    access.record(access.Kind.DOWNLOAD, subject=found, rows=rows or None, note=f"{content.title}{more}")
    return attachment(file, f"{content.title}{more}.xlsx", "xlsx")


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


@may(Can.SUM_UP)
def begin(request):
    record = Summary(campaign=Campaign.objects.running(today()))
    return deeds.page(request, record, summary_forms.BeginForm, back=reverse("reports:summaries"), **_SECTION)


@may(Can.SUM_UP)
def pick(request, pk):
    """A case of those that the districts submitted, chosen by `case` in the address."""
    record = _found(request, pk)
    record.chosen = request.GET.get("case")
    if request.method == "GET" and not record.chosen:
        candidates = list(summary_forms.offered(record.gathered(today())))
        context = {"report": record, "candidates": candidates, "writes": record.is_writable, "most": MOST_CHOSEN}
        return render(request, "reports/summary_candidates.html", _SECTION | context)
    return deeds.page(request, record, summary_forms.PickForm, **_SECTION)


def _deed(form_class):
    @may(Can.SUM_UP)
    def view(request, pk):
        return deeds.page(request, _found(request, pk), form_class, **_SECTION)

    return view


DEEDS = {form.move: _deed(form) for form in summary_forms.OF_A_SUMMARY if form.move not in ("begin", "pick")}
