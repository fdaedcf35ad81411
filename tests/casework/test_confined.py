"""What a child may not do, whatever the file makes it try."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casework.confined import ROOT, Child, NotTaken

PROGRAM = "tests.casework.confined_programs"


def hear(what, **limits):
    with Child(PROGRAM, what, **limits) as child:
        return child.hear()[0]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("eat memory", "内存或时间超过限度"),
        ("never end", "内存或时间超过限度"),
        ("send too much", "内存或时间超过限度"),
        ("write a file", "已损坏"),
        ("fail", "已损坏"),
        ("end without a word", "内存或时间超过限度"),
    ],
)
def test_a_child_that_goes_too_far_ends_in_a_refusal(what, why):
    with pytest.raises(NotTaken, match=why):
        hear(what, seconds=1)


def test_a_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    assert not {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} & set(hear("look around")["seen"])


def test_a_child_dies_with_its_parent():
    starts = (
        "from casework.confined import Child; import time;"
        f"child = Child({PROGRAM!r}, 'wait'); print(child.hear()[0]['here'], flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", starts], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(200):
        if not _lives(child):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("it lived on")


def _lives(pid):
    try:
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
