"""What an indicator is, and the list of them all in the order of the report's headings."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.roles import Can
from enterprises.models import Enterprise

CATALOGUE = {}  # code -> Indicator or Rate, in the order of the report


class Heading(models.TextChoices):
    """The headings of the report that have figures (the notice's phases)."""

    ORGANISATION = "organisation", "组织部署情况"
    SCREENING = "screening", "风险摸排情况"
    BARGAINING = "bargaining", "协商要约情况"
    GUIDANCE = "guidance", "指导服务情况"
    EXAMPLES = "examples", "示范引领情况"
    COOPERATION = "cooperation", "区域协同与宣传"


class Unit(models.TextChoices):
    """户 counts enterprises once, 户次 each visit; 人 people, 人次 each time. 元 is kept in 分."""

    FIRMS = "firms", "户"
    VISITS = "visits", "户次"
    PEOPLE = "people", "人"
    ATTENDANCES = "attendances", "人次"
    CASES = "cases", "件"
    COPIES = "copies", "份"
    ITEMS = "items", "项"
    TIMES = "times", "次"
    PIECES = "pieces", "个"
    YUAN = "yuan", "元"
    PERCENT = "percent", "%"


@dataclass(frozen=True)
class Indicator:
    """A figure: so many rows or, with `sums`, what they come to.

    `rows(campaign, on)` is a queryset of all districts, each row once, whose model has a `district_path`; what a person
    may see of it is cut out afterwards. `day` names the date that counts, a lookup of the row; None where the rows
    have none of their own. A sum of 元 is one of 分.
    """

    code: str
    name: str
    unit: Unit
    heading: Heading
    rule: str  # what is counted, and by which date, in words
    rows: Callable
    day: str | None = None
    sums: object = None  # an expression over a row
    capability: Can = Can.READ_REPORTS  # beside READ_REPORTS, what a person needs in order to see the rows
    part_of: str = ""  # the code of the figure that this is a part of: 其中
    is_rate = False

    @property
    def is_money(self):
        return self.unit == Unit.YUAN

    @property
    def shown_in(self):
        """Amounts are kept in 分 and read in 万元."""
        return "万元" if self.is_money else self.unit.label

    def counted(self, campaign, on, *, district=None, user=None):
        """The rows behind the figure of a district or of all, as far as `user` sees; each with its `share` of it."""
        found = self.rows(campaign, on)
        if user is not None:
            found = found.visible_to(user)
        if district is not None:
            found = found.filter(**{found.model.district_path: district})
        return found.order_by().annotate(share=self.share)

    @property
    def share(self):
        """What one row adds to the figure."""
        whole = models.BigIntegerField()
        if self.sums is None:
            return models.Value(1, output_field=whole)
        return models.functions.Cast(models.functions.Coalesce(self.sums, 0), whole)

    def address(self, district=None, on=None):
        """The page of the rows behind the figure."""
        conditions = {"code": self.code, "district": district, "on": on}
        asked = "&".join(f"{name}={value}" for name, value in conditions.items() if value)
        return f"{reverse('reports:rows')}?{asked}"


@dataclass(frozen=True)
class Rate:
    """A figure worked out of two others, in per cent; it opens the rows of the first."""

    code: str
    name: str
    heading: Heading
    rule: str
    part: str
    whole: str
    unit: Unit = Unit.PERCENT
    is_rate = True
    is_money = False
    shown_in = Unit.PERCENT.label
    part_of = ""

    @property
    def capability(self):
        return CATALOGUE[self.part].capability

    def address(self, district=None, on=None):
        return CATALOGUE[self.part].address(district, on)


def declare(*indicators):
    for indicator in indicators:
        if indicator.code in CATALOGUE:
            raise ValueError(f"Two indicators of one code: {indicator.code}")
        CATALOGUE[indicator.code] = indicator


def in_order():
    """All of them, heading by heading; within one as they were declared."""
    place = {heading: number for number, heading in enumerate(Heading)}
    return sorted(CATALOGUE.values(), key=lambda indicator: place[indicator.heading])


def readable_by(user):
    """The indicators whose rows a person may see: nobody is shown a figure that they cannot open."""
    if not user.may(Can.READ_REPORTS):
        return []
    return [indicator for indicator in in_order() if user.may(indicator.capability)]


# ── What the declarations are made of ────────────────────────────────────────────────────────


def happened(model, day, **conditions):
    """rows(campaign, on): what happened in the campaign up to and on the day `on`, by the date `day`."""

    def rows(campaign, on):
        return model.objects.filter(campaign=campaign, **{f"{day}__lte": on}, **conditions)

    return rows


def firms(rows, path="enterprise"):
    """rows(campaign, on): the enterprises of other rows, each once; a merged one counts as the one that it is now."""

    def of(campaign, on):
        named = rows(campaign, on).order_by().values(path)
        doubles = Enterprise.objects.filter(pk__in=named, merged_into__isnull=False)
        return Enterprise.objects.current().filter(Q(pk__in=named) | Q(pk__in=doubles.values("merged_into")))

    return of


def narrowed(rows, *conditions, **more):
    """rows(campaign, on): those of `rows` that also meet the conditions."""
    return lambda campaign, on: rows(campaign, on).filter(*conditions, **more)


def not_before(day, on):
    """That a date is not there yet on the day `on`."""
    return Q(**{day: None}) | Q(**{f"{day}__gt": on})


HEADS = F("heads")
