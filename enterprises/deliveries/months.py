"""Months and days as departments write them.

A month is counted as year * 12 + month - 1, so that neighbours differ by one. Functions return the number, or the name
of a fault (a str).
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

OLDEST_YEAR = 2000
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050  # Excel's count of days for 2000-01-01 and 2099-12-31
_EXCEL_DAY_0 = date(1899, 12, 30)

_TIME = re.compile(r"(?<=\d)(?:\s+|T)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?$")
_FORMULA = re.compile(r'^="?([^"]*)"?$')  # ="202306" keeps a spreadsheet program from reading a number
_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’]+")
_YEAR_MONTH = re.compile(r"(\d{4})(?:[年\-/.·_M]|年-)?(\d{1,2})月?份?")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})(?:[年\-/.](\d{1,2})[月\-/.](\d{1,2})[日号]?|(\d{2})(\d{2}))")
_DAY_MONTH_WORD = re.compile(
    r"(?:\d{1,2}[-/])?(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/,.]?(\d{4}|\d{2})"
)
_MONTH_FIRST = re.compile(r"(\d{1,2})[/\-.](\d{4})")
_WORD_FIRST_YEAR = re.compile(r"(\d{4})[-/]?(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*")
_WORD_IN_DAY = re.compile(r"(\d{1,2})[-/](JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/](\d{4})")
_MONTH_WORDS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NOT_ONE_MONTH = re.compile(r"季|Q[1-4]|[1-4]Q|半年|全年|年度|^\d{4}年?$|(\d{1,2})[-~至到、](\d{1,2})月")
_RANGE = re.compile(r"(.*?\d.*?)(?:至|到|~|--|—+)(.*\d.*)")
_RANGE_OF_DIGITS = re.compile(
    r"(\d{6}|\d{8})-(\d{6}|\d{8})|(\d{4}[./]\d{1,2}(?:[./]\d{1,2})?)-(\d{4}[./]\d{1,2}(?:[./]\d{1,2})?)"
)
_CHINESE_YEAR = re.compile(r"([〇零○一二三四五六七八九]{4})年(十[一二]?|[一二三四五六七八九])月份?")
_CHINESE_DIGIT = {character: str(n) for n, character in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}


def plain(text):
    """Full-width forms and blanks put right, letters in upper case."""
    text = _FORMULA.sub(r"\1", unicodedata.normalize("NFKC", text).strip()).upper()
    text = _DROPPED.sub("", _TIME.sub("", text.strip()))
    return text.replace("−", "-").replace("–", "-").replace("～", "~")


def month_of(text):
    """The month that one cell names.

    `text`: 202306, 2023-06, 2023年6月, 2023.06, 2023M06, any day of it, an Excel day number, or both ends.
    """
    text = plain(text)
    if text in {"", "-", "--", "—", "无", "/"}:
        return "period_blank"
    if ends := _ends_of(text):
        return month_between(*ends)
    if match := _YEAR_MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        if len(text) == 5 and text.isdigit():
            return _of_serial(text)
        return _month(year, month)
    if match := _CHINESE_YEAR.fullmatch(text):
        month = match[2]
        number = 10 + int(_CHINESE_DIGIT.get(month[1:], "0")) if month.startswith("十") else int(_CHINESE_DIGIT[month])
        return _month(int("".join(_CHINESE_DIGIT[c] for c in match[1])), number)
    if match := _DAY_MONTH_WORD.fullmatch(text):
        return _month(int(match[2]) + (2000 if len(match[2]) == 2 else 0), _MONTH_WORDS.index(match[1]) + 1)
    if match := _WORD_FIRST_YEAR.fullmatch(text):
        return _month(int(match[1]), _MONTH_WORDS.index(match[2]) + 1)
    if match := _MONTH_FIRST.fullmatch(text):
        return _month(int(match[2]), int(match[1]))
    day = _calendar_day(text)
    if isinstance(day, date):
        return _month(day.year, day.month)
    if ends := _cut_at_a_hyphen(text):
        return month_between(*ends)
    if _NOT_ONE_MONTH.search(text):
        return "period_quarter"
    return day


def month_between(first, last):
    """The month that two cells bound, both inside it. `first`, `last`: days or months as in `month_of`."""
    ends = [month_of(first), month_of(last)]
    for end in ends:
        if isinstance(end, str):
            return end
    days = [_calendar_day(plain(first)), _calendar_day(plain(last))]
    if ends[0] != ends[1] or (all(isinstance(day, date) for day in days) and days[0] > days[1]):
        return "period_span"
    return ends[0]


def month_of_parts(year, month):
    """The month that stands in two columns, year and month."""
    year, month = plain(year).removesuffix("度").removesuffix("年"), plain(month).removesuffix("份").removesuffix("月")
    if not year or not month:
        return "period_blank"
    if _YEAR_MONTH.fullmatch(month) and len(month) >= 6:  # the month column names the year too
        return month_of(month) if month.startswith(year) else "period_form"
    return month_of(f"{year}-{month}") if len(month) <= 2 else "period_form"


def day_of(text):
    """A date: 2003/1/1, 2003年1月1日, 20030101, 2003.1.1, an Excel day number. Returns date, or the name of a fault."""
    text = plain(text)
    if text.isdigit() and 1 <= len(text) <= 5 and int(text) > 366:
        return _EXCEL_DAY_0 + timedelta(days=int(text))
    if match := _WORD_IN_DAY.fullmatch(text):
        text = f"{match[3]}-{_MONTH_WORDS.index(match[2]) + 1}-{match[1]}"
    day = _calendar_day(text)
    return day if isinstance(day, date) else "day_form"


def with_two_readings(texts):
    """Those of a column's cells that may be January or October, since a number format drops the last 0 of 2023.10.

    `texts`: all different cells of the column. Nothing is doubtful where the column shows how it writes a month of one
    digit (2023.2 with 2023.10, or 2023.02).
    """
    texts = {plain(text) for text in texts}
    doubtful = {text for text in texts if re.fullmatch(r"\d{4}\.1", text)}
    written_out = any(re.fullmatch(r"\d{4}\.10", text) for text in texts)
    one_digit = any(re.fullmatch(r"\d{4}\.[2-9]", text) for text in texts)
    two_digits = any(re.fullmatch(r"\d{4}\.0\d", text) for text in texts)
    late = any(re.fullmatch(r"\d{4}\.1[12]", text) for text in texts)
    if one_digit and not two_digits and (written_out or not late):
        return set()
    return doubtful


def first_day(month):
    return date(month // 12, month % 12 + 1, 1)


def number(day):
    """The number of the month in which `day` lies."""
    return day.year * 12 + day.month - 1


def written(month):
    """2023-06"""
    return f"{month // 12}-{month % 12 + 1:02d}"


def _month(year, month):
    if not 1 <= month <= 12:
        return "period_month"
    if year < OLDEST_YEAR:
        return "period_old"
    return year * 12 + month - 1


def _ends_of(text):
    if match := _RANGE_OF_DIGITS.fullmatch(text):
        return [part for part in match.groups() if part]
    if match := _RANGE.fullmatch(text):
        first, last = match.groups()
        if len(re.sub(r"\D", "", first)) >= 5 and len(re.sub(r"\D", "", last)) >= 5:
            return [first, last]
    return None


def _cut_at_a_hyphen(text):
    """Both ends of 2023年6月-2023年6月, where the hyphen between them is like those inside."""
    for match in re.finditer("-", text):
        ends = [text[: match.start()], text[match.end() :]]
        if all(len(end) >= 6 and (_YEAR_MONTH.fullmatch(end) or _YEAR_MONTH_DAY.fullmatch(end)) for end in ends):
            return ends
    return None


def _of_serial(text):
    if _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        day = _EXCEL_DAY_0 + timedelta(days=int(text))
        return _month(day.year, day.month)
    return "period_form"


def _calendar_day(text):
    match = _YEAR_MONTH_DAY.fullmatch(text)
    if not match:
        return "period_form"
    year, month, day = (int(part) for part in (match[1], match[2] or match[4], match[3] or match[5]))
    if not 1 <= month <= 12:
        return "period_month"
    if not 1 <= day <= monthrange(max(year, 1), month)[1] or year < 1:
        return "period_day"
    return date(year, month, day)
