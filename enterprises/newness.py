"""How long an enterprise counts as new, as dated data (newness.toml)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Newness:
    months: int
    source: str
    begins: date
    ends: date | None = None


def newness(on):
    """The rule in force on `on`; before the first of them, the first."""
    rows = _rows()
    return next((row for row in rows if row.begins <= on and (row.ends is None or on <= row.ends)), rows[0])


@cache
def _rows():
    told = tomllib.loads((Path(__file__).parent / "newness.toml").read_text())["new"]
    return [Newness(row["months"], row["source"], row["from"], row.get("until")) for row in told]
