"""The files in which departments deliver an invented population, with some dirt, and the truth behind them.

A plan says which file is delivered on which day (`as_departments_deliver`, or `one_file_each`); `write` makes it and
says what a right import must answer: how many rows it accepts, how many it refuses, and why.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from . import codes
from .dirt import soil_register, soil_signals
from .manners import MANNERS, as_written
from .population import arrears_between

WORKBOOK_ROWS = 200_000  # beyond it departments send text: a sheet ends at 1,048,576 rows, and nobody waits so long

# How registrars write the eight districts.
DISTRICTS = {
    "371002": "环翠区", "371003": "文登区", "371082": "荣成市", "371083": "乳山市", "371071": "火炬高技术产业开发区",
    "371072": "经济技术开发区", "371073": "临港经济技术开发区", "WHNH": "南海新区",
}  # fmt: skip
PLATFORMS = {"": None, "freight": "货运", "ride_hailing": "网约车", "delivery": "网约配送"}
# Columns of a feed in the order in which its department writes them.
COLUMNS = {
    "tax": ("due", "paid"),
    "social": ("count", "due", "paid"),
    "loan": ("balance", "due", "paid", "count"),
    "logistics": ("count",),
}
EVER = date(1900, 1, 1)


@dataclass(frozen=True)
class Delivery:
    """One file to be written: what, of which months, delivered when."""

    kind: str  # register, tax, social, loan, logistics
    first: date  # first days of months, both included; for the register the months of founding, from EVER for all
    last: date
    delivered_on: date
    manner: str = ""  # a key of MANNERS, the usual one of the kind if empty
    correction: bool = False

    @property
    def writing(self):
        return MANNERS[self.manner or self.kind]

    @property
    def name(self):
        months = f"{self.last:%Y%m}" if self.first == self.last else f"{self.first:%Y%m}-{self.last:%Y%m}"
        months = f"截至{self.last:%Y%m}" if self.first == EVER else months
        parts = [f"{self.delivered_on:%Y%m%d}", self.writing.department, self.writing.contents, months]
        return "_".join([*parts, "更正"] if self.correction else parts) + self.writing.suffix


@dataclass
class Written:
    """A file that lies on disk, and what a right import answers to it."""

    path: Path
    delivery: Delivery
    rows: int = 0
    exact_duplicates: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    @property
    def accepted(self):
        return self.rows - self.exact_duplicates - sum(self.rejected.values())

    @property
    def expected(self):
        """What `manage.py deliver --json` answers, without the number of the delivery."""
        writing = self.delivery.writing
        return {
            "file": self.path.name,
            "kind": self.delivery.kind,
            "encoding": writing.encoding or "xlsx",
            "unit": {"register": "万元", "logistics": None}.get(self.delivery.kind, writing.unit),
            "rows": self.rows,
            "accepted": self.accepted,
            "exact_duplicates": self.exact_duplicates,
            "rejected": self.rejected,
        }


def one_file_each(population):
    """Every department delivers once, all months in one file, in the middle of the month after the newest."""
    first, last = population.months[0], population.months[-1]
    day = _day_after(last, 15)
    feeds = [Delivery(feed, first, last, day) for feed in ("tax", "social", "loan", "logistics")]
    return [Delivery("register", EVER, last, day), *feeds]


def as_departments_deliver(population):
    """All up to four months back at first, then by the month: contributions early, parcels late, loans by the quarter.

    One month of contributions is corrected later; in one month the tax office sends text instead of a workbook.
    """
    months = population.months
    if len(months) < 10:
        return one_file_each(population)
    start, loaded, news = months[0], months[-5], months[-4:]
    half = len(months) // 2
    plan = [
        Delivery("register", EVER, loaded, _day_after(loaded, 4)),
        Delivery("social", start, loaded, _day_after(loaded, 10)),
        Delivery("loan", start, months[half - 1], _day_after(loaded, 12)),
        Delivery("tax", start, loaded, _day_after(loaded, 18)),
        Delivery("loan", months[half], loaded, _day_after(loaded, 20)),
        Delivery("logistics", start, loaded, _day_after(loaded, 25)),
    ]
    for month in news:
        plan.append(Delivery("register", month, month, _day_after(month, 5)))
        plan.append(Delivery("social", month, month, _day_after(month, 9)))
        plan.append(Delivery("tax", month, month, _day_after(month, 16), "tax_text" if month == news[2] else ""))
    plan += [
        Delivery("social", news[1], news[1], _day_after(news[1], 26), correction=True),
        Delivery("loan", news[0], news[2], _day_after(news[2], 13)),
        Delivery("loan", news[3], news[3], _day_after(news[3], 14)),
        Delivery("logistics", news[0], news[1], _day_after(news[1], 21)),
        Delivery("logistics", news[2], news[2], _day_after(news[2], 27), "logistics_comma"),
    ]
    return sorted(plan, key=lambda delivery: delivery.delivered_on)


def write(population, plan, folder, *, seed=0, dirt=0.0):
    """Write the files of `plan` into `folder` (a Path, made if missing); yields a Written for each, in their order.

    dirt: share of rows that an import must refuse or take once, 0 … 0.2; a few more are written oddly but rightly.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, delivery in enumerate(plan):
        rng = np.random.default_rng([seed, 7, number])
        delivery = _as_text_if_long(population, delivery)
        written = Written(folder / delivery.name, delivery)
        if delivery.kind == "register":
            cells = soil_register(register_cells(population, delivery, rng), written, rng, dirt)
            cells = cells.with_row_index("number", offset=1).with_columns(pl.col("number").cast(pl.String))
        else:
            cells = soil_signals(signal_cells(population, delivery), written, rng, dirt)
        delivery.writing.put(written.path, cells)
        yield written


def write_truth(population, path):
    """Who was in distress and who owed wages in the half year after the newest month: CSV, one row an enterprise."""
    newest = population.months[-1]
    hit = arrears_between(population, _ahead(newest, 1), _ahead(newest, 6))
    columns = population.truth.rename({"code": "uscc"}).with_columns(
        pl.col("distressed").cast(pl.Int8), arrears_next_half_year=pl.Series(hit).cast(pl.Int8)
    )
    first = ("uscc", "distressed", "arrears_next_half_year")
    columns.select(*first, pl.exclude(first)).write_csv(path)


def write_expected(written, path):
    """What `manage.py deliver --json` must answer to the written files."""
    path.write_text(json.dumps([file.expected for file in written], ensure_ascii=False, indent=1), "utf-8")


def register_cells(population, delivery, rng):
    """The register as a frame of text: those founded in the months of the delivery.

    The first delivery holds some entries as they were before a change. Later ones repeat those that have changed, and
    show one in 750 a second time under a new code, as after a new registration: doubles that a person must merge.
    """
    register, number = population.register, population.register["number"]
    founded = (register["founded_on"] < _ahead(delivery.last, 1)) & (register["founded_on"] >= delivery.first)
    if delivery.first == EVER:
        rows = _as_it_was(register.filter(founded), rng)
    else:
        older = register["founded_on"] < delivery.first
        again = _registered_again(register.filter(older & (number % 3000 == 200 * delivery.last.month)))
        rows = pl.concat([register.filter(founded | (older & (number % 80 == delivery.last.month))), again])
    return rows.select(
        code="code",
        name="name",
        district=pl.col("district").replace_strict(DISTRICTS),
        industry_code="industry_code",
        industry="industry",
        founded_on=pl.col("founded_on").dt.strftime("%Y-%m-%d"),
        heads=pl.col("heads").cast(pl.String),
        revenue=pl.col("revenue").cast(pl.String),
        assets=pl.col("assets").cast(pl.String),
        representative="representative",
        phone="phone",
        address="address",
        status=pl.col("status").replace({"存续": "存续（在营、开业、在册）"}),
        union=pl.when("union").then(pl.lit("是")).otherwise(pl.lit("否")),
        platform=pl.col("platform").replace_strict(PLATFORMS),
    )


def signal_cells(population, delivery):
    """The rows of one feed as a frame of text, an enterprise's months together: code, name, the month, the figures."""
    columns = population.signals[delivery.kind]
    inside = [index for index, month in enumerate(population.months) if delivery.first <= month <= delivery.last]
    window = slice(inside[0], inside[-1] + 1)
    present, late = columns["present"][window].T, _paid_late(population, delivery, window)
    firm, month = np.nonzero(present & late if delivery.correction else present)
    cells = {
        "code": population.register["code"].gather(firm),
        "name": population.register["name"].gather(firm),
        **_month_cells([population.months[index] for index in inside], month, delivery.writing),
    }
    for name in COLUMNS[delivery.kind]:
        figures = columns[name][window].T[firm, month]
        if name == "paid" and not delivery.correction:
            figures = np.where(late[firm, month], 0, figures)
        figures = pl.Series(figures)
        cells[name] = figures.cast(pl.String) if name == "count" else as_written(figures, delivery.writing.places)
    return pl.DataFrame(cells)


def _month_cells(months, index, writing):
    if writing.month != "ends":
        return {"month": pl.Series([writing.stamp(month) for month in months]).gather(index)}
    first = pl.Series([month.isoformat() for month in months])
    last = pl.Series([(_ahead(month, 1) - timedelta(days=1)).isoformat() for month in months])
    return {"month": first.gather(index), "month_end": last.gather(index)}


def _paid_late(population, delivery, window):
    """Who paid contributions after the file of the month was made, so that it is corrected later: bool [n, months]."""
    columns = population.signals["social"]
    number = population.register["number"].to_numpy()
    corrected = delivery.kind == "social" and delivery.first == delivery.last == population.months[-3]
    settled = columns["present"][window] & (columns["paid"][window] >= columns["due"][window])
    return (settled & (number % 60 == 17) & corrected).T


def _as_it_was(rows, rng):
    """The entries before their change: another number of heads, for some another representative."""
    number = pl.col("number") % 80
    changes = number.is_between(1, 12)
    heads = (pl.col("heads") * pl.lit(rng.uniform(0.8, 1.25, len(rows)))).round().cast(pl.Int32) + 1
    former = pl.col("representative").shift(1).fill_null(pl.col("representative"))
    return rows.with_columns(
        heads=pl.when(changes).then(heads).otherwise("heads"),
        representative=pl.when(changes & (pl.col("number") % 160 < 80)).then(former).otherwise("representative"),
    )


def _registered_again(rows):
    numbers = codes.LARGEST // 2 + rows["number"].to_numpy()
    return rows.with_columns(code=pl.Series(codes.credit_codes(numbers, 17, rows["kind"].to_numpy()), dtype=pl.String))


def _as_text_if_long(population, delivery):
    text = f"{delivery.kind}_text"
    if delivery.writing.suffix != ".xlsx" or text not in MANNERS:
        return delivery
    inside = [delivery.first <= month <= delivery.last for month in population.months]
    rows = population.signals[delivery.kind]["present"][inside].sum()
    return replace(delivery, manner=text) if rows > WORKBOOK_ROWS else delivery


def _ahead(month, count):
    ordinal = month.year * 12 + month.month - 1 + count
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def _day_after(month, day):
    """The day of that number in the month after `month`."""
    return _ahead(month, 1).replace(day=day)
