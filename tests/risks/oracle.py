"""The card by hand: one enterprise at a time, in plain Python and exact fractions, straight from the card's file.

Written apart from risks.scoring, so that both are wrong in the same way only by chance. Slow.
"""

import tomllib
from fractions import Fraction
from math import floor

MONTHS = 24
FEEDS = ("tax", "social", "loan", "logistics")


def half_up(number):
    return floor(number + Fraction(1, 2))


class Firm:
    """One enterprise: {feed: {month 0 … 23: {column: number}}}; a month that was not reported is not there."""

    def __init__(self, feeds, measure):
        self.feeds, self.measure = feeds, measure
        self.tolerance = Fraction(str(measure["tolerance_percent"])) / 100
        self.tolerance_fen = Fraction(str(measure["tolerance_yuan"])) * 100

    def last(self, feed, months):
        return {m: row for m, row in self.feeds[feed].items() if m >= MONTHS - months}

    def slight(self, missing, due):
        return missing <= due * self.tolerance or missing <= self.tolerance_fen

    def unsettled(self, feed):
        rows, missing = self.last(feed, 6), {}
        for month, row in sorted(rows.items()):
            missing[month] = max(row["due"] - row["paid"], 0)
        spare = 0
        for month, row in sorted(rows.items(), reverse=True):
            spare += max(row["paid"] - row["due"], 0)
            used = min(spare, missing[month])
            missing[month] -= used
            spare -= used
        return {m: 0 if self.slight(lost, rows[m]["due"]) else lost for m, lost in missing.items()}

    def fall_per_mille(self, now, before):
        return half_up(Fraction(max(before - now, 0) * 1000, before))

    def tax_months_short(self):
        return self.months_short("tax")

    def social_months_short(self):
        return self.months_short("social")

    def loan_months_short(self):
        return self.months_short("loan")

    def months_short(self, feed):
        if self.last(feed, 6):
            return sum(lost > 0 for lost in self.unsettled(feed).values())
        return None

    def tax_months_late(self):
        return self.months_late("tax")

    def social_months_late(self):
        return self.months_late("social")

    def months_late(self, feed):
        rows = self.last(feed, 12).values()
        return sum(not self.slight(max(row["due"] - row["paid"], 0), row["due"]) for row in rows) if rows else None

    def tax_pay_rate(self):
        return self.pay_rate("tax")

    def social_pay_rate(self):
        return self.pay_rate("social")

    def pay_rate(self, feed):
        due = sum(row["due"] for row in self.last(feed, 6).values())
        return half_up(Fraction((due - sum(self.unsettled(feed).values())) * 1000, due)) if due else None

    def tax_fall(self):
        return self.fall("tax", "due", Fraction(str(self.measure["least_tax_yuan"])) * 100)

    def parcels_fall(self):
        return self.fall("logistics", "count", Fraction(str(self.measure["least_parcels"])))

    def fall(self, feed, column, least):
        rows = self.feeds[feed]
        pairs = [m for m in (21, 22, 23) if m in rows and m - 12 in rows]
        recent = [rows[m][column] for m in (21, 22, 23) if m in rows]
        before = [rows[m][column] for m in range(15, 21) if m in rows]
        year = sum(rows[m - 12][column] for m in pairs)
        if len(pairs) < 2 or year == 0 or year < least * len(pairs) or len(before) < 4 or sum(before) == 0:
            return None
        against_year = self.fall_per_mille(sum(rows[m][column] for m in pairs), year)
        now, then = Fraction(sum(recent), len(recent)), Fraction(sum(before), len(before))
        return min(against_year, half_up(max(then - now, 0) * 1000 / then))

    def tax_year_fall(self):
        rows, least = self.feeds["tax"], Fraction(str(self.measure["least_tax_yuan"])) * 100
        pairs = [m for m in range(12, 24) if m in rows and m - 12 in rows]
        before = sum(rows[m - 12]["due"] for m in pairs)
        if len(pairs) < 9 or before == 0 or before < least * len(pairs):
            return None
        return self.fall_per_mille(sum(rows[m]["due"] for m in pairs), before)

    def heads_fall(self):
        falls = [self.heads_over(range(21, 24), 2), self.heads_over(range(12, 24), 9)]
        return max((fall for fall in falls if fall is not None), default=None)

    def heads_over(self, months, least):
        rows = self.feeds["social"]
        pairs = [m for m in months if m in rows and m - 12 in rows]
        now, before = sum(rows[m]["count"] for m in pairs), sum(rows[m - 12]["count"] for m in pairs)
        if len(pairs) < least or not before:
            return None
        return self.fall_per_mille(now, before) if before - now > self.measure["heads_leeway"] * len(pairs) else 0

    def heads_off_peak(self):
        rows = self.feeds["social"]
        sums = {m: sum(rows[k]["count"] for k in (m - 2, m - 1, m)) for m in rows if {m - 2, m - 1} <= set(rows)}
        if 23 not in sums or not max(sums.values()):
            return None
        peak = max(sums.values())
        return self.fall_per_mille(sums[23], peak) if peak - sums[23] > 3 * self.measure["heads_leeway"] else 0

    def loan_days_overdue(self):
        rows = self.last("loan", 3).values()
        return min(999, max(row["count"] for row in rows)) if rows else None

    def feeds_worsening(self):
        told = [feed for feed in FEEDS if self.last(feed, 3)]
        if len(told) < 2:
            return None
        return len(self.worse()) if self.missed() else 0

    def missed(self):
        """Feeds of which a payment of the last three months is still missing."""
        found = {f for f in FEEDS[:3] if any(lost for m, lost in self.unsettled(f).items() if m >= 21)}
        return found | ({"loan"} if (self.loan_days_overdue() or 0) > 0 else set())

    def worse(self):
        def fell(fall, by):
            return fall is not None and fall >= Fraction(str(self.measure[by])) * 10

        short = self.missed()
        if fell(self.tax_fall(), "worsening_tax_fall_percent"):
            short.add("tax")
        if fell(self.heads_fall(), "worsening_heads_fall_percent"):
            short.add("social")
        if fell(self.parcels_fall(), "worsening_parcels_fall_percent"):
            short.add("logistics")
        return short


class Card:
    def __init__(self, text):
        self.raw = tomllib.loads(text)

    def score(self, feeds, facts=None):
        """(score in tenths, level 0 … 3, values, points in tenths) of one enterprise."""
        firm = Firm(feeds, self.raw["measure"])
        values = [getattr(firm, item["key"])() for item in self.raw["item"]]
        points = [self.points(item, value, firm) for item, value in zip(self.raw["item"], values, strict=True)]
        total = sum(points)
        level = sum(total >= Fraction(str(self.raw["levels"][name])) * 10 for name in ("yellow", "orange", "red"))
        for rule in self.raw["rule"]:
            if all(self.holds(condition, firm, facts or {}) for condition in rule["all"]):
                level = max(level, ("yellow", "orange", "red").index(rule["level"]) + 1)
        return total, level, values, points

    def points(self, item, value, firm):
        if value is None or ("only_if" in item and not self.holds(item["only_if"], firm, {})):
            return 0
        scale = 10 if self.is_percent(item["key"]) else 1
        at = Fraction(value, scale)
        for bin_ in reversed(item["bins"]):
            start, stop = Fraction(str(bin_["from"])), Fraction(str(bin_["to"]))
            if at >= start:
                points = bin_["points"]
                first, last = (Fraction(str(p)) for p in (points if isinstance(points, list) else [points, points]))
                return half_up(10 * (first + (last - first) * (at - start) / (stop - start)))
        raise AssertionError(f"no bin for {at}")

    def holds(self, condition, firm, facts):
        what = condition["what"]
        value = getattr(firm, what)() if hasattr(firm, what) else facts.get(what)
        if value is None:
            return False
        at = Fraction(value, 10 if self.is_percent(what) and hasattr(firm, what) else 1)
        return condition.get("at_least", at) <= at <= condition.get("at_most", at)

    def is_percent(self, key):
        return key.endswith(("_rate", "_fall", "_off_peak"))
