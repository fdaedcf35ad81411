"""Pages of the 体检: the form that keeps itself, the record, the lists of records and of findings."""

import json

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.roles import Can, may
from casework import deeds
from casework.lifecycle import Incomplete, MoveRefused, NotYours, Stale
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from . import decisions, inspections, sweeps, visits_forms
from .cases import listed
from .models import Answer, Inspection, ReasonCheck
from .models.inspections import INSPECTOR, Outcome, told
from .visits_listings import FINDINGS, INSPECTIONS


@may(Can.READ_INSPECTIONS)
def inspection_list(request):
    return listed(request, INSPECTIONS, about="从企业页面或者走访计划开始体检。")


@may(Can.READ_INSPECTIONS)
def finding_list(request):
    return listed(request, FINDINGS, about="体检中不符合、部分符合的检查项；部分符合的，程度减轻一档。")


@may(Can.READ_INSPECTIONS)
def inspection(request, pk):
    """The record; for its inspectors the form, as long as it is a draft."""
    found = _record(request, pk)
    if found.state == Inspection.State.DRAFT and INSPECTOR.holds(found, request.user):
        return render(request, "risks/examine.html", _sheet(request, found))
    answers = {answer.item_id: answer for answer in found.answers.all()}
    return render(
        request,
        "risks/inspection.html",
        {
            "section": "risks",
            "inspection": found,
            "checks": found.reason_checks.all(),
            "findings": found.findings.select_related("item"),
            "to_advise": found.findings.without_advice().count(),
            "prescriptions": found.prescriptions.all() if request.user.may(Can.READ_LEDGER) else (),
            "unseen": found.checklist.items.count() - len([answer for answer in answers.values() if answer.value]),
            "subjects": [
                (subject, [(item, answers[item.pk]) for item in items if item.pk in answers and answers[item.pk].value])
                for subject, items in found.checklist.by_subject()
            ],
            "timeline": found.timeline,
            "begin_arrears": decisions.openings(decisions.begun_arrears(found.enterprise, on=today()), request.user),
        },
    )


@may(Can.INSPECT)
def begin(request, enterprise):
    enterprise = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
    record = inspections.begun(enterprise)
    drafts = Inspection.objects.visible_to(request.user).filter(enterprise=enterprise, state=Inspection.State.DRAFT)
    return deeds.page(
        request,
        record,
        visits_forms.OpenForm,
        back=reverse("enterprises:detail", args=[enterprise.pk]),
        section="risks",
        template="risks/begin.html",
        enterprise=enterprise,
        drafts=drafts.select_related("opened_by__organisation"),
        warnings=sweeps.warnings_for(enterprise, on=today()),
        said="已开始体检，填写的内容会自动保存。",
    )


@require_POST
@may(Can.INSPECT)
def keep(request, pk):
    """Save the draft: by script every few seconds, without by its button."""
    found = _record(request, pk)
    try:
        form = _kept(request, found)
    except Stale as stale:
        return render(request, "risks/_over.html" if request.htmx else "casework/stale.html", _over(stale), status=409)
    except NotYours as refused:
        raise PermissionDenied(refused.sentence) from None
    context = _sheet(request, found, form)
    status = 409 if form.merged.conflicts else 422 if form.refused else 200
    if request.htmx:
        response = render(request, "risks/_kept.html", context, status=status)
        if form.choices and status == 200:
            response["HX-Refresh"] = "true"  # the page shows what was chosen
        return response
    if status != 200:
        return render(request, "risks/examine.html", context, status=status)
    messages.success(request, "草稿已保存。")
    return redirect(found)


@require_POST
@may(Can.INSPECT)
def submit(request, pk):
    """Save what is on the form, then submit."""
    found = _record(request, pk)
    form = None
    try:
        form = _kept(request, found)
        if form.merged.conflicts or form.refused:
            status = 409 if form.merged.conflicts else 422
            return render(request, "risks/examine.html", _sheet(request, found, form), status=status)
        found.submit(by=request.user, on=today())
    except Stale as stale:
        return render(request, "casework/stale.html", _over(stale), status=409)
    except NotYours as refused:
        raise PermissionDenied(refused.sentence) from None
    except Incomplete as incomplete:
        lacking = {"lacking": list(incomplete.missing.values())}
        return render(request, "risks/examine.html", _sheet(request, found, form) | lacking, status=422)
    except MoveRefused as refused:
        lacking = {"lacking": [refused.sentence]}
        return render(request, "risks/examine.html", _sheet(request, found, form) | lacking, status=422)
    messages.success(request, "体检记录已提交。")
    return redirect(found)


def _deed(form_class, capability=Can.INSPECT):
    @may(capability)
    def view(request, pk):
        return deeds.page(request, _record(request, pk), form_class, section="risks")

    return view


accompany = _deed(visits_forms.AccompanyForm)
withdraw = _deed(visits_forms.WithdrawForm)


def _record(request, pk):
    return visible_or_404(
        request.user,
        Inspection.objects.readable_by(request.user)
        .select_related("enterprise", "district", "organisation", "checklist__checklist", "run__card", "visit__sweep")
        .prefetch_related("inspectors__organisation"),
        pk,
    )


def _kept(request, found):
    form = visits_forms.KeepForm(request.POST, record=found, by=request.user, on=today())
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    form.save(by=request.user, on=form.on)
    return form


def _over(stale):
    """The draft was submitted or withdrawn while somebody still wrote on it."""
    return {"stale": stale, "record": stale.now, "move": stale.now.lifecycle["keep"], "section": "risks"}


# ── The form ───────────────────────────────────────────────────────────────────────────────────


class _Question:
    """An item of the checklist on the form."""

    def __init__(self, item, values):
        self.item, self.name, self.evidence_name = item, f"answer-{item.pk}", f"evidence-{item.pk}"
        self.value, self.evidence = values.get(self.name, ""), values.get(self.evidence_name, "")


class _Asked:
    """A reason of the score on the form."""

    def __init__(self, check, values):
        self.check, self.name, self.note_name = check, f"verdict-{check.pk}", f"note-{check.pk}"
        self.value, self.note = values.get(self.name, ""), values.get(self.note_name, "")


def _sheet(request, found, form=None):
    """All that the form shows: what was typed where a save was refused, else what stands."""
    stands = found.values()
    values = stands | (form.typed if form else {})
    keys = {check.key for check in found.reason_checks.all()}
    subjects = found.checklist.by_subject()
    first = [item for _, items in subjects for item in items if keys & set(item.reasons)]
    return {
        "section": "risks",
        "inspection": found,
        "values": values,
        "base": form.base_after() if form else json.dumps(stands),
        "asked": [_Asked(check, values) for check in found.reason_checks.all()],
        "first": [_Question(item, values) for item in first],
        "subjects": [
            (subject, [_Question(item, values) for item in items if item not in first]) for subject, items in subjects
        ],
        "answers": Answer.Value.choices,
        "verdicts": ReasonCheck.Verdict.choices,
        "outcomes": Outcome.choices,
        "conflicts": _conflicts(found, form),
        "refused": [(found.labels()[name], why) for name, why in form.refused.items()] if form else [],
        "kept_at": found.kept_at or timezone.now(),
        "progress": (sum(bool(values[name]) for name in stands if name.startswith("answer-")),
                     found.checklist.items.count()),
        "others": found.timeline.exclude(by=request.user)[:1],
        "today": today(),
    }  # fmt: skip


def _conflicts(found, form):
    """(name, label, mine, theirs) of values that two people gave differently."""
    if form is None:
        return []
    labels = found.labels()
    return [
        (name, labels[name], told(name, mine), told(name, theirs))
        for name, (mine, theirs) in sorted(form.merged.conflicts.items())
    ]
