"""The district's report as a Word file by GB/T 9704-2012, from what was submitted or from the draft as it stands."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from casework.confined import NotTaken
from casework.documents import Paper, in_words

from . import carrying, marks, templating, wording
from .indicators import tables
from .indicators.catalogue import CATALOGUE, Heading, in_order
from .models.sections import Key
from .models.templates import Template

TABLE = "情况统计表"


@dataclass(frozen=True)
class Content:
    """What a report says, whether it was submitted or is still written."""

    district: str
    campaign: str
    texts: dict  # {section: text}
    cases: list  # [{title, background, action, result}]
    bodies: list  # names, in the order of signing
    signed_on: date | None  # None: a draft, with a blank to fill in
    cut_off_on: date
    figures: list  # [(heading, name, unit, value in words, code)]
    of: dict = field(default_factory=dict)  # what it is a paper of, for when it comes back: report, number
    addressee: str = wording.ADDRESSEE

    @property
    def title(self):
        return wording.title_of(self.district, self.campaign)


def of_submission(made):
    report = made.report
    figures = [
        (Heading(each.heading).label, each.name, *shown(each), each.code) for each in made.figures.defer("behind")
    ]
    return Content(
        report.district.name, report.campaign.title, made.texts, made.cases, made.bodies,
        timezone.localdate(made.at), made.cut_off_on, figures, {"report": report.pk, "number": made.number},
    )  # fmt: skip


def of_draft(report, on):
    """As it stands, with the figures as of the cut-off, or of `on` before it."""
    day, district = tables.cut_off(report.campaign, on), report.district_id
    table = tables.of(in_order(), report.campaign, on=day, district=district)
    figures = [
        (each.heading.label, each.name, each.shown_in, table.shown(each.code, district), each.code)
        for each in in_order()
    ]
    return Content(
        report.district.name, report.campaign.title, dict(report.sections.values_list("key", "text")),
        list(report.cases.values("title", "background", "action", "result")),
        [body.name for body in report.bodies()], None, day, figures, {"report": report.pk, "number": 0},
    )  # fmt: skip


def example(full=True):
    """An invented report with all that a report may hold, for previews; or one that has nothing to say."""
    texts = {key: f"{key.label}的内容。\n第二段。" for key in Key} if full else {}
    case = {"title": "某企业欠薪化解", "background": "背景。", "action": "做法。", "result": "成效。"}
    figures = [(each.heading.label, each.name, each.shown_in, "1,203", each.code) for each in in_order()]
    return Content(
        "示例区", "劳动用工“查风险 强协商 保支付 促和谐”专项行动", texts, [case, case] if full else [],
        ["示例区人力资源和社会保障局", "示例区总工会", "示例区工商业联合会"] if full else [],
        date(2023, 12, 8) if full else None, date(2023, 12, 7), figures if full else [],
    )  # fmt: skip


def shown(figure):
    """(unit, value) of a submitted figure, in words."""
    indicator = CATALOGUE.get(figure.code)
    if indicator is None:
        return figure.get_unit_display(), "—" if figure.value is None else f"{figure.value.normalize():f}"
    value = figure.value
    if value is not None:
        value = float(value) if indicator.is_rate else int(value)
    return indicator.shown_in, tables.shown(indicator, value)


def report(content):
    """The paper in the layout that is in force: its `content` (bytes), and `answer(name)`. Raises NotTaken."""
    template = Template.objects.in_force()
    if template is None:
        return built_in(content)
    try:
        return by_template(template, content)
    except NotTaken as refused:
        why = f"使用中的{template}不能生成这份文件，请市三方办停用或更换模板。"
        raise NotTaken(f"{why}{refused}") from refused


def by_template(template, content):
    """By the office's own template. Raises casework.confined.NotTaken."""
    return templating.fill(bytes(template.content), content)


def built_in(content):
    """By GB/T 9704-2012."""
    paper = body(content, [TABLE], marks.section)
    paper.appendix("", TABLE)
    paper.text(told_up_to(content.cut_off_on))
    rows = [(name, unit, marks.figure(code, value)) for _, name, unit, value, code in content.figures]
    paper.table(("指标", "单位", "数值"), rows, widths=(96, 24, 36))
    marks.put(paper.document, carrying.of(content))
    return paper


def told_up_to(day):
    return f"数据截至{in_words(day)}。"


def body(content, attachments, marked=lambda key, text: text):
    """The Paper up to the signature, which names its `attachments`. `marked(key, text)`: what stands for a section."""

    def section(heading, key, level):
        paper.heading(heading, level)
        paper.text(marked(key, wording.or_blank(content.texts.get(key))))

    paper = Paper(content.title, title_lines=wording.title_lines(content.district, content.campaign), on_grid=True)
    paper.addressee(content.addressee)
    numbered = iter(wording.NUMERALS)
    key, label = wording.FIRST
    section(f"{next(numbered)}、{label}", key, 1)
    paper.heading(f"{next(numbered)}、{wording.SECOND}")
    written = [(key, label) for key, label in wording.PARTS if content.texts.get(key)]
    for numeral, (key, label) in zip(wording.NUMERALS, written, strict=False):
        section(f"（{numeral}）{label}", key, 2)
    if content.cases:
        paper.heading(f"{next(numbered)}、{wording.CASES}")
        for number, case in enumerate(content.cases, start=1):
            paper.heading(f"{number}. {case['title']}", 3)
            paper.text(wording.told(case))
    for key, label in wording.LAST:
        section(f"{next(numbered)}、{label}", key, 1)
    paper.attachments(attachments)
    paper.signature(*content.bodies, on=content.signed_on)
    return paper
