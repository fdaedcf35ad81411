"""Pages of the reports: all of them, one with its sections and figures, the writing of a section, and the deeds."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import District
from accounts.roles import Can, may
from campaigns.models import Campaign
from casework import access, deeds
from casework.confined import NotTaken
from casework.pages import page_of
from casework.scope import visible_or_404
from casework.today import today

from . import casebook, drafting, forms, freezing, papers, writing
from .indicators import rows, tables
from .indicators.catalogue import CATALOGUE, Heading, in_order
from .listings import REPORTS, reports_of
from .models import FrozenFigure, Key, Report
from .models.reports import MOST_CASES, moment
from .tabs import tabs

_SECTION = {"section": "reports"}
_SHOWN = ("district", "campaign")
# Which figures stand beside the writing of a section.
_HEADING_OF = {key.value: key.value for key in Key if key.value in Heading.values}


# ── All reports ──────────────────────────────────────────────────────────────────────────────


@may(Can.READ_REPORTS)
def reports(request):
    """How far each district is; those that have not begun stand there, too."""
    on = today()
    campaign = Campaign.objects.running(on)
    filters = reports_of(request.user, request.GET)
    page = page_of(filters.qs, request.GET)
    context = {
        "tabs": tabs(REPORTS.page, request.user), "filters": filters, "page": page, "page_name": REPORTS.page,
        "campaign": campaign, "on": on, "missing": _missing(request.user, campaign), "listing": REPORTS,
        "begins": _may_begin(request.user, campaign), "views": request.user.saved_views.filter(page=REPORTS.page),
        "sets_papers": request.user.may(Can.SET_PAPERS),
    }  # fmt: skip
    return render(request, "reports/reports.html", _SECTION | context)


def _missing(user, campaign):
    """The districts without a report, as far as the person sees."""
    begun = Report.objects.visible_to(user).filter(campaign=campaign).values("district")
    districts = District.objects.exclude(pk__in=begun)
    return districts if user.sees_whole_city else districts.filter(pk=user.organisation.district_id)


def _may_begin(user, campaign):
    if user.organisation.district_id is None:
        return False
    report = forms.begun(user, campaign)
    there = Report.objects.visible_to(user).filter(campaign=campaign).exists()
    return not there and bool(report.moves_for(user))


# ── One report ───────────────────────────────────────────────────────────────────────────────


@may(Can.READ_REPORTS)
def report(request, pk):
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    submission = found.last_submission
    frozen = submission is not None and not found.is_writable
    confirmed = {each.side: each for each in found.confirmations_now()}
    context = {
        "report": found, "timeline": found.timeline, "on": today(), "submission": submission, "frozen": frozen,
        "sections": _sections(found), "cases": found.cases.all(), "due": due_in_words(found.due_at),
        "bodies": [(body, confirmed.get(body.side)) for body in found.bodies()],
        "submissions": found.submissions.select_related("by__organisation"),
        "is_late": moment(today()) >= found.due_at, "writes": _writes(found, request.user),
        "buttons": _buttons(found, request.user), "revisions": found.revisions.all(),
    }  # fmt: skip
    return render(request, "reports/report.html", _SECTION | context)


def _sections(found):
    """(section, the remark that returned it) in order."""
    remarks = found.remarks if found.state == Report.State.RETURNED else {}
    return [(each, remarks.get(each.key, "")) for each in found.sections.select_related("kept_by__organisation")]


def _buttons(found, user):
    """The moves of the person that are not moot, each with its address."""
    cases = found.cases.count()
    moot = {"pick"} if cases >= MOST_CASES else {"drop"} if not cases else ()
    return [(move, found.move_url(move)) for move in found.moves_for(user) if move.name not in moot]


def _writes(found, user):
    return any(move.name == "write" for move in found.moves_for(user))


def due_in_words(at):
    """12月15日24:00 for what is due by the end of a day; else to the second."""
    local = timezone.localtime(at)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        day = local - timedelta(days=1)
        return f"{day.year}年{day.month}月{day.day}日 24:00"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"


# ── Writing ──────────────────────────────────────────────────────────────────────────────────


@may(Can.WRITE_REPORTS)
def write(request, pk):
    found = visible_or_404(request.user, Report.objects, pk)
    return redirect("reports:section", found.pk, Key.values[0])


@may(Can.READ_REPORTS)
def section(request, pk, key):
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    here = get_object_or_404(found.sections.select_related("kept_by__organisation"), key=key)
    return writing.page(request, found, here, _sheet)


def _sheet(request, found, here):
    writes = _writes(found, request.user)
    draft = drafting.section(found, here.key, on=today()) if writes else ""
    return _SECTION | {
        "sections": _sections(found), "figures": _beside(found, here.key),
        "remark": found.remarks.get(here.key, "") if found.state == Report.State.RETURNED else "",
        "writes": writes, "day": tables.cut_off(found.campaign, today()), "draft": draft if draft != here.text else "",
    }  # fmt: skip


def _beside(found, key):
    """(indicator, value, address) of the section's heading, as of the cut-off."""
    heading = _HEADING_OF.get(key)
    told = [each for each in in_order() if each.heading == heading]
    day = tables.cut_off(found.campaign, today())
    table = tables.of(told, found.campaign, on=day, district=found.district_id)
    return [(each, table.shown(each.code, found.district_id), each.address(found.district_id, day)) for each in told]


@may(Can.READ_REPORTS)
def section_text(request, pk, key, version):
    """A version of a section as it was."""
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    here = get_object_or_404(found.sections, key=key)
    kept = get_object_or_404(here.texts.select_related("by__organisation"), version=version)
    context = {"report": found, "here": here, "kept": kept, "writes": _writes(found, request.user)}
    return render(request, "reports/section_text.html", _SECTION | context)


# ── What was submitted ───────────────────────────────────────────────────────────────────────


@may(Can.READ_REPORTS)
def submission(request, pk, number):
    """The figures as they were submitted, and what came, left or changed since."""
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    made = get_object_or_404(found.submissions.select_related("by__organisation", "report__campaign"), number=number)
    figures = list(made.figures.defer("behind"))
    changes = {}
    if request.GET.get("changes"):
        for figure in made.figures.select_related("submission__report__campaign"):
            if found_change := freezing.change(figure):
                changes[figure.code] = found_change
    groups, seen, moved = {}, made.confirmations, 0
    for figure in figures:
        unit, shown = papers.shown(figure)
        told = _as_confirmed(figure, seen)
        moved += bool(told)
        line = (figure, shown, unit, changes.get(figure.code), told)
        groups.setdefault(Heading(figure.heading).label, []).append(line)
    context = {
        "report": found, "made": made, "groups": list(groups.items()), "changes": changes,
        "compared": bool(request.GET.get("changes")), "due": due_in_words(made.due_at),
        "texts": [(Key(key), made.texts.get(key, "")) for key in Key.values], "confirmations": seen, "moved": moved,
    }  # fmt: skip
    return render(request, "reports/submission.html", _SECTION | context)


def _as_confirmed(figure, confirmations):
    """[(body, value, the day)] of the bodies that saw another value when they confirmed; None where none is kept."""
    indicator = CATALOGUE.get(figure.code)
    if indicator is None or not any(figure.code in each.values for each in confirmations):
        return None
    return [
        (each.by.organisation.short_name, tables.shown(indicator, each.values[figure.code]), each.on)
        for each in confirmations
        if figure.code in each.values and each.values[figure.code] != int(figure.value)
    ]


@may(Can.READ_REPORTS)
def submitted_figure(request, pk, number, code):
    """Which rows came, left or changed behind a submitted figure."""
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    figures = FrozenFigure.objects.visible_to(request.user).select_related("submission__report__campaign")
    figure = get_object_or_404(figures, submission__report=found, submission__number=number, code=code)
    indicator, change = CATALOGUE.get(code), freezing.change(figure)
    if change is None or not request.user.may(indicator.capability):
        raise Http404("这项指标没有可以查看的明细。")
    groups = [
        (label, _named(request.user, indicator, found, ids), len(ids))
        for label, ids in (
            ("报送后新增", change.came),
            ("报送后不再计入", change.left),
            ("报送后有改动", change.changed),
        )
    ]
    context = {
        "report": found, "figure": figure, "change": change, "groups": groups, "indicator": indicator,
        "number": number,
    }  # fmt: skip
    return render(request, "reports/submitted_figure.html", _SECTION | context)


def _named(user, indicator, report, ids):
    model = indicator.rows(report.campaign, report.cut_off_on).model
    found = rows.with_names(model._default_manager.visible_to(user).filter(pk__in=ids[:200]))
    return [(rows.name_of(row), rows.words_of(row), rows.address_of(row)) for row in found]


# ── Word ─────────────────────────────────────────────────────────────────────────────────────


@may(Can.READ_REPORTS)
def draft_paper(request, pk):
    """The report as it stands now, as a Word file."""
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    return _answer(request, found, papers.of_draft(found, today()), "（草稿）")


@may(Can.READ_REPORTS)
def submitted_paper(request, pk, number):
    """The report as it was submitted, as a Word file."""
    found = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    made = get_object_or_404(found.submissions.select_related("report__district", "report__campaign"), number=number)
    return _answer(request, found, papers.of_submission(made), "")


def _answer(request, found, content, more):
    try:
        answer = papers.report(content).answer(f"{content.title}{more}.docx")
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect(found)
    access.record(access.Kind.DOWNLOAD, subject=found, note=f"{content.title}{more}")
    return answer


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


@may(Can.WRITE_REPORTS)
def begin(request):
    user = request.user
    if user.organisation.district_id is None:
        raise PermissionDenied("总结由各区市起草。")
    record = forms.begun(user, Campaign.objects.running(today()))
    record.district = District.objects.get(pk=user.organisation.district_id)
    return deeds.page(request, record, forms.BeginForm, back=reverse("reports:list"), **_SECTION)


@may(Can.WRITE_REPORTS)
def pick(request, pk):
    """A typical case from a real record, chosen by `case` in the address."""
    record = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
    record.chosen = request.GET.get("case")
    if request.method == "GET" and not record.chosen:
        context = {"report": record, "candidates": casebook.offered(record), "writes": _writes(record, request.user)}
        return render(request, "reports/candidates.html", _SECTION | context)
    return deeds.page(request, record, forms.PickForm, **_SECTION)


def _deed(form_class):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_REPORTS)
    def view(request, pk):
        record = visible_or_404(request.user, Report.objects.select_related(*_SHOWN), pk)
        return deeds.page(request, record, form_class, **_SECTION)

    return view


DEEDS = {form.move: _deed(form) for form in forms.OF_A_REPORT if form.move not in ("begin", "pick")}
