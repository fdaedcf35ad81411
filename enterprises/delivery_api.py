"""Deliveries and freshness for machine clients: the same querysets, filter and verbs as the pages."""

from django.conf import settings
from django.db.models import Max, Min
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts import proof
from accounts.roles import Can
from casework.api import Pages, Walled
from casework.jobs import Refused
from casework.today import today

from . import deliveries
from .delivery_forms import (
    FORM_BYTES,
    CorrectionForm,
    DeliveryFilter,
    LayoutForm,
    QuestionForm,
    ReceiveForm,
    megabytes,
    refusal_at_the_door,
)
from .freshness import freshness
from .models import Delivery


class NotTaken(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class RefusedDeed(APIException):
    status_code = status.HTTP_409_CONFLICT


class DeliveryRow(BaseSerializer):
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
            "original": reverse("enterprises:delivery-file", args=[delivery.pk]),
            "refused_rows": reverse("enterprises:delivery-refused", args=[delivery.pk])
            if delivery.error_file
            else None,
        }


class FaultRow(BaseSerializer):
    def to_representation(self, fault):
        return {name: getattr(fault, name) for name in ("sheet", "row", "column", "value", "reason", "sentence")}


class Deliveries(Walled, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """POST one `file` (and its `department`, if need be); then read the delivery until its job is over."""

    capability = Can.DELIVER
    queryset = Delivery.objects.all()
    serializer_class = DeliveryRow
    pagination_class = Pages
    filter_backends = (DjangoFilterBackend,)
    filterset_class = DeliveryFilter
    parser_classes = (MultiPartParser, JSONParser)

    def dispatch(self, request, *args, **kwargs):
        # By Content-Length, before a byte of the body is read: the check of the form's token reads all of it.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DELIVERY_MAX_BYTES + FORM_BYTES:
            detail = f"文件超过 {megabytes(settings.DELIVERY_MAX_BYTES)}，没有收下。"
            return JsonResponse({"detail": detail}, status=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return Delivery.objects.for_page().annotate(first_month=Min("months__month"), last_month=Max("months__month"))

    def create(self, request):
        uploads = request.FILES.getlist("file")
        form = ReceiveForm(request.POST, {"files": uploads})
        if not form.is_valid() or len(uploads) != 1:
            raise NotTaken("请在 file 中交来一份文件，department 须为已知部门。")
        upload, department = uploads[0], form.cleaned_data["department"]
        if refusal := refusal_at_the_door(upload):
            raise NotTaken(refusal)
        return self._taken(upload, department=department)

    @action(detail=True, methods=["post"])
    def correct(self, request, pk=None):
        """The refused rows put right, as `file`."""
        corrected = self.get_object()
        form = CorrectionForm(request.POST, request.FILES)
        if not form.is_valid():
            raise NotTaken("".join(form.errors["file"]))
        return self._taken(form.cleaned_data["file"], department=corrected.department, corrects=corrected)

    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None):
        """{"choice": …, "remember": true} to the delivery's question."""
        delivery = self.get_object()
        if not delivery.is_asking:
            raise RefusedDeed("这份文件没有待确认的事项。")
        return self._told(QuestionForm(delivery, request.data))

    @action(detail=True, methods=["post"])
    def layout(self, request, pk=None):
        """{"kind": …, "unit": …, "column_<meaning>": header, "remember": true}: what the file means."""
        delivery = self.get_object()
        if not delivery.may_be_read_anew:
            raise RefusedDeed("这份文件正在处理或已撤销，不能更正识别。")
        return self._told(LayoutForm(delivery, request.data.get("kind") or delivery.kind, request.data))

    @action(detail=True, methods=["post"])
    def again(self, request, pk=None):
        return self._done(lambda: self.get_object().recheck(by=request.user, at=timezone.now()))

    @action(detail=True, methods=["post"])
    def undo(self, request, pk=None):
        proof.demand(request)
        delivery = self.get_object()
        return self._done(lambda: delivery.ask_to_undo(by=request.user, at=timezone.now()) or delivery)

    @action(detail=True)
    def refused(self, request, pk=None):
        """The refused rows, `?reason=` those of one reason."""
        faults = self.get_object().faults.all()
        if reason := request.query_params.get("reason"):
            faults = faults.filter(reason=reason)
        page = self.paginate_queryset(faults)
        return self.get_paginated_response(FaultRow(page, many=True).data)

    def _taken(self, upload, **about):
        try:
            delivery = deliveries.receive(upload, by=self.request.user, at=timezone.now(), **about)
        except Refused as refusal:
            raise NotTaken(str(refusal)) from refusal
        return self._shown(delivery, status.HTTP_201_CREATED)

    def _told(self, form):
        if not form.is_valid():
            raise NotTaken({field: list(map(str, errors)) for field, errors in form.errors.items()})
        return self._done(lambda: form.save(by=self.request.user, at=timezone.now()))

    def _done(self, deed):
        try:
            delivery = deed()
        except Refused as refusal:
            raise RefusedDeed(str(refusal)) from refusal
        return self._shown(delivery)

    def _shown(self, delivery, code=status.HTTP_200_OK):
        return Response(DeliveryRow(get_object_or_404(self.get_queryset(), pk=delivery.pk)).data, status=code)


class Freshness(Walled, ViewSet):
    """For each feed its 24 months: how many enterprises are covered, of how many, by which delivery."""

    capability = Can.READ_REGISTER

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
