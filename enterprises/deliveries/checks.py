"""Rows of cells to numbers, or to a fault: each row is judged by itself, in the order of enterprises.deliveries.faults.

A batch is looked at a column at a time. What is regular (nearly everything) is read by polars and numpy; the rest goes
through the careful readers of uscc, months and amounts, each different writing once.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from .. import industries, uscc
from . import amounts, layouts, months
from .faults import CODE


@dataclass
class Refused:
    """Rows that were refused, side by side.

    row as shown, place of the column to blame (-1: several), its text, fault.
    """

    rows: np.ndarray
    places: np.ndarray
    values: list[str]
    faults: np.ndarray


@dataclass
class Aside:
    """What is neither data nor an error: blank rows, totals, notes, repeated headers; and the words of the notes."""

    counts: Counter = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, sort, cells):
        self.counts[sort] += 1
        if sort == "note" and len(self.notes) < 200:
            self.notes += [cell for cell in cells if cell]


class Codes:
    """Finds enterprises by credit code, a column at a time."""

    def __init__(self, codes, ids):
        """codes: sequence of str [n]; ids: sequence of int [n]."""
        self._frame = pl.DataFrame({"code": codes, "id": ids}, schema={"code": pl.String, "id": pl.Int32})

    def find(self, cells):
        """Series of str [n] -> int32 [n], -1 where no enterprise has the code."""
        found = cells.to_frame("code").join(self._frame, on="code", how="left", maintain_order="left")
        return found["id"].fill_null(-1).to_numpy()


class Reader:
    """Reads a column by reading each different cell once.

    `read(text)` gives a value, or the name of a fault (a str).
    """

    def __init__(self, read):
        self._read = read
        self._number = {}
        self.values = []  # what each different cell says; None where it has a fault
        self.faults = []  # number of the fault, 0 where good
        self.texts = []

    def read(self, cells):
        """Series of str [n] -> places in `values` and `faults`, int32 [n]."""
        cells = cells.fill_null("")
        different = cells.unique()
        for text in different.to_list():
            if text not in self._number:
                self._number[text] = len(self.texts)
                said = self._read(text)
                wrong = isinstance(said, str) and said in CODE
                self.texts.append(text)
                self.values.append(None if wrong else said)
                self.faults.append(CODE[said] if wrong else 0)
        numbers = pl.DataFrame({"text": different, "n": [self._number[text] for text in different.to_list()]})
        found = cells.to_frame("text").join(numbers, on="text", how="left", maintain_order="left")
        return found["n"].cast(pl.Int32).to_numpy()


class _Rows:
    """The judgement on one batch: which rows are data, and the first fault of each."""

    def __init__(self, batch, sheet):
        self.batch, self.sheet = batch, sheet
        self.is_data = np.ones(batch.height, dtype=bool)
        self.faults = np.zeros(batch.height, dtype=np.uint8)
        self.places = np.full(batch.height, -1, dtype=np.int16)

    def cells(self, meaning):
        return self.batch[f"c{self.sheet.places[meaning]}"]

    def blame(self, meaning, faults):
        """Give rows that are good so far these faults (uint8 [n], 0: none)."""
        new = (self.faults == 0) & (faults > 0)
        if new.any():
            self.faults[new] = faults[new]
            self.places[new] = self.sheet.places.get(meaning, -1)

    @property
    def good(self):
        return self.is_data & (self.faults == 0)

    def refused(self, said_together=()):
        """Refused; `said_together`: places of columns that name one thing together (first and last day)."""
        at = np.flatnonzero(self.is_data & (self.faults > 0))
        columns = [name for name in self.batch.columns if name.startswith("c")]
        values, same = [], {}  # a wrong code stands in many rows: one copy of it is kept
        for place, cells in zip(self.places[at].tolist(), self.batch[at].select(columns).iter_rows(), strict=True):
            if place < 0 and said_together:
                value = " 至 ".join(cells[p] or "" for p in said_together)[:200]
            else:
                value = (cells[place] or "")[:200] if place >= 0 else ""
            values.append(same.setdefault(value, value))
        return Refused(self.batch["row"].to_numpy()[at], self.places[at], values, self.faults[at])


# ── Monthly signals ────────────────────────────────────────────────────────────────────────────


@dataclass
class Signals:
    """Good rows of monthly signals, side by side. `values`: meaning -> int64 [n], amounts in 分."""

    rows: np.ndarray
    ids: np.ndarray
    periods: np.ndarray  # places in the month reader
    values: dict[str, np.ndarray]
    refused: Refused


class SignalChecks:
    """Checks the rows of one file. `codes`: Codes; `on`: the day, months after it are in the future."""

    def __init__(self, kind, codes, on, places_of_districts=()):
        self.kind, self._codes = layouts.BY_NAME[kind], codes
        self._districts = places_of_districts
        self.aside = Aside()
        latest = months.number(on)
        self._readers = {
            "period": lambda text: _not_after(months.month_of(text), latest),
            "span": lambda text: _not_after(months.month_between(*text.split("\x1f")), latest),
            "parts": lambda text: _not_after(months.month_of_parts(*text.split("\x1f")), latest),
        }
        self.months = Reader(lambda text: self._readers[text.split("\x1e")[0]](text.split("\x1e")[1]))
        self._wrong_codes = {}

    def check(self, batch, sheet):
        """One batch of a sheet. batch: frame of enterprises.deliveries.opened; sheet: SheetLayout. Returns Signals."""
        rows = _Rows(batch, sheet)
        ids = self._enterprises(rows)
        _blame_shifted(rows)
        way, period = self._period_cells(rows)
        periods = self.months.read(f"{way}\x1e" + period)
        together = [sheet.places[meaning] for meaning in ("period_from", "period_to") if way == "span"]
        together = together or [sheet.places[meaning] for meaning in ("year", "period") if way == "parts"]
        rows.blame("period", np.array(self.months.faults, dtype=np.uint8)[periods])
        values = _numbers(rows, self.kind)
        good = rows.good
        at = slice(None) if good.all() else good
        return Signals(
            rows=batch["row"].to_numpy()[at],
            ids=ids[at],
            periods=periods[at],
            values={meaning: numbers[at] for meaning, numbers in values.items()},
            refused=rows.refused(together),
        )

    def _enterprises(self, rows):
        cells = rows.cells("uscc")
        ids = self._codes.find(cells)
        odd = np.flatnonzero(ids < 0)
        if not len(odd):
            return ids
        ids = ids.copy()
        texts = [text or "" for text in cells.gather(odd).to_list()]
        cleaned = [uscc.clean(text) for text in texts]
        ids[odd] = self._codes.find(pl.Series(cleaned, dtype=pl.String))
        faults = np.zeros(len(ids), dtype=np.uint8)
        unknown = [(at, code) for at, code in zip(odd.tolist(), cleaned, strict=True) if ids[at] < 0]
        _set_aside(rows, unknown, self.aside, self._districts)
        for at, code in unknown:
            if rows.is_data[at]:
                if code not in self._wrong_codes:
                    self._wrong_codes[code] = CODE[uscc.fault(code) or "enterprise_unknown"]
                faults[at] = self._wrong_codes[code]
        rows.blame("uscc", faults)
        return ids

    def _period_cells(self, rows):
        places = rows.sheet.places
        if "period_from" in places:
            ends = [rows.cells(meaning).fill_null("") for meaning in ("period_from", "period_to")]
            return "span", ends[0] + "\x1f" + ends[1]
        if "year" in places:
            return "parts", rows.cells("year").fill_null("") + "\x1f" + rows.cells("period").fill_null("")
        return "period", rows.cells("period").fill_null("")


def _not_after(month, latest):
    return "period_future" if isinstance(month, int) and month > latest else month


def _blame_shifted(rows):
    shifted = rows.batch["overflow"]
    if shifted.any():
        rows.blame("", np.where(shifted.to_numpy(), CODE["number_shifted"], 0).astype(np.uint8))


def _numbers(rows, kind, needed=True):
    """Read the amounts and counts; first what is no number, then what is negative, is blamed."""
    values, faults = {}, {}
    for column in kind.columns:
        if column.sort not in {"amount", "count"} or column.meaning not in rows.sheet.places:
            continue
        cells = rows.cells(column.meaning)
        if column.sort == "amount":
            values[column.meaning], wrong = amounts.cents_of_column(cells, rows.sheet.units[column.meaning])
        else:
            values[column.meaning], wrong = amounts.counts_of_column(cells)
        faults[column.meaning] = wrong
    negative = CODE["amount_negative"]
    for meaning, wrong in faults.items():
        rows.blame(meaning, np.where((wrong == negative) | (not needed and wrong == CODE["number_blank"]), 0, wrong))
    for meaning, wrong in faults.items():
        rows.blame(meaning, np.where(wrong == negative, wrong, 0))
    if not needed:  # a blank is unknown, not zero
        for meaning, wrong in faults.items():
            values[meaning] = (values[meaning], wrong != 0)
    return values


# ── Rows that are no data ──────────────────────────────────────────────────────────────────────

_TOTAL = re.compile(
    r"(?:.{0,14}?(?:合计|总计|小计|共计|累计|总和|汇总|平均|本页计|本月计)(?:数|额|户数|金额|栏|行)?[:：]?(?:[\d,.]+\D{0,4})?"
    r"|其中.{0,10}|全市|全区|总户数|户数|总数|共[\d,]+(?:户|条|行|家|笔|人|件).{0,8})"
)
_NOTE = re.compile(
    r"[(（]?(?:注|备注|说明|附注|填表|制表|编制|审核|复核|经办|负责|主管|联系|报送|填报|上报|数据来源|来源|统计|打印|导出|生成|查询"
    r"|截至|截止|单位[:：]|单位负责|金额单位|日期|时间|第\d+页|共\d+页|以上|以下|本表|本页|该表|此表|特此|盖章|公章|签字|声明|提示|备查|※|\*|-{3,}"
    r"|[一二三四五六七八九十]、|\d{1,2}[、.)]\D)"
)
_FIRM = re.compile(r"公司|厂|店|社|中心|合作社|经营部|商行|企业|集团|馆|站|场|院|所|部$|户$")
_CODE_LIKE = re.compile(r"[0-9A-Z]{8,}|\d(\.\d+)?E\+?\d+")


def _set_aside(rows, candidates, aside, districts):
    """Mark rows that are no data among `candidates`, [(place in the batch, cleaned code)]."""
    places = [at for at, code in candidates if not _CODE_LIKE.fullmatch(code)]
    if not places:
        return
    columns = [name for name in rows.batch.columns if name.startswith("c")]
    for at, cells in zip(places, rows.batch[places].select(columns).iter_rows(), strict=True):
        if sort := _no_data(cells, rows.sheet, districts):
            rows.is_data[at] = False
            aside.add(sort, cells)


def _no_data(cells, sheet, districts):
    """blank, total, note or header; empty for a row that means to be data."""
    filled = {place: _squeezed(cell) for place, cell in enumerate(cells) if cell and _squeezed(cell)}
    known = set(sheet.places.values())
    if not filled or all(place not in known and text.isdigit() for place, text in filled.items()):
        return "blank"
    texts = list(filled.values())
    code, name = filled.get(sheet.places["uscc"], ""), filled.get(sheet.places.get("name", -1), "")
    if any(len(text) <= 30 and "公司" not in text and _TOTAL.fullmatch(text) for text in texts):
        return "total"
    if (not code and name in districts) or code in districts:
        return "total"
    if _NOTE.match(texts[0]):
        return "note"
    if (code and code == _squeezed(sheet.header[sheet.places["uscc"]])) or _is_header(filled, sheet):
        return "header"
    told = known - {sheet.places["uscc"], sheet.places.get("name", -1)}
    if len(filled) == 1 or not told & set(filled):  # neither a month nor a figure stands beside it
        return "" if _FIRM.search(name) else "note"
    return ""


def _is_header(filled, sheet):
    same = sum(text == _squeezed(sheet.header[place]) for place, text in filled.items() if place < len(sheet.header))
    return same >= 2 and same * 2 > len(filled)


def _squeezed(text):
    return re.sub(r"[\s\u200b-\u200f\ufeff]+", "", unicodedata.normalize("NFKC", text))


# ── The register ───────────────────────────────────────────────────────────────────────────────

STATUSES = (
    ("cancelled", r"注销"), ("revoked", r"吊销"), ("moved", r"迁出|迁往|已迁"),
    ("suspended", r"歇业|停业|停产|清算|休眠"), ("active", r"存续|在营|开业|在业|在册|正常|成立|营业|登记|异常"),
)  # fmt: skip
PLATFORMS = (
    ("freight", r"货运|freight"), ("ride_hailing", r"网约车|出行|客运|ride"),
    ("delivery", r"配送|外卖|快递|骑手|delivery"), ("other", r"其他|其它|平台|other"),
)  # fmt: skip
SIZES = (("micro", r"微"), ("small", r"小"), ("medium", r"中"), ("large", r"大"))
_YES, _NO = re.compile(r"是|有|已.*|Y|YES|TRUE|1|√|✓|建"), re.compile(r"否|无|未.*|没有|N|NO|FALSE|0|×|✗")
_BLANK = {"", "-", "--", "—", "——", "/", "无", "空", "NULL", "不详", "未知", "暂无", "N/A"}
# how long a text may be in the register; what is longer is cut (an address that long is still found)
LENGTHS = {"name": 120, "industry_name": 60, "address": 200, "legal_representative": 60, "contact": 60, "phone": 40}


@dataclass
class Entries:
    """Good rows of the register.

    a frame with `row`, `uscc` and the fields that the file has; null where it says nothing.
    """

    frame: pl.DataFrame
    refused: Refused


class RegisterChecks:
    """Checks the rows of a register file. `codes`: Codes of the register; `districts`: Districts; `on`: the day."""

    def __init__(self, codes, districts, on):
        self.kind = layouts.BY_NAME["register"]
        self._codes, self._districts, self._on = codes, districts, on
        self.aside = Aside()
        self.strange = Counter()  # words that were not understood, and so left unknown
        self._district = Reader(self._district_of)
        self._day = Reader(self._day_of)
        self._words = {
            "industry": Reader(self._industry_of),
            "status": Reader(lambda text: self._word(text, STATUSES, "经营状态")),
            "platform": Reader(lambda text: self._word(text, PLATFORMS, "平台类型", none=_NO)),
            "size": Reader(lambda text: self._word(text, SIZES, "企业规模")),
            "has_union": Reader(self._yes_or_no),
        }

    def check(self, batch, sheet):
        """One batch of a sheet. Returns Entries."""
        rows = _Rows(batch, sheet)
        columns = {"row": batch["row"], "uscc": self._code(rows)}
        _blame_shifted(rows)
        columns["district"] = self._read(rows, "district", self._district, pl.String)
        columns["name"] = _tidy(rows.cells("name"), LENGTHS["name"])
        rows.blame("name", _faults(columns["name"].is_null(), "name_blank"))
        rows.blame("name", _faults(columns["name"].str.contains("\ufffd").fill_null(value=False), "name_broken"))
        if "founded_on" in sheet.places:
            columns["founded_on"] = self._read(rows, "founded_on", self._day, pl.Date)
        for meaning, (numbers, unknown) in _numbers(rows, self.kind, needed=False).items():
            whole = numbers if meaning == "heads" else (numbers + 50) // 100  # the register holds whole yuan
            columns[meaning] = pl.Series(whole).set(pl.Series(unknown), None)
        for meaning, reader in self._words.items():
            if meaning in sheet.places:
                kind = pl.Boolean if meaning == "has_union" else pl.String
                columns[meaning] = self._read(rows, meaning, reader, kind)
        for meaning in ("industry_name", "address", "legal_representative", "contact", "phone"):
            if meaning in sheet.places:
                columns[meaning] = _tidy(rows.cells(meaning), LENGTHS[meaning])
        return Entries(pl.DataFrame(columns).filter(pl.Series(rows.good)), rows.refused())

    def _code(self, rows):
        cells = rows.cells("uscc")
        known = self._codes.find(cells) >= 0
        odd = np.flatnonzero(~known)
        texts = cells.gather(odd).to_list()
        cleaned = [uscc.clean(text or "") for text in texts]
        wrong = [
            (at, code)
            for at, code, good in zip(odd.tolist(), cleaned, uscc.are_valid(cleaned), strict=True)
            if not good
        ]
        _set_aside(rows, wrong, self.aside, self._districts.names)
        faults = np.zeros(len(cells), dtype=np.uint8)
        for at, code in wrong:
            faults[at] = CODE[uscc.fault(code)]
        rows.blame("uscc", faults)
        return cells.scatter(odd, cleaned) if len(odd) else cells

    def _read(self, rows, meaning, reader, kind):
        places = reader.read(rows.cells(meaning))
        rows.blame(meaning, np.array(reader.faults, dtype=np.uint8)[places])
        return pl.Series(reader.values, dtype=kind).gather(places)

    def _district_of(self, text):
        if _squeezed(text) in _BLANK:
            return "district_blank"
        return self._districts.code_of(text) or "district_other"

    def _day_of(self, text):
        if months.plain(text) in _BLANK:
            return None
        day = months.day_of(text)
        return "day_future" if not isinstance(day, str) and day > self._on else day

    def _industry_of(self, text):
        plain = _squeezed(text).upper()
        if plain in _BLANK:
            return None
        match = re.match(r"([A-T]?\d{2,4})(?!\d)", plain)
        code = industries.with_letter(match[1] if match else plain)
        if not code:
            code = next((letter for letter, name, *_ in industries.SECTIONS if name == plain), "")
        if not code:
            self.strange[f"行业代码“{text.strip()[:20]}”"] += 1
        return code or None

    def _word(self, text, table, label, none=None):
        plain = _squeezed(text).upper()
        if plain in _BLANK or (none and none.fullmatch(plain)):
            return None
        for value, pattern in table:
            if re.search(pattern, plain, re.IGNORECASE):
                return "revoked" if value == "cancelled" and "未注销" in plain else value
        self.strange[f"{label}“{text.strip()[:20]}”"] += 1
        return None

    def _yes_or_no(self, text):
        plain = _squeezed(text).upper()
        if plain in _BLANK - {"无"}:
            return None
        if _NO.fullmatch(plain):
            return False
        if _YES.fullmatch(plain):
            return True
        self.strange[f"已建工会“{text.strip()[:20]}”"] += 1
        return None


class Districts:
    """Finds a district by what a department calls it: name, short name, other ways to write it, code."""

    def __init__(self, rows):
        """rows: (code, name, short name, aliases)."""
        self._codes, words = {}, {}
        for code, name, short, aliases in rows:
            self._codes[code.upper()] = code
            for word in (name, short, *aliases):
                words[_squeezed(word)] = code
        self._codes |= {word: code for word, code in words.items() if word.isdigit()}
        self._words = sorted(
            ((word, code) for word, code in words.items() if not word.isdigit()), key=lambda pair: -len(pair[0])
        )
        self.names = {word for word in words if not word.isdigit()}

    def code_of(self, text):
        """The code, or an empty string for what is none of the city's districts.

        A code beside a name must agree with it.
        """
        plain = _squeezed(text).upper()
        numbers = re.findall(r"\d{6,12}|WHNH", plain)
        word = re.sub(r"\d{6,12}|WHNH|[()\[\]\-_/、,.:：]", "", plain)
        by_number = {
            self._codes.get(number if number == "WHNH" or number[6:].strip("0") else number[:6], "")
            for number in numbers
        }
        by_word = {self._by_word(word)} if word else set()
        found = by_number | by_word
        return found.pop() if len(found) == 1 else ""

    def _by_word(self, text):
        for start in ("", "山东省", "威海市", "威海"):
            text = text.removeprefix(start)
            for word, code in self._words:
                if text.startswith(word) or (text == word):
                    return code
        return ""


def _tidy(cells, length):
    """Text without blanks at its ends, line breaks and characters that cannot be seen; null where nothing is left."""
    cells = (
        cells.str.replace_all(r"[\u200b-\u200f\u2060\ufeff\p{Cc}]+", " ").str.replace_all(r"\s+", " ").str.strip_chars()
    )
    cells = cells.str.strip_prefix("'").str.slice(0, length)
    return cells.replace(dict.fromkeys(_BLANK))


def _faults(mask, name):
    return np.where(mask.to_numpy(), CODE[name], 0).astype(np.uint8)
