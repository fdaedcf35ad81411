"""On whose behalf this thread works, for which request, from which page or job.

The trail of changes takes it from PostgreSQL's `portal.context` (casework.wall tells it together with the district),
the access log takes it from here, and lines of the log bear the mark of the request.
"""

import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# The mark of the request that this thread answers, or that asked for the work that this worker does.
request_id = ContextVar("request_id", default="-")


@dataclass
class Acting:
    place: str = ""
    by: object = None  # a person, or nobody yet
    waiting: list | None = None  # what the access log is to be told when the answer is there


_now = ContextVar("acting", default=None)


def now():
    return _now.get() or Acting()


@contextmanager
def from_place(place, *, by=None, waiting=None):
    """What is done in this block is done from `place`: a page with its method, or a job."""
    token = _now.set(Acting(place[:200], by, waiting))
    try:
        yield _now.get()
    finally:
        _now.reset(token)


def mark():
    """The mark of the request; empty where there is none."""
    return request_id.get().strip("-")


def as_told_to_postgresql():
    here = now()
    said = {"by": getattr(here.by, "pk", None), "request": mark(), "place": here.place}
    return json.dumps({name: value for name, value in said.items() if value})
