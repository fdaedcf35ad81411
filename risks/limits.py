"""How often the law lets an employer be checked, and how many go. Dated settings, each with its article; pure."""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices


class Kind(TextChoices):
    """A 体检 is a service and counts towards no limit; the checks of 劳动保障监察 do."""

    CHECKUP = "checkup", "法治体检"
    ROUTINE = "routine", "日常巡视检查"
    SPECIAL = "special", "专项检查"


@dataclass(frozen=True)
class Limit:
    """At most `most` checks of a kind on one employer in a calendar year, unless a violation is suspected."""

    kind: Kind
    most: int
    instrument: str
    article: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Company:
    """At least `least` people go on a check of `kinds`; of the side named, or of any."""

    kinds: frozenset
    side: str | None
    least: int
    instrument: str
    article: str
    since: date
    until: date | None = None


_REGULATION = "山东省劳动和社会保障监察条例"
LIMITS = (
    Limit(Kind.ROUTINE, 2, _REGULATION, "第十三条", date(2020, 11, 27)),
    Limit(Kind.SPECIAL, 1, _REGULATION, "第十三条", date(2020, 11, 27)),
)
COMPANIES = (
    Company(frozenset(Kind), "workers", 2, "山东省工会劳动法律监督条例", "第十六条", date(2021, 10, 1)),
    Company(frozenset({Kind.ROUTINE, Kind.SPECIAL}), None, 2, "劳动保障监察条例", "第十六条", date(2004, 12, 1)),
)


def limit_of(kind, *, on):
    """The Limit in force on the day, None where the law sets none."""
    return next((limit for limit in LIMITS if limit.kind == kind and _in_force(limit, on)), None)


def company_for(kind, side, *, on):
    """The Company rule that asks most people of a check led by `side`, None where none asks."""
    rules = [
        rule
        for rule in COMPANIES
        if kind in rule.kinds and rule.side in (None, side) and (on is None or _in_force(rule, on))
    ]
    return max(rules, key=lambda rule: rule.least, default=None)


def least_inspectors(kind, side, *, on):
    rule = company_for(kind, side, on=on)
    return rule.least if rule else 1


def warning(kind, checked, *, on):
    """A sentence where one more check would be beyond the year's limit; "" where it would not.

    checked  checks of the kind on this employer in the calendar year of `on`, done and planned
    """
    limit = limit_of(kind, on=on)
    if limit is None or checked < limit.most:
        return ""
    return (
        f"{on.year}年已安排或完成{limit.kind.label} {checked} 次，《{limit.instrument}》{limit.article}规定同一单位每年"
        f"不超过 {limit.most} 次，有违法嫌疑的除外。"
    )


def _in_force(rule, on):
    return rule.since <= on and (rule.until is None or on <= rule.until)
