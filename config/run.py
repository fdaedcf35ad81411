"""The portal's processes: the one place that says how each is started, on a desk and on a server.

python -m config.run              all of them, until Ctrl-C; the first time with a demonstration
python -m config.run setup        migrates, loads the reference data and collects the static files, and ends
                                  (`setup demonstration`: fills an empty portal with invented data too)
python -m config.run NAME [PID]   one of PROCESSES, as the containers of docker-compose.yml run it; PID: ends with that
                                  process
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from urllib.request import urlopen

from environs import Env

from config.embedded import ROOT, EmbeddedError
from config.services import VAR, joined

HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"
SIZES = {"host": HOST, "port": PORT, "share": min(4, os.cpu_count() or 1)}  # a bigger server starts more containers
PROCESSES = {
    "web": "granian --interface wsgi --workers {share} --blocking-threads 4 --no-ws --respawn-failed-workers"
    # A worker asked to end while it is still loading does not hear it, and its master would wait for it for ever.
    " --workers-kill-timeout 8 --host {host} --port {port} config.wsgi:application",
    "worker": "celery --app config worker --concurrency {share} --loglevel INFO --without-gossip --without-mingle",
    "beat": "celery --app config beat --schedule var/beat-schedule --pidfile=",
}
LOGS = VAR / "log"
START_SECONDS = 60
PATIENCE_SECONDS = 10  # for a process that was asked to end
ENDS_ALLOWED, WITHIN_SECONDS = 3, 60


def setup(demonstration=False):
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with joined():
        _call("manage.py", "migrate", "--verbosity", "0")  # as the tables' owner, and as nobody else
        django.setup()
        call_command("load_reference", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        if demonstration:
            call_command("load_demo", if_empty=True)


def one(name, parent):
    """Becomes the process: who asks it to end asks the process itself."""
    end_with_parent(parent)
    with joined(inherit=True):
        if name == "web":
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts()
        if name == "beat":
            _stand_by()
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", *PROCESSES[name].format(**SIZES).split()])


def everything():
    if os.environ.get("MAKELEVEL"):
        end_with_parent(os.getppid())
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    _ask_for_port()
    with joined():
        run = Run()
        try:
            demonstration = ["demonstration"] if Env().bool("DEMONSTRATION", True) else []
            _call("-m", "config.run", "setup", *demonstration)
            run.start()
            run.await_web()
            print(f"\n平台已启动：http://{HOST}:{PORT}/\n", flush=True)
            _call("manage.py", "demo_accounts")
            print("\n按 Ctrl-C 停止，数据保留；日志在 var/log。", flush=True)
            run.watch()
        except KeyboardInterrupt:
            print("\n正在停止……", file=sys.stderr)
        finally:
            run.stop()


class Run:
    """Web, worker and beat of one `make run`. What dies is started again, unless it keeps dying."""

    def __init__(self):
        self.processes = {}
        self.ends = {name: deque(maxlen=ENDS_ALLOWED) for name in PROCESSES}

    def start(self):
        LOGS.mkdir(exist_ok=True)
        for name in PROCESSES:
            self._start(name)

    def _start(self, name):
        with (LOGS / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "config.run", name, str(os.getpid())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches this process, which then ends the others in order
            )

    def await_web(self):
        until = time.monotonic() + START_SECONDS
        while not _answers():
            self._look()
            if time.monotonic() > until:
                sys.exit(f"网页服务 {START_SECONDS} 秒后仍无应答，原因见 var/log/web.log。")
            time.sleep(0.1)

    def watch(self):
        while True:
            self._look()
            time.sleep(0.5)

    def _look(self):
        for name, process in self.processes.items():
            if process.poll() is None:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # children that it left behind hold its port
            ends = self.ends[name]
            ends.append(time.monotonic())
            print(f"{name} 已退出（{process.returncode}），原因见 var/log/{name}.log", file=sys.stderr, flush=True)
            if len(ends) == ENDS_ALLOWED and ends[-1] - ends[0] < WITHIN_SECONDS:
                sys.exit(f"{name} 在 {WITHIN_SECONDS} 秒内退出 {ENDS_ALLOWED} 次，平台停止。")
            self._start(name)

    def stop(self):
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)
        # Warm, so that a job may finish; then cold, so that the queue has it back; then by force.
        for ending, seconds in ((signal.SIGTERM, PATIENCE_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            living = [process for process in self.processes.values() if process.poll() is None]
            for process in living:
                with contextlib.suppress(ProcessLookupError):
                    (os.killpg if ending == signal.SIGKILL else os.kill)(process.pid, ending)
            until = time.monotonic() + seconds
            while any(process.poll() is None for process in living) and time.monotonic() < until:
                time.sleep(0.05)


def _call(*words):
    ended = subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode
    if ended:
        sys.exit(f"{' '.join(words)} 没有完成（{ended}）。")


def _answers():
    try:
        with urlopen(f"http://{HOST}:{PORT}/", timeout=10):
            return True
    except OSError:
        return False


def _ask_for_port():
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:
        sys.exit(f"PORT 应为 1 至 65535 的数字，现为“{PORT}”。")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError as error:
            sys.exit(f"{HOST}:{PORT} 不能使用（{error.strerror}）。请换一个端口，例如：PORT=8001 make run")


def _counts():
    """A folder for what the web server's processes count together. What runs that ended left behind goes."""
    for old in Path(tempfile.gettempdir()).glob("portal-counts-*"):
        if not Path("/proc", old.name.split("-")[2]).exists():
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"portal-counts-{os.getpid()}-")


def _stand_by():
    """Of several runs on one `var/` one has the clock; the next takes over when it ends. The lock survives the exec."""
    handle = os.open(VAR / "beat", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(handle, True)
    fcntl.flock(handle, fcntl.LOCK_EX)


def end_with_parent(parent):
    """Asks the kernel to end this process when the process `parent` that started it ends, even if that was killed.

    Ends at once if it has ended already: that it was still there when this process first looked, nobody can say.
    """
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    try:
        match sys.argv[1:]:
            case []:
                everything()
            case ["setup", *demonstration]:
                setup(demonstration == ["demonstration"])
            case [name] if name in PROCESSES:
                one(name, os.getppid())
            case [name, parent] if name in PROCESSES:
                one(name, int(parent))
            case _:
                sys.exit(__doc__)
    except EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
