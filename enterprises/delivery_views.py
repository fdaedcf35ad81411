"""Pages of deliveries: the list, handing in, one delivery with its question, refusals and undoing; freshness."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, Min
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.proof import step_up
from accounts.roles import Can, may
from casework import access
from casework.intake import megabytes
from casework.jobs import Refused
from casework.pages import page_of, query_without, render_list
from casework.today import today

from . import deliveries
from .delivery_forms import (
    FORM_BYTES,
    CorrectionForm,
    DeliveryFilter,
    LayoutForm,
    QuestionForm,
    ReceiveForm,
)
from .delivery_reading import Reading
from .freshness import freshness
from .models import Delivery, DeliveryFault, Enterprise


def within_size(view):
    """Answer 413 by Content-Length, before a byte of the body is read: the CSRF check itself reads all of it."""

    @wraps(view)
    def bounded(request, *args, **kwargs):
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DELIVERY_MAX_BYTES + FORM_BYTES:
            limit = megabytes(settings.DELIVERY_MAX_BYTES)
            why = f"一次交来的文件合计超过 {limit}，没有收下。请分几次交来，或按月份拆分文件。"
            return render(request, "enterprises/delivery_too_large.html", {"why": why, **_SECTION}, status=413)
        return csrf_protect(view)(request, *args, **kwargs)

    return csrf_exempt(bounded)


_SECTION = {"section": "deliveries"}


# ── Many ───────────────────────────────────────────────────────────────────────────────────────


@require_GET
@may(Can.READ_REGISTER)
def freshness_page(request):
    feeds = freshness(request.user, on=today())
    months = list(zip(*(feed.cells for feed in feeds), strict=True))
    awaited = [cells[0].month for cells in months if all(cell.awaited for cell in cells)]
    register = Delivery.objects.in_force().filter(kind=Delivery.Kind.REGISTER).first()
    context = {
        "feeds": feeds,
        "months": months[::-1][len(awaited) :],
        "awaited": awaited,
        "register": register,
        "in_business": Enterprise.objects.active().visible_to(request.user).count(),
        "district": request.user.district,
        "section": "deliveries" if request.user.may(Can.DELIVER) else "enterprises",
    }
    return render(request, "enterprises/freshness.html", context)


@require_GET
@may(Can.DELIVER)
def delivery_list(request):
    chosen = DeliveryFilter(request.GET, queryset=Delivery.objects.all())
    found = chosen.qs if chosen.is_valid() else Delivery.objects.none()
    rows = found.for_page().annotate(first_month=Min("months__month"), last_month=Max("months__month"))
    page = page_of(rows.order_by("-pk"), request.GET, total=found.count())
    context = {"page": page, "filter": chosen, "filtered": bool(query_without(request.GET, "page")), **_SECTION}
    return render_list(request, "enterprises/delivery_list.html", "enterprises/_delivery_rows.html", context)


@within_size
@require_http_methods(["GET", "POST"])
@may(Can.DELIVER)
def receive_deliveries(request):
    """Takes the files in. A script that sends them one by one is answered with that file's line alone."""
    if request.method == "GET":
        return _receiving_page(request, ReceiveForm())
    form = ReceiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return _receiving_page(request, form, status=422)
    taken, turned_away, department = [], [], form.cleaned_data["department"]
    for upload in form.cleaned_data["files"]:
        try:
            taken.append(deliveries.receive(upload, by=request.user, at=timezone.now(), department=department))
        except Refused as refusal:
            turned_away.append((upload.name, str(refusal)))
    if request.htmx:
        return _turned_away(request, *turned_away[0]) if turned_away else _line(request, taken[0], status=201)
    if turned_away:
        return _receiving_page(request, ReceiveForm(), taken=taken, turned_away=turned_away, status=422)
    if len(taken) == 1:
        return redirect("enterprises:delivery", taken[0].pk)
    messages.success(request, f"已收到 {len(taken)} 份文件，正在依次处理。")
    return redirect("enterprises:deliveries")


def _receiving_page(request, form, *, taken=(), turned_away=(), status=200):
    context = {
        "form": form,
        "taken": [_seen(delivery.pk) for delivery in taken],
        "turned_away": turned_away,
        "largest": settings.DELIVERY_MAX_BYTES,
        "largest_in_words": megabytes(settings.DELIVERY_MAX_BYTES),
        **_SECTION,
    }
    return render(request, "enterprises/delivery_receive.html", context, status=status)


def _turned_away(request, name, why):
    return render(request, "enterprises/_delivery_turned_away.html", {"name": name, "why": why}, status=422)


# ── One ────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@may(Can.DELIVER)
@access.watched(access.Kind.VIEW, "部门数据的样例行和退回行", "enterprises.delivery")
def delivery_page(request, pk):
    delivery = _seen(pk)
    return _delivery_page(request, delivery)


def _delivery_page(request, delivery, *, question_form=None, correction_form=None, status=200):
    faults = delivery.faults.all()
    reason = request.GET.get("reason", "")
    if reason in DeliveryFault.Reason.values:
        faults = faults.filter(reason=reason)
    span = delivery.months.aggregate(first=Min("month"), last=Max("month"), count=Count("month", distinct=True))
    context = {
        "delivery": delivery,
        "span": span,
        "reasons": _reasons(delivery),
        "reason": reason,
        "faults": page_of(faults, request.GET),
        "reading": Reading(delivery),
        "chain": delivery.chain(),
        "question_form": question_form or (delivery.is_asking and QuestionForm(delivery)),
        "correction_form": correction_form or CorrectionForm(),
        **_SECTION,
    }
    if request.htmx and request.htmx.target == "faults":
        return render(request, "enterprises/_delivery_faults.html", context, status=status)
    return render(request, "enterprises/delivery_page.html", context, status=status)


@require_GET
@may(Can.DELIVER)
def delivery_line(request, pk):
    """One delivery as a line of the page on which files are handed in; asks again by itself while it is at work."""
    return _line(request, _seen(pk))


def _line(request, delivery, status=200):
    return render(request, "enterprises/_delivery_line.html", {"delivery": _seen(delivery.pk)}, status=status)


@require_GET
@may(Can.DELIVER)
def delivery_progress(request, pk):
    """How far the work is; when it is over the page is loaded anew with what came of it."""
    delivery = _seen(pk)
    response = render(request, "enterprises/_delivery_progress.html", {"delivery": delivery})
    if not delivery.at_work:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@may(Can.DELIVER)
def answer_question(request, pk):
    delivery = _seen(pk)
    if not delivery.is_asking:
        messages.error(request, "这份文件没有待确认的事项，可能已有人确认。")
        return _delivery_page(request, delivery, status=409)
    form = QuestionForm(delivery, request.POST)
    if not form.is_valid():
        return _delivery_page(request, delivery, question_form=form, status=422)
    return _deed(request, delivery, lambda: form.save(by=request.user, at=timezone.now()))


@require_http_methods(["GET", "POST"])
@may(Can.DELIVER)
def correct_layout(request, pk):
    """Another word on what the file means. Choosing another kind shows that kind's columns before anything is kept."""
    delivery = _seen(pk)
    kind = request.POST.get("kind") or request.GET.get("kind") or delivery.kind
    form = LayoutForm(delivery, kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _deed(request, delivery, lambda: form.save(by=request.user, at=timezone.now()))
    status = 422 if request.method == "POST" else 200
    context = {"delivery": delivery, "form": form, "kinds": Delivery.Kind.choices, "kind": kind, **_SECTION}
    return render(request, "enterprises/delivery_layout.html", context, status=status)


@within_size
@require_POST
@may(Can.DELIVER)
def receive_correction(request, pk):
    """The error file put right comes back under the delivery it belongs to."""
    delivery = _seen(pk)
    form = CorrectionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            correction = deliveries.receive(
                form.cleaned_data["file"],
                by=request.user,
                at=timezone.now(),
                department=delivery.department,
                corrects=delivery,
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("enterprises:delivery", correction.pk)
    return _delivery_page(request, delivery, correction_form=form, status=422)


@require_POST
@may(Can.DELIVER)
def put_to_work_again(request, pk):
    """After a failure or a cancellation, or when the register has grown: the same file is read anew."""
    delivery = _seen(pk)
    return _deed(request, delivery, lambda: delivery.recheck(by=request.user, at=timezone.now()))


@require_POST
@may(Can.DELIVER)
def cancel_delivery(request, pk):
    delivery = _seen(pk)
    if delivery.job:
        delivery.job.cancel()
    return redirect("enterprises:delivery", pk)


@require_http_methods(["GET", "POST"])
@may(Can.DELIVER)
@step_up("撤销入库")
def undo_delivery(request, pk):
    """GET says what will happen, POST does it."""
    delivery = _seen(pk)
    if request.method == "POST":
        return _deed(request, delivery, lambda: delivery.ask_to_undo(by=request.user, at=timezone.now()))
    span = delivery.months.aggregate(first=Min("month"), last=Max("month"), count=Count("month", distinct=True))
    return render(request, "enterprises/delivery_undo.html", {"delivery": delivery, "span": span, **_SECTION})


@require_GET
@may(Can.DELIVER)
def original_file(request, pk):
    delivery = _seen(pk)
    return as_attachment(delivery.file, delivery.name)


@require_GET
@may(Can.DELIVER)
def refused_rows_file(request, pk):
    delivery = _seen(pk)
    return as_attachment(delivery.error_file, delivery.error_file_name)


def as_attachment(file, name):
    """What others made is downloaded and never shown: no guess at its type, nothing in it may run here."""
    if not file:
        raise Http404("没有这份文件。不能读取的文件不保留，只留下收到和退回的记录。")
    access.record(access.Kind.DOWNLOAD, subject=file.instance, note=file.field.verbose_name)
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _deed(request, delivery, deed):
    """Do it and show the delivery that holds the file now; a refusal is said on the page, with 409."""
    try:
        now = deed() or delivery
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _delivery_page(request, _seen(delivery.pk), status=409)
    return redirect("enterprises:delivery", now.pk)


def _seen(pk):
    return get_object_or_404(Delivery.objects.for_page(), pk=pk)


def _reasons(delivery):
    """[(code, Chinese name, count)], the most frequent first."""
    counted = sorted(delivery.rejected.items(), key=lambda item: -item[1])
    return [(reason, DeliveryFault.Reason(reason).label, count) for reason, count in counted]
