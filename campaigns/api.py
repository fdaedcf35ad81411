"""Campaigns for machine clients: the lists, forms and verbs of the pages."""

from casework.api import CaseViewSet

from .cooperation_forms import OF_A_JOINT_CASE, OF_A_TRANSFER, OF_A_WARNING
from .cooperation_views import begun_of_mine
from .dispatch_forms import OF_A_DISPATCH, OF_A_SUPERVISION, OF_AN_ANSWER
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
from .models import Answer, Campaign, Dispatch, JointCase, Plan, Publicity, SpreadWarning, Supervision, Transfer
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


ROUTES = (
    ("campaigns", Campaigns), ("plans", Plans), ("dispatches", Dispatches), ("dispatch-answers", Answers),
    ("supervisions", Supervisions), ("joint-cases", JointCases), ("transfers", Transfers), ("warnings", Warnings),
    ("publicity", PublicityItems),
)  # fmt: skip
