"""The API: each list and deed of the pages for machine clients. Every app brings its ROUTES: (address, viewset)."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from campaigns.api import ROUTES as CAMPAIGNS
from casework.api_views import not_there, reference, reference_of, schema
from casework.attachment_api import ROUTES as ATTACHMENTS
from casework.audit_api import ROUTES as AUDIT
from casework.comment_api import ROUTES as COMMENTS
from casework.own_api import ROUTES as OWN
from enterprises.api import ROUTES as ENTERPRISES
from guidance.api import ROUTES as GUIDANCE
from negotiations.api import ROUTES as NEGOTIATIONS
from reports.api import ROUTES as REPORTS
from reports.summary_api import ROUTES as SUMMARIES
from risks.api import ROUTES as RISKS

app_name = "api"
router = SimpleRouter()
for address, viewset in (
    *ENTERPRISES,
    *RISKS,
    *NEGOTIATIONS,
    *GUIDANCE,
    *CAMPAIGNS,
    *REPORTS,
    *SUMMARIES,
    *OWN,
    *ATTACHMENTS,
    *COMMENTS,
    *AUDIT,
):
    router.register(address, viewset, basename=address)

urlpatterns = [
    path("", reference, name="reference"),
    path("reference/<slug:name>/", reference_of, name="reference_of"),
    path("schema/", schema, name="schema"),
    path("", include(router.urls)),
    re_path(r"(?P<rest>[\s\S]+)", not_there, name="not-there"),
]
