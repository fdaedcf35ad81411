"""Pages, files and API of the consultations, as each role meets them."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from accounts.roles import WHO_MAY, Can
from casework import audit
from casework.trail import AccessRecord
from negotiations import statistics
from negotiations.law import Kind
from negotiations.models import Consultation, Contract, Figures, Mechanism
from tests import make
from tests.negotiations import cases

pytestmark = pytest.mark.django_db
S = Consultation.State


def body(response):
    return response.content.decode()


def text_of(response):
    document = Document(io.BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


# ── From the enterprise's page to the letter ───────────────────────────────────────────────────


def test_an_offer_is_drafted_from_the_enterprise_with_a_proposed_class(client, huancui_union):
    client.force_login(huancui_union)
    firm = make.enterprise(platform="delivery")
    page = client.get(f"/negotiations/enterprises/{firm.pk}/draft/")
    assert "建议：头部平台企业（名录标明为平台企业（网约配送））" in body(page)
    assert "极端天气补贴" in body(page)
    answer = client.post(
        f"/negotiations/enterprises/{firm.pk}/draft/",
        {
            "kind": "wage", "purpose": "conclude", "firm_class": "platform", "offered_by": "workers",
            "sender": "骑手工会联合会", "addressee": firm.name, "chosen": ["计件单价", "抽成比例"],
            "own_topics": "高温津贴\n", "reasons": "",
        },
    )  # fmt: skip
    offer = Consultation.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, offer.get_absolute_url())
    assert offer.topics == ["计件单价", "抽成比例", "高温津贴"]
    assert offer.class_reasons.startswith("名录标明")
    assert "要约方发出要约" in body(client.get(offer.get_absolute_url()))


def test_an_offer_without_a_topic_is_refused_and_nothing_is_stored(client, huancui_union):
    client.force_login(huancui_union)
    firm = make.enterprise()
    told = {"kind": "wage", "purpose": "conclude", "firm_class": "normal", "offered_by": "workers"}
    answer = client.post(f"/negotiations/enterprises/{firm.pk}/draft/", told)
    assert answer.status_code == 422
    assert "请至少选择或填写一项协商议题" in body(answer)
    assert not Consultation.objects.exists()


def test_the_offer_letter_reads_back_with_what_the_law_asks_of_it(client, huancui_union):
    client.force_login(huancui_union)
    offer = cases.consultation(state=S.RECEIVED, seated=True)
    letter = text_of(client.get(f"/negotiations/{offer.pk}/offer.docx"))
    for told in (
        "工资专项集体合同集体协商要约书", offer.number, offer.enterprise.name, "2023年8月28日，会议室",
        "1. 调整薪酬水平", "订单减少，需就支付周期协商一致",
        "请自收到本要约书之日起10日内书面答复（《山东省企业工资集体协商条例》第二十一条）",
        "工会主席", "首席代表", "企业工会", "2023年8月1日", "要约书签收回执", "办公室主任",
    ):  # fmt: skip
        assert told in letter
    reply = text_of(client.get(f"/negotiations/{offer.pk}/reply.docx"))
    assert "□同意协商" in reply


def test_the_unions_letters_go_out_under_its_own_name(client, huancui_union):
    client.force_login(huancui_union)
    offer = cases.consultation(state=S.REFUSED, replied_on=date(2023, 8, 11), reply_reason="暂不协商")
    on = date(2023, 8, 15)
    offer.opine(by=huancui_union, on=on, text="拒绝协商不符合规定，建议改正。", received_on=on)
    offer.propose(by=huancui_union, on=date(2023, 9, 6), text="企业逾期未改正，建议依法处理。")
    opinion, proposal = (text_of(client.get(f"/negotiations/urgings/{each.pk}/letter.docx"))
                         for each in offer.urgings.order_by("sent_on"))  # fmt: skip
    assert huancui_union.organisation.name in opinion
    assert "请于2023年9月5日前书面答复（《山东省工会劳动法律监督条例》第十七条）" in opinion
    assert "人力资源和社会保障局：" in proposal


# ── The case page ──────────────────────────────────────────────────────────────────────────────


def test_the_case_page_shows_clocks_with_articles_and_what_waits_for_whom(client, huancui_union):
    client.force_login(huancui_union)
    offer = cases.consultation(state=S.RECEIVED)
    page = body(client.get(offer.get_absolute_url()))
    assert "企业方书面答复" in page
    assert "逾期" in page
    assert "《山东省企业工资集体协商条例》第二十一条" in page


def test_deeds_that_are_not_this_persons_have_no_button_and_answer_403(client, huancui_employer):
    client.force_login(huancui_employer)
    offer = cases.consultation(state=S.RECEIVED)
    assert "督促</a>" not in body(client.get(offer.get_absolute_url()))
    assert client.get(f"/negotiations/{offer.pk}/urge/").status_code == 403
    assert client.post(f"/negotiations/{offer.pk}/urge/", {"version": 1, "text": "x", "way": "电话"}).status_code == 403


def test_another_district_finds_nothing(client, rongcheng_officer):
    client.force_login(rongcheng_officer)
    offer, contract = cases.consultation(state=S.RECEIVED), cases.contract()
    mechanism = cases.mechanism()
    for address in (
        offer.get_absolute_url(), f"/negotiations/{offer.pk}/offer.docx", f"/negotiations/{offer.pk}/clauses/",
        f"/negotiations/{offer.pk}/agree/", contract.get_absolute_url(), f"/negotiations/contracts/{contract.pk}/file/",
        mechanism.get_absolute_url(), f"/negotiations/enterprises/{offer.enterprise_id}/",
        f"/negotiations/enterprises/{offer.enterprise_id}/draft/", f"/api/consultations/{offer.pk}/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address in ("/negotiations/", "/negotiations/contracts/?show=all", "/negotiations/mechanisms/?show=all"):
        assert offer.enterprise.name not in body(client.get(address))


def test_a_member_of_the_employers_side_sees_no_figures_of_a_firm(client, huancui_employer, huancui_union):
    offer = cases.consultation(state=S.AGREED, replied_on=date(2023, 8, 10))
    offer.inform(
        by=huancui_union, on=date(2023, 8, 15), year=2022, given_on=date(2023, 8, 15), revenue=98_765_432_100,
        taxes=None, profit=None, wages=None, average_wage=None, insurance=None,
    )  # fmt: skip
    client.force_login(huancui_employer)
    assert "98,765" not in body(client.get(offer.get_absolute_url()))
    client.force_login(huancui_union)
    page = body(client.get(offer.get_absolute_url()))
    assert "98,765.43" in page
    assert "缺上缴税收、净利润" in page


def test_who_sees_the_figures_stands_in_the_log_and_the_trail_does_not_tell_their_values(
    client, huancui_union, huancui_employer
):
    offer = cases.consultation(state=S.AGREED, replied_on=date(2023, 8, 10))
    for person in (huancui_union, huancui_employer):
        client.force_login(person)
        client.get(offer.get_absolute_url())
    seen = AccessRecord.objects.filter(note="企业为协商提供的资料")
    assert not seen.exists()  # there was nothing to see
    offer.inform(by=huancui_union, on=date(2023, 8, 15), year=2022, given_on=date(2023, 8, 15), revenue=98_765_432_100)
    for person in (huancui_union, huancui_employer):
        client.force_login(person)
        client.get(offer.get_absolute_url())
    assert [(line.by, line.record) for line in seen] == [(huancui_union, str(offer.pk))]
    assert "revenue" in audit.AUDITED[Figures].figures


def test_clauses_are_written_as_a_table_and_a_stale_table_is_not_saved(client, huancui_union, huancui_officer):
    client.force_login(huancui_union)
    offer = cases.consultation(state=S.TALKING)
    address = f"/negotiations/{offer.pk}/clauses/"
    page = body(client.get(address))
    assert 'value="调整薪酬水平"' in page  # the topics of the offer stand ready
    told = {"version": offer.version, "topic_1": "调整薪酬水平", "workers_1": "上调8%", "topic_2": "工资支付周期"}
    assert client.post(address, told).status_code == 302
    offer.refresh_from_db()
    assert [(clause.number, clause.workers) for clause in offer.clauses.all()] == [(1, "上调8%"), (2, "")]
    late = client.post(address, told | {"workers_1": "上调9%"})
    assert late.status_code == 409
    assert "没有保存" in body(late)
    assert "上调9%" in body(late)
    assert offer.clauses.get(number=1).workers == "上调8%"
    done = {"version": offer.version, "workers_1": "上调8%", "done_1": "on"}
    refused = client.post(address, done)
    assert refused.status_code == 422
    assert "已商定的条款请填写商定文本" in body(refused)


def test_without_script_a_form_shows_its_errors_with_what_was_typed(client, huancui_union):
    client.force_login(huancui_union)
    offer = cases.consultation(state=S.SENT, received_on=None, received_by="")
    told = {"version": offer.version, "received_on": "2023-07-31", "received_by": "前台"}
    answer = client.post(f"/negotiations/{offer.pk}/receive/", told)
    assert answer.status_code == 422
    assert "签收日期不能早于发出日期" in body(answer)
    assert 'value="前台"' in body(answer)


# ── Counts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "role", ["huancui_union", "huancui_officer", "rongcheng_officer", "city_office", "huancui_employer"]
)
def test_figures_equal_rows_equal_exported_rows_for_every_role(role, client, request):
    for state in S:
        cases.consultation(state=state)
        cases.consultation(make.enterprise(district="371082"), state=state)
    for state in Contract.State:
        cases.contract(state=state)
    cases.mechanism()
    person = request.getfixturevalue(role)
    client.force_login(person)
    from negotiations.listings import CONTRACTS, MECHANISMS, OFFERS, contracts_of, mechanisms_of, offers_of

    for listing, filtered in ((OFFERS, offers_of), (CONTRACTS, contracts_of), (MECHANISMS, mechanisms_of)):
        for show in filtered(person, {}).lists:
            found = filtered(person, {"show": show})
            assert found.total() == found.qs.count() == len(list(found.qs)), (listing.page, show)
            rows = client.get(f"/api/{_API[listing.page]}/?show={show}&page_size=500")
            assert len(rows.json()["results"]) == found.total()


_API = {
    "negotiations:list": "consultations",
    "negotiations:contracts": "contracts",
    "negotiations:mechanisms": "mechanisms",
}


def test_each_figure_of_the_statistics_opens_as_many_rows(client, city_office):
    from tests.make import ON

    for state in S:
        cases.consultation(state=state)
    for state in Contract.State:
        cases.contract(state=state, begins_on=date(2023, 9, 1))
    cases.mechanism()
    client.force_login(city_office)
    for group in statistics.of(city_office, ON):
        for figure in group.figures:
            if figure.address.startswith("/reports/") and figure.unit != "%":
                assert client.get(figure.address).context["total"] == figure.shown, figure
            elif figure.address and figure.unit != "%":
                assert client.get(figure.address).context["page"].total == figure.value, figure


def test_the_statistics_count_the_campaign_by_the_reports_own_rules(huancui_union, rongcheng_officer, on):
    """A figure has one rule, on this page and in the report: a contract of before the campaign is no new one."""
    cases.consultation(state=S.RECEIVED)
    cases.contract(state="performed", signed_on=date(2023, 3, 1), begins_on=date(2023, 3, 1), ends_on=date(2024, 2, 28))
    for person, offers, in_force in ((huancui_union, 1, 1), (rongcheng_officer, 0, 0)):
        told = {(group.label, figure.label): figure for group in statistics.of(person, on) for figure in group.figures}
        assert told["要约和答复（行动期间）", "发出要约"].value == offers
        assert told["集体合同（行动期间）", "签订集体合同"].value == 0
        assert told["现行有效的集体合同", "工资专项集体合同"].value == in_force
    assert WHO_MAY[Can.READ_CONSULTATIONS] <= WHO_MAY[Can.READ_REPORTS]  # whose rows each figure opens


# ── Contracts from before ──────────────────────────────────────────────────────────────────────

HEADS = ["统一社会信用代码", "合同类型", "合同名称", "签订日期", "起始日期", "届满日期", "覆盖职工人数", "公布日期"]


def workbook(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("合同.xlsx", file.getvalue())


def row(firm, **changes):
    told = dict(
        zip(HEADS, (firm.uscc, "工资专项集体合同", "", "2023-03-01", "2023-03-01", "2024-02-29", 86, ""), strict=True)
    )
    return list((told | changes).values())


def test_contracts_from_before_are_looked_at_and_then_taken_over(client, huancui_union):
    client.force_login(huancui_union)
    firms = [make.enterprise(), make.enterprise()]
    looked = client.post("/negotiations/contracts/import/", {"file": workbook(*map(row, firms))})
    assert "2 份合同都符合要求" in body(looked)
    assert not Contract.objects.exists()
    done = client.post("/negotiations/contracts/import/", {"looked_at": looked.context["looked_at"]})
    assert done.status_code == 302
    contracts = Contract.objects.all()
    assert [contract.state for contract in contracts] == ["performed"] * 2
    assert {contract.kind for contract in contracts} == {Kind.WAGE}
    assert contracts[0].timeline.count() == 1
    again = client.post("/negotiations/contracts/import/", {"looked_at": looked.context["looked_at"]})
    assert again.status_code == 409
    assert "已经登记" in body(again)
    assert contracts.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"合同类型": "劳动合同"}, "第3行：“劳动合同”不是合同类型"),
        ({"起始日期": "下个月"}, "第3行：“下个月”不是日期"),
        ({"届满日期": "2027-03-01"}, "第3行：合同期限最长不超过3年"),
        ({"届满日期": "2022-03-01"}, "第3行：合同届满日期应晚于起始日期"),
        ({"签订日期": ""}, "第3行：请填写签订日期"),
        ({"覆盖职工人数": "很多"}, "第3行：“很多”不是人数"),
        ({"统一社会信用代码": "91371099MAXDEMA17A"}, "第3行：名录中没有代码为“91371099MAXDEMA17A”的本区市企业"),
    ],
)
def test_one_wrong_row_keeps_all_of_them_out_and_is_named(changes, sentence, client, huancui_union):
    client.force_login(huancui_union)
    file = workbook(row(make.enterprise()), row(make.enterprise(), **changes))
    answer = client.post("/negotiations/contracts/import/", {"file": file})
    assert answer.status_code == 422
    assert sentence in body(answer)
    assert not Contract.objects.exists()


def test_a_firm_of_another_district_does_not_exist_for_the_import(client, huancui_union):
    client.force_login(huancui_union)
    file = workbook(row(make.enterprise(district="371082")))
    assert "名录中没有代码" in body(client.post("/negotiations/contracts/import/", {"file": file}))


@pytest.mark.parametrize(
    ("heads", "sentence"),
    [(HEADS[1:], "缺少列：统一社会信用代码"), ([*HEADS[:-1], "备注"], "不认识的列：备注")],
)
def test_a_sheet_with_other_headings_is_refused_with_what_is_wrong(heads, sentence, client, huancui_union):
    client.force_login(huancui_union)
    firm = row(make.enterprise())
    answer = client.post(
        "/negotiations/contracts/import/", {"file": workbook(firm[len(HEADS) - len(heads) :], heads=heads)}
    )
    assert answer.status_code == 422
    assert sentence in body(answer)


def test_the_example_has_the_headings_that_the_import_takes(client, huancui_union):
    client.force_login(huancui_union)
    file = client.get("/negotiations/contracts/import/example.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    assert [cell.value for cell in sheet[1]] == HEADS


# ── Contracts and mechanisms ───────────────────────────────────────────────────────────────────


def test_an_area_contract_takes_firms_in_by_their_code(client, huancui_union):
    client.force_login(huancui_union)
    firm = make.enterprise()
    answer = client.post(
        "/negotiations/contracts/register/",
        {
            "title": "水产加工行业工资专项集体合同", "kind": "wage", "reach": "industry", "trade": "水产加工",
            "workers": "", "signed_on": "2023-09-01", "begins_on": "2023-09-01", "ends_on": "2024-08-31",
        },
    )  # fmt: skip
    contract = Contract.objects.get()
    assert answer["Location"] == contract.get_absolute_url()
    joined = client.post(
        f"/negotiations/contracts/{contract.pk}/join/",
        {
            "version": contract.version, "uscc": firm.uscc, "sealed_on": "2023-09-03", "workers": 40, "body": "staff",
            "held_on": "2023-09-02", "entitled": 40, "present": 40, "in_favour": 30, "against": 10, "abstained": 0,
        },
    )  # fmt: skip
    assert joined.status_code == 303
    assert firm.name in body(client.get(contract.get_absolute_url()))


def test_the_opinion_on_review_reads_back(client, huancui_officer):
    client.force_login(huancui_officer)
    contract = cases.contract(state=Contract.State.FILED)
    contract.object(by=huancui_officer, on=date(2023, 9, 12), reviewed_on=date(2023, 9, 12), opinion="最低工资约定过低")
    opinion = text_of(client.get(f"/negotiations/contracts/{contract.pk}/reviews/1/opinion.docx"))
    for told in ("集体合同审查意见书", contract.title, "2023年9月5日", "最低工资约定过低", "2023年9月12日"):
        assert told in opinion


def test_a_platforms_standards_stand_with_their_versions(client, huancui_union):
    client.force_login(huancui_union)
    mechanism = cases.mechanism()
    assert isinstance(mechanism, Mechanism)
    for standard, day in (("每单4.0元", "2023-08-01"), ("每单4.2元", "2023-10-01")):
        mechanism.refresh_from_db()
        answer = client.post(
            f"/negotiations/mechanisms/{mechanism.pk}/agree/",
            {"version": mechanism.version, "topic": "piece_rate", "standard": standard, "from_on": day},
        )
        assert answer.status_code == 303
    page = body(client.get(mechanism.get_absolute_url()))
    assert page.index("每单4.2元") < page.index("每单4.0元")
