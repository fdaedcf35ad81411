"""Reports and indicators for machine clients: the lists, forms and verbs of the pages."""

from django.utils import timezone
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.models import District
from accounts.roles import Can
from campaigns.models import Campaign
from casework.api import (
    CaseViewSet,
    Conflict,
    ListingViewSet,
    Unprocessable,
    Walled,
    checked,
    record,
    sent,
    tells,
    twin,
)
from casework.lifecycle import NotYours
from casework.own_api import ExportRow
from casework.today import today

from . import files
from .forms import OF_A_REPORT, FileForm, SectionForm, begun
from .indicator_views import day_asked
from .indicators import tables
from .indicators.catalogue import readable_by
from .listings import REPORTS, ROWS, TEMPLATES
from .models import Key, Report, Template
from .models.sections import Overtaken
from .template_forms import OF_A_TEMPLATE


class IndicatorRow(BaseSerializer):
    """An indicator with its values: 元 in 分, % with decimals, null where there is no whole."""

    told = record(
        code="string", name="string", unit="string", heading="string", rule="string", on="string:date",
        total="number?", values={"type": "object", "additionalProperties": {"type": ["number", "null"]}},
    )  # fmt: skip

    def to_representation(self, indicator):
        table, districts = self.context["table"], self.context["districts"]
        return {
            "code": indicator.code, "name": indicator.name, "unit": indicator.unit.label, "on": table.on,
            "heading": indicator.heading.label, "rule": indicator.rule, "total": table.value(indicator.code),
            "values": {district: table.value(indicator.code, district) for district in districts},
        }  # fmt: skip


class SectionRow(BaseSerializer):
    """A section of a report."""

    told = record(key="string", label="string", text="string", version="integer")

    def to_representation(self, section):
        return {"key": section.key, "label": str(section), "text": section.text, "version": section.version}


class FigureRow(BaseSerializer):
    """A figure as it was submitted."""

    told = record(code="string", name="string", unit="string", rule="string", value="number?", rows="integer")

    def to_representation(self, figure):
        value = None if figure.value is None else float(figure.value)
        return {
            "code": figure.code, "name": figure.name, "unit": figure.get_unit_display(), "rule": figure.rule,
            "value": value, "rows": figure.rows,
        }  # fmt: skip


SECTION = {
    "type": "object",
    "required": ["key", "text", "base"],
    "properties": {
        "key": {"type": "string", "enum": Key.values, "description": "哪个部分"},
        "text": {"type": "string", "maxLength": 20000},
        "base": {"type": "integer", "description": "动笔时这个部分的版本，见 sections"},
    },
}


def section_written(found, request):
    """Write a section of a district's report or of the city's summary as the client sent it."""
    fields = sent(request)
    here = found.sections.filter(key=fields.get("key") or "").first()
    if here is None:
        raise Unprocessable({"key": ["没有这个部分。"]})
    form = checked(SectionForm(fields))
    text = form.cleaned_data["text"]
    try:
        here = found.write(by=request.user, on=today(), version=form.version, key=here.key, text=text)
    except Overtaken as overtaken:
        raise Conflict(overtaken.sentence, now=SectionRow(overtaken.now).data) from overtaken
    return Response(SectionRow(here).data)


class Indicators(Walled, GenericViewSet):
    """统计指标：各区市截至某日的数值。金额以分计。"""

    capability = Can.READ_REPORTS
    serializer_class = IndicatorRow
    pagination_class = None
    filter_backends = ()

    @tells(IndicatorRow, many=True, conditions={"on": {"type": "string", "format": "date", "description": "截至日期"}})
    def list(self, request):
        """统计指标：清单"""
        campaign = Campaign.objects.running(today())
        on, refused = day_asked(request.query_params.get("on", ""), tables.cut_off(campaign, today()))
        if refused:
            raise ValidationError({"on": [refused]})
        readable = readable_by(request.user)
        districts = District.objects.all()
        if not request.user.sees_whole_city:
            districts = districts.filter(pk=request.user.organisation.district_id)
        table = tables.of(readable, campaign, on=on, user=request.user)
        context = {"table": table, "districts": [district.pk for district in districts]}
        return Response(IndicatorRow(readable, many=True, context=context).data)


class IndicatorRows(ListingViewSet):
    """指标明细：code 所指的指标计入了哪些记录。"""

    listing = ROWS

    def every(self):
        return self.listing.filtered(self.request.user, self.request.query_params).qs


class Reports(CaseViewSet):
    """区市总结报告。"""

    listing, model, forms = REPORTS, Report, OF_A_REPORT

    def begun(self, request):
        if request.user.organisation.district_id is None:
            raise NotYours("总结由各区市起草。")
        return begun(request.user, Campaign.objects.running(today()))

    @tells(SectionRow, many=True)
    @action(detail=True)
    def sections(self, request, pk=None):
        """区市总结报告：各部分的文字"""
        return Response(SectionRow(self.get_object().sections.all(), many=True).data)

    @twin("reports:section", body=SECTION)
    @action(detail=True, methods=["post"])
    def section(self, request, pk=None):
        """区市总结报告：写一个部分"""
        return section_written(self.get_object(), request)

    @twin("reports:files", form=FileForm, changes=False)
    @action(detail=True, methods=["post"])
    def files(self, request, pk=None):
        """区市总结报告：在后台制作 Word 文件或者工作簿，写好后在 exports 取走"""
        found = self.get_object()
        if not request.user.may(Can.EXPORT):
            raise PermissionDenied("没有导出的权限。")
        form = checked(FileForm(sent(request)))
        wanted = files.wanted(found, form.cleaned_data["kind"], form.cleaned_data["number"])
        if not wanted:
            raise Unprocessable({"number": ["没有这一次报送。"]})
        export = files.ask(wanted, by=request.user, now=timezone.now(), token=request.auth)
        return Response(ExportRow(export).data, status.HTTP_201_CREATED)

    @tells(FigureRow, many=True)
    @action(detail=True)
    def figures(self, request, pk=None):
        """区市总结报告：最近一次报送的数字，没有报送的为空。金额以分计"""
        made = self.get_object().last_submission
        return Response(FigureRow(made.figures.defer("behind") if made else (), many=True).data)


class Templates(CaseViewSet):
    """总结的 Word 模板。"""

    listing, model, forms = TEMPLATES, Template, OF_A_TEMPLATE


ROUTES = (
    ("district-reports", Reports),
    ("indicators", Indicators),
    ("indicator-rows", IndicatorRows),
    ("paper-templates", Templates),
)
