"""Log-in by an identity provider (OpenID Connect, code flow with PKCE).

The provider says who somebody is; whether they may come in, and what they may do, is decided here. It opens no
account: a configured claim must be the user name of a person who has one. Nothing is linked or kept: each log-in is
matched anew.
"""

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from . import signals
from .models import User


class KnownPeopleOnly(DefaultSocialAccountAdapter):
    def pre_social_login(self, request, sociallogin):
        name = _claimed(sociallogin.account.extra_data)
        person = User.objects.filter(username=name).first() if name else None
        if person is None:
            raise _refusal(
                request, name, f"“{settings.OIDC_NAME}”中的账号在本平台没有对应的人员，请联系系统管理员开设。"
            )
        if not person.is_active:
            raise _refusal(request, name, "您在本平台的账号未启用或已停用，请联系系统管理员。")
        sociallogin.user = person

    def is_open_for_signup(self, request, sociallogin):
        return False

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        why = (
            "您没有同意登录，或登录已取消。"
            if error == "cancelled"
            else "统一身份认证没有完成，请稍后重试，或用密码登录。"
        )
        raise _refusal(request, None, why)


class Provider(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request, app, token, **kwargs):
        """What is told besides must be told of the person of the signed token (OpenID Connect Core 1.0, 5.3.2)."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        login = super().complete_login(request, app, token, **kwargs)
        told = login.account.extra_data
        if told["userinfo"].get("sub") != told["id_token"]["sub"]:
            raise OAuth2Error("userinfo of somebody else")
        return login

    def _decode_id_token(self, app, id_token):
        """Its signature too is checked, though it came straight from the provider."""
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


@login_not_required
@require_GET
def go_to_provider(request, provider_id):
    return _view(OAuth2LoginView, request, provider_id)


@login_not_required
@require_GET
def come_from_provider(request, provider_id):
    return _view(OAuth2CallbackView, request, provider_id)


def _view(view, request, provider_id):
    try:
        return view.adapter_view(Provider(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404("没有配置统一身份认证。") from None


def _claimed(told):
    """The user name that the provider vouches for: what its signed token says goes before what it tells besides."""
    for part in ("id_token", "userinfo"):
        if name := told.get(part, {}).get(settings.OIDC_CLAIM):
            return str(name)
    return None


def _refusal(request, name, why):
    signals.stranger_refused.send(sender=User, request=request, name=name, why=why)
    return ImmediateHttpResponse(render(request, "account/provider_refused.html", {"why": why}, status=403))
