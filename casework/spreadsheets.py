"""Lists written to CSV and XLSX so that Excel and WPS open them right and nothing in them runs as a formula.

Rows are written as they come, in bounded memory. Above the rows stand the title, the conditions, the number of rows,
who exported them and when: a file that lies about is still known for what it is.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

from .listings import Kind

MOST_XLSX_ROWS = 1_048_576  # of one sheet; Excel cuts the rest off without a word
# A text cell that begins with one of these, or with its full-width twin, may run as a formula (CSV injection).
_DANGEROUS = set("=+-@＝＋－＠")
_BREAKS = {"\t", "\r", "\n"}
# Text that Excel would read as a number and so change: leading zeros, more than eleven digits, or digits around an E.
_NUMBERLIKE = re.compile(r"0\d+|\d{12,}|\d+[Ee]\d+")


@dataclass(frozen=True)
class Head:
    """What stands above the rows."""

    title: str
    lines: tuple[str, ...]


def write_csv(file, head, columns, rows):
    """Write UTF-8 with BOM (without it Excel shows 乱码) into a binary file. Returns the number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerows([safe(line)] for line in (head.title, *head.lines))
    writer.writerow([safe(column.heading) for column in columns])
    number = 0
    for row in rows:
        writer.writerow([_in_csv(column.cell(row)) for column in columns])
        number += 1
    text.detach()
    return number


def write_xlsx(file, head, columns, rows):
    """Write one sheet into a binary file: codes as text, the heading row frozen. Returns the number of rows."""
    with workbook(file) as book:
        return list_sheet(book, head, columns, rows)


def workbook(file):
    """A workbook of several sheets, in bounded memory: the rows of each are written in their order."""
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    return xlsxwriter.Workbook(file, options)


def list_sheet(book, head, columns, rows, *, name=None, wrapped=False):
    """A list as a sheet of its own; `wrapped`: long texts in several lines. Returns the number of rows."""
    sheet = book.add_worksheet(sheet_name(name or head.title))
    title, note = book.add_format({"bold": True, "font_size": 14}), book.add_format({"font_color": "#5b6673"})
    heading = book.add_format({"bold": True, "bg_color": "#eef2f7", "bottom": 1, "text_wrap": True})
    layout = {"text_wrap": True, "valign": "top"} if wrapped else {}
    formats = {kind: book.add_format(layout | {"num_format": kind.number_format or "@"}) for kind in Kind}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.kind.width)
    sheet.write_string(0, 0, safe(head.title), title)
    for line_no, line in enumerate(head.lines, start=1):
        sheet.write_string(line_no, 0, safe(line), note)
    first = len(head.lines) + 1
    for place, column in enumerate(columns):
        sheet.write_string(first, place, safe(column.heading), heading)
    sheet.freeze_panes(first + 1, 0)
    number = 0
    for number, row in enumerate(rows, start=1):
        cells = [column.cell(row) for column in columns]
        if wrapped:
            sheet.set_row(first + number, height(cells, [column.kind.width for column in columns]))
        for place, (column, value) in enumerate(zip(columns, cells, strict=True)):
            write_cell(sheet, first + number, place, value, formats[column.kind])
    if wrapped:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    sheet.autofilter(first, 0, first + number, len(columns) - 1)
    return number


def write_paper(file, head, columns, rows):
    """Write a ledger as it is printed and bound: A4 across, titled, numbered, ruled, its heading on every page.

    Returns the number of rows.
    """
    with workbook(file) as book:
        sheet = book.add_worksheet(sheet_name(head.title))
        ruled = {"border": 1, "font_name": "仿宋_GB2312", "font_size": 11, "text_wrap": True, "valign": "vcenter"}
        title = book.add_format({"font_name": "方正小标宋简体", "font_size": 20, "align": "center"})
        note = book.add_format({"font_name": "仿宋_GB2312", "font_size": 11, "valign": "vcenter", "text_wrap": True})
        heading = book.add_format(ruled | {"font_name": "黑体", "align": "center", "bg_color": "#f2f2f2"})
        number_format = book.add_format(ruled | {"align": "center"})
        formats = {
            kind: book.add_format(
                ruled | {"num_format": kind.number_format or "@", "align": "center" if kind is Kind.DATE else "general"}
            )
            for kind in Kind
        }
        widths = [_ON_PAPER.get(column.kind, column.kind.width) for column in columns]
        sheet.set_column(0, 0, 6)
        for place, width in enumerate(widths, start=1):
            sheet.set_column(place, place, width)
        for line_no, (line, format) in enumerate([(head.title, title), *((line, note) for line in head.lines)]):
            sheet.set_row(line_no, 34 if line_no == 0 else 18)
            sheet.merge_range(line_no, 0, line_no, len(columns), "", format)
            sheet.write_string(line_no, 0, safe(line), format)
        first = len(head.lines) + 1
        for place, words in enumerate(["序号", *(column.heading for column in columns)]):
            sheet.write_string(first, place, safe(words), heading)
        number = 0
        for number, row in enumerate(rows, start=1):
            cells = [column.cell(row) for column in columns]
            sheet.set_row(first + number, height(cells, widths))
            sheet.write_number(first + number, 0, number, number_format)
            for place, (column, value) in enumerate(zip(columns, cells, strict=True), start=1):
                sheet.write_blank(first + number, place, None, formats[column.kind])  # ruled also where empty
                write_cell(sheet, first + number, place, value, formats[column.kind])
        _print_as_a_ledger(sheet, first, first + number, len(columns))
    return number


# Narrower than on a screen: long text takes more lines, so that a page across holds a dozen columns legibly.
_ON_PAPER = {Kind.TEXT: 12, Kind.LONG_TEXT: 25}
_LINE = 15  # points


def height(cells, widths):
    """The height of a row whose text is broken at the columns' widths; not every program finds it by itself."""
    lines = [
        sum(max(1, -(-_halves(line) // (width - 1))) for line in value.splitlines())
        for value, width in zip(cells, widths, strict=True)
        if isinstance(value, str)
    ]
    return _LINE * max([1, *lines]) + 5


def _halves(text):
    """How wide a text is, in letters of Latin width: a Chinese character is as wide as two."""
    return sum(1 if ord(letter) < 0x2E80 else 2 for letter in text)


def _print_as_a_ledger(sheet, heading, last, last_column):
    sheet.freeze_panes(heading + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)  # as wide as the page, as many pages as it takes
    sheet.repeat_rows(heading)
    sheet.print_area(0, 0, last, last_column)
    sheet.set_footer("&C第 &P 页　共 &N 页")


def most_rows(format, head):
    """How many rows a file of this format can hold under `head`, or None."""
    return MOST_XLSX_ROWS - len(head.lines) - 2 if format == "xlsx" else None


def safe(text):
    """Text that no spreadsheet takes for a formula: an apostrophe before what would begin one, also after blanks."""
    dangerous = text.lstrip()[:1] in _DANGEROUS or text[:1] in _BREAKS
    return f"'{text}" if dangerous else text


def _in_csv(value):
    if value is None:
        return ""
    if isinstance(value, str):
        # A closing tab is not seen and keeps Excel from turning 000123 or 913710021E05 into another number.
        return f"{value}\t" if _NUMBERLIKE.fullmatch(value) else safe(value)
    return value


def write_cell(sheet, line, place, value, format):
    """A number as a number, text as text that runs nowhere, nothing as nothing."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(line, place, safe(value), format)
    elif isinstance(value, date | datetime):
        sheet.write_datetime(line, place, value, format)
    else:
        sheet.write_number(line, place, float(value) if isinstance(value, Decimal) else value, format)


def sheet_name(title):
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:31]


def writer(format, *, on_paper=False):
    """What writes rows in `format`; a list that is kept on paper has a workbook of its own layout."""
    return write_paper if on_paper and format == "xlsx" else WRITERS[format]


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
