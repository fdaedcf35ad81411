"""The city's summary: what eight districts submitted added up, ranked, written, issued, packed and known again."""

import hashlib
import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.conf import settings as portal_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from docx import Document
from docx.enum.section import WD_ORIENT

from accounts.models import District, Organisation, User
from accounts.roles import Role
from campaigns.models import Campaign
from casework import reminders
from casework.attachments import Attachment, attach
from casework.lifecycle import MoveRefused
from reports import bundles, gathering, summary_books, summary_papers
from reports.indicators.catalogue import CATALOGUE, in_order
from reports.models import Bundle, BundledFile, FrozenFigure, Key, Report, Stage, State, Summary
from risks.models import Arrears
from tests import bad_files, make
from tests.casework import lifecycles
from tests.reports import written

CITY, LEAD = Role.CITY_OFFICE, Role.DISTRICT_SUPERVISOR
HUANCUI, RONGCHENG, WENDENG = "371002", "371082", "371003"


@pytest.fixture(scope="module")
def summed_up(django_db_setup, django_db_blocker, tmp_path_factory):
    """环翠 and 荣成 are accepted, 文登 is submitted, the others have not begun. What a test changes is rolled back."""
    kept, portal_settings.MEDIA_ROOT = portal_settings.MEDIA_ROOT, tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        make.member_of_the_cast("city_office")
        make.arrears(make.enterprise(district=HUANCUI), workers=10, amount=4_000_000)
        make.arrears(make.enterprise(district=HUANCUI), workers=6, amount=1_000_000)
        make.arrears(make.enterprise(district=RONGCHENG), workers=30, amount=9_000_000)
        make.arrears(make.enterprise(district=WENDENG), workers=99)
        make.finding(make.enterprise(district=RONGCHENG))
        for district, state in ((HUANCUI, State.ACCEPTED), (RONGCHENG, State.ACCEPTED), (WENDENG, State.SUBMITTED)):
            written.report(district, state=state)
        yield
        transaction.set_rollback(True)
    portal_settings.MEDIA_ROOT = kept


@pytest.fixture
def campaign(summed_up, db):
    return Campaign.objects.running(make.ON)


@pytest.fixture
def office(campaign):
    return User.objects.get(username="city_office")


@pytest.fixture
def summary(campaign, office):
    made = Summary(campaign=campaign)
    made.begin(by=office, on=make.ON)
    return made


def issued(summary, office):
    for section in summary.sections.filter(text=""):
        summary.write(by=office, on=make.ON, version=section.version, key=section.key, text="已按要求开展。")
    summary.issue(by=office, on=make.ON, note="其余区市续报")
    return summary.last_issue


def accepted(report):
    return report.accepted_submission


# ── Lifecycle ────────────────────────────────────────────────────────────────────────────────


def test_a_summary_moves_as_its_table_says(campaign, office):
    people = lifecycles.by_role(
        office, make.member_of_the_cast("huancui_supervisor"), make.member_of_the_cast("steward")
    )

    def record_in(state):
        if state is None:
            return Summary(campaign=campaign)
        return Summary.objects.get_or_create(campaign=campaign)[0] if state == Stage.DRAFTING else moved()

    def moved():
        found, _ = Summary.objects.get_or_create(campaign=campaign)
        Summary.objects.filter(pk=found.pk).update(state=Stage.ISSUED)
        found.refresh_from_db()
        return found

    drafting = {(Stage.DRAFTING, move, CITY) for move in ("write", "issue", "pick", "drop")}
    assert lifecycles.allowed(record_in, people) == drafting | {(None, "begin", CITY), (Stage.ISSUED, "correct", CITY)}


# ── Adding up, comparing, ranking ────────────────────────────────────────────────────────────


def test_the_city_is_the_sum_of_what_the_districts_submitted(campaign):
    gathered = gathering.of(campaign, on=make.ON)
    counted = [accepted(report) for report in Report.objects.filter(state=State.ACCEPTED)]
    for each in in_order():
        if not each.is_rate:
            frozen = FrozenFigure.objects.filter(submission__in=counted, code=each.code).values_list("value", flat=True)
            assert gathered.value(each.code) == sum(frozen), each.code
            assert gathered.value(each.code) == sum(gathered.value(each.code, d.pk) for d in gathered.counted)
    assert (gathered.value("arrears.workers"), gathered.value("arrears.amount")) == (46, 14_000_000)
    assert gathered.value("arrears.workers", WENDENG) is None  # submitted, and not accepted yet


def test_a_rate_of_the_city_is_worked_out_of_the_sums(campaign):
    gathered = gathering.of(campaign, on=make.ON)
    rates = [each for each in in_order() if each.is_rate and gathered.value(each.whole)]
    assert rates
    for rate in rates:
        assert gathered.value(rate.code) == 100 * gathered.value(rate.part) / gathered.value(rate.whole)


def test_the_citys_figures_stay_when_records_are_edited(campaign):
    before = gathering.of(campaign, on=make.ON)
    Arrears.objects.update(workers=1)
    make.arrears(make.enterprise(district=HUANCUI))
    after = gathering.of(campaign, on=make.ON)
    assert [after.value(code) for code in CATALOGUE] == [before.value(code) for code in CATALOGUE]


def test_who_is_lacking_is_told_with_where_the_report_stands(campaign):
    on = campaign.report_due_on
    told = {each.district.pk: (each.words, each.is_late) for each in gathering.of(campaign, on=on).standings}
    assert (len(told), told[HUANCUI], told[WENDENG], told["WHNH"]) == (
        8, ("已接收", False), ("已报送，待接收", False), ("尚未起草", False))  # fmt: skip
    after = gathering.of(campaign, on=on + timezone.timedelta(days=1))
    assert {each.district.pk for each in after.lacking if each.is_late} == told.keys() - {HUANCUI, RONGCHENG}


def test_districts_are_ranked_and_equals_share_a_place(campaign):
    gathered = gathering.of(campaign, on=make.ON)
    places = gathered.ranked("arrears.workers")
    assert [(place.rank, place.district.pk, place.value) for place in places] == [(1, RONGCHENG, 30), (2, HUANCUI, 16)]
    assert sum(place.share for place in places) == pytest.approx(100)
    assert {place.rank for place in gathered.ranked("bargain.offers")} == {1}
    assert places[0].per == pytest.approx(1000 * 30 / gathered.value("risk.register", RONGCHENG))


def test_odd_values_of_a_district_are_pointed_at(campaign):
    FrozenFigure.objects.filter(code="arrears.amount", district=HUANCUI).update(value=900_000_000)
    hints = gathering.of(campaign, on=make.ON).hints
    assert [(hint.code, hint.district) for hint in hints] == [("arrears.amount", HUANCUI)]


# ── Writing and issuing ──────────────────────────────────────────────────────────────────────


def test_the_draft_tells_the_sums_the_first_and_the_lacking(summary):
    texts = dict(summary.sections.values_list("key", "text"))
    assert "本总结汇总2个区市报送的数字" in texts["organisation"]
    assert "文登区、" in texts["organisation"] or "、文登区" in texts["organisation"]
    assert "发现欠薪企业3户，涉及职工46人、金额14.00万元" in texts["screening"]
    assert "走访较多的是荣成市1户次" in texts["screening"]


def test_an_issue_keeps_its_submissions_when_a_district_corrects(summary, office):
    first = issued(summary, office)
    report = Report.objects.get(district=HUANCUI)
    lead = User.objects.filter(role=LEAD, organisation__district=HUANCUI).first()
    report.correct(by=lead, on=make.ON, reason="漏报一件")
    make.arrears(make.enterprise(district=HUANCUI), workers=4)
    people = [User.objects.filter(organisation__district=HUANCUI, organisation__side=side).first()
              for side in Organisation.Side.values]  # fmt: skip
    for person in people:
        report.confirm(by=person, on=make.ON)
    report.submit(by=lead, on=make.ON)
    report.accept(by=office, on=make.ON)
    assert (first.gathered().value("arrears.workers"), summary.gathered(make.ON).value("arrears.workers")) == (46, 50)
    with pytest.raises(MoveRefused):
        summary.write(by=office, on=make.ON, version=99, key="plans", text="改")
    summary.correct(by=office, on=make.ON, reason="环翠区更正")
    assert issued(summary, office).number == 2


def test_issuing_without_all_districts_asks_for_the_reason(client, summary, office):
    summary.sections.filter(text="").update(text="写好了")
    client.force_login(office)
    address = f"/reports/city/{summary.pk}/issue/"
    page = client.get(address).content.decode()
    assert "文登区已报送，待接收" in page
    assert client.post(address, {"version": summary.version}).status_code == 422
    assert client.post(address, {"version": summary.version, "note": "续报"}).status_code == 303
    assert [words for district, words in summary.last_issue.lacking if district == "文登区"] == ["已报送，待接收"]


def test_who_issues_is_shown_the_gaps_and_figures_to_look_at_again(client, summary, office):
    summary.sections.filter(key=Key.PLANS).update(text="全市再走访77户次。")
    client.force_login(office)
    page = client.get(f"/reports/city/{summary.pk}/issue/").content.decode()
    assert "下一步打算：“77户次”不是平台现有数字。" in page
    assert "组织部署情况：有 1 处【】没有填写。" in page
    assert "风险摸排情况" not in page.split("办理前请核对")[1].split("</ul>")[0]  # drafted, and so of the records


def test_the_office_is_recalled_to_the_summary_once_all_districts_are_in(campaign, summary, office):
    def waiting():
        return [matter.href for matter in reminders.KINDS["summary_issue"].matters([office], make.ON)]

    assert waiting() == []
    for district in District.objects.filter(active=True).exclude(pk__in=[HUANCUI, RONGCHENG, WENDENG]):
        written.report(district.pk, state=State.ACCEPTED)
    Report.objects.get(district=WENDENG).accept(by=office, on=make.ON)
    assert waiting() == [summary.get_absolute_url()]
    issued(summary, office)
    assert waiting() == []


def test_a_case_is_taken_over_from_what_a_district_submitted(client, summary, office):
    submission = accepted(Report.objects.get(district=RONGCHENG))
    told = {"title": "三日清零", "background": "背景", "action": "做法", "result": "电话13812345678"}
    type(submission).objects.filter(pk=submission.pk).update(cases=[told])
    client.force_login(office)
    address = f"/reports/city/{summary.pk}/pick/"
    assert "三日清零" in client.get(address).content.decode()
    sent = told | {"source": f"{submission.pk}-1", "version": summary.version}
    assert client.post(f"{address}?case={submission.pk}-1", sent).status_code == 303
    case = summary.cases.get()
    assert (case.told_by_id, case.result) == (RONGCHENG, "电话138****5678")


def test_a_section_of_the_city_keeps_itself_and_never_writes_over(client, summary, office):
    client.force_login(office)
    address, base = f"/reports/city/{summary.pk}/sections/plans/", summary.sections.get(key="plans").version
    assert client.post(address, {"text": "甲", "base": base}, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(address, {"text": "乙", "base": base}).status_code == 409
    assert summary.sections.get(key="plans").text == "甲"
    assert client.get(address).status_code == 200


def test_a_district_finds_no_summary(client, summary):
    client.force_login(make.member_of_the_cast("huancui_officer"))
    for address in ("", f"{summary.pk}/", f"{summary.pk}/figures/"):
        assert client.get(f"/reports/city/{address}").status_code == 403


def test_the_pages_of_a_summary_show_what_it_is_made_of(client, summary, office):
    issue = issued(summary, office)
    client.force_login(office)
    assert "已汇总 2 个，缺 6 个" in client.get("/reports/city/").content.decode()
    assert "已汇总 2 个，缺 6 个" in client.get(f"/reports/city/{summary.pk}/").content.decode()
    for more in ("", f"&issue={issue.number}"):
        page = client.get(f"/reports/city/{summary.pk}/figures/?code=arrears.amount{more}").content.decode()
        assert "欠薪金额（万元）由多到少" in page
        assert "64.3%" in page
    assert "第 1 次 · " in client.get(f"/reports/city/{summary.pk}/issues/1/").content.decode()


def test_a_client_reads_figures_standings_and_bundles(client, summary, office):
    issued(summary, office)
    client.force_login(office)
    told = {row["code"]: row for row in client.get(f"/api/city-summaries/{summary.pk}/figures/").json()}
    assert told["arrears.workers"] == {
        "code": "arrears.workers", "name": "涉及职工", "unit": "人", "total": 46,
        "values": {HUANCUI: 16, RONGCHENG: 30},
    }  # fmt: skip
    assert len(client.get(f"/api/city-summaries/{summary.pk}/standings/").json()) == 8
    made = client.post(f"/api/city-summaries/{summary.pk}/bundle/").json()
    assert (made["issue"], made["state"], made["files"]) == (1, "waiting", [])
    assert [row["id"] for row in client.get(f"/api/city-summaries/{summary.pk}/bundles/").json()] == [made["id"]]


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def test_the_word_file_ends_with_all_districts_side_by_side_on_landscape_pages(summary, office):
    paper = summary_papers.summary(*summary_papers.of_issue(issued(summary, office)))
    document = Document(io.BytesIO(paper.content))
    portrait, landscape = document.sections
    assert (portrait.orientation, landscape.orientation) == (WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE)
    assert (landscape.page_width, landscape.page_height) == (portrait.page_height, portrait.page_width)
    figures, standings = document.tables
    assert [cell.text for cell in figures.rows[0].cells] == ["指标", "单位", "环翠", "荣成", "全市"]
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in figures.rows}
    assert rows["欠薪金额"] == ["万元", "5.00", "9.00", "14.00"]
    assert len(figures.rows) == 1 + len(in_order())
    assert len(standings.rows) == 1 + 8


def test_the_workbook_adds_up_in_numbers(summary, office):
    file = io.BytesIO()
    summary_books.write(file, summary_books.of_issue(issued(summary, office), by=office))
    book = openpyxl.load_workbook(file)
    sheet = book["指标表"]
    head = next(number for number, row in enumerate(sheet.iter_rows(values_only=True), start=1) if row[0] == "代码")
    assert [cell.value for cell in sheet[head]][:6] == ["代码", "指标", "单位", "环翠区", "荣成市", "全市"]
    summed = 0
    for row in sheet.iter_rows(min_row=head + 1, values_only=True):
        if row[0] in CATALOGUE and not CATALOGUE[row[0]].is_rate:
            assert all(isinstance(value, int | float) for value in row[3:6]), row[0]
            assert Decimal(str(row[3])) + Decimal(str(row[4])) == Decimal(str(row[5])), row[0]
            summed += 1
    assert summed == sum(1 for each in in_order() if not each.is_rate)
    assert book.sheetnames == ["指标表", "报送情况", "台账", "典型案例"]


@pytest.fixture
def bundle(summary, office):
    """Made as the worker makes it, of two districts, one with an attachment."""
    report = Report.objects.get(district=HUANCUI)
    Report.objects.filter(pk=report.pk).update(state=State.DRAFTING)
    attach(report, SimpleUploadedFile("照片 说明.pdf", bad_files.pdf()), by=office, on=make.ON)
    Report.objects.filter(pk=report.pk).update(state=State.ACCEPTED)
    Attachment.objects.update(at=accepted(report).at)
    made = bundles.ask(issued(summary, office), by=office, on=make.ON)
    assert bundles.ask(made.issue, by=office, on=make.ON) == made  # pressed twice
    return made


def run(bundle):
    bundle.job.take(timezone.now())
    bundle.job.run()
    bundle.refresh_from_db()
    return bundle


def content_of(record):
    with record.file.open() as file:
        return file.read()


def test_a_bundle_holds_everything_and_its_manifest_knows_each_byte(bundle):
    made = run(bundle)
    assert (made.job.state, made.job.done) == ("done", made.job.total)
    content = content_of(made)
    assert hashlib.sha256(content).hexdigest() == made.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        told = json.loads(packed.read("manifest.json"))
        sums = dict(reversed(line.split("  ")) for line in packed.read("SHA256SUMS").decode().splitlines())
        assert set(packed.namelist()) == {
            "各区市/01环翠区/总结.docx", "各区市/01环翠区/总结.xlsx", "各区市/01环翠区/附件/01照片 说明.pdf",
            "各区市/02荣成市/总结.docx", "各区市/02荣成市/总结.xlsx", "全市/总结.docx", "全市/总结.xlsx",
            "manifest.json", "SHA256SUMS",
        }  # fmt: skip
        for each in told["files"]:
            digest = hashlib.sha256(packed.read(each["path"])).hexdigest()
            assert digest == each["sha256"] == sums[each["path"]]
    record = told["records"][0]
    behind = {each["code"]: each for each in record["figures"]}
    frozen = accepted(Report.objects.get(district=HUANCUI)).figures.get(code="arrears.workers")
    assert behind["arrears.workers"] == {
        "code": "arrears.workers", "value": "16", "rows": 2,
        "behind_sha256": hashlib.sha256(bytes(frozen.behind)).hexdigest(),
    }  # fmt: skip
    assert len(told["lacking"]) == 6


def test_a_file_of_a_bundle_is_known_again_and_a_changed_one_is_not(client, bundle, office, settings):
    made = run(bundle)
    with zipfile.ZipFile(io.BytesIO(content_of(made))) as packed:
        paper = packed.read("全市/总结.docx")
    client.force_login(office)

    def told(content, name="总结.docx"):
        return client.post("/reports/verify/", {"file": SimpleUploadedFile(name, content)}).content.decode()

    assert "与印发时一致，没有改动" in told(paper)
    assert "全市/总结.docx" in told(paper, "改了名.docx")
    assert "与印发的文件不一致" in told(paper + b"x")
    assert "没有登记过这个文件" in told(b"x", "别的.docx")
    assert "第 1 次印发</a>的文件包" in told(content_of(made), "包.zip")
    settings.VERIFY_MAX_BYTES = 10
    assert client.post("/reports/verify/", {"file": SimpleUploadedFile("a", paper)}).status_code == 422
    assert client.post("/reports/verify/").status_code == 422


def test_a_bundle_that_cannot_be_made_says_why_and_is_made_when_asked_again(bundle):
    attachment = Attachment.objects.get()
    kept = content_of(attachment)
    attachment.file.storage.delete(attachment.file.name)
    failed = run(bundle)
    assert (failed.job.state, failed.sha256) == ("failed", "")
    assert failed.job.message == "环翠区的附件“照片 说明.pdf”找不到文件，请恢复备份后重试。"
    with attachment.file.storage.open(attachment.file.name, "wb") as file:
        file.write(kept)
    failed.job.retry()
    assert run(bundle).job.state == "done"
    assert Bundle.objects.count() == 1
    assert BundledFile.objects.filter(bundle=bundle).count() == 9
    assert Key.PLANS in bundle.issue.texts
