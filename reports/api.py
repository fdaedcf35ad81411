"""Indicators for machine clients: the values of the page, and the rows behind each."""

from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.models import District
from accounts.roles import Can
from campaigns.models import Campaign
from casework.api import ListingViewSet, Walled, record, tells
from casework.today import today

from .indicator_views import day_asked
from .indicators import tables
from .indicators.catalogue import readable_by
from .listings import ROWS


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


ROUTES = (("indicators", Indicators), ("indicator-rows", IndicatorRows))
