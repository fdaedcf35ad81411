"""Guidance visits for machine clients: the list, forms and verbs of the pages."""

from rest_framework.decorators import action

from casework.api import checked, sent, twin
from casework.today import today
from enterprises.case_api import EnterpriseCaseViewSet

from .models import GuidanceVisit, JointVisit
from .visits_forms import OF_A_VISIT, ConfirmForm, SeparateForm
from .visits_listings import VISITS


class GuidanceVisits(EnterpriseCaseViewSet):
    """指导走访。"""

    listing, model, forms = VISITS, GuidanceVisit, OF_A_VISIT

    def begun(self, request):
        return GuidanceVisit.begun(self.enterprise())

    @twin("guidance:jointvisit_confirm", form=ConfirmForm, changes=False)
    @action(detail=True, methods=["post"], url_path="confirm-joint")
    def confirm_joint(self, request, pk=None):
        """指导走访：当天各方的走访认定为联合走访"""
        return self._decided(ConfirmForm)

    @twin("guidance:jointvisit_separate", form=SeparateForm, changes=False)
    @action(detail=True, methods=["post"], url_path="separate-joint")
    def separate_joint(self, request, pk=None):
        """指导走访：当天各方的走访认定为分别走访"""
        return self._decided(SeparateForm)

    def _decided(self, form_class):
        day = JointVisit.of(self.get_object())
        version = None if day.stage is None else day.version
        form = form_class(sent(self.request, version=version), record=day, by=self.request.user, on=today())
        checked(form).save(by=self.request.user, on=form.on)
        return self.shown(self.get_object())


ROUTES = (("guidance-visits", GuidanceVisits),)
