"""The pages of major risks, relatives and hand-overs, through the web as people use them."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import WHO_MAY, Can
from casework.attachments import attach
from casework.documents import Paper
from casework.trail import AccessRecord
from risks import handover_file
from risks.models import Disclosure, Handover, MajorRisk
from risks.models.prescriptions import PrescriptionState
from tests import make
from tests.bad_files import pdf, picture
from tests.casework.documents import read
from tests.remedies import LINE, prescription, rectification

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"
OWNER = "测试负责人甲"


@pytest.fixture
def as_(client):
    def log_in(person):
        client.force_login(person)
        return client

    return log_in


def test_a_risk_is_flagged_handled_noted_and_settled_through_its_pages(as_, huancui_officer, huancui_supervisor, on):
    enterprise = make.enterprise()
    web = as_(huancui_officer)
    answer = web.post(
        reverse("risks:majorrisk_flag", args=[enterprise.pk]),
        {"kind": "wages", "people": "12", "amount": "96000.50", "grounds": "职工到厂门口聚集，要求支付三个月工资"},
    )
    risk = MajorRisk.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/risks/majors/{risk.pk}/")
    assert (risk.amount, risk.source) == (9_600_050, "rule")
    web = as_(huancui_supervisor)
    day = (on + timedelta(days=3)).isoformat()
    engaged = {
        "version": risk.version, "lead": huancui_officer.pk, "due_on": day, "words": "约谈负责人", "person": "王某",
        "measure_due_on": day,
    }  # fmt: skip
    assert web.post(reverse("risks:majorrisk_engage", args=[risk.pk]), engaged).status_code == 303
    assert "今天还没有记录处置情况" in web.get(risk.get_absolute_url()).content.decode()
    noted = {"version": 2, "words": "平稳"}
    note = reverse("risks:majorrisk_note", args=[risk.pk])
    assert web.post(note, noted | {"people": "9" * 20}).status_code == 422
    assert web.post(note, noted).status_code == 303
    measure = {"version": 3, "measure": risk.measures.get().pk, "outcome": "已约谈"}
    assert web.post(reverse("risks:majorrisk_carry_out", args=[risk.pk]), measure).status_code == 303
    done = web.post(reverse("risks:majorrisk_settle", args=[risk.pk]), {"version": 4, "outcome": "工资已全部发放"})
    assert done.status_code == 303
    page = web.get(risk.get_absolute_url()).content.decode()
    for words in ("已化解", "工资已全部发放", "被拖欠工资12人，达到10人", "96,000.50", "约谈负责人"):
        assert words in page


def test_a_stale_page_of_a_risk_gets_409_and_keeps_what_was_typed(as_, huancui_supervisor, huancui_officer, on):
    risk = make.major()
    risk.revise(by=huancui_officer, on=on, reason="更正", grounds="拟裁20人", people=20, staff=80)
    answer = as_(huancui_supervisor).post(
        reverse("risks:majorrisk_dismiss", args=[risk.pk]), {"version": 1, "outcome": "企业已书面承诺不裁员"}
    )
    assert answer.status_code == 409
    assert "更正情况" in answer.content.decode()
    assert answer.content.decode().count("企业已书面承诺不裁员") == 2


def test_a_note_is_not_lost_to_another_note(as_, huancui_supervisor, huancui_officer, on):
    """Two write into the diary at once: what is added takes nothing away, so both are taken."""
    risk = make.major()
    fields = {"lead": huancui_officer, "due_on": on, "words": "约谈", "person": "王某", "measure_due_on": on}
    risk.engage(by=huancui_supervisor, on=on, **fields)
    risk.note(by=huancui_officer, on=on, words="上午平稳")
    web = as_(huancui_supervisor)
    second = web.post(reverse("risks:majorrisk_note", args=[risk.pk]), {"version": 2, "words": "下午也平稳"})
    assert second.status_code == 303
    page = web.get(risk.get_absolute_url()).content.decode()
    assert "上午平稳" in page
    assert "下午也平稳" in page


def test_the_city_finds_it_on_its_desk_and_in_its_list_at_once(as_, huancui_union, city_office, rongcheng_officer):
    risk = make.major(by=huancui_union)
    for person, seen in ((city_office, True), (rongcheng_officer, False)):
        web = as_(person)
        for address in ("/", "/risks/majors/", "/api/majors/"):
            assert (risk.enterprise.name in web.get(address, follow=True).content.decode()) is seen, address
        assert web.get(risk.get_absolute_url()).status_code == (200 if seen else 404)


def test_a_relative_is_asked_for_allowed_looked_at_and_every_look_is_logged(
    as_, huancui_officer, rongcheng_officer, on
):
    answerer = make.person("rongcheng_supervisor", "district_supervisor", district=RONGCHENG)
    relative = make.enterprise("荣成虚构远洋渔业有限公司", RONGCHENG, legal_representative=OWNER)
    risk = make.major(make.enterprise(legal_representative=OWNER))
    web = as_(huancui_officer)
    part = web.get(reverse("risks:relatives", args=[risk.pk])).content.decode()
    assert "荣成＊＊＊＊有限公司" in part
    assert relative.name not in part and relative.uscc not in part  # noqa: PT018
    asked = web.post(reverse("risks:disclosure_ask", args=[risk.pk, relative.pk]), {"reason": "核实资金往来"})
    assert asked.status_code == 303
    disclosure = Disclosure.objects.get()
    assert relative.name not in web.get(disclosure.get_absolute_url()).content.decode()
    assert as_(rongcheng_officer).post(
        reverse("risks:disclosure_allow", args=[disclosure.pk]), {"version": 1, "answer": ""}
    ).status_code == 403  # fmt: skip
    allowed = as_(answerer).post(reverse("risks:disclosure_allow", args=[disclosure.pk]), {"version": 1, "answer": ""})
    assert allowed.status_code == 303
    web = as_(huancui_officer)
    for looks in (1, 2):
        page = web.get(disclosure.get_absolute_url()).content.decode()
        assert relative.name in page
        assert AccessRecord.objects.filter(by=huancui_officer, note__startswith="跨区市协查").count() == looks
    told = web.get(f"/api/disclosures/{disclosure.pk}/").json()["told"]
    assert told["uscc"] == relative.uscc
    assert AccessRecord.objects.filter(by=huancui_officer, note__startswith="跨区市协查").count() == 3
    assert web.get(f"/enterprises/{relative.pk}/").status_code == 404


def test_no_number_can_be_guessed(as_, huancui_officer):
    stranger = make.enterprise(district=RONGCHENG, legal_representative="测试无关人")
    risk = make.major(make.enterprise(legal_representative=OWNER))
    for enterprise in (stranger.pk, stranger.pk + 1_000):
        address = reverse("risks:disclosure_ask", args=[risk.pk, enterprise])
        assert as_(huancui_officer).get(address).status_code == 404
    assert as_(huancui_officer).post(
        "/api/disclosures/", {"risk": risk.pk, "enterprise": stranger.pk, "reason": "核实"}, "application/json"
    ).status_code == 404  # fmt: skip


# ── Hand-overs ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def handover(huancui_officer, on):
    enterprise = make.enterprise(legal_representative=OWNER, address="威海市环翠区虚构路1号")
    make.arrears(enterprise, by=huancui_officer, workers=12, amount=9_600_000)
    made = make.handover(enterprise, by=huancui_officer, workers=12, amount=9_600_000, risk=MajorRisk.objects.get())
    for name in ("工资表.docx", "考勤记录.docx"):
        attach(made, SimpleUploadedFile(name, Paper(name).content), by=huancui_officer, on=on)
    return made


def test_the_letter_read_back_holds_the_whole_case(as_, huancui_supervisor, handover, on):
    handover.send(by=huancui_supervisor, on=on)
    answer = as_(huancui_supervisor).get(reverse("risks:handover_letter", args=[handover.pk]))
    words = read(answer.content)
    for part in (
        "劳动保障监察案件移交书", "环翠区人力资源和社会保障局", "环翠区劳动保障监察机构：", "威人社函〔2023〕39号",
        handover.enterprise.uscc, "一、企业基本情况", "支付劳动者工资和执行最低工资标准",
        "2023年8月至10月未支付12名职工工资", "《劳动合同法》第三十条、第八十五条",
        "欠薪登记（1条）", "96,000.00", "附件：1. 工资表.docx", "2. 考勤记录.docx", "3. 案卷材料目录",
        "2023年11月20日",
    ):  # fmt: skip
        assert part in words, part


def test_the_archive_holds_the_letter_and_every_attachment_under_its_number(as_, huancui_officer, handover):
    answer = as_(huancui_officer).get(reverse("risks:handover_archive", args=[handover.pk]))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert packed.namelist() == [
        f"{handover_file.TITLE}.docx", "附件1_工资表.docx", "附件2_考勤记录.docx", "附件3_案卷材料目录.docx",
    ]  # fmt: skip
    assert "工资表.docx" in read(packed.read("附件1_工资表.docx"))
    assert "平台没有该企业的体检记录、用工处方和整改凭证" in read(packed.read("附件3_案卷材料目录.docx"))
    assert AccessRecord.objects.filter(model="risks.handover", kind="download", record=handover.pk).exists()


def test_the_archive_holds_all_that_the_portal_has_of_the_case_with_an_index(
    as_, huancui_officer, huancui_supervisor, handover, on
):
    """体检 and prescriptions as Word files, what lies with them, the ledger's evidence; nothing of another firm."""
    visit = make.inspection(handover.enterprise, by=huancui_officer, answers={"4.1": ("no", "8月工资尚有12人未发")})
    attach(visit, SimpleUploadedFile("现场照片.jpg", picture()), by=huancui_officer, on=on)
    given = prescription(huancui_officer, PrescriptionState.GIVEN, enterprise=handover.enterprise)
    attach(given, SimpleUploadedFile("签收回执.pdf", pdf()), by=huancui_officer, on=on)
    item = rectification(enterprise=handover.enterprise)
    attach(item, SimpleUploadedFile("补发凭证.docx", Paper("补发凭证").content), by=huancui_officer, on=on)
    of_another = prescription(huancui_officer, PrescriptionState.GIVEN)
    attach(of_another, SimpleUploadedFile("别家.pdf", pdf()), by=huancui_officer, on=on)
    answer = as_(huancui_supervisor).get(reverse("risks:handover_archive", args=[handover.pk]))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    names = [
        f"001_劳动用工体检记录_{on}.docx", "002_现场照片.jpg", f"003_{given.reference}.docx", "004_签收回执.pdf",
        "005_补发凭证.docx",
    ]  # fmt: skip
    assert packed.namelist()[3:] == ["附件3_案卷材料目录.docx", *(f"案卷材料/{name}" for name in names)]
    index = read(packed.read("附件3_案卷材料目录.docx"))
    for part in (*(name[4:] for name in names), f"整改凭证：{item.matter}", "环翠区人力资源和社会保障局"):
        assert part in index, part
    assert "8月工资尚有12人未发" in read(packed.read(f"案卷材料/{names[0]}"))
    assert LINE["matter"] in read(packed.read(f"案卷材料/{names[2]}"))
    letter = read(packed.read(f"{handover_file.TITLE}.docx"))
    assert "3. 案卷材料目录及所列材料（5件）" in letter


def test_whoever_hands_over_may_read_all_that_is_handed_over():
    held = (Can.READ_INSPECTIONS, Can.READ_LEDGER, Can.READ_EVIDENCE, Can.READ_ARREARS, Can.HANDLE_MAJORS)
    assert all(WHO_MAY[Can.HAND_OVER] <= WHO_MAY[each] for each in held)


def test_a_hand_over_goes_its_way_through_its_pages(as_, huancui_supervisor, handover, on):
    web, address = as_(huancui_supervisor), lambda move: reverse(f"risks:handover_{move}", args=[handover.pk])
    day = on.isoformat()
    steps = (
        ("send", {}),
        ("receive", {"received_on": day, "received_by": "赵某"}),
        ("file", {"filed_on": day, "case_number": "演示监立字〔2023〕7号"}),
        ("extend", {"note": "经负责人批准"}),
        ("conclude", {"ruling": "ordered", "result": "已补发12人工资", "concluded_on": day}),
    )
    for version, (move, fields) in enumerate(steps, start=1):
        page = web.get(address(move))
        assert page.status_code == 200
        assert web.post(address(move), fields | {"version": version}).status_code == 303, move
    page = web.get(handover.get_absolute_url()).content.decode()
    for words in ("已办结", "责令改正，已改正", "演示监立字〔2023〕7号"):
        assert words in page


def test_what_is_missing_is_said_when_it_is_sent(as_, huancui_supervisor):
    bare = make.handover(legal_basis="")
    answer = as_(huancui_supervisor).post(reverse("risks:handover_send", args=[bare.pk]), {"version": 1})
    assert answer.status_code == 422
    assert "移交材料不齐：请先上传证据材料" in answer.content.decode()
    assert "请填写“涉嫌违反的规定”。" in answer.content.decode()


def test_a_hand_over_is_nobodys_but_the_authorities(as_, huancui_union, huancui_employer, rongcheng_officer, handover):
    for person, status in ((huancui_union, 403), (huancui_employer, 403), (rongcheng_officer, 404)):
        for address in (handover.get_absolute_url(), reverse("risks:handover_archive", args=[handover.pk])):
            assert as_(person).get(address).status_code == status


def test_machine_clients_draft_and_move_a_hand_over(as_, huancui_officer, on):
    enterprise = make.enterprise()
    web = as_(huancui_officer)
    made = web.post(
        "/api/handovers/", {"enterprise": enterprise.pk, "subject": "wages", "facts": "欠薪"}, "application/json"
    )
    assert made.status_code == 201
    assert Handover.objects.get().facts == "欠薪"
    amended = web.post(
        f"/api/handovers/{made.json()['id']}/amend/",
        {"subject": "wages", "facts": "欠薪三个月", "recipient": "环翠区劳动保障监察大队"},
        "application/json", headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert amended.status_code == 200, amended.content
    assert Handover.objects.get().recipient == "环翠区劳动保障监察大队"


def test_the_list_its_file_and_the_api_hold_the_same_rows(as_, city_office, huancui_officer, rongcheng_officer):
    for district in (HUANCUI, RONGCHENG, RONGCHENG):
        make.major(make.enterprise(district=district))
    for person, rows in ((city_office, 3), (huancui_officer, 1), (rongcheng_officer, 2)):
        web = as_(person)
        assert web.get("/risks/majors/?state=unsettled").context["page"].total == rows
        assert len(web.get("/api/majors/?state=unsettled").json()["results"]) == rows
        file = web.post(
            reverse("casework:export"), {"page": "risks:majors", "query": "state=unsettled", "format": "csv"}
        )
        lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
        assert sum("虚构" in line for line in lines) == rows
