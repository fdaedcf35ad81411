"""The whole portal in a folder of its own: PostgreSQL, a queue, a cache, two workers, the web server and the clock.

The servers are those of `make run`, the processes are started by the commands of `config.run`, and what dies is started
again at once, as Docker or `make run` would.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from config.embedded import ROOT, PostgreSQL, Redis
from config.run import PROCESSES

DAY = "2023-11-20"
PASSWORD = "Haishang-Mingyue-2023"
PEOPLE = {  # user name: (role, district)
    "steward": ("data_steward", None),
    "office": ("city_office", None),
    "officer": ("district_officer", "371002"),
}
START_SECONDS = 60
_BEAT = f"""
import os, sys
from config import run
run.end_with_parent()
os.execv(sys.executable, [sys.executable, "-m", *{PROCESSES["beat"]!r}.split()])
"""


class Stack:
    """Built once as the database `base`; `running(name)` gives a copy of it, `name`, with all processes on it."""

    def __init__(self, home):
        self.home = Path(home).resolve()
        self.postgresql = PostgreSQL(self.home / "postgresql")
        self.queue, self.cache = Redis(self.home / "queue"), Redis(self.home / "cache", durable=False)
        self.processes, self.starts, self._ending = {}, [], threading.Event()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @contextlib.contextmanager
    def servers(self):
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        with self.postgresql.joined(), self.queue.joined(), self.cache.joined():
            yield self

    # ── What it stands on ──────────────────────────────────────────────────────────────────────

    def environment(self, database):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "REDIS", "TEST"))}
        ours = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.postgresql.url_of(database, "portal_worker"),
            "DATABASE_WEB_URL": self.postgresql.url_of(database, "portal_web"),
            "DATABASE_OWNER_URL": self.postgresql.url_of(database, "portal"),
            "REDIS_URL": self.queue.url_of(0),
            "REDIS_CACHE_URL": self.cache.url_of(0),
            "MEDIA_ROOT": str(self.media(database)),
            "SECRET_KEY": "of the faults alone",
            "PORT": str(self.port),
            "PORTAL_DAY": DAY,
            "DEBUG": "false",
            "DEMONSTRATION": "false",
            "HTTPS": "false",
            "MFA_REQUIRED": "false",  # the people here have a password only
            "EXPORT_DIRECT_ROWS": "0",  # each export is work of the background
            "LOG_LEVEL": "INFO",
        }
        return kept | ours

    def media(self, database):
        return self.home / f"media-{database}"

    def command(self, database, *words):
        subprocess.run([sys.executable, *words], cwd=ROOT, env=self.environment(database), check=True)

    def connect(self, database):
        """As a superuser, whom no policy hides anything from."""
        return self.postgresql.connect(database, "postgres")

    def build(self, deliveries, as_of):
        """The database `base`: migrated, with the people, with what the files of `deliveries` say, and a run.

        Returns the number of the run.
        """
        self._create("base", "template1")
        self.command("base", "manage.py", "migrate", "--verbosity", "0")
        self.command("base", "manage.py", "load_reference", "--verbosity", "0")
        self.command("base", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        self.command("base", "-m", "tests.faults.stack", *PEOPLE)
        self.command("base", "manage.py", "deliver", *map(str, deliveries))
        self.command("base", "manage.py", "score", "--as-of", f"{as_of:%Y-%m}")
        with contextlib.closing(self.connect("base")) as connection, connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SELECT max(id) FROM risks_scorerun")
            return cursor.fetchone()[0]

    def _create(self, database, template):
        with contextlib.closing(self.connect("postgres")) as server, server.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database} OWNER portal TEMPLATE {template} STRATEGY file_copy")

    def drop(self, database):
        with contextlib.closing(self.connect("postgres")) as server, server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {database} WITH (FORCE)")
        shutil.rmtree(self.media(database), ignore_errors=True)

    # ── Its processes ──────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def running(self, database):
        self._create(database, "base")
        self._ending.clear()
        # One thread starts all: the kernel ends a process with the thread that started it (config.run.end_with_parent).
        keeping = threading.Thread(target=self._keep, args=(database,), daemon=True)
        keeping.start()
        try:
            self._await_web()
            yield self
        finally:
            self._ending.set()
            keeping.join()
            for server in (self.queue, self.cache):
                server_flushed(server)

    def _keep(self, database):
        names = ("web", "worker-1", "worker-2", "beat")
        for name in names:
            self._start(name, database)
        while not self._ending.wait(0.1):
            for name in names:
                if self.processes[name].poll() is not None:
                    _end_group(self.processes[name].pid)
                    self._start(name, database)
        for name in names:
            self.processes[name].terminate()
        for name in names:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.processes[name].wait(15)
            _end_group(self.processes[name].pid)
            self.processes[name].wait()

    def _start(self, name, database):
        kind = name.split("-")[0]
        # `config.run beat` would wait for its turn on the one var/ of this checkout.
        words = ["-c", _BEAT] if kind == "beat" else ["-m", "config.run", kind]
        (self.home / "var").mkdir(exist_ok=True)
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *words],
                cwd=self.home if kind == "beat" else ROOT,
                env=self.environment(database),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts.append((time.time(), name))

    def _await_web(self):
        from tests.faults.people import Person, Unanswered

        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(Unanswered):
                if Person(self, "steward").get("/login/").status == 200:
                    return
            if time.monotonic() > until:
                raise RuntimeError(f"the web server did not start; see {self.home}/web.log")
            time.sleep(0.2)


def server_flushed(server):
    import redis

    with contextlib.closing(redis.Redis(unix_socket_path=str(server.socket_file))) as client:
        client.flushall()


def children_of(pid):
    """Processes that `pid` started, in the order of their numbers."""
    with contextlib.suppress(OSError):
        return sorted(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return []


def keeper_of(server):
    """The small process that starts `server` again when it dies."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if os.fsencode(server.folder) in words and any(word.endswith(b"embedded.py") for word in words):
                return int(folder.name)
    raise RuntimeError(f"{server.name} has no keeper")


def _end_group(leader):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _add_people(names):
    """Runs as a process of its own, with Django on the database that is being built."""
    import django

    django.setup()
    from django.utils import timezone

    from accounts.models import Organisation, User

    for name in names:
        role, district = PEOPLE[name]
        organisation = Organisation.objects.filter(district_id=district, side="government").order_by("pk").first()
        person = User(username=name, name=f"试验{name}", role=role, organisation=organisation)
        person.set_password(PASSWORD)
        person.must_change_password, person.password_set_at = False, timezone.now()
        person.full_clean()
        person.save()


if __name__ == "__main__":
    _add_people(sys.argv[1:])
