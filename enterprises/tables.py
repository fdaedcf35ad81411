"""Delivered files opened as tables: text in any encoding and with any separator, XLSX in a stream, old XLS.

Runs in a child process (enterprises.opening) and therefore imports neither Django nor polars. What it gives of a sheet
to the portal (enterprises.deliveries.opened) is text that nothing can be hidden in: blocks of UTF-8, whole rows, either
*plain*, as the file has them (one separator, no quotes, \\n at the ends), or as *cells*, joined by UNIT and RECORD.
Memory is bounded by a block, except for XLS, whose format ends at 65,536 rows, and for the shared texts of an XLSX.
"""

import codecs
import contextlib
import csv
import io
import re
import sys
import warnings
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from itertools import chain, islice

from casework import archives
from casework.confined import NotTaken

HEAD_ROWS = 60  # title, unit, notes and header stand within so many rows
TEXT_BLOCK = 8 * 2**20
BATCH_ROWS = 20_000  # of rows that are read one by one
LARGEST_CELL = 2**20
LONGEST_LINE = 32 * 2**20
SEEN_FIRST = 256 * 2**10  # bytes in which the separator shows
UNIT, RECORD = "\x1f", "\x1e"  # between cells, between rows: what stands for it in a cell becomes a blank
MOST_COLUMNS = 2_000
MOST_SHEETS = 300
LONGEST_SEEN = 1_000  # letters of a cell that serve to recognise what the table means
MOST_MERGES = 300_000
SEPARATORS = ",\t;|，"
_SCAN = 2**20
_DIGIT = re.compile(r"\d")
_MARKS = str.maketrans({UNIT: " ", RECORD: " "})

_DAMAGED = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error, OSError, EOFError,
)  # fmt: skip
_ZIP, _OLE = archives.SIGNATURE, b"\xd0\xcf\x11\xe0"


class Unreadable(NotTaken):
    """The file cannot be read as a table; the sentence says why and what to do."""


def prepare(start):
    """Import what a file that begins with `start` needs, before the limits of the child are counted."""
    if start.startswith(_ZIP):
        sys.modules.setdefault("numpy", None)  # openpyxl would load both, and needs neither to read cells
        sys.modules.setdefault("PIL", None)
        import openpyxl  # noqa: F401
    elif start.startswith(_OLE):
        import python_calamine  # noqa: F401


def open_table(path, *, unpacked_bytes):
    """Open a file of any shape.

    `unpacked_bytes`: the most an XLSX may unpack to. Returns TextTable or Workbook; raises Unreadable.
    """
    with open(path, "rb") as file:
        start = file.read(4096)
    if not start:
        raise Unreadable("文件是空的，请重新导出后报送。")
    if start.startswith(_ZIP):
        return Workbook(path, unpacked_bytes)
    if start.startswith(_OLE):
        return OldWorkbook(path)
    text = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if re.match(rb"<(!doctype html|html|table|meta|head|style|div)\b", text):
        raise Unreadable("这是网页格式的表格，只是扩展名像工作簿；请用表格软件打开后另存为XLSX再报送。")
    if text.startswith((b"<?xml", b"%pdf", b"{\\rtf")):
        raise Unreadable("这不是表格文件，请另存为XLSX或CSV后再报送。")
    return TextTable(path)


class TextTable:
    """A CSV or other separated text file. One sheet without a name."""

    shape = "text"

    def __init__(self, path):
        self.path = path
        self.warnings = []
        self._survey()
        self.separator = self._find_separator()
        self.sheets = [self]
        self.name, self.hidden = "", False

    def close(self):
        """Nothing is held open between batches."""

    # ── encoding ───────────────────────────────────────────────────────────────────────────────

    def _survey(self):
        """One pass over the bytes: encoding, how many lines, whether there are quotes."""
        with open(self.path, "rb") as file:
            start = file.read(4096)
        self.codec = _by_mark(start)
        self.encoding = "utf-16" if (self.codec or "").startswith("utf-16") else self.codec
        self.skipped = len(codecs.BOM_UTF8) if self.encoding == "utf-8-sig" else 0
        if self.encoding == "utf-8-sig":
            self.codec = "utf-8"
        lines, quotes, valid, last = 0, False, True, b""
        decoder = codecs.getincrementaldecoder("utf-8")()
        for block in self._bytes():
            lines += block.count(b"\n") or block.count(b"\r")
            quotes = quotes or b'"' in block
            last = block[-1:]
            if valid and self.codec in {None, "utf-8"}:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
        self.rows_estimated = lines + (last not in {b"\n", b"\r"})
        self.quotes = quotes
        self.broken = False
        if self.codec in {None, "utf-8"}:
            self.codec, self.encoding = ("utf-8", self.encoding or "utf-8") if valid else self._weigh()

    def _weigh(self):
        """The encoding of a file that is not pure UTF-8.

        GB18030, or UTF-8 with a few broken bytes. Never a guess between equals.
        """
        utf_8 = self._count_broken("utf-8")
        gb18030 = self._count_broken("gb18030")
        if (
            utf_8.broken * 20 < utf_8.read
        ):  # Chinese in GB18030 hardly ever reads as UTF-8: nearly all of it would be broken
            self.broken = True
            self.warnings.append(f"有{utf_8.broken}处字节无法识别，所在单元格按有误处理。")
            return "utf-8", self.encoding or "utf-8"
        if gb18030.broken == 0 and utf_8.read * 3 < gb18030.read:
            return "gb18030", "gb18030"
        if gb18030.broken * 20 < gb18030.read and utf_8.read * 3 < gb18030.read:
            self.broken = True
            self.warnings.append(f"有{gb18030.broken}处字节无法识别，所在单元格按有误处理。")
            return "gb18030", "gb18030"
        raise Unreadable("文件里混有不同编码的文字，读出来会是乱码；请用表格软件打开核对后，另存为XLSX再报送。")

    def _count_broken(self, codec):
        decoder = codecs.getincrementaldecoder(codec)("replace")
        count = _Readable()
        for block in chain(self._bytes(), [b""]):
            count.add(decoder.decode(block, final=not block))
        return count

    def _bytes(self, size=_SCAN):
        with open(self.path, "rb") as file:
            file.seek(self.skipped)
            while block := file.read(size):
                yield block

    def _utf_8(self):
        """The text as UTF-8 in blocks of whole lines, line ends as \\n, without NUL characters."""
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        rest = b""
        for block in chain(self._bytes(TEXT_BLOCK), [b""]):
            if self.codec != "utf-8" or self.broken:
                block, more = decoder.decode(block, final=not block).encode("utf-8", "replace"), bool(block)
            else:
                more = bool(block)
            block = rest + block
            if b"\r" in block:
                held = b"\r" if more and block.endswith(b"\r") else b""
                block = block.removesuffix(held).replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held
            if b"\x00" in block:
                block = block.replace(b"\x00", b"")
            cut = block.rfind(b"\n") + 1 if more else len(block)
            rest = block[cut:]
            if len(rest) > LONGEST_LINE:
                raise Unreadable("文件中有一行长得不合常理，请检查后重新导出。")
            if cut:
                yield block[:cut]

    # ── separator ──────────────────────────────────────────────────────────────────────────────

    def _find_separator(self):
        """The separator that cuts the first rows into the most cells, the most evenly."""
        start = b""
        for block in self._utf_8():
            start += block
            if len(start) > SEEN_FIRST:
                break
        start = start[:SEEN_FIRST].decode("utf-8", "replace")
        lines = start.splitlines(keepends=True)[:200]
        best = (0, 0, ",")
        for order, separator in enumerate(SEPARATORS):
            widths = _widths(lines, separator)
            if widths:
                usual = max(set(widths), key=lambda width: (widths.count(width), width))
                best = max(best, (widths.count(usual) * usual, -order, separator))
        return best[2]

    # ── rows ───────────────────────────────────────────────────────────────────────────────────

    def head(self, rows):
        return [_seen(cells) for cells in islice(self._records(), rows)]

    def values(self):
        """(row, cells as delivered) one by one."""
        yield from enumerate(self._records(), start=1)

    def blocks(self, width):
        """(whether it is plain, rows as bytes); `width`: how many cells the header has."""
        if self.quotes or self.separator == "，":
            yield from _blocks_of_cells(self._records(), width)
            return
        mark = self.separator.encode()
        others = bytes(set(range(256)) - {mark[0], 10})
        for block in self._utf_8():
            outline = block.translate(None, others)
            if mark * width in outline or b"\n\n" in block or block[:1] == b"\n":
                # Some row has more cells than the header, or none: polars would count the rows in its own way.
                lines = block.decode("utf-8", "replace").removesuffix("\n").split("\n")
                yield from _blocks_of_cells((line.split(self.separator, width) for line in lines), width)
            else:
                first = outline.find(b"\n") if b"\n" in outline else len(outline)
                if first < width - 1:  # a title: polars takes the number of cells from the first row
                    end = block.find(b"\n") if b"\n" in block else len(block)
                    block = block[:end] + mark * (width - 1 - first) + block[end:]
                yield True, block

    def _records(self):
        lines = (
            line for block in self._utf_8() for line in io.StringIO(block.decode("utf-8", "replace"), newline="\n")
        )
        if not self.quotes:
            yield from (line.removesuffix("\n").split(self.separator) if line != "\n" else [] for line in lines)
            return
        yield from _records(lines, self.separator)


class Workbook:
    """An XLSX, read row by row out of its parts. Its unpacked size is counted, not believed."""

    shape, encoding, separator = "xlsx", "xlsx", ""

    def __init__(self, path, unpacked_bytes):
        self.path = path
        self.warnings = []
        self._parts = _check_parts(path, unpacked_bytes)
        self._file = open(path, "rb")  # noqa: SIM115 (see close) openpyxl would judge a path by its ending
        import openpyxl

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # styles and validations that openpyxl does not know
                self._book = openpyxl.load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except _DAMAGED as error:
            self._file.close()
            raise Unreadable("工作簿已损坏或不是标准的XLSX，请用表格软件打开后另存为XLSX再报送。") from error
        self.sheets = [WorkbookSheet(self, sheet) for sheet in self._book.worksheets]
        _check_sheets(self.sheets)

    def close(self):
        self._book.close()
        self._file.close()

    @property
    def rows_estimated(self):
        return sum(rows for rows, _ in self._parts.values())

    def merges_of(self, sheet):
        return self._parts.get(getattr(sheet, "_worksheet_path", "").lstrip("/"), (0, []))[1]


class WorkbookSheet:
    def __init__(self, book, sheet):
        self._sheet = sheet
        self.name = sheet.title
        self.hidden = sheet.sheet_state != "visible"
        self._down = _merged_down(book.merges_of(sheet))

    def head(self, rows):
        return [_seen(map(_text, values)) for _, values in islice(self.values(), rows)]

    def values(self):
        """(row, values as stored) one by one; rows that the file leaves out come as empty."""
        self._sheet.reset_dimensions()
        above = {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for row, values in enumerate(self._sheet.iter_rows(values_only=True), start=1):
                    yield row, self._filled_down(row, values, above) if self._down else values
        except _DAMAGED as error:
            raise Unreadable(f"工作表“{self.name}”已损坏，请用表格软件打开后另存为XLSX再报送。") from error

    def _filled_down(self, row, values, above):
        """Cells merged over several rows say the same for each of them."""
        spans = self._down.get(row)
        for place in [place for place, (last, _) in above.items() if last < row]:
            del above[place]
        if spans:
            for place, last in spans:
                if place < len(values):
                    above[place] = (last, values[place])
        if not above:
            return values
        values = list(values)
        for place, (_, value) in above.items():
            if place < len(values) and values[place] is None:
                values[place] = value
        return values

    def blocks(self, width):
        yield from _blocks_of_cells((map(_text, values) for _, values in self.values()), width)


class OldWorkbook:
    """An XLS of Excel 97–2003."""

    shape, encoding, separator = "xls", "xls", ""

    def __init__(self, path):
        from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        self.warnings = []
        try:
            with open(path, "rb") as file:
                content = file.read()
            if _MACROS_OF_XLS in content:
                raise Unreadable("工作簿带有宏，未予读取；请另存为不带宏的XLSX后再报送。")
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            self.sheets = [
                OldSheet(found.name, found.visible != SheetVisibleEnum.Visible, book.get_sheet_by_name(found.name))
                for found in book.sheets_metadata
                if found.typ == SheetTypeEnum.WorkSheet
            ]
        except (CalamineError, OSError, ValueError) as error:
            raise Unreadable("工作簿打不开，可能设有密码或已损坏；请去掉密码并另存为XLSX后再报送。") from error
        _check_sheets(self.sheets)

    def close(self):
        """The whole file is in memory already."""

    @property
    def rows_estimated(self):
        return sum(sheet.height for sheet in self.sheets)


class OldSheet:
    def __init__(self, name, hidden, sheet):
        self.name, self.hidden, self._sheet = name, hidden, sheet
        self.height = sheet.total_height

    def head(self, rows):
        return [_seen(map(_text, values)) for _, values in islice(self.values(), rows)]

    def values(self):
        for row, values in enumerate(self._sheet.to_python(skip_empty_area=False), start=1):
            yield row, [None if value == "" else value for value in values]

    def blocks(self, width):
        yield from _blocks_of_cells((map(_text, values) for _, values in self.values()), width)


# ── Text ───────────────────────────────────────────────────────────────────────────────────────


class _Readable:
    """How many Chinese characters were read, and how many characters could not be.

    Only those from U+0800 on count: two bytes of GB18030 often make a Greek or Hebrew letter of UTF-8, seldom more.
    """

    def __init__(self):
        self.read = self.broken = 0

    def add(self, text):
        if not text.isascii():
            broken = text.count("\ufffd")
            self.broken += broken
            self.read += sum(1 for character in text if character > "\u07ff") - broken


def _by_mark(start):
    """The encoding that the first bytes give away, or None."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) // 10 and min(even, odd) * 10 < max(even, odd):
        return (
            "utf-16-le" if odd > even else "utf-16-be"
        )  # without a mark: every second byte of digits and separators is 0
    return None


def _widths(lines, separator):
    """How many cells the rows have that have more than one."""
    widths = []
    with contextlib.suppress(Unreadable):
        for cells in _records(iter(lines), separator):
            if len(cells) > 1:
                widths.append(len(cells))
    return widths


def _records(lines, separator):
    """Rows of a text with quoted cells. A quote that is never closed is reported, not swallowed."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(lines, delimiter=separator)
    at = 0
    try:
        for cells in reader:
            at += 1
            if reader.line_num - at > 50 and any(cell.count("\n") > 50 for cell in cells):
                raise Unreadable(f"第{at}行有未配对的双引号，之后的行无法分开；请改正后重新报送。")
            yield cells
    except csv.Error as error:
        raise Unreadable(f"第{at + 1}行有未配对的双引号或过长的内容，无法读取；请改正后重新报送。") from error


# ── Workbooks ──────────────────────────────────────────────────────────────────────────────────

_MACROS_OF_XLS = "_VBA_PROJECT_CUR".encode("utf-16-le")  # the storage in which XLS keeps them
_ROW = re.compile(rb"<(?:\w+:)?row[ />]")
_ROW_BEYOND = re.compile(rb'<(?:\w+:)?row [^>]*?\br="\d{8}')  # empty rows would be counted up to it
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def _check_parts(path, unpacked_bytes):
    """Judge the archive and unpack every part once, counting bytes: {part: (rows, merged cells)}."""
    parts = {}
    no_book = "这是压缩包而不是工作簿，请解压后逐个报送表格文件。"
    with open(path, "rb") as file:
        for name, blocks in archives.parts(file, unpacked_bytes=unpacked_bytes, needed=("workbook.xml", no_book)):
            rows, merges, tail = 0, [], b""
            for block in blocks:
                if "worksheets/" not in name:
                    continue
                seen = tail + block
                if _ROW_BEYOND.search(seen):
                    raise Unreadable("工作表的行号超出范围，文件可能已损坏；请用表格软件打开后另存为XLSX再报送。")
                rows += len(_ROW.findall(seen)) - len(_ROW.findall(tail))
                if b"mergeCell " in seen and len(merges) < MOST_MERGES:
                    merges += _MERGE.findall(seen)
                tail = seen[-128:]
            parts[name] = (rows, merges)
    return parts


def _check_sheets(sheets):
    if not sheets:
        raise Unreadable("工作簿里没有工作表。")
    if len(sheets) > MOST_SHEETS:
        raise Unreadable(f"工作簿有{len(sheets)}张工作表，多得不合常理，未予读取；请拆分后报送。")


def _merged_down(merges):
    """{first row: [(place, last row)]} of the cells merged over several rows of one column."""
    down = {}
    for first_column, first, last_column, last in set(merges):
        if first_column == last_column and int(first) < int(last):
            place = 0
            for letter in first_column.decode():
                place = place * 26 + ord(letter) - 64
            down.setdefault(int(first), []).append((place - 1, int(last)))
    return down


def _blocks_of_cells(rows, width):
    """(False, block) of rows of texts.

    Before the cells of each row stands 1 where figures stand beyond the width, which shows that cells have shifted.
    """
    rows = iter(rows)
    while lines := [_line(list(cells), width) for cells in islice(rows, BATCH_ROWS)]:
        yield False, (RECORD.join(lines) + RECORD).encode("utf-8", "replace")


def _line(cells, width):
    shifted = len(cells) > width and any(cell and _DIGIT.search(cell) for cell in cells[width:])
    cells = [cell.translate(_MARKS) for cell in cells[:width]]
    return UNIT.join(["1" if shifted else "", *cells, *[""] * (width - len(cells))])


def _seen(cells):
    """A row as far as it serves to recognise what the table means: without blank cells at its end, long ones cut."""
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"表有{len(cells):,}列，多得不合常理，未予读取；请检查分隔符，或只保留需要的列后再报送。")
    return [cell[:LONGEST_SEEN] for cell in cells]


def _text(value):
    """A cell's value as text: numbers as short as they read back, days as 2023-06-01."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
