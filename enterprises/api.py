"""The register for machine clients: the list, one enterprise, and the deeds done to it."""

from django.forms import model_to_dict
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from casework.api import (
    EntryRow,
    ListingViewSet,
    Outdated,
    Unprocessable,
    checked,
    number_sent,
    record,
    sent,
    tells,
    twin,
    version_seen,
)
from casework.api_schema import of_form
from casework.scope import visible_or_404
from casework.today import today

from . import chronicle
from .delivery_api import ROUTES as DELIVERIES
from .forms import AmendForm, MergeForm, MoveForm
from .listings import REGISTER
from .models import Enterprise, Stale
from .models.enterprise import label_of

_DOUBLE = {"type": "integer", "minimum": 1, "description": "并入本企业的另一条记录"}
_MERGE = {
    "type": "object",
    "required": ["double", "double_version", "note"],
    "properties": {
        "double": _DOUBLE,
        "double_version": {"type": "integer", "minimum": 1, "description": "所见的另一条记录的版本"},
        "note": {"type": "string", "maxLength": 200, "description": "依据"},
    },
}


class EventRow(BaseSerializer):
    """Something that happened with an enterprise."""

    told = record(kind="string", kind_label="string", on="string:date", what="string", note="string", href="string")

    def to_representation(self, each):
        kind, event = each
        told = {"on": event.on, "what": event.what, "note": event.note, "href": event.href}
        return {"kind": kind.key, "kind_label": kind.label} | told


class Register(ListingViewSet):
    listing, model = REGISTER, Enterprise

    @tells(EntryRow, many=True)
    @action(detail=True)
    def timeline(self, request, pk=None):
        """企业的经过，最近的在前，至多 50 条。"""
        return Response(EntryRow(self.get_object().timeline[:50], many=True).data)

    @tells(EventRow, many=True, conditions={"kind": {"type": "string", "description": "只要这一种，如 visits"}})
    @action(detail=True)
    def chronicle(self, request, pk=None):
        """企业的全部往来：走访、处方、整改、协商、合同、服务等，最近的在前；只有可以查看的种类。"""
        found, kind = chronicle.of(self.get_object(), request.user), request.query_params.get("kind")
        return Response(EventRow([each for each in found if kind in (None, each[0].key)], many=True).data)

    @twin("enterprises:amend", body={**of_form(AmendForm), "required": []})
    @action(detail=True, methods=["post"])
    def amend(self, request, pk=None):
        """修改企业信息。只须写要改的字段，其余不变。"""
        enterprise, seen = self.get_object(), version_seen(request)
        fields = sent(request, version=seen)
        for name, value in model_to_dict(enterprise, AmendForm.Meta.fields).items():
            if name not in fields and value is not None:
                fields[name] = value
        form = checked(AmendForm(fields, instance=enterprise, on=today()))
        try:
            form.save(by=request.user)
        except Stale as stale:
            raise _outdated(stale.now, self, form.against(stale.now)) from stale
        return self.shown(self.get_object())

    @twin("enterprises:move", form=MoveForm)
    @action(detail=True, methods=["post"])
    def move(self, request, pk=None):
        """调整企业所属区市。"""
        enterprise, seen = self.get_object(), version_seen(request)
        form = checked(MoveForm(sent(request, version=seen), enterprise=enterprise))
        try:
            form.save(by=request.user, on=today())
        except Stale as stale:
            wanted = form.cleaned_data["district"].name
            differs = [(label_of("district"), wanted, stale.now.wording("district"))]
            raise _outdated(stale.now, self, differs) from stale
        return self.shown(self.get_object())

    @twin("enterprises:merge", form=MergeForm, body=_MERGE)
    @action(detail=True, methods=["post"])
    def merge(self, request, pk=None):
        """把另一条记录并入本企业，其代码今后指向本企业。"""
        enterprise, seen = self.get_object(), version_seen(request)
        fields = sent(request, version=seen)
        double = visible_or_404(request.user, Enterprise.objects.current(), number_sent(request, "double"))
        if double.pk == enterprise.pk:
            raise Unprocessable({"double": ["一家企业不能与自己合并。"]})
        form = checked(MergeForm(fields))
        versions = form.cleaned_data["version"], form.cleaned_data["double_version"]
        try:
            enterprise.merge(double, versions=versions, by=request.user, on=today(), note=form.cleaned_data["note"])
        except Stale as stale:
            raise _outdated(stale.now, self, []) from stale
        return self.shown(self.get_object())


def _outdated(now, view, differences):
    """412 with the row as it stands, unless it left the client's sight, and both values of what differs."""
    row = view.every().filter(pk=now.pk).first()
    told = [{"label": label, "yours": mine, "now": there} for label, mine, there in differences]
    return Outdated(now=view.shown(row).data if row else None, differences=told)


ROUTES = (("enterprises", Register), *DELIVERIES)
