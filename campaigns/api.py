"""Campaigns for machine clients: the lists, forms and verbs of the pages."""

from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.roles import Can
from casework.api import CaseViewSet, Walled, record, tells
from casework.today import today

from . import targets
from .cooperation_forms import OF_A_JOINT_CASE, OF_A_TRANSFER, OF_A_WARNING
from .cooperation_views import begun_of_mine
from .dispatch_forms import OF_A_DISPATCH, OF_A_SUPERVISION, OF_AN_ANSWER
from .exemplar_forms import OF_A_PILOT, OF_A_PRACTICE, OF_AN_EXEMPLAR
from .exemplar_listings import EXEMPLARS, PILOTS, PRACTICES
from .forms import OF_A_CAMPAIGN
from .listings import (
    ANSWERS,
    CAMPAIGNS,
    DISPATCHES,
    JOINT_CASES,
    PLANS,
    PUBLICITY,
    SUPERVISIONS,
    TRANSFERS,
    WARNINGS,
)  # fmt: skip
from .models import (
    Answer,
    Campaign,
    Dispatch,
    Exemplar,
    JointCase,
    Pilot,
    Plan,
    Practice,
    Publicity,
    SpreadWarning,
    Supervision,
    Transfer,
)
from .plan_forms import OF_A_PLAN
from .plan_views import begun_plan
from .publicity_forms import OF_PUBLICITY
from .publicity_views import begun_publicity


class Campaigns(CaseViewSet):
    """专项行动。阶段、任务的各行按编号：name_1、begins_on_1……；新的一行用 name_new1。没有写的栏视为空。"""

    listing, model, forms = CAMPAIGNS, Campaign, OF_A_CAMPAIGN


class Plans(CaseViewSet):
    """实施方案。各项举措按任务编号：text_1、unit_1、begins_on_1、ends_on_1。没有写的栏视为空。"""

    listing, model, forms = PLANS, Plan, OF_A_PLAN

    def begun(self, request):
        return begun_plan(request.user)


class Dispatches(CaseViewSet):
    """定期调度。"""

    listing, model, forms = DISPATCHES, Dispatch, OF_A_DISPATCH


class Answers(CaseViewSet):
    """调度答复。调度数字按次序：told_0、why_0；没有写的按平台统计。"""

    listing, model, forms = ANSWERS, Answer, OF_AN_ANSWER


class Supervisions(CaseViewSet):
    """不定期督促。"""

    listing, model, forms = SUPERVISIONS, Supervision, OF_A_SUPERVISION


class _OfMine(CaseViewSet):
    def begun(self, request):
        return begun_of_mine(self.model)(request.user)


class JointCases(_OfMine):
    """联合办案。"""

    listing, model, forms = JOINT_CASES, JointCase, OF_A_JOINT_CASE


class Transfers(_OfMine):
    """事项移送。"""

    listing, model, forms = TRANSFERS, Transfer, OF_A_TRANSFER


class Warnings(_OfMine):
    """风险提示。"""

    listing, model, forms = WARNINGS, SpreadWarning, OF_A_WARNING


class PublicityItems(CaseViewSet):
    """宣传信息。"""

    listing, model, forms = PUBLICITY, Publicity, OF_PUBLICITY

    def begun(self, request):
        return begun_publicity(request.user)


class Exemplars(_OfMine):
    """典型推荐。各项条件的依据按条件代码：grounds_typical、grounds_copied……没有写的栏视为空。"""

    listing, model, forms = EXEMPLARS, Exemplar, OF_AN_EXEMPLAR


class Pilots(_OfMine):
    """改革试点。"""

    listing, model, forms = PILOTS, Pilot, OF_A_PILOT


class Practices(CaseViewSet):
    """典型经验库：各区市都能读取。"""

    listing, model, forms = PRACTICES, Practice, OF_A_PRACTICE


class TargetRow(BaseSerializer):
    """An indicator with the target and what was reached, by district. 元 as numbers, % as told."""

    told = record(
        code="string", name="string", unit="string", on="string:date",
        districts={"type": "array", "items": record(
            district="string", target="number?", reached="number?", share="number?", rows="string"
        )},
    )  # fmt: skip

    def to_representation(self, row):
        figure, cells = row
        return {
            "code": figure.code, "name": figure.name, "unit": figure.unit, "on": self.context["on"],
            "districts": [
                {
                    "district": cell.district.pk, "target": _number(cell.value), "reached": _number(cell.reached),
                    "share": cell.share, "rows": cell.address,
                }
                for cell in cells
            ],
        }  # fmt: skip


def _number(value):
    return None if value is None else float(value)


class Targets(Walled, GenericViewSet):
    """目标进度：各区市的目标和完成数，与页面同一口径。"""

    capability = Can.READ_CAMPAIGN
    serializer_class = TargetRow
    pagination_class = None
    filter_backends = ()

    @tells(TargetRow, many=True)
    def list(self, request):
        """目标进度：清单"""
        on = today()
        campaign = Campaign.objects.running(on)
        rows = targets.progress(request.user, campaign, targets.places_of(request.user), on)
        return Response(TargetRow(rows, many=True, context={"on": min(on, campaign.cut_off_on)}).data)


ROUTES = (
    ("campaigns", Campaigns), ("plans", Plans), ("dispatches", Dispatches), ("dispatch-answers", Answers),
    ("supervisions", Supervisions), ("joint-cases", JointCases), ("transfers", Transfers), ("warnings", Warnings),
    ("publicity", PublicityItems), ("targets", Targets), ("exemplars", Exemplars), ("pilots", Pilots),
    ("practices", Practices),
)  # fmt: skip
