"""The scorecard: one readable TOML file that says what counts for how many points, and why.

A card is read whole and checked when it is loaded; whatever is odd in it is said in one Chinese sentence each
(CardError.faults), because the people who mend a card are officials, not programmers. Points are tabulated for every
value that a feature can have, in exact arithmetic, so that scoring is looking up.
"""

import hashlib
import string
import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from .features import FEATURES, MEASURES, UNKNOWN, Definition

CARDS = Path(__file__).resolve().parent.parent / "cards"
DEFAULT = CARDS / "weihai-2023.toml"

LEVELS = ("blue", "yellow", "orange", "red")  # by number: risks.models.Level
LEVEL_WORDS = ("蓝", "黄", "橙", "红")
TENTHS = 10  # points and scores are whole tenths inside
FULL = 100

# What is known of an enterprise beside the feeds, found by people and kept as records of cases.
FACTS = {
    "arrears_months": "已确认的欠薪月数",
    "arrears_workers": "已确认的欠薪人数",
    "agreed_delay_days": "经协商同意延期支付的天数",
    "planned_cut_heads": "拟裁减人数",
    "planned_cut_percent": "拟裁减人数占职工总数的百分比",
    "stopped": "停产或负责人失联（1 为是）",
    "collective_action": "集体停工或集体讨薪迹象（1 为是）",
}


class CardError(ValueError):
    """The card cannot be used. `faults` says why, one Chinese sentence each."""

    def __init__(self, faults):
        self.faults = list(faults)
        super().__init__("评分卡有误：" + "；".join(self.faults))


@dataclass(frozen=True)
class Condition:
    what: str  # a feature of FEATURES or a fact of FACTS
    at_least: int | None = None  # in whole steps of the feature
    at_most: int | None = None

    def met(self, values):
        """bool[n]: known and within the bounds."""
        found = values != UNKNOWN
        if self.at_least is not None:
            found &= values >= self.at_least
        if self.at_most is not None:
            found &= values <= self.at_most
        return found


@dataclass(frozen=True)
class Item:
    """A feature as the card counts it."""

    key: str
    name: str
    title: str
    sentence: str
    only_if: Condition | None
    table: np.ndarray = field(repr=False)  # int16[limit + 2]: points in tenths by value; the last for UNKNOWN
    line: str  # where points begin, as it is said

    @cached_property
    def names(self):
        """The figures that the sentence names, in its order."""
        return tuple(name for _, name, _, _ in string.Formatter().parse(self.sentence) if name)

    @cached_property
    def pattern(self):
        """The sentence with a %s for each of `names`."""
        parts = string.Formatter().parse(self.sentence)
        return "".join(literal.replace("%", "%%") + ("%s" if name else "") for literal, name, _, _ in parts)

    @property
    def definition(self) -> Definition:
        return FEATURES[self.key]

    @property
    def most(self):
        return int(self.table.max())


@dataclass(frozen=True)
class Rule:
    """A condition that lifts the level whatever the points are."""

    level: int
    title: str
    sentence: str
    all: tuple


@dataclass(frozen=True)
class Card:
    name: str
    text: str = field(repr=False)
    sha256: str
    settings: dict
    reason_from: int  # tenths of a point
    limits: tuple  # least score in tenths for yellow, orange, red
    items: tuple
    rules: tuple

    def place(self, key):
        """Where an item stands among the items, and so in the arrays of a score."""
        return [item.key for item in self.items].index(key)

    def title(self, item):
        """Short title of a mark: an item's place, or the number of items plus a rule's place."""
        return (self.items + self.rules)[item].title

    def feed(self, item):
        """The Feed that a mark speaks of; None where it speaks of several or of none."""
        return self.items[item].definition.feed if item < len(self.items) else None


def load(path=DEFAULT):
    """The card in a file. Raises CardError, or OSError when there is no such file."""
    return parse(Path(path).read_bytes())


@lru_cache(maxsize=32)
def parse(content):
    """The card in a file's bytes. Raises CardError."""
    try:
        text = content.decode("utf-8")
        raw = tomllib.loads(text)
    except UnicodeDecodeError:
        raise CardError(["文件不是 UTF-8 编码"]) from None
    except tomllib.TOMLDecodeError as fault:
        raise CardError([f"文件不合 TOML 格式：{fault}"]) from None
    return _Reader(raw).card(text, hashlib.sha256(content).hexdigest())


class _Reader:
    """Turns what TOML gave into a Card, and collects every fault on the way."""

    def __init__(self, raw):
        self.raw, self.faults = raw, []

    def card(self, text, sha256):
        self._only(self.raw, {"card", "measure", "levels", "item", "rule"}, "评分卡")
        head = self._table(self.raw, "card", "评分卡")
        self._only(head, {"name", "reason_from"}, "[card]")
        reason_from = self._points(head.get("reason_from"), "[card] 的 reason_from")
        settings = self._settings(self._table(self.raw, "measure", "评分卡"))
        limits = self._limits(self._table(self.raw, "levels", "评分卡"))
        items = [self._item(place, raw) for place, raw in enumerate(self._tables("item"), 1)]
        rules = [self._rule(place, raw) for place, raw in enumerate(self._tables("rule"), 1)]
        items, rules = [i for i in items if i], [r for r in rules if r]
        name = self._text(head, "name", "[card]")
        self._whole(items)
        if self.faults:
            raise CardError(self.faults)
        return Card(name, text, sha256, settings, reason_from, limits, tuple(items), tuple(rules))

    def _whole(self, items):
        """What must hold of all items together."""
        keys = [item.key for item in items]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.faults.append(f"特征 {key} 列了两次，每个特征只能列一次")
        if not items:
            self.faults.append("没有任何计分项（[[item]]）")
        most = sum(item.most for item in items)
        if most > FULL * TENTHS:
            self.faults.append(f"各项最高分合计 {most / TENTHS:g} 分，超过 {FULL} 分")

    def _settings(self, table):
        self._only(table, set(MEASURES), "[measure]")
        found = {}
        for name, meaning in MEASURES.items():
            value = table.get(name)
            steps = 10 if name.endswith("percent") else 100 if name.endswith("yuan") else 1
            found[name] = self._steps(value, steps, f"[measure] 的 {name}（{meaning}）")
        return found

    def _limits(self, table):
        self._only(table, set(LEVELS[1:]), "[levels]")
        limits = tuple(self._points(table.get(level), f"[levels] 的 {level}") for level in LEVELS[1:])
        if not 0 < limits[0] < limits[1] < limits[2] <= FULL * TENTHS:
            self.faults.append(f"等级界限须依次升高：yellow < orange < red，且在 0 到 {FULL} 之间")
        return limits

    def _item(self, place, raw):
        key = raw.get("key")
        where = f"第 {place} 个计分项（{key or '未写 key'}）"
        self._only(raw, {"key", "name", "title", "sentence", "bins", "only_if"}, where)
        if key not in FEATURES:
            self.faults.append(f"{where}：没有名为 {key!r} 的特征，可用的有 {'、'.join(FEATURES)}")
            return None
        definition = FEATURES[key]
        table, line = self._bins(raw.get("bins"), definition, where)
        sentence = self._text(raw, "sentence", where)
        self._placeholders(sentence, {"value", "months", "line"} | definition.figures, where)
        title = self._text(raw, "title", where)
        if any(character.isdigit() for character in title) or "{" in title:
            self.faults.append(f"{where}：title 给无权看数字的人看，不能含数字")
        only_if = self._condition(raw["only_if"], f"{where}的 only_if", FEATURES) if "only_if" in raw else None
        return Item(key, self._text(raw, "name", where), title, sentence, only_if, table, line)

    def _bins(self, bins, definition, where):
        """int16[limit + 2] points in tenths by value, and the line at which points begin."""
        table = np.zeros(definition.limit + 2, np.int16)
        if not isinstance(bins, list) or not bins or not all(isinstance(b, dict) for b in bins):
            self.faults.append(f"{where}：须有 bins，每档写 from、to、points")
            return table, ""
        faults_before = len(self.faults)
        end, line = 0, None
        for number, bin_ in enumerate(bins, 1):
            here = f"{where}第 {number} 档"
            self._only(bin_, {"from", "to", "points"}, here)
            start = self._steps(bin_.get("from"), definition.scale, f"{here}的 from")
            stop = self._steps(bin_.get("to"), definition.scale, f"{here}的 to")
            points = bin_.get("points")
            ends = points if isinstance(points, list) else [points, points]
            if len(ends) != 2:
                self.faults.append(f"{here}：points 写一个数，或写起止两个数")
                continue
            first, last = (self._points(value, f"{here}的 points") for value in ends)
            if len(self.faults) > faults_before:
                return table, ""
            if start != end:
                said = f"{start / definition.scale:g} 与上一档止处 {end / definition.scale:g}"
                self.faults.append(f"{here}：起处 {said} {'有空档' if start > end else '重叠'}，各档须首尾相接")
            if not start < stop <= definition.limit:
                self.faults.append(f"{here}：止处须大于起处，且不超过 {definition.limit / definition.scale:g}")
                return table, ""
            end = stop
            for value in range(start, stop + (stop == definition.limit)):
                table[value] = _between(value, start, stop, first, last)
            if line is None or definition.worse == "low":
                line = self._line(line, start, stop, first, last, definition)
        if end != definition.limit:
            self.faults.append(
                f"{where}：各档只到 {end / definition.scale:g}，须到 {definition.limit / definition.scale:g}"
            )
        steps = np.diff(table[:-1].astype(int))
        if (steps > 0).any() if definition.worse == "low" else (steps < 0).any():
            self.faults.append(f"{where}：情况越差分数不能越低，请核对各档 points")
        return table, f"{(line or 0) / definition.scale:g}"

    def _line(self, line, start, stop, first, last, definition):
        """Where points begin: for a rate the upper end of the last bin with points, else the start of the first."""
        if max(first, last) == 0:
            return line
        return stop if definition.worse == "low" else start

    def _rule(self, place, raw):
        where = f"第 {place} 条硬规则"
        self._only(raw, {"level", "title", "sentence", "all"}, where)
        level = raw.get("level")
        if level not in LEVELS[1:]:
            self.faults.append(f"{where}：level 须为 {'、'.join(LEVELS[1:])} 之一")
            return None
        known = FEATURES | FACTS
        listed = raw.get("all")
        if not isinstance(listed, list) or not listed:
            self.faults.append(f"{where}：须有 all，列出同时成立的条件")
            return None
        conditions = tuple(self._condition(each, where, known) for each in listed)
        sentence = self._text(raw, "sentence", where)
        named = {condition.what for condition in conditions if condition}
        self._placeholders(sentence, named | {f"{what}_in" for what in named & set(FEATURES)}, where)
        return Rule(LEVELS.index(level), self._text(raw, "title", where), sentence, conditions)

    def _condition(self, raw, where, known):
        if not isinstance(raw, dict):
            self.faults.append(f"{where}：条件写作 {{ what = 特征, at_least = 数 }}")
            return None
        self._only(raw, {"what", "at_least", "at_most"}, where)
        what = raw.get("what")
        if what not in known:
            self.faults.append(f"{where}：没有名为 {what!r} 的特征或事实")
            return None
        if "at_least" not in raw and "at_most" not in raw:
            self.faults.append(f"{where}：条件 {what} 须写 at_least 或 at_most")
        scale = FEATURES[what].scale if what in FEATURES else 1
        bounds = {b: self._steps(raw[b], scale, f"{where}的 {b}") for b in ("at_least", "at_most") if b in raw}
        return Condition(what, **bounds)

    # Plain values ----------------------------------------------------------------------------

    def _table(self, raw, name, where):
        found = raw.get(name)
        if not isinstance(found, dict):
            self.faults.append(f"{where}缺少 [{name}] 一节")
            return {}
        return found

    def _tables(self, name):
        found = self.raw.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.faults.append(f"[[{name}]] 须写作逐条列出的表")
            return []
        return found

    def _only(self, raw, known, where):
        for name in sorted(set(raw) - known):
            self.faults.append(f"{where}：不认识 {name!r}，可写的有 {'、'.join(sorted(known))}")

    def _text(self, raw, name, where):
        found = raw.get(name)
        if not isinstance(found, str) or not found.strip():
            self.faults.append(f"{where}：缺少 {name}")
            return ""
        return found

    def _placeholders(self, sentence, known, where):
        try:
            named = [part for part in string.Formatter().parse(sentence) if part[1] is not None]
        except ValueError:
            self.faults.append(f"{where}：sentence 中的花括号不成对")
            return
        for _, name, form, conversion in named:
            if form or conversion:
                self.faults.append(f"{where}：sentence 中 {{{name}}} 只写名称，不写格式")
        for name in sorted({name for _, name, _, _ in named} - known):
            self.faults.append(f"{where}：sentence 中不认识 {{{name}}}，可写的有 {'、'.join(sorted(known))}")

    def _points(self, value, where):
        return self._steps(value, TENTHS, where, most=FULL)

    def _steps(self, value, steps, where, most=None):
        """A number of the card as whole steps; a number between two steps is a fault."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.faults.append(f"{where}：须为数字")
            return 0
        exact = Fraction(str(value)) * steps
        if exact.denominator != 1 or exact < 0 or (most is not None and exact > most * steps):
            bound = f"，不超过 {most}" if most is not None else ""
            self.faults.append(f"{where}：{value} 须不小于 0{bound}，最细到 {1 / steps:g}")
            return 0
        return int(exact)


def _between(value, start, stop, first, last):
    """Points in tenths at `value` on the line from (start, first) to (stop, last), half up."""
    return (2 * (first * (stop - value) + last * (value - start)) + (stop - start)) // (2 * (stop - start))
