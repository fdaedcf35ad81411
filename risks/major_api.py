"""Major risks, looks across the border and hand-overs for machine clients: the lists, forms and verbs of the pages."""

from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.roles import Can
from casework.api import CaseViewSet, twin
from casework.scope import visible_or_404
from enterprises.models import Enterprise

from . import majors
from .disclosing import looked_at
from .handover_forms import HANDOVER_FORMS
from .major_forms import DISCLOSURE_FORMS, MAJOR_FORMS
from .major_listings import DISCLOSURES, HANDOVERS, MAJORS
from .models import Disclosure, Handover, MajorRisk
from .visits_api import OF_AN_ENTERPRISE, enterprise_asked


class MajorRisks(CaseViewSet):
    """重大风险。"""

    listing, model, forms = MAJORS, MajorRisk, MAJOR_FORMS
    begins_with = OF_AN_ENTERPRISE

    def begun(self, request):
        enterprise = enterprise_asked(request, Enterprise.objects.current())
        return MajorRisk(enterprise=enterprise, district_id=enterprise.district_id)

    @twin("risks:relatives", changes=False)
    @action(detail=True)
    def relatives(self, request, pk=None):
        """重大风险：其他区市中法定代表人或实际控制人相同的企业，名称等已遮盖。"""
        if not request.user.may(Can.ASK_DISCLOSURE):
            raise PermissionDenied
        found = majors.relatives_of(self.get_object())
        return Response([
            {"enterprise": each.enterprise_id, "district": each.district.pk, "name": each.masked_name,
             "shared": each.shared} for each in found
        ])  # fmt: skip


class Handovers(CaseViewSet):
    """移交劳动保障监察。"""

    listing, model, forms = HANDOVERS, Handover, HANDOVER_FORMS
    begins_with = OF_AN_ENTERPRISE

    def begun(self, request):
        enterprise = enterprise_asked(request, Enterprise.objects.current())
        return Handover(enterprise=enterprise, district=enterprise.district)


class Disclosures(CaseViewSet):
    """跨区市协查。"""

    listing, model, forms = DISCLOSURES, Disclosure, DISCLOSURE_FORMS
    begins_with = {
        "risk": {"type": "integer", "description": "重大风险的编号"},
        "enterprise": {"type": "integer", "description": "关联企业的编号，见 relatives"},
    }

    def begun(self, request):
        risk = visible_or_404(request.user, MajorRisk.objects, number(request, "risk"))
        return majors.request_for(risk, number(request, "enterprise"))

    def retrieve(self, request, *args, **kwargs):
        """跨区市协查：一条记录。同意期间 told 为可以查看的企业情况，每次读取都记入访问日志。"""
        answer = super().retrieve(request, *args, **kwargs)
        answer.data["told"] = looked_at(self.get_object(), timezone.now())
        return answer


ROUTES = (("majors", MajorRisks), ("disclosures", Disclosures), ("handovers", Handovers))


def number(request, name):
    sent = str(request.data.get(name, ""))
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
