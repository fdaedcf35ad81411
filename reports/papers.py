"""The district's report as a Word file by GB/T 9704-2012, from what was submitted or from the draft as it stands."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from casework.documents import Paper

from . import wording
from .indicators import tables
from .indicators.catalogue import CATALOGUE, Heading, in_order


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
    figures: list  # [(heading, name, unit, value in words)]

    @property
    def title(self):
        return wording.title_of(self.district, self.campaign)


def of_submission(made):
    report = made.report
    figures = [(Heading(each.heading).label, each.name, *shown(each)) for each in made.figures.defer("behind")]
    return Content(
        report.district.name, report.campaign.title, made.texts, made.cases, made.bodies,
        timezone.localdate(made.at), made.cut_off_on, figures,
    )  # fmt: skip


def of_draft(report, on):
    """As it stands, with the figures as of the cut-off, or of `on` before it."""
    day, district = tables.cut_off(report.campaign, on), report.district_id
    table = tables.of(in_order(), report.campaign, on=day, district=district)
    figures = [(each.heading.label, each.name, each.shown_in, table.shown(each.code, district)) for each in in_order()]
    return Content(
        report.district.name, report.campaign.title, dict(report.sections.values_list("key", "text")),
        list(report.cases.values("title", "background", "action", "result")),
        [body.name for body in report.bodies()], None, day, figures,
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
    """The Paper."""
    paper = Paper(content.title, title_lines=wording.title_lines(content.district, content.campaign), on_grid=True)
    paper.addressee(wording.ADDRESSEE)
    numbered = iter(wording.NUMERALS)
    key, label = wording.FIRST
    _section(paper, f"{next(numbered)}、{label}", content.texts.get(key), 1)
    paper.heading(f"{next(numbered)}、{wording.SECOND}")
    written = [(label, content.texts[key]) for key, label in wording.PARTS if content.texts.get(key)]
    for numeral, (label, text) in zip(wording.NUMERALS, written, strict=False):
        _section(paper, f"（{numeral}）{label}", text, 2)
    if content.cases:
        paper.heading(f"{next(numbered)}、{wording.CASES}")
        for number, case in enumerate(content.cases, start=1):
            paper.heading(f"{number}. {case['title']}", 3)
            paper.text(" ".join(case[part].strip() for part in ("background", "action", "result")))
    for key, label in wording.LAST:
        _section(paper, f"{next(numbered)}、{label}", content.texts.get(key), 1)
    paper.attachments(["情况统计表"])
    paper.signature(*content.bodies, on=content.signed_on)
    paper.appendix("", "情况统计表")
    paper.text(f"数据截至{content.cut_off_on.year}年{content.cut_off_on.month}月{content.cut_off_on.day}日。")
    rows = [(name, unit, value) for _, name, unit, value in content.figures]
    paper.table(("指标", "单位", "数值"), rows, widths=(96, 24, 36))
    return paper


def _section(paper, heading, text, level):
    paper.heading(heading, level)
    paper.text((text or "").strip() or "【没有填写】")
