"""Pages of what people decide and know: levels, arrears, the scoreboard of reasons, an enterprise's part of them."""

from django.db.models import F
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Can, may
from casework import deeds
from casework.pages import query_without
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from . import decisions, decisions_forms, inspections, outcomes
from .cases import listed
from .models import Arrears, Inspection, LevelDecision, PlannedVisit
from .tabs import tabs
from .visits_listings import ARREARS, CHECKS, DECISIONS, checks


@may(Can.READ_LEVELS)
def for_enterprise(request, pk):
    """What people decided, know and saw of one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    user, part = request.user, "risks/_enterprise_work.html"
    context = {
        "section": "risks",
        "enterprise": enterprise,
        "part": part,
        "standing": decisions.standing_of(enterprise, user),
        "proposals": LevelDecision.objects.visible_to(user).filter(
            enterprise=enterprise, state=LevelDecision.State.PROPOSED
        ),
        "past": LevelDecision.objects.visible_to(user).filter(enterprise=enterprise).decided()[1:6],
    }
    if not enterprise.is_double:
        context |= {
            "begin_level": decisions.openings(decisions.begun(enterprise, on=today()), user),
            "begin_arrears": decisions.openings(decisions.begun_arrears(enterprise, on=today()), user),
            "begin_inspection": decisions.openings(inspections.begun(enterprise), user),
        }
    if user.may(Can.READ_ARREARS):
        context["arrears"] = Arrears.objects.visible_to(user).filter(enterprise=enterprise)
        watched = context["arrears"].watched(today()).order_by(F("paid_on").desc(nulls_first=True)).first()
        context["watched"] = watched and watched.watch_sentence(today())
    if user.may(Can.READ_INSPECTIONS):
        seen = Inspection.objects.visible_to(user).readable_by(user).filter(enterprise=enterprise)
        context["inspections"] = seen.exclude(state=Inspection.State.WITHDRAWN).prefetch_related("findings")[:10]
    if user.may(Can.READ_VISITS):
        context["planned"] = (
            PlannedVisit.objects.visible_to(user).to_come().filter(enterprise=enterprise).select_related("sweep")
        )
    return render(request, part if request.htmx else "risks/enterprise.html", context)


# ── Levels ─────────────────────────────────────────────────────────────────────────────────────


@may(Can.READ_LEVELS)
def decision_list(request):
    return listed(request, DECISIONS, about="等级由工作人员确认；工会提出的建议由人社部门采纳或者答复。")


def _on_level(form_class):
    @may(Can.DECIDE_LEVELS)
    def view(request, enterprise):
        found = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
        record = decisions.begun(found, on=today())
        return deeds.page(
            request, record, form_class, back=_home_of(found), section="risks", template="risks/deed_on.html",
            enterprise=found,
        )  # fmt: skip

    return view


def _answer(form_class):
    @may(Can.DECIDE_LEVELS)
    def view(request, pk):
        record = visible_or_404(request.user, LevelDecision.objects.select_related("enterprise"), pk)
        return deeds.page(request, record, form_class, section="risks", template="risks/deed_on.html",
                          enterprise=record.enterprise)  # fmt: skip

    return view


decide = _on_level(decisions_forms.DecideForm)
propose = _on_level(decisions_forms.ProposeForm)
adopt = _answer(decisions_forms.AdoptForm)
decline = _answer(decisions_forms.DeclineForm)


# ── Arrears ────────────────────────────────────────────────────────────────────────────────────


@may(Can.READ_ARREARS)
def arrears_list(request):
    return listed(
        request, ARREARS, about="未付清的欠薪按规则抬高等级；付清后不再计入，在监测期内继续关注，并留作评分回测的依据。"
    )


@may(Can.READ_ARREARS)
def arrears_page(request, pk):
    row = visible_or_404(request.user, Arrears.objects.select_related("enterprise", "district", "inspection"), pk)
    context = {"section": "risks", "arrears": row, "watched": row.watch_sentence(today()), "timeline": row.timeline}
    return render(request, "risks/arrears.html", context)


def _on_arrears(form_class):
    @may(Can.RECORD_ARREARS)
    def view(request, enterprise):
        found = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
        record = decisions.begun_arrears(found, on=today())
        return deeds.page(
            request, record, form_class, back=_home_of(found), section="risks", template="risks/deed_on.html",
            enterprise=found,
        )  # fmt: skip

    return view


def _deed(form_class):
    @may(Can.RECORD_ARREARS)
    def view(request, pk):
        record = visible_or_404(request.user, Arrears.objects.select_related("enterprise"), pk)
        return deeds.page(request, record, form_class, section="risks")

    return view


report = _on_arrears(decisions_forms.ReportForm)
record = _on_arrears(decisions_forms.RecordForm)
verify = _deed(decisions_forms.VerifyForm)
amend = _deed(decisions_forms.AmendForm)
pay = _deed(decisions_forms.PayForm)
settle = _deed(decisions_forms.SettleForm)
dismiss = _deed(decisions_forms.DismissForm)


def _home_of(enterprise):
    return reverse("enterprises:detail", args=[enterprise.pk])


# ── The scoreboard of reasons ──────────────────────────────────────────────────────────────────


@may(Can.READ_INSPECTIONS)
def reasons(request):
    """How often visits confirmed each reason of the score."""
    found = checks(request.user, request.GET)
    return render(
        request,
        "risks/reasons.html",
        {
            "section": "risks",
            "tabs": tabs(request, "risks:reasons"),
            "found": found,
            "rows": outcomes.scoreboard(found.qs),
            "query": query_without(request.GET, "key", "verdict", "page"),
        },
    )


@may(Can.READ_INSPECTIONS)
def check_list(request):
    return listed(request, CHECKS, about="每次体检对评分依据逐条核实的结果。", tab="risks:reasons")
