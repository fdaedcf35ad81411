"""Hints at odd values. The limits are dated settings (checks.toml); arithmetic on tables, no queries."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from .catalogue import CATALOGUE
from .tables import shown


@dataclass(frozen=True)
class Hint:
    """A value to look at again."""

    code: str
    district: str
    sentence: str


def limits(kind, on):
    """The row of checks.toml for `kind` (per_worker, jump, zero) in force on `on`, or None."""
    return next(
        (row for row in _read()[kind] if row["from"] <= on and ("until" not in row or on <= row["until"])), None
    )


def earlier(on):
    """The day with which jumps are compared; None where no rule is in force."""
    rule = limits("jump", on)
    return rule and on - timedelta(days=rule["days"])


def of(table, districts, *, before=None):
    """[Hint] for the districts (codes) of a Table; `before` is the Table as of the day `earlier`, if it was made."""
    return [*_per_worker(table, districts), *_jumps(table, before, districts), *_zeros(table, districts)]


def _per_worker(table, districts):
    rule = limits("per_worker", table.on)
    if rule is None or not {rule["amount"], rule["workers"]} <= table.values.keys():
        return
    for district in districts:
        workers, amount = table.value(rule["workers"], district), table.value(rule["amount"], district)
        each = amount / 100 / workers if workers else None
        if each is not None and not rule["least"] <= each <= rule["most"]:
            usual = f"{rule['least']:,}–{rule['most']:,} 元"
            told = f"人均欠薪 {each:,.0f} 元，不在 {usual}之间，请核对人数和金额（单位：元）。"
            yield Hint(rule["amount"], district, told)


def _jumps(table, before, districts):
    rule = limits("jump", table.on)
    if rule is None or before is None:
        return
    for code, values in table.values.items():
        indicator = CATALOGUE[code]
        least = rule["least"] * (100_000 if indicator.is_money else 1)  # 元 of which a figure counts as one
        for district in districts:
            now, then = values.get(district, 0), before.value(code, district)
            if then and now >= rule["times"] * then and now - then >= least:
                told = f"{shown(indicator, then)} 增至 {shown(indicator, now)} {indicator.shown_in}"
                yield Hint(code, district, f"{rule['days']} 日内由 {told}，请核对是否重复或者集中补录。")


def _zeros(table, districts):
    """Only who sees the other districts can tell that a zero is odd."""
    rule = limits("zero", table.on)
    if rule is None:
        return
    for code, values in table.values.items():
        others = sum(1 for number in values.values() if number)
        if others >= rule["others"] and not CATALOGUE[code].part_of:
            for district in districts:
                if not values.get(district):
                    yield Hint(code, district, f"数值为零，而其他 {others} 个区市都有，请核对是否漏报。")


@cache
def _read():
    return tomllib.loads((Path(__file__).parent / "checks.toml").read_text())


def in_force(on):
    """The rules in words, for the page: what was checked."""
    worker, jump, zero = limits("per_worker", on), limits("jump", on), limits("zero", on)
    return [
        *([f"人均欠薪 {worker['least']:,}–{worker['most']:,} 元"] if worker else []),
        *([f"{jump['days']} 日内增至 {jump['times']} 倍以上"] if jump else []),
        *([f"{zero['others']} 个以上区市有数而本区市为零"] if zero else []),
    ]
