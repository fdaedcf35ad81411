"""How many enterprises moved from level to level between a run and the one before."""

from dataclasses import dataclass

from django.db.models import Count

from .filters import LEVELS
from .models import Level, Score


@dataclass(frozen=True)
class Cell:
    number: int
    step: int  # levels up (worse) or down
    query: str  # opens the ranked list on these enterprises


@dataclass(frozen=True)
class Row:
    """Where enterprises come from: a level of the previous run, or none (`level` None)."""

    level: int | None
    cells: list  # red, orange, yellow, blue now
    total: int


def between(run):
    """Rows for red, orange, yellow, blue and not scored before."""
    counted = dict.fromkeys(((before, now) for before in (*Level, None) for now in Level), 0)
    pairs = Score.objects.filter(run=run).order_by().values_list("previous_level", "level")
    for before, now, number in pairs.annotate(number=Count("enterprise_id")):
        counted[before, now] = number
    return [_row(run, before, name, counted) for name, before in (*LEVELS.items(), ("", None))]


def _row(run, before, name, counted):
    came_from = f"was={name}" if name else "trend=new"
    cells = [
        Cell(
            counted[before, now],
            now - (Level.BLUE if before is None else before),
            f"?run={run.pk}&level={level}&{came_from}",
        )
        for level, now in LEVELS.items()
    ]
    return Row(before, cells, sum(cell.number for cell in cells))
