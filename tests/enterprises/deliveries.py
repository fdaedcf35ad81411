"""Handing a file in, for the tests of deliveries: bytes in, a Delivery out, as the command does it."""

import csv
import io
from datetime import datetime

import openpyxl
from django.core.files.base import ContentFile
from django.db import transaction

from enterprises.deliveries import ingest, keep
from enterprises.models import Enterprise
from tests import make


def deliver(content, name="报送.csv", *, at=make.AT, on=make.ON, progress=lambda *seen: None, **fields):
    """Keep and take in one file. Returns the delivery."""
    content = content.encode() if isinstance(content, str) else content
    delivery = keep(ContentFile(content, name=name), by=fields.pop("by", None), at=at, **fields)
    with transaction.atomic():
        ingest.take_in(delivery, on=on, at=at, progress=progress)
    return delivery


def text(*rows, separator=","):
    """Rows of cells as a text file."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue()


def workbook(*sheets, hidden=(), merges=()):
    """Sheets, (title, rows), as an XLSX."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for area in merges:
            sheet.merge_cells(area)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def cells_of(file):
    """The first sheet of a written workbook, or a CSV with BOM, as rows of cells."""
    content = bytes_of(file)
    if content.startswith(b"PK"):
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def bytes_of(file):
    """What a stored file holds."""
    with file.open("rb") as opened:
        return opened.read()


def firms(count, **fields):
    return [make.enterprise(**fields) for _ in range(count)]


TAX = ["统一社会信用代码", "企业名称", "所属期", "应纳税额", "实缴税额"]


def tax(*rows):
    """A tax file: rows of (enterprise or code, month, due, paid)."""
    lines = [[getattr(who, "uscc", who), getattr(who, "name", "某企业"), *rest] for who, *rest in rows]
    return text(TAX, *lines)


def known(enterprise, *, feed=1):
    """What is in force of an enterprise: {month: (due, paid, balance, count)}, out of the rows."""
    from enterprises.models import Signal

    rows = Signal.objects.in_force().filter(enterprise=enterprise, feed=feed)
    return {f"{row.month:%Y-%m}": (row.due, row.paid, row.balance, row.count) for row in rows}


def values(uscc, *names):
    return Enterprise.objects.filter(uscc=uscc).values_list(*names).get()


LATER = datetime(2023, 11, 20, 11, 0, tzinfo=make.AT.tzinfo)
