"""The city's workbook: the indicators by district and together, who submitted when, the ledger, the typical cases."""

from dataclasses import dataclass
from itertools import chain

from django.conf import settings
from django.utils import timezone

from casework.documents import in_words
from casework.listings import Column, Kind
from casework.spreadsheets import Head, list_sheet, workbook

from . import wording, workbooks
from .indicators.catalogue import in_order

CITY, STANDINGS = "全市", "报送情况"


@dataclass(frozen=True)
class Content:
    title: str
    says: str
    gathered: object
    lacking: list  # [[district, where its report stood]]
    cases: list
    by: object  # for whose eyes the ledger is


def of_issue(issue, *, by):
    """As it was issued: the same submissions, whatever came since."""
    gathered = issue.gathered()
    says = f"第{issue.number}次印发，数据截至{in_words(gathered.table.on)}；数字为各区市报送时固定的数字。"
    return Content(_title(issue.summary), says, gathered, issue.lacking, issue.cases, by)


def of_draft(summary, gathered, *, by):
    """As it stands."""
    lacking = [[each.district.name, each.words] for each in gathered.lacking]
    cases = list(summary.cases.values("title", "background", "action", "result"))
    says = f"未印发的草稿，数据截至{in_words(gathered.table.on)}；数字为各区市报送时固定的数字。"
    return Content(_title(summary), says, gathered, lacking, cases, by)


def is_bulk(content):
    """Whether so many items of ledgers are in it that who takes them is to prove anew who they are."""
    return content.gathered.value(workbooks.LEDGER_FIGURE) > settings.STEP_UP_ROWS


def write(file, content):
    """Write the workbook into a binary file. Returns the number of the ledger's items in it."""
    lines, gathered = (content.title, content.says), content.gathered
    with workbook(file) as book:
        head = Head(
            "情况统计表", (*lines, "金额单位为万元；空白是没有可比的总数。全市数为各区市之和，比率按合计数计算。")
        )
        workbooks.indicator_sheet(book, _columns(gathered), head=head)
        list_sheet(book, Head(STANDINGS, lines), _STANDINGS, _standings(content), name=STANDINGS)
        ledgers = [workbooks.ledger_of(made, by=content.by) for made in gathered.submissions]
        written = 0
        if all(items is not None for items, _ in ledgers):
            versions = {pk: version for _, those in ledgers for pk, version in those.items()}
            items = chain.from_iterable(workbooks.each(items) for items, _ in ledgers)
            written = workbooks.ledger_sheet(book, lines, items, versions)
        workbooks.case_sheet(book, Head(wording.CASES, lines), content.cases)
    return written


def _title(summary):
    return wording.title_of("威海市", summary.campaign.title)


def _columns(gathered):
    told = [
        (district.name, {each.code: gathered.value(each.code, district.pk) for each in in_order()})
        for district in gathered.counted
    ]
    return [*told, (CITY, {each.code: gathered.value(each.code) for each in in_order()})]


_STANDINGS = (
    Column("district", "区市", Kind.TEXT, lambda row: row[0]),
    Column("at", "报送时间", Kind.TEXT, lambda row: row[1]),
    Column("late", "逾期", Kind.YES_NO, lambda row: row[2]),
    Column("words", "说明", Kind.LONG_TEXT, lambda row: row[3]),
)


def _standings(content):
    for each in content.gathered.standings:
        if each.submission:
            at = f"{timezone.localtime(each.submission.at):%Y-%m-%d %H:%M:%S}"
            yield each.district.name, at, each.is_late, f"第{each.submission.number}次报送"
    yield from ((district, "", None, words) for district, words in content.lacking)
