"""The workbook of a district's report: numbers as numbers, codes as text, nothing that runs, figures as submitted."""

import io

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from casework.models import Export
from casework.spreadsheets import Head, workbook
from reports import files, workbooks
from reports.indicators import tables
from reports.indicators.catalogue import in_order
from reports.models import State
from risks.models import Rectification
from risks.models.rectifications import RectificationState
from tests import make, remedies
from tests.reports import written

pytestmark = pytest.mark.django_db


def sheets(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def made(content):
    file = io.BytesIO()
    workbooks.write(file, content)
    return sheets(file.getvalue())


def line(sheet, code):
    return next(row for row in sheet.iter_rows() if row[0].value == code)


def item(matter, district="371002"):
    made = remedies.rectification(RectificationState.OPEN, district=district)
    Rectification.objects.filter(pk=made.pk).update(matter=matter, opened_on=make.ON)
    return made


def test_eight_districts_stand_side_by_side_with_an_indicator_a_row():
    columns = [(name, {"risk.visits": 1203, "arrears.amount": 9_600_050, "risk.ledger_closed_rate": 58.25})
               for name in ("环翠区", "文登区", "荣成市")]  # fmt: skip
    file = io.BytesIO()
    with workbook(file) as book:
        written_lines = workbooks.indicator_sheet(book, columns, head=Head("情况统计表", ("截至2023年12月8日",)))
    sheet = sheets(file.getvalue())["指标表"]
    assert written_lines == len(in_order())
    assert [cell.value for cell in sheet[3]] == ["代码", "指标", "单位", "环翠区", "文登区", "荣成市", "口径"]
    visits, owed, rate = (line(sheet, code) for code in ("risk.visits", "arrears.amount", "risk.ledger_closed_rate"))
    assert [cell.value for cell in visits[2:6]] == ["户次", 1203, 1203, 1203]
    assert (owed[2].value, owed[3].value, owed[3].number_format) == ("万元", 9.60005, "#,##0.00")
    assert (rate[2].value, rate[3].value, rate[3].number_format) == ("%", 58.25, "0.0")
    assert {cell.data_type for cell in visits[3:6]} == {"n"}
    assert line(sheet, "arrears.firms")[3].value is None  # not told is not nought


def test_the_workbook_of_a_draft_holds_the_figures_the_ledger_and_the_cases(huancui_officer):
    item('=HYPERLINK("http://x")补签劳动合同')
    item("另一区市的事项", "371082")
    report = written.report()
    report.cases.create(
        place=1, district_id="371002", title="+某企业案例", background="背景", action="做法", result="成效",
        source_id=1, source_type=ContentType.objects.get_for_model(Rectification),
    )  # fmt: skip
    book = made(workbooks.of_draft(report, make.ON, by=huancui_officer))
    assert book.sheetnames == ["指标表", "台账", "典型案例"]
    table = tables.of(in_order(), report.campaign, on=make.ON, district="371002")
    assert line(book["指标表"], "risk.ledger")[3].value == table.value("risk.ledger", "371002") == 1
    ledger_cells = [cell for row in book["台账"].iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in ledger_cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in ledger_cells)
    assert not any("另一区市" in str(cell.value) for cell in ledger_cells)
    code = next(cell for cell in ledger_cells if len(str(cell.value)) == 18 and str(cell.value).isalnum())
    assert (code.data_type, code.number_format) == ("s", "@")
    assert book["典型案例"].cell(row=5, column=2).value == "'+某企业案例"


def test_a_submitted_workbook_keeps_its_figures_and_marks_the_items_edited_since(huancui_officer):
    first, _ = item("补缴社会保险"), item("补签劳动合同")
    submission = written.report(state=State.SUBMITTED).last_submission
    item("报送以后登记的事项")
    Rectification.objects.filter(pk=first.pk).update(matter="补缴社会保险费", version=first.version + 1)
    book = made(workbooks.of_submission(submission, by=huancui_officer))
    assert line(book["指标表"], "risk.ledger")[3].value == 2
    rows = [[cell.value for cell in row] for row in book["台账"].iter_rows() if row[1].data_type == "s"]
    heading, *items = rows
    place, since = heading.index("整改事项"), heading.index("报送以后")
    assert {(row[place], row[since]) for row in items} == {("补缴社会保险费", "有改动"), ("补签劳动合同", None)}


def test_a_short_file_comes_at_once_and_a_long_one_from_the_background(client, huancui_officer, settings):
    item("补缴社会保险"), item("补签劳动合同")
    report = written.report()
    address = reverse("reports:files", args=[report.pk])
    client.force_login(huancui_officer)
    answer = client.post(address, {"kind": "xlsx", "number": 0})
    assert sheets(b"".join(answer.streaming_content)).sheetnames == ["指标表", "台账", "典型案例"]
    assert client.post(address, {"kind": "xlsx", "number": 7}).status_code == 422
    settings.STEP_UP_ROWS = 1
    assert client.post(address, {"kind": "xlsx", "number": 0})["Location"] == reverse("casework:exports")
    assert Export.objects.get().job.arguments["export"]


def test_who_may_not_take_the_ledger_as_a_file_gets_the_workbook_without_it(huancui_employer):
    item("补缴社会保险")
    content = workbooks.of_draft(written.report(), make.ON, by=huancui_employer)
    assert made(content).sheetnames == ["指标表", "典型案例"]
    assert not files.is_long(content)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_made_says_why_and_is_made_when_asked_again(
    client, huancui_officer, rongcheng_officer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    submission = written.report(state=State.SUBMITTED).last_submission
    wanted = files.wanted(submission.report, "docx", 1)
    theirs = files.ask(wanted, by=rongcheng_officer, now=make.AT)
    own = files.ask(wanted, by=huancui_officer, now=make.AT)
    make.work_off("file")
    theirs.job.refresh_from_db(), own.refresh_from_db()
    assert (theirs.job.state, theirs.job.message) == ("failed", "没有找到这份总结，或者它不在您的区市。")
    assert own.job.state == "done"
    client.force_login(rongcheng_officer)
    client.post(reverse("casework:retry-export", args=[theirs.pk]))
    theirs.job.refresh_from_db()
    assert theirs.job.state == "waiting"
    Export.objects.filter(pk=own.pk).update(expires_at=make.AT.replace(year=2099))
    client.force_login(huancui_officer)
    fetched = b"".join(client.get(reverse("casework:export-file", args=[own.pk])).streaming_content)
    assert fetched.startswith(b"PK")


def test_a_figure_that_moved_between_confirmation_and_submission_is_told(client, huancui_officer):
    people = written.speakers()
    report = written.report(state=State.CONFIRMED, people=people)
    report.confirmations.update(values={"risk.ledger": 0, "risk.visits": 0})
    item("补缴社会保险")
    report.submit(by=people["government"], on=make.ON, at=written.IN_TIME)
    assert {each.side for each in report.last_submission.confirmations} == set(people)
    client.force_login(huancui_officer)
    page = client.get(reverse("reports:submission", args=[report.pk, 1]))
    told = {figure.code: told for _, lines in page.context["groups"] for figure, _, _, _, told in lines}
    assert [value for _, value, _ in told["risk.ledger"]] == ["0", "0", "0"]
    assert (told["risk.visits"], told["risk.ledger_closed_rate"]) == ([], None)
    assert "项指标随记录变动" in page.content.decode()
