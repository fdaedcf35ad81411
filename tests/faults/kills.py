"""What is killed, always with SIGKILL, and how long the portal takes to be back at work."""

import contextlib
import os
import signal
import time
from dataclasses import asdict, dataclass, field

from tests.faults.stack import children_of, keeper_of

HELD_SECONDS, BRISK_SECONDS = 5.0, 1.5  # at most, that PostgreSQL or Redis stays away


@dataclass
class Kill:
    number: int
    target: str
    part: str  # what of it: master, pool child, backend …
    at: float  # of the clock
    held: float = 0.0  # seconds that it was kept away
    running: int = 0  # jobs that were being worked on
    interrupted: list = field(default_factory=list)  # (job, attempt) that died of it
    log_in: int = 0  # how a log-in was answered while it was away
    web_back: float = 0.0  # seconds until a page was answered again
    work_back: float = 0.0  # seconds until a job that began afterwards was done
    jobs_back: float = 0.0  # seconds until all interrupted jobs were taken again

    @property
    def back(self):
        return max(self.web_back, self.work_back, self.jobs_back)

    def told(self):
        return asdict(self) | {"back": self.back}


class Killing:
    """The verbs. Each kills now, and says what it killed."""

    def __init__(self, stack, rng, held):
        self.stack, self.rng, self.held = stack, rng, held

    def worker(self):
        """A worker with its pool children, as when its container dies, or its main process alone."""
        process = self.stack.processes[self.rng.choice(["worker-1", "worker-2"])]
        if self.rng.random() < 0.5:
            _kill_group(process.pid)
            return "whole"
        _kill(process.pid)
        return "main process"

    def child(self):
        children = []
        while not children:  # of workers that have just been started again
            masters = [self.stack.processes[name].pid for name in ("worker-1", "worker-2")]
            children = [child for master in masters for child in children_of(master)]
        _kill(self.rng.choice(children))
        return "pool child"

    def web(self):
        master = self.stack.processes["web"].pid
        children = children_of(master)
        if children and self.rng.random() < 0.5:
            _kill(self.rng.choice(children))
            return "one process"
        _kill(master)
        return "main process"

    def redis(self, meanwhile):
        """The queue, and every second time the cache with it; both come back when their keepers may look."""
        servers = [self.stack.queue] if self.rng.random() < 0.5 else [self.stack.queue, self.stack.cache]
        held = self.rng.uniform(0, self.held)
        with _kept_away(servers, held, meanwhile):
            pass
        return "queue" if len(servers) == 1 else "queue and cache", held

    def postgresql(self, meanwhile):
        """The server, or one of its processes: then it throws all others out and reads its log again."""
        server = self.stack.postgresql
        if self.rng.random() < 0.3 and (backends := _backends(server)):
            _kill(self.rng.choice(backends))
            return "one session", 0.0
        held = self.rng.uniform(0, self.held)
        with _kept_away([server], held, meanwhile):
            pass
        return "server", held


@contextlib.contextmanager
def _kept_away(servers, seconds, meanwhile):
    keepers = [keeper_of(server) for server in servers]
    for keeper in keepers:
        os.kill(keeper, signal.SIGSTOP)
    try:
        for server in servers:
            _kill(server.pid())
        until = time.monotonic() + seconds
        meanwhile(seconds)
        time.sleep(max(0.0, until - time.monotonic()))
        yield
    finally:
        for keeper in keepers:
            os.kill(keeper, signal.SIGCONT)


def _backends(server):
    """Processes that serve a session of the portal."""
    found = []
    for child in children_of(server.pid()):
        with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline", "rb") as file:
            if b"portal_w" in file.read():  # postgres: portal_worker storm [local] …
                found.append(child)
    return found


def _kill(pid):
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _kill_group(leader):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
