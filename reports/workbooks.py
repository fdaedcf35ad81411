"""Workbooks of reports: the table of indicators, the ledger and the typical cases, a sheet each.

A workbook is begun by casework.spreadsheets.workbook(file) and holds sheets made by

    indicator_sheet(book, columns, head=Head("情况统计表", lines), figures=in_order())

`columns` is [(title, {code: value})], one for a district or eight and their total: values as the catalogue counts
them (Table.value, FrozenFigure.value: 元 in 分, rates per cent, None where there is no whole). `figures` is whatever
has code, name, unit, heading and rule: indicators of the catalogue, or figures as they were submitted. Amounts are
written in 万元. Below stands what makes a district's own workbook: `of_submission`, `of_draft` and `write`.
"""

from dataclasses import dataclass

from casework import exports
from casework.documents import in_words
from casework.listings import Column, Kind
from casework.spreadsheets import Head, height, list_sheet, safe, workbook, write_cell
from risks import ledger
from risks.models import Rectification

from . import freezing, wording
from .indicators import tables
from .indicators.catalogue import Heading, Unit, in_order

TABLE, LEDGER, CASES = "指标表", "台账", wording.CASES
LEDGER_FIGURE = "risk.ledger"
_PARTS = (("background", "背景"), ("action", "做法"), ("result", "成效"))
_FEN_IN_WAN = 1_000_000
_CODE, _RULE = 26, 60  # width of columns
_HEADER = 255  # characters that Excel takes above a printed page


# ── Sheets ───────────────────────────────────────────────────────────────────────────────────


def indicator_sheet(book, columns, *, head, figures=None):
    """指标表: a row an indicator, heading by heading. Returns the number of indicators."""
    sheet = book.add_worksheet(TABLE)
    title, note = book.add_format({"bold": True, "font_size": 14}), book.add_format({"font_color": "#5b6673"})
    top = book.add_format({"bold": True, "bg_color": "#eef2f7", "border": 1, "text_wrap": True, "valign": "vcenter"})
    band, words = book.add_format({"bold": True, "border": 1}), book.add_format({"border": 1, "text_wrap": True})
    formats = {unit: book.add_format({"border": 1, "num_format": _number_format(unit)}) for unit in Unit}
    last = 3 + len(columns)
    for place, width in enumerate((_CODE, 26, 8, *(13 for _ in columns), _RULE)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, safe(head.title), title)
    for line, said in enumerate(head.lines, start=1):
        sheet.write_string(line, 0, safe(said), note)
    line = len(head.lines) + 1
    for place, said in enumerate(("代码", "指标", "单位", *(name for name, _ in columns), "口径")):
        sheet.write_string(line, place, safe(said), top)
    sheet.freeze_panes(line + 1, 3)
    heading, written = None, 0
    for figure in in_order() if figures is None else figures:
        line += 1
        if figure.heading != heading:
            heading = figure.heading
            for place in range(last + 1):
                sheet.write_blank(line, place, None, band)
            sheet.write_string(line, 1, Heading(heading).label, band)
            line += 1
        unit = Unit(figure.unit)
        for place, said in ((0, figure.code), (1, figure.name), (2, _shown_in(unit))):
            sheet.write_string(line, place, safe(said), words)
        for place, (_, values) in enumerate(columns, start=3):
            sheet.write_blank(line, place, None, formats[unit])  # ruled also where there is no value
            write_cell(sheet, line, place, _number(unit, values.get(figure.code)), formats[unit])
        sheet.write_string(line, last, safe(figure.rule), words)
        sheet.set_row(line, height([figure.rule], [_RULE]))
        written += 1
    _print_without_codes(sheet, head, line, last - 1)
    return written


def _print_without_codes(sheet, head, last_line, last_column):
    """What is printed is legible: names, units and values, with the title above each page."""
    first = len(head.lines) + 1
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    words = "\n".join((head.title, *head.lines[-1:])).replace("&", "&&")
    sheet.set_header(f"&C{words}"[:_HEADER])
    sheet.print_area(first, 1, last_line, last_column)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first)


def case_sheet(book, head, cases):
    """典型案例: `cases` as a submission keeps them, [{title, background, action, result}]."""
    columns = (
        Column("place", "序号", Kind.WHOLE, lambda row: row[0]),
        Column("title", "标题", Kind.LONG_TEXT, lambda row: row[1]["title"]),
        *(Column(key, label, Kind.LONG_TEXT, lambda row, key=key: row[1][key]) for key, label in _PARTS),
    )
    return list_sheet(book, head, columns, enumerate(cases, start=1), name=CASES, wrapped=True)


def _number_format(unit):
    return {Unit.YUAN: "#,##0.00", Unit.PERCENT: "0.0"}.get(unit, "#,##0")


def _shown_in(unit):
    return "万元" if unit == Unit.YUAN else unit.label


def _number(unit, value):
    """The number of a cell; amounts from 分 to 万元, to the last 分."""
    if value is None:
        return None
    return float(value) / _FEN_IN_WAN if unit == Unit.YUAN else float(value) if unit == Unit.PERCENT else int(value)


# ── A district's workbook ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Content:
    """What the workbook of a report holds, as far as `by` may have it."""

    title: str
    district: str
    says: str  # when and of what the figures are
    figures: list
    values: dict  # {code: value}
    cases: list  # [{title, background, action, result}]
    items: object  # Rectifications of the ledger; None for whom it is not
    versions: dict  # {id: version} of the items when the report was submitted; empty for a draft


def of_submission(made, *, by):
    """With the figures, the cases and the choice of the ledger's items as they were submitted."""
    figures = list(made.figures.defer("behind"))
    items, versions = ledger_of(made, by=by)
    says = f"第{made.number}次报送的数字，数据截至{in_words(made.cut_off_on)}；此后的修改不改变报送的数字。"
    return Content(
        wording.title_of(made.report.district.name, made.report.campaign.title), made.report.district.name, says,
        figures, {each.code: each.value for each in figures}, made.cases, items, versions,
    )  # fmt: skip


def of_draft(report, on, *, by):
    """As it stands, with the figures as of the cut-off, or of `on` before it."""
    day, district = tables.cut_off(report.campaign, on), report.district_id
    table = tables.of(in_order(), report.campaign, on=day, district=district)
    items = _items(by, Rectification.objects.filter(campaign=report.campaign, district=district, opened_on__lte=day))
    return Content(
        wording.title_of(report.district.name, report.campaign.title), report.district.name,
        f"未报送的草稿，数据截至{in_words(day)}。", in_order(),
        {each.code: table.value(each.code, district) for each in in_order()},
        list(report.cases.values("title", "background", "action", "result")), items, {},
    )  # fmt: skip


def write(file, content, *, tell=lambda done, total, message: None):
    """Write the workbook into a binary file. Returns the number of the ledger's items in it."""
    lines = (content.title, content.says)
    with workbook(file) as book:
        tell(0, 3, "正在写指标表")
        shown = (*lines, "金额单位为万元；空白是没有可比的总数。")
        head = Head("情况统计表", shown)
        indicator_sheet(book, [(content.district, content.values)], head=head, figures=content.figures)
        tell(1, 3, "正在写台账")
        written = 0 if content.items is None else ledger_sheet(book, lines, content.items, content.versions)
        tell(2, 3, "正在写典型案例")
        case_sheet(book, Head(CASES, lines), content.cases)
    return written


def ledger_of(made, *, by):
    """(items, {id: version}) of the ledger as it was submitted; None for items where it is not for `by`."""
    behind = made.figures.filter(code=LEDGER_FIGURE).values_list("behind", flat=True).first()
    ids, versions, _ = freezing.unpack(behind if behind is not None else freezing.pack(*freezing.nothing()))
    items = _items(by, Rectification.objects.filter(pk__in=ids.tolist()))
    return items, dict(zip(ids.tolist(), versions.tolist(), strict=True))


def _items(by, found):
    """The ledger goes as a file to those who may take it as a list."""
    if not exports.allowed(by, ledger.LEDGER):
        return None
    shown = found.visible_to(by).select_related("enterprise", "district", "owner__organisation", "prescription")
    return shown.order_by("opened_on", "pk")


def ledger_sheet(book, lines, items, versions):
    """台账: the items as they are now; with `versions`, whether each is another since it was submitted."""
    columns = [*ledger.columns(None)]
    says = "事项是计入“整改事项”的各条，进展为制作文件时的情况。内部资料，不对外公布。"
    if versions:
        columns.append(Column("changed", "报送以后", Kind.TEXT, lambda item: _since(versions, item)))
    head = Head(ledger.LEDGER.title, (*lines, says))
    return list_sheet(book, head, columns, each(items), name=LEDGER)


def each(items):
    return items.iterator(chunk_size=exports.CHUNK) if hasattr(items, "iterator") else items


def _since(versions, item):
    return "" if versions.get(item.pk) == item.version else "有改动"
