"""用工处方: drafted from findings, worded as advice, signed, given out as Word, its receipt recorded."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from accounts.models import Organisation
from accounts.roles import Role
from casework.lifecycle import Incomplete, MoveRefused, NotYours
from risks import prescribing, prescription_document, tone
from risks.models import Prescription, Rectification
from risks.models.prescriptions import PrescriptionState
from risks.models.rectifications import RectificationState
from tests import make
from tests.casework import lifecycles
from tests.remedies import LINE, prescription

pytestmark = pytest.mark.django_db

DRAFT, PROPOSED, SIGNED, GIVEN, WITHDRAWN = PrescriptionState
_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR


# ── The table ────────────────────────────────────────────────────────────────────────────────


def tried(issuer, *people):
    """What the people may do with prescriptions in the name of `issuer`'s organisation."""

    def record_in(state):
        if state is None:
            enterprise = make.enterprise()
            return Prescription(enterprise=enterprise, district_id="371002", organisation=issuer.organisation)
        return prescription(issuer, state)

    return lifecycles.allowed(record_in, lifecycles.by_role(*people))


def test_a_prescription_of_the_government_side_moves_as_its_table_says(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office
):
    people = (huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office)
    written = {
        (state, move, role)
        for state, move in ((None, "draft"), (DRAFT, "amend"), (DRAFT, "propose"), (SIGNED, "give"))
        for role in (_OFFICER, _SUPERVISOR)
    }
    assert tried(huancui_officer, *people) == written | {
        (PROPOSED, "sign", _SUPERVISOR),
        (PROPOSED, "send_back", _SUPERVISOR),
        (DRAFT, "withdraw", _SUPERVISOR),
        (PROPOSED, "withdraw", _SUPERVISOR),
        (SIGNED, "withdraw", _SUPERVISOR),
    }


def test_a_prescription_of_the_union_is_the_unions_own(huancui_officer, huancui_supervisor, huancui_union):
    assert tried(huancui_union, huancui_officer, huancui_supervisor, huancui_union) == {
        (None, "draft", _UNION),
        (DRAFT, "amend", _UNION),
        (DRAFT, "propose", _UNION),
        (DRAFT, "withdraw", _UNION),
        (PROPOSED, "sign", _UNION),
        (PROPOSED, "send_back", _UNION),
        (PROPOSED, "withdraw", _UNION),
        (SIGNED, "give", _UNION),
        (SIGNED, "withdraw", _UNION),
    }


# ── From the visit to the ledger ─────────────────────────────────────────────────────────────


@pytest.fixture
def inspection(huancui_officer):
    return make.inspection(by=huancui_officer, answers={"2.1": ("no", "3 名职工未签订书面劳动合同")})


def test_a_draft_takes_from_the_findings_what_they_say_and_a_deadline_by_severity(inspection, on):
    found = inspection.findings.get()
    (line,) = prescribing.lines_from([found], person="王某", on=on)
    assert (line["facts"], line["legal_basis"], line["advice"]) == (found.facts, found.basis, found.advice)
    due_on = on + timedelta(days=prescribing.DAYS[found.severity])
    assert (line["due_on"], line["person"], line["finding"]) == (due_on, "王某", found)
    assert line["matter"] == "书面劳动合同：列出未订立合同的人员，尽快协商补订"


def test_every_word_of_the_checklist_is_fit_for_a_prescription(inspection):
    for item in inspection.checklist.items.all():
        assert tone.objection(item.advice) is None
        assert tone.objection(item.consequence) is None


def test_what_is_given_stands_in_the_ledger(huancui_officer, huancui_supervisor, on):
    enterprise = make.enterprise()
    made = Prescription(enterprise=enterprise, district_id="371002")
    made.draft(by=huancui_officer, on=on, lines=[LINE, LINE | {"subject": "未建立职工名册", "matter": "建立职工名册"}])
    made.propose(by=huancui_officer, on=on)
    made.sign(by=huancui_supervisor, on=on)
    assert not Rectification.objects.exists()
    made.give(by=huancui_officer, on=on, given_on=on, means="in_person", receiver="王某", receiver_post="经理")
    items = Rectification.objects.order_by("line__place")
    assert [(item.matter, item.due_on, item.person, item.state) for item in items] == [
        (LINE["matter"], LINE["due_on"], LINE["person"], RectificationState.OPEN),
        ("建立职工名册", LINE["due_on"], LINE["person"], RectificationState.OPEN),
    ]
    assert {item.enterprise for item in items} == {enterprise}
    assert "当面送达，签收人：王某经理" in made.timeline[0].note


def test_an_incomplete_draft_is_not_sent_for_signature(huancui_officer, on):
    made = Prescription(enterprise=make.enterprise(), district_id="371002")
    made.draft(by=huancui_officer, on=on, lines=[LINE | {"due_on": None}])
    with pytest.raises(Incomplete, match="整改时限"):
        made.propose(by=huancui_officer, on=on)
    made.amend(by=huancui_officer, on=on, lines=[])
    with pytest.raises(Incomplete, match="至少有一条"):
        made.propose(by=huancui_officer, on=on)


def test_each_organisation_numbers_its_own_in_a_year(huancui_officer, huancui_supervisor, huancui_union, on):
    signed = []
    for issuer, signer in ((huancui_officer, huancui_supervisor), (huancui_union, huancui_union)) * 2:
        made = prescription(issuer, PROPOSED)
        made.sign(by=signer, on=on)
        signed.append(made.reference)
    assert signed == ["用工处方〔2023〕1号"] * 2 + ["用工处方〔2023〕2号"] * 2


def test_what_is_signed_is_not_changed(huancui_officer, on):
    made = prescription(huancui_officer, SIGNED)
    with pytest.raises(MoveRefused):
        made.amend(by=huancui_officer, on=on, lines=[LINE])
    with pytest.raises(NotYours, match="出具单位的签发人"):
        made.withdraw(by=huancui_officer, on=on, reason="重复开具")


def test_a_receipt_lies_between_signature_and_today(huancui_officer, on):
    made = prescription(huancui_officer, SIGNED, signed_on=on - timedelta(days=3))
    receipt = {"by": huancui_officer, "on": on, "means": "post", "receiver": "王某"}
    with pytest.raises(MoveRefused, match="不能早于签发日期"):
        made.give(given_on=on - timedelta(days=4), **receipt)
    with pytest.raises(MoveRefused, match="不能晚于今天"):
        made.give(given_on=on + timedelta(days=1), **receipt)


@pytest.mark.parametrize("field", ["subject", "facts", "consequence", "advice", "matter"])
def test_an_order_is_refused_wherever_it_is_written(huancui_officer, on, field):
    made = Prescription(enterprise=make.enterprise(), district_id="371002")
    with pytest.raises(MoveRefused, match="第 1 条：用工处方只作提示和建议"):
        made.draft(by=huancui_officer, on=on, lines=[LINE | {field: "责令改正"}])
    assert not Prescription.objects.exists()


def test_the_legal_basis_may_quote_the_law(huancui_officer, on):
    made = Prescription(enterprise=make.enterprise(), district_id="371002")
    made.draft(
        by=huancui_officer, on=on, lines=[LINE | {"legal_basis": "《劳动合同法》第八十一条：由劳动行政部门责令改正"}]
    )
    assert made.lines.count() == 1


# ── The Word file ────────────────────────────────────────────────────────────────────────────


def opened(made):
    return Document(io.BytesIO(prescription_document.written(made).content))


def text_of(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]


@pytest.mark.parametrize(
    ("district", "side"),
    [("371002", "government"), ("371071", "government"), ("WHNH", "government"), ("371082", "workers")],
)
def test_the_file_stands_in_the_name_of_the_organisation_itself(district, side):
    role = Role.DISTRICT_SUPERVISOR if side == "government" else Role.UNION_COORDINATOR
    signer = make.person(f"signer_{district}", role, district=district, side=side)
    made = prescription(signer, SIGNED)
    lines = text_of(opened(made))
    name = Organisation.objects.get(district=district, side=side).name
    assert lines[:4] == [name, "〔2023〕1号", "用工处方", f"{made.enterprise.name}："]
    assert lines.count(name) == 2  # above, and as the signature
    assert "2023年11月20日" in lines


def test_the_file_says_what_was_found_why_it_matters_and_what_is_advised(huancui_officer):
    made = prescription(huancui_officer, SIGNED, preface="现提出以下提示和建议。")
    document = opened(made)
    lines = text_of(document)
    for label, field in (("发现的情况", "facts"), ("法律依据", "legal_basis"), ("可能产生的后果", "consequence"),
                         ("改进建议", "advice")):  # fmt: skip
        assert f"{label}：{LINE[field]}" in lines
    assert f"一、{LINE['subject']}" in lines
    assert "二、整改事项" in lines
    matters, receipt = document.tables
    assert [[cell.text for cell in row.cells] for row in matters.rows] == [
        ["序号", "整改事项", "整改时限", "整改负责人"],
        ["1", LINE["matter"], "2023年11月30日", LINE["person"]],
    ]
    assert [row.cells[0].text for row in receipt.rows][-1] == "签收人签名（盖章）"
    assert any("不是行政决定" in line for line in lines)


def test_the_fonts_are_those_of_official_documents(huancui_officer):
    document = opened(prescription(huancui_officer, SIGNED))
    fonts = {
        run._r.rPr.rFonts.get(qn("w:eastAsia"))
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run.text
    }
    assert fonts == {"方正小标宋简体", "仿宋_GB2312", "黑体"}


def test_a_draft_says_that_it_is_one_and_what_is_withdrawn_is_not_printed(client, huancui_officer):
    draft, withdrawn = prescription(huancui_officer, DRAFT), prescription(huancui_officer, WITHDRAWN)
    assert "用工处方（草稿，未签发）" in text_of(opened(draft))
    client.force_login(huancui_officer)
    answer = client.get(reverse("risks:prescription_document", args=[draft.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert Document(io.BytesIO(answer.content)).core_properties.author == str(draft.organisation)
    assert client.get(reverse("risks:prescription_document", args=[withdrawn.pk])).status_code == 404


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (40, "四十")])
def test_sections_are_numbered_in_chinese(number, words):
    assert prescription_document.numeral(number) == words


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def sent(*lines, initial=0, **fields):
    """What the form of a draft sends."""
    data = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": initial, "preface": ""} | fields
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": "" if value is None else value for name, value in line.items()}
    return data


def test_a_prescription_is_drafted_from_a_visit_by_its_page(client, huancui_officer, inspection):
    found = inspection.findings.get()
    client.force_login(huancui_officer)
    address = reverse("risks:prescription_draft", args=[inspection.pk])
    page = client.get(address).content.decode()
    assert found.facts in page
    assert "劳动用工法治体检" in page
    wrong = client.post(address, sent(LINE | {"finding": found.pk, "advice": "责令补签"}, initial=1))
    assert wrong.status_code == 422
    assert "“责令”可改为“建议”" in wrong.content.decode()
    assert "责令补签</textarea>" in wrong.content.decode()
    done = client.post(address, sent(LINE | {"finding": found.pk}, {"subject": ""}, initial=1))
    assert done.status_code == 303
    made = Prescription.objects.get()
    assert (made.inspection, made.lines.get().finding, made.lines.get().facts) == (inspection, found, LINE["facts"])
    assert client.get(made.get_absolute_url()).status_code == 200


def test_a_finding_is_not_prescribed_twice_unless_the_first_was_withdrawn(
    client, huancui_officer, huancui_supervisor, inspection, on
):
    first = prescription(huancui_officer, inspection=inspection, enterprise=inspection.enterprise)
    first.lines.update(finding=inspection.findings.get())
    client.force_login(huancui_officer)
    address = reverse("risks:prescription_draft", args=[inspection.pk])
    facts = inspection.findings.get().facts
    assert facts not in client.get(address).content.decode()
    first.withdraw(by=huancui_supervisor, on=on, reason="写错企业")
    assert facts in client.get(address).content.decode()


def test_a_visit_is_withdrawn_only_when_no_prescription_rests_on_it(
    client, huancui_officer, huancui_supervisor, inspection, on
):
    made = prescription(huancui_officer, inspection=inspection, enterprise=inspection.enterprise)
    made.lines.update(finding=inspection.findings.get())
    client.force_login(huancui_supervisor)
    address = reverse("risks:inspection_withdraw", args=[inspection.pk])
    asked = {"version": inspection.version, "note": "走访的不是这家企业"}
    refused = client.post(address, asked)
    assert refused.status_code == 422
    assert "处方尚未送达的，请先作废处方。" in refused.text
    assert inspection.findings.count() == 1
    made.withdraw(by=huancui_supervisor, on=on, reason="写错企业")
    assert client.post(address, asked).status_code == 303
    assert inspection.findings.count() == 0
    assert [(line.finding, line.facts) for line in made.lines.all()] == [(None, LINE["facts"])]


def test_what_was_left_behind_by_a_move_is_withdrawn_where_the_enterprise_went(huancui_officer, city_office, on):
    made = prescription(huancui_officer, PROPOSED)
    rongcheng = make.person("rongcheng_supervisor", _SUPERVISOR, district="371082")
    made.enterprise.move(rongcheng.district, version=1, by=city_office, on=on, note="住所迁移")
    made.refresh_from_db()
    assert [move.name for move in made.moves_for(rongcheng)] == ["withdraw"]
    assert made.moves_for(huancui_officer) == []


def test_lines_are_changed_added_and_taken_out_on_one_page(client, huancui_officer):
    made = prescription(huancui_officer)
    first = made.lines.get()
    second = made.lines.create(**LINE | {"subject": "多余", "place": 1})
    client.force_login(huancui_officer)
    address = reverse("risks:prescription_amend", args=[made.pk])
    data = sent(
        LINE | {"id": first.pk, "facts": "改后的事实"},
        LINE | {"id": second.pk, "DELETE": "on"},
        LINE | {"subject": "新增的风险点"},
        initial=2,
        version=1,
    )
    assert client.post(address, data).status_code == 303
    lines = [(line.subject, line.facts) for line in made.lines.all()]
    assert lines == [(LINE["subject"], "改后的事实"), ("新增的风险点", LINE["facts"])]
    assert made.lines.first() == first


def test_the_second_of_two_drafters_loses_nothing_of_what_was_typed(client, huancui_officer, huancui_supervisor, on):
    made = prescription(huancui_officer)
    line = made.lines.get()
    made.amend(by=huancui_supervisor, on=on, lines=[LINE | {"id": line.pk, "facts": "负责人所改"}])
    client.force_login(huancui_officer)
    data = sent(LINE | {"id": line.pk, "facts": "经办人所写"}, initial=1, version=1)
    answer = client.post(reverse("risks:prescription_amend", args=[made.pk]), data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "第 1 条 事实" in page
    assert "负责人所改" in page
    assert 'name="lines-0-facts"' in page
    line.refresh_from_db()
    assert line.facts == "负责人所改"


def test_a_line_that_another_took_out_meanwhile_is_written_anew(huancui_officer, huancui_supervisor, on):
    made = prescription(huancui_officer)
    line = made.lines.get()
    made.amend(by=huancui_supervisor, on=on, lines=[LINE | {"subject": "未建立职工名册"}])
    made.amend(by=huancui_officer, on=on, lines=[LINE | {"id": line.pk}])
    assert [kept.subject for kept in made.lines.all()] == [LINE["subject"]]


def test_a_line_of_another_prescription_is_not_reached(client, huancui_officer, rongcheng_officer):
    foreign = prescription(rongcheng_officer).lines.get()
    made = prescription(huancui_officer)
    client.force_login(huancui_officer)
    data = sent(LINE | {"id": foreign.pk, "facts": "越界"}, initial=1, version=1)
    client.post(reverse("risks:prescription_amend", args=[made.pk]), data)
    foreign.refresh_from_db()
    assert foreign.facts == LINE["facts"]


def test_another_districts_officer_finds_nothing_of_it(client, huancui_officer, rongcheng_officer, inspection):
    made = prescription(huancui_officer)
    client.force_login(rongcheng_officer)
    for name in ("", "_document", *(f"_{move.name}" for move in Prescription.lifecycle if not move.creates)):
        assert client.get(reverse(f"risks:prescription{name}", args=[made.pk])).status_code == 404
    assert client.get(reverse("risks:prescription_draft", args=[inspection.pk])).status_code == 404
    assert made.enterprise.name not in client.get("/risks/prescriptions/").content.decode()


def test_the_list_holds_what_the_api_holds(client, huancui_officer, rongcheng_officer):
    own = prescription(huancui_officer, SIGNED)
    prescription(rongcheng_officer)
    client.force_login(huancui_officer)
    page = client.get("/risks/prescriptions/?state=signed").content.decode()
    assert own.reference in page
    rows = client.get("/api/prescriptions/?state=signed").json()["results"]
    assert [(row["id"], row["reference"], row["version"]) for row in rows] == [(own.pk, own.reference, 1)]
