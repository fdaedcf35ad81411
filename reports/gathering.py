"""What the districts submitted, put side by side: where each stands, what all come to, who has the most of what.

The figures are those that were frozen at submission, of the last submission that the city accepted; nothing is counted
anew, so that the sum of the districts is the city's figure whatever happens to the records.
"""

from dataclasses import dataclass
from functools import cached_property

from accounts.models import District

from .indicators import checks, tables
from .indicators.catalogue import CATALOGUE

_REGISTER = "risk.register"  # what makes districts of unlike size comparable
_PER = 1000


@dataclass(frozen=True)
class Standing:
    """Where a district's report stands. `submission` is what counts for the city, None while there is nothing."""

    district: District
    report: object
    submission: object
    words: str
    is_late: bool

    @property
    def is_settled(self):
        """Nothing more is awaited of the district."""
        return self.submission is not None and self.report.state == "accepted"


@dataclass(frozen=True)
class Place:
    """A district's place in a figure. `share` of the city's figure in per cent; None for a rate."""

    rank: int
    district: District
    value: float
    shown: str
    share: float | None
    per: float | None  # for each thousand enterprises on the register


@dataclass(frozen=True)
class Gathered:
    """Frozen figures of several districts. `table` is asked as any Table of the catalogue is."""

    campaign: object
    standings: list
    table: tables.Table
    told: frozenset  # {(district code, figure's code)}: a figure of tomorrow's catalogue is in no old submission

    @property
    def submissions(self):
        return [standing.submission for standing in self.standings if standing.submission]

    @property
    def counted(self):
        """The districts whose figures are in it."""
        return [standing.district for standing in self.standings if standing.submission]

    @property
    def lacking(self):
        return [standing for standing in self.standings if standing.submission is None]

    @property
    def unsettled(self):
        return [standing for standing in self.standings if not standing.is_settled]

    def value(self, code, district=None):
        """A district's value, or that of all together; None where the district did not tell it."""
        if district is not None and not self._is_told(code, district):
            return None
        return self.table.value(code, district)

    def shown(self, code, district=None):
        return tables.shown(CATALOGUE[code], self.value(code, district))

    def ranked(self, code):
        """[Place], the most first; equal values have equal places."""
        values = {each: self.value(code, each.pk) for each in self.counted}
        order = sorted(
            (each for each in values if values[each] is not None), key=lambda each: (-values[each], each.rank)
        )
        whole = None if CATALOGUE[code].is_rate else self.value(code)
        return [
            Place(
                1 + sum(1 for other in order if values[other] > values[each]), each, values[each],
                self.shown(code, each.pk), 100 * values[each] / whole if whole else None, self._per(code, each, values),
            )
            for each in order
        ]  # fmt: skip

    @cached_property
    def hints(self):
        """Values to look at again (indicators.checks)."""
        return checks.of(self.table, [district.pk for district in self.counted])

    def _is_told(self, code, district):
        indicator = CATALOGUE[code]
        parts = (indicator.part, indicator.whole) if indicator.is_rate else (code,)
        return all((district, part) in self.told for part in parts)

    def _per(self, code, district, values):
        register = self.value(_REGISTER, district.pk)
        counts = not CATALOGUE[code].is_rate and not CATALOGUE[code].is_money and code != _REGISTER
        return _PER * values[district] / register if counts and register else None


def of(campaign, *, on):
    """The Gathered of what counts on the day `on`, with the districts of which nothing counts yet."""
    from .models import Submission

    return _gathered(campaign, list(Submission.objects.counting(campaign)), on)


def of_submissions(campaign, submissions):
    """The Gathered of the very `submissions`, whatever came afterwards."""
    return _gathered(campaign, list(submissions.order_by("district__rank")), None)


def _gathered(campaign, submissions, on):
    from .models import FrozenFigure, Report

    reports = {each.district_id: each for each in Report.objects.filter(campaign=campaign)}
    counting = {each.district_id: each for each in submissions}
    standings = [
        _standing(campaign, district, reports.get(district.pk), counting.get(district.pk), on)
        for district in District.objects.filter(active=True)
        if on is not None or district.pk in counting
    ]
    values, told = {code: {} for code, each in CATALOGUE.items() if not each.is_rate}, set()
    figures = FrozenFigure.objects.filter(submission__in=submissions, code__in=values)
    for district, code, value in figures.values_list("district", "code", "value"):
        values[code][district] = int(value)
        told.add((district, code))
    day = max((each.cut_off_on for each in submissions), default=campaign.cut_off_on)
    return Gathered(campaign, standings, tables.Table(campaign, day, values), frozenset(told))


def _standing(campaign, district, report, submission, on):
    late = submission.is_late if submission else on > campaign.report_due_on
    return Standing(district, report, submission, _words(report, submission), late)


def _words(report, submission):
    if report is None:
        return "尚未起草"
    if submission is None:
        return {"submitted": "已报送，待接收", "returned": "已退回，待重新报送"}.get(
            report.state, f"{report.get_state_display()}，尚未报送"
        )
    if report.state == "accepted":
        return "已接收"
    return {"submitted": "更正件待接收", "returned": "更正件已退回"}.get(report.state, "更正中，原报送仍有效")
