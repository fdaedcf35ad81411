"""The program of the child that opens one delivered file: `python -m enterprises.opening … <path> <unpacked bytes>`.

It first says what the file is, with the first rows of each sheet; then, asked for `blocks` or `values` of a sheet, it
sends them until they end or it is told to stop (enterprises.deliveries.opened is the other side).
"""

import json
import select
import sys
from contextlib import closing
from datetime import date, datetime
from itertools import islice

from casework import confined

from . import tables

VALUE_ROWS = 2_000  # in one frame


def serve(path, unpacked_bytes):
    with closing(tables.open_table(path, unpacked_bytes=int(unpacked_bytes))) as table:
        heads = [(sheet.name, sheet.hidden, sheet.head(tables.HEAD_ROWS)) for sheet in table.sheets]
        confined.say(
            _json(heads), shape=table.shape, encoding=table.encoding, separator=table.separator,
            warnings=table.warnings, rows=table.rows_estimated,
        )  # fmt: skip
        with open(0, "rb", buffering=0) as orders:
            for line in orders:
                order = json.loads(line)
                if "sheet" in order:
                    _answer(table.sheets[order["sheet"]], order)


def _answer(sheet, order):
    frames = _blocks(sheet, order["width"]) if "width" in order else _values(sheet)
    for body, head in frames:
        if select.select([0], [], [], 0)[0]:  # told to stop
            break
        confined.say(body, **head)
    confined.say(end=True)


def _blocks(sheet, width):
    for plain, body in sheet.blocks(width):
        yield body, {"plain": plain}


def _values(sheet):
    values = sheet.values()
    while rows := [[row, list(cells)] for row, cells in islice(values, VALUE_ROWS)]:
        yield _json(rows), {}


def _json(value):
    return json.dumps(value, ensure_ascii=False, default=_dated).encode("utf-8", "replace")


def _dated(value):
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else str(value)


if __name__ == "__main__":
    with open(sys.argv[4], "rb") as delivered:
        tables.prepare(delivered.read(8))
    confined.run(serve)
