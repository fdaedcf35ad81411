"""What others sent is parsed in a process of its own, with little memory, little time and no database.

A parser that a crafted file leads astray (Pillow, expat, calamine, zlib) then finds nothing worth having: no
connection, no secret in its environment, no second process, and an end by the kernel when it takes too much. Neither
this module nor a program that runs in the child imports Django.

The child's program is a module that ends with

    if __name__ == "__main__":
        confined.run(program)

and speaks with its parent in frames over stdin and stdout: one line of JSON, then as many bytes as it says.
"""

import contextlib
import ctypes
import fcntl
import json
import logging
import os
import resource
import select
import signal
import subprocess
import sys
from pathlib import Path

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
# Room beyond what the program takes up by itself. Together they stay under 300 MB for a file of a few megabytes.
ROOM_BYTES = 180 * 2**20
CPU_SECONDS = 10
SILENT_SECONDS = 60  # by the wall clock, between two frames: a child that waits for nothing is stuck
LONGEST_LINE = 2**20
LARGEST_BODY = 256 * 2**20
_PIPE_BYTES = 2**20
TOO_MUCH = "读取这份文件需要的内存或时间超过限度，没有收下；请检查文件是否正常，或拆分、另存后重新上传。"
DAMAGED = "文件已损坏或格式不标准，没有收下；请用原来的软件打开后另存，再重新上传。"
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class NotTaken(Exception):
    """What came is not taken in; the sentence says why and what to do."""


# ── In the portal ──────────────────────────────────────────────────────────────────────────────


class Child:
    """A module running confined. Send it frames with `tell`, take its frames with `hear`; `close` ends it."""

    def __init__(self, module, *arguments, room=ROOM_BYTES, seconds=CPU_SECONDS):
        """`room`: bytes of memory beyond the program's own; `seconds`: of a processor."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module; nothing of the file's stands in the command
            [sys.executable, "-m", module, str(os.getpid()), str(room), str(seconds), *map(str, arguments)],
            cwd=ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "POLARS_MAX_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._heard, self._silent = b"", max(SILENT_SECONDS, 2 * seconds)
        with contextlib.suppress(OSError):  # where the user's pipes have used up what they may
            fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def tell(self, **head):
        try:
            self._process.stdin.write(json.dumps(head).encode() + b"\n")
        except BrokenPipeError as error:
            raise NotTaken(TOO_MUCH) from error

    def hear(self):
        """The next frame, (head, body). Raises NotTaken where the child refuses the file or did not survive it."""
        head = json.loads(self._line())
        if "refused" in head:
            if "error" in head:
                log.warning("a file was taken for damaged after %s", head["error"])
            raise NotTaken(head["refused"])
        return head, self._bytes(head.get("bytes", 0))

    def close(self):
        """End the child, whatever it is at."""
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _line(self):
        while b"\n" not in self._heard:
            if len(self._heard) > LONGEST_LINE:
                raise NotTaken(TOO_MUCH)
            self._heard += self._more()
        line, self._heard = self._heard.split(b"\n", 1)
        return line

    def _bytes(self, wanted):
        if wanted > LARGEST_BODY:
            raise NotTaken(TOO_MUCH)
        body = bytearray(self._heard[:wanted])
        self._heard = self._heard[wanted:]
        while len(body) < wanted:
            body += self._more(wanted - len(body))
        return bytes(body)

    def _more(self, most=65_536):
        ready, _, _ = select.select([self._process.stdout], [], [], self._silent)
        part = os.read(self._process.stdout.fileno(), min(most, _PIPE_BYTES)) if ready else b""
        if not part:  # killed by a limit, aborted by its allocator, or silent for too long
            raise NotTaken(TOO_MUCH)
        return part


# ── In the child ───────────────────────────────────────────────────────────────────────────────


def enter():
    """Take on the limits that stand in the command line. Returns the arguments that follow them.

    Call it when everything is imported: the room is counted from what the program takes up by then.
    """
    parent, room, seconds, *arguments = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before the line above
        os._exit(1)
    _limit(resource.RLIMIT_DATA, _own_bytes() + int(room))
    _limit(resource.RLIMIT_CPU, round(_cpu_seconds()) + int(seconds))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)  # it writes into its pipe and nowhere else
    _limit(resource.RLIMIT_NOFILE, 64)
    return arguments


def run(program):
    """Take on the limits, do what `program(*arguments)` does, and tell the parent how it ended."""
    try:
        program(*enter())
    except NotTaken as refusal:
        _refuse(str(refusal))
    except MemoryError:
        _refuse(TOO_MUCH)
    except BrokenPipeError:  # the portal has heard enough
        os._exit(0)
    except Exception as error:  # whatever a parser throws at a crafted file
        _refuse(DAMAGED, error=type(error).__name__)


def say(body=b"", **head):
    out = sys.stdout.buffer
    out.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n")
    out.write(body)
    out.flush()


def _refuse(sentence, **why):
    with contextlib.suppress(BrokenPipeError):
        say(refused=sentence, **why)


def _limit(which, most):
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _own_bytes():
    """What RLIMIT_DATA counts: private memory that can be written, stacks of threads included."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmData:")) * 1024


def _cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
