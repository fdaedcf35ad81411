"""Which rules a consultation follows, by kind of contract and province: the province's, national where it is silent.

The numbers stand in law.toml, the days in casework/deadlines.toml; each with its article and the days it is in force.
"""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import models

from casework import deadlines

GENERAL, WAGE, SPECIAL = "general", "wage", "special"


class Kind(models.TextChoices):
    """Kinds of collective contract; each follows its set of rules."""

    GENERAL = GENERAL, "集体合同"
    WAGE = WAGE, "工资专项集体合同"
    SPECIAL = SPECIAL, "其他专项集体合同"


class Silent(LookupError):
    """Neither the province nor the nation has such a rule for such a contract on that day."""


@dataclass(frozen=True)
class Rule:
    """A row of law.toml. Which of the numbers stand depends on its table; None where the rule does not speak of it."""

    instrument: str
    article: str
    begins: date
    ends: date | None = None
    checked: str = "text"
    matter: str = ""
    quorum: Fraction | None = None
    share: Fraction | None = None
    exactly: bool | None = None
    least: int | None = None
    front_line: Fraction | None = None
    outsiders: Fraction | None = None
    least_months: int | None = None
    usual_months: int | None = None
    most_months: int | None = None
    union_officers: bool | None = None
    relatives: bool | None = None
    union_chief: bool | None = None
    appointed: bool | None = None
    items: tuple = ()
    dissolving: tuple = ()
    ending: tuple = ()

    @property
    def source(self):
        return f"《{self.instrument}》{self.article}{'' if self.checked == 'text' else '，该条文尚未核对'}"

    @property
    def sentence(self):
        """What the rule says, with its article."""
        return f"{self.matter}（{self.source}）。"

    def is_in_force(self, on):
        return self.begins <= on and (self.ends is None or on <= self.ends)


def due(step, kind, start, *, on=None, **more):
    """The due date of `step` ("reply", "submit", …) for a contract of `kind`: casework.deadlines.Due.

    Raises Silent where no rule knows the step. What `start` and `more` are: casework.deadlines.due.
    """
    for name in sets_of(kind):
        try:
            return deadlines.due(f"{name}.{step}", start, on=on, **more)
        except deadlines.UnknownRule:
            continue
    raise Silent(f"{Kind(kind).label}没有“{step}”的期限规定。")


def limit(step, kind, on):
    """The rule of deadlines.toml that limits `step`, with its length and source; None where no rule knows the step."""
    for name in sets_of(kind):
        try:
            return deadlines.rule_of(f"{name}.{step}", on)
        except deadlines.UnknownRule:
            continue
    return None


def says(matter, kind, on):
    """The sentence of the rule on `matter` with its article; empty where none speaks of it."""
    found = spoken(matter, kind, on)
    return found.sentence if found else ""


def spoken(table, kind, on):
    """As `rule`, but None where there is none."""
    try:
        return rule(table, kind, on)
    except Silent:
        return None


def rule(table, kind, on, *, speaks_of=None):
    """The first rule of `table` (vote, representatives, term) for `kind` that is in force on `on`.

    `speaks_of`: the first that says something of that number. Raises Silent where there is none.
    """
    for name in sets_of(kind):
        for found in _rules()[table].get(name, ()):
            if found.is_in_force(on) and (speaks_of is None or getattr(found, speaks_of) is not None):
                return found
    raise Silent(f"{on:%Y-%m-%d}没有适用于{Kind(kind).label}的规定。")


def of_a_draft(kind, on, *, of_many):
    """The rule by which a draft is passed. For wages of an industry or area the province has one of its own."""
    own = named("vote", "joint", on) if of_many and kind == WAGE and sets_of(kind)[0].endswith("_shandong") else None
    return own or rule("vote", kind, on)


def named(table, name, on):
    """The rule of a name of its own, such as vote.dissolution, in force on `on`."""
    for found in _rules()[table][name]:
        if found.is_in_force(on):
            return found
    raise Silent(f"{on:%Y-%m-%d}没有名为 {name} 的规定。")


def sets_of(kind):
    """The sets of rules in the order in which they are asked."""
    return _read()["sets"][kind]["shandong" if settings.PROVINCE == "370000" else "elsewhere"]


@cache
def _rules():
    return {
        table: {name: tuple(_rule(row) for row in rows) for name, rows in named.items()}
        for table, named in _read().items()
        if table != "sets"
    }


@cache
def _read():
    return tomllib.loads((Path(__file__).parent / "law.toml").read_text())


_FRACTIONS = {field.name for field in fields(Rule) if "Fraction" in str(field.type)}


def _rule(row):
    row = {name: Fraction(value) if name in _FRACTIONS else _fixed(value) for name, value in row.items()}
    return Rule(begins=row.pop("from"), ends=row.pop("until", None), **row)


def _fixed(value):
    return tuple(value) if isinstance(value, list) else value
