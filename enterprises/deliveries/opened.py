"""A delivered file, opened and parsed by a child process (enterprises.opening) and read here in frames.

The child has the limits of casework.confined. What comes from it is text alone: rows of cells between two characters
that no cell holds, which polars cuts up; no format of anybody's crosses over.
"""

import json
from contextlib import suppress
from datetime import date, datetime

import polars as pl

from casework.confined import CPU_SECONDS, ROOM_BYTES, TOO_MUCH, Child, NotTaken

from ..tables import RECORD, UNIT

# A workbook's shared texts lie in memory while it is read, and a file of 500 MB takes its time. What a small file can
# make the child take does not depend on what stands in it.
_FREE_BYTES = 4 * 2**20
_ROOM_FOR_A_BYTE = 8
_SECONDS_FOR_A_MEGABYTE = 4


def open_table(path, *, unpacked_bytes):
    """Open a file of any shape. `unpacked_bytes`: the most an XLSX may unpack to. Raises NotTaken."""
    with open(path, "rb") as file:
        beyond = max(0, file.seek(0, 2) - _FREE_BYTES)
    room, seconds = ROOM_BYTES + _ROOM_FOR_A_BYTE * beyond, CPU_SECONDS + _SECONDS_FOR_A_MEGABYTE * beyond // 2**20
    child = Child("enterprises.opening", path, unpacked_bytes, room=room, seconds=seconds)
    try:
        return Table(child)
    except BaseException:
        child.close()
        raise


class Table:
    def __init__(self, child):
        self._child = child
        said, heads = child.hear()
        self.shape, self.encoding, self.separator = said["shape"], said["encoding"], said["separator"]
        self.warnings, self.rows_estimated = said["warnings"], said["rows"]
        self.sheets = [
            Sheet(child, number, name, hidden, head, self.separator)
            for number, (name, hidden, head) in enumerate(json.loads(heads))
        ]

    def close(self):
        self._child.close()

    def values(self):
        return self.sheets[0].values()


class Sheet:
    """One sheet; text files have one without a name. One reading at a time goes on in a file."""

    def __init__(self, child, number, name, hidden, head, separator):
        self._child, self._number, self._head, self._separator = child, number, head, separator
        self.name, self.hidden = name, hidden

    def head(self, rows):
        return self._head[:rows]

    def batches(self, width):
        """Frames of rows: `row` (as the spreadsheet program counts, from 1), `overflow` (figures stand beyond the
        header) and the cells `c0`, `c1` … as text, null where empty. `width`: how many cells the header has.
        """
        row = 1
        for head, block in self._asked(width=width):
            frame = numbered(frame_of(block, width, self._separator if head["plain"] else None), row)
            row += frame.height
            yield frame

    def values(self):
        """(row, values as stored) one by one."""
        for _, rows in self._asked():
            yield from json.loads(rows, object_hook=_dated)

    def _asked(self, **order):
        self._child.tell(sheet=self._number, **order)
        ended = False
        try:
            while not ended:
                head, body = self._child.hear()
                ended = "end" in head
                if not ended:
                    yield head, body
        except GeneratorExit:
            with suppress(NotTaken, ValueError):  # it has ended already, or was ended
                self._child.tell(stop=True)
                while "end" not in self._child.hear()[0]:
                    pass
            raise


def frame_of(block, width, separator):
    """The rows of a block (bytes) as a frame. `separator`: of a plain block; None for one of cells."""
    cells = [f"c{place}" for place in range(width)]
    try:
        frame = pl.read_csv(
            block, has_header=False, quote_char=None,
            separator=separator or UNIT, eol_char="\n" if separator else RECORD,
            schema=dict.fromkeys(cells if separator else ["overflow", *cells], pl.String),
        )  # fmt: skip
    except pl.exceptions.PolarsError as error:
        raise NotTaken(TOO_MUCH) from error
    if separator:
        return frame.with_columns(overflow=pl.lit(value=False))
    return frame.with_columns(overflow=pl.col("overflow").is_not_null())


def numbered(frame, first):
    return frame.with_columns(pl.Series("row", range(first, first + frame.height), dtype=pl.UInt32))


def _dated(said):
    return datetime.fromisoformat(said["at"]) if "at" in said else date.fromisoformat(said["on"])
