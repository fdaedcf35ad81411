"""The desk: what waits for one person, by when, computed from the records' own dates at each look."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from . import reminders

SUNDAY = 6


@dataclass(frozen=True)
class When:
    """One answer to “by when”: the word of the page's address, and of the tile."""

    key: str
    label: str
    holds: object  # (matter, on) -> bool


def _is_due(first, last):
    """Whether a deadline lies `first` days after the day or later, and not after `last(on)`."""
    return lambda matter, on: not matter.awaited and on + timedelta(days=first) <= matter.day <= last(on)


def _end_of_week(on):
    return on + timedelta(days=SUNDAY - on.weekday())


WHEN = (
    When("late", "已逾期", lambda matter, on: matter.is_late(on)),
    When("today", "今天到期", _is_due(0, lambda on: on)),
    When("week", "本周内到期", _is_due(1, _end_of_week)),
    When("later", "以后到期", lambda matter, on: not matter.awaited and matter.day > max(on, _end_of_week(on))),
    When("awaited", "等待办理", lambda matter, on: matter.awaited),
)


class Desk:
    """All that waits for `person` on the day `on`: what is late first, then by deadline, then what has waited longest.

    `when` and `kind` narrow `lines`; an unknown word narrows nothing. `tiles` always tell of all.
    """

    def __init__(self, person, on: date, *, when="", kind=""):
        self.on, self._when, self.kind = on, when, kind
        found = reminders.waiting([person], on)
        self.matters = sorted(found, key=lambda matter: (matter.awaited, matter.day, matter.kind, matter.what))
        if kind not in {key for key, _ in self.kinds}:
            self.kind = ""

    @cached_property
    def when(self):
        """The When that the lines are narrowed to, or None."""
        return next((each for each in WHEN if each.key == self._when), None)

    @property
    def tiles(self):
        """[(When, how many)]."""
        return [(each, sum(each.holds(matter, self.on) for matter in self.matters)) for each in WHEN]

    @property
    def kinds(self):
        """[(key, label)] of the kinds that wait, by their labels."""
        return sorted({(matter.kind, matter.label) for matter in self.matters}, key=lambda kind: kind[1])

    @property
    def lines(self):
        """[(Matter, how it stands on the day, in words)]."""
        return [(matter, matter.told(self.on)) for matter in self.matters if self._is_asked_for(matter)]

    def _is_asked_for(self, matter):
        return (not self.kind or matter.kind == self.kind) and (not self.when or self.when.holds(matter, self.on))
