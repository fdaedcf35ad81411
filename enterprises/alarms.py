"""What an upper app does when another that may not import it comes upon a sign of something serious.

The app that handles such signs says so once, at start:

    alarms.answer(handler)

and whoever comes upon one tells of it; where nobody listens nothing happens:

    alarms.tell(alarms.Alarm(enterprise, "layoff", people=25, staff=80, grounds="…"), on=on)
"""

from collections.abc import Callable
from dataclasses import dataclass

from .models import Enterprise


@dataclass(frozen=True)
class Alarm:
    enterprise: Enterprise
    kind: str  # of major risk: layoff, stoppage, wages
    grounds: str
    people: int
    staff: int | None = None


_handler: Callable | None = None


def answer(handler):
    """`handler(alarm, on)` returns whether anything came of it."""
    global _handler
    _handler = handler


def tell(alarm, *, on):
    """Returns whether anything came of it: what is known already is not told twice."""
    return bool(_handler and _handler(alarm, on=on))
