from django.urls import path

from . import views

app_name = "risks"

urlpatterns = [
    path("", views.ranked_list, name="list"),
    path("enterprises/<int:pk>/", views.for_enterprise, name="for_enterprise"),
    path("runs/", views.runs, name="runs"),
    path("runs/start/", views.start_run, name="start_run"),
    path("runs/<int:pk>/", views.run_page, name="run"),
    path("runs/<int:pk>/cancel/", views.cancel_run, name="cancel_run"),
    path("runs/<int:pk>/retry/", views.retry_run, name="retry_run"),
    path("card/", views.card, name="card"),
]
