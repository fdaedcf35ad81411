"""A scorecard in words, for the page that shows it: steps and points of each item, conditions of each rule."""

import re
import tomllib
from dataclasses import dataclass

from enterprises.models import Feed

from .scoring import FACTS, FEATURES, LEVEL_WORDS, LEVELS

_UNITS = {"percent": "%", "months": " 个月", "days": " 天", "feeds": " 类"}
_BLANKS = {"months": "〔月份〕", "before_months": "〔月份〕", "feeds": "〔数据〕"}


@dataclass(frozen=True)
class Step:
    span: str
    points: str


@dataclass(frozen=True)
class Item:
    name: str
    title: str
    sentence: str
    most: float
    steps: list
    only_if: str


@dataclass(frozen=True)
class Rule:
    level: int
    title: str
    conditions: str


@dataclass(frozen=True)
class Legend:
    limits: list  # [(level, word, least score)], red first
    groups: list  # [(name of the feed, [Item])]
    rules: list
    reason_from: float


def of(card):
    raw = tomllib.loads(card.text)
    names = {item.key: item.name for item in card.items}
    groups = {}
    for item, written in zip(card.items, raw["item"], strict=True):
        feed = item.definition.feed
        groups.setdefault(Feed(feed).label if feed else "几类数据合看", []).append(_item(item, written, names))
    return Legend(
        limits=[
            (number, LEVEL_WORDS[number], raw["levels"][LEVELS[number]]) for number in range(len(LEVELS) - 1, 0, -1)
        ],
        groups=list(groups.items()),
        rules=[
            Rule(rule.level, rule.title, "，且".join(_in_words(each, names) for each in rule.all))
            for rule in card.rules
        ],
        reason_from=card.reason_from / 10,
    )


def _item(item, written, names):
    unit = item.definition.unit
    limit = item.definition.limit / item.definition.scale
    return Item(
        name=item.name,
        title=item.title,
        sentence=re.sub(r" ?\{(\w+)\} ?", lambda blank: _BLANKS.get(blank[1], "〔数〕"), item.sentence),
        most=item.most / 10,
        steps=[Step(_span(step, unit, limit), _points(step["points"])) for step in written["bins"]],
        only_if=_in_words(item.only_if, names) if item.only_if else "",
    )


def _span(step, unit, limit):
    """The values of one step, as people say them: upper ends do not belong to it, except the last."""
    start, end, last = step["from"], step["to"], step["to"] >= limit
    if unit == "percent":
        return f"{start}%—{end}%" + ("" if last else "（不含）")
    if last:
        return f"{start}{_UNITS[unit]}以上" if start < limit else f"{start}{_UNITS[unit]}"
    return f"{start}{_UNITS[unit]}" if end == start + 1 else f"{start}—{end - 1}{_UNITS[unit]}"


def _points(points):
    first, last = points if isinstance(points, list) else (points, points)
    return f"{first:g} 分" if first == last else f"{first:g} → {last:g} 分"


def _in_words(condition, names):
    feature = FEATURES.get(condition.what)
    name = names.get(condition.what) or FACTS.get(condition.what, condition.what)
    scale, unit = (feature.scale, _UNITS[feature.unit]) if feature else (1, "")
    bounds = [
        f"{word} {bound / scale:g}{unit}"
        for word, bound in (("不少于", condition.at_least), ("不超过", condition.at_most))
        if bound is not None
    ]
    return f"{name}{'且'.join(bounds)}"
