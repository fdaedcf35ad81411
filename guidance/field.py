"""Guidance visits as they are written on a phone (casework.field)."""

from accounts.roles import Can
from casework import field
from enterprises.field import enterprise_of, place_of

from .models import GuidanceVisit, Leaflet
from .models.visits import FIELDS, Purpose, values_of
from .visits_forms import own_part
from .visits_views import sheet


def begin(sent, *, by, on):
    visit = GuidanceVisit.begun(enterprise_of(sent, by))
    values = values_of({name: sent.values.get(name, "") for name in FIELDS})
    visit.record(by=by, on=on, uid=sent.uid, logged_at=sent.made_at, **values)
    return visit


@field.register_places
def returns(user, on):
    """Where the person's organisation agreed to come back, soonest first, with the place of the visit before."""
    visits = GuidanceVisit.objects.visible_to(user).returns_ahead().filter(organisation=user.organisation_id)
    for visit in visits.select_related("enterprise").order_by("follow_up_on")[:50]:
        fix, day = visit.fix, visit.follow_up_on
        yield place_of(
            visit.enterprise, why=f"{day.month}月{day.day}日回访：{visit.follow_up}".rstrip("："), kind="visit",
            latitude=fix and fix.latitude, longitude=fix and fix.longitude,
        )  # fmt: skip


field.register(
    field.Kind(
        "visit", "指导走访", "ti-walk", GuidanceVisit, Can.WRITE_GUIDANCE, "guidance/visit_sheet.html", sheet, begin,
        defaults=lambda user: {own_part(user): user.name, "purpose": Purpose.POLICY},
        choices=lambda: {"leaflets": list(Leaflet.objects.offered().titles().items())},
    )
)  # fmt: skip
