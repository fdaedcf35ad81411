"""The API: each list and deed of the pages for machine clients. Every app brings its ROUTES: (address, viewset)."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from enterprises.api import ROUTES as ENTERPRISES
from risks.api import ROUTES as SCORES

app_name = "api"
router = SimpleRouter()
for address, viewset in (*ENTERPRISES, *SCORES):
    router.register(address, viewset, basename=address)

urlpatterns = [path("", include(router.urls))]
