"""What is asked of an exemplar, and the terms of measure four, as dated data (exemplars.toml)."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from casework.deadlines import working_days_after


@dataclass(frozen=True)
class _Dated:
    source: str
    begins: date
    ends: date | None = None

    def is_in_force(self, on):
        return self.begins <= on and (self.ends is None or on <= self.ends)


@dataclass(frozen=True, kw_only=True)
class Criterion(_Dated):
    key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Term(_Dated):
    matter: str
    number: int
    unit: str

    @property
    def sentence(self):
        return f"{self.matter}：{self.number}{self.unit}（{self.source}）。"


def criteria(kind, on):
    """The Criteria that a nomination of `kind` (firm, person) is to meet on the day `on`."""
    return [row for row in _read()["criteria"][kind] if row.is_in_force(on)]


def term(name, on):
    """The Term of that name in force on `on`; before the first of them, the first."""
    rows = _read()["terms"][name]
    return next((row for row in rows if row.is_in_force(on)), rows[0])


def notice_until(announced_on):
    """The last day of a public notice that begins the day after it was announced."""
    return working_days_after(announced_on, term("notice", announced_on).number)


def note_due(since):
    """The day by which a pilot tells of its progress again."""
    return since + timedelta(days=term("note", since).number)


@cache
def _read():
    told = tomllib.loads((Path(__file__).parent / "exemplars.toml").read_text())
    return {
        "criteria": {kind: [_dated(Criterion, row) for row in rows] for kind, rows in told["criteria"].items()},
        "terms": {name: [_dated(Term, row) for row in rows] for name, rows in told["terms"].items()},
    }


def _dated(kind, row):
    row = dict(row)
    return kind(begins=row.pop("from"), ends=row.pop("until", None), **row)
