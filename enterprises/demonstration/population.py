"""A whole invented economy from a seed: the register, the signals of four feeds, and the truth behind them."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from . import codes, feeds, names, paths
from .trades import TRADES, column, season_table

BLOCK = 4096
DISTRICTS = {
    "371002": 0.23, "371003": 0.15, "371082": 0.19, "371083": 0.12,
    "371071": 0.11, "371072": 0.12, "371073": 0.05, "WHNH": 0.03,
}  # fmt: skip
FEEDS = {
    "tax": ("due", "paid"),
    "social": ("due", "paid", "count"),
    "loan": ("due", "paid", "balance", "count"),
    "logistics": ("count",),
}


@dataclass(frozen=True)
class Population:
    """n invented enterprises over T months.

    months   T first days, oldest first.
    register DataFrame [n]: number, code, name, district (code of the eight areas), industry_code, industry,
             kind (1 company, 2 individual business, 3 co-operative), founded_on, heads, revenue and assets (10,000
             yuan), representative, phone, address, status (存续 or 注销), union, platform ("", freight, ride_hailing,
             delivery).
    signals  {"tax" | "social" | "loan" | "logistics": {column: array [T, n]}}: present (bool), due, paid, balance
             (int64, 分), count (int32: heads, days overdue, parcels); zero where absent. FEEDS names a feed's columns.
    truth    DataFrame [n]: code, path, strain (hidden, 0…1, in the newest month), distressed, arrears_from and
             arrears_until (first days of months or null), workers and amount (yuan) left unpaid.
    """

    months: list[date]
    register: pl.DataFrame
    signals: dict[str, dict[str, np.ndarray]]
    truth: pl.DataFrame

    def __len__(self):
        return len(self.register)


def generate(seed, n, months=24, until=date(2023, 10, 1)):
    """The same n enterprises for the same arguments, and the first n of any larger population: about 1 s for 150,000.

    seed: int ≥ 0; n: 1 … names.BRANDS; months: int; until: any day of the newest month. Memory: about 65 bytes an
    enterprise and month; use `generate_blocks` where that is too much.
    """
    return _joined(list(generate_blocks(seed, n, months, until)))


def generate_blocks(seed, n, months=24, until=date(2023, 10, 1)):
    """The same as `generate` in populations of at most 4096 enterprises, one after the other."""
    calendar = paths.Calendar(until=until.replace(day=1), months=months)
    for number in range(-(-n // BLOCK)):
        # A block is always drawn whole, so that an enterprise does not depend on how many follow it.
        yield _cut(_block(seed, number, calendar), min(BLOCK, n - number * BLOCK))


def arrears_between(population, first, last):
    """Whose wages were unpaid in some month from `first` to `last`: bool [n]."""
    truth = population.truth
    hit = truth.select((pl.col("arrears_from") <= last) & (pl.col("arrears_until") >= first))
    return hit.to_series().fill_null(False).to_numpy()


def _block(seed, number, calendar):
    rng = np.random.default_rng([seed, number])
    numbers = np.arange(number * BLOCK, (number + 1) * BLOCK)
    trade = _weighted(rng, column("share"), BLOCK)
    kind = _kinds(rng, trade)
    founded_on, age = _founded(rng, BLOCK, calendar)
    heads = _heads(rng, trade, kind, age)
    hazard = _hazard(trade, heads, kind)
    path = paths.draw_paths(rng, hazard)
    level = paths.strain(rng, path, calendar)
    born = calendar.newest - age
    first, last = paths.wage_arrears(rng, level, hazard, born)
    firms = feeds.Firms(
        path=path,
        heads=heads.astype(np.float32),
        wage=(column("wage")[trade] * np.exp(rng.normal(0, 0.12, BLOCK))).astype(np.float32),
        revenue=(heads * column("output")[trade] * 1e4 * np.exp(rng.normal(0, 0.35, BLOCK))).astype(np.float32),
        swing=(column("swing")[trade] * rng.uniform(0.4, 1.4, BLOCK)).astype(np.float32),
        sends=column("parcels")[trade].astype(np.float32),
        volume=column("volume")[trade].astype(np.float32),
        borrows=column("loans")[trade].astype(np.float32),
        sole=kind == 2,
        born=born,
        gone=_gone(rng, first, calendar),
    )
    last = np.where(first >= 0, np.minimum(last, firms.gone), -1).astype(np.int16)
    seasons, shock = season_table()[trade].T, column("shock")[trade].astype(np.float32)
    pace = paths.activity(rng, path=path, seasons=seasons, shock=shock, heads=firms.heads, calendar=calendar)
    signals = feeds.report(rng, firms, level, pace, calendar)
    newest_heads = signals["social"]["count"][-1]
    register = _register(rng, seed, numbers, trade, kind, firms, newest_heads, founded_on, calendar)
    truth = _truth(rng, register["code"], firms, level[calendar.newest], first, last, calendar)
    return Population(calendar.report_months, register, signals, truth)


def _weighted(rng, weights, n):
    edges = np.cumsum(weights)
    return np.searchsorted(edges, rng.random(n) * edges[-1], side="right")


def _kinds(rng, trade):
    draw = rng.random(len(trade))
    sole, coop = column("sole")[trade], column("coop")[trade]
    return np.where(draw < sole, 2, np.where(draw < sole + (1 - sole) * coop, 3, 1)).astype(np.uint8)


def _heads(rng, trade, kind, age):
    """Many small and few large; an individual business has a handful of people, a young enterprise fewer than later."""
    company = np.exp(rng.normal(np.log(column("heads")[trade] * 0.72), column("spread")[trade]))
    shop = np.exp(rng.normal(np.log(3.5), 0.55, len(trade)))
    return np.clip(np.rint(np.where(kind == 1, company, shop) * np.where(age < 24, 0.6, 1.0)), 1, 3200)


def _founded(rng, n, calendar):
    """Day of founding and age in months at the newest reported month; none in the last days, none after it."""
    end = (calendar.until + timedelta(days=32)).replace(day=1)
    days = np.minimum(10 + rng.exponential(9.0, n) * 365.25 + rng.integers(0, 40, n), 36 * 365).astype(np.int64)
    founded = np.datetime64(end) - days.astype("timedelta64[D]")
    months = founded.astype("datetime64[M]").astype(np.int64)
    newest = np.datetime64(calendar.until, "M").astype(np.int64)
    return founded, newest - months


def _hazard(trade, heads, kind):
    """Distress against the mean: the trade, and tens of workers rather than a handful or hundreds."""
    size = np.where(heads < 6, 0.55, np.where(heads < 20, 1.0, np.where(heads < 150, 1.35, 0.8)))
    return column("hazard")[trade] * size * np.where(kind == 2, 0.7, 1.0)


def _gone(rng, first, calendar):
    """The month of closing: some close in good order, some after wages went unpaid; most live on."""
    n, never = len(first), calendar.length + 1000
    orderly = np.where(rng.random(n) < 0.012, rng.integers(paths.LEAD, calendar.length, n), never)
    after_arrears = np.where((first >= 0) & (rng.random(n) < 0.3), first + rng.integers(2, 9, n), never)
    return np.minimum(orderly, after_arrears)


def _register(rng, seed, numbers, trade, kind, firms, newest_heads, founded_on, calendar):
    n = len(numbers)
    district = _districts(rng, trade)
    brand, tail = names.brands(numbers, seed), _tails(rng, trade, kind)
    # Some people stand behind two enterprises, often in different districts.
    partner = np.where(rng.random(n) < 0.015, rng.integers(0, n, n), np.arange(n))
    size = firms.heads
    revenue = np.round(firms.revenue.astype(np.float64) / 1e4, 2)
    return pl.DataFrame({
        "number": numbers,
        "code": codes.credit_codes(numbers, seed, kind),
        "name": names.enterprise_names(brand, district=district, tail=tail, kind=kind),
        "district": district,
        "industry_code": pl.Series([t.code for t in TRADES]).gather(trade),
        "industry": pl.Series([t.industry for t in TRADES]).gather(trade),
        "kind": kind,
        "founded_on": founded_on,
        "heads": np.where(newest_heads > 0, newest_heads, size).astype(np.int32),
        "revenue": revenue,
        "assets": np.round(revenue * np.exp(rng.normal(-0.2, 0.6, n)), 2),
        "representative": names.people(rng, n).gather(partner),
        "phone": names.phones(rng, n),
        "address": names.addresses(rng, district),
        "status": np.where(firms.gone <= calendar.newest, "注销", "存续"),
        "union": rng.random(n) < np.select([size < 10, size < 25, size < 100], [0.06, 0.3, 0.66], 0.93),
        "platform": pl.Series([t.platform for t in TRADES]).gather(trade),
    })  # fmt: skip


def _tails(rng, trade, kind):
    """One of the trade words of each enterprise's trade; shops have words of their own."""
    words = pl.DataFrame({
        "company": pl.Series([t.tails for t in TRADES], dtype=pl.List(pl.String)).gather(trade),
        "shop": pl.Series([t.shops or t.tails for t in TRADES], dtype=pl.List(pl.String)).gather(trade),
        "kind": kind,
        "pick": rng.integers(0, 2**31, len(trade)),
    }).with_columns(words=pl.when(pl.col("kind") == 2).then("shop").otherwise("company"))  # fmt: skip
    return words.select(pl.col("words").list.get(pl.col("pick") % pl.col("words").list.len())).to_series()


def _districts(rng, trade):
    """District codes [n]: the districts' shares, drawn to where a trade gathers."""
    weights = np.array([[share * t.pull.get(code, 1.0) for code, share in DISTRICTS.items()] for t in TRADES])
    edges = np.cumsum(weights, axis=1)[trade]
    draw = rng.random(len(trade)) * edges[:, -1]
    return pl.Series(list(DISTRICTS)).gather((draw[:, None] >= edges).sum(axis=1))


def _truth(rng, code, firms, strain, first, last, calendar):
    unpaid = first >= 0
    workers = np.where(unpaid, np.maximum(1, np.rint(firms.heads * rng.uniform(0.25, 1.0, len(first)))), 0)
    months_owed = np.where(unpaid, np.clip(last - first + 1, 1, 4), 0)
    wages = np.rint(firms.wage * rng.uniform(0.7, 1.1, len(first)))
    strain = strain.astype(np.float64).round(3)
    month = pl.Series([calendar.month(index) for index in range(calendar.length)])
    return pl.DataFrame({
        "code": code,
        "path": pl.Series(paths.PATHS).gather(firms.path.astype(np.int64)),
        "strain": strain,
        "distressed": (strain > 0.25) & (firms.gone > calendar.newest),
        "arrears_from": month.gather(pl.Series(first).replace(-1, None)),
        "arrears_until": month.gather(pl.Series(last).replace(-1, None)),
        "workers": workers.astype(np.int64),
        "amount": (workers * wages * months_owed).astype(np.int64),
    })  # fmt: skip


def _cut(population, n):
    if n == len(population):
        return population
    signals = {
        feed: {name: values[:, :n] for name, values in columns.items()} for feed, columns in population.signals.items()
    }
    return Population(population.months, population.register[:n], signals, population.truth[:n])


def _joined(blocks):
    signals = {
        feed: {
            name: np.concatenate([block.signals[feed][name] for block in blocks], axis=1)
            for name in ("present", *columns)
        }
        for feed, columns in FEEDS.items()
    }
    register = pl.concat([block.register for block in blocks])
    return Population(blocks[0].months, register, signals, pl.concat([block.truth for block in blocks]))
