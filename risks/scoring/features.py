"""What 24 months of an enterprise's signals say, as whole numbers: one value a feature, with the months it speaks of.

Everything here is integer arithmetic over arrays of months × enterprises, column by column, so that an enterprise's
values are the same alone, in a block and among millions. Percentages are whole tenths of a percent (‰), rounded half
up; heads, months and days are whole numbers. What is unknown is UNKNOWN, never zero: a feed that does not reach an
enterprise says nothing about it, for good or ill.
"""

from dataclasses import dataclass

import numpy as np

from enterprises.models.signal import Feed
from enterprises.signals import COLUMNS

MONTHS = 24
UNKNOWN = -1
# Months counted back from `as_of`: rates and missed months look at half a year (a firm that clears its arrears is
# free of them after 6 clean months, as 江苏省工资支付条例 §40 releases it), falls at a quarter, which is what the
# quarterly filers of small taxpayers need to be comparable at all.
YEAR, HALF_YEAR, QUARTER = 12, 6, 3
DAYS_CAP = 999
LOOKS_BACK = {Feed.TAX: MONTHS, Feed.SOCIAL: MONTHS, Feed.LOAN: HALF_YEAR, Feed.LOGISTICS: MONTHS}


@dataclass(frozen=True)
class Definition:
    """What a feature is, apart from the points that a card gives for it."""

    feed: Feed | None  # None: of several feeds
    unit: str  # "percent", "months", "days", "feeds"
    limit: int  # greatest value: tenths of a percent for "percent"
    worse: str  # "low" or "high"
    figures: frozenset  # what a sentence about it may name beside {value}, {months}, {line}

    @property
    def scale(self):
        """How many whole steps the feature has to one of the unit that the card speaks in."""
        return 10 if self.unit == "percent" else 1


def _of(feed, unit, limit, worse, *figures):
    return Definition(feed, unit, limit, worse, frozenset(figures))


PERCENT = 1000
FEATURES = {
    "tax_months_short": _of(Feed.TAX, "months", HALF_YEAR, "high"),
    "tax_months_late": _of(Feed.TAX, "months", YEAR, "high"),
    "tax_pay_rate": _of(Feed.TAX, "percent", PERCENT, "low", "missing_yuan"),
    "tax_fall": _of(Feed.TAX, "percent", PERCENT, "high", "year_fall", "half_year_fall"),
    "tax_year_fall": _of(Feed.TAX, "percent", PERCENT, "high", "now_yuan", "before_yuan"),
    "social_months_short": _of(Feed.SOCIAL, "months", HALF_YEAR, "high"),
    "social_months_late": _of(Feed.SOCIAL, "months", YEAR, "high"),
    "social_pay_rate": _of(Feed.SOCIAL, "percent", PERCENT, "low", "missing_yuan"),
    "heads_fall": _of(Feed.SOCIAL, "percent", PERCENT, "high", "now", "before", "before_months"),
    "heads_off_peak": _of(Feed.SOCIAL, "percent", PERCENT, "high", "now", "before", "before_months"),
    "loan_months_short": _of(Feed.LOAN, "months", HALF_YEAR, "high"),
    "loan_days_overdue": _of(Feed.LOAN, "days", DAYS_CAP, "high"),
    "parcels_fall": _of(Feed.LOGISTICS, "percent", PERCENT, "high", "year_fall", "half_year_fall"),
    "feeds_worsening": _of(None, "feeds", len(Feed), "high", "feeds"),
}

# What the card's [measure] table sets, with the unit that the card speaks in.
MEASURES = {
    "tolerance_percent": "少缴不超过应缴额的百分之几视为足额",
    "tolerance_yuan": "少缴不超过几元视为足额",
    "least_tax_yuan": "去年同期月均申报税额低于几元的，不比较升降",
    "least_parcels": "去年同期月均寄递量低于几件的，不比较升降",
    "heads_leeway": "人数增减几人之内视为正常进出",
    "worsening_tax_fall_percent": "申报税额下降百分之几，视为缴税转差",
    "worsening_heads_fall_percent": "参保人数下降百分之几，视为缴费转差",
    "worsening_parcels_fall_percent": "寄递量下降百分之几，视为物流转差",
}


@dataclass
class Feature:
    """A feature's values for n enterprises, and what its sentence names.

    value    int32[n], UNKNOWN where the feeds do not tell
    months   int32[n], the months that it speaks of: bit m is row m of the 24
    figures  name -> int64[n]: tenths of a percent for falls, tenths of heads, bit sets of months or feeds, 分 for money
    """

    value: np.ndarray
    months: np.ndarray
    figures: dict


def empty(n):
    """Signals of n enterprises of which nothing is known: the shape that `measure` takes."""
    return {
        feed: {"has": np.zeros((MONTHS, n), bool)}
        | {c: np.zeros((MONTHS, n), np.int32 if c == "count" else np.int64) for c in columns}
        for feed, columns in COLUMNS.items()
    }


def measure(signals, settings):
    """Features of n enterprises.

    signals   {Feed: {"has": bool[24, n], column: int64 or int32[24, n], …}}, rows from oldest to `as_of`, amounts in
              分, zero where absent. `empty(n)` gives the shape; enterprises.signals gives the content. Of each feed
              only the last LOOKS_BACK rows count.
    settings  the card's measures by name, whole numbers: percentages in tenths, money in 分.

    Returns {name: Feature} for every name in FEATURES.
    """
    tax, social, loan, parcels = (signals[feed] for feed in Feed)
    short = {feed: _unsettled(signals[feed], settings) for feed in (Feed.TAX, Feed.SOCIAL, Feed.LOAN)}
    found = {}
    for prefix, feed in (("tax", Feed.TAX), ("social", Feed.SOCIAL), ("loan", Feed.LOAN)):
        found[f"{prefix}_months_short"] = _months_short(signals[feed], short[feed])
    found["tax_months_late"] = _months_late(tax, settings)
    found["social_months_late"] = _months_late(social, settings)
    found["tax_pay_rate"] = _pay_rate(tax, short[Feed.TAX])
    found["social_pay_rate"] = _pay_rate(social, short[Feed.SOCIAL])
    found["tax_fall"] = _fall(tax["has"], tax["due"], settings["least_tax_yuan"])
    found["tax_year_fall"] = _year_fall(tax["has"], tax["due"], settings["least_tax_yuan"])
    found["parcels_fall"] = _fall(parcels["has"], parcels["count"], settings["least_parcels"])
    found["heads_fall"] = _heads_fall(social["has"], social["count"], settings["heads_leeway"])
    found["heads_off_peak"] = _heads_off_peak(social["has"], social["count"], settings["heads_leeway"])
    found["loan_days_overdue"] = _days_overdue(loan)
    found["feeds_worsening"] = _feeds_worsening(signals, short, found, settings)
    return {name: found[name] for name in FEATURES}


def coverage(signals):
    """smallint[n]: which feeds told of the enterprise in the last three months (bit 0 tax … bit 3 logistics)."""
    return sum((signals[feed]["has"][-QUARTER:].any(0).astype(np.int16) << (feed - 1)) for feed in Feed)


# ── Paid against due ───────────────────────────────────────────────────────────────────────────


def _unsettled(feed, settings):
    """int64[6, n]: what is still missing of each of the last six months' dues.

    What was paid beyond the due of a later month settles earlier months, the nearest first: someone who paid late is
    not someone who did not pay. Less than the tolerance is paid in full.
    """
    has, due, paid = (feed[name][-HALF_YEAR:] for name in ("has", "due", "paid"))
    gap = np.where(has, due - paid, 0)
    missing = np.maximum(gap, 0)
    if (gap < 0).any():
        credit = np.zeros(gap.shape[1], np.int64)
        for month in range(HALF_YEAR - 1, -1, -1):
            credit += missing[month] - gap[month]  # what was overpaid in this month
            settled = np.minimum(missing[month], credit)
            missing[month] -= settled
            credit -= settled
    missing[_slight(missing, due, settings)] = 0
    return missing


def _slight(missing, due, settings):
    return (missing * PERCENT <= due * settings["tolerance_percent"]) | (missing <= settings["tolerance_yuan"])


def _months_short(feed, missing):
    short = missing > 0
    return Feature(
        value=_known(short.sum(0), feed["has"][-HALF_YEAR:].any(0)), months=_bits(short, HALF_YEAR), figures={}
    )


def _months_late(feed, settings):
    """Months of the last twelve that were not paid in full when they were due, settled later or not."""
    has, due, paid = (feed[name][-YEAR:] for name in ("has", "due", "paid"))
    missing = np.where(has, np.maximum(due - paid, 0), 0)
    late = ~_slight(missing, due, settings)
    return Feature(value=_known(late.sum(0), has.any(0)), months=_bits(late, YEAR), figures={})


def _pay_rate(feed, missing):
    has = feed["has"][-HALF_YEAR:]
    due = np.where(has, feed["due"][-HALF_YEAR:], 0).sum(0)
    lost = missing.sum(0)
    return Feature(
        value=_known(_tenths(due - lost, due), due > 0), months=_bits(has, HALF_YEAR), figures={"missing_yuan": lost}
    )


def _days_overdue(loan):
    has = loan["has"][-QUARTER:]
    days = np.where(has, loan["count"][-QUARTER:], 0)
    most = days.max(0)
    worst = has & (days == most) & (days > 0)
    return Feature(value=_known(np.minimum(most, DAYS_CAP), has.any(0)), months=_bits(worst, QUARTER), figures={})


# ── Now against before ─────────────────────────────────────────────────────────────────────────


def _fall(has, amounts, least):
    """How far the last three months lie below both the same months of last year and the half year before them.

    Below last year alone may be a trade that has ceased to grow, below the last half year alone is a season.
    """
    pairs = has[-QUARTER:] & has[-QUARTER - 12 : -12]
    now, year = _sums(amounts[-QUARTER:], pairs), _sums(amounts[-QUARTER - 12 : -12], pairs)
    enough = (pairs.sum(0) >= 2) & (year >= least * pairs.sum(0)) & (year > 0)

    recent, before = has[-QUARTER:], has[-QUARTER - HALF_YEAR : -QUARTER]
    now_total, half_year = (
        _sums(amounts[-QUARTER:], recent),
        _sums(amounts[-QUARTER - HALF_YEAR : -QUARTER], before),
    )
    enough &= (before.sum(0) >= 4) & (half_year > 0)
    year_fall = _fall_tenths(now, year)
    half_year_fall = _fall_tenths(now_total * before.sum(0), half_year * recent.sum(0))
    return Feature(
        value=_known(np.minimum(year_fall, half_year_fall), enough),
        months=_bits(recent, QUARTER),
        figures={"year_fall": year_fall, "half_year_fall": half_year_fall},
    )


def _year_fall(has, amounts, least):
    """How far the last twelve months lie below the twelve before: a decline that the season cannot explain."""
    pairs = has[-12:] & has[-24:-12]
    now, before = _sums(amounts[-12:], pairs), _sums(amounts[-24:-12], pairs)
    enough = (pairs.sum(0) >= 9) & (before >= least * pairs.sum(0)) & (before > 0)
    return Feature(
        value=_known(_fall_tenths(now, before), enough),
        months=_bits(pairs, 12),
        figures={"now_yuan": now, "before_yuan": before},
    )


def _heads_fall(has, heads, leeway):
    """Heads against the same months of last year, or the last twelve months against the twelve before, the worse.

    The first sees a fall of this year, the second one that is older than a year; neither takes a season for a fall.
    """
    quarter = has[-QUARTER:] & has[-QUARTER - 12 : -12]
    year = has[-12:] & has[-24:-12]
    falls = []
    for pairs, span, least in ((quarter, QUARTER, 2), (year, 12, 9)):
        count = pairs.sum(0)
        now, before = _sums(heads[-span:], pairs), _sums(heads[-span - 12 : len(heads) - 12], pairs)
        fall = np.where(before - now > leeway * count, _fall_tenths(now, before), 0)
        fall = _known(fall, (count >= least) & (before > 0))
        months, earlier = _bits(pairs, span), _bits(pairs, span + 12)
        falls.append((fall, months, _mean_tenths(now, count), _mean_tenths(before, count), earlier))
    later = falls[1][0] > falls[0][0]
    value, months, now, before, earlier = (np.where(later, b, a) for a, b in zip(*falls, strict=True))
    return Feature(value, months, {"now": now, "before": before, "before_months": earlier})


def _heads_off_peak(has, heads, leeway):
    """The mean heads of the last three months against the greatest three-month mean of the 24."""
    whole = has[2:] & has[1:-1] & has[:-2]
    sums = np.where(whole, heads[2:].astype(np.int64) + heads[1:-1] + heads[:-2], 0)
    peak = sums.max(0)
    at = sums.argmax(0)
    fall = np.where(peak - sums[-1] > QUARTER * leeway, _fall_tenths(sums[-1], peak), 0)
    return Feature(
        value=_known(fall, whole[-1] & (peak > 0)),
        months=np.where(whole[-1], _mask(QUARTER), 0).astype(np.int32),
        figures={
            "now": _mean_tenths(sums[-1], QUARTER),
            "before": _mean_tenths(peak, QUARTER),
            "before_months": (0b111 << at).astype(np.int32),
        },
    )


# ── Several feeds together ─────────────────────────────────────────────────────────────────────


def _feeds_worsening(signals, short, found, settings):
    """How many feeds got worse in the last three months; unknown where fewer than two tell anything.

    They count together only where one of them is a payment missed: less business and fewer heads alone are a firm that
    shrinks and pays, arrears and another anomaly at once are what warning systems hit by (湖州吴兴).
    """

    def fell(name, by):
        return found[name].value >= settings[by]

    missed = {feed: (short[feed][-QUARTER:] > 0).any(0) for feed in short}
    missed[Feed.LOAN] |= found["loan_days_overdue"].value > 0
    signs = {
        Feed.TAX: missed[Feed.TAX] | fell("tax_fall", "worsening_tax_fall_percent"),
        Feed.SOCIAL: missed[Feed.SOCIAL] | fell("heads_fall", "worsening_heads_fall_percent"),
        Feed.LOAN: missed[Feed.LOAN],
        Feed.LOGISTICS: fell("parcels_fall", "worsening_parcels_fall_percent"),
    }
    any_missed = np.logical_or.reduce(list(missed.values()))
    told = sum(signals[feed]["has"][-QUARTER:].any(0).astype(np.int32) for feed in Feed)
    bad = sum(signs[feed].astype(np.int32) for feed in Feed)
    which = sum(signs[feed].astype(np.int32) << (feed - 1) for feed in Feed)
    months = np.full(bad.shape, _mask(QUARTER), np.int32)
    return Feature(value=_known(np.where(any_missed, bad, 0), told >= 2), months=months, figures={"feeds": which})


# ── Arithmetic ─────────────────────────────────────────────────────────────────────────────────


def _tenths(part, whole):
    """part/whole in tenths of a percent, half up; 0 where there is no whole."""
    return (2 * PERCENT * part + whole) // np.maximum(2 * whole, 1)


def _fall_tenths(now, before):
    """How far `now` lies below `before`, in tenths of a percent, half up; growth is a fall of nothing."""
    return _tenths(np.maximum(before - now, 0), before)


def _mean_tenths(total, count):
    """Rounded half up to a tenth; 0 of nothing."""
    return (20 * total + count) // np.maximum(2 * count, 1)


def _sums(amounts, where):
    return np.where(where, amounts, 0).sum(0, dtype=np.int64)


def _known(value, where):
    return np.where(where, value, UNKNOWN).astype(np.int32)


def _mask(span):
    return ((1 << span) - 1) << (MONTHS - span)


def _bits(where, span):
    """int32[n]: the rows of `where`, which begin `span` months before the end, as a bit set of the 24 months."""
    first = MONTHS - span
    return sum(row.astype(np.int32) << (first + place) for place, row in enumerate(where))
