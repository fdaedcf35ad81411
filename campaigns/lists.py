"""What the lists of a campaign have in common."""

from django.db.models import Q

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.today import today
from enterprises.case_listings import Shown

DISTRICT = Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district))
STATE = Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display())


def listing(page, title, filtered, columns, unit):
    return register(
        Listing(
            page=page, title=title, capability=Can.READ_CAMPAIGN, filtered=filtered, columns=lambda user: columns,
            unit=unit, notes=_as_of,
        )
    )  # fmt: skip


def _as_of(user, parameters):
    on = today()
    return (f"截至 {on.year}年{on.month}月{on.day}日。",)


class Kept(Shown):
    """A list of the campaign: rows are found by a text of their own, not by an enterprise."""

    sought = "名称"
    BY = ()  # fields that a search looks into
    ORDER = ()

    def named(self, queryset, name, value):
        found = Q()
        for field in self.BY:
            found |= Q(**{f"{field}__icontains": value})
        return queryset.filter(found)

    def in_order(self, rows):
        return rows.order_by(*self.ORDER)
