"""How an enterprise fares over months: its hidden strain, its activity, when wages went unpaid.

Everything is an array [months, enterprises]; month 0 lies LEAD months before the first month that departments report,
the last HORIZON months lie in the future of the newest report, so that back-tests have something to foresee.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

LEAD = 12
HORIZON = 6

# How an enterprise fares, and how common it is. The last four are distress; the others look like it now and then:
# a hiccup misses a month or two and catches up, the careless pay a little late all the time, the shrinking pay in full.
PATHS = ("steady", "growing", "noisy", "hiccup", "careless", "shrinking", "slow", "sudden", "recovering", "chronic")
SHARES = np.array([0.495, 0.105, 0.120, 0.065, 0.035, 0.060, 0.048, 0.026, 0.034, 0.012])
DISTRESS = PATHS.index("slow")

# Shares of activity lost in the closures of 2022 by a trade with shock 1.
CLOSURES = {
    (2022, 3): 0.6, (2022, 4): 0.7, (2022, 5): 0.3, (2022, 11): 0.35, (2022, 12): 0.9, (2023, 1): 0.35,
}  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """The months of a simulation. until: the newest month that departments report."""

    until: date
    months: int

    @property
    def length(self):
        return LEAD + self.months + HORIZON

    @property
    def newest(self):
        """Where the newest reported month lies on the time axis."""
        return LEAD + self.months - 1

    @property
    def reported(self):
        """The part of the time axis that departments report."""
        return slice(LEAD, LEAD + self.months)

    def month(self, index):
        """The first day of the month at `index` of the time axis."""
        ordinal = self.until.year * 12 + self.until.month - 1 - self.newest + index
        return date(ordinal // 12, ordinal % 12 + 1, 1)

    @property
    def report_months(self):
        return [self.month(LEAD + index) for index in range(self.months)]


def draw_paths(rng, hazard):
    """One path an enterprise: hazard float [n], distress against the mean -> uint8 [n] index into PATHS."""
    weights = np.tile(SHARES, (len(hazard), 1))
    weights[:, DISTRESS:] *= hazard[:, None]
    edges = np.cumsum(weights, axis=1)
    draw = rng.random(len(hazard)) * edges[:, -1]
    return (draw[:, None] >= edges).sum(axis=1).astype(np.uint8)


def strain(rng, path, calendar):
    """Hidden strain 0…1 [length, n]: up a slope, along a plateau, and down again or not."""
    n = len(path)
    kind = {name: path == number for number, name in enumerate(PATHS)}
    span = calendar.length + 10
    # More begin late than early: what happened before the window is only there to be remembered.
    onset = -10 + (span - HORIZON) * rng.random(n, dtype=np.float32) ** 0.8
    rise = _between(rng, n, 5, 14)
    rise = np.where(kind["sudden"], _between(rng, n, 1, 3), rise)
    peak = _between(rng, n, 0.5, 1.0)
    peak = np.where(kind["sudden"], _between(rng, n, 0.65, 1.0), peak)
    peak = np.where(kind["recovering"], _between(rng, n, 0.35, 0.85), peak)
    rest = np.where(kind["recovering"], _between(rng, n, 1, 4), _between(rng, n, 4, 15))
    fall = np.where(kind["recovering"], _between(rng, n, 3, 6), _between(rng, n, 6, 12))
    stays = ~kind["recovering"] & (rng.random(n) < 0.5)
    time = np.arange(calendar.length, dtype=np.float32)[:, None]
    up = (time - onset) / rise
    down = np.where(stays, 1.0, (onset + rise + rest + fall - time) / fall)
    level = peak * np.clip(np.minimum(up, down), 0, 1)
    level = np.where(kind["chronic"], _between(rng, n, 0.28, 0.45), level)
    return np.where(path >= DISTRESS, level, 0).astype(np.float32)


def lagged(level, lag):
    """`level` [length, n] seen `lag` [n] months later; before the beginning it is what it was at first."""
    rows = np.maximum(np.arange(len(level))[:, None] - lag[None, :], 0)
    return np.take_along_axis(level, rows, axis=0)


def activity(rng, *, path, seasons, shock, heads, calendar):
    """Orders, output, turnover against the enterprise's own normal, before any strain: float32 [length, n].

    seasons: float32 [12, n], January first; shock: float32 [n], how hard the closures of 2022 hit.
    """
    n = len(path)
    months = [calendar.month(index) for index in range(calendar.length)]
    season = seasons[[month.month - 1 for month in months]]
    # Each follows the season of its trade in its own measure; some hardly at all.
    depth = np.clip(rng.normal(1.0, 0.22, n), 0.15, 1.5).astype(np.float32)
    closed = np.array([CLOSURES.get((month.year, month.month), 0) for month in months], dtype=np.float32)
    sigma = 0.05 + 0.22 / np.sqrt(heads)
    sigma = np.where(path == PATHS.index("noisy"), sigma + 0.18, sigma).astype(np.float32)
    walk = smooth_noise(rng, calendar.length, n, 0.55) * sigma
    return season**depth * (1 - closed[:, None] * shock) * _trend(rng, path, calendar) * np.exp(walk)


def smooth_noise(rng, length, n, memory):
    """Standard normal noise that remembers the month before: float32 [length, n]."""
    noise = rng.standard_normal((length, n), dtype=np.float32)
    fresh = np.float32(np.sqrt(1 - memory**2))
    for index in range(1, length):
        noise[index] = memory * noise[index - 1] + fresh * noise[index]
    return noise


def wage_arrears(rng, level, hazard, born):
    """When wages went unpaid. level: strain [length, n]; hazard: float [n]; born: month of founding [n].
    Returns first and last month, int16 [n], -1 for never.

    Strain of some standing makes it likely, and it lasts while the strain does; a hidden readiness to let workers wait
    (or a credit line, a family's purse) decides when. A small share comes out of a clear sky.
    """
    length, n = level.shape
    felt = lagged(level, np.full(n, 2))
    readiness = rng.gamma(2.5, 1 / 2.5, n)
    monthly = 0.0005 + 0.36 * np.clip(felt - 0.28, 0, 1) ** 1.2 * readiness * np.clip(hazard, 0.7, 1.4)
    time = np.arange(length)[:, None]
    first = _first_of((rng.random((length, n)) < monthly) & (time > born))
    eased = (level < 0.35) & (time > first)
    lasts = np.maximum(rng.geometric(0.3, n), _first_of(eased, otherwise=length) - first)
    last = np.where(first >= 0, np.minimum(first + lasts, length - 1), -1)
    return first.astype(np.int16), last.astype(np.int16)


def _first_of(happens, otherwise=-1):
    return np.where(happens.any(axis=0), happens.argmax(axis=0), otherwise)


def _trend(rng, path, calendar):
    n = len(path)
    monthly = rng.normal(0.001, 0.004, n)
    monthly = np.where(path == PATHS.index("growing"), rng.uniform(0.008, 0.03, n), monthly)
    time = np.arange(calendar.length)[:, None] - calendar.length / 2
    trend = np.exp(monthly * time)
    onset = rng.uniform(0, calendar.length, n)
    lost = np.clip((np.arange(calendar.length)[:, None] - onset) / rng.uniform(3, 14, n), 0, 1) * rng.uniform(
        0.3, 0.75, n
    )
    return np.where(path == PATHS.index("shrinking"), trend * (1 - lost), trend).astype(np.float32)


def _between(rng, n, low, high):
    return (low + (high - low) * rng.random(n, dtype=np.float32)).astype(np.float32)
