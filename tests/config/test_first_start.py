"""The first start on a fresh machine: servers, logins, tables, reference data and pages out of nothing."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request

from config.embedded import ROOT
from tests.services import free_port

NOT_COPIED = shutil.ignore_patterns("var", ".venv", ".git", "node_modules", "__pycache__", ".env", "tests", "bench")
# What tells this test's own servers and settings to a process that it starts.
OURS = ("DATABASE_", "REDIS_", "DJANGO_", "PORTAL_", "PYTEST_", "MEDIA_", "DEMONSTRATION")


def test_one_command_makes_a_portal_out_of_an_empty_folder_and_starts_it_again(tmp_path):
    house = tmp_path / "平台"
    shutil.copytree(ROOT, house, ignore=NOT_COPIED, symlinks=True)
    _start_and_end(house)
    _start_and_end(house)


def _start_and_end(house):
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"PORT": str(port), "DEMONSTRATION": "false", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "config.run"], cwd=house, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as portal:  # fmt: skip
        try:
            _read_until(portal, f"http://127.0.0.1:{port}/")
            assert "登录" in urllib.request.urlopen(f"http://127.0.0.1:{port}/login/").read().decode()
        finally:
            portal.send_signal(signal.SIGINT)
        assert portal.wait(60) == 0


def _read_until(portal, address):
    said = ""
    for line in portal.stdout:
        said += line
        if address in line:
            return
    raise AssertionError(f"the portal did not start:\n{said}")
