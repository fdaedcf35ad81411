"""When sessions end, what a person sees of their own, and what is left of it all while Redis is away."""

import os
import subprocess
import sys

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.sessions.models import Session
from django.utils import timezone

import enterprises.tasks  # noqa: F401 - registers what jobs do, as a worker does
import risks.tasks  # noqa: F401
from accounts import lockout, signals
from accounts.models import User
from accounts.roles import Role
from accounts.tasks import forget_sessions
from casework.models import Job
from config.embedded import ROOT
from tests import make
from tests.services import environment, free_port

ROLES = "/roles/"


def log_in(client, username, agent="Firefox"):
    fields = {"login": username, "password": make.PASSWORD}
    return client.post("/login/", fields, headers={"User-Agent": agent}, REMOTE_ADDR="10.20.0.8")


@pytest.fixture
def elsewhere(client):
    return type(client)()


# ── One's own ────────────────────────────────────────────────────────────────────────────────


def test_a_person_sees_where_they_are_logged_in(client, elsewhere, huancui_officer, rongcheng_officer):
    log_in(client, "huancui_officer", "Firefox/128.0")
    log_in(elsewhere, "huancui_officer", "MicroMessenger/8.0")
    log_in(type(client)(), "rongcheng_officer", "Chrome/120.0")
    page = client.get("/logins/").text
    assert page.count('data-label="网络地址"') == 2
    assert "Firefox/128.0" in page
    assert "MicroMessenger/8.0" in page
    assert "Chrome/120.0" not in page
    assert page.count("<b>本机</b>") == 1


def test_the_other_devices_are_logged_out_and_this_one_goes_on(client, elsewhere, huancui_officer):
    log_in(client, "huancui_officer")
    log_in(elsewhere, "huancui_officer")
    page = client.post("/logins/end/", follow=True).text
    assert "已退出其他设备" in page
    assert page.count('data-label="网络地址"') == 1
    assert elsewhere.get(ROLES).status_code == 302
    assert client.get(ROLES).status_code == 200


def test_a_session_that_no_list_knows_is_ended_too(client, elsewhere, huancui_officer):
    elsewhere.force_login(huancui_officer)
    elsewhere.get(ROLES)
    log_in(client, "huancui_officer")
    client.post("/logins/end/")
    assert elsewhere.get(ROLES).status_code == 302


def test_sessions_that_are_over_are_forgotten_each_night(client, elsewhere, huancui_officer):
    log_in(client, "huancui_officer")
    log_in(elsewhere, "huancui_officer")
    Session.objects.filter(pk=elsewhere.session.session_key).update(expire_date=timezone.now())
    forget_sessions()
    assert Session.objects.get().pk == UserSession.objects.get().session_key == client.session.session_key
    assert client.get(ROLES).status_code == 200


# ── Ended by others ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("end", ["disable", "password", "second-factor", "role", "move"])
def test_sessions_open_elsewhere_end(client, elsewhere, huancui_officer, administrator, security_administrator, end):
    for browser in (client, elsewhere):
        log_in(browser, "huancui_officer")
        assert browser.get(ROLES).status_code == 200
    rongcheng = make.person("another", Role.DISTRICT_OFFICER, district="371082").organisation
    at = timezone.now()
    place = rongcheng if end == "move" else huancui_officer.organisation
    deeds = {
        "disable": lambda: huancui_officer.disable(by=administrator, at=at),
        "password": lambda: huancui_officer.give_password(by=administrator, at=at),
        "second-factor": lambda: huancui_officer.reset_second_factor(by=security_administrator, at=at),
    }
    move = lambda: huancui_officer.ask_rights(  # noqa: E731
        Role.DISTRICT_SUPERVISOR, place, by=administrator, at=at
    ).grant(by=security_administrator, at=at)
    deeds.get(end, move)()
    for browser in (client, elsewhere):
        assert browser.get(ROLES).status_code == 302


# ── Work asked for before ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "words"), [("delivery", "接收部门数据"), ("undo-delivery", "接收部门数据"), ("score", "运行风险评分")]
)
@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.AUDITOR}])
def test_work_of_a_person_who_lost_the_right_is_not_done(steward, kind, words, change):
    delivery = make.delivery(state="received")
    job = Job.objects.create(kind=kind, key=f"{kind}:1", asked_by=steward, arguments={"delivery": delivery.pk})
    User.objects.filter(pk=steward.pk).update(**change)
    job.take(timezone.now())
    job.run()
    assert job.state == "failed"
    assert job.message == f"申请人已没有“{words}”的权限，这项任务没有办理。"
    delivery.refresh_from_db()
    assert delivery.state == "received"


# ── Redis away ───────────────────────────────────────────────────────────────────────────────


WITHOUT_REDIS = """
import django
django.setup()
import os
from django.test import Client as AnyClient
def Client(**kwargs):
    return AnyClient(HTTP_HOST="localhost", **kwargs)
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = os.environ["SESSION"]
page = client.get("/roles/")
print(page.status_code)
def comes(password):
    stranger = Client(raise_request_exception=False)
    answer = stranger.post("/login/", {"login": "huancui_officer", "password": password})
    print(answer.status_code, "sessionid" in stranger.cookies)
comes(os.environ["PASSWORD"])
for guess in range(5):
    comes(f"guess {guess}")
comes(os.environ["PASSWORD"])
"""


@pytest.mark.usefixtures("transactional_db", "collected")
def test_while_redis_is_away_who_is_in_stays_in_and_who_comes_is_counted_all_the_same(client, huancui_officer):
    log_in(client, "huancui_officer")
    away = f"redis://127.0.0.1:{free_port()}/0"
    more = {"REDIS_URL": away, "REDIS_CACHE_URL": away, "SESSION": client.cookies["sessionid"].value}
    asked = subprocess.run(
        [sys.executable, "-c", WITHOUT_REDIS], cwd=ROOT, capture_output=True, text=True, check=False,
        env=environment(PASSWORD=make.PASSWORD, PYTHONPATH=os.fspath(ROOT), **more),
    )  # fmt: skip
    assert asked.stdout.splitlines() == ["200", "302 True", *["422 False"] * 6], asked.stderr[-2000:]


# ── What is told ─────────────────────────────────────────────────────────────────────────────


def test_log_ins_failures_and_locks_are_told(client, huancui_officer):
    told = []
    wires = {"in": user_logged_in, "failed": user_login_failed, "locked": signals.locked_out}
    listeners = {name: lambda what=name, **_: told.append(what) for name in wires}
    for name, signal in wires.items():
        signal.connect(listeners[name])
    for _ in range(5):
        client.post("/login/", {"login": "huancui_officer", "password": "something else"})
    lockout.unlock("huancui_officer")
    log_in(client, "huancui_officer")
    for name, signal in wires.items():
        signal.disconnect(listeners[name])
    assert told == ["failed"] * 4 + ["locked", "failed", "in"]
