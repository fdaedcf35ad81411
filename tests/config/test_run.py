"""Web, worker and beat, started and ended as `make run` does it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from django.core.management import call_command

from config.embedded import ROOT
from tests.services import environment, free_port, wait_for

RUN = """
from config.run import Run
import signal, sys
signal.signal(signal.SIGTERM, signal.default_int_handler)
run = Run()
try:
    run.start()
    run.await_web()
    print({name: process.pid for name, process in run.processes.items()}, flush=True)
    run.watch()
except KeyboardInterrupt:
    pass
finally:
    run.stop()
"""


@pytest.fixture
def run(django_db_setup):
    with _started(RUN) as process:
        yield process


@contextlib.contextmanager
def _started(program):
    command = [sys.executable, "-c", program]
    port = free_port()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(PORT=str(port)), stdout=pipe, stderr=pipe, text=True
    ) as process:
        process.port = port
        process.pids = eval(process.stdout.readline())  # noqa: S307
        yield process
        process.kill()


def test_one_command_starts_all_and_its_end_ends_all(run):
    assert set(run.pids) == {"web", "worker", "beat"}
    assert urllib.request.urlopen(f"http://127.0.0.1:{run.port}/").status == 200
    run.terminate()
    assert run.wait(60) == 0
    assert not [pid for pid in run.pids.values() if _lives(pid)]


def test_a_part_that_dies_is_named_and_started_again(run):
    os.kill(run.pids["web"], signal.SIGKILL)
    assert "web 已退出（-9），原因见 var/log/web.log" in run.stderr.readline()
    wait_for(run, lambda: urllib.request.urlopen(f"http://127.0.0.1:{run.port}/").status == 200)
    run.terminate()
    assert run.wait(60) == 0


def test_no_part_outlives_a_run_that_was_killed(run):
    run.kill()
    _await_the_end_of_all(run.pids)


@pytest.mark.parametrize("seconds", [0, 0.5, 2])
def test_no_part_outlives_a_run_that_was_killed_while_its_parts_were_loading(django_db_setup, seconds):
    with _started(RUN.replace("run.await_web()", "")) as run:
        signal.sigtimedwait([], seconds)
        run.kill()
    _await_the_end_of_all(run.pids)


def _await_the_end_of_all(pids):
    for _ in range(300):
        if not any(map(_lives, pids.values())):
            return
        signal.sigtimedwait([], 0.1)
    raise AssertionError(f"still there after 30 s: {[name for name, pid in pids.items() if _lives(pid)]}")


def _lives(pid):
    try:
        return b"config.run" in (command := _command_of(pid)) or b"granian" in command or b"celery" in command
    except OSError:
        return False


def _command_of(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as command:
        return command.read()


@pytest.mark.parametrize(
    ("port", "sentence"), [("taken", "请换一个端口"), ("zehn", "PORT 应为 1 至 65535 的数字"), ("0", "PORT 应为")]
)
def test_a_port_that_cannot_be_used_is_refused_with_a_sentence(port, sentence):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1]) if port == "taken" else port
        command = [sys.executable, "-m", "config.run"]
        ended = subprocess.run(
            command, cwd=ROOT, env=environment(PORT=port), capture_output=True, text=True, check=False
        )
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.django_db
def test_the_migrations_say_all_that_the_models_say():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_worker_hears_the_bell(celery_worker):
    from config.celery import app

    assert app.control.ping(timeout=2)


@pytest.mark.browser
def test_the_browser_sees_the_door(page):
    page.goto("/")
    assert "/login/" in page.url
