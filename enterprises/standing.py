"""What an upper app knows of an enterprise's standing, for apps that may not import from it.

The app that knows tells it once, at start:

    standing.tell(lambda enterprise: Standing("橙", serious=True, reasons=("欠缴社保费",)))
"""

from collections.abc import Callable
from dataclasses import dataclass

LEVELS = ("蓝", "黄", "橙", "红")  # the words, from safe to serious


@dataclass(frozen=True)
class Standing:
    level: str  # the level in one word, as it stands: confirmed by a person, else of the latest run
    serious: bool  # orange or red: payments are in trouble
    reasons: tuple[str, ...] = ()  # titles without figures, for those who may see levels only


_teller: Callable | None = None
_narrower: Callable | None = None


def tell(teller, narrower):
    """`teller(enterprise)` gives its Standing or None; `narrower(enterprises, levels)` those of the levels in words."""
    global _teller, _narrower
    _teller, _narrower = teller, narrower


def of(enterprise):
    """The Standing, or None where nobody knows anything of it."""
    return _teller(enterprise) if _teller else None


def of_levels(enterprises, levels):
    """The enterprises, of a queryset, that stand at one of the levels, each a word; none where nobody knows levels."""
    return _narrower(enterprises, levels) if _narrower else enterprises.none()
