"""What was issued, its bundle of files, and the page that knows a file again."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts import proof
from accounts.roles import Can, may
from casework import access
from casework.intake import clean_name
from casework.scope import visible_or_404
from casework.today import today
from casework.views import attachment

from . import bundles
from .models import Bundle, Key, Summary
from .summary_forms import VerifyForm
from .tabs import tabs

_SECTION = {"section": "reports"}


@may(Can.SUM_UP)
def issue(request, pk, number):
    """The summary as it was issued: which submissions it adds up, its files."""
    found = _issue(request, pk, number)
    made = found.bundles.select_related("job", "by__organisation")
    context = {
        "report": found.summary, "issue": found, "gathered": found.gathered(), "bundles": made,
        "latest": next((each for each in made if each.sha256), None),
        "texts": [(key.label, found.texts.get(key.value, "")) for key in Key],
        "making": any(not each.job.over for each in made if each.job),
    }  # fmt: skip
    return render(request, "reports/issue.html", _SECTION | context)


def _issue(request, pk, number):
    found = visible_or_404(request.user, Summary.objects.select_related("campaign"), pk)
    return get_object_or_404(found.issues.select_related("summary__campaign", "by__organisation"), number=number)


@require_POST
@may(Can.SUM_UP)
def bundle(request, pk, number):
    """Have everything of an issue put into one ZIP."""
    bundles.ask(_issue(request, pk, number), by=request.user, on=today())
    return redirect("reports:issue", pk, number)


@may(Can.SUM_UP)
def bundle_file(request, pk):
    wanted = visible_or_404(request.user, Bundle.objects, pk)
    if not wanted.file:
        raise Http404("文件包尚未做好。")
    if wanted.rows > settings.STEP_UP_ROWS and not proof.recent(request):
        return proof.ask(request, f"下载“{wanted}”，台账 {wanted.rows:,} 件", downloads=True)
    access.record(access.Kind.DOWNLOAD, subject=wanted, rows=wanted.rows or None, note=wanted.name)
    return attachment(wanted.file.open(), wanted.name, "zip")


@may(Can.SUM_UP)
def verify(request):
    """Whether a file is one of those that were issued, to the last byte. It is not kept."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    context = {"form": form, "tabs": tabs("reports:verify", request.user)}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        digest = bundles.digest_of(file)
        whole, parts = bundles.known(digest)
        name = clean_name(file.name)
        context |= {
            "name": name, "bytes": file.size, "sha256": digest, "whole": whole, "parts": parts,
            "namesakes": [] if whole or parts else bundles.namesakes(name), "verified": True,
        }  # fmt: skip
        access.record(access.Kind.VIEW, note=f"核验文件“{name}”，{'一致' if whole or parts else '没有登记'}")
    status = 422 if request.method == "POST" and not form.is_valid() else 200
    return render(request, "reports/verify.html", _SECTION | context, status=status)
