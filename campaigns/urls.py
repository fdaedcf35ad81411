from django.urls import path

from . import views

app_name = "campaigns"


def _deeds(prefix, model, moves):
    return [path(f"{prefix}<int:pk>/{move.replace('_', '-')}/", view, name=f"{model}_{move}") for move, view in moves]


urlpatterns = [
    path("", views.home, name="home"),
    path("all/", views.campaigns, name="campaigns"),
    path("prepare/", views.prepare, name="campaign_prepare"),
    path("<int:pk>/", views.campaign, name="campaign"),
    *_deeds("", "campaign", views.OF_A_CAMPAIGN.items()),
]
