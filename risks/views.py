"""Pages of the risk sweep: the ranked list, an enterprise's score, the runs, the scorecard."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.roles import Can, may
from casework.access import Kind, watched
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from enterprises.models import Enterprise

from . import legend, moves, progress, readiness, rows, scoring
from .explanations import Chart, Explanation, card_of, history, titles
from .filters import LEVELS
from .forms import RunForm
from .listings import ranked_in, run_of
from .models import Score, ScoreRun
from .tabs import tabs

LIST = "risks:list"
SHOWN_RUNS = 50


@may(Can.READ_LEVELS)
def ranked_list(request):
    run = run_asked(request.GET)
    if run is None:
        return render(request, "risks/list_no_run.html", {"section": "risks", "tabs": tabs(request, LIST)})
    filters = ranked_in(run, request.user, request.GET)
    card, page = card_of(run), _page(filters, request.GET)
    city = request.user.sees_whole_city
    response = render_list(
        request,
        "risks/list.html",
        "risks/_list.html",
        {
            "section": "risks",
            "tabs": tabs(request, LIST),
            "run": run,
            "card": card,
            "filters": filters,
            "page": page,
            "rows": rows.written(page.rows, card, with_district=city) if filters.figures else "",
            "page_name": LIST,
            "views": request.user.saved_views.filter(page=LIST),
            "readiness": readiness.of(run),
        },
    )
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"  # without the empty fields of the form
    return response


@may(Can.READ_LEVELS)
@watched(Kind.VIEW, "评分和依据", "enterprises.enterprise", needs=Can.READ_FIGURES)
def for_enterprise(request, pk):
    """What a score says of one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    run = run_asked(request.GET)
    score = Score.objects.filter(run=run, enterprise=enterprise).visible_to(request.user).first() if run else None
    context = {"section": "risks", "enterprise": enterprise, "run": run, "score": score}
    if score is None:
        return _part_or_page(request, "risks/_enterprise_unscored.html", context)
    if not request.user.may(Can.READ_FIGURES):
        return _part_or_page(request, "risks/_enterprise_level.html", context | _words(score, run))
    return _part_or_page(request, "risks/_enterprise_score.html", context | _figures(score, run, request.user))


@may(Can.SCORE)
def runs(request):
    shown = ScoreRun.objects.select_related("card", "asked_by").prefetch_related("by_district")[:SHOWN_RUNS]
    return render(
        request,
        "risks/runs.html",
        {
            "section": "risks",
            "tabs": tabs(request, "risks:runs"),
            "levels": LEVELS.values(),
            "runs": [{"run": run, "counts": _counts(run), "state": progress.state_of(run)} for run in shown],
            "form": RunForm(months=readiness.months()),
            "card": scoring.load(),
        },
    )


@require_POST
@may(Can.SCORE)
def start_run(request):
    form = RunForm(request.POST, months=readiness.months())
    if form.is_valid():
        return redirect("risks:run", form.save(by=request.user).pk)
    messages.error(request, "没有开始评分：" + "；".join(error for errors in form.errors.values() for error in errors))
    return redirect("risks:runs")


@may(Can.SCORE)
def run_page(request, pk):
    """One run: how far it is, and when it is over what moved since the run before."""
    run = get_object_or_404(ScoreRun.objects.select_related("card", "asked_by", "previous"), pk=pk)
    over = run.finished_at and not run.pruned_at
    context = {
        "section": "risks",
        "run": run,
        "counts": _counts(run),
        "progress": None if run.finished_at else progress.of(run),
        "moves": moves.between(run) if over and run.previous_id else None,
    }
    return render_list(request, "risks/run.html", "risks/_run.html", context)


@require_POST
@may(Can.SCORE)
def cancel_run(request, pk):
    for job in get_object_or_404(ScoreRun, pk=pk).jobs.underway():
        job.cancel()
    return redirect("risks:run", pk)


@require_POST
@may(Can.SCORE)
def retry_run(request, pk):
    """Go on with the parts that failed or were cancelled."""
    for job in get_object_or_404(ScoreRun, pk=pk).jobs:
        job.retry()
    return redirect("risks:run", pk)


@may(Can.READ_LEVELS)
def card(request):
    run = run_asked(request.GET)
    used = card_of(run) if run else scoring.load()
    context = {"section": "risks", "tabs": tabs(request, "risks:card"), "run": run, "card": used}
    return render(request, "risks/card.html", context | {"legend": legend.of(used)})


_ON_A_ROW = (
    "level", "score", "previous_level", "previous_score", "coverage", "reasons", "marks", "district__short_name",
    "enterprise__uscc", "enterprise__name", "enterprise__industry", "enterprise__industry_name", "enterprise__heads",
)  # fmt: skip


def _page(filters, parameters):
    """First whose rows stand on the page, which an index can tell, then these rows alone with their enterprises."""
    page = page_of(filters.qs.values_list("enterprise_id", flat=True), parameters, total=filters.total())
    scores = filters.queryset.filter(enterprise__in=page.rows).only(*_ON_A_ROW)
    by_enterprise = {score.enterprise_id: score for score in scores}
    return replace(page, rows=[by_enterprise[enterprise] for enterprise in page.rows])


def run_asked(parameters):
    """The run that a page asks for; None before the first. A run that is gone answers 404."""
    run = run_of(parameters)
    if run is None and parameters.get("run"):
        raise Http404("没有找到这一轮评分，它可能已过保存期限。")
    return run


def _part_or_page(request, part, context):
    return render(request, part if request.htmx else "risks/enterprise.html", context | {"part": part})


def _words(score, run):
    return {"titles": titles(score.marks, card_of(run))}


def _figures(score, run, user):
    past = history(score.enterprise_id, user)
    explanation = Explanation(score, run)
    return {"explanation": explanation, "history": past, "chart": Chart(past[::-1], explanation.card)}


def _counts(run):
    """(level, its name, enterprises) of the whole city, red first."""
    return [(level, name, run.levels[name]) for name, level in LEVELS.items()]
