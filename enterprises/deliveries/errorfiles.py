"""The refused rows in the shape in which they came, each with a remark: to be corrected and delivered again.

What stood above the table stays, header and notes on units included, so that the corrected file reads like the first.
Cells keep what they held. Text that a spreadsheet program would take for a formula is written as text.
"""

import contextlib
import csv
import io
import re
import tempfile
from datetime import date, datetime, time, timedelta

import xlsxwriter

from casework.spreadsheets import safe

from ..tables import HEAD_ROWS
from .layouts import units_stated

REMARK = "备注（退回原因）"
_NUMBER = re.compile(r"[+-]?[\d,，.．]*")


@contextlib.contextmanager
def written(table, layout, remarks):
    """An open binary file with the refused rows, and the ending of its name.

    table: the delivered table; layout: Layout; remarks: (sheet, row, sentence) in the order of the file.
    """
    remarks = _by_sheet(remarks)
    with tempfile.TemporaryFile() as file:
        if table.shape == "text":
            _write_text(file, table, layout.sheets[0], remarks.get(0, iter(())))
            ending = ".csv"
        else:
            _write_workbook(file, table, layout, remarks)
            ending = ".xlsx"
        file.seek(0)
        yield file, ending


def _by_sheet(remarks):
    """{sheet: [(row, sentence)]}"""
    found = {}
    for sheet, row, sentence in remarks:
        found.setdefault(sheet, []).append((row, sentence))
    return found


def _write_text(file, table, sheet, remarks):
    # UTF-8 with BOM, whatever came: without it Excel shows Chinese as 乱码
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    width = _width(sheet)
    for cells, remark in _kept(table.values(), sheet, remarks):
        line = [*_filled(cells, width), remark] if remark else cells
        writer.writerow([_harmless(cell) for cell in line])
    text.detach()


def _write_workbook(file, table, layout, remarks):
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        day, moment = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )
        marked = book.add_format({"bg_color": "#fff3cd", "text_wrap": True})
        sheets = {sheet.sheet: sheet for sheet in layout.sheets}
        for number, source in enumerate(table.sheets):
            if number in sheets and number in remarks:
                lines = _kept(source.values(), sheets[number], remarks[number])
                width = _width(sheets[number])
            elif number not in sheets and not source.hidden and _states_a_unit(source):
                lines, width = ((cells, "") for cells in source.head(HEAD_ROWS)), 1
            else:
                continue
            sheet = book.add_worksheet(source.name[:31])
            sheet.set_column(0, width - 1, 18)
            sheet.set_column(width, width, 60)
            for at, (cells, remark) in enumerate(lines):
                for place, cell in enumerate(_filled(cells, width) if remark else cells):
                    _write_cell(sheet, at, place, cell, day, moment)
                if remark:
                    sheet.write_string(at, width, remark, marked)


def _kept(rows, sheet, remarks):
    """The rows above the data, then the refused ones: (cells, remark)."""
    remarks = iter(remarks)
    wanted, sentence = next(remarks, (None, ""))
    for row, cells in rows:
        if row < sheet.header_row:
            yield cells, ""
        elif row == sheet.header_row:
            yield cells, REMARK
        elif row == wanted:
            yield cells, sentence
            wanted, sentence = next(remarks, (None, ""))
        elif wanted is None and row > sheet.header_row:
            return


def _width(sheet):
    """How many columns stand before the remark; a file that came back with remarks gets no second column of them."""
    return sheet.header.index(REMARK) if REMARK in sheet.header else sheet.width


def _filled(cells, width):
    """A row filled to the width of the header, so that remarks stand in one column.

    Cells beyond it stay when they say something.
    """
    cells = ["" if cell is None else cell for cell in cells]
    beyond = [cell for cell in cells[width + 1 :] if str(cell).strip()]
    return [*cells[:width], *[""] * (width - len(cells)), *(cells[width:] if beyond else [])]


def _states_a_unit(sheet):
    return any(units_stated(cell) for cells in sheet.head(HEAD_ROWS) for cell in cells if cell)


def _harmless(text):
    """Text that a program would run as a formula gets an apostrophe; plain negative numbers stay."""
    return text if _NUMBER.fullmatch(text) else safe(text)


def _write_cell(sheet, row, place, value, day, moment):
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value, day if value.time() == time(0) else moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, day)
    elif isinstance(value, time | timedelta):
        sheet.write_string(row, place, str(value))
    else:
        sheet.write_string(row, place, str(value))
