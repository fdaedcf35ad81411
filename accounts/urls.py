from allauth.account.views import account_inactive
from django.urls import include, path

from . import views

people = [
    path("people/", views.people, name="people"),
    path("people/add/", views.add_person, name="add-person"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/disable/", views.disable_person, name="disable-person"),
    path("people/<int:pk>/enable/", views.enable_person, name="enable-person"),
    path("people/<int:pk>/unlock/", views.unlock_person, name="unlock-person"),
    path("people/<int:pk>/password/", views.reset_password, name="reset-password"),
    path("roles/", views.roles, name="roles"),
]

# Of allauth's pages only these are routed, under the names that it looks for: nobody registers or resets by mail here.
urlpatterns = [
    path("login/", views.log_in, name="account_login"),
    path("logout/", views.log_out, name="account_logout"),
    path("password/", views.change_password, name="account_change_password"),
    path("disabled/", account_inactive, name="account_inactive"),
    path("", include((people, "accounts"))),
]
