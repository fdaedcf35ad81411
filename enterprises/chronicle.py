"""All that happened with one enterprise, told by every room, together in time.

A room tells its events in its module `chronicle`, which is found at start:

    @tell("visits", "走访体检", Can.READ_INSPECTIONS)
    def visits(enterprise, user):
        for row in rows(Inspection, enterprise, user).exclude(visited_on=None):
            yield Event(row.visited_on, f"走访体检：{row.get_outcome_display()}", row.get_absolute_url())

Whoever may not read a kind is not told that there is any: neither its events nor its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.roles import Can

KINDS = {}


@dataclass(frozen=True)
class Event:
    on: date
    what: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Kind:
    key: str
    label: str
    capability: Can
    events: Callable  # (enterprise, user) -> Events of what the person may see


def tell(key, label, capability):
    """Decorator: a room's events of one kind."""

    def register(events):
        KINDS[key] = Kind(key, label, capability, events)
        return events

    return register


def rows(model, enterprise, user, *related):
    """The records of an enterprise, and of those that were merged into it, as far as the person may see."""
    here = Q(enterprise=enterprise) | Q(enterprise__merged_into=enterprise)
    return model.objects.visible_to(user).filter(here).select_related(*related)


def of(enterprise, user):
    """[(Kind, Event)], newest first; of one day in the order of the kinds."""
    told = [
        (kind, event)
        for kind in KINDS.values()
        if user.may(kind.capability)
        for event in kind.events(enterprise, user)
        if event.on is not None
    ]
    return sorted(told, key=lambda each: each[1].on, reverse=True)
