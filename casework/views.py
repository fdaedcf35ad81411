import tempfile

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import proof
from accounts.roles import Can, may

from . import access, exports
from .forms import ExportForm, RenameView, SaveView
from .listings import LISTINGS
from .models import Export, SavedView
from .pages import page_of


def missing(request, exception):
    """Django's handler404. The record of another district is answered with the very bytes of one that is not there.

    So there is no form's token on it, which is masked anew each time.
    """
    return render(request, "404.html", {"csrf_token": ""}, status=404)


# ── Exports ──────────────────────────────────────────────────────────────────────────────────


@require_POST
@may(Can.EXPORT)
def export(request):
    """A short list comes at once, a long one is written in the background."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise Http404("没有这份清单。")
    listing, asked, now = form.listing, form.cleaned_data, timezone.now()
    if not exports.allowed(request.user, listing):
        raise PermissionDenied(f"您的岗位不能导出“{listing.title}”。")
    if not proof.recent(request) and exports.is_bulk(listing, asked["query"], by=request.user):
        return proof.ask(request, f"导出“{listing.title}”，超过 {settings.STEP_UP_ROWS:,} 行", downloads=True)
    if exports.is_long(listing, asked["query"], by=request.user):
        exports.ask(listing, asked["query"], asked["format"], by=request.user, now=now)
        return redirect("casework:exports")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    exports.write(file, listing, asked["query"], asked["format"], by=request.user, at=now)
    return attachment(file, exports.file_name(listing.title, asked["format"], now), asked["format"])


@may(Can.EXPORT)
def export_list(request):
    mine = Export.objects.filter(owner=request.user).select_related("job")
    context = {"page": page_of(mine, request.GET), "days": settings.EXPORT_DAYS, "now": timezone.now()}
    return render(request, "casework/exports.html", context)


@may(Can.EXPORT)
def export_line(request, pk):
    """One line of the list, asked for again while the file is being written."""
    return render(request, "casework/_export.html", {"export": _export_or_404(request, pk), "now": timezone.now()})


@may(Can.EXPORT)
@access.watched(access.Kind.DOWNLOAD, "导出文件", "casework.export")
def export_file(request, pk):
    wanted = _export_or_404(request, pk)
    source = exports.source(wanted.page)
    if not wanted.file or wanted.expires_at < timezone.now() or source is None:
        raise Http404("文件已过期删除或尚未生成，请重新导出。")
    if not exports.allowed(request.user, source):
        raise PermissionDenied(f"您的岗位不能导出“{source.title}”。")
    if wanted.rows > settings.STEP_UP_ROWS and not proof.recent(request):
        return proof.ask(request, f"下载“{wanted.title}”，共 {wanted.rows:,} 行", downloads=True)
    name = exports.file_name(wanted.title, wanted.format, wanted.asked_at)
    return attachment(wanted.file.open(), name, wanted.format)


@require_POST
@may(Can.EXPORT)
def retry_export(request, pk):
    _export_or_404(request, pk).job.retry()
    return redirect("casework:exports")


@require_POST
@may(Can.EXPORT)
def delete_export(request, pk):
    exports.drop(_export_or_404(request, pk))
    return redirect("casework:exports")


def _export_or_404(request, pk):
    export = Export.objects.filter(pk=pk, owner=request.user).select_related("job").first()
    if export is None:
        raise Http404("没有找到这份导出文件。")
    return export


def attachment(file, name, format):
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=exports.TYPES[format])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


# ── Saved views ──────────────────────────────────────────────────────────────────────────────


def view_list(request):
    mine = SavedView.objects.filter(owner=request.user)
    rows = [(LISTINGS[view.page].title, view) for view in mine if view.page in LISTINGS]
    return render(request, "casework/views.html", {"rows": sorted(rows, key=lambda row: (row[0], row[1].name))})


@require_POST
def save_view(request):
    form = SaveView(request.POST, owner=request.user)
    if "page" not in form.data or form.data["page"] not in LISTINGS:
        raise Http404("没有这份清单。")
    if form.is_valid():
        kept = form.save()
        messages.success(request, f"已存为我的视图“{kept.name}”。")
    else:
        _tell_errors(request, form)
    return redirect(f"{reverse(form.data['page'])}?{form.cleaned_data.get('query', '')}")


@require_POST
def rename_view(request, pk):
    form = RenameView(request.POST, instance=_view_or_404(request, pk))
    if form.is_valid():
        form.save()
    else:
        _tell_errors(request, form)
    return redirect("casework:views")


@require_POST
def delete_view(request, pk):
    _view_or_404(request, pk).delete()
    return redirect("casework:views")


def _view_or_404(request, pk):
    view = SavedView.objects.filter(pk=pk, owner=request.user).first()
    if view is None:
        raise Http404("没有找到这个视图。")
    return view


def _tell_errors(request, form):
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, error)
