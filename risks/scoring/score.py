"""One pure function from signals to scores; the same for one enterprise, for a partition and for all.

A score never decides: it orders whom to look at first. A person confirms a level.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from enterprises.models.signal import Feed

from .features import FEATURES, MONTHS, UNKNOWN, coverage, measure
from .scorecard import FACTS, LEVEL_WORDS, TENTHS, Card


class Reason(NamedTuple):
    text: str  # the sentence with its figures, months and points
    item: int  # place among the card's items, or number of items plus place among its rules
    feed: int  # 0: of several feeds, or of none
    months: int  # bit set over the 24 months

    @property
    def mark(self):
        """What a score keeps so that charts can shade the months: (item, feed, months)."""
        return (self.item, self.feed, self.months)


@dataclass(frozen=True)
class Told:
    """m reasons of n enterprises, enterprise after enterprise; what a Reason has, in columns int[m] and a list."""

    column: np.ndarray
    text: list
    item: np.ndarray
    feed: np.ndarray
    months: np.ndarray


@dataclass
class Scores:
    """Columns for n enterprises, and the k items of the card.

    score     int32[n], tenths, 0 … 1000: the sum of the points
    level     int16[n], 0 blue … 3 red
    coverage  int16[n], bit 0 tax, 1 social insurance, 2 loan, 3 logistics
    values    int32[k, n], whole steps of each feature, UNKNOWN where the feeds do not tell
    points    int32[k, n], tenths
    rules     bool[r, n], which hard rules hold
    """

    card: Card
    as_of: date
    score: np.ndarray
    level: np.ndarray
    coverage: np.ndarray
    values: np.ndarray
    points: np.ndarray
    rules: np.ndarray
    _features: dict = field(repr=False)
    _facts: dict = field(repr=False)

    def reasons(self):
        """{column: [Reason, …]} for the enterprises that have any, in the order of `told`."""
        told, found = self.told(), {}
        marks = zip(told.item.tolist(), told.feed.tolist(), told.months.tolist(), strict=True)
        for column, text, mark in zip(told.column.tolist(), told.text, marks, strict=True):
            found.setdefault(column, []).append(Reason(text, *mark))
        return found

    def told(self):
        """All reasons, enterprise after enterprise.

        Hard rules first, then items by points, most first; items of several feeds last: they sum up the others.
        A rule is told when it explains the level, an item when it has as many points as the card asks for
        (`reason_from`).
        """
        texts, keys, marks = [], [], []
        for place, rule in enumerate(self.card.rules):
            columns = np.flatnonzero(self.rules[place] & (self.level == rule.level))
            spoken = [self._rule_told(rule, column) for column in columns.tolist()]
            texts += [text for text, _, _ in spoken]
            marks.append(np.array([mark for _, *mark in spoken], np.int32).reshape(len(columns), 2))
            keys.append(_order(columns, 0, 0, place))
        for place, item in enumerate(self.card.items):
            columns = np.flatnonzero(self.points[place] >= max(1, self.card.reason_from))
            texts += self._item_told(place, item, columns)
            feed = np.full(len(columns), item.definition.feed or 0, np.int32)
            marks.append(np.stack([feed, self._features[item.key].months[columns]], axis=1))
            keys.append(_order(columns, 1 if feed.any() else 2, self.points[place, columns], place))
        keys, marks = np.concatenate(keys), np.concatenate(marks)
        order = np.argsort(keys)
        column, rank, place = _places(keys[order])
        return Told(
            column=column,
            text=[texts[reason] for reason in order.tolist()],
            item=np.where(rank == 0, place + len(self.card.items), place),
            feed=marks[order, 0],
            months=marks[order, 1],
        )

    def _item_told(self, place, item, columns):
        """An item's sentences for some columns, figure by figure: there are hundreds of thousands of them."""
        feature, definition = self._features[item.key], item.definition
        figures = {
            "value": [_steps(value, definition.scale) for value in feature.value[columns].tolist()],
            "months": [_months(bits, self.as_of) for bits in feature.months[columns].tolist()],
            "line": [item.line] * len(columns),
        }
        for name in set(item.names) - set(figures):
            tell = _TOLD[name]
            figures[name] = [tell(figure, self.as_of) for figure in feature.figures[name][columns].tolist()]
        gained = [_steps(points, TENTHS) for points in self.points[place, columns].tolist()]
        pattern = item.pattern + "，+%s 分"
        return [pattern % row for row in zip(*(figures[name] for name in item.names), gained, strict=True)]

    def _rule_told(self, rule, column):
        """A rule's sentence for one column, and its feed and months."""
        figures, months, feeds = {}, 0, set()
        for what in (condition.what for condition in rule.all):
            if what not in FEATURES:
                figures[what] = int(self._facts[what][column])
                continue
            bits = int(self._features[what].months[column])
            figures[what] = _steps(int(self._features[what].value[column]), FEATURES[what].scale)
            figures[f"{what}_in"] = _months(bits, self.as_of)
            months |= bits
            feeds.add(int(FEATURES[what].feed or 0))
        text = f"{rule.sentence.format(**figures)}，按规则不低于{LEVEL_WORDS[rule.level]}色"
        return text, feeds.pop() if len(feeds) == 1 else 0, months


def score(signals, card, as_of, facts=None):
    """Score n enterprises.

    signals  {Feed: {"has": bool[24, n], "due": int64[24, n], …}}, rows from oldest to the month `as_of`, amounts in 分,
             zero where absent (enterprises.signals gives them, features.empty the shape).
    card     a Card
    as_of    first day of the last month that counts
    facts    {name of FACTS: int[n]} of what people found out, UNKNOWN where nothing is known

    Returns Scores. Every column is computed from its own column of the input alone.
    """
    features = measure(signals, card.settings)
    n = len(features[next(iter(features))].value)
    facts = {name: np.asarray((facts or {}).get(name, np.full(n, UNKNOWN))) for name in FACTS}
    points = np.zeros((len(card.items), n), np.int32)
    for place, item in enumerate(card.items):
        points[place] = item.table[features[item.key].value]  # UNKNOWN, -1, looks up the last place
        if item.only_if:
            points[place] *= item.only_if.met(features[item.only_if.what].value)
    total = points.sum(0, dtype=np.int32)
    rules = np.zeros((len(card.rules), n), bool)
    level = sum((total >= limit).astype(np.int16) for limit in card.limits)
    for place, rule in enumerate(card.rules):
        holds = np.ones(n, bool)
        for condition in rule.all:
            known = features[condition.what].value if condition.what in FEATURES else facts[condition.what]
            holds &= condition.met(known)
        rules[place] = holds
        level = np.where(holds, np.maximum(level, rule.level), level).astype(np.int16)
    return Scores(
        card=card,
        as_of=as_of,
        score=total,
        level=level,
        coverage=coverage(signals),
        values=np.stack([features[item.key].value for item in card.items]),
        points=points,
        rules=rules,
        _features=features,
        _facts=facts,
    )


def month_rows(as_of):
    """The 24 months that count, oldest first, as first days; the last is `as_of`."""
    last = as_of.year * 12 + as_of.month - 1
    return [date((last - back) // 12, (last - back) % 12 + 1, 1) for back in range(MONTHS - 1, -1, -1)]


def marked_months(marks, as_of):
    """{feed: [first day of a month, …]}: the months that a score's marks name, feed by feed, to be shaded in charts.

    marks  flat (item, feed, months, item, feed, months, …) as a score keeps them; marks of no single feed are left out
    """
    rows, found = month_rows(as_of), {}
    for feed, bits in zip(marks[1::3], marks[2::3], strict=True):
        if feed:
            found[feed] = found.get(feed, 0) | bits
    return {feed: [month for row, month in enumerate(rows) if bits >> row & 1] for feed, bits in sorted(found.items())}


# ── Order ──────────────────────────────────────────────────────────────────────────────────────


def _order(columns, rank, points, place):
    """int64[n] to sort reasons by: the column, then the rank, then most points first, then the place on the card."""
    return ((columns * 4 + rank) * 2048 + (1000 - points)) * 256 + place


def _places(order):
    """The column, the rank and the place on the card of what `_order` made."""
    return order // (4 * 2048 * 256), order // (2048 * 256) % 4, order % 256


# ── Words ──────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4096)
def _months(bits, as_of):
    """“2023-01、2023-03 至 2023-06” for a bit set of months."""
    names = [f"{month:%Y-%m}" for month in month_rows(as_of)]
    said, row = [], 0
    while row < MONTHS:
        if bits >> row & 1:
            first = row
            while row + 1 < MONTHS and bits >> (row + 1) & 1:
                row += 1
            said.append(names[first] if first == row else f"{names[first]} 至 {names[row]}")
        row += 1
    return "、".join(said)


@lru_cache(maxsize=4096)
def _steps(value, scale):
    """Whole steps as people write them: 613 tenths of a percent is 61.3, 610 is 61."""
    if scale == 1:
        return str(value)
    whole, rest = divmod(value, scale)
    return f"{whole}.{rest}" if rest else str(whole)


# How a figure of a sentence is said, by its name; each takes the figure and the month of the score.


def _tenths(value, as_of):
    return _steps(value, 10)


def _yuan(fen, as_of):
    """Money in sentences: 万元 with two decimals from ten thousand yuan on, whole yuan below."""
    return f"{fen / 1_000_000:.2f} 万元" if fen >= 1_000_000 else f"{(fen + 50) // 100} 元"


@lru_cache(maxsize=64)
def _feeds(bits, as_of):
    return "、".join(feed.label for feed in Feed if bits >> (feed - 1) & 1)


_TOLD = {
    "now": _tenths,
    "before": _tenths,
    "year_fall": _tenths,
    "half_year_fall": _tenths,
    "missing_yuan": _yuan,
    "now_yuan": _yuan,
    "before_yuan": _yuan,
    "before_months": _months,
    "feeds": _feeds,
}
