"""The values of indicators, district by district, as of a day."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Sum

from campaigns.models import Campaign

from .catalogue import CATALOGUE, Unit


@dataclass(frozen=True)
class Table:
    """{code: {district: value}} of `campaign` as of the evening of `on`. 元 in 分."""

    campaign: Campaign
    on: date
    values: dict

    def value(self, code, district=None):
        """A whole number, of a district or of all in the table together; of a Rate per cent, None without a whole."""
        indicator = CATALOGUE[code]
        if indicator.is_rate:
            whole = self.value(indicator.whole, district)
            return 100 * self.value(indicator.part, district) / whole if whole else None
        found = self.values[code]
        return sum(found.values()) if district is None else found.get(district, 0)

    def shown(self, code, district=None):
        return shown(CATALOGUE[code], self.value(code, district))


def of(indicators, campaign, *, on, user=None, district=None):
    """The Table of `indicators`, for what `user` may see (None: for whatever the connection shows), or one district.

    A statement an indicator. A person of a district is shown that district alone, by scope and by the database's wall.
    """
    needed = {}
    for indicator in indicators:
        parts = (CATALOGUE[indicator.part], CATALOGUE[indicator.whole]) if indicator.is_rate else (indicator,)
        needed |= {part.code: part for part in parts}
    values = {code: _by_district(part, campaign, on, user, district) for code, part in needed.items()}
    return Table(campaign, on, values)


def _by_district(indicator, campaign, on, user, district):
    rows = indicator.counted(campaign, on, district=district, user=user)
    path = rows.model.district_path
    figure = Count("pk") if indicator.sums is None else Sum("share")
    return {row[path]: row["figure"] for row in rows.values(path).annotate(figure=figure)}


def cut_off(campaign, on):
    """The day as of which figures are shown: today, once the campaign's cut-off is past that day for good."""
    return min(on, campaign.cut_off_on)


def shown(indicator, value):
    """A value as tables write it, in the unit `shown_in`: 1,203 · 9.60 万元 · 58.3."""
    if value is None:
        return "—"
    if indicator.is_money:
        return f"{(Decimal(value) / 1_000_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"{value:,.1f}" if indicator.unit == Unit.PERCENT else f"{value:,}"
