"""The Word file of a report, measured against GB/T 9704-2012 value by value."""

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports import papers, wording
from reports.models import State
from tests.reports import written

TITLE = "环翠区关于劳动用工“查风险 强协商 保支付 促和谐”专项行动开展情况的总结"


@pytest.fixture
def content():
    texts = {"organisation": "已部署。", "screening": "走访企业。" * 40 + "\n第二段。", "plans": "继续推进。"}
    case = {"title": "某企业欠薪化解", "background": "拖欠工资。", "action": "上门核实。", "result": "全部付清。"}
    return papers.report(
        papers.Content(
            "环翠区", "劳动用工“查风险 强协商 保支付 促和谐”专项行动", texts, [case],
            ["环翠区人力资源和社会保障局", "环翠区总工会", "环翠区工商业联合会"], date(2023, 12, 8), date(2023, 12, 7),
            [
                ("风险摸排情况", "入户走访", "户次", "1,203", "risk.visits"),
                ("风险摸排情况", "欠薪金额", "万元", "96.00", "arrears.amount"),
            ],
        )
    ).content  # fmt: skip


@pytest.fixture
def document(content):
    return Document(io.BytesIO(content))


def paragraph(document, words):
    return next(each for each in document.paragraphs if each.text.startswith(words))


def font(paragraph):
    run = paragraph.runs[0]
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size


def test_the_page_is_a4_with_its_type_area_of_156_by_225(document):
    section = document.sections[0]
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(length / Mm(1), 1) for length in (section.page_width, section.page_height)] == [210, 297]
    assert [round(length / Mm(1), 1) for length in margins] == [37, 28, 26, 35]
    assert round((section.page_width - section.left_margin - section.right_margin) / Mm(1)) == 156
    assert round((section.page_height - section.top_margin - section.bottom_margin) / Mm(1)) == 225


def test_a_page_holds_22_lines_of_28_characters(document):
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "lines"
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    assert 22 * pitch <= Mm(225).pt < 22.1 * pitch
    closer = document.styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val"))
    width = 16 + int(closer) / 20
    assert 28 * width <= Mm(156).pt < 29 * width
    assert document.styles["Normal"].paragraph_format.line_spacing == Pt(28.95)


@pytest.mark.parametrize(
    ("words", "name", "size"),
    [
        ("环翠区关于", "方正小标宋简体", 22),
        ("市协调劳动关系三方会议办公室：", "仿宋_GB2312", 16),
        ("一、组织部署情况", "黑体", 16),
        ("（一）风险摸排情况", "楷体_GB2312", 16),
        ("第二段。", "仿宋_GB2312", 16),
        ("附件：情况统计表", "仿宋_GB2312", 16),
        ("环翠区总工会", "仿宋_GB2312", 16),
    ],
)
def test_each_element_has_its_font_and_size(document, words, name, size):
    assert font(paragraph(document, words)) == (name, Pt(size))


def test_title_addressee_and_body_stand_where_they_belong(document):
    assert paragraph(document, "环翠区关于").alignment == WD_ALIGN_PARAGRAPH.CENTER
    addressee, body = paragraph(document, "市协调"), paragraph(document, "第二段。")
    assert addressee.alignment == WD_ALIGN_PARAGRAPH.LEFT
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    texts = [each.text for each in document.paragraphs]
    assert texts[texts.index(addressee.text) - 1] == ""  # one blank line below the title


def test_the_three_bodies_sign_in_order_with_the_day_without_zeros(document):
    texts = [each.text for each in document.paragraphs]
    place = texts.index("环翠区人力资源和社会保障局")
    assert texts[place : place + 4] == [
        "环翠区人力资源和社会保障局", "环翠区总工会", "环翠区工商业联合会", "2023年12月8日",
    ]  # fmt: skip
    name, day = (document.paragraphs[place + offset]._p.pPr.ind.get(qn("w:rightChars")) for offset in (0, 3))
    assert (name, day) == ("200", "400")


def test_the_appendix_begins_on_its_own_page_with_its_title_on_the_third_line(document):
    paragraphs = document.paragraphs
    place = next(number for number, each in enumerate(paragraphs) if each.text == "附件")
    assert paragraphs[place].paragraph_format.page_break_before
    assert font(paragraphs[place]) == ("黑体", Pt(16))
    assert [each.text for each in paragraphs[place + 1 : place + 3]] == ["", "情况统计表"]
    assert paragraphs[place + 2].alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_page_numbers_stand_outside_one_character_off_the_edge(document):
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, alignment, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    ):
        number = footer.paragraphs[0]
        assert number.alignment == alignment
        assert (number.runs[0].text, number.runs[-1].text) == ("— ", " —")
        assert font(number) == ("宋体", Pt(14))
        assert number._p.pPr.ind.get(qn(f"w:{side}Chars")) == "100"
        middle = section.footer_distance + number.paragraph_format.line_spacing / 2
        assert (section.bottom_margin - middle) / Mm(1) == pytest.approx(7, abs=0.1)


def test_all_is_black(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        colours = set(re.findall(r'<w:color w:val="(\w+)"', packed.read("word/document.xml").decode()))
    assert colours <= {"000000", "auto"}


def test_the_lines_of_a_title_keep_words_whole_and_do_not_grow():
    lines = wording.title_lines("环翠区", "劳动用工“查风险 强协商 保支付 促和谐”专项行动")
    assert "".join(lines) == TITLE
    assert any("“查风险 强协商 保支付 促和谐”" in line for line in lines)
    assert max(map(len, lines)) <= 21


@pytest.mark.django_db
def test_who_may_read_a_report_fetches_its_file_and_that_is_logged(client, huancui_union, rongcheng_officer):
    submitted = written.report(state=State.SUBMITTED).last_submission
    address = f"/reports/{submitted.report_id}/submissions/1/report.docx"
    client.force_login(huancui_union)
    answer = client.get(address)
    assert answer.status_code == 200
    assert TITLE[:10] in "".join(each.text for each in Document(io.BytesIO(answer.content)).paragraphs)
    assert client.get(f"/reports/{submitted.report_id}/report.docx").status_code == 200
    client.force_login(rongcheng_officer)
    assert client.get(address).status_code == 404
