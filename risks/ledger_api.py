"""用工处方 and the ledger for machine clients: the lists, forms and verbs of the pages."""

from casework.api import CaseViewSet
from casework.scope import visible_or_404
from enterprises.models import Enterprise

from . import prescription_forms, rectification_forms
from .ledger import LEDGER
from .models import Prescription, Rectification
from .prescription_list import PRESCRIPTIONS


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


class Rectifications(CaseViewSet):
    """整改台账。"""

    listing, model = LEDGER, Rectification
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
        enterprise = visible_or_404(request.user, Enterprise.objects.current(), request.data.get("enterprise"))
        return Rectification(enterprise=enterprise, district_id=enterprise.district_id)


ROUTES = (("prescriptions", Prescriptions), ("rectifications", Rectifications))
