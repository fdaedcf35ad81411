"""What a person reads about a score: reasons with their points, what is not known, the scores before.

Everything comes from the stored score and the card that made it; nothing is computed anew.
"""

import json
from dataclasses import dataclass
from functools import cached_property

from enterprises.models import Feed

from .models import Level, Score
from .scoring import LEVELS, marked_months, parse
from .scoring.scorecard import FULL

HISTORY = 12  # runs


def card_of(run):
    """The card of a run as it was used."""
    return parse(run.card.text.encode())


@dataclass(frozen=True)
class Line:
    """One reason: its title in words, the sentence with figures, its points; None for a rule, which gives no points."""

    title: str
    sentence: str
    points: float | None


class Explanation:
    """A score in words and figures, for those who may see figures."""

    def __init__(self, score, run):
        self.score, self.run, self.card = score, run, card_of(run)

    @property
    def most(self):
        """The most points that any item of the card gives: the length of a full bar."""
        return max(item.most for item in self.card.items) / 10

    @cached_property
    def lines(self):
        return [self._line(item, text) for item, text in zip(self.score.marks[0::3], self.score.reasons, strict=True)]

    def _line(self, item, text):
        if item >= len(self.card.items):
            return Line(self.card.title(item), text, None)
        sentence, _, _ = text.rpartition("，+")
        return Line(self.card.title(item), sentence, self.score.points[item])

    @property
    def small_points(self):
        """Points of items that are too few to be told as a reason."""
        told = sum(line.points for line in self.lines if line.points is not None)
        return round(self.score.score - told, 1)

    @property
    def covered(self):
        return [feed for feed in Feed if self.score.coverage >> (feed - 1) & 1]

    @property
    def silent(self):
        """(Feed, whether older months of it were counted) for the feeds that told nothing of late."""
        counted = {item.definition.feed for item, value in self._values() if value is not None}
        return [(feed, feed in counted) for feed in Feed if feed not in self.covered]

    @property
    def not_counted(self):
        """Items of feeds that told something, but not enough to compare."""
        comparable = {*self.covered, None} if self.covered else set()
        return [item for item, value in self._values() if value is None and item.definition.feed in comparable]

    def _values(self):
        return zip(self.card.items, self.score.features, strict=True)

    @property
    def marks(self):
        """{"tax": ["2023-05", …], …} as JSON: the months that the reasons name, for the charts to shade."""
        months = marked_months(self.score.marks, self.run.as_of)
        return json.dumps(
            {Feed(feed).name.lower(): [f"{month:%Y-%m}" for month in named] for feed, named in months.items()}
        )


def leading(score, card):
    """The reasons as a list shows them: without items that repeat what a rule before them has said."""
    said, shown = set(), []
    for item, sentence in zip(score.marks[0::3], score.reasons, strict=True):
        if item >= len(card.items):
            said |= {condition.what for condition in card.rules[item - len(card.items)].all}
        elif card.items[item].key in said:
            continue
        shown.append(sentence)
    return shown


def titles(marks, card):
    """What a score rests on in words, without a figure: for those who may see levels only."""
    return list(dict.fromkeys(card.title(item) for item in marks[0::3]))


def history(enterprise, user):
    """The scores of the latest runs, newest first, as far as `user` may see them."""
    return list(
        Score.objects.visible_to(user)
        .filter(enterprise=enterprise, run__finished_at__isnull=False)
        .select_related("run__card")
        .order_by("-run__as_of", "-run_id")[:HISTORY]
    )


@dataclass(frozen=True)
class Chart:
    """Scores over runs as a step line in a box of `width` × `height`; the card's limits as dashed lines."""

    scores: list  # oldest first
    card: object
    width: int = 420
    height: int = 132
    left: int = 44
    right: int = 12
    top: int = 10
    bottom: int = 22

    @property
    def limits(self):
        """(level, its word and least score, y) of yellow, orange, red."""
        return [
            (name, f"{Level(number).label} {limit / 10:g}", self._y(limit / 10))
            for number, (name, limit) in enumerate(zip(LEVELS[1:], self.card.limits, strict=True), start=1)
        ]

    @property
    def line_end(self):
        return self.width - self.right

    @property
    def points(self):
        return [(self._x(place), self._y(score.score), score) for place, score in enumerate(self.scores)]

    @property
    def line(self):
        steps = []
        for x, y, _ in self.points:
            steps += [f"{x},{steps[-1].split(',')[1]}"] if steps else []
            steps.append(f"{x},{y}")
        return " ".join(steps)

    @property
    def months(self):
        """(x, month) for the first and the last run, and some between."""
        every = max(1, -(-len(self.scores) // 4))
        return [(x, f"{score.run.as_of:%Y-%m}") for x, _, score in self.points[::-1][::every]]

    def _x(self, place):
        room = self.width - self.left - self.right
        return round(self.left + room * (place / (len(self.scores) - 1) if len(self.scores) > 1 else 0.5), 1)

    def _y(self, value):
        return round(self.top + (self.height - self.top - self.bottom) * (1 - value / FULL), 1)
