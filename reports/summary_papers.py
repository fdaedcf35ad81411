"""The city's summary as a Word file: laid out as a district's, with a table of all districts on landscape pages."""

from django.utils import timezone
from docx.shared import Pt

from . import papers, wording
from .indicators.catalogue import in_order

CITY = "威海市"
# 225 mm across: the indicator, its unit, the districts, the total.
_NAME, _UNIT, _TOTAL, _ACROSS = 47, 14, 22, 225
_SIZE = Pt(9)  # 小五, so that eight districts stand beside each other
STANDINGS = "各区市总结报送情况"


def of_draft(summary, gathered):
    """As it stands, with a blank for the date."""
    content = papers.Content(
        CITY, summary.campaign.title, dict(summary.sections.values_list("key", "text")),
        list(summary.cases.values("title", "background", "action", "result")),
        [body.name for body in summary.bodies()], None, gathered.table.on, [], {}, wording.ADDRESSEE_OF_THE_CITY,
    )  # fmt: skip
    return content, gathered, [[each.district.name, each.words] for each in gathered.lacking]


def of_issue(issue):
    """As it was issued."""
    gathered = issue.gathered()
    content = papers.Content(
        CITY, issue.summary.campaign.title, issue.texts, issue.cases, issue.bodies, issue.issued_on,
        gathered.table.on, [], {}, wording.ADDRESSEE_OF_THE_CITY,
    )  # fmt: skip
    return content, gathered, issue.lacking


def summary(content, gathered, lacking):
    """The Paper."""
    paper = papers.body(content, [papers.TABLE, STANDINGS])
    paper.appendix(1, papers.TABLE, landscape=True)
    paper.text(f"{papers.told_up_to(content.cut_off_on)}数字为各区市报送时固定的数字，全市数为其和。")
    _figures(paper, gathered)
    paper.appendix(2, STANDINGS)
    rows = [_submitted(each) for each in gathered.standings if each.submission]
    rows += [(district, "—", "—", words) for district, words in lacking]
    paper.table(("区市", "报送时间", "时限", "说明"), rows, widths=(75, 60, 30, 60), size=Pt(12))
    return paper


def _figures(paper, gathered):
    districts = gathered.counted
    share = (_ACROSS - _NAME - _UNIT - _TOTAL) / max(len(districts), 1)
    headings = ("指标", "单位", *(district.short_name for district in districts), "全市")
    rows = [
        (each.name, each.shown_in, *(gathered.shown(each.code, district.pk) for district in districts),
         gathered.shown(each.code))
        for each in in_order()
    ]  # fmt: skip
    widths = (_NAME, _UNIT, *(share for _ in districts), _TOTAL)
    paper.table(headings, rows, widths=widths, size=_SIZE, numbers_from=2)


def _submitted(standing):
    made = standing.submission
    late = "逾期" if standing.is_late else "按时"
    return standing.district.name, f"{timezone.localtime(made.at):%Y-%m-%d %H:%M}", late, f"第{made.number}次报送"
