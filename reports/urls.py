from django.urls import path

from . import dashboard_views, indicator_views, views

app_name = "reports"

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", dashboard_views.dashboard, name="dashboard"),
    path("reports/indicators/", indicator_views.indicators, name="indicators"),
    path("reports/indicators/rows/", indicator_views.indicator_rows, name="rows"),
]
