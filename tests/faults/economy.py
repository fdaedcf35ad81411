"""What the people hand in: files of an invented economy, cut so that the end does not depend on the order of the work.

Months up to `SPLIT` are in the base and never change: runs as of them give the same scores whatever else goes on. Later
months come in files that overlap and contradict each other, so that the order in which they were accepted decides.
New enterprises come in register files of their own, and no feed speaks of them.
"""

import random
from datetime import date

import numpy as np
import polars as pl

from enterprises.demonstration import generate
from enterprises.demonstration.files import Delivery, register_cells, signal_cells

SEED = 2023
MONTHS = 10  # until 2023-10
SPLIT = date(2023, 6, 1)
MANNERS = {"tax": "tax_text", "social": "social", "loan": "loan_text", "logistics": "logistics_comma"}
NEW_IN_A_FILE = 40


class Economy:
    """`size` enterprises in the base, `new` more that come by and by; files of `rows` rows or so."""

    def __init__(self, size, *, rows, files=600):
        self.size, self.rows = size, rows
        self.population = generate(SEED, size + files * NEW_IN_A_FILE, MONTHS)
        self.all = register_cells(
            self.population, Delivery("register", date(1900, 1, 1), date(2023, 10, 1), date(2023, 11, 1)),
            np.random.default_rng(SEED),
        )  # fmt: skip
        self.known = set(self.population.register["code"].head(size).to_list())
        self.later = {
            feed: self._cells(feed, date(2023, 7, 1), date(2023, 10, 1)) for feed in ("tax", "social", "logistics")
        }
        self.base_run = None

    def write_base(self, folder):
        """The files that the base is made of, the register first."""
        folder.mkdir(parents=True, exist_ok=True)
        yield self._put(folder / "base-register.csv", "register", self._registered(0, self.size))
        for feed in MANNERS:
            yield self._put(folder / f"base-{feed}.csv", feed, self._cells(feed, self.population.months[0], SPLIT))

    def delivery(self, item, content=True):
        """Name and bytes of the file of an item."""
        name = f"第{item.number}份.csv"
        if not content:
            return name, b""
        if item.kind == "register":
            start = self.size + item.arguments["file"] * NEW_IN_A_FILE
            return name, _bytes("register", self._registered(start, start + NEW_IN_A_FILE))
        rng = random.Random(item.arguments["seed"])
        feed = rng.choice(list(self.later))
        cells = self.later[feed]
        start = rng.randrange(max(1, cells.height - self.rows))
        cells = cells.slice(start, self.rows)
        more = rng.randrange(1, 1_000)  # every file tells other figures of the same firms
        told = "count" if feed == "logistics" else "due"
        figures = pl.col(told).cast(pl.Float64) + more
        figures = figures.cast(pl.Int64).cast(pl.String) if told == "count" else figures.round(2).cast(pl.String)
        return name, _bytes(feed, cells.with_columns(figures.alias(told)))

    def as_of(self, item):
        return f"2023-{random.Random(item.arguments['seed']).randint(4, 6):02}"

    def conditions(self, item):
        """Of the list of the base's own run: other ones for each item, so that no two are the same export."""
        rng = random.Random(item.arguments["seed"])
        return {"run": self.base_run, "level": "all", "sort": rng.choice(["heads", "-heads"]), "mark": item.number}

    def _cells(self, feed, first, last):
        cells = signal_cells(self.population, Delivery(feed, first, last, last, MANNERS[feed]))
        return cells.filter(pl.col("code").is_in(self.known))

    def _registered(self, start, end):
        cells = self.all.slice(start, end - start)
        return cells.with_row_index("number", offset=1).with_columns(pl.col("number").cast(pl.String))

    def _put(self, path, kind, cells):
        path.write_bytes(_bytes(kind, cells))
        return path


def _bytes(kind, cells):
    from enterprises.demonstration.manners import MANNERS as WRITTEN

    header = WRITTEN[MANNERS.get(kind, kind)].header
    title = "单位：万元\n" if kind == "loan" else ""
    return (title + ",".join(header) + "\n" + cells.write_csv(include_header=False)).encode()
