"""Files of any shape opened as tables: encodings, separators, quotes, merged cells; and files that are refused."""

import contextlib
import io
import zipfile
from datetime import date, datetime

import pytest

from casework import archives
from casework.confined import NotTaken
from enterprises import tables
from enterprises.deliveries.opened import frame_of
from tests.enterprises.deliveries import text, workbook

ROWS = [
    ["统一社会信用代码", "企业名称", "应缴金额"],
    ["91371099MAXDEMA17A", "威海听澜水产有限公司", "12.50"],
    ["", "甲乙", "3"],
]
UNPACKED = 50 * 2**20


@pytest.fixture
def opened(tmp_path):
    with contextlib.ExitStack() as stack:

        def open_content(content, unpacked_bytes=UNPACKED):
            path = tmp_path / "报送"
            path.write_bytes(content)
            return stack.enter_context(contextlib.closing(tables.open_table(path, unpacked_bytes=unpacked_bytes)))

        yield open_content


def read(table, width=3):
    """Rows of all blocks, each with its number."""
    cells = [f"c{place}" for place in range(width)]
    lines = (line for frame in frames(table, width) for line in frame.select(cells).iter_rows())
    return [(row, [cell or "" for cell in line]) for row, line in enumerate(lines, start=1)]


def frames(table, width):
    """As the portal reads what the child sends."""
    for plain, block in table.sheets[0].blocks(width):
        yield frame_of(block, width, table.separator if plain else None)


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030"),
        ("utf-16", "utf-16"), ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_text_is_read_in_any_encoding_and_with_any_separator(opened, codec, name, separator):
    table = opened(text(*ROWS, separator=separator).encode(codec))
    assert (table.encoding, table.separator) == (name, separator)
    assert read(table) == [(number, row) for number, row in enumerate(ROWS, start=1)]


def test_utf_16_of_the_other_byte_order_is_read(opened):
    table = opened(("\ufeff" + text(*ROWS)).encode("utf-16-be"))
    assert table.encoding == "utf-16"
    assert read(table)[1] == (2, ROWS[1])


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("size", [1, 3, 7, 64])
def test_blocks_cut_neither_characters_nor_rows(opened, monkeypatch, codec, ends, size):
    monkeypatch.setattr(tables, "TEXT_BLOCK", size)
    monkeypatch.setattr(tables, "_SCAN", 4096 if codec == "utf-16" else size)
    content = text(*ROWS, *[[str(n), f"第{n}家𠮷", "1"] for n in range(40)]).replace("\r\n", ends)
    rows = read(opened(content.encode(codec)))
    assert len(rows) == 43
    assert rows[42] == (43, ["39", "第39家𠮷", "1"])


def test_blank_lines_count_as_rows_as_they_do_in_a_spreadsheet(opened):
    assert read(opened(b"a,b,c\n\n1,2,3\n\n")) == [
        (1, ["a", "b", "c"]),
        (2, ["", "", ""]),
        (3, ["1", "2", "3"]),
        (4, ["", "", ""]),
    ]


def test_quoted_cells_hold_separators_quotes_and_line_breaks(opened):
    rows = [["代\n码", "名,称", '金"额'], ["1", "2", "3"]]
    assert read(opened(text(*rows).encode())) == [(1, rows[0]), (2, rows[1])]


def test_a_row_with_more_cells_than_the_header_is_marked(opened):
    table = opened("代码,名称,金额\n1,甲,2\n1,乙,16,821.02\n1,丙,3,,\n".encode())
    marks = [mark for frame in frames(table, 3) for mark in frame["overflow"]]
    assert marks == [False, False, True, False]


def test_a_quote_that_is_never_closed_is_reported(opened):
    lines = "\n".join(f"{n},甲,1" for n in range(200))
    table = opened(f'代码,名称,金额\n1,"甲,2\n{lines}\n'.encode())
    with pytest.raises(NotTaken, match="未配对的双引号"):
        read(table)


def test_a_few_broken_bytes_are_reported_and_not_read_as_other_characters(opened):
    table = opened(text(*ROWS, *[["1", "威海听澜水产有限公司", "1"]] * 30).encode() + b"2,\xff\xfe,1\n")
    assert table.encoding == "utf-8"
    assert table.warnings == ["有2处字节无法识别，所在单元格按有误处理。"]
    assert read(table)[-1] == (34, ["2", "\ufffd\ufffd", "1"])


def test_gb18030_with_a_few_broken_bytes_stays_gb18030(opened):
    table = opened(text(*ROWS, *[["1", "威海听澜水产有限公司", "1"]] * 30).encode("gb18030") + b"2,\xff,1\n")
    assert table.encoding == "gb18030"
    assert "\ufffd" in read(table)[-1][1][1]


def test_a_file_of_two_encodings_is_refused(opened):
    half = text(*ROWS, *[["1", "威海听澜水产有限公司", "1"]] * 30)
    with pytest.raises(NotTaken, match="不同编码"):
        opened(half.encode() + half.encode("gb18030"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "空的"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页格式"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "网页格式"),
        (b"%PDF-1.4", "不是表格文件"),
        (b"PK\x03\x04 not a zip", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "打不开"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(opened, content, why):
    with pytest.raises(NotTaken, match=why):
        opened(content)


# ── Workbooks ──────────────────────────────────────────────────────────────────────────────────


def test_cells_of_a_workbook_come_as_text(opened):
    cells = [
        "0012",
        12,
        12.0,
        1.265158,
        datetime(2023, 6, 1),
        datetime(2023, 6, 1, 8, 30),
        True,
        None,
        71054.6,
        1e17,
        date(2023, 6, 2),
    ]
    table = opened(workbook(("数据", [cells])))
    assert table.encoding == "xlsx"
    assert read(table, 11)[0][1] == [
        "0012", "12", "12", "1.265158", "2023-06-01", "2023-06-01 08:30:00", "TRUE", "", "71054.6", "1e+17",
        "2023-06-02",
    ]  # fmt: skip


def test_rows_keep_the_numbers_that_the_spreadsheet_shows(opened):
    table = opened(workbook(("数据", [["a", "b"], [], [None, None], ["1", "2"]])))
    assert read(table, 2)[-1] == (4, ["1", "2"])


def test_cells_merged_downwards_speak_for_each_row(opened):
    rows = [
        ["代码", "月份"],
        ["91371099MAXDEMA17A", "202305"],
        [None, "202306"],
        [None, "202307"],
        ["91371099MAXDEMA255", "202305"],
        [None, "202306"],
    ]
    table = opened(workbook(("数据", rows), merges=["A2:A4"]))
    assert [row[0] for _, row in read(table, 2)] == ["代码", *["91371099MAXDEMA17A"] * 3, "91371099MAXDEMA255", ""]


def test_a_workbook_that_lies_about_its_extent_is_read_whole(opened, tmp_path):
    content = _altered(
        workbook(("数据", [[str(n), "x"] for n in range(30)])),
        "sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:B30"', b'ref="A1"'),
    )
    assert len(read(opened(content), 2)) == 30


def test_a_packed_bomb_is_refused_by_what_it_unpacks_to_not_by_what_it_says(opened):
    content = workbook(("数据", [["x" * 30_000] for _ in range(200)]))
    assert len(content) < 200_000
    with pytest.raises(NotTaken, match="解压后超过1 MB"):
        opened(content, unpacked_bytes=2**20)


def test_definitions_in_a_workbook_are_refused(opened):
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    content = _altered(workbook(("数据", [["x"]])), "sheet1.xml", lambda xml: evil + xml)
    with pytest.raises(NotTaken, match="不允许的定义"):
        opened(content)


def test_a_workbook_of_countless_parts_is_refused(opened):
    file = io.BytesIO(workbook(("数据", [["x"]])))
    with zipfile.ZipFile(file, "a") as archive:
        for n in range(archives.MOST_ENTRIES):
            archive.writestr(f"x/{n}", b"")
    with pytest.raises(NotTaken, match="部件"):
        opened(file.getvalue())


def test_an_archive_of_files_is_not_taken_for_a_workbook(opened):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", b"1,2")
    with pytest.raises(NotTaken, match="压缩包"):
        opened(file.getvalue())


def test_a_damaged_workbook_is_refused(opened):
    content = workbook(("数据", [[str(n), "x" * 50] for n in range(300)]))
    with pytest.raises(NotTaken, match="损坏"):
        opened(content[: len(content) // 2])
    broken = _altered(content, "sheet1.xml", lambda xml: xml[: len(xml) // 2])
    with pytest.raises(NotTaken, match="损坏"):
        read(opened(broken), 2)


def _altered(content, part, change):
    """The workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, change(body) if entry.filename.endswith(part) else body)
    return out.getvalue()


def test_an_old_workbook_gives_the_same_cells(tmp_path):
    """Read by the library that reads XLS, which also opens an XLSX: there is no writer of XLS to test with."""
    path = tmp_path / "旧.xlsx"
    cells = ["0012", 12, 1.265158, datetime(2023, 6, 1), True, None]
    path.write_bytes(workbook(("数据", [cells, ["1"]]), ("旧数据", [["2"]]), hidden=["旧数据"]))
    table = tables.OldWorkbook(path)
    assert [(sheet.name, sheet.hidden) for sheet in table.sheets] == [("数据", False), ("旧数据", True)]
    assert read(table, 6) == [(1, ["0012", "12", "1.265158", "2023-06-01", "TRUE", ""]), (2, ["1", *[""] * 5])]
