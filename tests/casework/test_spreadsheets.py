"""Files that people open in Excel and WPS: nothing in them runs, nothing in them changes on the way."""

import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.listings import Column, Kind
from casework.spreadsheets import Head, safe, write_csv, write_paper, write_xlsx

HEAD = Head("企业名录", ("条件：无", "行数：1 户"))


def csv_rows(columns, rows, head=HEAD):
    file = io.BytesIO()
    write_csv(file, head, columns, rows)
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def sheet(columns, rows, head=HEAD):
    file = io.BytesIO()
    write_xlsx(file, head, columns, rows)
    return openpyxl.load_workbook(file).active


def column(kind=Kind.TEXT, key="it"):
    return Column(key, "内容", kind, lambda row: row)


DANGEROUS = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u3000=1+1", "\tx", "\rx",
]  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_begins_like_a_formula_is_text_in_both_forms(text):
    assert csv_rows([column()], [text])[-1] == [f"'{text}"]
    cell = sheet([column()], [text]).cell(5, 1)
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@given(st.text(max_size=20))
def test_no_text_begins_like_a_formula(text):
    begins = safe(text).lstrip()[:1]
    assert begins not in set("=+-@＝＋－＠")


def test_headings_and_conditions_are_as_harmless_as_cells():
    head = Head("=名录", ("=HYPERLINK(1)",))
    odd = Column("it", "@内容", Kind.TEXT, lambda row: row)
    assert csv_rows([odd], [], head) == [["'=名录"], ["'=HYPERLINK(1)"], ["'@内容"]]
    assert [row[0].value for row in sheet([odd], [], head).iter_rows()] == ["'=名录", "'=HYPERLINK(1)", "'@内容"]


@pytest.mark.parametrize("number", [-3, -0.5, Decimal("-12.34"), 0])
def test_a_negative_number_stays_a_number(number):
    assert csv_rows([column(Kind.DECIMAL)], [number])[-1] == [str(number)]
    cell = sheet([column(Kind.DECIMAL)], [number]).cell(5, 1)
    assert (cell.data_type, cell.value) == ("n", float(number))


@pytest.mark.parametrize("code", ["000123", "913710027654321098", "913710021E05", "06315356787"])
def test_a_code_that_looks_like_a_number_is_kept_whole(code):
    (written,) = csv_rows([column(Kind.CODE)], [code])[-1]
    assert written == f"{code}\t"
    cell = sheet([column(Kind.CODE)], [code]).cell(5, 1)
    assert (cell.data_type, cell.value, cell.number_format) == ("s", code, "@")


@pytest.mark.parametrize("text", ["91371099MAXDEMA17A", "0631-5356787", "2023", "威海听澜", '甲"乙,丙', "两\n行"])
def test_ordinary_text_is_written_as_it_is(text):
    assert csv_rows([column()], [text])[-1] == [text]
    assert sheet([column()], [text]).cell(5, 1).value == text


def test_a_day_is_a_day_and_a_yes_a_yes():
    columns = [
        Column("day", "日期", Kind.DATE, lambda row: row[0]),
        Column("yes", "工会", Kind.YES_NO, lambda row: row[1]),
    ]
    rows = [(date(2023, 7, 14), True), (None, None), (date(2023, 7, 15), False)]
    assert csv_rows(columns, rows)[-3:] == [["2023-07-14", "是"], ["", ""], ["2023-07-15", "否"]]
    cells = sheet(columns, rows)
    assert cells.cell(5, 1).is_date
    assert [cells.cell(line, 2).value for line in (5, 6, 7)] == ["是", None, "否"]


def test_the_file_says_what_it_is_before_its_rows():
    assert csv_rows([column()], ["甲"])[:4] == [["企业名录"], ["条件：无"], ["行数：1 户"], ["内容"]]
    written = sheet([column()], ["甲"])
    assert [written.cell(line, 1).value for line in range(1, 6)] == ["企业名录", "条件：无", "行数：1 户", "内容", "甲"]
    assert written.freeze_panes == "A5"
    assert written.auto_filter.ref == "A4:A5"
    assert written.column_dimensions["A"].width > 15


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30), max_size=5))
def test_a_csv_file_has_one_row_a_row_whatever_is_in_it(texts):
    assert len(csv_rows([column()], texts)) == 4 + len(texts)


def test_control_characters_do_not_break_the_workbook():
    assert sheet([column()], ["甲\x07乙", "正常"]).cell(6, 1).value == "正常"


def test_a_thousand_and_one_rows_are_counted_by_the_writer():
    for write in (write_csv, write_xlsx):
        assert write(io.BytesIO(), HEAD, [column()], (str(n) for n in range(1001))) == 1001


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_memory_does_not_grow_with_the_rows(write, tmp_path):
    def peak(number):
        with (tmp_path / "file").open("wb") as file:
            tracemalloc.start()
            write(file, HEAD, [column()] * 5, (f"第{n}户" for n in range(number)))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    assert peak(10_000) < peak(500) + 2**20


def paper(columns, rows, head=HEAD):
    file = io.BytesIO()
    assert write_paper(file, head, columns, rows) == len(rows)
    return openpyxl.load_workbook(file).active


def test_a_ledger_on_paper_lies_across_fits_the_page_and_repeats_its_heading():
    page = paper([column(), column(Kind.DATE)], [], Head("整改台账", ("条件：无",)))
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in {(1, 0), (None, 0)}
    assert page.print_title_rows == "$3:$3"
    assert page.cell(1, 1).value == "整改台账"
    assert "A1:C1" in {str(merged) for merged in page.merged_cells.ranges}
    assert [page.cell(3, place).value for place in (1, 2)] == ["序号", "内容"]


def test_a_ledger_on_paper_numbers_its_rows_and_rules_empty_cells():
    page = paper([column()], ["补签合同", None, "=1+1"])
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=7)] == [
        [1, "补签合同"], [2, None], [3, "'=1+1"],
    ]  # fmt: skip
    assert page.cell(6, 2).border.left.style == "thin"


def test_a_row_on_paper_is_as_high_as_its_text_is_long():
    page = paper([column(Kind.LONG_TEXT)], ["补签合同", "补" * 40, "甲\n乙"])
    short, long, two = (page.row_dimensions[line].height for line in (5, 6, 7))
    assert short < two < long
