"""How many enterprises stand at each level, district by district, and against the run before.

Every count comes from the run's tallies, which the ranked list uses too, and carries the query that opens its rows.
"""

from dataclasses import dataclass

from accounts.models import District
from risks.filters import LEVELS
from risks.models import Level

NAMES = tuple(LEVELS)  # red, orange, yellow, blue
AT_RISK = NAMES[:3]


@dataclass(frozen=True)
class Count:
    """`number` enterprises of one level; `before` in the previous run, None without one; `query` opens the list."""

    name: str
    number: int
    before: int | None
    query: str

    @property
    def level(self):
        return LEVELS.get(self.name)

    @property
    def label(self):
        return "有风险" if self.level is None else Level(self.level).label

    @property
    def change(self):
        return None if self.before is None else self.number - self.before


@dataclass(frozen=True)
class Row:
    """A district, or all that a person sees (`district` None)."""

    district: District | None
    counts: dict  # name -> Count, with "risk" and "all"
    longest: int  # the most enterprises at risk of any district: what a full bar stands for

    @property
    def levels(self):
        return [self.counts[name] for name in NAMES]

    @property
    def bar(self):
        """Segments of a bar 100 wide: (name, x, width) for red, orange and yellow."""
        segments, x = [], 0.0
        for name in AT_RISK:
            width = 100 * self.counts[name].number / self.longest if self.longest else 0
            segments.append((name, f"{x:.2f}", f"{width:.2f}"))
            x += width
        return segments


def by_district(run, user):
    """Rows of the districts that `user` sees in `run`, and one row of them all together."""
    districts = District.objects.all()
    if not user.sees_whole_city:
        districts = districts.filter(pk=user.organisation.district_id)
    now, before = run.tallies, run.previous.tallies if run.previous else None
    longest = max((_at_risk(now.get(district.pk, {})) for district in districts), default=0)
    narrow = len(districts) > 1
    rows = [
        Row(
            district,
            _counts(now.get(district.pk, {}), before and before.get(district.pk, {}), district.pk if narrow else ""),
            longest,
        )
        for district in districts
    ]
    shown = [district.pk for district in districts]
    return rows, Row(None, _counts(_sum(now, shown), before and _sum(before, shown), ""), longest)


def _counts(now, before, district):
    tally = _with_totals(now)
    earlier = _with_totals(before) if before is not None else {}
    return {name: Count(name, number, earlier.get(name), _query(name, district)) for name, number in tally.items()}


def _with_totals(tally):
    counts = {name: tally.get(name, 0) for name in NAMES}
    return counts | {"risk": _at_risk(counts), "all": sum(counts.values())}


def _at_risk(tally):
    return sum(tally.get(name, 0) for name in AT_RISK)


def _sum(tallies, districts):
    return {name: sum(tallies.get(district, {}).get(name, 0) for district in districts) for name in NAMES}


def _query(name, district):
    level = "" if name == "risk" else f"level={name}"
    parts = [part for part in (f"district={district}" if district else "", level) if part]
    return "?" + "&".join(parts) if parts else ""
