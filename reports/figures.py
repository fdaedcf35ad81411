"""What the apps below are told, which may not import it: the catalogue (campaigns.figures), the reports handed in."""

from decimal import Decimal

from campaigns.coverage import Own
from campaigns.figures import Figure

from .indicators import tables
from .indicators.catalogue import CATALOGUE, in_order
from .models import Report

# No figure of the report itself, which would count its own submission.
HANDED_IN = Own(
    "已报送的总结", lambda campaign: Report.objects.handed_in().filter(campaign=campaign), "reports:list",
    "state=handed_in",
)  # fmt: skip


class Source:
    def catalogue(self):
        return [_told(indicator) for indicator in in_order()]

    def values(self, codes, *, campaign, district, on):
        asked = [CATALOGUE[code] for code in codes]
        table = tables.of(asked, campaign, on=on, district=district)
        return {each.code: _number(each, table.value(each.code, district)) for each in asked}

    def rows_url(self, code, district):
        return CATALOGUE[code].address(district)


def _told(indicator):
    return Figure(indicator.code, indicator.name, indicator.unit.label, indicator.rule, indicator.heading.label)


def _number(indicator, value):
    return Decimal(value) / 100 if indicator.is_money else value
