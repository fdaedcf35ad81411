"""Invented signals in the shape that scoring takes: all kinds of months, also such as departments never send."""

import numpy as np

from enterprises.models.signal import Feed
from enterprises.signals import COLUMNS
from risks import scoring

FEED_NAMES = {Feed.TAX: "tax", Feed.SOCIAL: "social", Feed.LOAN: "loan", Feed.LOGISTICS: "logistics"}


def steady(n=1, heads=20, tax=1_000_000, social=2_000_000, loan=500_000, parcels=300):
    """n enterprises that pay everything in full, every month the same; amounts in 分."""
    signals = scoring.empty(n)
    content = {
        Feed.TAX: {"due": tax, "paid": tax},
        Feed.SOCIAL: {"due": social, "paid": social, "count": heads},
        Feed.LOAN: {"due": loan, "paid": loan, "balance": 40 * loan, "count": 0},
        Feed.LOGISTICS: {"count": parcels},
    }
    for feed, columns in content.items():
        signals[feed]["has"][:] = True
        for name, value in columns.items():
            signals[feed][name][:] = value
    return signals


def wild(seed, n):
    """n enterprises at random: gaps, feeds that never come, young ones, nothing due, shortfalls small and large,
    arrears paid later, falls, huge and tiny sums."""
    rng = np.random.default_rng(seed)
    signals = scoring.empty(n)
    months = np.arange(scoring.MONTHS)[:, None]
    for feed, columns in COLUMNS.items():
        has = rng.random((scoring.MONTHS, n)) > rng.choice([0, 0.05, 0.4], n)
        has &= months >= np.where(rng.random(n) < 0.3, rng.integers(0, scoring.MONTHS, n), 0)
        has &= months <= np.where(rng.random(n) < 0.2, rng.integers(0, scoring.MONTHS, n), scoring.MONTHS)
        has &= rng.random(n) > 0.15
        signals[feed]["has"][:] = has
        slope = np.where(months > rng.integers(0, scoring.MONTHS, n), rng.choice([1, 1, 0.9, 0.7, 0.2, 0], n), 1)
        size = 10 ** rng.uniform(0, rng.choice([2, 6, 13], n), n)
        due = np.floor(size * slope * rng.uniform(0.7, 1.3, (scoring.MONTHS, n)))
        due *= rng.random((scoring.MONTHS, n)) > rng.choice([0, 0.3], n)
        ratio = rng.choice([1, 1, 1, 0.999, 0.99, 0.5, 0, 1.5, 3], (scoring.MONTHS, n))
        ratio = np.where(rng.random(n) < 0.5, ratio, 1)
        count = np.floor(np.minimum(size, 1e6) * slope * rng.uniform(0.8, 1.2, (scoring.MONTHS, n)))
        if feed == Feed.LOAN:
            count = np.where(rng.random((scoring.MONTHS, n)) < 0.3, rng.integers(0, 1500, (scoring.MONTHS, n)), 0)
        content = {"due": due, "paid": np.floor(due * ratio), "balance": due * 30, "count": count}
        for name in columns:
            signals[feed][name][:] = np.where(has, content[name], 0)
    return signals


def facts(seed, n):
    """What people found out of some of them."""
    rng = np.random.default_rng(seed)
    return {name: np.where(rng.random(n) < 0.1, rng.integers(0, 40, n), scoring.UNKNOWN) for name in scoring.FACTS}


def only(signals, columns):
    """The same signals for some enterprises, in that order."""
    return {feed: {name: array[:, columns] for name, array in content.items()} for feed, content in signals.items()}


def one(signals, column):
    """An enterprise as the oracle takes it: {feed: {month: {column: int}}}."""
    return {
        FEED_NAMES[feed]: {
            month: {name: int(array[month, column]) for name, array in content.items() if name != "has"}
            for month in range(scoring.MONTHS)
            if content["has"][month, column]
        }
        for feed, content in signals.items()
    }
