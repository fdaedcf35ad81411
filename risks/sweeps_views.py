"""Pages of plans: whom a district visits, drawn by risk and by lot, and the list that is carried along."""

from functools import partial

from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Can, may
from casework import access, deeds
from casework.documents import Paper, in_words
from casework.scope import visible_or_404

from . import sweeps, visits_forms
from .cases import listed
from .explanations import card_of, titles
from .models import PlannedVisit, Score, Sweep
from .visits_listings import SWEEPS, visits_of


@may(Can.READ_VISITS)
def sweep_list(request):
    begin = ("risks:sweep_propose", "拟定走访计划") if request.user.may(Can.PLAN_VISITS) else None
    return listed(
        request, SWEEPS, about="按风险高低和随机抽取确定走访企业，名单和种子留存，可重新抽取核对。", begin=begin
    )


@may(Can.READ_VISITS)
def sweep(request, pk):
    plan = _plan(request, pk)
    visits = list(visits_of(plan, request.user))
    warnings = sweeps.warnings(plan, visits)
    return render(
        request,
        "risks/sweep.html",
        {
            "section": "risks",
            "sweep": plan,
            "visits": [(visit, warnings.get(visit.pk)) for visit in visits],
            "warned": len(warnings),
            "drawn": [visit for visit in visits if visit.how == PlannedVisit.How.LOT],
            "standing": sum(visit.struck_on is None for visit in visits),
            "again": _drawn_again(plan, visits) if "verify" in request.GET else None,
            "timeline": plan.timeline[:30],
            "people": plan.inspectors.select_related("organisation"),
        },
    )


@may(Can.READ_VISITS)
def route(request, pk):
    """The list to carry along, on paper."""
    plan = _plan(request, pk)
    return render(request, "risks/route.html", {"section": "risks", "sweep": plan, "rows": _route(plan, request.user)})


@access.watched(access.Kind.DOWNLOAD, "走访名单", "risks.sweep")
@may(Can.READ_VISITS)
def route_document(request, pk):
    plan = _plan(request, pk)
    paper = Paper(f"{plan.title}名单", sender=plan.organisation, landscape=True)
    period = f"{in_words(plan.starts_on)}至{in_words(plan.ends_on)}"
    paper.text(f"{plan.get_kind_display()}，{period}，共 {plan.visits.standing().count()} 户。")
    paper.table(
        ["序号", "企业名称、地址", "联系", "核实事项", "检查人员", "走访情况、签字"],
        [
            [
                str(number),
                f"{visit.enterprise.name}\n{visit.enterprise.address}".strip(),
                f"{visit.enterprise.contact} {visit.enterprise.phone}".strip(),
                "、".join(reasons),
                "\n".join(person.name for person in visit.inspectors.all()),
                "",
            ]
            for number, (visit, reasons) in enumerate(_route(plan, request.user), 1)
        ],
        widths=[13, 62, 38, 54, 24, 34],
    )
    return paper.answer(f"{plan.title}名单.docx")


@may(Can.PLAN_VISITS)
def propose(request):
    plan = Sweep(district=request.user.district)
    back = reverse("risks:sweeps")
    return deeds.page(
        request, plan, visits_forms.ProposeForm, back=back, section="risks", template="risks/propose.html"
    )


def _deed(form_class):
    """Who may make the move says the lifecycle."""

    @may(Can.PLAN_VISITS)
    def view(request, pk):
        return deeds.page(request, _plan(request, pk), _begun(request, form_class), section="risks")

    return view


def _begun(request, form_class):
    """A form on one row of the plan begins with the row that its button names."""
    visit = request.GET.get("visit", "")
    return partial_form(form_class, {"visit": visit}) if visit.isdecimal() else form_class


def partial_form(form_class, initial):
    made = partial(form_class, initial=initial)
    made.move = form_class.move
    return made


deal = _deed(visits_forms.DealForm)
send = _deed(visits_forms.SendForm)
strike = _deed(visits_forms.StrikeForm)
add = _deed(visits_forms.AddForm)
confirm = _deed(visits_forms.ConfirmForm)
cancel = _deed(visits_forms.CancelForm)


def _plan(request, pk):
    return visible_or_404(request.user, Sweep.objects.select_related("district", "organisation", "run__card"), pk)


def _drawn_again(plan, visits):
    """Whether the drawing, made once more, gives the enterprises of the plan."""
    drawn = plan.drawn_again()
    by = {how: {v.enterprise_id for v in visits if v.how == how} for how in PlannedVisit.How}
    return set(drawn.by_risk) == by[PlannedVisit.How.RISK] and set(drawn.by_lot) == by[PlannedVisit.How.LOT]


def _route(plan, user):
    """(visit, titles of what to ask about) of the plan's standing rows."""
    visits = [visit for visit in visits_of(plan, user) if visit.struck_on is None]
    card = card_of(plan.run)
    scores = Score.objects.visible_to(user).filter(
        run=plan.run, enterprise__in=[visit.enterprise_id for visit in visits]
    )
    marks = dict(scores.values_list("enterprise_id", "marks"))
    return [(visit, titles(marks.get(visit.enterprise_id, []), card)) for visit in visits]
