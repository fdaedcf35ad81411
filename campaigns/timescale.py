"""Where a day lies along the months of a campaign, for the drawing of its phases: each month is as wide as the next."""

import calendar
from dataclasses import dataclass
from datetime import date

WIDTH = 1000


@dataclass(frozen=True)
class Scale:
    begins: date  # the first day of the first month
    months: int

    @classmethod
    def of(cls, campaign):
        """Whole months, from the one in which the campaign begins to the one in which it ends."""
        months = _number(campaign.ends_on) - _number(campaign.starts_on) + 1
        return cls(campaign.starts_on.replace(day=1), months)

    def at(self, day, *, end=False):
        """Between 0 and WIDTH: the beginning of the day, or its end. Days outside lie on the edge."""
        share = (day.day - (not end)) / calendar.monthrange(day.year, day.month)[1]
        place = (_number(day) - _number(self.begins) + share) / self.months
        return round(min(1, max(0, place)) * WIDTH)

    @property
    def names(self):
        return [f"{(self.begins.month - 1 + number) % 12 + 1}月" for number in range(self.months)]

    def bar(self, begins, ends):
        """(left, width)"""
        left = self.at(begins)
        return left, max(2, self.at(ends, end=True) - left)

    def holds(self, day):
        return 0 <= _number(day) - _number(self.begins) < self.months


def _number(day):
    return day.year * 12 + day.month - 1
