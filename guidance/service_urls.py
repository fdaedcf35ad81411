"""Addresses of the services, under those of the guidance."""

from django.urls import path

from . import service_views as views
from . import sign_views as signing


def _deeds(prefix, model, moves):
    return [path(f"{prefix}<int:pk>/{move.replace('_', '-')}/", view, name=f"{model}_{move}") for move, view in moves]


def _begun(model, move):
    address = f"enterprises/<int:enterprise>/{model}/{move.replace('_', '-')}/"
    return path(address, views.BEGUN[model, move], name=f"{model}_{move}")


SERVICES = [
    path("enterprises/<int:pk>/", views.for_enterprise, name="for_enterprise"),
    *(_begun(model, move) for model, move in views.BEGUN),
    path("newcomers/", views.new_firms, name="new_firms"),
    path("newcomers/take-on/", views.take_on_many, name="take_on_many"),
    path("newcomers/services/", views.services, name="services"),
    path("newcomers/services/<int:pk>/", views.newcomer, name="newcomer"),
    *_deeds("newcomers/services/", "newcomer", views.OF_A_NEWCOMER.items()),
    path("leaflets/", views.leaflets, name="leaflets"),
    path("leaflets/publish/", views.leaflet_publish, name="leaflet_publish"),
    path("leaflets/<int:pk>/", views.leaflet, name="leaflet"),
    path("leaflets/<int:pk>/versions/<int:number>/", views.leaflet_file, name="leaflet_file"),
    *_deeds("leaflets/", "leaflet", views.OF_A_LEAFLET.items()),
    path("handouts/", views.handouts, name="handouts"),
    path("handouts/<int:pk>/", views.handout, name="handout"),
    *_deeds("handouts/", "handout", views.OF_A_HANDOUT.items()),
    path("lectures/", views.lectures, name="lectures"),
    path("lectures/announce/", views.lecture_announce, name="lecture_announce"),
    path("lectures/<int:pk>/", views.lecture, name="lecture"),
    path("lectures/<int:lecture>/enter/", views.attendance_enter, name="attendance_enter"),
    *_deeds("lectures/", "lecture", views.OF_A_LECTURE.items()),
    path("attendances/", views.attendances, name="attendances"),
    path("attendances/<int:pk>/", views.attendance, name="attendance"),
    *_deeds("attendances/", "attendance", views.OF_AN_ATTENDANCE.items()),
    path("sign/", signing.sign_by_code, name="sign_by_code"),
    path("sign/<str:token>/", signing.sign, name="sign"),
    path("sign/<str:token>/done/", signing.signed, name="signed"),
    path("systems/", views.systems, name="systems"),
    path("systems/<int:pk>/", views.system, name="system"),
    *_deeds("systems/", "rulesystem", views.OF_A_SYSTEM.items()),
    path("policies/", views.policies, name="policies"),
    path("policies/publish/", views.policy_publish, name="policy_publish"),
    path("policies/<int:pk>/", views.policy, name="policy"),
    *_deeds("policies/", "policy", views.OF_A_POLICY.items()),
    path("matches/", views.matches, name="matches"),
    path("matches/offer/", views.offer_many, name="offer_many"),
    path("benefits/", views.benefits, name="benefits"),
    path("benefits/<int:pk>/", views.benefit, name="benefit"),
    *_deeds("benefits/", "benefit", views.OF_A_BENEFIT.items()),
    path("inquiries/", views.inquiries, name="inquiries"),
    path("inquiries/<int:pk>/", views.inquiry, name="inquiry"),
    *_deeds("inquiries/", "inquiry", views.OF_AN_INQUIRY.items()),
]
