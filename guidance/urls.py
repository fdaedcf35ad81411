from django.urls import path

from . import views
from .layoff_urls import LAYOFFS
from .service_urls import SERVICES
from .visits_urls import VISITS

app_name = "guidance"

urlpatterns = [
    path("", views.home, name="home"),
    *VISITS,
    *LAYOFFS,
    *SERVICES,
]
