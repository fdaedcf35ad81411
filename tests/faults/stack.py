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
from datetime import date
from pathlib import Path

import redis

from config.embedded import ROOT, PostgreSQL, Redis
from config.run import PROCESSES
from config.services import broker_url
from tests.faults.post import Post

DAY = "2023-11-20"
PASSWORD = "Haishang-Mingyue-2023"
PEOPLE = {  # user name: (role, district)
    "steward": ("data_steward", None),
    "office": ("city_office", None),
    "officer": ("district_officer", "371002"),
}
READERS, BATCHES = 12, 60  # supervisors who are to be reminded of one thing, and how many such batches there are
START_SECONDS = 180
_BEAT = f"""
import os, sys
from config import run
run.end_with_parent(os.getppid())
os.execv(sys.executable, [sys.executable, "-m", *{PROCESSES["beat"]!r}.split()])
"""


class Stack:
    """Built once as the database `base`; `running(name)` gives a copy of it, `name`, with all processes on it."""

    def __init__(self, home):
        self.home = Path(home).resolve()
        self.postgresql = PostgreSQL(self.home / "postgresql")
        self.queue, self.cache = Redis(self.home / "queue"), Redis(self.home / "cache", durable=False)
        self.processes, self._ending = {}, threading.Event()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @contextlib.contextmanager
    def servers(self):
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        with self.postgresql.joined(), self.queue.joined(), self.cache.joined(), Post() as self.post:
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
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.post.port),
            "LOG_LEVEL": "INFO",
        }
        return kept | ours

    def media(self, database):
        return self.home / f"media-{database}"

    def connect(self, database):
        """As a superuser, whom no policy hides anything from."""
        return self.postgresql.connect(database, "postgres")

    def build(self, deliveries, as_of):
        """The database `base`: migrated, with the people, with what the files of `deliveries` say, and a run.

        Returns the number of the run.
        """
        self._create("base", "template1")
        self._command("manage.py", "migrate", "--verbosity", "0")  # as the tables' owner, the rest as a worker
        self._command("-m", "tests.faults.stack", f"{as_of:%Y-%m}", *map(str, deliveries))
        with contextlib.closing(self.connect("base")) as connection, connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SELECT max(id) FROM risks_scorerun")
            return cursor.fetchone()[0]

    def _command(self, *words):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment("base"), capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])

    def ring(self, task):
        """As the clock does. False when Redis is away."""
        from celery import Celery
        from kombu.exceptions import OperationalError

        try:
            with Celery("ring", broker=broker_url(self.queue.url_of(0)), set_as_current=False) as clock:
                clock.send_task(task, retry=False)
        except (OperationalError, OSError):
            return False
        return True

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
        self.post.letters.clear()
        # One thread starts all: the kernel ends a process with the thread that started it (config.run.end_with_parent).
        keeping = threading.Thread(target=self._keep, args=(database,), daemon=True)
        keeping.start()
        try:
            self.await_web()
            yield self
        finally:
            self._ending.set()
            keeping.join()
            for server in (self.queue, self.cache):
                with contextlib.closing(redis.Redis(unix_socket_path=str(server.socket_file))) as client:
                    client.flushall()

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

    def await_web(self):
        from tests.faults.people import Person, Unanswered

        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(Unanswered):
                if Person(self, "steward").get("/login/").status == 200:
                    return
            if time.monotonic() > until:
                raise RuntimeError(f"the web server did not start; see {self.home}/web.log")
            time.sleep(0.2)


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


def _fill(as_of, files):
    """Runs as a process of its own, with Django on the database that is being built."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("load_reference", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("deliver", *files)
    call_command("score", as_of=as_of)
    _add_readers(_add_people())


def _add_people():
    from django.utils import timezone

    from accounts.models import Organisation, User

    for name, (role, district) in PEOPLE.items():
        organisation = Organisation.objects.filter(district_id=district, side="government").order_by("pk").first()
        person = User(username=name, name=f"试验{name}", role=role, organisation=organisation)
        person.set_password(PASSWORD)
        person.must_change_password, person.password_set_at = False, timezone.now()
        person.full_clean()
        person.save()
    return person


def _add_readers(officer):
    """Something that waits for all supervisors of a district; they come to work batch by batch."""
    from accounts.models import User
    from enterprises.models import Enterprise
    from risks.models import Rectification

    User.objects.bulk_create(
        User(
            username=f"reader-{batch}-{number}", name="试验负责人", role="district_supervisor", is_active=False,
            organisation=officer.organisation, email=f"reader-{batch}-{number}@example.invalid",
        )
        for batch in range(BATCHES)
        for number in range(READERS)
    )  # fmt: skip
    firm = Enterprise.objects.filter(district=officer.district).order_by("pk").first()
    friday = date(2023, 11, 17)
    item = Rectification(enterprise=firm, district=firm.district, matter="补签劳动合同", due_on=date(2023, 12, 15))
    item.person = "人力资源部 王某"
    item.open(by=officer, on=friday)


if __name__ == "__main__":
    _fill(sys.argv[1], sys.argv[2:])
