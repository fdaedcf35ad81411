"""How far each district is on the way to its targets, by the figures of the reports."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import District

from . import figures
from .figures import Figure
from .models import Target


@dataclass(frozen=True)
class Cell:
    district: object
    value: Decimal | None  # the target
    reached: Decimal | None
    address: str  # the rows behind the figure

    @property
    def share(self):
        return None if self.value is None or self.reached is None else float(self.reached / self.value)

    @property
    def of_hundred(self):
        """For a bar, which ends at full."""
        return None if self.share is None else min(100, round(self.share * 100))


def places_of(user):
    """The districts whose progress `user` sees."""
    places = District.objects.filter(active=True)
    return list(places if user.sees_whole_city else places.filter(pk=user.organisation.district_id))


def progress(user, campaign, districts, on):
    """[(Figure, [Cell a district])] of the indicators for which there are targets that `user` sees.

    The figures are of the day, or of the campaign's cut-off once that is over.
    """
    day = min(on, campaign.cut_off_on)
    named = {figure.code: figure for figure in figures.catalogue()}
    targets = Target.objects.visible_to(user).filter(campaign=campaign)
    wanted = {(target.code, target.district_id): target.value for target in targets}
    codes = [code for code in named if any(code == one for one, _ in wanted)]
    counted = {
        district.pk: figures.values(codes, campaign=campaign, district=district.pk, on=day) if codes else {}
        for district in districts
    }
    return [(named[code], [_cell(code, place, wanted, counted) for place in districts]) for code in codes]


def _cell(code, district, wanted, counted):
    reached = counted[district.pk].get(code)
    return Cell(
        district, wanted.get((code, district.pk)), None if reached is None else Decimal(str(reached)),
        figures.rows_url(code, district.pk),
    )  # fmt: skip


__all__ = ["Cell", "Figure", "progress"]
