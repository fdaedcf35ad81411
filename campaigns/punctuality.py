"""How many answers the city got in time from each district: rounds of dispatch and supervision alike."""

from dataclasses import dataclass

from django.db.models import Count, F, Q

from accounts.models import District

from .models import Answer, Supervision


@dataclass(frozen=True)
class Punctuality:
    """Of one district. What is not due yet and not answered counts for nothing."""

    district: District
    due: int  # answered, or the first date is over
    in_time: int
    late: int  # answered after the first date
    missing: int  # not answered, and the first date is over

    @property
    def rate(self):
        return self.in_time / self.due if self.due else None


def of_districts(user, on, *, campaign):
    """(of the rounds, of the supervision): a list of Punctuality each, in the order of the districts."""
    places = District.objects.filter(active=True)
    if not user.sees_whole_city:
        places = places.filter(pk=user.organisation.district_id)
    places = list(places)
    answers = Answer.objects.visible_to(user).filter(dispatch__campaign=campaign)
    notes = Supervision.objects.visible_to(user).filter(campaign=campaign).standing()
    return _counted(answers, places, on), _counted(notes, places, on)


def _counted(rows, places, on):
    found = {
        row["district"]: row
        for row in rows.fallen_due(on).order_by().values("district").annotate(
            due=Count("pk"), in_time=Count("pk", filter=Q(answered_on__lte=F("due_on"))),
            late=Count("pk", filter=Q(answered_on__gt=F("due_on"))), missing=Count("pk", filter=Q(answered_on=None)),
        )
    }  # fmt: skip
    nothing = {"due": 0, "in_time": 0, "late": 0, "missing": 0}
    return [
        Punctuality(place, **{name: found.get(place.pk, nothing)[name] for name in nothing}) for place in places
    ]  # fmt: skip
