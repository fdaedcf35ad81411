"""Terms of the guidance, as dated data (terms.toml)."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from casework.deadlines import working_days_after


@dataclass(frozen=True)
class Term:
    matter: str
    number: int
    unit: str
    source: str
    begins: date
    ends: date | None = None

    @property
    def sentence(self):
        return f"{self.matter}：{self.number}{self.unit}（{self.source}）。"

    def is_in_force(self, on):
        return self.begins <= on and (self.ends is None or on <= self.ends)


def term(name, on):
    """The Term of that name in force on `on`; before the first of them, the first."""
    rows = _terms()[name]
    return next((row for row in rows if row.is_in_force(on)), rows[0])


def answer_due(asked_on):
    """The last day to answer a question of `asked_on`; that day is not counted."""
    return working_days_after(asked_on, term("answer", asked_on).number)


def serve_by(taken_on):
    """The day by which a new enterprise that was taken on is served, unless another is agreed."""
    return working_days_after(taken_on, term("serve", taken_on).number)


def attendance_until(held_on):
    """The last day on which attendance of a lecture is taken by link or code; its own day is the first."""
    return held_on + timedelta(days=term("attend", held_on).number - 1)


@cache
def _terms():
    told = tomllib.loads((Path(__file__).parent / "terms.toml").read_text())
    return {name: [_term(row) for row in rows] for name, rows in told.items()}


def _term(row):
    row = dict(row)
    return Term(begins=row.pop("from"), ends=row.pop("until", None), **row)
