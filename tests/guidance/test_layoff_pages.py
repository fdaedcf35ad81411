"""Pages, files and API of lay-offs, as each role meets them; above all what they do not tell."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from casework import personal
from casework.models import KeptAnswer
from casework.trail import AccessRecord
from guidance.models import LaidOff, Layoff
from tests import make
from tests.guidance import layoff_cases as cases

pytestmark = pytest.mark.django_db
S = Layoff.State
HEADS = ["姓名", "身份证号码", "手机号码", "岗位", "入职日期"]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.PORTAL_DAY = date(2023, 9, 13)


def body(response):
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def text_of(response):
    document = Document(io.BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def typed(**changes):
    """What is typed into the form of a report."""
    told = {name: value for name, value in cases.plan(**changes).items() if value is not None}
    told |= dict.fromkeys(("exposed", "injured", "ill", "maternity", "near_retirement", "otherwise_protected"), 0)
    told["budget"] = "1200000.00"
    return told | changes


# ── The report ─────────────────────────────────────────────────────────────────────────────────


def test_a_report_is_taken_in_from_the_enterprise_and_its_faults_are_told(client, huancui_officer):
    client.force_login(huancui_officer)
    firm = make.enterprise(heads=200)
    address = f"/guidance/enterprises/{firm.pk}/layoffs/take-in/"
    assert 'value="200"' in body(client.get(address))
    answer = client.post(address, typed(starts_on="2023-09-20", maternity=2))
    made = Layoff.objects.get()
    assert (answer.status_code, answer["Location"], made.budget) == (303, made.get_absolute_url(), 120_000_000)
    page = body(client.get(made.get_absolute_url()))
    for told in (
        "占职工总数200人的12.5%", "仅提前19日", "最早2023年10月1日方可裁减", "2名女职工在孕期", "缺少被裁减人员名单",
        "1,200,000.00 元",
    ):  # fmt: skip
        assert told in page
    assert made.enterprise.name in body(client.get("/guidance/layoffs/?show=early"))
    assert "拟裁减 25 人" in body(client.get(f"/guidance/enterprises/{firm.pk}/layoffs/"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"planned_cut": 201}, "拟裁减人数须大于零，且不能多于职工总数"),
        ({"planned_cut": 0}, "大于零"),
        ({"reported_on": "2023-09-14"}, "还没有到"),
        ({"budget": "很多"}, "经济补偿预算请填写数字"),
        ({"budget": "-1"}, "不能为负数"),
        ({"maternity": -1}, "大于或等于"),
    ],
)
def test_a_report_filled_in_wrongly_comes_back_with_what_was_typed(changes, sentence, client, huancui_officer):
    client.force_login(huancui_officer)
    answer = client.post(f"/guidance/enterprises/{make.enterprise(heads=200).pk}/layoffs/take-in/", typed(**changes))
    assert answer.status_code == 422
    assert sentence in body(answer)
    assert "分两批办理解除手续" in body(answer)
    assert not Layoff.objects.exists()


def test_the_receipt_and_the_opinion_read_back_and_name_nobody(client, huancui_officer):
    client.force_login(huancui_officer)
    made = cases.layoff(people=2, receipt_number="裁收〔2023〕7号", receipted_on=date(2023, 9, 13))
    page = body(client.get(f"/guidance/layoffs/{made.pk}/advise/"))
    assert "名单登记2人，与拟裁减的25人不一致" in page
    told = {"version": made.version, "verdict": "objected", "opinion": "请核对名单人数后补正。"}
    assert client.post(f"/guidance/layoffs/{made.pk}/advise/", told).status_code == 303
    receipt = text_of(client.get(f"/guidance/layoffs/{made.pk}/receipt.docx"))
    opinion = text_of(client.get(f"/guidance/layoffs/{made.pk}/opinion.docx"))
    for words in ("收到裁减人员方案回执", "裁收〔2023〕7号", made.enterprise.name, "25人，占职工总数200人的12.5%",
                  "2023年10月1日",
                  "不表示同意其内容", "2023年9月13日", huancui_officer.organisation.name):  # fmt: skip
        assert words in receipt
    for words in ("关于裁减人员方案的意见书", "请核对名单人数后补正", "六个月内重新招用人员", "裁收〔2023〕7号"):
        assert words in opinion
    for person in made.people.all():
        for secret in (person.name, person.id_number, person.phone):
            assert secret not in receipt + opinion


def test_below_the_line_there_is_no_receipt_to_fetch_and_the_opinion_is_guidance(client, huancui_officer):
    client.force_login(huancui_officer)
    made = cases.layoff(planned_cut=5, state=S.ADVISED, verdict="guided", opinion="逐人处理", advised_on=cases.REPORTED)
    assert client.get(f"/guidance/layoffs/{made.pk}/receipt.docx").status_code == 302
    assert "关于裁减人员的指导意见" in text_of(client.get(f"/guidance/layoffs/{made.pk}/opinion.docx"))
    assert "未达到标准，不出具" in body(client.get(made.get_absolute_url()))


def test_a_stale_opinion_is_not_stored_and_both_are_shown(client, huancui_officer, huancui_supervisor):
    client.force_login(huancui_officer)
    made = cases.layoff(people=25, receipt_number="1号", receipted_on=cases.REPORTED)
    seen = made.version
    made.send_back(by=huancui_supervisor, on=date(2023, 9, 13), reason="请补正")
    told = {"version": seen, "verdict": "objected", "opinion": "请更正"}
    answer = client.post(f"/guidance/layoffs/{made.pk}/advise/", told)
    assert answer.status_code == 409
    assert "待补正" in body(answer)


# ── Who sees what ──────────────────────────────────────────────────────────────────────────────


def secrets(made):
    return [text for person in made.people.all() for text in (person.name, person.id_number, person.phone)]


EVERYWHERE = (
    "/guidance/layoffs/{pk}/", "/guidance/layoffs/people/", "/guidance/layoffs/people/?layoff={pk}",
    "/guidance/layoffs/?show=all", "/reports/rows/?code=layoff.helped", "/api/layoffs/{pk}/", "/api/layoffs/?show=all",
    "/api/layoffs/{pk}/timeline/", "/api/laid-off/", "/guidance/layoffs/{pk}/strike/", "/guidance/layoffs/{pk}/help/",
    "/guidance/layoffs/{pk}/people/full/", "/waiting/",
)  # fmt: skip


@pytest.mark.parametrize(
    "role", ["huancui_officer", "huancui_supervisor", "huancui_union", "huancui_employer", "city_office", "auditor"]
)
def test_nobody_meets_a_name_or_a_number_in_full_without_asking(role, client, request):
    person = request.getfixturevalue(role)
    client.force_login(person)
    made = cases.layoff(state=S.CARRIED_OUT, people=3)
    pages = [body(client.get(address.format(pk=made.pk))) for address in EVERYWHERE]
    for listing in ("guidance:layoffs", "guidance:laid_off"):
        pages.append(body(client.post("/exports/new/", {"page": listing, "query": "show=all", "format": "csv"})))
    for page in pages:
        for secret in secrets(made):
            assert secret not in page
    own = made.people.first()
    sees = role in {"huancui_officer", "huancui_supervisor", "huancui_union"}
    assert (own.masked_id in "".join(pages)) == sees


def test_the_employers_side_reads_the_report_without_list_budget_and_deeds(client, huancui_employer):
    client.force_login(huancui_employer)
    made = cases.layoff(people=1)
    page = body(client.get(made.get_absolute_url()))
    assert "占职工总数200人的12.5%" in page
    assert "名单属敏感个人信息" in page
    for hidden in ("1,200,000", "经济补偿预算", "补偿月数", "出具收到回执</a>", "完整信息"):
        assert hidden not in page
    assert "budget" not in client.get(f"/api/layoffs/{made.pk}/").json()
    for address in ("people/full/", "people/import/"):
        assert client.get(f"/guidance/layoffs/{made.pk}/{address}").status_code == 403
    assert client.get("/guidance/layoffs/people/").status_code == 403
    assert client.get("/api/laid-off/").status_code == 403
    assert client.get(f"/guidance/layoffs/{made.pk}/acknowledge/").status_code == 403


def test_another_district_finds_nothing(client, rongcheng_officer):
    client.force_login(rongcheng_officer)
    made = cases.layoff(people=1)
    for address in ("", "receipt.docx", "opinion.docx", "people/full/", "people/import/", "advise/", "help/"):
        assert client.get(f"/guidance/layoffs/{made.pk}/{address}").status_code == 404, address
    assert client.post(f"/guidance/layoffs/{made.pk}/people/full.xlsx", {"reason": "核对经济补偿"}).status_code == 404
    assert client.get(f"/api/layoffs/{made.pk}/").status_code == 404
    assert made.enterprise.name not in body(client.get("/guidance/layoffs/?show=all"))
    assert client.get("/api/laid-off/").json()["results"] == []


def test_a_full_look_asks_for_a_reason_and_stands_in_the_log(client, huancui_officer, huancui_union):
    made = cases.layoff(people=2)
    address = f"/guidance/layoffs/{made.pk}/people/full/"
    client.force_login(huancui_union)
    assert client.get(address).status_code == 403
    client.force_login(huancui_officer)
    for reason in ("", "  ", "看看"):
        refused = client.post(address, {"reason": reason})
        assert refused.status_code == 422
        assert not any(secret in body(refused) for secret in secrets(made))
    assert not AccessRecord.objects.filter(kind="view").exists()
    shown = client.post(address, {"reason": "核对经济补偿发放"})
    assert all(secret in body(shown) for secret in secrets(made))
    assert "no-store" in shown.headers["Cache-Control"]
    line = AccessRecord.objects.get(kind="view")
    assert (line.by, line.model, line.record, line.rows) == (huancui_officer, "guidance.layoff", str(made.pk), 2)
    assert line.note == "被裁减人员完整信息，理由：核对经济补偿发放"


def test_an_export_in_full_asks_for_a_reason_and_a_proof_and_stands_in_the_log(client, huancui_officer):
    made = cases.layoff(people=2)
    address = f"/guidance/layoffs/{made.pk}/people/full.xlsx"
    client.force_login(huancui_officer)
    assert client.post(address, {"reason": ""}).status_code == 422
    session = client.session
    session["proved_at"] = 0
    session.save()
    asked = client.post(address, {"reason": "核对经济补偿发放"})
    assert (asked.status_code, "/confirm/" in asked["Location"]) == (302, True)
    assert not AccessRecord.objects.filter(kind="export").exists()
    client.force_login(huancui_officer)
    file = client.post(address, {"reason": "核对经济补偿发放"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert all(secret in cells for secret in secrets(made))
    assert any("导出理由：核对经济补偿发放" in cell for cell in cells)
    line = AccessRecord.objects.get(kind="export")
    assert (line.by, line.rows, line.record) == (huancui_officer, 2, str(made.pk))


def test_a_client_enters_a_person_and_no_answer_nor_what_is_kept_of_it_tells_the_number(
    client, huancui_officer, security_administrator
):
    made, told = cases.layoff(), cases.person(hired_on="2018-03-01")
    capabilities = ["read_guidance", "read_laid_off"]
    token = make.token(huancui_officer, capabilities, by=security_administrator, writes=True)
    headers = {"Authorization": f"Bearer {token.text}", "Idempotency-Key": "one", "If-Match": '"1"'}
    answer = client.post(f"/api/layoffs/{made.pk}/enlist/", told, "application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    kept = str(list(KeptAnswer.objects.values()))
    listed = client.get("/api/laid-off/", headers=headers)
    assert listed.json()["results"][0]["id_number"] == personal.masked_id(told["id_number"])
    for secret in (told["name"], told["id_number"], told["phone"]):
        assert secret not in body(answer) + kept + body(listed)
    wrong = client.post(
        f"/api/layoffs/{made.pk}/enlist/", told | {"id_number": told["id_number"][:-1] + "Y"}, "application/json",
        headers=headers | {"Idempotency-Key": "two", "If-Match": '"2"'},
    )  # fmt: skip
    assert (wrong.status_code, told["id_number"][:-1] in body(wrong)) == (422, False)


# ── The list out of a spreadsheet ──────────────────────────────────────────────────────────────


def workbook(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("名单.xlsx", file.getvalue())


def row(**changes):
    told = cases.person(hired_on="2018-03-01") | changes
    return [told[name] for name in ("name", "id_number", "phone", "post", "hired_on")]


def test_a_list_is_looked_at_masked_and_then_entered_whole(client, huancui_officer):
    client.force_login(huancui_officer)
    made, rows = cases.layoff(), [row(), row(phone="", hired_on="")]
    address = f"/guidance/layoffs/{made.pk}/people/import/"
    looked = client.post(address, {"file": workbook(*rows)})
    assert "2 人都符合要求" in body(looked)
    assert "方案拟裁减 25 人，请核对人数" in body(looked)
    for secret in (rows[0][0], rows[0][1], rows[0][2]):
        assert secret not in body(looked)
    assert personal.masked_id(rows[0][1]) in body(looked)
    assert not LaidOff.objects.exists()
    done = client.post(address, {"looked_at": looked.context["looked_at"]})
    assert done.status_code == 302
    first, second = made.people.all()
    assert [first.name, first.id_number, first.phone, first.hired_on] == [*rows[0][:3], date(2018, 3, 1)]
    assert (second.phone, second.hired_on) == ("", None)
    again = client.post(address, {"looked_at": looked.context["looked_at"]})
    assert again.status_code == 409
    assert "一人也没有登记" in body(again)
    assert made.people.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "第3行：请填写姓名。"),
        ({"id_number": "371099199001010015"}, "第3行：身份证号码末位校验不符。"),
        ({"id_number": 371099199001010000}, "第3行：身份证号码须以文本格式填写"),
        ({"phone": "0631-5200000"}, "第3行：手机号码应为11位数字。"),
        ({"hired_on": "去年"}, "第3行：入职日期请写成"),
        ({"name": "张" * 51}, "第3行：姓名不超过50个字。"),
    ],
)
def test_one_wrong_row_keeps_all_of_them_out_and_is_named_without_its_number(
    changes, sentence, client, huancui_officer
):
    client.force_login(huancui_officer)
    made = cases.layoff()
    answer = client.post(f"/guidance/layoffs/{made.pk}/people/import/", {"file": workbook(row(), row(**changes))})
    assert answer.status_code == 422
    assert sentence in body(answer)
    assert str(changes.get("id_number", "###")) not in body(answer)
    assert not LaidOff.objects.exists()


@pytest.mark.parametrize(
    ("heads", "sentence"),
    [
        (["姓名", *HEADS[2:]], "缺少列：身份证号码"),
        ([*HEADS, "银行账号"], "不认识的列：银行账号"),
        ([*HEADS, "姓名"], "重复的列：姓名"),
    ],
)
def test_a_sheet_with_other_headings_is_refused(heads, sentence, client, huancui_officer):
    client.force_login(huancui_officer)
    answer = client.post(
        f"/guidance/layoffs/{cases.layoff().pk}/people/import/", {"file": workbook(row(), heads=heads)}
    )
    assert answer.status_code == 422
    assert sentence in body(answer)


def test_the_same_person_twice_in_a_sheet_or_already_on_the_list_is_told_by_line(client, huancui_officer):
    client.force_login(huancui_officer)
    made = cases.layoff(people=1)
    known, twice = made.people.get().id_number, row()
    file = workbook(row(id_number=known), twice, row(id_number=twice[1]))
    answer = body(client.post(f"/guidance/layoffs/{made.pk}/people/import/", {"file": file}))
    assert "第2行：身份证号码与名单第1号相同。" in answer
    assert "第4行：身份证号码与第3行相同。" in answer


def test_what_was_looked_at_is_of_one_person_one_report_and_an_hour(client, huancui_officer, huancui_supervisor):
    made, other = cases.layoff(), cases.layoff()
    client.force_login(huancui_officer)
    looked = client.post(f"/guidance/layoffs/{made.pk}/people/import/", {"file": workbook(row())}).context["looked_at"]
    spoilt = f"{looked[:-4]}AAA="
    for who, which, sealed in (
        (huancui_supervisor, made, looked), (huancui_officer, other, looked), (huancui_officer, made, spoilt),
    ):  # fmt: skip
        client.force_login(who)
        answer = client.post(f"/guidance/layoffs/{which.pk}/people/import/", {"looked_at": sealed})
        assert answer.status_code == 422
        assert "预览已经过期" in body(answer)
    assert not LaidOff.objects.exists()


def test_the_example_is_taken_as_it_is(client, huancui_officer):
    client.force_login(huancui_officer)
    file = client.get("/guidance/layoffs/people/example.xlsx")
    content = b"".join(file.streaming_content)
    assert [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content)).active[1]] == HEADS
    made = cases.layoff()
    looked = client.post(
        f"/guidance/layoffs/{made.pk}/people/import/", {"file": SimpleUploadedFile("样表.xlsx", content)}
    )
    assert "1 人都符合要求" in body(looked)


# ── Help, and counts ───────────────────────────────────────────────────────────────────────────


def test_help_for_everybody_and_its_results_are_entered_on_pages(client, huancui_union, settings):
    settings.PORTAL_DAY = date(2023, 10, 20)
    client.force_login(huancui_union)
    made = cases.layoff(state=S.CARRIED_OUT, people=3)
    told = {"version": 1, "kind": "employment", "helped_on": "2023-10-20", "words": "专场招聘会", "outcome": "pending"}
    nobody = client.post(f"/guidance/layoffs/{made.pk}/help/", told)
    assert nobody.status_code == 422
    assert "请选择帮扶的人员" in body(nobody)
    assert client.post(f"/guidance/layoffs/{made.pk}/help/", told | {"everybody": "on"}).status_code == 303
    first = made.helps.order_by("person__number").first()
    result = {"version": 2, "helps": [first.pk], "outcome": "employed", "outcome_on": "2023-10-20"}
    assert client.post(f"/guidance/layoffs/{made.pk}/note-result/", result).status_code == 303
    assert "已就业 1" in body(client.get(made.get_absolute_url()))
    assert "3 人 3 人次" in body(client.get(made.get_absolute_url()))
    foreign = cases.layoff(state=S.CARRIED_OUT, people=1).people.get()
    answer = client.post(f"/guidance/layoffs/{made.pk}/help/", told | {"version": 3, "people": [foreign.pk]})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "role", ["huancui_officer", "huancui_union", "huancui_employer", "rongcheng_officer", "city_office"]
)
def test_figures_equal_rows_equal_rows_by_api_for_every_role(role, client, request):
    for state in S:
        cases.layoff(state=state, people=1)
        cases.layoff(make.enterprise(district="371082"), state=state, starts_on=date(2023, 9, 20))
    person = request.getfixturevalue(role)
    client.force_login(person)
    from guidance.layoff_listings import LAID_OFF, LAYOFFS

    for listing, api in ((LAYOFFS, "layoffs"), (LAID_OFF, "laid-off")):
        if not person.may(listing.capability):
            continue
        for show in listing.filtered(person, {}).lists:
            found = listing.filtered(person, {"show": show})
            rows = client.get(f"/api/{api}/?show={show}&page_size=500").json()["results"]
            assert found.total() == len(list(found.qs)) == len(rows), (listing.page, show)


def test_a_list_of_a_thousand_asks_no_more_of_the_database_than_one_of_two(
    client, huancui_officer, django_assert_max_num_queries
):
    client.force_login(huancui_officer)
    made = cases.layoff(people=2)
    LaidOff.objects.bulk_create(LaidOff(layoff=made, number=number, **cases.person()) for number in range(3, 1003))
    with django_assert_max_num_queries(30):
        assert client.get(f"/guidance/layoffs/people/?layoff={made.pk}").status_code == 200
    with django_assert_max_num_queries(30):
        assert client.get(made.get_absolute_url()).status_code == 200
