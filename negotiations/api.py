"""Consultations, contracts and platform mechanisms for machine clients: the lists, forms and verbs of the pages."""

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from casework.api import CaseViewSet, checked, number_sent, sent, twin, version_seen
from casework.scope import visible_or_404
from casework.today import today
from enterprises.models import Enterprise

from .clauses import COLUMNS, ClausesForm
from .contract_forms import OF_A_CONTRACT, TakeOverForm
from .forms import OF_A_CONSULTATION, DraftForManyForm
from .listings import CONTRACTS, MECHANISMS, OFFERS
from .mechanism_forms import OF_A_MECHANISM
from .models import Consultation, Contract, Mechanism
from .views import begun_contract, begun_offer

_ENTERPRISE = {"enterprise": {"type": "integer", "description": "企业编号"}}


class _OfAnEnterprise(CaseViewSet):
    begins_with = _ENTERPRISE

    def begun(self, request):
        enterprise = visible_or_404(request.user, Enterprise.objects.current(), number_sent(request, "enterprise"))
        return self.model.begun(enterprise)


class Consultations(_OfAnEnterprise):
    """协商要约。"""

    listing, model, forms = OFFERS, Consultation, OF_A_CONSULTATION

    @twin("negotiations:consultation_draft_for_many", form=DraftForManyForm, changes=False)
    @action(detail=False, methods=["post"], url_path="of-many")
    def of_many(self, request):
        """协商要约：拟定行业性、区域性要约"""
        return self.do(DraftForManyForm, begun_offer(request.user), status.HTTP_201_CREATED)

    @twin("negotiations:consultation_write_clauses", body={
        "type": "object",
        "description": "各条按序号：workers_1、employers_1、agreed_1、done_1；新的一条另加 topic_2。没有写的栏视为空。",
        "additionalProperties": {"type": ["string", "boolean"]},
    })  # fmt: skip
    @action(detail=True, methods=["post"])
    def clauses(self, request, pk=None):
        """协商要约：填写条款"""
        offer = self.get_object()
        form = checked(ClausesForm(sent(request, version=version_seen(request)), record=offer))
        form.save(by=request.user, on=today())
        return self.shown(self.get_object())

    @clauses.mapping.get
    def table(self, request, pk=None):
        """协商要约：条款表"""
        return Response([
            {"number": clause.number, "topic": clause.topic, "agreed_on": clause.agreed_on}
            | {column: getattr(clause, column) for column in COLUMNS}
            for clause in self.get_object().clauses.all()
        ])  # fmt: skip


class Contracts(CaseViewSet):
    """集体合同。"""

    listing, model, forms = CONTRACTS, Contract, OF_A_CONTRACT

    def begun(self, request):
        return begun_contract(request.user)

    @twin("negotiations:contract_take_over", form=TakeOverForm, begins_with=_ENTERPRISE, changes=False)
    @action(detail=False, methods=["post"], url_path="take-over")
    def take_over(self, request):
        """集体合同：登记已有合同"""
        enterprise = visible_or_404(request.user, Enterprise.objects.current(), number_sent(request, "enterprise"))
        return self.do(TakeOverForm, Contract.begun(enterprise), status.HTTP_201_CREATED)


class Mechanisms(_OfAnEnterprise):
    """平台协商机制。"""

    listing, model, forms = MECHANISMS, Mechanism, OF_A_MECHANISM


ROUTES = (("consultations", Consultations), ("contracts", Contracts), ("mechanisms", Mechanisms))
