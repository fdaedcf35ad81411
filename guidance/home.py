"""The first page of the guidance: what waits for a person, and figures that open the rows behind them."""

from dataclasses import dataclass

from django.urls import reverse

from casework import reminders

from . import layoff_listings, service_listings, visits_listings

MOST = 6  # lines of what waits; the rest is on its own page


@dataclass(frozen=True)
class Block:
    """A list with those of its figures that stand on the first page; `pressing` ones are to be brought to none."""

    label: str
    listing: object
    figures: tuple
    pressing: tuple = ()

    def lines(self, filters):
        """[(label, rows, address, whether it presses)]; what presses only where there is something."""
        shown = {name: (label, rows, query) for name, label, rows, query, _ in filters.segments() + filters.calls()}
        address = reverse(self.listing.page)
        for name in self.figures + self.pressing:
            label, rows, query = shown.get(name, ("", 0, ""))
            if rows or name in self.figures:
                yield label, rows, address + query, name in self.pressing


_BLOCKS = (
    Block("指导走访", visits_listings.VISITS, ("all", "joint", "ahead"), ("return", "maybe", "disagreed")),
    Block("新办企业", service_listings.NEW_FIRMS, ("open", "taken", "served")),
    Block("企业求助", service_listings.INQUIRIES, ("open", "answered"), ("unassigned", "overdue")),
    Block("裁员报告", layoff_listings.LAYOFFS, ("open", "after", "priority"),
          ("advise", "early", "begin", "union", "untransferred")),
    Block("被裁减人员", layoff_listings.LAID_OFF, ("gone", "helped", "placed"), ("unhelped",)),
    Block("惠企政策送达和享受", service_listings.BENEFITS, ("offered", "taken")),
    Block("规章制度建设", service_listings.SYSTEMS, ("open", "published")),
    Block("资料发放", service_listings.HANDOUTS, ("given",)),
    Block("讲座", service_listings.LECTURES, ("come", "held"), ("enter",)),
)  # fmt: skip

# What the city compares by district: a list, its figure, and the heading.
_COMPARED = (
    (visits_listings.VISITS, "all", "走访"), (visits_listings.VISITS, "return", "应当回访"),
    (service_listings.NEW_FIRMS, "open", "新办企业未服务"), (service_listings.NEW_FIRMS, "served", "新办企业已服务"),
    (service_listings.BENEFITS, "taken", "享受政策"), (service_listings.INQUIRIES, "open", "求助办理中"),
    (service_listings.INQUIRIES, "overdue", "求助逾期"), (layoff_listings.LAYOFFS, "open", "裁减前"),
    (layoff_listings.LAYOFFS, "after", "裁员已实施"),
)  # fmt: skip
PRESSING = ("return", "overdue")


def matters(user, on):
    """What of the guidance waits for the person, the most urgent first."""
    ours = [kind for kind in reminders.kinds_of(user) if kind.matters.__module__.startswith(f"{__package__}.")]
    found = [matter for kind in ours for matter in kind.matters([user], on)]
    return sorted(found, key=lambda matter: (matter.awaited, matter.day, matter.kind, matter.what))


def blocks(user):
    """[(label, address of the list, unit, lines)] of the lists that are open to the person."""
    for block in _BLOCKS:
        if user.may(block.listing.capability):
            lines = list(block.lines(block.listing.filtered(user, {})))
            yield block.label, reverse(block.listing.page), block.listing.unit, lines


def headings():
    return [label for _, _, label in _COMPARED]


def by_district(user, districts):
    """[(district, [(rows, address, whether it presses)])]: the figures of every district, each opening its list."""
    counted = {}
    for listing in dict.fromkeys(listing for listing, _, _ in _COMPARED):
        names = [name for of, name, _ in _COMPARED if of is listing]
        counted[listing.page] = listing.filtered(user, {}).by_district(names)
    for district in districts:
        cells = []
        for listing, name, _ in _COMPARED:
            rows = counted[listing.page].get(district.pk, {}).get(name, 0)
            address = f"{reverse(listing.page)}?show={name}&district={district.pk}"
            cells.append((rows, address, name in PRESSING and rows > 0))
        yield district, cells
