"""Log-in by an identity provider: a real one, on the loopback, through the whole code flow."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.signals import user_logged_in

from accounts import signals
from accounts.models import User
from tests.accounts.provider import CLIENT, SECRET, Provider
from tests.accounts.test_second_factor import SECRET as APP_SECRET
from tests.accounts.test_second_factor import code_of


@pytest.fixture
def provider(settings):
    with Provider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "山东省统一身份认证"
        app = {"provider_id": "province", "name": settings.OIDC_NAME, "client_id": CLIENT, "secret": SECRET}
        app["settings"] = {"server_url": provider.issuer, "oauth_pkce_enabled": True}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield provider


def come_in(client, provider, address="/login/by/province/"):
    there = client.get(address)
    assert there.url.startswith(f"{provider.issuer}/authorize?")
    back = urlsplit(provider.authorize(there.url))
    assert back.path == "/login/by/province/back/"
    return client.get(f"{back.path}?{back.query}")


def test_it_is_not_offered_where_none_is_set(client, db):
    assert "/login/by/" not in client.get("/login/").text
    assert client.get("/login/by/province/").status_code == 404
    assert client.get("/login/by/province/back/?code=x&state=y").status_code == 404


def test_a_person_known_to_the_provider_comes_in_as_who_they_are_here(client, provider, huancui_officer):
    page = client.get("/login/?next=/roles/")
    assert "用山东省统一身份认证登录" in page.text
    assert 'href="/login/by/province/?next=%2Froles%2F"' in page.text.replace("next=/roles/", "next=%2Froles%2F")
    came = []
    listener = lambda user, **_: came.append(user)  # noqa: E731
    user_logged_in.connect(listener)
    response = come_in(client, provider, "/login/by/province/?next=/roles/")
    user_logged_in.disconnect(listener)
    assert response.url == "/roles/"
    assert "您的岗位是区市经办人" in client.get("/roles/").text
    assert came == [huancui_officer]
    assert not SocialAccount.objects.exists(), "nothing is linked: the next log-in is matched anew"


def refused(client, provider, why):
    told = []
    listener = lambda name, **_: told.append(name)  # noqa: E731
    signals.stranger_refused.connect(listener)
    response = come_in(client, provider)
    signals.stranger_refused.disconnect(listener)
    assert response.status_code == 403
    assert why in response.text
    assert len(told) == 1
    assert client.get("/roles/").status_code == 302
    return told[0]


def test_it_opens_no_account(client, provider, huancui_officer):
    provider.who = {"sub": "p-2", "preferred_username": "stranger", "email": "stranger@example.org"}
    assert refused(client, provider, "在本平台没有对应的人员") == "stranger"
    assert User.objects.count() == 1


def test_who_is_disabled_here_stays_out(client, provider, huancui_officer):
    User.objects.update(is_active=False)
    refused(client, provider, "未启用或已停用")


@pytest.mark.parametrize("who", [{"sub": "p-1"}, {"sub": "p-1", "preferred_username": ""}, {"sub": "p-1", "name": "x"}])
def test_who_is_not_named_by_the_claim_is_nobody(client, provider, huancui_officer, who):
    provider.who = who
    assert refused(client, provider, "没有对应的人员") is None


def test_the_office_says_which_claim_names_a_person(client, provider, huancui_officer, settings):
    settings.OIDC_CLAIM = "employee_number"
    provider.who = {"sub": "p-1", "preferred_username": "somebody", "employee_number": "huancui_officer"}
    assert come_in(client, provider).status_code == 302
    assert client.get("/roles/").status_code == 200


def test_the_second_factor_is_asked_for_here_all_the_same(client, provider, city_office, settings):
    settings.MFA_REQUIRED = True
    provider.who = {"sub": "c-1", "preferred_username": "city_office"}
    come_in(client, provider)
    assert client.get("/roles/").url == "/second-factor/"
    TOTP.activate(city_office, APP_SECRET)
    client.post("/logout/")
    assert come_in(client, provider).url == "/login/code/"
    assert client.get("/roles/").url.startswith("/login/")
    client.post("/login/code/", {"code": code_of(APP_SECRET)})
    assert client.get("/roles/").status_code == 200


# ── What is forged ───────────────────────────────────────────────────────────────────────────


def test_a_token_of_another_key_is_refused(client, provider, huancui_officer):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(client, provider, "统一身份认证没有完成")


def test_what_is_told_of_somebody_else_is_refused(client, provider, huancui_officer):
    provider.told_besides = {"sub": "p-9"}
    refused(client, provider, "统一身份认证没有完成")


def test_the_signed_token_goes_before_what_is_told_besides(client, provider, huancui_officer, administrator):
    provider.told_besides = {"preferred_username": "administrator"}
    come_in(client, provider)
    assert "您的岗位是区市经办人" in client.get("/roles/").text


def test_an_answer_to_a_question_of_another_browser_is_refused(client, provider, huancui_officer):
    stolen = urlsplit(provider.authorize(client.get("/login/by/province/").url))
    other = type(client)()
    response = other.get(f"{stolen.path}?{stolen.query}")
    assert response.status_code == 403
    assert other.get("/roles/").status_code == 302


def test_a_code_is_good_only_with_the_verifier_that_never_left_the_portal(client, provider, huancui_officer):
    there = client.get("/login/by/province/").url
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    provider.codes["planted"] = "a challenge of somebody else"
    response = client.get(f"/login/by/province/back/?code=planted&state={asked['state'][0]}")
    assert response.status_code == 403
    assert client.get("/roles/").status_code == 302


def test_who_declines_at_the_provider_is_told_so(client, provider, huancui_officer):
    state = parse_qs(urlsplit(client.get("/login/by/province/").url).query)["state"][0]
    response = client.get(f"/login/by/province/back/?error=access_denied&state={state}")
    assert response.status_code == 403
    assert "登录已取消" in response.text
