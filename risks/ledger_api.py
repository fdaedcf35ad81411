"""用工处方 and the ledger for machine clients: the lists, forms and verbs of the pages."""

from rest_framework import status

from casework.api import CaseViewSet, twin
from casework.scope import visible_or_404
from enterprises.models import Enterprise

from . import prescription_forms, rectification_forms
from .ledger import LEDGER
from .models import Inspection, Prescription, Rectification
from .prescription_list import PRESCRIPTIONS
from .visits_api import OF_AN_ENTERPRISE, enterprise_asked


class Prescriptions(CaseViewSet):
    """用工处方。"""

    listing, model = PRESCRIPTIONS, Prescription
    forms = (
        prescription_forms.AmendForm,
        prescription_forms.ProposeForm,
        prescription_forms.SignForm,
        prescription_forms.SendBackForm,
        prescription_forms.GiveForm,
        prescription_forms.WithdrawForm,
    )

    @twin(
        "risks:prescription_draft",
        "risks:prescription_for_enterprise",
        form=prescription_forms.DraftForm,
        begins_with={
            "inspection": {
                "type": "integer",
                "description": "体检记录的编号，其中发现的问题成为各条",
            },
            "enterprise": {"type": "integer", "description": "企业的编号，没有体检的填这一项"},
        },
        changes=False,
    )
    def create(self, request):
        """拟写用工处方。"""
        return self.do(prescription_forms.DraftForm, self.begun(request), status.HTTP_201_CREATED)

    def begun(self, request):
        number = str(request.data.get("inspection") or "")
        if not number:
            enterprise = enterprise_asked(request, Enterprise.objects.current())
            return Prescription(enterprise=enterprise, district_id=enterprise.district_id)
        inspections = Inspection.objects.submitted().select_related("enterprise")
        inspection = visible_or_404(request.user, inspections, number if number.isdecimal() and len(number) < 10 else 0)
        return Prescription(
            inspection=inspection, enterprise=inspection.enterprise, district_id=inspection.enterprise.district_id
        )


class Rectifications(CaseViewSet):
    """整改台账。"""

    listing, model = LEDGER, Rectification
    begins_with = OF_AN_ENTERPRISE
    forms = (
        rectification_forms.OpenForm,
        rectification_forms.AssignForm,
        rectification_forms.ReassignForm,
        rectification_forms.SubmitForm,
        rectification_forms.AskExtensionForm,
        rectification_forms.GrantExtensionForm,
        rectification_forms.RefuseExtensionForm,
        rectification_forms.CloseForm,
        rectification_forms.SendBackForm,
        rectification_forms.ReopenForm,
    )

    def begun(self, request):
        enterprise = enterprise_asked(request, Enterprise.objects.current())
        return Rectification(enterprise=enterprise, district_id=enterprise.district_id)


ROUTES = (("prescriptions", Prescriptions), ("rectifications", Rectifications))
