"""Freshness: for each feed and month how many enterprises are known, out of how many, since when and from whom."""

from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np
from django.db import connection
from django.db.models import Aggregate, BinaryField, Case, DateField, Value, When
from django.db.models.functions import Cast, TruncMonth

from .models import Delivery, DeliveryMonth, Enterprise, Feed
from .signals import BLOCK

MONTHS = 24
# A month that covers so much less than the feed's usual month was probably delivered in part: a hint for the eye.
SPARSE_BELOW = 0.8


@dataclass(frozen=True)
class Cell:
    """One feed in one month: `covered` of `expected` enterprises; `delivery` is the latest in force to tell of it."""

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
    """What is known of the enterprises that `user` sees: a FeedFreshness for each feed, over the 24 months that end
    with the last whole month before the day `on`.

    A month expects the enterprises that are in business in the register now and were founded by its end; covered are
    those of them for whom a delivery in force has a word. Absent is unknown, not zero: few have loans or parcels.
    """
    months = months_until(_month_before(on.replace(day=1)))
    presence, expected, told_by = _presence(months), _expected(user, months), _latest_deliveries(months)
    return [_of_feed(feed, months, presence, expected, told_by) for feed in Feed]


def months_until(last, count=MONTHS):
    """First days of `count` months that end with the month of `last`, oldest first."""
    number = last.year * 12 + last.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def _of_feed(feed, months, presence, expected, told_by):
    counts = [(_both(presence.get((feed, month)), expected[month]), _many(expected[month])) for month in months]
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


def _many(bits):
    return int(np.bitwise_count(bits).sum())


def _both(bits, others):
    if bits is None:
        return 0
    size = min(bits.size, others.size)
    return _many(bits[:size] & others[:size])


def _expected(user, months):
    """{month: bits of the enterprises in business that `user` sees and that were founded by its end}.

    Bit n stands for enterprise n, as in the presence bits of a block. An unknown founding day counts as long ago.
    """
    founding = Cast(TruncMonth("founded_on"), DateField())
    since = Case(When(founded_on__gte=months[0], then=founding), default=Value(months[0], DateField()))
    active = Enterprise.objects.active().visible_to(user).order_by()
    founded = dict(active.annotate(since=since).values_list("since").annotate(ids=_PackedIds("id")))
    ids = {month: np.frombuffer(packed, ">i4") for month, packed in founded.items()}
    size = max((found.max() for found in ids.values()), default=0) + 1
    present, bits = np.zeros(size, bool), {}
    for month in months:
        present[ids.get(month, [])] = True
        bits[month] = np.packbits(present, bitorder="little")
    return bits


class _PackedIds(Aggregate):
    """Ids as one string of bytes: a hundred thousand come ten times faster than as rows."""

    template = "string_agg(int4send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


def _presence(months):
    """{(feed, month): presence bits of all enterprises}: the heads of blocks, whose figures are for the city alone."""
    bits = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed, month, block_no, bits FROM enterprises_presence(%s, %s)", [months[0], months[-1]])
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
