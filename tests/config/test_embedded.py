"""Real servers in folders of their own, used by real processes that end in every way a process can end."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import embedded
from config.embedded import ROOT, EmbeddedError, PostgreSQL, Redis

USE = """
import sys
from config.embedded import PostgreSQL, Redis
with {"PostgreSQL": PostgreSQL, "Redis": Redis}[sys.argv[1]](sys.argv[2], durable=False).joined():
    print("in use", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=[PostgreSQL, Redis])
def server(request, tmp_path):
    return request.param(tmp_path / "server", durable=False)


@pytest.fixture
def users():
    with contextlib.ExitStack() as stack:
        yield lambda server: stack.enter_context(_using(server))


@contextlib.contextmanager
def _using(server):
    command = [sys.executable, "-c", USE, server.name, str(server.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "in use\n"
        yield process


def _ends(process):
    process.stdin.close()
    assert process.stdout.read() == "", "standard output belongs to the command"
    assert process.wait(30) == 0


def _soon(what, seconds=20):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)
    return True


def test_a_server_runs_for_as_long_as_a_command_uses_it(server, users):
    user = users(server)
    assert server.pid()
    assert server.is_ready()
    _ends(user)
    assert server.pid() is None, "nothing runs when the last command is over"


def test_a_command_that_ends_does_not_stop_the_server_under_another(server, users):
    first, second = users(server), users(server)
    pid = server.pid()
    _ends(first)
    time.sleep(1)
    assert server.pid() == pid
    _ends(second)
    assert server.pid() is None


def test_a_command_that_is_killed_neither_keeps_nor_stops_the_server(server, users):
    first, second = users(server), users(server)
    first.kill()
    time.sleep(1)
    assert server.is_ready()
    second.kill()
    assert _soon(lambda: server.pid() is None)


def test_commands_that_start_and_end_at_the_same_time_never_miss_the_server(server):
    command = [sys.executable, "-c", USE, server.name, str(server.folder)]
    for _ in range(3):
        crowd = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) for _ in range(5)
        ]
        assert [process.communicate(timeout=60)[0] for process in crowd] == [b"in use\n"] * 5
    assert server.pid() is None


def test_a_server_that_is_killed_is_started_again(server, users):
    user = users(server)
    killed = server.pid()
    os.kill(killed, signal.SIGKILL)
    assert _soon(lambda: server.pid() not in {None, killed} and server.is_ready())
    _ends(user)
    assert server.pid() is None


def test_a_server_whose_keeper_was_killed_goes_on_and_is_stopped_by_the_next_one(server, users):
    first = users(server)
    pid, keeper = server.pid(), _keeper_of(server)
    os.kill(keeper, signal.SIGKILL)
    second = users(server)
    assert server.pid() == pid
    _ends(first)
    _ends(second)
    assert server.pid() is None


def _keeper_of(server):
    words = [os.fsencode(word) for word in (embedded.__file__, server.name, server.folder)]
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # ended meanwhile
            if command.read_bytes().split(b"\0")[2:5] == words:
                return int(command.parent.name)


def test_a_pid_file_from_before_a_power_cut_is_no_server(server, users):
    _ends(users(server))
    server.pid_file.write_text(f"{os.getpid()}\n")
    user = users(server)
    assert server.is_ready()
    _ends(user)


@pytest.mark.parametrize("name", ["威海 portal's “平台” (1), $HOME", "deep/" * 40])
def test_a_server_runs_in_any_folder(tmp_path, name):
    for kind in (PostgreSQL, Redis):
        server = kind(tmp_path / name / kind.name, durable=False)
        with server.joined():
            assert server.is_ready()
            assert str(server.sockets).isascii()
            assert len(str(server.sockets)) < 90


def test_what_was_stored_is_there_after_a_stop(tmp_path):
    server = PostgreSQL(tmp_path)
    for statement in ("CREATE TABLE kept AS SELECT 2023 AS year", "SELECT year FROM kept"):
        with server.joined(), contextlib.closing(server.connect("portal")) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else None
    assert rows == [(2023,)]


def test_the_portal_is_no_superuser_and_nobody_listens_on_the_network(tmp_path):
    server = PostgreSQL(tmp_path, durable=False)
    with server.joined(), contextlib.closing(server.connect("portal")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
        assert server.sockets.stat().st_mode & 0o077 == 0


def test_a_database_of_another_version_is_refused_with_a_sentence(tmp_path):
    server = PostgreSQL(tmp_path, durable=False)
    with server.joined():
        pass
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="由 PostgreSQL 16 建立"), server.joined():
        pass
