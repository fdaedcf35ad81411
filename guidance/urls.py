from django.urls import path

from . import views
from .layoff_urls import LAYOFFS

app_name = "guidance"

urlpatterns = [
    path("", views.home, name="home"),
    *LAYOFFS,
]
