"""What the tests run on: the real PostgreSQL and Redis, a real worker, the real web server, headless Chromium."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate
from psycopg2.errors import DeadlockDetected

from casework import audit
from config.embedded import ROOT
from tests.settings import HOME, POSTGRESQL, REDIS, SLOT

DATABASE = f"test_{SLOT}"


@pytest.fixture(scope="session", autouse=True)
def embedded_servers():
    with POSTGRESQL.joined(), REDIS.joined():
        yield
    shutil.rmtree(os.environ["MEDIA_ROOT"], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(embedded_servers, django_db_blocker):
    """A database of this run's own, copied from one that was migrated before: migrations run only when they changed."""
    with django_db_blocker.unblock(), contextlib.closing(POSTGRESQL.connect("postgres", "postgres")) as server:
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(_load_reference, sender=last)
        DatabaseOperations.execute_sql_flush = _sweep
        with server.cursor() as cursor:
            template = _template(cursor)
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER portal TEMPLATE {template} STRATEGY file_copy")
        yield
        connection.close()
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _template(cursor):
    """The name of a migrated database with the reference data, made anew when what makes it has changed."""
    digest = hashlib.sha256()
    for path in sorted(
        {
            *ROOT.glob("*/migrations/*.py"),
            *ROOT.glob("*/reference.py"),
            *ROOT.glob("*/wall.py"),
            *ROOT.glob("*/roles.sql"),
        }
    ):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    digest.update(audit.definitions().encode())  # triggers that `migrate` puts up, and no migration
    name = f"template_{digest.hexdigest()[:16]}"
    cursor.execute("SELECT pg_advisory_lock(2023)")  # another run may be making it
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%'")
    known = {row[0] for row in cursor.fetchall()}
    if name not in known:
        for old in known:
            cursor.execute(f"DROP DATABASE IF EXISTS {old}")
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE} OWNER portal")
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment(), check=True
        )
        call_command("load_reference", verbosity=0)
        connection.close()
        cursor.execute(f"ALTER DATABASE {DATABASE} RENAME TO {name}")
    cursor.execute("SELECT pg_advisory_unlock(2023)")
    return name


# The same in every test, and the running server remembers their numbers.
_KEPT = {"django_content_type", "auth_permission"}


def _sweep(operations, statements):
    """Empty all tables after a test that really committed. The portal's own logins may not, so a superuser does.

    Row by row: most tables hold none, and to truncate a hundred of them costs ten times as much. The lock waits for
    whoever is still writing, as a truncation does.
    """
    # Two were made by hand, so Django does not know of them.
    tables = {"enterprises_signal", "risks_score", *re.findall(r'"(\w+)"', " ".join(statements))} - _KEPT
    locked = f"LOCK TABLE {', '.join(sorted(tables))} IN SHARE ROW EXCLUSIVE MODE"
    with contextlib.closing(POSTGRESQL.connect(DATABASE, "postgres")) as owner, owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # not a deed that anybody should account for
        emptied = "; ".join(f"DELETE FROM {table}" for table in sorted(tables))
        _insist(cursor, f"{locked}; {emptied}")  # together one transaction


def _insist(cursor, statement, times=10):
    """A page that a test left may still be asking the server, and each may wait for a table of the other."""
    for _ in range(times - 1):
        with contextlib.suppress(DeadlockDetected):
            return cursor.execute(statement)
    return cursor.execute(statement)


def _load_reference(**_signal):
    """After each test that really committed: that ends by emptying all tables."""
    call_command("load_reference", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM enterprises_signal")  # partitioned and so not Django's: it does not empty it


@pytest.fixture(autouse=True)
def _empty_cache(embedded_servers):
    cache.clear()


@pytest.fixture
def celery_worker(transactional_db):
    """A real worker process on this run's database and queue. It ends with the test: others take jobs themselves."""
    with worker() as process:
        yield process


@contextlib.contextmanager
def worker():
    with _process("worker") as process:
        from config.celery import app

        wait_for(process, lambda: app.control.ping(timeout=0.5))
        yield process


@pytest.fixture(scope="session")
def collected():
    """The static files with their hashed names, as pages outside this process want them."""
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    with (HOME / "collecting").open("w") as turn:  # of several processes of tests one writes, the others find it done
        fcntl.flock(turn, fcntl.LOCK_EX)
        subprocess.run(collect, cwd=ROOT, env=environment(), check=True)


@pytest.fixture(scope="session")
def portal(django_db_setup, collected):
    """The address of the real web server on this run's database, for tests with `transactional_db`."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    with _process("web", PORT=port) as web:
        wait_for(web, lambda: urllib.request.urlopen(address, timeout=5))
        yield address


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # No sandbox: it wants more rights than containers give, and the pages are our own.
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, portal, transactional_db):
    """A fresh window of 1440 by 900 on the real web server; `page.goto("/…")`."""
    with browser.new_context(base_url=portal, locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        yield page


def chromium():
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"None of {', '.join(names)} is on the PATH; `make test` installs one"
    return found


def serious_findings(page):
    """What axe-core calls serious or critical on the page as it stands: a list of (rule, where)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(told => told.violations)")
    return [(f["id"], f["nodes"][0]["target"]) for f in found if f["impact"] in {"serious", "critical"}]


@contextlib.contextmanager
def _process(name, **more):
    """The same command that the embedded run and the server's containers use."""
    with (HOME / f"{name}-{SLOT}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run", name],
            cwd=ROOT,
            env=environment(**more),
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environment(**more):
    """What a process is started with that is to be the portal on this run's database."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **more}


def wait_for(process, ready, seconds=60):
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if ready():
                return
        assert process.poll() is None, f"{process.args} ended; see var/test/*-{SLOT}.log"
        assert time.monotonic() < until, f"{process.args} was not ready after {seconds} s; see var/test/*-{SLOT}.log"
        time.sleep(0.2)
