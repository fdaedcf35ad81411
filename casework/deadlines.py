"""Due dates by rules of law: how they are counted, and a sentence that says how each was reached.

The rules stand in deadlines.toml. Counting follows 民法典 第二百零一条至第二百零三条, by analogy where labour law is
silent: the day of the event is not counted; a period of months ends on the same day of the month, or on its last day;
a last day that is no working day moves to the next one. Where a rule counts working days, weekends and public
holidays are left out and the weekend days worked instead (调休) are counted. A date counted back from an event (“ten
days before the meeting”) does not move: to move it later would shorten what the rule grants.

Beyond the years that the State Council announced, Monday to Friday are taken for working days, and the date says that
it is an estimate: a contract of three years must be given a last day all the same.
"""

import calendar
import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar

_INNER = str.maketrans("《》", "〈〉")
CIVIL_CODE = "民法典第二百零一条至第二百零三条"
FIRST_YEAR_KNOWN, LAST_YEAR_KNOWN = (each(chinese_calendar.constants.holidays).year for each in (min, max))
_TEXT, _MEMORY = "text", "memory"


class UnknownRule(LookupError):
    """No rule of that name, or none in force on that day."""


@dataclass(frozen=True)
class Rule:
    name: str
    matter: str
    event: str
    instrument: str
    article: str
    begins: date
    ends: date | None = None
    days: int = 0
    months: int = 0
    working: bool = False
    before: bool = False
    waits: bool = False
    extension: int = 0
    checked: str = _TEXT

    @property
    def source(self):
        """The article, as one cites it."""
        return f"《{self.instrument.translate(_INNER)}》{self.article}"

    @property
    def length(self):
        """How long, in words: 10日, 15个工作日, 3个月."""
        return f"{self.months}个月" if self.months else f"{self.days}{'个工作日' if self.working else '日'}"

    def is_in_force(self, on):
        return self.begins <= on and (self.ends is None or on <= self.ends)


@dataclass(frozen=True)
class Due:
    """`on`: the last day, or of a wait its last. `sentence`: how it was reached, in Chinese, with the article."""

    on: date
    rule: Rule
    start: date
    sentence: str = field(repr=False, default="")
    is_estimate: bool = False  # it reaches into a year whose holidays are not announced yet

    def days_left(self, on):
        """Calendar days from `on` to the last day; negative when it is over."""
        return (self.on - on).days

    def is_over(self, on):
        return on > self.on


def due(name, start, *, on=None, suspended=0, extended=False):
    """The due date of the rule `name` ("wage_shandong.reply") for an event on the day `start`.

    `on`: the day whose law counts, that of the event unless given. `suspended`: days that do not count, for a rule
    that says so (工资集体协商条例 第二十八条: 不可抗力). `extended`: with the further days that the rule allows on
    approval. Raises UnknownRule for a name that is not in deadlines.toml or was not in force on that day.
    """
    rule = rule_of(name, on or start)
    more = (rule.extension if extended else 0) + suspended
    ends = _counted(rule, start, more)
    last = ends if rule.before or rule.waits or rule.working else next_working_day(ends)
    estimate = max(start, last).year > LAST_YEAR_KNOWN
    sentence = _sentence(rule, start, ends, last, extended=extended, suspended=suspended, estimate=estimate)
    return Due(last, rule, start, sentence, estimate)


def rule_of(name, on):
    for rule in rules().get(name, ()):
        if rule.is_in_force(on):
            return rule
    raise UnknownRule(f"没有名为 {name}、{_words(on)}有效的期限规则。")


@cache
def rules():
    """All rules by name, each name with its versions, oldest first."""
    text = tomllib.loads((Path(__file__).parent / "deadlines.toml").read_text())
    return {
        f"{group}.{step}": tuple(sorted((_rule(f"{group}.{step}", row) for row in rows), key=lambda rule: rule.begins))
        for group, steps in text.items()
        for step, rows in steps.items()
    }


def is_working_day(day):
    """Whether offices work on `day`: by the State Council's yearly notice; Monday to Friday where none is known."""
    return chinese_calendar.is_workday(day) if _is_known(day) else day.weekday() < 5


def _is_known(day):
    return FIRST_YEAR_KNOWN <= day.year <= LAST_YEAR_KNOWN


def next_working_day(day):
    """`day` itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_after(start, number):
    """The `number`th working day after `start`, which is not counted itself."""
    day = start
    while number:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def months_after(start, months):
    """The same day `months` later (earlier where negative), or the last day of that month (民法典 第二百零二条)."""
    number = start.year * 12 + start.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _rule(name, row):
    row = dict(row)
    rule = Rule(name, begins=row.pop("from"), ends=row.pop("until", None), **row)
    if bool(rule.days) == bool(rule.months):
        raise ValueError(f"{name}: either days or months")
    return rule


def _counted(rule, start, more):
    sign = -1 if rule.before else 1
    if rule.working:
        return working_days_after(start, rule.days + more)
    if rule.months:
        return months_after(start, sign * rule.months) + timedelta(days=more)
    return start + timedelta(days=sign * (rule.days + more))


def _sentence(rule, start, ends, last, *, extended, suspended, estimate):
    return "".join((
        _opening(rule, start, ends, extended, suspended),
        _moved(ends, last),
        f"依据：{rule.source}{'' if rule.before else f'；期间计算参照{CIVIL_CODE}'}。",
        "该条文尚未核对，请以现行规定为准。" if rule.checked == _MEMORY else "",
        f"{LAST_YEAR_KNOWN}年以后的放假安排尚未公布，暂按周一至周五推算。" if estimate else "",
    ))  # fmt: skip


def _opening(rule, start, ends, extended, suspended):
    if rule.before:
        return f"{rule.event}为{_words(start)}，至少提前{rule.length}，即不晚于{_words(ends)}。"
    longer = (f"，经批准延长{rule.extension}{'个工作日' if rule.working else '日'}" if extended else "") + (
        f"，中止的{suspended}日不计入" if suspended else ""
    )
    if rule.months:
        return f"自{_words(start)}{rule.event}起{rule.length}{longer}，{_words(ends)}届满。"
    left_out = "（节假日、休息日不计，调休上班日计入）" if rule.working else ""
    closing = f"期满后方可{rule.matter}" if rule.waits else "届满"
    return f"{_words(start)}{rule.event}，自次日起计{rule.length}{left_out}{longer}，{_words(ends)}{closing}。"


def _moved(ends, last):
    if ends == last:
        return ""
    is_holiday, name = chinese_calendar.get_holiday_detail(ends) if _is_known(ends) else (True, None)
    why = f"{_HOLIDAYS[name]}放假" if is_holiday and name in _HOLIDAYS else "休息日"
    return f"该日为{why}，顺延至下一工作日{_words(last)}。"


def _words(day):
    return f"{day.year}年{day.month}月{day.day}日"


_HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
