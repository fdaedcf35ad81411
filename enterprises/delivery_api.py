"""Deliveries and freshness for machine clients: the same querysets, filter and verbs as the pages."""

from django.conf import settings
from django.db.models import Max, Min
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts.roles import Can
from casework.api import Conflict, Pages, Tagged, Unprocessable, Walled, checked, record, sent, tells, twin
from casework.intake import megabytes
from casework.jobs import Refused
from casework.today import today

from . import deliveries
from .deliveries import amounts
from .delivery_forms import (
    FORM_BYTES,
    CorrectionForm,
    DeliveryFilter,
    LayoutForm,
    QuestionForm,
    ReceiveForm,
)
from .delivery_views import as_attachment
from .freshness import freshness
from .models import Delivery, DeliveryFault, Department

_FILE = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "表格文件：CSV、TXT、XLSX、XLS"},
        "department": {"type": "string", "enum": Department.values, "description": "来源部门；不写则按内容识别"},
    },
}
_REMEMBER = {"type": "boolean", "description": "记住，下次同样表头照此处理"}
_ANSWER = {
    "type": "object",
    "required": ["choice"],
    "properties": {"choice": {"type": "string", "description": "question.choices 之一"}, "remember": _REMEMBER},
}
_LAYOUT = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": Delivery.Kind.values, "description": "数据种类"},
        "unit": {"type": "string", "enum": list(amounts.PLACES), "description": "金额单位"},
        "remember": _REMEMBER,
    },
    "additionalProperties": {"type": "string", "description": "column_<含义>：表头"},
}


class DeliveryRow(BaseSerializer):
    told = record(
        id="integer", file="string", kind="string?", department="string?", state="string", encoding="string?",
        unit="string?", months="array?", rows="integer?", accepted="integer?", exact_duplicates="integer?",
        changed="integer?", rejected="object", question="object?", message="string", job="object?",
        corrects="integer?", repeats="integer?", by="string?", received_at="string:date-time",
        stored_at="string?:date-time", undone_at="string?:date-time", original="string?", refused_rows="string?",
    )  # fmt: skip

    def to_representation(self, delivery):
        job = delivery.job
        return {
            "id": delivery.pk,
            "file": delivery.name,
            "kind": delivery.kind or None,
            "department": delivery.department or None,
            "state": delivery.state,
            "encoding": delivery.encoding or None,
            "unit": delivery.unit or None,
            "months": [delivery.first_month, delivery.last_month] if delivery.first_month else None,
            "rows": delivery.rows,
            "accepted": delivery.accepted,
            "exact_duplicates": delivery.exact_duplicates,
            "changed": delivery.changed,
            "rejected": delivery.rejected,
            "question": delivery.question or None,
            "message": delivery.message,
            "job": job and {"state": job.state, "done": job.done, "total": job.total, "message": job.message},
            "corrects": delivery.corrects_id,
            "repeats": delivery.repeats_id,
            "by": delivery.by and delivery.by.name,
            "received_at": delivery.received_at,
            "stored_at": delivery.stored_at,
            "undone_at": delivery.undone_at,
            "original": reverse("api:deliveries-original", args=[delivery.pk]) if delivery.file else None,
            "refused_rows": reverse("api:deliveries-refused-file", args=[delivery.pk]) if delivery.error_file else None,
        }


class FaultRow(BaseSerializer):
    told = record(sheet="string", row="integer?", column="string", value="string", reason="string", sentence="string")

    def to_representation(self, fault):
        return {name: getattr(fault, name) for name in ("sheet", "row", "column", "value", "reason", "sentence")}


class Deliveries(Tagged, Walled, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """部门数据：交来一份文件，再读取它，直到它的任务结束。"""

    capability = Can.DELIVER
    queryset = Delivery.objects.all()
    serializer_class = DeliveryRow
    pagination_class = Pages
    filter_backends = (DjangoFilterBackend,)
    filterset_class = DeliveryFilter
    parser_classes = (MultiPartParser, JSONParser)
    lookup_value_regex = r"\d{1,9}"

    def dispatch(self, request, *args, **kwargs):
        # By Content-Length, before a byte of the body is read: the check of the form's token reads all of it.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DELIVERY_MAX_BYTES + FORM_BYTES:
            detail = f"文件超过 {megabytes(settings.DELIVERY_MAX_BYTES)}，没有收下。"
            return JsonResponse({"detail": detail}, status=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return Delivery.objects.for_page().annotate(first_month=Min("months__month"), last_month=Max("months__month"))

    def standing(self, delivery):
        job = delivery.job
        return delivery.state, delivery.question, delivery.answers, job and (job.pk, job.state)

    @twin("enterprises:receive", body=_FILE, changes=False)
    def create(self, request):
        """交来一份文件。"""
        uploads = request.FILES.getlist("file")
        form = ReceiveForm(sent(request), {"files": uploads})
        if not form.is_valid() or len(uploads) != 1:
            raise Unprocessable("请在 file 中交来一份文件，department 须为已知部门。")
        upload, department = uploads[0], form.cleaned_data["department"]
        return self._taken(upload, department=department)

    @twin("enterprises:delivery-correction", form=CorrectionForm)
    @action(detail=True, methods=["post"])
    def correct(self, request, pk=None):
        """交来更正后的退回行。"""
        corrected, form = self.as_seen(), checked(CorrectionForm(sent(request), request.FILES))
        return self._taken(form.cleaned_data["file"], department=corrected.department, corrects=corrected)

    @twin("enterprises:delivery-answer", body=_ANSWER)
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None):
        """答复文件的待确认事项（见 question）。"""
        delivery = self.as_seen()
        if not delivery.is_asking:
            raise Conflict("这份文件没有待确认的事项。", now=self.shown(delivery).data)
        return self._told(QuestionForm(delivery, sent(request)))

    @twin("enterprises:delivery-layout", body=_LAYOUT)
    @action(detail=True, methods=["post"])
    def layout(self, request, pk=None):
        """更正对文件的识别：种类、金额单位、各列的含义。"""
        delivery, fields = self.as_seen(), sent(request)
        if not delivery.may_be_read_anew:
            raise Conflict("这份文件正在处理或已撤销，不能更正识别。", now=self.shown(delivery).data)
        return self._told(LayoutForm(delivery, str(fields.get("kind") or delivery.kind), fields))

    @twin("enterprises:delivery-again")
    @action(detail=True, methods=["post"])
    def again(self, request, pk=None):
        """重新处理。"""
        delivery = self.as_seen()
        return self._done(delivery, lambda: delivery.recheck(by=request.user, at=timezone.now()))

    @twin("enterprises:delivery-cancel")
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        """停止正在进行的处理，什么也不保存。"""
        delivery = self.as_seen()
        if delivery.job:
            delivery.job.cancel()
        return self._shown(delivery)

    @twin("enterprises:delivery-undo")
    @action(detail=True, methods=["post"])
    def undo(self, request, pk=None):
        """撤销入库。"""
        delivery = self.as_seen()
        return self._done(delivery, lambda: delivery.ask_to_undo(by=request.user, at=timezone.now()) or delivery)

    @tells(FaultRow, paged=True, conditions={"reason": {"type": "string", "enum": DeliveryFault.Reason.values}})
    @action(detail=True)
    def refused(self, request, pk=None):
        """退回的行；reason 只取一种原因的。"""
        faults = self.get_object().faults.all()
        if reason := request.query_params.get("reason"):
            if reason not in DeliveryFault.Reason.values:
                raise ValidationError({"reason": ["没有这种原因。"]})
            faults = faults.filter(reason=reason)
        page = self.paginate_queryset(faults)
        return self.get_paginated_response(FaultRow(page, many=True).data)

    @tells(None)
    @action(detail=True)
    def original(self, request, pk=None):
        """交来的原件。"""
        delivery = self.get_object()
        return as_attachment(delivery.file, delivery.name)

    @tells(None)
    @action(detail=True, url_path="refused-file", url_name="refused-file")
    def refused_file(self, request, pk=None):
        """退回的行写成的文件，更正后交回。"""
        delivery = self.get_object()
        return as_attachment(delivery.error_file, delivery.error_file_name)

    def _taken(self, upload, **about):
        try:
            delivery = deliveries.receive(upload, by=self.request.user, at=timezone.now(), **about)
        except Refused as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return self._shown(delivery, status.HTTP_201_CREATED)

    def _told(self, form):
        checked(form)
        return self._done(form.delivery, lambda: form.save(by=self.request.user, at=timezone.now()))

    def _done(self, delivery, deed):
        try:
            done = deed()
        except Refused as refusal:
            raise Conflict(str(refusal), now=self._shown(delivery).data) from refusal
        return self._shown(done or delivery)

    def _shown(self, delivery, code=status.HTTP_200_OK):
        return self.shown(get_object_or_404(self.get_queryset(), pk=delivery.pk), code)


class FeedRow(BaseSerializer):
    told = record(feed="string", newest="string?:date", months="array")


class Freshness(Walled, ViewSet):
    """数据齐备情况：四类数据各 24 个月，覆盖多少户、应有多少户、由哪个部门何时交来。"""

    capability = Can.READ_REGISTER

    @tells(FeedRow, many=True)
    def list(self, request):
        return Response([
            {
                "feed": feed.feed.name.lower(),
                "newest": feed.newest.month if feed.newest else None,
                "months": [
                    {
                        "month": cell.month,
                        "covered": cell.covered,
                        "expected": cell.expected,
                        "gap": cell.gap,
                        "delivered_on": cell.delivery and timezone.localdate(cell.delivery.stored_at),
                        "department": cell.delivery and (cell.delivery.department or None),
                    }
                    for cell in feed.cells
                ],
            }
            for feed in freshness(request.user, on=today())
        ])  # fmt: skip


ROUTES = (("deliveries", Deliveries), ("freshness", Freshness))
