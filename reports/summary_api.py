"""The city's summary for machine clients: the lists, forms and verbs of the pages."""

from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from campaigns.models import Campaign
from casework.api import CaseViewSet, Unprocessable, record, tells, twin
from casework.today import today

from . import bundles
from .api import SECTION, SectionRow, section_written
from .indicators.catalogue import in_order
from .listings import SUMMARIES
from .models import Bundle, Summary
from .summary_forms import OF_A_SUMMARY


class GatheredRow(BaseSerializer):
    """An indicator of the city's summary: the districts' frozen values, null where one told none, and their sum."""

    told = record(
        code="string", name="string", unit="string", total="number?",
        values={"type": "object", "additionalProperties": {"type": ["number", "null"]}},
    )  # fmt: skip

    def to_representation(self, indicator):
        gathered = self.context["gathered"]
        return {
            "code": indicator.code, "name": indicator.name, "unit": indicator.unit.label,
            "total": gathered.value(indicator.code),
            "values": {each.pk: gathered.value(indicator.code, each.pk) for each in gathered.counted},
        }  # fmt: skip


class StandingRow(BaseSerializer):
    """Where a district's report stands for the city's summary."""

    told = record(district="string", words="string", submission="integer?", is_late="boolean")

    def to_representation(self, standing):
        number = standing.submission and standing.submission.number
        return {"district": standing.district.pk, "words": standing.words, "submission": number,
                "is_late": standing.is_late}  # fmt: skip


class BundleRow(BaseSerializer):
    """A bundle of an issue, and the hash of each file in it once it is made."""

    told = record(
        id="integer", issue="integer", state="string", message="string", sha256="string", bytes="integer?",
        files={"type": "array", "items": record(path="string", bytes="integer", sha256="string", source="string")},
    )  # fmt: skip

    def to_representation(self, bundle):
        return {
            "id": bundle.pk, "issue": bundle.issue.number, "state": bundle.job.state, "message": bundle.job.message,
            "sha256": bundle.sha256, "bytes": bundle.bytes,
            "files": list(bundle.files.values("path", "bytes", "sha256", "source")),
        }  # fmt: skip


class Summaries(CaseViewSet):
    """全市总结。"""

    listing, model, forms = SUMMARIES, Summary, OF_A_SUMMARY

    def begun(self, request):
        return Summary(campaign=Campaign.objects.running(today()))

    @tells(SectionRow, many=True)
    @action(detail=True)
    def sections(self, request, pk=None):
        """全市总结：各部分的文字"""
        return Response(SectionRow(self.get_object().sections.all(), many=True).data)

    @twin("reports:summary_section", body=SECTION)
    @action(detail=True, methods=["post"])
    def section(self, request, pk=None):
        """全市总结：写一个部分"""
        return section_written(self.get_object(), request)

    @tells(GatheredRow, many=True)
    @action(detail=True)
    def figures(self, request, pk=None):
        """全市总结：各区市报送的数字和合计。金额以分计"""
        gathered = self.get_object().gathered(today())
        return Response(GatheredRow(in_order(), many=True, context={"gathered": gathered}).data)

    @tells(StandingRow, many=True)
    @action(detail=True)
    def standings(self, request, pk=None):
        """全市总结：各区市报送情况"""
        return Response(StandingRow(self.get_object().gathered(today()).standings, many=True).data)

    @tells(BundleRow, many=True)
    @action(detail=True)
    def bundles(self, request, pk=None):
        """全市总结：文件包和其中各文件的散列，最近的在前。核验文件即比较散列"""
        found = Bundle.objects.filter(issue__summary=self.get_object()).select_related("issue", "job")
        return Response(BundleRow(found, many=True).data)

    @twin("reports:bundle", body={"type": "object", "properties": {}}, changes=False)
    @action(detail=True, methods=["post"])
    def bundle(self, request, pk=None):
        """全市总结：把最近一次印发做成文件包，在后台制作"""
        issue = self.get_object().last_issue
        if issue is None:
            raise Unprocessable("全市总结还没有印发，不能制作文件包。")
        return Response(BundleRow(bundles.ask(issue, by=request.user, on=today())).data)


ROUTES = (("city-summaries", Summaries),)
