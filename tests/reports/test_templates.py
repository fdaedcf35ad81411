"""The office's own Word templates: checked field by field, filled in as text, put in force and gone back from."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from accounts.roles import Role
from casework.confined import NotTaken
from casework.documents import Paper
from reports import papers, templating
from reports.models import Key, State, Template
from reports.models.templates import TemplateState
from tests import make
from tests.casework import lifecycles
from tests.reports import written

KEPT, IN_FORCE = TemplateState
UPLOAD = reverse("reports:templates") + "upload/"


def content(**fields):
    texts = {"organisation": "已部署 <全部> & 其他。", "screening": "第一段。\n{{ 7 * 7 }} 照写。"}
    case = {"title": "某企业", "background": "背景。", "action": "做法。", "result": "成效。"}
    told = {
        "district": "环翠区", "campaign": "劳动用工“查风险 强协商 保支付 促和谐”专项行动", "texts": texts,
        "cases": [case],
        "bodies": ["环翠区人力资源和社会保障局", "环翠区总工会"], "signed_on": date(2023, 12, 8),
        "cut_off_on": date(2023, 12, 7), "figures": [("风险摸排情况", "入户走访", "户次", "1,203", "risk.visits")],
    }  # fmt: skip
    return papers.Content(**told | fields)


def template(*lines):
    paper = Paper("模板")
    for line in lines:
        paper.text(line)
    return paper.content


def texts(document):
    return [each.text for each in Document(io.BytesIO(document)).paragraphs]


def upload(client, office, file, name="模板.docx"):
    client.force_login(office)
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, file), "note": "红头"})


def kept(office, *, number=1, file=None):
    """A template that the office uploaded."""
    made = Template()
    made.upload(by=office, on=make.ON, name="模板.docx", content=file or templating.starter(), unused=[])
    return made


def test_the_starter_filled_in_reads_as_the_built_in_paper_and_measures_like_it():
    every = {key: f"{key.label}已开展。" for key in Key} | content().texts
    filled = templating.fill(templating.starter(), content(texts=every)).content
    built_in = papers.built_in(content(texts=every)).content
    assert texts(filled) == [each.replace(" 做法。 成效。", "做法。成效。") for each in texts(built_in)]
    assert {"已部署 <全部> & 其他。", "第一段。", "{{ 7 * 7 }} 照写。", "2023年12月8日"} <= set(texts(filled))
    assert "【没有填写】" in texts(templating.fill(templating.starter(), content()).content)
    document = Document(io.BytesIO(filled))
    section = document.sections[0]
    assert [round(each / Mm(1)) for each in (section.top_margin, section.left_margin)] == [37, 28]
    second = next(each for each in document.paragraphs if each.text.startswith("{{ 7"))
    assert second._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert (second.runs[0].font.size, second.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))) == (Pt(16), "仿宋_GB2312")
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["指标", "单位", "数值"], ["入户走访", "户次", "1,203"],
    ]  # fmt: skip
    assert not [sign for sign in "\ue000\ue001\ue002" if sign in "".join(texts(filled))]


def test_every_field_that_is_not_known_is_named():
    file = template(
        "{{ 标题 }}{{ 走访数 }}",
        "{%p for 案例 in 典型案例 %}",
        "{{ 案例.电话 }}",
        "{%p endfor %}",
        "{{ 指标.risk.vists }}",
    )
    with pytest.raises(templating.Unknown) as refused:
        templating.fill(file, content())
    assert refused.value.names == ["走访数", "案例.电话", "指标.risk.vists"]
    assert "{{ 走访数 }}、{{ 案例.电话 }}" in str(refused.value)


@pytest.mark.parametrize(
    "line",
    ["{{ 标题.__class__.__mro__ }}", "{{ ''.__class__ }}", "{{ 标题.upper() }}", "{{ 7 * 7 }}", "{{ 标题|length }}",
     "{{ range(9) }}", "{% set x = 1 %}", "{% include '/etc/passwd' %}", "{% macro m() %}{% endmacro %}",
     "{{ 标题[0] }}", "{{ 标题 if 主送 }}", "{% for x in 标题 recursive %}{% endfor %}", "{{ 标题", "{% if 标题 %}"],
)  # fmt: skip
def test_a_template_is_no_program(line):
    with pytest.raises(NotTaken) as refused:
        templating.fill(template(line), content())
    assert "请" in str(refused.value)


@pytest.mark.django_db
def test_what_is_no_template_is_refused_with_a_sentence_and_nothing_is_kept(client, city_office, huancui_supervisor):
    answer = upload(client, city_office, template("{{ 标题 }}{{ 走访数 }}"))
    assert answer.status_code == 422
    assert "模板里有平台不认识的字段：{{ 走访数 }}" in answer.content.decode()
    assert "扩展名是.docx，内容却不是Word 文档" in upload(client, city_office, b"hello").content.decode()
    assert "模板须是 DOCX 文件" in upload(client, city_office, b"%PDF-1.4\n%%EOF startxref", "a.pdf").content.decode()
    assert not Template.objects.exists()
    assert upload(client, huancui_supervisor, templating.starter()).status_code == 403


@pytest.mark.django_db
def test_a_template_is_uploaded_previewed_put_in_force_replaced_and_gone_back_to(client, city_office):
    submission = written.report(state=State.SUBMITTED, texts={"plans": "继续推进。"}).last_submission
    address = reverse("reports:submitted_paper", args=[submission.report_id, 1])
    assert upload(client, city_office, template("市里的版式", "{{ 下一步打算 }}")).status_code == 303
    first = Template.objects.get()
    assert (first.state, first.number) == (KEPT, 1)
    assert {"组织部署情况", "指标表"} <= set(first.unused)
    assert "下一步打算" not in first.unused
    assert "组织部署情况" in client.get(first.get_absolute_url()).content.decode()
    preview = client.get(reverse("reports:template_preview", args=[first.pk]), {"report": submission.report_id})
    assert texts(preview.content)[-2:] == ["市里的版式", "继续推进。"]
    assert "市里的版式" not in texts(client.get(address).content)  # kept is not in force
    first.enact(by=city_office, on=make.ON)
    assert "市里的版式" in texts(client.get(address).content)
    second = kept(city_office)
    second.enact(by=city_office, on=make.ON)
    first.refresh_from_db()
    assert (first.state, second.number) == (KEPT, 2)
    assert first.timeline[0].note == "由第2版模板代替"
    first.enact(by=city_office, on=make.ON)
    assert Template.objects.in_force() == first
    first.retire(by=city_office, on=make.ON)
    assert "市里的版式" not in texts(client.get(address).content)


@pytest.mark.django_db
def test_a_template_moves_by_the_hand_of_the_citys_office_alone(
    city_office, huancui_officer, huancui_supervisor, huancui_union, huancui_employer, steward
):
    def record_in(state):
        if state is None:
            return Template()
        Template.objects.all().delete()
        made = kept(city_office, file=b"x")
        Template.objects.filter(pk=made.pk).update(state=state)
        made.refresh_from_db()
        return made

    cast = lifecycles.by_role(
        city_office, huancui_officer, huancui_supervisor, huancui_union, huancui_employer, steward
    )
    office = Role.CITY_OFFICE
    assert lifecycles.allowed(record_in, cast) == {
        (None, "upload", office), (KEPT, "enact", office), (IN_FORCE, "retire", office),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_template_that_no_longer_fills_in_is_told_and_the_report_stays_to_be_read(client, city_office):
    report = written.report(state=State.SUBMITTED)
    kept(city_office, file=template("{{ 走访数 }}")).enact(by=city_office, on=make.ON)
    client.force_login(city_office)
    answer = client.get(reverse("reports:submitted_paper", args=[report.pk, 1]), follow=True)
    assert answer.redirect_chain == [(report.get_absolute_url(), 302)]
    assert "使用中的第1版模板不能生成这份文件，请市三方办停用或更换模板。" in answer.content.decode()
