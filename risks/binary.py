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
_FOUR = (4).to_bytes(4, "big")
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
    reasons = scores.reasons()
    told = np.isin(columns, list(reasons))
    scales = np.array([item.definition.scale for item in scores.card.items], np.float32)
    for shape in np.unique(shapes):
        where = np.flatnonzero(shapes == shape)
        first = where[0]
        layout = _layout(~unknown[:, first], bool(had[first]), int(lengths[first]))
        laid = _lay(layout, where, run_id, ids, districts, scores, columns, previous_levels, previous_scores, scales)
        yield _ended(laid[~told[where]])
        starts, size = laid[told[where]].tobytes(), layout.itemsize
        for number, column in enumerate(columns[where[told[where]]].tolist()):
            yield starts[number * size : (number + 1) * size] + _told(reasons[column])


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


def _told(reasons):
    texts = [reason.text.encode() for reason in reasons]
    marks = [number for reason in reasons for number in reason.mark]
    body = b"".join([part for text in texts for part in (len(text).to_bytes(4, "big"), text)])
    numbers = b"".join([_FOUR + number.to_bytes(4, "big") for number in marks])
    return _one_array(_TEXT, len(texts), body) + _one_array(_INT, len(marks), numbers)


def _one_array(oid, size, body):
    return struct.pack(">iiiiii", 20 + len(body), 1, 0, oid, size, 1) + body


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
