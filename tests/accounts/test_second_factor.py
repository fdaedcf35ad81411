"""The second factor: asked of some roles before anything else, proved at each log-in, reset by another hand."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

import accounts.signals
from accounts.roles import Role
from tests import make

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret=SECRET, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def required(settings):
    settings.MFA_REQUIRED = True


@pytest.fixture
def with_app(city_office):
    TOTP.activate(city_office, SECRET)
    return city_office


def log_in(client, username):
    return client.post("/login/", {"login": username, "password": make.PASSWORD})


# ── Of whom it is asked ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_whoever_sees_the_whole_city_or_administers_it_adds_a_second_factor_first(client, request, required, username):
    person = request.getfixturevalue(username)
    asked = person.role in {
        Role.CITY_OFFICE, Role.DATA_STEWARD, Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR,
    }  # fmt: skip
    log_in(client, username)
    for address in ("/roles/", "/", "/logins/", "/api/enterprises/"):
        response = client.get(address)
        assert (getattr(response, "url", "") == "/second-factor/") == asked, address
    assert ("必须启用第二重验证" in client.get("/second-factor/").text) == asked


def test_the_office_says_of_which_roles_it_is_asked(client, required, settings, huancui_officer):
    settings.MFA_ROLES = ["district_officer"]
    log_in(client, "huancui_officer")
    assert client.get("/roles/").url == "/second-factor/"


def test_a_demonstration_asks_it_of_nobody_and_says_so(client, settings, city_office):
    settings.DEMONSTRATION = True
    assert "演示系统不强制第二重验证" in client.get("/login/").text
    log_in(client, "city_office")
    assert client.get("/roles/").status_code == 200
    assert "演示系统不强制第二重验证" in client.get("/second-factor/").text


NO_ANSWERS = ["", "0", "false", "[]", "{}", '"x"', "1", '{"id": "x"}', '{"id": "x", "response": 1}', "no json"]


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_no_key_answered_opens_nothing(client, required, with_app, answer):
    log_in(client, "city_office")
    refused = client.post("/login/code/", {"credential": answer})
    assert refused.status_code == 422
    assert client.get("/roles/").url.startswith("/login/")


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_no_key_answered_becomes_no_key(client, required, city_office, answer):
    log_in(client, "city_office")
    client.get("/second-factor/key/")
    client.post("/second-factor/key/", {"name": "办公室", "credential": answer})
    assert not Authenticator.objects.filter(user=city_office).exists()
    assert client.get("/roles/").url == "/second-factor/"


def test_the_first_password_goes_before_the_second_factor(client, required, city_office):
    city_office.must_change_password = True
    city_office.save()
    log_in(client, "city_office")
    assert client.get("/").url == "/password/"
    assert client.get("/second-factor/").url == "/password/"


# ── An authenticator app ─────────────────────────────────────────────────────────────────────


def enrol(client):
    secret = client.get("/second-factor/app/").context["form"].secret
    return secret, client.post("/second-factor/app/", {"code": code_of(secret)})


def test_an_app_is_added_and_recovery_codes_shown_once(
    client, required, city_office, django_capture_on_commit_callbacks
):
    log_in(client, "city_office")
    page = client.get("/second-factor/app/")
    assert page.context["form"].secret in page.text
    assert "data:image/svg+xml;base64," in page.text
    wrong = client.post("/second-factor/app/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不正确" in wrong.text
    with django_capture_on_commit_callbacks(execute=True):
        _, response = enrol(client)
    assert response.url == "/second-factor/codes/"
    assert client.get("/roles/").status_code == 302 or client.get("/roles/").status_code == 200
    codes = client.get("/second-factor/codes/").context["unused_codes"]
    assert len(codes) == 10
    again = client.get("/second-factor/codes/").text
    assert not any(code in again for code in codes)
    assert client.get("/roles/").status_code == 200


def test_the_secret_lies_encrypted_in_the_database(with_app):
    kept = json.dumps(Authenticator.objects.get().data)
    assert SECRET not in kept
    assert with_app.authenticator_set.get().wrap().validate_code(code_of())


def test_a_secret_outlives_a_new_key_of_the_portal(with_app, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a key that follows the one before it and is long enough"
    assert with_app.authenticator_set.get().wrap().validate_code(code_of())


def test_password_and_code_together_open_the_door(client, with_app):
    assert log_in(client, "city_office").url == "/login/code/"
    assert client.get("/roles/").status_code == 302
    page = client.get("/login/code/")
    assert "使用安全密钥" not in page.text
    wrong = client.post("/login/code/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不正确" in wrong.text
    assert client.post("/login/code/", {"code": code_of()}).status_code == 302
    assert client.get("/roles/").status_code == 200


def test_a_code_is_good_once(client, with_app):
    code = code_of()
    log_in(client, "city_office")
    client.post("/login/code/", {"code": code})
    elsewhere = type(client)()
    log_in(elsewhere, "city_office")
    assert elsewhere.post("/login/code/", {"code": code}).status_code == 422


def test_codes_are_not_guessed_for_ever(client, with_app):
    log_in(client, "city_office")
    for guess in range(5):
        client.post("/login/code/", {"code": f"{guess:06}"})
    response = client.post("/login/code/", {"code": code_of()})
    assert response.status_code == 422
    assert "验证码错误次数过多" in response.text
    elsewhere = type(client)()
    log_in(elsewhere, "city_office")
    assert elsewhere.post("/login/code/", {"code": code_of()}).status_code == 422, "not even from another browser"
    with_app.unlock(by=None, at=timezone.now())
    assert elsewhere.post("/login/code/", {"code": code_of()}).status_code == 302


def test_who_never_gave_the_password_gets_to_no_code(client, with_app):
    assert client.get("/login/code/").url == "/login/"
    assert client.post("/login/code/", {"code": code_of()}).url == "/login/"


def test_a_recovery_code_opens_the_door_once(client, city_office, django_capture_on_commit_callbacks):
    log_in(client, "city_office")
    enrol(client)
    code = client.get("/second-factor/codes/").context["unused_codes"][3]
    for expected in (302, 422):
        elsewhere = type(client)()
        log_in(elsewhere, "city_office")
        assert elsewhere.post("/login/code/", {"code": code}).status_code == expected


def test_who_must_have_a_second_factor_does_not_remove_the_last(client, required, with_app):
    client.force_login(with_app)
    assert "不能停用最后一种" in client.get("/second-factor/app/remove/").text
    client.post("/second-factor/app/remove/")
    assert with_app.authenticator_set.filter(type="totp").exists()


def test_others_remove_theirs(client, huancui_officer):
    TOTP.activate(huancui_officer, SECRET)
    client.force_login(huancui_officer)
    client.post("/second-factor/app/remove/")
    assert not huancui_officer.authenticator_set.exists()


# ── Reset ────────────────────────────────────────────────────────────────────────────────────


def test_a_reset_ends_sessions_and_makes_the_person_enrol_anew(client, required, with_app, security_administrator):
    TOTP.activate(security_administrator, SECRET)
    office = type(client)()
    log_in(office, "city_office")
    office.post("/login/code/", {"code": code_of()})
    assert office.get("/roles/").status_code == 200
    cache.clear()
    client.force_login(security_administrator)
    page = client.post(f"/people/{with_app.pk}/second-factor/", follow=True).text
    assert "下次登录时须重新设置" in page
    assert office.get("/roles/").url.startswith("/login/")
    log_in(office, "city_office")
    assert office.get("/roles/").url == "/second-factor/"


def test_nobody_resets_their_own(client, security_administrator):
    TOTP.activate(security_administrator, SECRET)
    client.force_login(security_administrator)
    page = client.post(f"/people/{security_administrator.pk}/second-factor/", follow=True).text
    assert "不能重置自己的第二重验证" in page
    assert security_administrator.authenticator_set.exists()


def test_the_server_resets_that_of_the_only_guard(with_app, capsys):
    call_command("reset_second_factor", "city_office")
    assert not with_app.authenticator_set.exists()
    assert "1 种" in capsys.readouterr().out
    assert with_app.deeds.get().by is None
    with pytest.raises(CommandError, match="没有用户名"):
        call_command("reset_second_factor", "nobody")


# ── What is told ─────────────────────────────────────────────────────────────────────────────


def test_second_factors_are_told_to_whoever_keeps_a_record(client, with_app):
    from allauth.mfa import signals

    told = []
    wires = {
        "used": signals.authenticator_used,
        "failed": signals.authentication_failed,
        "locked": accounts.signals.locked_out,
    }
    listeners = {name: lambda what=name, **_: told.append(what) for name in wires}
    for name, signal in wires.items():
        signal.connect(listeners[name])
    log_in(client, "city_office")
    for _ in range(6):
        client.post("/login/code/", {"code": "000000"})
    with_app.unlock(by=None, at=timezone.now())
    client.post("/login/code/", {"code": code_of()})
    for name, signal in wires.items():
        signal.disconnect(listeners[name])
    assert told == ["failed"] * 5 + ["locked", "used"]
