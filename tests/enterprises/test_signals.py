"""Signals and their blocks: whatever deliveries come, are corrected and undone, both say the same."""

import random
from datetime import date

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from enterprises import signals
from enterprises.models import Delivery, Feed, Signal, SignalBlock
from tests import make


@given(st.data(), st.sampled_from(list(Feed)))
def test_a_block_reads_back_as_it_was_written(data, feed):
    present = np.zeros(signals.BLOCK, dtype=bool)
    present[data.draw(st.lists(st.integers(0, signals.BLOCK - 1), max_size=20))] = True
    columns = {name: np.arange(signals.BLOCK) * 7 for name in signals.COLUMNS[feed]}
    body = signals.encode_block(feed, present, columns)
    assert len(body) == 512 + sum(signals.BLOCK * signals.TYPES[name].itemsize for name in signals.COLUMNS[feed])
    seen, read = signals.decode_block(feed, body)
    assert (seen == present).all()
    for name in signals.COLUMNS[feed]:
        assert (read[name] == np.where(present, columns[name], 0)).all()


def blocks():
    return {(b.feed, b.month, b.block_no): bytes(b.body) for b in SignalBlock.objects.all()}


def in_force(feed=Feed.TAX):
    rows = Signal.objects.in_force().filter(feed=feed)
    return {(row.enterprise_id, row.month): (row.due, row.paid) for row in rows}


def store(delivery, rows, **how):
    """rows: {(enterprise id, month number): (due, paid)}"""
    keys = sorted(rows, key=lambda key: (key[1], key[0]))
    months, ids = (np.array([key[n] for key in keys], dtype=np.int64) for n in (1, 0))
    values = {name: np.array([rows[key][n] for key in keys], dtype=np.int64) for n, name in enumerate(("due", "paid"))}
    return signals.store(Feed.TAX, delivery.pk, months, ids, values, **how)


def undo(delivery):
    Delivery.objects.filter(pk=delivery.pk).update(state="undone", undone_at=make.AT)
    signals.let_go(delivery)


JUNE = 2023 * 12 + 5


@pytest.mark.django_db
def test_a_delivery_that_repeats_what_is_known_stores_nothing_and_a_correction_only_what_differs():
    first, second, third = (make.delivery() for _ in range(3))
    rows = {(eid, JUNE): (eid, 1) for eid in (1, 4095, 4096, 9000)}
    assert store(first, rows) == 4
    assert store(second, rows) == 0
    assert store(third, rows | {(4096, JUNE): (7, 7), (5, JUNE): (5, 5)}) == 2
    assert in_force()[4096, date(2023, 6, 1)] == (7, 7)
    assert Signal.objects.filter(enterprise_id=4096).count() == 2, "what was known before stays"
    assert {no for _, _, no in blocks()} == {0, 1, 2}


@pytest.mark.django_db
def test_when_a_delivery_is_undone_the_word_of_a_later_one_that_confirmed_it_still_stands():
    first, second = make.delivery(), make.delivery()
    store(first, {(1, JUNE): (10, 5), (2, JUNE): (20, 5)})
    store(second, {(1, JUNE): (10, 5)})
    undo(first)
    assert in_force() == {(1, date(2023, 6, 1)): (10, 5)}
    assert Signal.objects.in_force().get().delivery_id == second.pk
    undo(second)
    assert in_force() == {}
    assert blocks() == {}


@pytest.mark.django_db
def test_a_delivery_that_is_late_does_not_outdo_a_later_one():
    early, late = make.delivery(), make.delivery()
    store(late, {(1, JUNE): (2, 2)})
    store(early, {(1, JUNE): (1, 1), (2, JUNE): (3, 3)}, out_of_order=True)
    june = date(2023, 6, 1)
    assert in_force() == {(1, june): (2, 2), (2, june): (3, 3)}
    written = blocks()
    signals.rebuild()
    assert blocks() == written
    undo(late)
    assert in_force() == {(1, june): (1, 1), (2, june): (3, 3)}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_blocks_and_rows_in_force_agree_after_any_deliveries_corrections_and_undoings(seed):
    rng = random.Random(seed)
    said = {}  # delivery -> what it says
    live = []
    for _ in range(14):
        if live and rng.random() < 0.3:
            gone = live.pop(rng.randrange(len(live)))
            undo(gone)
        else:
            delivery = make.delivery()
            rows = {
                (rng.choice([3, 4000, 4095, 4096, 12288]), JUNE + rng.randrange(3)): (
                    rng.randrange(3),
                    rng.randrange(2),
                )
                for _ in range(rng.randrange(1, 9))
            }
            store(delivery, rows)
            said[delivery] = rows
            live.append(delivery)
        wanted = {}
        for delivery in live:  # in the order of their numbers: the latest word counts
            wanted |= said[delivery]
        known = {(eid, month.year * 12 + month.month - 1): values for (eid, month), values in in_force().items()}
        assert known == wanted
        written = blocks()
        signals.rebuild()
        assert blocks() == written


@pytest.mark.django_db
def test_after_a_merge_what_was_said_of_the_double_counts_for_the_survivor():
    delivery, later = make.delivery(), make.delivery()
    store(delivery, {(1, JUNE): (1, 1), (2, JUNE): (2, 2), (2, JUNE + 1): (3, 3)})
    store(later, {(2, JUNE + 2): (4, 4)})
    signals.take_over(2, 1)
    june, july, august = (date(2023, month, 1) for month in (6, 7, 8))
    known = in_force()
    assert {month: known[1, month] for month in (june, july, august)} == {june: (1, 1), july: (3, 3), august: (4, 4)}
    written = blocks()
    signals.rebuild()
    assert blocks() == written


@pytest.mark.django_db
def test_a_month_is_opened_by_whoever_stores_in_it():
    store(make.delivery(), {(1, 2031 * 12): (1, 1)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('enterprises_signal_203101') IS NOT NULL")
        assert cursor.fetchone()[0]
