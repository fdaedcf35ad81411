"""The page on which a section is written, of a district's report or of the city's summary.

By script it keeps itself every few seconds, without by its button. Who wrote meanwhile is never written over: both
texts stand side by side, and what the person sends then names the version that they were shown.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render

from casework.lifecycle import MoveRefused, NotYours, Stale
from casework.today import today

from .forms import SectionForm

PAGE, PART = "reports/section.html", "reports/_kept.html"
_TEXTS_SHOWN = 20


def page(request, report, here, sheet):
    """Show and take the section `here` of `report`; `sheet(request, report, here)` is what stands beside it."""

    def answered(here, status, **told):
        context = sheet(request, report, here) | _written(report, here) | told
        return render(request, PART if request.htmx else PAGE, context, status=status)

    if request.method != "POST":
        return render(request, PAGE, sheet(request, report, here) | _written(report, here))
    form = SectionForm(request.POST)
    if not form.is_valid():
        return answered(here, 422, refused="页面不完整，请刷新后重新填写。")
    text = form.cleaned_data["text"]
    try:
        here = report.write(by=request.user, on=today(), version=form.version, key=here.key, text=text)
    except (NotYours, Stale) as refused:
        if isinstance(refused, NotYours):
            raise PermissionDenied(refused.sentence) from None
        return answered(here, 409, refused=refused.sentence, mine=text)
    except MoveRefused as refused:
        here = getattr(refused, "now", here)
        told = {"refused": refused.sentence, "mine": text, "theirs": here.text if refused.status == 409 else None}
        # With the version of before, so that what repeats itself is refused again.
        return answered(here, refused.status, **told, base=form.cleaned_data["base"])
    if request.htmx:
        return answered(here, 200)
    messages.success(request, f"“{here}”已保存。")
    return HttpResponseRedirect(here.get_absolute_url())


def _written(report, here):
    return {
        "report": report, "here": here, "text": here.text,
        "texts": here.texts.select_related("by__organisation")[:_TEXTS_SHOWN],
    }  # fmt: skip
