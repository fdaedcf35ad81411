"""The files of a report: which there are, and the making of one."""

import tempfile

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.roles import Can, may
from casework import access, exports
from casework.confined import NotTaken
from casework.scope import visible_or_404
from casework.today import today
from casework.views import attachment
from risks.ledger import LEDGER

from . import files
from .forms import FileForm
from .models import Report


@may(Can.READ_REPORTS)
def report_files(request, pk):
    """Each version as Word file and workbook. A short one comes at once, a long one is written in the background."""
    found = visible_or_404(request.user, Report.objects.select_related("district", "campaign"), pk)
    form = FileForm(request.POST or None)
    wanted = form.is_valid() and files.wanted(found, form.cleaned_data["kind"], form.cleaned_data["number"])
    if not wanted:
        refused = request.method == "POST"
        return render(
            request, "reports/files.html", _shown(request.user, found, refused), status=422 if refused else 200
        )
    content = wanted.content(by=request.user, on=today())
    if files.is_long(content):
        files.ask(wanted, by=request.user, now=timezone.now())
        return redirect("casework:exports")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        rows = files.put(file, content)
    except NotTaken as refused:
        messages.error(request, str(refused))
        return redirect(found)
    access.record(access.Kind.DOWNLOAD, subject=found, rows=rows or None, note=wanted.title)
    return attachment(file, f"{wanted.title}.{wanted.kind}", wanted.kind)


def _shown(user, found, refused):
    return {
        "section": "reports", "report": found, "submissions": found.submissions.select_related("by__organisation"),
        "kinds": files.Kind, "refused": refused, "takes_ledger": exports.allowed(user, LEDGER),
    }  # fmt: skip
