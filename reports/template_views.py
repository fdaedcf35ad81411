"""Pages of the Word templates: those there are, one with its preview, and the deeds."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.roles import Can, may
from casework import deeds
from casework.confined import NotTaken
from casework.documents import download
from casework.pages import page_of
from casework.scope import visible_or_404
from casework.today import today

from . import papers, template_forms, templating
from .listings import TEMPLATES, reports_of
from .models import Report, Template

_SECTION = {"section": "reports"}


@may(Can.SET_PAPERS)
def templates(request):
    filters = TEMPLATES.filtered(request.user, request.GET)
    context = {
        "filters": filters, "page": page_of(filters.qs, request.GET), "page_name": TEMPLATES.page,
        "in_force": Template.objects.listed().in_force(), "fields": templating.explained(), "listing": TEMPLATES,
        "views": request.user.saved_views.filter(page=TEMPLATES.page),
    }  # fmt: skip
    return render(request, "reports/templates.html", _SECTION | context)


@may(Can.SET_PAPERS)
def starter(request):
    """The built-in layout as a template, to begin with."""
    return download(templating.starter(), "总结模板（内置版式）.docx")


@may(Can.SET_PAPERS)
def template(request, pk):
    found = get_object_or_404(Template.objects.listed(), pk=pk)
    context = {
        "template": found, "timeline": found.timeline, "reports": reports_of(request.user, {}).qs,
        "buttons": [(move, found.move_url(move)) for move in found.moves_for(request.user)],
    }  # fmt: skip
    return render(request, "reports/template.html", _SECTION | context)


@may(Can.SET_PAPERS)
def template_file(request, pk):
    found = get_object_or_404(Template, pk=pk)
    return download(bytes(found.content), f"总结模板（第{found.number}版）.docx")


@may(Can.SET_PAPERS)
def preview(request, pk):
    """What a report would look like: one that is there, chosen by `report`, or an invented one."""
    found, chosen = get_object_or_404(Template, pk=pk), request.GET.get("report", "")
    content = papers.example()
    if chosen:
        number = chosen if chosen.isdecimal() and len(chosen) < 10 else 0
        shown = visible_or_404(request.user, Report.objects.select_related("district", "campaign"), number)
        last = shown.last_submission
        content = papers.of_submission(last) if last else papers.of_draft(shown, today())
    try:
        return papers.by_template(found, content).answer(f"{content.title}（{found}预览）.docx")
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect(found)


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


@may(Can.SET_PAPERS)
def upload(request):
    back = reverse("reports:templates")
    return deeds.page(request, Template(), template_forms.UploadForm, back=back, **_SECTION)


def _deed(form_class):
    @may(Can.SET_PAPERS)
    def view(request, pk):
        return deeds.page(request, get_object_or_404(Template, pk=pk), form_class, **_SECTION)

    return view


enact, retire = _deed(template_forms.EnactForm), _deed(template_forms.RetireForm)
