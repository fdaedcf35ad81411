"""The files of a district's report, Word and workbook, of the draft as it stands or of a submission.

A Word file and a workbook with a short ledger are made while the person waits; a long ledger makes it work for the
background, where it is fetched with a proof as the list itself is.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db import models

from accounts.roles import Can
from casework import exports
from casework.confined import NotTaken
from casework.jobs import Refused
from casework.today import today

from . import papers, workbooks
from .models import Report


class Kind(models.TextChoices):
    PAPER = "docx", "Word 文件"
    WORKBOOK = "xlsx", "Excel 工作簿"


@dataclass(frozen=True)
class Wanted:
    """A file of a report: of which kind, of which submission; `made` None: of the draft as it stands."""

    report: Report
    kind: str
    made: object

    @property
    def title(self):
        which = f"第{self.made.number}次报送" if self.made else "草稿"
        return f"{self.report}（{which}）"

    @property
    def query(self):
        return urlencode({"report": self.report.pk, "number": self.made.number if self.made else 0})

    def content(self, *, by, on):
        """What is to be written: papers.Content or workbooks.Content."""
        of = papers if self.kind == Kind.PAPER else workbooks
        more = {} if of is papers else {"by": by}
        return of.of_submission(self.made, **more) if self.made else of.of_draft(self.report, on, **more)


def wanted(report, kind, number):
    """The Wanted of a report; None where it was not submitted so often. `number` 0: the draft."""
    if not number:
        return Wanted(report, kind, None)
    rows = report.submissions.select_related("report__district", "report__campaign")
    made = rows.filter(number=number).first()
    return made and Wanted(report, kind, made)


def is_long(content):
    """Whether the workbook holds so much of the ledger that a person is to prove who they are."""
    items = getattr(content, "items", None)
    most = settings.STEP_UP_ROWS
    return items is not None and items.order_by()[: most + 1].count() > most


def put(file, content, *, tell=lambda done, total, message: None):
    """Write a file's content into an open binary file. Returns the number of rows of lists in it."""
    if isinstance(content, workbooks.Content):
        return workbooks.write(file, content, tell=tell)
    file.write(papers.report(content).content)
    return 0


def ask(wanted, *, by, now, token=None):
    return exports.ask_file(FILE, wanted.title, wanted.query, wanted.kind, by=by, now=now, token=token)


def _write(file, asked, format, *, by, at, tell):
    reports = Report.objects.visible_to(by).select_related("district", "campaign")
    report = reports.filter(pk=asked["report"]).first()
    found = report and wanted(report, format, int(asked["number"]))
    if not found:
        raise Refused("没有找到这份总结，或者它不在您的区市。")
    tell(0, 3, "正在统计数字")
    try:
        return put(file, found.content(by=by, on=today()), tell=tell)
    except NotTaken as refused:
        raise Refused(str(refused)) from refused


FILE = exports.register(exports.Making("reports:files", "总结报告文件", Can.READ_REPORTS, _write))
