"""Scores as PostgreSQL's COPY reads them in binary: whole columns of fixed-size rows laid out by numpy.

Rows that look alike (the same length of district code, the same features unknown, a previous score or none) are laid
out together; only reasons, which few enterprises have, are written one by one.
Source: PostgreSQL documentation, “COPY, Binary Format” and the `_send` functions of the types.
"""

import struct

import numpy as np

from .scoring import UNKNOWN

COLUMNS = (
    "run_id", "enterprise_id", "district_id", "level", "score", "previous_level", "previous_score", "coverage",
    "features", "points", "reasons", "marks",
)  # fmt: skip
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = struct.pack(">h", -1)

_REAL, _TEXT, _INT = 700, 25, 23  # oids of float4, text, int4
_NULL = -1
_EMPTY = {oid: struct.pack(">iiii", 12, 0, 0, oid) for oid in (_TEXT, _INT)}


def rows(run_id, ids, districts, scores, columns, previous_levels, previous_scores):
    """The rows of some enterprises, without header and trailer.

    run_id     int
    ids        int32[n], enterprises
    districts  bytes[n], codes of their districts
    scores     scoring.Scores
    columns    int[n], where each enterprise stands in `scores`
    previous_levels, previous_scores   int[n] in tenths, UNKNOWN where there was none

    Yields bytes.
    """
    values = scores.values[:, columns]
    unknown = values == UNKNOWN
    had = previous_levels != UNKNOWN
    lengths = np.char.str_len(districts)
    shapes = np.bitwise_or.reduce(unknown.astype(np.int64) << np.arange(len(values))[:, None], axis=0)
    shapes = (shapes << 1 | had) << 4 | lengths
    reasons = _Reasons(scores.told(), columns)
    scales = np.array([item.definition.scale for item in scores.card.items], np.float32)
    for shape in np.unique(shapes):
        where = np.flatnonzero(shapes == shape)
        first = where[0]
        layout = _layout(~unknown[:, first], bool(had[first]), int(lengths[first]))
        laid = _lay(layout, where, run_id, ids, districts, scores, columns, previous_levels, previous_scores, scales)
        telling = reasons.count[where] > 0
        yield _ended(laid[~telling])
        yield reasons.behind(laid[telling].tobytes(), layout.itemsize, where[telling])


def _layout(known, had_previous, code_length):
    """The dtype of a row up to its points: each field behind its length, as COPY wants it."""
    fields = [("count", ">i2"), *_field("run_id", ">i8"), *_field("enterprise_id", ">i4")]
    fields += _field("district_id", f"S{code_length}") + _field("level", ">i2") + _field("score", ">f8")
    for name, kind in (("previous_level", ">i2"), ("previous_score", ">f8")):
        fields += _field(name, kind) if had_previous else [(f"{name}_length", ">i4")]
    fields += _field("coverage", ">i2")
    fields += _array("features", known) + _array("points", np.ones(len(known), bool))
    return np.dtype(fields)


def _field(name, kind):
    return [(f"{name}_length", ">i4"), (name, kind)]


def _array(name, known):
    """An array of reals: how long it is, one dimension, whether NULLs occur, the type, its size, its lower bound."""
    head = [(f"{name}_length", ">i4"), (f"{name}_head", ">i4", (5,))]
    for place, is_known in enumerate(known):
        head += _field(f"{name}_{place}", ">f4") if is_known else [(f"{name}_{place}_length", ">i4")]
    return head


def _lay(layout, where, run_id, ids, districts, scores, columns, previous_levels, previous_scores, scales):
    rows = np.zeros(len(where), layout)
    at = columns[where]
    simple = {
        "run_id": run_id,
        "enterprise_id": ids[where],
        "district_id": districts[where],
        "level": scores.level[at],
        "score": scores.score[at] / 10,
        "previous_level": previous_levels[where],
        "previous_score": previous_scores[where] / 10,
        "coverage": scores.coverage[at],
    }
    rows["count"] = len(COLUMNS)
    for name, content in simple.items():
        if name in layout.fields:
            rows[name] = content
            rows[f"{name}_length"] = layout[name].itemsize
        else:
            rows[f"{name}_length"] = _NULL
    _lay_array(rows, "features", scores.values[:, at] / scales[:, None])
    _lay_array(rows, "points", scores.points[:, at] / np.float32(10))
    return rows


def _lay_array(rows, name, columns):
    places = range(len(columns))
    known = [f"{name}_{place}" in rows.dtype.fields for place in places]
    rows[f"{name}_length"] = 20 + 4 * len(known) + 4 * sum(known)
    rows[f"{name}_head"] = (1, 0 if all(known) else 1, _REAL, len(known), 1)
    for place, content in zip(places, columns, strict=True):
        if known[place]:
            rows[f"{name}_{place}_length"] = 4
            rows[f"{name}_{place}"] = content
        else:
            rows[f"{name}_{place}_length"] = _NULL


def _ended(rows):
    """Rows of enterprises without reasons, whole: the same end for all."""
    end = np.frombuffer(_EMPTY[_TEXT] + _EMPTY[_INT], np.uint8)
    flat = rows.view(np.uint8).reshape(len(rows), rows.dtype.itemsize)
    return np.concatenate([flat, np.broadcast_to(end, (len(flat), len(end)))], axis=1).tobytes()


class _Reasons:
    """The reasons and marks of some rows as two arrays each; what can be laid out for all of them at once is."""

    def __init__(self, told, columns):
        self.first = np.searchsorted(told.column, columns)
        self.count = np.searchsorted(told.column, columns, side="right") - self.first
        texts = [text.encode() for text in told.text]
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        ahead = lengths.astype(">i4").tobytes()
        self.texts = [None] * (2 * len(texts))  # each behind its length
        self.texts[0::2] = [ahead[at : at + 4] for at in range(0, len(ahead), 4)]
        self.texts[1::2] = texts
        self.marks = np.zeros((len(texts), 6), ">i4")
        self.marks[:, 0::2] = 4
        self.marks[:, 1::2] = np.stack([told.item, told.feed, told.months], axis=1)
        self.marks = self.marks.tobytes()
        size = np.concatenate([[0], np.cumsum(lengths + 4)])
        size = size[self.first + self.count] - size[self.first]
        self.text_heads = _array_heads(_TEXT, self.count, size)
        self.mark_heads = _array_heads(_INT, 3 * self.count, 24 * self.count)

    def behind(self, starts, size, rows):
        """Whole rows: each `size` bytes of `starts` with the row's reasons and marks behind them."""
        pieces, first = [], self.first[rows]
        last = first + self.count[rows]
        for number, (row, a, b) in enumerate(zip(rows.tolist(), first.tolist(), last.tolist(), strict=True)):
            head = 24 * row
            pieces.append(starts[number * size : (number + 1) * size])
            pieces.append(self.text_heads[head : head + 24])
            pieces += self.texts[2 * a : 2 * b]
            pieces.append(self.mark_heads[head : head + 24])
            pieces.append(self.marks[24 * a : 24 * b])
        return b"".join(pieces)


def _array_heads(oid, count, size):
    """What stands before the elements of arrays with one dimension: 24 bytes each."""
    heads = np.empty((len(count), 6), ">i4")
    heads[:] = (0, 1, 0, oid, 0, 1)
    heads[:, 0] = 20 + size
    heads[:, 4] = count
    return heads.tobytes()


def parse(content):
    """The rows of what COPY wrote in binary: lists of memoryviews, None for NULL."""
    content = memoryview(content)
    at, found = len(HEADER), []
    while (fields := struct.unpack_from(">h", content, at)[0]) != -1:
        at += 2
        row = []
        for _ in range(fields):
            (length,) = struct.unpack_from(">i", content, at)
            at += 4
            row.append(None if length == _NULL else content[at : at + length])
            at += max(length, 0)
        found.append(row)
    return found
