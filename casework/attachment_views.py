"""Files of a record: shown, added, served. Whoever may not see the record finds no file of it either."""

from functools import wraps
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from . import access, intake
from .attachments import HOLDERS, Attachment, attach, is_at_home
from .confined import NotTaken
from .scope import visible_or_404
from .today import today

FORM_BYTES = 2**20  # what a request weighs beside its files, at most
AT_ONCE = 10
_CLOSED = "这条记录已办结，不能再添加附件。"


def within_size(view):
    """Answer 413 by Content-Length, before a byte of the body is read: the CSRF check itself reads all of it."""

    @wraps(view)
    def bounded(request, *args, **kwargs):
        most = AT_ONCE * settings.ATTACHMENT_MAX_BYTES
        if int(request.META.get("CONTENT_LENGTH") or 0) > most + FORM_BYTES:
            why = f"一次上传的文件合计超过 {intake.megabytes(most)}，没有收下；请分几次上传。"
            part = "casework/_attachments_too_large.html"
            # htmx shows a form that was refused, and no other error.
            template, status = (part, 422) if request.htmx else ("casework/attachments_too_large.html", 413)
            return render(request, template, {"why": why, "part": part}, status=status)
        return csrf_protect(view)(request, *args, **kwargs)

    return csrf_exempt(bounded)


@within_size
@require_http_methods(["GET", "POST"])
def attachments(request, key, pk):
    """The files of one record, and the form that adds more: a part for htmx, a page of its own without script."""
    holder, record = record_or_404(request.user, key, pk)
    if request.method == "GET":
        return _shown(request, holder, record)
    if not may_add(request.user, holder, record):
        raise PermissionDenied("您的岗位不能在这条记录上添加附件。" if not request.user.may(holder.add) else _CLOSED)
    uploads = request.FILES.getlist("files")
    if not uploads:
        return _shown(request, holder, record, problem="请选择要上传的文件。", status=422)
    if len(uploads) > AT_ONCE:
        why = f"一次最多上传 {AT_ONCE} 个文件，请分几次上传。"
        return _shown(request, holder, record, problem=why, status=422)
    taken, turned_away = [], []
    for upload, id in zip(uploads, _ids(request.POST.get("form", "")), strict=False):
        try:
            taken.append(attach(record, upload, by=request.user, on=today(), id=id))
        except NotTaken as refusal:
            turned_away.append((intake.clean_name(upload.name), str(refusal)))
    if turned_away or request.htmx:
        return _shown(request, holder, record, taken, turned_away, status=422 if turned_away else 200)
    return redirect("casework:attachments", key, pk)


def _ids(form):
    """Ids of the files of one form, the same when the form is sent again."""
    try:
        form = UUID(form)
    except ValueError:
        form = uuid4()
    return [uuid5(form, str(number)) for number in range(AT_ONCE)]


def _shown(request, holder, record, taken=(), turned_away=(), problem="", status=200):
    context = {
        "key": holder.key,
        "record": record,
        "back": record.get_absolute_url() if hasattr(record, "get_absolute_url") else "",
        "attachments": Attachment.objects.visible_to(request.user).on(record),
        "taken": taken,
        "turned_away": turned_away,
        "problem": problem,
        "may_add": may_add(request.user, holder, record),
        "form": uuid4(),
        "endings": ",".join(intake.ENDINGS),
        "in_words": intake.IN_WORDS,
        "largest": intake.megabytes(settings.ATTACHMENT_MAX_BYTES),
        "at_once": AT_ONCE,
    }
    template = "casework/_attachments.html" if request.htmx else "casework/attachments.html"
    return render(request, template, context, status=status)


@require_GET
@access.watched(access.Kind.DOWNLOAD, "附件", "casework.attachment")
def attachment_file(request, pk):
    """Downloaded and never shown: no guess at its type, nothing in it may run here."""
    attachment = _attachment_or_404(request.user, pk)
    return _guarded(
        FileResponse(
            attachment.file.open("rb"), as_attachment=True, filename=attachment.name, content_type=attachment.media_type
        )
    )


@require_GET
def small_picture(request, pk):
    """What the list shows of a photo: made by us from its pixels, too small to read a paper by. The log holds who took
    the photo itself.
    """
    attachment = _attachment_or_404(request.user, pk)
    if not attachment.has_small:
        raise Http404("这份附件没有缩略图。")
    picture = attachment.file.storage.open(attachment.small_name)
    return _guarded(FileResponse(picture, content_type="image/jpeg"))


def _attachment_or_404(user, pk):
    attachment = visible_or_404(user, Attachment.objects, pk)
    if attachment.holder is None:
        raise Http404("没有找到这份附件。")
    record_or_404(user, attachment.holder.key, attachment.subject_id)
    return attachment


def _guarded(response):
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def record_or_404(user, key, pk):
    holder = HOLDERS.get(key)
    if holder is None:
        raise Http404("没有找到这条记录。")
    record = visible_or_404(user, holder.model.objects, pk)
    if not user.may(holder.read):
        raise PermissionDenied(f"您的岗位没有“{holder.read.label}”的权限，如确需办理请联系系统管理员。")
    return holder, record


def may_add(user, holder, record):
    """Whoever has the capability, where the record is answered for or shared, and as long as it takes files."""
    return user.may(holder.add) and is_at_home(user, record) and getattr(record, "takes_attachments", True)
