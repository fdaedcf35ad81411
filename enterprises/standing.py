"""What an upper app knows of an enterprise's standing, for apps that may not import from it.

The app that knows tells it once, at start:

    standing.tell(lambda enterprise: Standing("橙", serious=True, reasons=("欠缴社保费",)))
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    level: str  # the level in one word, as it stands: confirmed by a person, else of the latest run
    serious: bool  # orange or red: payments are in trouble
    reasons: tuple[str, ...] = ()  # titles without figures, for those who may see levels only


_teller: Callable | None = None


def tell(teller):
    global _teller
    _teller = teller


def of(enterprise):
    """The Standing, or None where nobody knows anything of it."""
    return _teller(enterprise) if _teller else None
