"""What the four feeds say of one enterprise, as charts and tables: two years, each month beside that of last year.

An unknown month is a gap, never a zero. Amounts are shown in 万元 with two decimals.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from .models import Delivery, DeliveryMonth, Feed, Signal

MONTHS = 24
_FEN_IN_WAN = 1_000_000


@dataclass(frozen=True)
class Line:
    """One row of points of a chart. `form`: line, dashed, bar, or shadow for last year's."""

    name: str
    form: str
    points: list


@dataclass(frozen=True)
class Chart:
    key: str
    feed: str  # tax, social, loan, logistics: the name under which reasons mark its months
    title: str
    unit: str
    lines: list[Line]
    months: list[str]

    @property
    def known(self):
        return any(point is not None for line in self.lines for point in line.points)

    @property
    def rows(self):
        """For the table beside the chart: month, then a value of each line; the newest month first."""
        rows = list(zip(self.months, *(line.points for line in self.lines), strict=True))
        return [(month, [_written(value, self.unit) for value in values]) for month, *values in reversed(rows)]

    @property
    def drawn(self):
        """What charts.js draws, as JSON."""
        lines = [{"name": line.name, "form": line.form, "points": line.points} for line in self.lines]
        return {"feed": self.feed, "unit": self.unit, "months": self.months, "lines": lines}


def last_month():
    """The newest month of which any delivery in force speaks, or None."""
    return DeliveryMonth.objects.filter(delivery__state=Delivery.State.STORED).aggregate(last=Max("month"))["last"]


def of(enterprise, until):
    """Five charts of the `MONTHS` months up to `until` (a first day); a chart without a known month says so itself."""
    months = [_earlier(until, back) for back in range(MONTHS - 1, -1, -1)]
    known = _known(enterprise, _earlier(until, MONTHS + 11), until)
    return [_chart(months, known, *plan) for plan in _PLANS]


# key, feed, title, unit, lines: (name, form, column, months earlier)
_PLANS = (
    ("social", Feed.SOCIAL, "社会保险费", "万元",
     (("去年同期实缴", "shadow", "paid", 12), ("应缴", "dashed", "due", 0), ("实缴", "line", "paid", 0))),
    ("heads", Feed.SOCIAL, "参保人数", "人",
     (("去年同期", "shadow", "count", 12), ("参保人数", "line", "count", 0))),
    ("tax", Feed.TAX, "税款", "万元",
     (("去年同期实缴", "shadow", "paid", 12), ("应纳", "back", "due", 0), ("实缴", "bar", "paid", 0))),
    ("loan", Feed.LOAN, "贷款逾期", "天",
     (("去年同期", "shadow", "count", 12), ("逾期天数", "late", "count", 0))),
    ("repaid", Feed.LOAN, "贷款还款", "万元",
     (("去年同期实还", "shadow", "paid", 12), ("应还", "dashed", "due", 0), ("实还", "line", "paid", 0))),
    ("logistics", Feed.LOGISTICS, "寄递物流", "件",
     (("去年同期", "shadow", "count", 12), ("件数", "bar", "count", 0))),
)  # fmt: skip


def _chart(months, known, key, feed, title, unit, plans):
    scale = _FEN_IN_WAN if unit == "万元" else None
    lines = [
        Line(name, form, [_point(known.get((feed, _earlier(month, back))), column, scale) for month in months])
        for name, form, column, back in plans
    ]
    return Chart(key, feed.name.lower(), title, unit, lines, [f"{month:%Y-%m}" for month in months])


def _known(enterprise, first, last):
    """{(feed, month): signal} of what is known now."""
    rows = Signal.objects.in_force().filter(enterprise_id=enterprise.pk, month__range=(first, last))
    return {(row.feed, row.month): row for row in rows}


def _point(row, column, scale):
    value = None if row is None else getattr(row, column)
    return value if value is None or scale is None else round(value / scale, 2)


def _written(value, unit):
    if value is None:
        return "—"
    return f"{value:,.2f}" if unit == "万元" else f"{value:,}"


def _earlier(month, back):
    number = month.year * 12 + month.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)
