from allauth.account.views import account_inactive
from django.urls import include, path

from . import identity, views

people = [
    path("people/", views.people, name="people"),
    path("people/add/", views.add_person, name="add-person"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/change/", views.change_person, name="change-person"),
    path("people/<int:pk>/disable/", views.disable_person, name="disable-person"),
    path("people/<int:pk>/enable/", views.enable_person, name="enable-person"),
    path("people/<int:pk>/unlock/", views.unlock_person, name="unlock-person"),
    path("people/<int:pk>/password/", views.reset_password, name="reset-password"),
    path("people/<int:pk>/second-factor/", views.reset_second_factor, name="reset-second-factor"),
    path("rights/", views.rights, name="rights"),
    path("rights/<int:pk>/grant/", views.grant_rights, name="grant-rights"),
    path("rights/<int:pk>/refuse/", views.refuse_rights, name="refuse-rights"),
    path("roles/", views.roles, name="roles"),
    path("security/", views.security, name="security"),
    path("logins/", views.my_logins, name="my-logins"),
    path("logins/end/", views.end_other_logins, name="end-other-logins"),
]

# Of allauth's pages only these are routed, under the names that it looks for: nobody registers or resets by mail here.
urlpatterns = [
    path("login/", views.log_in, name="account_login"),
    path("login/code/", views.log_in_code, name="mfa_authenticate"),
    path("login/by/<slug:provider_id>/", identity.go_to_provider, name="openid_connect_login"),
    path("login/by/<slug:provider_id>/back/", identity.come_from_provider, name="openid_connect_callback"),
    path("logout/", views.log_out, name="account_logout"),
    path("password/", views.change_password, name="account_change_password"),
    path("disabled/", account_inactive, name="account_inactive"),
    path("confirm/", views.confirm_password, name="account_reauthenticate"),
    path("confirm/code/", views.confirm_code, name="mfa_reauthenticate"),
    path("confirm/key/", views.confirm_key, name="mfa_reauthenticate_webauthn"),
    path("second-factor/", views.second_factors, name="mfa_index"),
    path("second-factor/app/", views.add_app, name="mfa_activate_totp"),
    path("second-factor/app/remove/", views.remove_app, name="mfa_deactivate_totp"),
    path("second-factor/key/", views.add_key, name="mfa_add_webauthn"),
    path("second-factor/key/<int:pk>/remove/", views.remove_key, name="mfa_remove_webauthn"),
    path("second-factor/codes/", views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("", include((people, "accounts"))),
]
