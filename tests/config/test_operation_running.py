"""The real web server and worker: PostgreSQL goes and comes back, a page waits too long, and what the logs hold."""

import contextlib
import json
import logging
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from casework import jobs
from casework.models import Job
from config.embedded import ROOT
from operation import logs
from tests import make
from tests.services import environment, free_port, wait_for
from tests.settings import POSTGRESQL, REDIS, SLOT

CANARY = "金丝雀"


class Wire:
    """What lies between the portal and PostgreSQL: a socket that can be cut and mended."""

    def __init__(self, folder):
        self.path = folder / ".s.PGSQL.5432"
        self.ends = []
        self.mend()

    def mend(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(50)
        threading.Thread(target=self._take, args=(self.listener,), daemon=True).start()

    def cut(self):
        self.path.unlink()
        for end in (self.listener, *self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends = []

    def _take(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(POSTGRESQL.sockets / ".s.PGSQL.5432"))
                self.ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def wire():
    folder = Path("/tmp") / f"portal-wire-{SLOT}"  # noqa: S108 - the path of a socket is short
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    wire = Wire(folder)
    yield wire
    with contextlib.suppress(OSError):
        wire.cut()
    shutil.rmtree(folder)


@contextlib.contextmanager
def started(name, log, **more):
    with log.open("wb") as file:
        command = [sys.executable, "-m", "config.run", name]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(**more), stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Visitor:
    """A person at a browser, as far as HTTP goes."""

    def __init__(self, address, user=None):
        browser = Client()
        if user:
            browser.force_login(user)
            assert SESSION_KEY in browser.session
        self.address = address
        self.cookies = {name: morsel.value for name, morsel in browser.cookies.items()}

    def ask(self, path, *, headers=(), **form):
        """(status, headers, text). With a form it is a POST, with the token that the page would hold."""
        data = None
        if form:
            token = "a" * 32
            self.cookies["csrftoken"] = token
            data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **form}).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, **dict(headers)}
        request = urllib.request.Request(self.address + path, data, headers)  # noqa: S310 - our own address
        try:
            with _opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, answer.read().decode(errors="replace")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_Stay)


@contextlib.contextmanager
def site(user, log, **more):
    """A web server of its own, and a person who is logged in there."""
    port = str(free_port())
    with started("web", log, PORT=port, **more) as web:
        visitor = Visitor(f"http://127.0.0.1:{port}", user)
        wait_for(web, lambda: visitor.ask("/healthz/")[0] == 200)
        yield visitor


def addresses():
    """One address of each page in the URL map, with 1 for whatever it asks."""

    def walk(patterns, before=""):
        for pattern in patterns:
            route = str(pattern.pattern)
            here = before + re.sub(r"<[^>]+>", "1", re.sub(r"\(\?P<\w+>[^)]*\)", "1", route)).strip("^$").replace(
                "\\Z", ""
            )
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, here)
            else:
                yield "/" + here.replace("\\", "").replace("^", "").replace("$", "")

    return sorted(set(walk(get_resolver().url_patterns)))


# ── PostgreSQL away ──────────────────────────────────────────────────────────────────────────


def test_with_postgresql_away_every_page_says_so_calmly_and_works_again_when_it_is_back(
    transactional_db, huancui_officer, wire, tmp_path
):
    database = f"postgres://portal_web@/test_{SLOT}?host={wire.path.parent}"
    with site(huancui_officer, tmp_path / "web", DATABASE_WEB_URL=database) as visitor:
        assert visitor.ask("/enterprises/")[0] == 200
        assert json.loads(visitor.ask("/readyz/")[2])["parts"]["postgresql"] == "ok"

        wire.cut()
        assert len(addresses()) > 50
        away = {path: visitor.ask(path) for path in addresses()}
        assert not {path for path, (status, _, _) in away.items() if status >= 500 and status != 503}
        calm = {path for path, (status, _, _) in away.items() if status == 503}
        assert {"/", "/enterprises/", "/enterprises/1/", "/exports/", "/api/enterprises/"} <= calm
        for path in calm:
            _, headers, text = away[path]
            assert int(headers["Retry-After"]) > 0
            assert "暂时连不上" in (json.loads(text)["detail"] if path.startswith("/api/") else text)
            assert headers["X-Request-ID"] in text, "by which its lines in the log are found"
            assert "Traceback" not in text
        assert "<h1>暂时不能办理</h1>" in away["/"][2]
        assert visitor.ask("/exports/new/", page="enterprises:list", format="csv")[0] == 503
        assert visitor.ask("/healthz/")[0] == 200
        status, headers, text = visitor.ask("/readyz/")
        assert (status, json.loads(text)["parts"]["postgresql"]) == (503, "没有应答")
        assert int(headers["Retry-After"]) > 0
        assert "portal_database_up 0.0" in visitor.ask("/metrics/")[2]

        wire.mend()
        assert visitor.ask("/enterprises/")[0] == 200


def test_any_process_of_the_web_server_tells_the_figures_of_all(transactional_db, huancui_officer, tmp_path):
    make.delivery()
    Job.objects.create(kind="delivery", key="one")
    with site(huancui_officer, tmp_path / "web") as visitor:
        for _ in range(12):
            assert visitor.ask("/enterprises/")[0] == 200
        counted = 'portal_requests_total{method="GET",status="200",view="enterprises:list"} 12.0'
        assert all(counted in visitor.ask("/metrics/")[2] for _ in range(6))
        told = visitor.ask("/metrics/")[2]
        assert 'portal_jobs{kind="delivery",state="waiting"} 1.0' in told, "no policy hides the whole from it"
        assert 'portal_deliveries{kind="tax",state="stored"} 1.0' in told


def test_a_page_that_waits_too_long_gives_up_and_leaves_the_database_alone(transactional_db, huancui_officer, tmp_path):
    with (
        site(huancui_officer, tmp_path / "web", STATEMENT_SECONDS="1") as visitor,
        contextlib.closing(psycopg2.connect(POSTGRESQL.url_of(f"test_{SLOT}", "postgres"))) as other,
        other.cursor() as cursor,
    ):
        cursor.execute("LOCK TABLE enterprises_enterprise IN ACCESS EXCLUSIVE MODE")
        begun = time.monotonic()
        status, headers, text = visitor.ask("/enterprises/")
        assert (status, time.monotonic() - begun < 10) == (503, True)
        assert "没有在规定时间内取完" in text
        assert headers["Retry-After"]
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        assert cursor.fetchone() == (0,)
        other.rollback()
        assert visitor.ask("/enterprises/")[0] == 200


# ── What the logs hold ───────────────────────────────────────────────────────────────────────


def test_log_lines_follow_a_request_into_its_work_and_hold_nothing_of_persons(
    transactional_db, huancui_officer, tmp_path
):
    firm = make.enterprise(f"威海{CANARY}水产有限公司", contact=f"{CANARY}联系人", phone="13900001111")
    given = "0123456789abcdef0123456789abcdef"
    queue = REDIS.url_of(2 * SLOT + 1)  # which no other worker listens to
    more = {"LOG_FORMAT": "json", "EXPORT_DIRECT_ROWS": "0", "REDIS_URL": queue}
    quoted = urllib.parse.quote(CANARY)
    with (
        started("worker", tmp_path / "worker", **more),
        site(huancui_officer, tmp_path / "web", **more) as visitor,
    ):
        _, headers, _ = visitor.ask(f"/enterprises/?q={quoted}", headers={"X-Request-ID": given})
        assert headers["X-Request-ID"] == given
        _, headers, _ = visitor.ask("/enterprises/", headers={"X-Request-ID": firm.uscc})
        assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"]), "a code is no mark of a request"
        assert visitor.ask(f"/enterprises/{firm.pk}/")[0] == 200
        assert visitor.ask(f"/{quoted}/{firm.uscc}/")[0] == 404
        assert visitor.ask("/", headers={"Host": f"{firm.uscc}.cn"})[0] == 400
        tried = {"username": CANARY, "password": firm.phone}
        assert Visitor(visitor.address).ask("/login/", login=CANARY, **tried)[0] == 422
        status, headers, _ = visitor.ask("/exports/new/", page="enterprises:list", query=f"q={quoted}", format="csv")
        assert status == 302
        asked = headers["X-Request-ID"]
        wait_for_job(Job.objects.get(kind="export"))

    web, worker = _lines(tmp_path / "web"), _lines(tmp_path / "worker")
    requests = [line for line in web if line["logger"] == "operation.requests"]
    assert {"request": given, "message": "GET enterprises:list", "status": 200}.items() <= requests[0].items()
    assert requests[0]["ms"] >= 0
    assert [line["message"] for line in worker if line["request"] == asked][-1].startswith("Task casework.run_job")
    told = (tmp_path / "web").read_text() + (tmp_path / "worker").read_text()
    for canary in (CANARY, quoted, firm.uscc, firm.phone, huancui_officer.username, huancui_officer.name):
        assert canary not in told


def wait_for_job(job):
    until = time.monotonic() + 60
    while not job.over:
        assert time.monotonic() < until
        time.sleep(0.2)
        job.refresh_from_db()
    assert job.state == "done"


def _lines(file):
    """Granian's master starts before our settings do; its few lines say nothing but that it starts."""
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]


@pytest.fixture(params=[logs.Json, logs.Line])
def told(request):
    """What is written in this form, in all."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    logging.getLogger().addHandler(handler)
    yield stream.getvalue
    logging.getLogger().removeHandler(handler)


def test_an_exception_is_told_by_its_place_not_by_what_it_quotes(told, db, monkeypatch):
    firm = make.enterprise(f"威海{CANARY}水产有限公司")

    def quote(job, progress):
        try:
            int(CANARY)
        except ValueError:
            make.enterprise(uscc=firm.uscc)  # PostgreSQL answers with the code that is there already

    monkeypatch.setitem(jobs.KINDS, "quote", quote)
    job = Job.objects.create(kind="quote", key="quote", state="running", attempts=1)
    job.run()
    assert "failed in attempt 1" in told()
    assert "IntegrityError" in told()
    assert "23505 enterprises_enterprise" in told(), "the state and the constraint say enough"
    assert "test_operation_running.py" in told()
    assert CANARY not in told()
    assert firm.uscc not in told()


def test_the_heart_of_a_job_tells_whose_it_is(told, transactional_db):
    job = Job.objects.create(kind="quote", key="quote", state="running", attempts=1)
    mark = logs.request_id.set("0123456789abcdef0123456789abcdef")
    try:
        with transaction.atomic(), jobs.Heart(job):
            Job.objects.filter(pk=job.pk).update(total=1)  # the heart waits for this row, and gives up
            until = time.monotonic() + 30
            while "a heartbeat was missed" not in told():
                assert time.monotonic() < until
                time.sleep(0.2)
    finally:
        logs.request_id.reset(mark)
    assert re.search(r"0123456789abcdef0123456789abcdef.*a heartbeat was missed", told())


def test_an_exception_in_a_sentence_is_told_by_its_type(told):
    logging.getLogger("import").warning("not read: %s", ValueError(CANARY))
    assert "not read: ValueError" in told()
    assert CANARY not in told()


def test_a_line_break_from_outside_begins_no_line(told):
    logging.getLogger("import").warning("column %s", "name\n2023-11-20T09:00 INFO accounts - administrator added")
    assert len(told().splitlines()) == 1


def test_the_mark_of_a_request_is_taken_only_in_the_form_of_a_uuid():
    assert logs.mark("8F14E45F-CEEA-467F-A9C2-0D6D1D4BDB0C") == "8f14e45f-ceea-467f-a9c2-0d6d1d4bdb0c"
    for given in (None, "", "371002199001011234", "91371099MA0000001X", "于敏", "0" * 33, f"{'0' * 32}\n"):
        assert re.fullmatch("[0-9a-f]{32}", logs.mark(given))
        assert logs.mark(given) != given
