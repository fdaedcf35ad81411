"""Pages of a paper that came back edited: the receiving, one with what was made of it, and the deeds."""

from django.shortcuts import render

from accounts.roles import Can, may
from casework import deeds
from casework.scope import visible_or_404

from . import revision_forms
from .models import Report, Revision

_SECTION = {"section": "reports"}
_SHOWN = ("report__district", "report__campaign")


@may(Can.WRITE_REPORTS)
def receive(request, pk):
    report = visible_or_404(request.user, Report.objects.select_related("district", "campaign"), pk)
    record = Revision(report=report, district_id=report.district_id)
    back = report.get_absolute_url()
    return deeds.page(
        request, record, revision_forms.ReceiveForm, back=back, said="已交回，请逐个部分对照后取用。", **_SECTION
    )


@may(Can.READ_REPORTS)
def revision(request, pk):
    found = visible_or_404(request.user, Revision.objects.select_related(*_SHOWN), pk)
    context = {
        "revision": found, "report": found.report, "timeline": found.timeline,
        "buttons": [(move, found.move_url(move)) for move in found.moves_for(request.user)],
        "edited": found.edited, "gone": found.gone_labels,
    }  # fmt: skip
    return render(request, "reports/revision.html", _SECTION | context)


def _deed(form_class):
    @may(Can.READ_REPORTS)
    def view(request, pk):
        record = visible_or_404(request.user, Revision.objects.select_related(*_SHOWN), pk)
        return deeds.page(request, record, form_class, template="reports/revision_deed.html", **_SECTION)

    return view


take, drop = _deed(revision_forms.TakeForm), _deed(revision_forms.DropForm)
