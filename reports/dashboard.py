"""The dashboard: a few panels, each a chart, the table that says the same, and the way to the rows behind each figure.

A figure is asked of what its list asks, or of the indicator catalogue, so that the two cannot differ.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import Left, TruncWeek
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from casework.pages import remembered
from enterprises.industries import SECTION_CHOICES
from negotiations.listings import offers_of
from negotiations.models import FirmClass
from risks.filters import LEVELS
from risks.models import Inspection, Level, Score, ScoreRun
from risks.visits_listings import INSPECTIONS

from . import levels
from .indicators import tables
from .indicators.catalogue import CATALOGUE, readable_by

AT_RISK = {"red": "红", "orange": "橙", "yellow": "黄"}
OFFERS = ("late", "talking", "signed", "refused")  # of negotiations.listings.Offers.SHOWN; no offer is in two of them
MOST_TRADES = 10
# The columns of the district table, beside the enterprises at risk.
COLUMNS = (
    "risk.visited_firms", "risk.prescriptions", "risk.ledger", "risk.ledger_closed_rate", "risk.ledger_overdue",
    "bargain.offers", "bargain.in_time_rate", "contract.signed", "arrears.workers", "arrears.amount",
    "arrears.settled_amount",
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A figure of a chart: a number or None where there is none, as tables write it, and the page of its rows."""

    value: float | None
    shown: str
    href: str = ""


@dataclass(frozen=True)
class Series:
    name: str
    form: str  # of static/dashboard.js
    points: list


@dataclass(frozen=True)
class Panel:
    key: str
    title: str
    unit: str
    axis: str  # what the categories are
    categories: list
    series: list
    stacked: bool = False
    across: bool = False  # bars that lie
    note: str = ""
    asides: list = field(default_factory=list)  # further columns of the table alone: Series

    @property
    def plan(self):
        """What the chart is drawn from."""
        return {
            "unit": self.unit, "categories": self.categories, "stacked": self.stacked, "across": self.across,
            "series": [
                {"name": each.name, "form": each.form,
                 "data": [{"value": point.value, "href": point.href} for point in each.points]}
                for each in self.series
            ],
        }  # fmt: skip

    @property
    def columns(self):
        return [*self.series, *self.asides]

    @property
    def rows(self):
        """[(category, points)] of the table."""
        return list(zip(self.categories, zip(*(each.points for each in self.columns), strict=True), strict=True))

    @property
    def is_empty(self):
        return not any(point.value for each in self.series for point in each.points)


def panels(user, campaign, on):
    """The panels that `user` may see, as of the day `on`."""
    run = ScoreRun.objects.latest() if user.may(Can.READ_LEVELS) else None
    found = []
    if run and user.sees_whole_city:
        found.append(_levels_by_district(run, user))
    if run:
        found.append(_levels_by_trade(run, user))
    if user.may(INSPECTIONS.capability):
        found.append(_visits_by_week(user, campaign, on))
    if user.may(Can.READ_LEDGER):
        found.append(_ledger(user, campaign, on))
    if user.may(Can.READ_CONSULTATIONS):
        found.append(_offers(user))
    return found


def _levels_by_district(run, user):
    rows, _ = levels.by_district(run, user)
    page = reverse("risks:list")
    series = [
        Series(word, name, [_whole(row.counts[name].number, page + row.counts[name].query) for row in rows])
        for name, word in AT_RISK.items()
    ]
    moved = [row.counts["risk"].change for row in rows]
    asides = [
        Series("有风险", "", [_whole(row.counts["risk"].number, page + row.counts["risk"].query) for row in rows]),
        Series("较上轮", "", [Point(change, "—" if change is None else f"{change:+,}") for change in moved]),
    ]
    return Panel("districts", "各区市风险等级", "户", "区市", [str(row.district) for row in rows], series,
                 stacked=True, asides=asides)  # fmt: skip


def _levels_by_trade(run, user):
    """The trades with most enterprises at risk. Levels as scored, as the ranked list has them."""
    scores = Score.objects.visible_to(user).filter(run=run, level__gt=Level.BLUE).order_by()
    tallied = scores.values("level", trade=Left("enterprise__industry", 1)).annotate(number=Count("*"))
    rows = remembered("trades", tallied, lambda: list(tallied), rows=lambda rows: sum(row["number"] for row in rows))
    numbers, names = {}, dict(SECTION_CHOICES)
    for row in rows:
        if row["trade"] in names:
            numbers.setdefault(row["trade"], {})[row["level"]] = row["number"]
    most = sorted(numbers, key=lambda trade: -sum(numbers[trade].values()))[:MOST_TRADES]
    page = reverse("risks:list")
    series = [
        Series(word, name, [
            _whole(numbers[trade].get(LEVELS[name], 0), f"{page}?{urlencode({'level': name, 'trade': trade})}")
            for trade in most
        ])
        for name, word in AT_RISK.items()
    ]  # fmt: skip
    note = f"有风险企业最多的 {MOST_TRADES} 个行业门类" if len(numbers) > MOST_TRADES else ""
    return Panel("trades", "各行业风险等级", "户", "行业", [names[trade] for trade in most], series,
                 stacked=True, across=True, note=note)  # fmt: skip


def _visits_by_week(user, campaign, on):
    """Weeks from Monday to Sunday, from the campaign's first to the one of the day."""
    submitted = {"state": Inspection.State.SUBMITTED}
    listed = INSPECTIONS.filtered(user, submitted).qs.filter(visited_on__range=(campaign.starts_on, on))
    rows = Inspection.objects.visible_to(user).filter(pk__in=listed.order_by().values("pk")).order_by()
    week = rows.values(week=TruncWeek("visited_on")).annotate(number=Count("pk"))
    numbers = {row["week"]: row["number"] for row in week}
    first, mondays = campaign.starts_on - timedelta(days=campaign.starts_on.weekday()), []
    while first <= on:
        mondays.append(first)
        first += timedelta(days=7)
    points = [
        _whole(numbers.get(monday, 0), _visits_of(submitted, max(monday, campaign.starts_on),
                                                  min(monday + timedelta(days=6), on)))
        for monday in mondays
    ]  # fmt: skip
    weeks = [f"{monday.month}月{monday.day}日" for monday in mondays]
    return Panel("visits", "每周入户走访", "户次", "周（周一起）", weeks, [Series("走访", "bar", points)])


def _visits_of(conditions, since, until):
    return f"{reverse('risks:inspections')}?{urlencode(conditions | {'since': since, 'until': until})}"


def _ledger(user, campaign, on):
    codes = ("risk.ledger", "risk.ledger_closed", "risk.ledger_overdue", "risk.ledger_closed_rate")
    table = tables.of([CATALOGUE[code] for code in codes], campaign, on=on, user=user)
    places = _districts(user)
    of = {code: [_figure(table, code, place) for place in places] for code in codes}
    series = [
        Series("整改事项", "back", of["risk.ledger"]), Series("已销号", "bar", of["risk.ledger_closed"]),
        Series("逾期未整改", "late", of["risk.ledger_overdue"]),
    ]  # fmt: skip
    asides = [Series("销号率（%）", "", of["risk.ledger_closed_rate"])]
    return Panel("ledger", "整改台账", "件", "区市", [str(place) for place in places], series, asides=asides)


def _offers(user):
    """The very figures that stand on top of the list of offers."""
    lists = {kind: offers_of(user, {"show": "all", "firm_class": kind.value}) for kind in FirmClass}
    page, forms = reverse("negotiations:list"), dict(zip(OFFERS, ("late", "bar", "done", "back"), strict=True))
    series = [
        Series(next(iter(lists.values())).SHOWN[name], forms[name], [
            _whole(found.figures[name], f"{page}?{urlencode({'show': name, 'firm_class': kind.value})}")
            for kind, found in lists.items()
        ])
        for name in OFFERS
    ]  # fmt: skip
    return Panel("offers", "协商要约", "件", "企业类别", [kind.label for kind in lists], series, across=True)


# ── The table of districts ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class DistrictTable:
    """One row a district, one column an indicator; in the order of rank, or of a column (`-`: the most first)."""

    columns: list  # (code, heading, unit, query that sorts by it, "" or "ascending" or "descending")
    rows: list  # (District, points)
    total: list  # points of all together


def district_table(user, campaign, on, sort=""):
    shown = [indicator for indicator in readable_by(user) if indicator.code in COLUMNS]
    table = tables.of(shown, campaign, on=on, user=user)
    places, by = _districts(user), sort.removeprefix("-")
    if by in {indicator.code for indicator in shown}:
        known = {place.pk: table.value(by, place.pk) for place in places}
        places.sort(key=lambda place: (known[place.pk] is None, (known[place.pk] or 0) * (1 if sort == by else -1)))
    return DistrictTable(
        [(each.code, each.name.removeprefix("其中"), each.shown_in, *_sorting(each.code, sort)) for each in shown],
        [(place, [_figure(table, each.code, place) for each in shown]) for place in places],
        [_figure(table, each.code, None) for each in shown],
    )


def _sorting(code, sort):
    """The most first, unless that is how it stands."""
    query = code if sort == f"-{code}" else f"-{code}"
    return query, {code: "ascending", f"-{code}": "descending"}.get(sort, "")


def _districts(user):
    everywhere = District.objects.all()
    return list(everywhere if user.sees_whole_city else everywhere.filter(pk=user.organisation.district_id))


def _figure(table, code, place):
    district = place and place.pk
    return Point(table.value(code, district), table.shown(code, district), CATALOGUE[code].address(district, table.on))


def _whole(number, href):
    return Point(number, f"{number:,}", href)
