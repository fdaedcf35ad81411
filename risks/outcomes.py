"""What became of it: labels for back-tests, how well a run ordered the enterprises, how often reasons proved true.

A label says that wages were found to be owed within some days of the month that a run scored. Who was never looked at
has no label: taken for negatives they make a score look better than it is where visits follow the score. The visits
drawn by lot are free of that, so their figures are told apart.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from .models import Arrears, Inspection, PlannedVisit, ReasonCheck

_VERDICT = ReasonCheck.Verdict


# ── Reasons ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Proved:
    """How often visits confirmed a reason."""

    key: str
    title: str
    asked: int
    confirmed: int
    refuted: int
    unseen: int
    blank: int

    FEW = 10  # of fewer answers no rate is told

    @property
    def answered(self):
        return self.confirmed + self.refuted

    @property
    def rate(self):
        """Confirmed of all that were confirmed or refuted, 0 … 1; None of too few."""
        return self.confirmed / self.answered if self.answered >= self.FEW else None

    @property
    def percent(self):
        return None if self.rate is None else round(100 * self.rate)

    @property
    def interval(self):
        """Between which percentages the rate lies, 95 %; None of too few."""
        if self.rate is None:
            return None
        low, high = wilson(self.confirmed, self.answered)
        return round(100 * low), round(100 * high)


def scoreboard(checks):
    """[Proved] of a queryset of ReasonCheck, the most asked first."""
    counted = {name: Count("pk", filter=Q(verdict=value)) for name, value in
               (("confirmed", _VERDICT.CONFIRMED), ("refuted", _VERDICT.REFUTED), ("unseen", _VERDICT.UNSEEN),
                ("blank", ""))}  # fmt: skip
    rows = checks.order_by().values("key", "title").annotate(asked=Count("pk"), **counted)
    return sorted((Proved(**row) for row in rows), key=lambda proved: (-proved.asked, proved.key))


def wilson(successes, trials, z=1.96):
    """Wilson's interval (low, high) of a share, 95 % by default. E. B. Wilson, JASA 22 (1927) 209."""
    share, square = successes / trials, z * z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = z / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, middle - reach), min(1.0, middle + reach)


# ── Labels ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Label:
    """What became known of an enterprise within the days; amounts in 分."""

    enterprise: int
    arrears: bool
    found_on: date | None
    workers: int
    months: int
    amount: int
    paid_on: date | None
    visited: bool  # 体检 done within the days
    by_lot: bool  # and drawn by lot


def labels(since, days):
    """{enterprise: Label} of all of which anything became known from `since` on for `days` days.

    Agreed delays (山东省企业工资支付规定 §32) are no arrears. Of several arrears the first is told, workers and amounts
    are added up, and it is paid on the day on which the last was.
    """
    until = since + timedelta(days)
    found = {}
    for row in (
        Arrears.objects.known()
        .filter(kind=Arrears.Kind.ARREARS, found_on__gte=since, found_on__lt=until)
        .order_by("found_on", "pk")
    ):
        found.setdefault(row.enterprise_id, []).append(row)
    visits = Inspection.objects.done().filter(visited_on__gte=since, visited_on__lt=until).order_by()
    visited = dict(visits.values_list("enterprise_id", "visit__how"))
    lots = {key for key, how in visits.values_list("enterprise_id", "visit__how") if how == PlannedVisit.How.LOT}
    return {
        key: _label(key, found.get(key, []), key in visited, key in lots)
        for key in sorted(found.keys() | visited.keys())
    }


def _label(key, rows, visited, by_lot):
    paid = [row.paid_on for row in rows]
    return Label(
        enterprise=key,
        arrears=bool(rows),
        found_on=rows[0].found_on if rows else None,
        workers=sum(row.workers for row in rows),
        months=max((row.months for row in rows), default=0),
        amount=sum(row.amount for row in rows),
        paid_on=max(paid) if paid and None not in paid else None,
        visited=visited,
        by_lot=by_lot,
    )


# ── Back-tests ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Test:
    """How well a run's scores ordered some enterprises. `hits` {size: arrears among the so many highest scores}."""

    name: str
    enterprises: int
    positives: int
    auc: float | None
    hits: dict
    by_level: dict  # {level: (enterprises, positives)}


def back_test(run, since, days, sizes=(40, 100, 500)):
    """[Test] of a run against what became known: of all that it scored, of those visited, of those drawn by lot."""
    known = labels(since, days)
    rows = [
        (key, score, level, key in known and known[key].arrears)
        for key, score, level in run.scores.order_by().values_list("enterprise_id", "score", "level")
    ]
    visited = [row for row in rows if row[0] in known and known[row[0]].visited]
    drawn = [row for row in rows if row[0] in known and known[row[0]].by_lot]
    return [
        _test(name, chosen, sizes)
        for name, chosen in (("全部评分企业", rows), ("已体检", visited), ("随机抽中", drawn))
    ]


def _test(name, rows, sizes):
    scored = [(score, positive) for _, score, _, positive in rows]
    by_level = {}
    for _, _, level, positive in rows:
        number, found = by_level.get(level, (0, 0))
        by_level[level] = (number + 1, found + positive)
    return Test(
        name=name,
        enterprises=len(rows),
        positives=sum(positive for _, positive in scored),
        auc=auc(scored),
        hits={size: hits_among_first(scored, size) for size in sizes if size < len(rows)},
        by_level=dict(sorted(by_level.items(), reverse=True)),
    )


# ── Measures ───────────────────────────────────────────────────────────────────────────────────


def auc(scored):
    """The chance that a positive scores above a negative, ties half; None without both.

    scored  [(score, whether positive)]
    """
    ranks, total, positives = sorted(scored, key=lambda pair: pair[0]), 0.0, 0
    place = 0
    while place < len(ranks):
        end = place
        while end < len(ranks) and ranks[end][0] == ranks[place][0]:
            end += 1
        hits = sum(positive for _, positive in ranks[place:end])
        total += hits * (place + 1 + end) / 2  # the mean of the ranks place+1 … end
        positives += hits
        place = end
    negatives = len(ranks) - positives
    if not positives or not negatives:
        return None
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def hits_among_first(scored, size):
    """How many positives are expected among the `size` highest scores; a tie at the cut counts by its share."""
    ranks = sorted(scored, key=lambda pair: -pair[0])
    if size >= len(ranks):
        return float(sum(positive for _, positive in ranks))
    if size <= 0:
        return 0.0
    cut = ranks[size - 1][0]
    above = [positive for score, positive in ranks if score > cut]
    tied = [positive for score, positive in ranks if score == cut]
    return sum(above) + sum(tied) * (size - len(above)) / len(tied)
