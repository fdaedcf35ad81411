"""What the four departments see of enterprises month by month: 分, heads, parcels and days, all [months, enterprises].

Strain reaches the feeds with different lags and strengths, and some of them not at all; each also stumbles by itself.
"""

from dataclasses import dataclass

import numpy as np

from . import paths

LOAN_RATE = 0.0435 / 12
CONTRIBUTION_RATE = 0.27 + 0.105  # employer and employee together, share of the contribution base


@dataclass(frozen=True)
class Firms:
    """What the feeds need to know of n enterprises; every field float32 or bool [n] unless said."""

    path: np.ndarray  # uint8, index into paths.PATHS
    heads: np.ndarray
    wage: np.ndarray  # contribution base, yuan a month
    revenue: np.ndarray  # yuan a year
    swing: np.ndarray  # how far the workforce follows the season
    sends: np.ndarray  # share of 1: how likely it sends parcels
    volume: np.ndarray  # parcels a head and month
    borrows: np.ndarray  # share of 1: how likely it has a loan
    sole: np.ndarray  # bool: individual business
    born: np.ndarray  # int, index of the month of founding on the time axis, may be negative
    gone: np.ndarray  # int, index of the month of closing, beyond the axis for those that live


def report(rng, firms, level, pace, calendar):
    """The four feeds over the reported months.

    level: strain [length, n]; pace: activity [length, n]. Returns {feed: {column: array [months, n]}} with the columns
    present (bool), due, paid, balance (int64, 分), count (int32: heads, days overdue, parcels) that a feed has.
    """
    alive = _alive(rng, firms, level, calendar)
    feeds = {
        "tax": _tax(rng, firms, level, pace),
        "social": _social(rng, firms, level, pace),
        "loan": _loan(rng, firms, level, calendar),
        "logistics": _logistics(rng, firms, level, pace),
    }
    return {name: _reported(rng, columns, alive, calendar) for name, columns in feeds.items()}


def _tax(rng, firms, level, pace):
    n = len(firms.heads)
    seen, feels = _seen(rng, level, (0, 2)), _feels(rng, n)
    turnover = (
        pace * (1 - 0.7 * _feels(rng, n) * seen) * np.exp(0.16 * rng.standard_normal(pace.shape, dtype=np.float32))
    )
    burden = np.exp(rng.normal(np.log(0.031), 0.45, n))
    due = np.maximum(firms.revenue / 12 * burden * turnover, 0)
    # Below the threshold of value added tax a small business declares nothing due.
    due = np.where((firms.sole & (rng.random(n) < 0.35)) & (due < 900), 0, due)
    paid = _paid(rng, due, _shortfall(rng, seen, feels, firms.path, base=-5.4, slope=9.8), firms.path)
    declares = ~firms.sole | (rng.random(n) < 0.55)
    return {"present": _always(declares, pace), "due": _cents(due), "paid": _cents(paid)}


def _social(rng, firms, level, pace):
    n = len(firms.heads)
    seen, feels = _seen(rng, level, (1, 3)), _feels(rng, n)
    lost = np.maximum.accumulate(_seen(rng, level, (1, 4)), axis=0) * _feels(rng, n) * 0.6
    season = 1 + firms.swing * (np.clip(pace, 0.2, 1.8) - 1)
    heads = np.maximum(np.rint(firms.heads * season * _hiring(rng, firms, len(pace)) * (1 - lost)), 1)
    base = firms.wage * (1 + 0.0035 * np.arange(len(pace), dtype=np.float32)[:, None])
    due = heads * base * CONTRIBUTION_RATE * _scatter(rng, pace.shape, 0.015)
    paid = _paid(rng, due, _shortfall(rng, seen, feels, firms.path, base=-5.7, slope=9.8), firms.path)
    insures = rng.random(n) < np.where(firms.sole, 0.38, 0.955)
    return {
        "present": _always(insures, pace),
        "due": _cents(due),
        "paid": _cents(paid),
        "count": heads.astype(np.int32),
    }


def _loan(rng, firms, level, calendar):
    n = len(firms.heads)
    length = len(level)
    seen, feels = _seen(rng, level, (1, 5)), _feels(rng, n)
    term = rng.integers(12, 61, n)
    first = np.where(rng.random(n) < 0.7, -rng.integers(0, term), rng.integers(0, length, n))
    age = np.arange(length)[:, None] - first
    # Half of the loans pay interest only and are renewed; the others pay off a part each month and end.
    renewed = rng.random(n) < 0.5
    amount = np.round(np.clip(firms.revenue * rng.uniform(0.06, 0.4, n), 3e4, 8e7) / 1e4) * 1e4
    part = np.where(renewed, 0, amount / term)
    balance = np.maximum(amount - part * np.clip(age, 0, None), 0)
    due = balance * LOAN_RATE * _scatter(rng, level.shape, 0.02) + part
    short = _shortfall(rng, seen, feels, firms.path, base=-5.8, slope=9.8)
    paid = _paid(rng, due, short, firms.path)
    borrows = rng.random(n) < firms.borrows * np.clip(0.85 + firms.heads / 50, 0, 2.2) * np.where(firms.sole, 0.5, 1)
    return {
        "present": borrows & (age >= 0) & (renewed | (age < term)),
        "due": _cents(due),
        "paid": _cents(paid),
        "balance": _cents(balance),
        "count": _overdue(rng, paid < due * 0.97),
    }


def _logistics(rng, firms, level, pace):
    n = len(firms.heads)
    seen = _seen(rng, level, (0, 1))
    orders = (
        pace * (1 - 0.75 * _feels(rng, n) * seen) * np.exp(0.14 * rng.standard_normal(pace.shape, dtype=np.float32))
    )
    usual = firms.heads * firms.volume * np.exp(rng.normal(0, 0.7, n))
    parcels = np.maximum(np.rint(usual * orders), 0)
    sends = rng.random(n) < firms.sends * 1.15
    # A change of carrier or a new shop on a platform: the feed starts or stops and says nothing about the enterprise.
    time = np.arange(len(pace))[:, None]
    starts = np.where(rng.random(n) < 0.04, rng.integers(0, len(pace), n), -1)
    stops = np.where(rng.random(n) < 0.04, rng.integers(0, len(pace), n), len(pace))
    return {"present": sends & (time >= starts) & (time < stops), "count": parcels.astype(np.int32)}


def _alive(rng, firms, level, calendar):
    """Where an enterprise files at all: from its founding to its closing; some in deep strain stop answering."""
    time = np.arange(calendar.length)[:, None]
    deep = level > 0.6
    silent_from = np.where(deep.any(axis=0), deep.argmax(axis=0) + rng.integers(3, 12, deep.shape[1]), calendar.length)
    silent_from = np.where(rng.random(deep.shape[1]) < 0.1, silent_from, calendar.length)
    return (time >= firms.born) & (time < firms.gone) & (time < silent_from)


def _reported(rng, columns, alive, calendar):
    kept = calendar.reported
    out = {name: values[kept] for name, values in columns.items()}
    # A department forgets a row now and then.
    out["present"] = out["present"] & alive[kept] & (rng.random(out["present"].shape, dtype=np.float32) > 0.002)
    for name, values in out.items():
        if name != "present":
            out[name] = np.where(out["present"], values, 0)
    return out


def _seen(rng, level, lags):
    return paths.lagged(level, rng.integers(lags[0], lags[1] + 1, level.shape[1]))


def _feels(rng, n):
    """How far a feed shows strain, 0…1; one in twelve shows nothing."""
    return (rng.beta(3.0, 1.1, n) * (rng.random(n) > 0.08)).astype(np.float32)


def _shortfall(rng, seen, feels, path, *, base, slope):
    """Months in which less than due is paid: bool [length, n], in runs rather than scattered."""
    logit = base + slope * feels * seen
    logit = logit + np.where(path == paths.PATHS.index("careless"), 2.1, 0)
    luck = paths.smooth_noise(rng, *seen.shape, 0.65)
    # 1.7 times a normal deviate has about the spread of a logistic one.
    short = 1.7 * luck < logit
    return short | _hiccups(rng, path, len(seen))


def _hiccups(rng, path, length):
    n = len(path)
    time = np.arange(length)[:, None]
    start = rng.integers(0, length, n)
    stumbles = (path == paths.PATHS.index("hiccup")) & (rng.random(n) < 0.6)
    return stumbles & (time >= start) & (time < start + rng.integers(1, 3, n))


def _paid(rng, due, short, path):
    """What is paid: all, or a part; those who only stumbled pay the rest with the month after."""
    part = np.where(rng.random(due.shape, dtype=np.float32) < 0.3, 0, rng.random(due.shape, dtype=np.float32) * 0.9)
    part = np.where(path == paths.PATHS.index("careless"), 0.75 + part * 0.25, part)
    paid = np.where(short, due * part, due)
    catches_up = np.isin(path, [paths.PATHS.index("hiccup"), paths.PATHS.index("careless")])
    catches_up = catches_up | (rng.random(len(path)) < 0.35)
    missing = np.where(short & catches_up, due - paid, 0)
    cured = np.zeros_like(paid)
    owed = np.zeros_like(paid[0])
    for index in range(len(due)):
        pays_off = ~short[index]
        cured[index] = np.where(pays_off, owed, 0)
        owed = np.where(pays_off, 0, owed + missing[index])
    return paid + cured


def _overdue(rng, short):
    days = np.zeros(short.shape, dtype=np.int32)
    for index in range(1, len(short)):
        first_days = rng.integers(3, 30, short.shape[1])
        days[index] = np.where(short[index], np.where(days[index - 1] > 0, days[index - 1] + 30, first_days), 0)
    forgot = rng.random(short.shape, dtype=np.float32) < 0.008
    return np.where((days == 0) & forgot, rng.integers(1, 6, short.shape), days).astype(np.int32)


def _hiring(rng, firms, length):
    steps = rng.standard_normal((length, len(firms.heads)), dtype=np.float32) * (0.012 + 0.02 / np.sqrt(firms.heads))
    drift = np.where(firms.path == paths.PATHS.index("growing"), 0.012, 0)
    drift = np.where(firms.path == paths.PATHS.index("shrinking"), -0.012, drift)
    return np.exp(np.cumsum(steps + drift, axis=0) - drift * length / 2).astype(np.float32)


def _scatter(rng, shape, sigma):
    return np.exp(sigma * rng.standard_normal(shape, dtype=np.float32))


def _always(who, like):
    return np.broadcast_to(who, like.shape)


def _cents(yuan):
    return np.rint(yuan * 100).astype(np.int64)
