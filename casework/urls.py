from django.urls import path

from . import views

app_name = "casework"

urlpatterns = [
    path("<int:pk>/", views.job_progress, name="job"),
    path("<int:pk>/cancel/", views.cancel_job, name="cancel-job"),
    path("<int:pk>/retry/", views.retry_job, name="retry-job"),
]
