"""Plans, 体检, findings, levels and arrears for machine clients: the lists, forms and verbs of the pages."""

from rest_framework import status
from rest_framework.decorators import action

from casework.api import CaseViewSet, ListingViewSet, Row, twin
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from . import decisions, decisions_forms, inspections, visits_forms
from .models import Arrears, Inspection, LevelDecision, Sweep
from .visits_listings import ARREARS, CHECKS, DECISIONS, FINDINGS, INSPECTIONS, SWEEPS

OF_AN_ENTERPRISE = {"enterprise": {"type": "integer", "description": "企业在本平台的编号"}}


def enterprise_asked(request, rows):
    """The enterprise that a creation is about."""
    number = str(request.data.get("enterprise", ""))
    return visible_or_404(request.user, rows, number if number.isdecimal() and len(number) < 10 else 0)


class Sweeps(CaseViewSet):
    """走访计划。"""

    listing, model = SWEEPS, Sweep
    forms = (
        visits_forms.ProposeForm,
        visits_forms.DealForm,
        visits_forms.SendForm,
        visits_forms.StrikeForm,
        visits_forms.AddForm,
        visits_forms.ConfirmForm,
        visits_forms.CancelForm,
    )

    def begun(self, request):
        return Sweep(district=request.user.district)


class InspectionRow(Row):
    """One record with its answers, by the numbers of the checklist's items."""

    def to_representation(self, row):
        told = super().to_representation(row) | {"uid": str(row.uid), "state": row.state, "version": row.version}
        if self.context["view"].detail:
            told["values"] = row.values()
        return told


class Inspections(CaseViewSet):
    """体检记录。草稿的各项在 values 中，以同名字段 POST 到 keep 保存。"""

    listing, model = INSPECTIONS, Inspection
    begins_with = OF_AN_ENTERPRISE
    serializer_class = InspectionRow
    forms = (
        visits_forms.OpenForm,
        visits_forms.KeepForm,
        visits_forms.AccompanyForm,
        visits_forms.SubmitForm,
        visits_forms.WithdrawForm,
    )

    def begun(self, request):
        enterprise = enterprise_asked(request, Enterprise.objects.current())
        return inspections.begun(enterprise)


class Findings(ListingViewSet):
    """体检发现的问题。"""

    listing = FINDINGS


class Checks(ListingViewSet):
    """评分依据核实明细。"""

    listing = CHECKS


class Decisions(CaseViewSet):
    """等级确认。"""

    listing, model = DECISIONS, LevelDecision
    begins_with = OF_AN_ENTERPRISE
    forms = (decisions_forms.DecideForm, decisions_forms.AdoptForm, decisions_forms.DeclineForm)

    def begun(self, request):
        enterprise = enterprise_asked(request, Enterprise.objects.current())
        return decisions.begun(enterprise, on=today())

    @twin("risks:leveldecision_propose", form=decisions_forms.ProposeForm, begins_with=OF_AN_ENTERPRISE, changes=False)
    @action(detail=False, methods=["post"])
    def propose(self, request):
        """工会建议等级。"""
        return self.do(decisions_forms.ProposeForm, self.begun(request), status.HTTP_201_CREATED)


class AllArrears(CaseViewSet):
    """欠薪台账。"""

    listing, model = ARREARS, Arrears
    begins_with = OF_AN_ENTERPRISE
    forms = (
        decisions_forms.RecordForm,
        decisions_forms.VerifyForm,
        decisions_forms.AmendForm,
        decisions_forms.PayForm,
        decisions_forms.SettleForm,
        decisions_forms.DismissForm,
    )

    def begun(self, request):
        enterprise = enterprise_asked(request, Enterprise.objects.current())
        return decisions.begun_arrears(enterprise, on=today())

    @twin("risks:arrears_report", form=decisions_forms.ReportForm, begins_with=OF_AN_ENTERPRISE, changes=False)
    @action(detail=False, methods=["post"])
    def report(self, request):
        """工会报告欠薪。"""
        return self.do(decisions_forms.ReportForm, self.begun(request), status.HTTP_201_CREATED)


ROUTES = (
    ("sweeps", Sweeps),
    ("inspections", Inspections),
    ("findings", Findings),
    ("reason-checks", Checks),
    ("level-decisions", Decisions),
    ("arrears", AllArrears),
)
