"""Freshness: for each feed and month how many enterprises are known, out of how many, since when and from whom."""

from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np
from django.db import connection

from .models import Delivery, DeliveryMonth, Enterprise, Feed

MONTHS = 24
BLOCK = 4096
# A month that covers this much less than the feed's usual month was probably delivered in part. A hint for the eye, not a rule of law.
SPARSE_BELOW = 0.8


@dataclass(frozen=True)
class Cell:
    """One feed in one month: `covered` of `expected` enterprises, told by `delivery` (the latest in force), or nothing."""

    feed: Feed
    month: date
    covered: int
    expected: int
    usual: float  # the median of the feed's months that have come
    delivery: Delivery | None
    gap: bool  # missing although an earlier and a later month have come
    awaited: bool  # missing, and so is every later month

    @property
    def kind(self):
        """The Delivery.Kind that brings this feed."""
        return self.feed.name.lower()

    @property
    def missing(self):
        return self.covered == 0

    @property
    def sparse(self):
        return not self.missing and self.covered < SPARSE_BELOW * self.usual

    @property
    def percent(self):
        return 100 * self.covered / self.expected if self.expected else 0.0

    @property
    def below_usual(self):
        """By how many per cent this month falls short of the feed's usual month."""
        return round(100 * (1 - self.covered / self.usual)) if self.usual else 0


@dataclass(frozen=True)
class FeedFreshness:
    """One feed over the months shown, oldest first."""

    feed: Feed
    cells: list

    @property
    def newest(self):
        """The latest month that has come, or None."""
        return next((cell for cell in reversed(self.cells) if not cell.missing), None)

    @property
    def gaps(self):
        return [cell.month for cell in self.cells if cell.gap]

    @property
    def behind(self):
        """How many of the latest months have not come yet."""
        return sum(cell.awaited for cell in self.cells)


def freshness(user, *, on):
    """What is known on the day `on` to `user`'s district (or the city): a FeedFreshness for each feed, over the 24 months
    that end with the last whole month before `on`.

    A month counts the enterprises that are in business in the register now and were founded by its end; covered are those
    of them for whom a delivery in force has a word. Absent is unknown, not zero: few enterprises have loans or parcels.
    """
    months = months_until(_month_before(on.replace(day=1)))
    presence = _presence(months)
    ids, founded = _register(user)
    told_by = _latest_deliveries(months)
    return [_of_feed(feed, months, presence, ids, founded, told_by) for feed in Feed]


def months_until(last, count=MONTHS):
    """First days of `count` months that end with the month of `last`, oldest first."""
    number = last.year * 12 + last.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def _of_feed(feed, months, presence, ids, founded, told_by):
    counts = []
    for month in months:
        expected = founded < np.datetime64(_month_after(month))
        known = presence.get((feed, month))
        counts.append((_covered(known, ids[expected]), int(expected.sum())))
    delivered = {month: covered for month, (covered, _) in zip(months, counts, strict=True) if covered}
    usual = median(delivered.values()) if delivered else 0.0
    oldest, newest = min(delivered, default=date.max), max(delivered, default=date.min)
    return FeedFreshness(
        feed,
        [
            Cell(
                feed, month, covered, expected, usual,
                delivery=told_by.get((feed, month)) if covered else None,
                gap=not covered and oldest < month < newest,
                awaited=month > newest,
            )
            for month, (covered, expected) in zip(months, counts, strict=True)
        ],
    )  # fmt: skip


def _covered(bits, ids):
    """How many of `ids` have their bit set in `bits` (uint8, little-endian bit order, bit n for enterprise n)."""
    if bits is None or not len(ids):
        return 0
    ids = ids[ids < bits.size * 8]
    return int(((bits[ids >> 3] >> (ids & 7).astype(np.uint8)) & 1).sum())


def _register(user):
    """ids (int64) and founding days (datetime64[D], unknown as long ago) of the enterprises in business that `user` sees."""
    rows = list(Enterprise.objects.active().visible_to(user).order_by().values_list("id", "founded_on"))
    ids = np.fromiter((id for id, _ in rows), np.int64, len(rows))
    founded = np.array([founded_on or date.min for _, founded_on in rows], dtype="datetime64[D]")
    return ids, founded


def _presence(months):
    """{(feed, month): presence bits of all enterprises}: the head of each block, so that the figures themselves stay unread."""
    bits = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT feed, month, block_no, substring(body FROM 1 FOR %s) FROM enterprises_signalblock"
            " WHERE month BETWEEN %s AND %s",
            [BLOCK // 8, months[0], months[-1]],
        )
        rows = cursor.fetchall()
    size = (max((block_no for _, _, block_no, _ in rows), default=-1) + 1) * (BLOCK // 8)
    for feed, month, block_no, head in rows:
        whole = bits.setdefault((feed, month), np.zeros(size, np.uint8))
        start = block_no * (BLOCK // 8)
        whole[start : start + BLOCK // 8] = np.frombuffer(head, np.uint8)
    return bits


def _latest_deliveries(months):
    """{(feed, month): the latest delivery in force that speaks of it}."""
    rows = (
        DeliveryMonth.objects.filter(
            delivery__state=Delivery.State.STORED, month__range=(months[0], months[-1]), enterprises__gt=0
        )
        .order_by("feed", "month", "-delivery_id")
        .distinct("feed", "month")
        .select_related("delivery__by__organisation")
    )
    return {(row.feed, row.month): row.delivery for row in rows}


def _month_before(first):
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)


def _month_after(first):
    return date(first.year + (first.month == 12), first.month % 12 + 1, 1)
