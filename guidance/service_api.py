"""The services for machine clients: the lists, forms and verbs of the pages."""

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.decorators import action

from casework.api import CaseViewSet, ListingViewSet, number_sent, twin
from enterprises.case_api import EnterpriseCaseViewSet

from . import service_forms as forms
from . import service_listings as listings
from .models import Attendance, Benefit, Handout, Inquiry, Leaflet, Lecture, Newcomer, Policy, RuleSystem
from .service_forms import TakeOverForm

_ENTERPRISE = EnterpriseCaseViewSet.begins_with


class NewFirms(ListingViewSet):
    """新办企业。"""

    listing = listings.NEW_FIRMS


class Services(EnterpriseCaseViewSet):
    """新办企业服务。"""

    listing, model, forms = listings.SERVICES, Newcomer, forms.OF_A_NEWCOMER


class Leaflets(CaseViewSet):
    """宣传资料目录。"""

    listing, model, forms = listings.LEAFLETS, Leaflet, forms.OF_A_LEAFLET


class Handouts(EnterpriseCaseViewSet):
    """资料发放。"""

    listing, model, forms = listings.HANDOUTS, Handout, forms.OF_A_HANDOUT


class Lectures(CaseViewSet):
    """讲座。"""

    listing, model, forms = listings.LECTURES, Lecture, forms.OF_A_LECTURE


class Attendances(CaseViewSet):
    """讲座参加情况。"""

    listing, model, forms = listings.ATTENDANCES, Attendance, forms.OF_AN_ATTENDANCE
    begins_with = {"lecture": {"type": "integer", "minimum": 1, "description": "讲座的 id"}}

    def begun(self, request):
        return Attendance(lecture=get_object_or_404(Lecture, pk=number_sent(request, "lecture")))


class Systems(EnterpriseCaseViewSet):
    """规章制度建设。"""

    listing, model = listings.SYSTEMS, RuleSystem
    forms = tuple(form for form in forms.OF_A_SYSTEM if form is not forms.TakeOverForm)

    @twin("guidance:rulesystem_take_over", form=TakeOverForm, begins_with=_ENTERPRISE, changes=False)
    @action(detail=False, methods=["post"], url_path="take-over")
    def take_over(self, request):
        """规章制度：登记已有制度"""
        return self.do(TakeOverForm, RuleSystem.begun(self.enterprise()), status.HTTP_201_CREATED)


class Policies(CaseViewSet):
    """惠企政策目录。"""

    listing, model, forms = listings.POLICIES, Policy, forms.OF_A_POLICY


class Matches(ListingViewSet):
    """政策适用企业。"""

    listing = listings.MATCHES


class Benefits(EnterpriseCaseViewSet):
    """政策送达和享受。"""

    listing, model, forms = listings.BENEFITS, Benefit, forms.OF_A_BENEFIT


class Inquiries(EnterpriseCaseViewSet):
    """企业求助。"""

    listing, model, forms = listings.INQUIRIES, Inquiry, forms.OF_AN_INQUIRY


ROUTES = (
    ("new-firms", NewFirms),
    ("new-firm-services", Services),
    ("leaflets", Leaflets),
    ("handouts", Handouts),
    ("lectures", Lectures),
    ("attendances", Attendances),
    ("rule-systems", Systems),
    ("policies", Policies),
    ("policy-matches", Matches),
    ("policy-benefits", Benefits),
    ("inquiries", Inquiries),
)
