"""Which months the feeds have come to: what a run can be asked for, and whether newer data have overtaken one."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from enterprises.models import Delivery, DeliveryMonth, Feed


@dataclass(frozen=True)
class Readiness:
    """How the feeds stand to a run: those that did not reach its month, and a newer month that all of them cover."""

    behind: list  # [(Feed, newest month or None)]
    newer: date | None


def of(run):
    told = _told()
    newest = {feed: max(told[feed], default=None) for feed in Feed}
    complete = _complete(told)
    return Readiness(
        behind=[(feed, month) for feed, month in newest.items() if month is None or month < run.as_of],
        newer=complete if complete and complete > run.as_of else None,
    )


def months():
    """[(first day of a month, [Feed that told of it])] of which anything is known, newest first."""
    told = _told()
    known = sorted(set().union(*told.values()), reverse=True)
    return [(month, [feed for feed in Feed if month in told[feed]]) for month in known]


def default(months):
    """The latest month that all feeds cover; where there is none, the latest of which anything is known."""
    complete = [month for month, feeds in months if len(feeds) == len(Feed)]
    return next(iter(complete or [month for month, _ in months]), None)


def _complete(told):
    return max(set.intersection(*(told[feed] for feed in Feed)), default=None)


def _told():
    rows = (
        DeliveryMonth.objects.filter(delivery__state=Delivery.State.STORED, enterprises__gt=0)
        .order_by()
        .values_list("feed", "month")
        .distinct()
    )
    told = defaultdict(set)
    for feed, month in rows:
        told[Feed(feed)].add(month)
    return told
