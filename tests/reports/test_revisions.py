"""A paper edited in Word comes back: text section by section, figures explained, nothing of it half stored."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from accounts.models import Organisation
from accounts.roles import Role
from casework.lifecycle import MoveRefused
from reports import marks, papers, roundtrip, templating
from reports.indicators import tables
from reports.indicators.catalogue import in_order
from reports.models import Revision, State, Template
from reports.models.revisions import RevisionState
from reports.models.sections import Overtaken
from tests import make
from tests.casework import lifecycles
from tests.reports import written

pytestmark = pytest.mark.django_db
OPEN, TAKEN, DROPPED = RevisionState
TEXTS = {"screening": "走访企业128户次。\n第二段不变。", "plans": "继续推进。", "problems": "有的企业台账不全。"}


@pytest.fixture
def people():
    return written.speakers()


@pytest.fixture
def lead(people):
    return people[Organisation.Side.GOVERNMENT]


@pytest.fixture
def report(people):
    return written.report(people=people, texts=TEXTS)


def paper(report):
    return Document(io.BytesIO(papers.report(papers.of_draft(report, make.ON)).content))


def put(document, before, after):
    """Write over a paragraph, wherever it stands, as a person does."""
    inside = [cell.paragraphs[0] for table in document.tables for row in table.rows for cell in row.cells]
    found = next(each for each in [*document.paragraphs, *inside] if each.text == before)
    found.runs[0].text = after
    for run in found.runs[1:]:
        run.text = ""
    return found


def upload(document, name="改稿.docx"):
    file = io.BytesIO()
    document.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def come(report, document):
    return roundtrip.take(upload(document), report)


def received(report, document, by):
    made = Revision(report=report, district_id=report.district_id)
    made.receive(by=by, on=make.ON, came=come(report, document))
    return made


def edited(report):
    """As it came back: a figure of the text, one of the table, a paragraph more, one section emptied."""
    document = paper(report)
    put(document, "走访企业128户次。", "走访企业140户次。")
    last = put(document, "继续推进。", "继续推进各项工作。")
    last.insert_paragraph_before("先做一步。")
    last._p.addnext(last.insert_paragraph_before("再做一步。")._p)
    row = next(row for row in document.tables[0].rows if row.cells[0].text == "入户走访")
    row.cells[2].paragraphs[0].runs[0].text = "140"
    put(document, "有的企业台账不全。", "")
    heading = next(each for each in document.paragraphs if each.text.endswith("、下一步打算"))
    heading.runs[0].text = "五、今后打算"
    return document


def test_what_a_person_changed_in_word_is_found_by_the_papers_own_marks(report):
    came = come(report, edited(report))
    assert came.texts["screening"] == "走访企业140户次。\n第二段不变。"
    assert came.texts["plans"] == "先做一步。\n继续推进各项工作。\n再做一步。"
    assert came.texts["problems"] == ""
    assert came.figures == [{"code": "risk.visits", "name": "入户走访", "was": "0", "now": "140"}]
    assert (came.gone, came.beside) == ([], ["五、今后打算"])


def test_a_section_whose_paragraphs_are_gone_is_told_and_left_as_it_is(report):
    document = paper(report)
    put(document, "走访企业128户次。", "走访企业140户次。")
    gone = next(each for each in document.paragraphs if each.text == "有的企业台账不全。")
    gone._p.getparent().remove(gone._p)
    came = come(report, document)
    assert (came.gone, list(came.texts)) == (["problems"], ["screening"])


def test_a_paper_by_the_offices_template_comes_back_as_well(report, city_office):
    made = Template()
    made.upload(by=city_office, on=make.ON, name="模板.docx", content=templating.starter(), unused=[])
    made.enact(by=city_office, on=make.ON)
    assert come(report, edited(report)).texts["screening"] == "走访企业140户次。\n第二段不变。"


def test_what_is_not_this_reports_paper_is_refused_with_a_sentence_and_nothing_is_kept(client, report, lead):
    other = paper(written.report("371082"))
    strange = Document()
    strange.add_paragraph("一、组织部署情况")
    altered = paper(report)
    parts = (each.target_part for each in altered.part.rels.values() if "customXml" in each.reltype)
    part = next(each for each in parts if marks.NAMESPACE.encode() in each.blob)
    part._blob = part.blob.replace(b"</report>", b"x</report>")
    client.force_login(lead)
    address = reverse("reports:revision_receive", args=[report.pk])
    for document, sentence in (
        (other, "这是另一份总结的文件"), (strange, "这份文件不是平台生成的总结"), (altered, "平台标记被改动过"),
        (paper(report), "没有需要取用的修改"),
    ):  # fmt: skip
        answer = client.post(address, {"file": upload(document)})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert client.post(address, {"file": SimpleUploadedFile("a.docx", b"PK\x03\x04")}).status_code == 422
    assert not Revision.objects.exists()


def test_chosen_sections_are_taken_over_once_changed_figures_are_explained(client, report, lead):
    revision = received(report, edited(report), lead)
    client.force_login(lead)
    address = reverse("reports:revision_take", args=[revision.pk])
    page = client.get(address).content.decode()
    assert '改稿 <span class="late">140</span>' in page
    seen = {f"seen_{each.key}": each.version for each in report.sections.all()}
    sent = {"version": revision.version, "sections": ["screening"], **seen}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert refused.content.decode().count("手工改过的数字须说明原因") == 2  # in the table and in the text
    assert report.sections.get(key="screening").text == TEXTS["screening"]
    answer = client.post(address, sent | {"table_0": "12月补录走访12户次", "screening_0": "同上"})
    assert answer.status_code == 303
    report.refresh_from_db(), revision.refresh_from_db()
    texts = dict(report.sections.values_list("key", "text"))
    assert texts["screening"] == "走访企业140户次。\n第二段不变。"
    assert (texts["plans"], texts["problems"]) == (TEXTS["plans"], TEXTS["problems"])
    assert (revision.state, revision.taken) == (TAKEN, ["screening"])
    assert [(each["name"], each["now"], each["database"], each["why"]) for each in revision.figures] == [
        ("入户走访", "140", "0", "12月补录走访12户次"), ("文中数字", "140户次", "", "同上"),
    ]  # fmt: skip
    assert "12月补录走访12户次" in client.get(report.get_absolute_url()).content.decode()


def test_all_chosen_sections_are_taken_over_or_none(report, lead):
    revision = received(report, edited(report), lead)
    plans = report.sections.get(key="plans")
    seen = {each.key: each.version for each in report.sections.all()}
    plans.write("别人刚写的。", version=plans.version, by=lead, at=make.AT)
    with pytest.raises(Overtaken):
        revision.take(by=lead, on=make.ON, sections={key: seen[key] for key in ("screening", "plans")}, figures=[])
    assert report.sections.get(key="screening").text == TEXTS["screening"]
    assert Revision.objects.get().state == OPEN


def test_a_report_that_is_not_written_on_takes_nothing_back(people, lead):
    report = written.report(people=people, state=State.CONFIRMED, texts=TEXTS)
    document = edited(report)
    with pytest.raises(MoveRefused, match="先由负责人撤回确认"):
        received(report, document, lead)


def test_a_figure_that_agrees_with_the_records_needs_no_word(report):
    table = tables.of(in_order(), report.campaign, on=make.ON, district="371002")
    told = roundtrip.figures_in_text(
        "screening", "走访5户次，12月3日。", "走访0户次，12月5日，发现风险9项。", table, "371002"
    )
    assert [(each["was"], each["now"]) for each in told] == [("", "9项")]


def test_a_revision_moves_as_its_table_says(
    report, huancui_officer, huancui_supervisor, huancui_union, huancui_employer, rongcheng_officer, city_office
):
    came = come(report, edited(report))

    def record_in(state):
        record = Revision(report=report, district_id="371002", received_on=make.ON, name=came.name, sha256=came.sha256)
        if state is not None:
            record.state = state
            record.save()
        return record

    own = lifecycles.by_role(huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office)
    writers = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR)
    assert lifecycles.allowed(record_in, own | {"of another district": rongcheng_officer}) == {
        (state, move, role) for state, move in ((None, "receive"), (OPEN, "take"), (OPEN, "drop")) for role in writers
    }
