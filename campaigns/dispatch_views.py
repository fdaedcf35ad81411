"""Pages of dispatch and supervision."""

from django.shortcuts import render

from accounts.roles import Can, may
from casework.scope import visible_or_404
from casework.today import today

from . import dispatch_forms as forms
from . import figures, punctuality
from .listings import ANSWERS, DISPATCHES, SUPERVISIONS, answers_of, dispatches_of, supervisions_of
from .models import Answer, Campaign, Dispatch, Supervision
from .pages import SECTION, begin, deed_of, list_page
from .tabs import tabs


@may(Can.READ_CAMPAIGN)
def dispatches(request):
    on = today()
    of_rounds, of_notes = punctuality.of_districts(request.user, on, campaign=Campaign.objects.running(on))
    context = {
        "punctual": list(zip(of_rounds, of_notes, strict=True)), "begins": Dispatch().moves_for(request.user),
        "begin_at": "campaigns:dispatch_draft", "below": "campaigns/_punctuality.html",
    }  # fmt: skip
    return list_page(
        request, DISPATCHES, dispatches_of, "campaigns/_dispatches.html", "由市三方办起草、下发。", **context
    )


@may(Can.READ_CAMPAIGN)
def dispatch(request, pk):
    found = visible_or_404(request.user, Dispatch.objects.select_related("campaign"), pk)
    answers = Answer.objects.visible_to(request.user).filter(dispatch=found).select_related("district", "dispatch")
    named = {figure.code: figure for figure in figures.catalogue()}
    context = {
        "record": found, "on": today(), "tabs": tabs(DISPATCHES.page),
        "answers": answers.order_by("district__rank"), "asked": [named[code] for code in found.codes if code in named],
        "timeline": found.timeline if request.user.sees_whole_city else None,
    }  # fmt: skip
    return render(request, "campaigns/dispatch.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def answers(request):
    return list_page(
        request, ANSWERS, answers_of, "campaigns/_answers.html", "市三方办下发调度后，各区市的答复列在这里。"
    )


@may(Can.READ_CAMPAIGN)
def answer(request, pk):
    found = visible_or_404(request.user, Answer.objects.select_related("district", "dispatch__campaign"), pk)
    context = {"record": found, "on": today(), "timeline": found.timeline, "tabs": tabs(ANSWERS.page)}
    return render(request, "campaigns/answer.html", SECTION | context)


@may(Can.READ_CAMPAIGN)
def supervisions(request):
    context = {"begins": Supervision().moves_for(request.user), "begin_at": "campaigns:supervision_send"}
    empty = "由市三方办就某一事项或者某条记录向区市发出。"
    return list_page(request, SUPERVISIONS, supervisions_of, "campaigns/_supervisions.html", empty, **context)


@may(Can.READ_CAMPAIGN)
def supervision(request, pk):
    found = visible_or_404(request.user, Supervision.objects.select_related("district", "campaign"), pk)
    context = {"record": found, "on": today(), "timeline": found.timeline, "tabs": tabs(SUPERVISIONS.page)}
    return render(request, "campaigns/supervision.html", SECTION | context)


draft = begin(lambda user: Dispatch(), forms.DraftDispatchForm, "campaigns:dispatches")
send = begin(lambda user: Supervision(), forms.SendSupervisionForm, "campaigns:supervisions")
OF_A_DISPATCH = {form.move: deed_of(Dispatch, form, "campaign") for form in forms.OF_A_DISPATCH[1:]}
OF_AN_ANSWER = {form.move: deed_of(Answer, form, "district", "dispatch__campaign") for form in forms.OF_AN_ANSWER}
OF_A_SUPERVISION = {form.move: deed_of(Supervision, form, "district") for form in forms.OF_A_SUPERVISION[1:]}
