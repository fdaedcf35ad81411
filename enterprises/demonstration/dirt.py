"""What goes wrong in delivered files: rows to be refused, rows that come twice, rows that only look odd."""

import numpy as np
import polars as pl

from . import codes

FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
REMARKS = ("待核实", "见附件", "正在补报", "系统故障未取到")
ELSEWHERE = ("烟台市芝罘区", "青岛市黄岛区", "潍坊市奎文区", "大连市甘井子区")
# Enterprises that no register holds: their numbers count down from the end, and their codes have salts of their own.
STRANGERS = codes.LARGEST - 1


def soil_signals(cells, written, rng, dirt):
    """Spoil about dirt * n rows of a feed. cells: frame of text; `written` is told what an import must answer."""
    figure = "paid" if "paid" in cells.columns else "count"
    rows = _Rows(cells, rng, budget=round(len(cells) * dirt), kinds=8)
    rows.oddly("code", lambda text: text.lower() if rng.random() < 0.5 else f" {text} ", rows.budget)
    rows.oddly(figure, _full_width, rows.budget)
    if not written.delivery.writing.encoding:  # in text a comma would begin the next cell
        rows.oddly(figure, _grouped, rows.budget)
    rows.spoil("invalid_uscc", "code", codes.spoiled)
    rows.spoil("not_a_number", figure, lambda text: REMARKS[rng.integers(len(REMARKS))])
    rows.spoil("negative_amount", figure, lambda text: f"-{text}" if text.strip("0.") else "-10")
    if written.delivery.writing.month == "ends":
        rows.spoil("invalid_period", "month", lambda text: f"{text[:5]}13{text[7:]}")
    else:
        rows.spoil("invalid_period", "month", lambda text: f"{text[:5]}13月" if "年" in text else f"{text[:-2]}13")
        rows.spoil("future_period", "month", lambda text: f"{int(text[:4]) + 9}{text[4:]}")
    rows.add_strangers("unknown_enterprise", salt=11)
    rows.add_twins("conflicting_duplicate", figure)
    rows.add_copies()
    return rows.settled(written)


def soil_register(cells, written, rng, dirt):
    """Add rows to a register that must be refused; the right ones stay, so that feeds find their enterprises."""
    rows = _Rows(cells, rng, budget=int(np.ceil(len(cells) * dirt)), kinds=2)
    some = min(len(cells) // 4, 60 * rows.budget)
    rows.oddly("code", lambda text: text.lower() if rng.random() < 0.5 else f"{text} ", rows.budget)
    rows.oddly("founded_on", lambda text: text.replace("-", "/"), some)
    rows.oddly("founded_on", lambda text: "{}年{}月{}日".format(*map(int, text.split("-"))), some)
    rows.add("invalid_uscc", lambda row: {"code": codes.spoiled(row["code"])})
    rows.add_strangers(
        "unknown_district", salt=13, change=lambda row: {"district": ELSEWHERE[rng.integers(len(ELSEWHERE))]}
    )
    return rows.settled(written)


class _Rows:
    """The rows of a file while they are soiled; each row is touched at most once.

    budget: how many rows are spoiled, shared by so many kinds of dirt.
    """

    def __init__(self, cells, rng, *, budget, kinds):
        self.cells, self.rng, self.budget = cells, rng, budget
        self.share = budget / kinds
        self.untouched = iter(rng.permutation(len(cells)).tolist() if budget else ())
        self.changes = []  # (column, row, text)
        self.added = []  # (row, cells of the new row below it)
        self.duplicates = 0
        self.refused = {}

    def oddly(self, column, write, count):
        """Write right values in a way that an import must understand."""
        self._change(self._take(count), column, write)

    def spoil(self, reason, column, write):
        """Replace good values by bad ones."""
        rows = self._take(self._part())
        self._change(rows, column, write)
        self._refuse(reason, len(rows))

    def add(self, reason, change):
        """Add bad rows; `change` says how each differs from the good one above it."""
        rows = self._take(self._part())
        self._append(rows, [change(self.cells.row(row, named=True)) for row in rows])
        self._refuse(reason, len(rows))

    def add_strangers(self, reason, *, salt, change=lambda row: {}):
        """Add rows of enterprises that no register holds, under codes that are right."""
        rows = self._take(self._part())
        numbers = STRANGERS - self.rng.choice(100_000, len(rows), replace=False)
        strangers = codes.credit_codes(numbers, salt, np.ones(len(rows), dtype=np.uint8)).tolist()
        self._append(
            rows,
            [
                {"code": code} | change(self.cells.row(row, named=True))
                for row, code in zip(rows, strangers, strict=True)
            ],
        )
        self._refuse(reason, len(rows))

    def add_twins(self, reason, column):
        """Add rows of the same enterprise and month that say something else: both are refused."""
        rows = self._take(self._part())
        self._append(rows, [{column: str(round(float(self.cells[row, column]) + 10, 6))} for row in rows])
        self._refuse(reason, 2 * len(rows))

    def add_copies(self):
        rows = self._take(self._part())
        self._append(rows, [{} for _ in rows])
        self.duplicates += len(rows)

    def settled(self, written):
        """The frame with everything changed and added; counts go into `written`."""
        cells = self.cells
        for column in {column for column, _, _ in self.changes}:
            mine = [(row, text) for changed, row, text in self.changes if changed == column]
            cells = cells.with_columns(cells[column].scatter([row for row, _ in mine], [text for _, text in mine]))
        if self.added:
            below = pl.Series("place", [row + 0.5 for row, _ in self.added])
            added = pl.DataFrame([row for _, row in self.added], schema=cells.schema).with_columns(below)
            placed = cells.with_columns(place=pl.int_range(pl.len()).cast(pl.Float64))
            cells = pl.concat([placed, added]).sort("place", maintain_order=True).drop("place")
        written.rows, written.exact_duplicates, written.rejected = len(cells), self.duplicates, self.refused
        return cells

    def _part(self):
        """How many rows one kind of dirt gets: its share, rounded up or down by chance."""
        return int(self.share + self.rng.random())

    def _take(self, count):
        return [row for row, _ in zip(self.untouched, range(count), strict=False)]

    def _change(self, rows, column, write):
        self.changes += [(column, row, write(self.cells[row, column])) for row in rows]

    def _append(self, rows, changes):
        self.added += [
            (row, self.cells.row(row, named=True) | change) for row, change in zip(rows, changes, strict=True)
        ]

    def _refuse(self, reason, count):
        if count:
            self.refused[reason] = self.refused.get(reason, 0) + count


def _grouped(text):
    """1234.5 as 1,234.5"""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}"


def _full_width(text):
    return text.translate(FULL_WIDTH)
