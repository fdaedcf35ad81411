"""Monthly signals: the rows that deliveries brought, and the blocks in which scoring reads what is known now.

A block holds one feed and month of 4,096 neighbouring enterprises (enterprise_id // 4096), packed for numpy,
little-endian: 512 bytes of presence bits, then each column of the feed whole, zeros where absent: amounts in 分 as
int64, counts as int32.
Blocks say what is in force; rows and blocks are written in one transaction, so that both always agree.
"""

import io
import struct

import numpy as np
from django.db import connection

from casework import wall

from .deliveries import months as calendar
from .models import Delivery, Feed

TABLE = "enterprises_signal"
BLOCK = 4096
_BITS = BLOCK // 8
COLUMNS = {
    Feed.TAX: ("due", "paid"),
    Feed.SOCIAL: ("due", "paid", "count"),
    Feed.LOAN: ("due", "paid", "balance", "count"),
    Feed.LOGISTICS: ("count",),
}
TYPES = {"due": np.dtype("<i8"), "paid": np.dtype("<i8"), "balance": np.dtype("<i8"), "count": np.dtype("<i4")}
_COPIED_AT_ONCE = 50_000
_BLOCKS_AT_ONCE = 16


def encode_block(feed, present, columns):
    """present: bool [4096]; columns: name -> integers [4096] -> bytes."""
    parts = [np.packbits(present, bitorder="little").tobytes()]
    parts += [np.where(present, columns[name], 0).astype(TYPES[name]).tobytes() for name in COLUMNS[feed]]
    return b"".join(parts)


def decode_block(feed, body):
    """bytes -> (present bool [4096], {name: integers [4096]}), views of the bytes where possible."""
    present = np.unpackbits(np.frombuffer(body, np.uint8, _BITS), bitorder="little").view(bool)
    columns, at = {}, _BITS
    for name in COLUMNS[feed]:
        columns[name] = np.frombuffer(body, TYPES[name], BLOCK, at)
        at += BLOCK * TYPES[name].itemsize
    return present, columns


def refresh_blocks(feed, months, block_nos=None):
    """Make the blocks of a feed anew from the rows in force.

    Months: first days; block_nos: those only, else all of these months.
    """
    for month in months:
        with connection.cursor() as cursor:
            _refresh_month(cursor, Feed(feed), month, block_nos)


def rebuild():
    """All blocks of all feeds from the rows in force. Returns how many blocks there are."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM enterprises_signalblock")
        cursor.execute("SELECT DISTINCT feed, month FROM enterprises_signal")
        for feed, month in cursor.fetchall():
            _refresh_month(cursor, Feed(feed), month, None)
        cursor.execute("SELECT count(*) FROM enterprises_signalblock")
        return cursor.fetchone()[0]


def take_over(double_id, survivor_id):
    """After a merge: what was said of the double also counts for the survivor, unless the survivor was spoken of too.

    The double's own rows stay, as the trail of what was delivered under its code.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO enterprises_signal (enterprise_id, feed, month, delivery_id, due, paid, balance, count)"
            " SELECT %s, feed, month, delivery_id, due, paid, balance, count FROM enterprises_signal"
            " WHERE enterprise_id = %s"
            " ON CONFLICT DO NOTHING RETURNING feed, month",
            [survivor_id, double_id],
        )
        touched = set(cursor.fetchall())
        for feed, month in touched:
            _refresh_month(cursor, Feed(feed), month, [survivor_id // BLOCK])


def store(feed, delivery_id, months, ids, values, *, out_of_order=False):
    """Store what a delivery says and bring the blocks up to date.

    months: int [n], year * 12 + month - 1; ids: int [n] of enterprises; values: name -> integers [n]; all sorted by
    (month, id), each pair once. What only repeats what is known is not stored, but noted as confirmed by this delivery.
    `out_of_order`: a later delivery of this feed is in force already; its word stays what is known.
    Returns how many rows were new or different. Needs a transaction that holds the feed's lock (ingest.lock).
    """
    feed = Feed(feed)
    stored = 0
    with connection.cursor() as cursor:
        cuts = np.flatnonzero(np.diff(months)) + 1
        for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(months)], strict=True):
            if start == end:
                continue
            month = calendar.first_day(int(months[start]))
            here = {name: column[start:end] for name, column in values.items()}
            stored += _store_month(cursor, feed, delivery_id, month, ids[start:end], here, out_of_order)
    return stored


def let_go(delivery):
    """Take a delivery that is no longer in force out of the blocks.

    Rows that a later delivery confirmed become that one's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT feed, month, array_agg(DISTINCT enterprise_id / %s) FROM enterprises_signal WHERE delivery_id = %s"
            " GROUP BY feed, month",
            [BLOCK, delivery.pk],
        )
        for feed, month, block_nos in cursor.fetchall():
            _hand_to_confirming(cursor, Feed(feed), month, delivery.pk)
            _refresh_month(cursor, Feed(feed), month, block_nos)


# ── Blocks ─────────────────────────────────────────────────────────────────────────────────────


def _refresh_month(cursor, feed, month, block_nos):
    if block_nos is None:
        cursor.execute("DELETE FROM enterprises_signalblock WHERE feed = %s AND month = %s", [int(feed), month])
        cursor.execute(
            "SELECT DISTINCT enterprise_id / %s FROM enterprises_signal WHERE feed = %s AND month = %s",
            [BLOCK, int(feed), month],
        )
        block_nos = [row[0] for row in cursor.fetchall()]
    block_nos = sorted(block_nos)
    for start in range(0, len(block_nos), _BLOCKS_AT_ONCE):
        some = block_nos[start : start + _BLOCKS_AT_ONCE]
        blocks = _blocks_in_force(cursor, feed, month, some)
        cursor.execute(
            "DELETE FROM enterprises_signalblock WHERE feed = %s AND month = %s AND block_no = ANY(%s)",
            [int(feed), month, some],
        )
        _write_blocks(cursor, feed, month, blocks)


def _blocks_in_force(cursor, feed, month, block_nos):
    """{block_no: (present, columns)} of these blocks as the rows in force have them."""
    names = COLUMNS[feed]
    cursor.execute(
        f"SELECT DISTINCT ON (enterprise_id) enterprise_id, {', '.join(f's.{name}' for name in names)}"  # noqa: S608
        " FROM enterprises_signal s JOIN enterprises_delivery d ON d.id = s.delivery_id AND d.state = 'stored'"
        " WHERE feed = %s AND month = %s AND enterprise_id BETWEEN %s AND %s AND enterprise_id / %s = ANY(%s)"
        " ORDER BY enterprise_id, delivery_id DESC",
        [int(feed), month, block_nos[0] * BLOCK, (block_nos[-1] + 1) * BLOCK - 1, BLOCK, block_nos],
    )
    blocks = {}
    rows = cursor.fetchall()
    if rows:
        table = np.array(rows, dtype=np.int64)
        for block_no in np.unique(table[:, 0] // BLOCK).tolist():
            part = table[table[:, 0] // BLOCK == block_no]
            blocks[block_no] = block = _empty(feed)
            _lay(block, part[:, 0] % BLOCK, {name: part[:, 1 + n] for n, name in enumerate(names)})
    return blocks


def _empty(feed):
    return np.zeros(BLOCK, dtype=bool), {name: np.zeros(BLOCK, dtype=TYPES[name]) for name in COLUMNS[feed]}


def _lay(block, places, columns):
    present, values = block
    present[places] = True
    for name, column in columns.items():
        values[name][places] = column


def _read_blocks(cursor, feed, month, block_nos):
    """{block_no: (present, columns)}, to be written in."""
    cursor.execute(
        "SELECT block_no, body FROM enterprises_signalblock WHERE feed = %s AND month = %s AND block_no = ANY(%s)",
        [int(feed), month, block_nos],
    )
    found = {}
    for block_no, body in cursor.fetchall():
        present, columns = decode_block(feed, bytes(body))
        found[block_no] = (present.copy(), {name: column.copy() for name, column in columns.items()})
    return found


def _write_blocks(cursor, feed, month, blocks):
    """Write blocks, {block_no: (present, columns)}, in the place of those that are there."""
    if not blocks:
        return
    cursor.execute(
        "DELETE FROM enterprises_signalblock WHERE feed = %s AND month = %s AND block_no = ANY(%s)",
        [int(feed), month, list(blocks)],
    )
    middle = struct.pack("!ihii", 2, int(feed), 4, _pg_day(month))

    def rows():
        for block_no, block in sorted(blocks.items()):
            body = encode_block(feed, *block)
            yield struct.pack("!hii", 4, 4, block_no) + middle + struct.pack("!i", len(body)) + body

    wall.copy(cursor, "enterprises_signalblock (block_no, feed, month, body)", _Stream(rows()))


# ── Rows ───────────────────────────────────────────────────────────────────────────────────────


def _store_month(cursor, feed, delivery_id, month, ids, values, out_of_order):
    numbers = ids // BLOCK
    block_nos = np.unique(numbers).tolist()
    blocks = _read_blocks(cursor, feed, month, block_nos)
    superseded = _later(cursor, feed, month, delivery_id, ids) if out_of_order else np.zeros(len(ids), dtype=bool)
    changed = np.ones(len(ids), dtype=bool)
    touched, confirmed = {}, {}
    edges = np.searchsorted(numbers, [*block_nos, block_nos[-1] + 1])
    for block_no, start, end in zip(block_nos, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        places = ids[start:end] % BLOCK
        block = blocks.get(block_no)
        if block is None:
            block = _empty(feed)
        else:
            same = block[0][places] & ~superseded[start:end]
            for name in COLUMNS[feed]:
                same &= block[1][name][places] == values[name][start:end]
            changed[start:end] = ~same
            if same.any():
                bits = np.zeros(BLOCK, dtype=bool)
                bits[places[same]] = True
                confirmed[block_no] = np.packbits(bits, bitorder="little").tobytes()
        new = changed[start:end] & ~superseded[start:end]
        if new.any():
            _lay(block, places[new], {name: values[name][start:end][new] for name in COLUMNS[feed]})
            touched[block_no] = block
    if not changed.all():
        ids, values = ids[changed], {name: column[changed] for name, column in values.items()}
    # The first rows of a feed for a month are loaded into a table of their own, which gets its key when it is full.
    cursor.execute("SELECT enterprises_begin_month(%s, %s)", [month, int(feed)])
    aside = cursor.fetchone()[0]
    _copy_rows(cursor, aside or TABLE, feed, delivery_id, month, ids, values)
    if aside:
        cursor.execute("SELECT enterprises_finish_month(%s, %s)", [month, int(feed)])
    _write_blocks(cursor, feed, month, touched)
    _note_confirmed(cursor, feed, delivery_id, month, confirmed)
    return len(ids)


def _later(cursor, feed, month, delivery_id, ids):
    """Of which enterprises a later delivery in force speaks: bool [n]."""
    cursor.execute(
        "SELECT DISTINCT enterprise_id FROM enterprises_signal s"
        " JOIN enterprises_delivery d ON d.id = s.delivery_id AND d.state = 'stored'"
        " WHERE feed = %s AND month = %s AND delivery_id > %s",
        [int(feed), month, delivery_id],
    )
    return np.isin(ids, np.array([row[0] for row in cursor.fetchall()], dtype=np.int64))


def _copy_rows(cursor, table, feed, delivery_id, month, ids, values):
    """COPY in binary: numpy lays the wire form of a row out as one record, so that no row is touched by itself."""
    if not len(ids):
        return
    names = COLUMNS[feed]
    wire = [("fields", ">i2")]
    for name, kind in [("enterprise_id", ">i4"), ("feed", ">i2"), ("month", ">i4"), ("delivery_id", ">i4")]:
        wire += [(f"{name}_bytes", ">i4"), (name, kind)]
    for name in names:
        wire += [(f"{name}_bytes", ">i4"), (name, ">i4" if name == "count" else ">i8")]
    wire = np.dtype(wire)

    def rows():
        for start in range(0, len(ids), _COPIED_AT_ONCE):
            part = slice(start, start + _COPIED_AT_ONCE)
            record = np.empty(len(ids[part]), dtype=wire)
            record["fields"] = 4 + len(names)
            for name, value in [
                ("enterprise_id", ids[part]), ("feed", int(feed)), ("month", _pg_day(month)),
                ("delivery_id", delivery_id),
                *((name, values[name][part]) for name in names),
            ]:  # fmt: skip
                record[f"{name}_bytes"] = wire[name].itemsize
                record[name] = value
            yield record.tobytes()

    columns = ", ".join(["enterprise_id", "feed", "month", "delivery_id", *names])
    into = f"{table} ({columns})"
    if table == TABLE:
        wall.copy(cursor, into, _Stream(rows()))
    else:  # a table of its own has no fence yet
        cursor.copy_expert(f"COPY {into} FROM STDIN (FORMAT binary)", _Stream(rows()), 2**20)


def _note_confirmed(cursor, feed, delivery_id, month, confirmed):
    for block_no, bits in confirmed.items():
        cursor.execute(
            "INSERT INTO enterprises_confirmedsignals (delivery_id, feed, month, block_no, bits)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [delivery_id, int(feed), month, block_no, bits],
        )


def _hand_to_confirming(cursor, feed, month, undone_id):
    """Where a delivery in force only repeated what the undone one had said, its word now stands by itself."""
    cursor.execute(
        "SELECT c.delivery_id, c.block_no, c.bits FROM enterprises_confirmedsignals c"
        " JOIN enterprises_delivery d ON d.id = c.delivery_id AND d.state = 'stored'"
        " WHERE c.feed = %s AND c.month = %s AND c.delivery_id > %s ORDER BY c.delivery_id",
        [int(feed), month, undone_id],
    )
    for confirming_id, block_no, bits in cursor.fetchall():
        places = np.flatnonzero(np.unpackbits(np.frombuffer(bytes(bits), np.uint8), bitorder="little"))
        # the row that was in force when it was confirmed: the latest before the confirming delivery, undone or not
        cursor.execute(
            "INSERT INTO enterprises_signal (enterprise_id, feed, month, delivery_id, due, paid, balance, count)"
            " SELECT s.enterprise_id, s.feed, s.month, %s, s.due, s.paid, s.balance, s.count FROM enterprises_signal s"
            " WHERE s.enterprise_id = ANY(%s) AND s.feed = %s AND s.month = %s AND s.delivery_id = %s"
            " AND NOT EXISTS (SELECT FROM enterprises_signal o JOIN enterprises_delivery d ON d.id = o.delivery_id"
            "   WHERE o.enterprise_id = s.enterprise_id AND o.feed = s.feed AND o.month = s.month"
            "   AND o.delivery_id > s.delivery_id AND o.delivery_id < %s"
            "   AND d.stored_at <= (SELECT stored_at FROM enterprises_delivery WHERE id = %s)"
            "   AND (d.undone_at IS NULL OR d.undone_at > (SELECT stored_at FROM enterprises_delivery WHERE id = %s)))"
            " ON CONFLICT DO NOTHING",
            [
                confirming_id, (places + block_no * BLOCK).tolist(), int(feed), month, undone_id,
                confirming_id, confirming_id, confirming_id,
            ],
        )  # fmt: skip


# ── COPY ───────────────────────────────────────────────────────────────────────────────────────

_EPOCH = 730_120  # date(2000, 1, 1).toordinal(), where PostgreSQL counts days from


def _pg_day(day):
    return day.toordinal() - _EPOCH


class _Stream(io.RawIOBase):
    """The parts of a binary COPY, each whole rows in wire form, as a file that psycopg reads from."""

    def __init__(self, rows):
        self._parts = self._framed(rows)
        self._part, self._at = b"", 0

    @staticmethod
    def _framed(rows):
        yield b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
        yield from rows
        yield struct.pack("!h", -1)

    def readable(self):
        return True

    def read(self, size=-1):
        while self._at >= len(self._part):
            part = next(self._parts, None)
            if part is None:
                return b""
            self._part, self._at = part, 0
        end = len(self._part) if size < 0 else self._at + size
        taken, self._at = self._part[self._at : end], end
        return taken


def feed_of(kind):
    """The feed that a kind of delivery brings; None for the register."""
    return {
        Delivery.Kind.TAX: Feed.TAX,
        Delivery.Kind.SOCIAL: Feed.SOCIAL,
        Delivery.Kind.LOAN: Feed.LOAN,
        Delivery.Kind.LOGISTICS: Feed.LOGISTICS,
    }.get(kind)
