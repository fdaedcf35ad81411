import io
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from accounts.models import Organisation
from casework.documents import Paper, in_words
from tests.casework.documents import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    return Organisation.objects.get(district="371072", side="government")


@pytest.fixture
def paper(zone):
    paper = Paper("用工处方", sender=zone, number="演示〔2023〕1号")
    paper.addressee("威海虚构水产有限公司")
    paper.heading("一、发现的情况")
    paper.text("第一段。\n第二段。", label="事实：")
    paper.table(("整改事项", "整改时限"), [("补发工资", "2023年12月8日"), ("补缴社保", None)], widths=(100, 56))
    paper.attachments(["工资表", "考勤表"])
    paper.signature(zone.name, on=date(2023, 12, 8))
    paper.remark("此件不公开")
    return paper


def test_a_paper_read_back_says_what_was_put_in_it_in_order(paper):
    words = read(paper.content)
    order = (
        "威海经济技术开发区科技创新局", "演示〔2023〕1号", "用工处方", "威海虚构水产有限公司：", "一、发现的情况",
        "事实：第一段。", "第二段。", "整改事项　整改时限", "补发工资　2023年12月8日", "附件：1. 工资表", "2. 考勤表",
        "（此件不公开）",
    )  # fmt: skip
    places = [words.index(line) for line in order]
    assert places == sorted(places)


def test_the_sender_is_named_as_it_calls_itself(paper):
    assert "人力资源和社会保障局" not in read(paper.content)


def test_page_and_fonts_are_those_of_the_standard(paper):
    document = Document(io.BytesIO(paper.content))
    section = document.sections[0]
    sizes = (
        section.page_width, section.page_height,
        section.top_margin, section.left_margin, section.right_margin, section.bottom_margin,
    )  # fmt: skip
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 37, 28, 26, 35]
    fonts = {run.text: run._r.rPr.rFonts.get(qn("w:eastAsia")) for p in document.paragraphs for run in p.runs}
    assert fonts["用工处方"] == "方正小标宋简体"
    assert fonts["一、发现的情况"] == "黑体"
    assert fonts["第二段。"] == "仿宋_GB2312"
    assert "PAGE" in section.footer._element.xml


def test_what_was_pasted_from_elsewhere_does_not_break_the_file(zone):
    paper = Paper("提示", sender=zone)
    paper.text("正文\x00\x0b后续\ufffe")
    assert "正文" in read(paper.content)


def test_a_date_is_written_without_zeros():
    assert in_words(date(2023, 7, 1)) == "2023年7月1日"


def test_a_download_bears_its_chinese_name(paper):
    answer = paper.answer("用工处方.docx")
    assert "filename*=utf-8''%E7%94%A8%E5%B7%A5" in answer["Content-Disposition"]
    assert answer.content[:2] == b"PK"
