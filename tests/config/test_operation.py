"""The running portal: settings of a server, probes and figures, log lines, a database that is away."""

import json
import os
import re
import subprocess
import sys

import psycopg2
import pytest
import yaml
from django.db import DatabaseError, connection

from casework.middleware import POLICY
from casework.models import Job
from casework.tasks import ring_again
from config.embedded import ROOT
from operation import faults
from tests import make
from tests.services import wait_for

# ── Settings of a server ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def server(collected):
    """The environment that docker-compose.yml gives the web container, with the values that .env would hold."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    of_env = {"SITE": "portal.example.cn", "SECRET_KEY": "", "POSTGRES_WORKER_PASSWORD": "letters0and1digits"}
    given = {
        name: re.sub(r"\$\{(\w+):-(.*?)\}", lambda m: of_env.get(m[1], m[2]), value)
        for name, value in services["web"]["environment"].items()
    }
    given["SECRET_KEY"] = "".join(chr(48 + 7 * place % 75) for place in range(60))
    return {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **given}


def _python(code, env):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_djangos_own_check_of_a_server_has_nothing_to_say(server):
    code = (
        "import django; django.setup(); from django.core.management import call_command as c; c('check', deploy=True)"
    )
    told = _python(code, server)
    assert told.returncode == 0
    assert "no issues (0 silenced)" in told.stdout, told.stderr


def test_cookies_of_a_server_belong_to_its_host_alone_and_a_browser_stays_on_https(server):
    code = (
        "import config.wsgi, json; from django.conf import settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.startswith(('SESSION_', 'CSRF_', 'SECURE_'))},"
        " default=str))"
    )
    told = json.loads(_python(code, server).stdout)
    assert told["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert told["CSRF_COOKIE_NAME"].startswith("__Host-")
    for kind in ("SESSION", "CSRF"):
        assert told[f"{kind}_COOKIE_SECURE"] is told[f"{kind}_COOKIE_HTTPONLY"] is True
        assert (told[f"{kind}_COOKIE_PATH"], told[f"{kind}_COOKIE_DOMAIN"]) == ("/", None)
        assert told[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    assert told["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_a_page_may_not_hold_the_database_and_work_may_take_its_time(server):
    options = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    page = _python(f"import config.wsgi; {options}", server).stdout
    for name, milliseconds in (("statement", 30_000), ("lock", 10_000), ("idle_in_transaction_session", 600_000)):
        assert f"-c {name}_timeout={milliseconds}" in page
    assert "timeout" not in _python(options, server).stdout


# ── No inline script or style ────────────────────────────────────────────────────────────────

INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script in the page": r"<script\b(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "a handler": r"<[^>]*\son\w+\s*=",
    "a handler of htmx": r"\shx-on\b",
    "script in a value": r"javascript:|[\"']js:",
}


def _templates():
    return sorted((ROOT / "templates").rglob("*.html"))


def test_the_policy_allows_nothing_inline_and_nobody_elses_script():
    assert "unsafe" not in POLICY
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["form-action"] == "'self'"


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_inline(what):
    assert len(_templates()) > 50
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:80]}"
        for path in _templates()
        for match in re.finditer(INLINE[what], path.read_text(), re.IGNORECASE)
    ]
    assert not found


@pytest.mark.parametrize(
    ("what", "planted"),
    [
        ("a style attribute", '<p class="x" style="color:red">'),
        ("a style element", "<style>p{}</style>"),
        ("a script in the page", "<script>go()</script>"),
        ("a handler", '<a href="/" onclick="go()">'),
        ("a handler of htmx", '<a hx-on::load="go()">'),
        ("script in a value", '<a href="javascript:go()">'),
    ],
)
def test_what_is_inline_would_be_found(what, planted):
    assert re.search(INLINE[what], planted, re.IGNORECASE)


def test_each_answer_carries_the_policy_and_stays_in_no_browser(client, huancui_officer):
    client.force_login(huancui_officer)
    for address in ("/roles/", "/not-there/", "/", "/enterprises/", "/api/enterprises/"):
        told = client.get(address).headers
        assert told["Content-Security-Policy"] == POLICY
        assert "no-store" in told["Cache-Control"]
        assert told["X-Content-Type-Options"] == "nosniff"
        assert told["Referrer-Policy"] == told["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_server_answers_over_https_alone_and_probes_from_inside(client, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/login/").headers["Location"] == "https://testserver/login/"
    assert client.get("/healthz/").status_code == 200
    told = client.get("/healthz/", headers={"X-Forwarded-Proto": "https"})
    assert told.headers["Strict-Transport-Security"].startswith("max-age=31536000")


# ── Probes and figures ───────────────────────────────────────────────────────────────────────


def test_that_the_portal_lives_is_told_without_the_database(client):
    """No database is allowed in this test."""
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.json()) == (200, {"lives": True})
    assert answer.headers["Cache-Control"] == "no-store"


def test_readiness_names_the_part_that_is_missing(client, db):
    answer = client.get("/readyz/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    parts = answer.json()["parts"]
    silent = {"worker": "两分钟内没有收到后台进程的心跳", "clock": "两分钟内没有收到定时进程的信号"}
    assert parts == {"postgresql": "ok", "migrations": "ok", "redis": "ok", **silent}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'risks'")
        assert cursor.rowcount
    assert re.fullmatch(r"有 \d+ 项迁移没有执行", client.get("/readyz/").json()["parts"]["migrations"])


def test_readiness_names_redis_and_its_worker_apart(client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/1"}}
    parts = client.get("/readyz/").json()["parts"]
    assert parts["redis"] == "没有应答"
    assert parts["worker"] == parts["clock"] == "缓存没有应答"
    assert parts["postgresql"] == parts["migrations"] == "ok"
    assert "portal_worker_up 0.0" in client.get("/metrics/").content.decode()


def test_the_portal_is_ready_when_a_worker_is_heard_and_the_clock_has_rung(client, transactional_db, celery_worker):
    assert client.get("/readyz/").json()["parts"]["clock"] != "ok"
    ring_again.delay()
    wait_for(celery_worker, lambda: client.get("/readyz/").status_code == 200)  # a heartbeat each two seconds
    assert client.get("/readyz/").json()["ready"] is True
    assert "portal_worker_up 1.0" in client.get("/metrics/").content.decode()


def test_a_statement_over_which_postgresql_died_is_a_disturbance_that_passes(rf):
    """psycopg2 has no class of its own for it, and no code, unlike for what is wrong with a statement."""
    died = psycopg2.DatabaseError("server closed the connection unexpectedly")
    try:
        raise DatabaseError from died
    except DatabaseError:
        answer = faults.answer(rf.get("/enterprises/"))
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert "暂时连不上" in answer.text


def test_figures_are_for_this_machine_or_for_who_has_the_token(client, db, settings):
    assert client.get("/metrics/").status_code == 200
    assert client.get("/metrics/", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert client.get("/metrics/", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 404
    settings.METRICS_TOKEN = "a-token-of-the-monitoring"
    assert client.get("/metrics/").status_code == 404
    assert client.get("/metrics/", headers={"Authorization": "Bearer another"}).status_code == 404
    told = client.get(
        "/metrics/", REMOTE_ADDR="10.1.2.3", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    )
    assert told.status_code == 200


def test_figures_count_requests_work_and_deliveries_and_name_nobody(client, huancui_officer):
    firm = make.enterprise("威海金丝雀水产有限公司")
    make.delivery(name="金丝雀.csv")
    Job.objects.create(kind="delivery", key="金丝雀", asked_by=huancui_officer, arguments={"name": firm.name})
    client.force_login(huancui_officer)
    client.get("/enterprises/", {"q": firm.name})
    client.get(f"/enterprises/{firm.pk}/")
    told = client.get("/metrics/").content.decode()
    assert re.search(r'portal_requests_total\{method="GET",status="200",view="enterprises:list"\} \d', told)
    assert re.search(r'portal_request_seconds_bucket\{le="0.5",view="enterprises:detail"\} \d', told)
    assert 'portal_jobs{kind="delivery",state="waiting"} 1.0' in told
    assert re.search(r"portal_oldest_waiting_job_seconds \d", told)
    assert 'portal_deliveries{kind="tax",state="stored"} 1.0' in told
    assert "portal_database_up 1.0" in told
    labels = re.sub(r" \S+$", "", told, flags=re.M)  # the digits of a time may be anything, also a district's code
    assert "portal_jobs{" in labels
    for canary in ("金丝雀", firm.uscc, huancui_officer.username, "371002"):
        assert canary not in labels
