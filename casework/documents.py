"""Word files: the building blocks of letters, forms and files of a case, laid out after GB/T 9704-2012.

    paper = Paper("用工处方", sender=user.organisation)
    paper.addressee("威海虚构水产有限公司")
    paper.heading("一、发现的情况")
    paper.text("……")
    paper.table(("整改事项", "整改时限"), rows, widths=(100, 56))
    paper.signature(user.organisation.name, on)
    return paper.answer("用工处方.docx")

The fonts are named, not shipped: 方正小标宋 and the GB2312 fonts are not free, and the office's machines have them.
"""

import io
import math
import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SONG_TITLE, FANGSONG, HEI, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)  # 2号, 3号, 4号
# 版心 156 × 225 mm on A4: 天头 37, 订口 28, so that 26 and 35 are left at the right and below. 22 lines fill 225 mm.
TOP, LEFT, RIGHT, BOTTOM = Mm(37), Mm(28), Mm(26), Mm(35)
# The dashes of the page number run 7 mm below the type area: through the middle of a line of 14 pt that ends here.
TO_NUMBER = Mm(35 - 7) - Pt(7)
PITCH = Pt(28.95)
WIDTH = 156  # mm
ACROSS, DOWN = 28, 22  # characters in a line, lines on a page
BLANK_DAY = "　　　　年　　月　　日"
_HEADING_FONTS = {1: HEI, 2: KAI, 3: FANGSONG, 4: FANGSONG}
_CENTRE, _RIGHT, _LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
# XML 1.0 knows no control characters but these three; what was pasted from elsewhere may hold others.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Paper:
    """One document. Each method adds a part below what is there."""

    def __init__(self, title, *, sender=None, number="", subject="", landscape=False, title_lines=None, on_grid=False):
        """`sender`: the organisation whose own name stands above; `number`: its document number, if it has one.

        `landscape`: for wide tables, whose widths are 225 mm together; `title_lines`: the title as it is to be broken;
        `on_grid`: 22 lines of 28 characters, as an official document.
        """
        self.title = title
        self.document = Document()
        self._lay_out()
        if landscape:
            self._turn()
        if on_grid:
            self._put_on_grid()
        self.document.core_properties.title = clean(title)
        self.document.core_properties.author = clean(str(sender or ""))
        self.document.core_properties.subject = clean(subject)
        if sender is not None:
            self._line(sender.name, _CENTRE, SONG_TITLE, SIZE_2)
        if number:
            self._line(number, _CENTRE)
        self.blank()
        for line in title_lines or [title]:
            self._line(line, _CENTRE, SONG_TITLE, SIZE_2)
        self.blank()

    # ── Parts ──

    def addressee(self, name):
        """主送: flush left, with the full-width colon."""
        return self._line(f"{name}：", _LEFT)

    def heading(self, words, level=1):
        """一、（一）1.（1）: the words bring their number."""
        line = self._line(words, None, _HEADING_FONTS[level], indent=2)
        line.paragraph_format.keep_with_next = True
        return line

    def text(self, words, *, label=""):
        """A paragraph, of several lines if `words` have them; `label` in bold before it."""
        for line in str(words).splitlines() or [""]:
            paragraph = self._line("", None, indent=2)
            if label:
                self._run(paragraph, label).bold = True
                label = ""
            self._run(paragraph, line)

    def facts(self, pairs):
        """A table of two columns, what and which, such as the particulars of an enterprise."""
        return self.table((), [(what, which or "—") for what, which in pairs], widths=(46, WIDTH - 46))

    def table(self, headings, rows, widths=None, *, size=None, numbers_from=None):
        """`headings` may be empty, else they come again on each page; `widths` in mm, together 156 (landscape: 225).

        `size`: of the letters, 4号 unless given; `numbers_from`: the column from which numbers stand at the right.
        """
        rows = [tuple(row) for row in rows]
        columns = len(headings) or len(rows[0])
        table = self.document.add_table(rows=0, cols=columns, style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        if headings:
            self._row(table, headings, widths, HEI, size, None)
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in rows:
            self._row(table, row, widths, FANGSONG, size, numbers_from)
        for column, width in zip(table.columns, widths or (), strict=False):
            column.width = Mm(width)  # LibreOffice and WPS go by the grid, Word by the cells
        self.blank()
        return table

    def attachments(self, names):
        """附件说明: numbered where there are several, without a mark behind the name."""
        self.blank()
        if len(names) == 1:
            self._line(f"附件：{names[0]}", None, indent=2)
            return
        for number, name in enumerate(names, start=1):
            label, indent = ("附件：", 2) if number == 1 else ("", 5)
            self._line(f"{label}{number}. {name}", None, indent=indent)

    def signature(self, *senders, on):
        """署名 and date, as without a printed seal: the seal goes over both.

        `on` None: a blank to fill in; a text stands as it is.
        """
        self.blank()
        for sender in senders:
            self._line(str(sender), _RIGHT, right=2)
        self._line(on if isinstance(on, str) else in_words(on) if on else BLANK_DAY, _RIGHT, right=4)

    def remark(self, words):
        """附注, in brackets below the date."""
        self._line(f"（{words}）", None, indent=2)

    def blank(self):
        return self._line("", None)

    def new_page(self):
        self.document.add_page_break()

    def appendix(self, number, title, *, landscape=False):
        """附件 on a page of its own; `number` empty where there is only one. `landscape`: it and what follows."""
        # Not a break in a paragraph of its own: its end would stand on the new page as an empty first line.
        if landscape:
            self.document.add_section(WD_SECTION.NEW_PAGE)
            self._turn()
        label = self._line(f"附件{number}", _LEFT, HEI)
        label.paragraph_format.page_break_before = not landscape
        self.blank()
        self._line(title, _CENTRE, SONG_TITLE, SIZE_2)
        self.blank()

    # ── Out ──

    @property
    def content(self):
        """The file, as bytes."""
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def answer(self, name):
        """A download under `name`."""
        return download(self.content, name)

    # ── How it is set ──

    def _lay_out(self):
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = TOP, BOTTOM
        section.left_margin, section.right_margin = LEFT, RIGHT
        section.footer_distance = TO_NUMBER
        self.document.settings.odd_and_even_pages_header_footer = True
        _page_number(section.footer.paragraphs[0], _RIGHT)
        _page_number(section.even_page_footer.paragraphs[0], _LEFT)
        normal = self.document.styles["Normal"]
        _set_font(normal, FANGSONG, SIZE_3)
        spacing = normal.paragraph_format
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
        spacing.space_before = spacing.space_after = Pt(0)

    def _turn(self):
        """The sheet on its long side: what was left above is left at the left."""
        section = self.document.sections[-1]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = TOP, BOTTOM, LEFT, RIGHT
        section.footer_distance = Mm(15)

    def _put_on_grid(self):
        """22 lines of 28 characters: each is 156 / 28 mm wide, which is a little less than its 16 pt.

        Set as the distance of the letters: a grid of characters narrower than they are is read otherwise by each of
        Word, WPS and LibreOffice, and the last gives each character two places.
        """
        properties = self.document.sections[0]._sectPr
        grid = properties.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            properties.append(grid)
        grid.attrib.pop(qn("w:charSpace"), None)
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), str(round(PITCH.pt * 20)))
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), str(math.floor((Mm(WIDTH).pt / ACROSS - SIZE_3.pt) * 20)))
        self.document.styles["Normal"].element.get_or_add_rPr().append(closer)

    def _line(self, words, alignment, font=FANGSONG, size=SIZE_3, *, indent=0, right=0):
        paragraph = self.document.add_paragraph()
        paragraph.alignment = alignment
        if indent or right:
            _indent(paragraph, indent, right)
        if size == SIZE_2:
            paragraph.paragraph_format.line_spacing = Pt(35)
        if words:
            self._run(paragraph, words, font, size)
        return paragraph

    def _run(self, paragraph, words, font=FANGSONG, size=SIZE_3):
        run = paragraph.add_run(clean(words))
        _set_font(run, font, size)
        return run

    def _row(self, table, cells, widths, font, size, numbers_from):
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
            if widths:
                cell.width = Mm(widths[place])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(20) if size is None else Pt(size.pt + 4)
            if size is not None:  # else each line of small letters takes a whole line of the grid
                off = OxmlElement("w:snapToGrid")
                off.set(qn("w:val"), "0")
                paragraph._p.get_or_add_pPr().insert_element_before(off, "w:spacing", "w:ind", "w:jc", "w:rPr")
            if numbers_from is not None and place >= numbers_from:
                paragraph.alignment = _RIGHT
            _set_font(paragraph.add_run(clean("" if words is None else words)), font, size or SIZE_4)


def download(content, name):
    """A Word file (bytes) as an answer, under `name`."""
    response = HttpResponse(content, content_type=TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def clean(words):
    """`words` without the characters that no Word file may hold."""
    return _NOT_XML.sub("", str(words))


def in_words(day):
    """A date as official documents write it, without leading zeros: 2023年12月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _set_font(part, name, size):
    part.font.name, part.font.size = name, size
    part.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _indent(paragraph, first, right):
    """In characters, so that it follows the size of the letters."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    if first:
        indent.set(qn("w:firstLineChars"), str(first * 100))
        indent.set(qn("w:firstLine"), str(first * 320))
    if right:
        indent.set(qn("w:rightChars"), str(right * 100))
        indent.set(qn("w:right"), str(right * 320))


def _page_number(paragraph, alignment):
    """— 1 —, at the outer edge of the page, one character off it."""
    paragraph.alignment = alignment
    paragraph.paragraph_format.line_spacing = SIZE_4
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    side = "right" if alignment == _RIGHT else "left"
    indent.set(qn(f"w:{side}Chars"), "100")
    indent.set(qn(f"w:{side}"), str(round(SIZE_4.pt * 20)))
    for kind, words in (("text", "— "), ("begin", ""), ("instruction", "PAGE"), ("end", ""), ("text", " —")):
        run = paragraph.add_run(words if kind == "text" else "")
        _set_font(run, SONG, SIZE_4)
        if kind == "instruction":
            element = OxmlElement("w:instrText")
            element.text = words
            run._r.append(element)
        elif kind != "text":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)
