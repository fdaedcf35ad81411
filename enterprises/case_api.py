"""Cases of an enterprise for machine clients: what is created names its enterprise."""

from casework.api import CaseViewSet, number_sent
from casework.scope import visible_or_404

from .models import Enterprise


class EnterpriseCaseViewSet(CaseViewSet):
    """Override `begun(request)` where the page begins with more: `decisions.begun(self.enterprise(), on=today())`."""

    begins_with = {"enterprise": {"type": "integer", "minimum": 1, "description": "企业的 id"}}

    def enterprise(self):
        """The enterprise that the client names, if it may see it."""
        enterprises = Enterprise.objects.current().select_related("district")
        return visible_or_404(self.request.user, enterprises, number_sent(self.request, "enterprise"))

    def begun(self, request):
        enterprise = self.enterprise()
        return self.model(enterprise=enterprise, district_id=enterprise.district_id)
