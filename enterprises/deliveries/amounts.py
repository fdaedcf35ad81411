"""Amounts and counts as departments write them, read exactly.

Amounts become whole 分 (cents of a yuan) by decimal arithmetic, half up; counts must be whole. Most cells are plain
digits and are read a column at a time; the others one by one, each different writing once.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import polars as pl

from .faults import CODE

# unit -> how many decimal places a yuan amount moves: 1 万元 = 10^4 元 = 10^6 分
PLACES = {"元": 2, "千元": 5, "万元": 6, "百万元": 8, "亿元": 10}
LARGEST = 10**15  # 分: ten thousand 亿元, more than any one enterprise pays, and exact in float64
LARGEST_COUNT = 10**8

BLANKS = {"", "-", "--", "---", "—", "——", "/", "无", "空", "NULL", "NONE", "NAN", "N/A", "#N/A", "\\N", ".", "*"}
_FORMULA = re.compile(r'^="([^"]*)"$')  # ="12.50" keeps a spreadsheet program from changing a cell
_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’]+")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?(E[+-]?\d{1,3})?")
_CURRENCY = re.compile(r"^([+-]?)(¥|￥|RMB|CNY|人民币)")
_COUNT_WORDS = ("人次", "人", "件", "票", "单", "天", "日", "户", "名", "个")
_UNITS = sorted([*PLACES, "万", "亿", "圆"], key=len, reverse=True)


def plain(text):
    """Full-width forms and blanks put right, minus signs made one, letters in upper case."""
    text = _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()
    text = _FORMULA.sub(r"\1", text)
    return text.replace("−", "-").replace("–", "-").replace("﹣", "-")


def cents_of(text, unit):
    """One cell as whole 分, or the name of a fault (a str). `unit`: a key of PLACES, the unit of the column."""
    number = _decimal_of(text, unit)
    if isinstance(number, str):
        return number
    cents = number.scaleb(PLACES[unit]).to_integral_value(ROUND_HALF_UP)
    if abs(cents) > LARGEST:
        return "number_large"
    return "amount_negative" if number < 0 else int(cents)


def count_of(text):
    """One cell as a whole number, or the name of a fault (a str)."""
    number = _decimal_of(text, None)
    if isinstance(number, str):
        return number
    if number != number.to_integral_value():
        return "number_whole"
    if abs(number) > LARGEST_COUNT:
        return "number_large"
    return int(number) if number >= 0 else "amount_negative"


def cents_of_column(cells, unit):
    """A column of cells (Series of str [n]) as whole 分 (int64 [n]) and faults (uint8 [n], 0 where good)."""
    places = PLACES[unit]
    # 15 digits in all: exact in float64, so that rounding only removes the error of the multiplication
    regular = cells.str.contains(rf"^[0-9]{{1,{15 - places}}}(\.[0-9]{{1,{places}}})?$")
    return _read(cells, regular, 10.0**places, lambda text: cents_of(text, unit))


def counts_of_column(cells):
    """A column of cells (Series of str [n]) as whole numbers (int64 [n]) and faults (uint8 [n], 0 where good)."""
    return _read(cells, cells.str.contains(r"^[0-9]{1,8}$"), 1.0, count_of)


def _read(cells, regular, factor, read):
    """Numbers and faults of a column: `regular` cells at once, times `factor`; the others by `read`."""
    values = cells.cast(pl.Float64, strict=False)
    regular = regular.fill_null(value=False).to_numpy() & values.is_not_null().to_numpy()
    numbers = np.rint(np.where(regular, values.fill_null(0.0).to_numpy() * factor, 0.0)).astype(np.int64)
    faults = np.zeros(len(cells), dtype=np.uint8)
    known = {}
    others = np.flatnonzero(~regular)
    for place, text in zip(others.tolist(), cells.gather(others).to_list(), strict=True):
        if (number := known.get(text)) is None:
            number = known[text] = read(text or "")
        if isinstance(number, str):
            faults[place] = CODE[number]
        else:
            numbers[place] = number
    return numbers, faults


def _decimal_of(text, unit):
    text = plain(text)
    if text in BLANKS:
        return "number_blank"
    sign = 1
    if text.startswith("(") and text.endswith(")"):  # accountants write (1,234.50) for a negative amount
        text, sign = text[1:-1], -1
    text = _CURRENCY.sub(r"\1", text).removesuffix("RMB").removesuffix("CNY")
    for word in _UNITS if unit else _COUNT_WORDS:
        if text.endswith(word) and text != word:
            if unit and {"圆": "元", "万": "万元", "亿": "亿元"}.get(word, word) != unit:
                return "number_unit"
            text = text.removesuffix(word)
            break
    if text.endswith("-") and text[:1].isdigit():  # some ledgers put the sign behind
        text, sign = text[:-1], -sign
    if not any(character.isdigit() for character in text) or not _NUMBER.fullmatch(text):
        return "number_text"
    return sign * Decimal(text.replace(",", ""))
