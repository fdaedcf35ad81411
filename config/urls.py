from django.urls import include, path

handler404 = "casework.views.missing"
handler500 = "operation.faults.answer"

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("accounts.urls")),
    path("", include("casework.urls")),
    path("enterprises/", include("enterprises.urls")),
    path("risks/", include("risks.urls")),
    path("negotiations/", include("negotiations.urls")),
    path("guidance/", include("guidance.urls")),
    path("campaign/", include("campaigns.urls")),
    path("api/", include("config.api")),
]
