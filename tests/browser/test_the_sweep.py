"""From the ranked list to a hazard that is closed with evidence; for another district's officer there is none of it."""

from pathlib import Path

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import expect

from risks.models import Inspection, Prescription, Rectification
from risks.models.rectifications import RectificationState
from tests import make, remedies
from tests.browser.acts import follow, log_in, press
from tests.browser.axe import Console, look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "威海虚构远航水产食品有限公司"
FACTS = "抽查 20 人的合同，其中 3 人用工满一个月未订立书面劳动合同。"


@pytest.fixture(autouse=True)
def _patience():
    """The web server and the browser share the machine with whatever else runs."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)  # Playwright's own


@pytest.fixture
def desk(browser, portal, transactional_db):
    """`desk("huancui_officer")` is the window of a person who is logged in; it stays open. Nothing may complain."""
    opened = {}

    def of(username):
        if username not in opened:
            context = browser.new_context(base_url=portal, locale="zh-CN", viewport={"width": 1440, "height": 900})
            page = context.new_page()
            opened[username] = page, Console(page)
            log_in(page, username)
        return opened[username][0]

    yield of
    complaints = [line for _, console in opened.values() for line in console.complaints]
    for page, _ in opened.values():
        page.context.close()
    assert not complaints


@pytest.fixture
def enterprise(transactional_db):
    """At the top of Huancui's list, with a reason."""
    make.checklist()
    run = make.run()
    enterprise = make.enterprise(NAME, contact="王某")
    make.score(enterprise, run)
    make.tallied(run)
    return enterprise


def test_from_the_ranked_list_to_the_closing(
    desk, enterprise, huancui_officer, huancui_supervisor, huancui_union, rongcheng_officer, tmp_path
):
    officer, supervisor = desk("huancui_officer"), desk("huancui_supervisor")
    inspection = examine(officer)
    prescription = prescribe(officer, inspection)
    sign(supervisor, prescription)
    read_the_word_file(officer, prescription, tmp_path)
    give(officer, prescription)

    item = Rectification.objects.get()
    assign(supervisor, item, huancui_union)
    union = desk("huancui_union")
    hand_in(union, item, tmp_path / "补订的合同.png", "3 名职工已补订合同")
    send_back(supervisor, item)
    hand_in(union, item, tmp_path / "职工签收页.png", "已补职工签收页")
    close(supervisor, item)
    item.refresh_from_db()
    assert (item.state, item.closed_by, item.enterprise) == (RectificationState.CLOSED, huancui_supervisor, enterprise)
    assert [entry.deed for entry in item.timeline][:3] == ["销号", "提交复核", "添加附件"]

    nothing_there(desk("rongcheng_officer"), enterprise, inspection, prescription, item)


# ── The visit ────────────────────────────────────────────────────────────────────────────────


def examine(page):
    """From the ranked list to a submitted 体检 with one finding."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="风险排查").click()
    page.locator("table.ranked").get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", name="用工处方和整改")).to_be_visible()
    settle(page)
    follow(page, "开始体检")
    look_over(page)
    page.get_by_role("button", name="开始体检").click()
    expect(page.get_by_role("heading", name="先核实评分依据")).to_be_visible()
    page.get_by_label("会见人员").fill("副总经理一名、职工代表两名")
    asked = page.locator("section[aria-labelledby=asked-title] fieldset").first
    asked.get_by_text("属实", exact=True).click()
    question = page.locator("fieldset.question", has=page.get_by_text("是否自用工之日起一个月内与职工订立书面劳动合同"))
    question.get_by_text("不符合", exact=True).click()
    question.locator("textarea").fill(FACTS)
    page.get_by_role("button", name="提交体检记录").click()
    expect(page.get_by_role("link", name="开具用工处方")).to_be_visible()
    expect(page.get_by_role("region", name="发现的问题")).to_contain_text(FACTS)
    return Inspection.objects.get()


# ── The prescription ─────────────────────────────────────────────────────────────────────────


def prescribe(page, inspection):
    """An order word is refused, advice is taken, and it is sent for signature."""
    page.get_by_role("link", name="开具用工处方").click()
    line = page.get_by_role("group", name="第 1 条")
    expect(line.get_by_label("事实")).to_have_value(FACTS)
    expect(line.get_by_label("整改负责人")).to_have_value("王某")
    look_over(page)
    line.get_by_label("整改事项").fill("责令与 3 名职工补订书面劳动合同")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("“责令”可改为“建议”")).to_be_visible()
    look_over(page)
    page.get_by_role("group", name="第 1 条").get_by_label("整改事项").fill("与 3 名职工补订书面劳动合同")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="用工处方（未编号）")).to_be_visible()
    look_over(page)
    do(page, "送签")
    expect(page.locator(".stage").first).to_have_text("待签发")
    return Prescription.objects.get()


def sign(page, prescription):
    page.goto("/risks/prescriptions/?state=proposed")
    look_over(page)
    page.get_by_role("link", name="用工处方（未编号）").click()
    do(page, "签发")
    expect(page.get_by_role("heading", name="用工处方〔2023〕1号")).to_be_visible()
    settle(page)


def read_the_word_file(page, prescription, folder):
    page.goto(prescription.get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("link", name="Word 文稿").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    document = Document(path)
    words = [paragraph.text for paragraph in document.paragraphs]
    assert path.name == f"用工处方〔2023〕1号_{NAME}.docx"
    assert words[0] == prescription.organisation.name
    assert f"{NAME}：" in words
    assert f"发现的情况：{FACTS}" in words
    assert "与 3 名职工补订书面劳动合同" in [cell.text for cell in document.tables[0].rows[1].cells]


def give(page, prescription):
    settle(page)
    follow(page, "登记送达")
    look_over(page)
    page.get_by_label("签收人", exact=True).fill("王某")
    page.get_by_role("button", name="登记送达").click()
    expect(page.locator(".stage").first).to_have_text("已送达")
    expect(page.get_by_role("link", name="待分派")).to_be_visible()
    settle(page)


# ── The ledger ───────────────────────────────────────────────────────────────────────────────


def assign(page, item, owner):
    page.goto("/risks/ledger/")
    look_over(page)
    expect(page.get_by_role("navigation", name="台账数字").get_by_role("link").nth(3)).to_have_text("1待分派")
    page.get_by_label("全选本页可分派的事项").check()
    expect(page.get_by_text("已选 1 件")).to_be_visible()
    press(page, "分派所选")
    look_over(page)
    page.get_by_label("承办人").select_option(str(owner.pk))
    page.get_by_role("button", name="分派", exact=True).click()
    expect(page.get_by_text(f"已将 1 件事项分派给{owner.name}")).to_be_visible()


def hand_in(page, item, photo, outcome):
    page.goto(item.get_absolute_url())
    photo.write_bytes(remedies.PNG)
    expect(page.get_by_label("添加照片或文件")).to_be_visible()
    page.get_by_label("添加照片或文件").set_input_files(photo)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name=photo.name)).to_be_visible()
    look_over(page)
    page.get_by_role("link", name="提交复核").click()
    page.get_by_label("整改情况").fill(outcome)
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator(".stage").first).to_have_text("待复核")
    settle(page)


def send_back(page, item):
    page.goto("/risks/ledger/?show=submitted")
    page.get_by_role("link", name=item.matter).click()
    settle(page)
    page.get_by_role("link", name="退回").click()
    page.get_by_label("退回理由").fill("缺职工签收页")
    page.get_by_label("新的整改时限").fill("2023-12-08")
    look_over(page)
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".stage").first).to_have_text("整改中")
    settle(page)


def close(page, item):
    page.goto(item.get_absolute_url())
    do(page, "销号")
    expect(page.locator(".stage").first).to_have_text("已销号")
    settle(page)
    page.goto("/risks/ledger/?show=closed")
    expect(page.locator("table.ledger")).to_contain_text(item.matter)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel").click()
    assert Path(download.value.suggested_filename).name.startswith("劳动用工风险整改台账_")


def do(page, label):
    """A deed whose form asks for nothing that must be filled in."""
    settle(page)
    page.get_by_role("link", name=label, exact=True).click()
    page.get_by_role("button", name=label, exact=True).click()


def settle(page):
    """Wait for the parts that a page loads by itself: one broken off by leaving the page is a complaint."""
    page.wait_for_load_state("networkidle")


# ── Another district ─────────────────────────────────────────────────────────────────────────


def nothing_there(page, enterprise, inspection, prescription, item):
    """Neither pages nor files nor deeds, by browser and by API; and no list names the enterprise."""
    for address in addresses(enterprise, inspection, prescription, item):
        assert page.goto(address).status == 404, address
    token = page.evaluate("JSON.parse(document.body.getAttribute('hx-headers') ?? '{}')['X-CSRFToken'] ?? ''")
    for record, moves in ((prescription, ("sign", "withdraw")), (item, ("assign", "close", "reopen"))):
        for move in moves:
            address = record.move_url(record.lifecycle[move])
            answer = page.request.post(address, form={"version": str(record.version), "csrfmiddlewaretoken": token})
            assert answer.status in (403, 404), address
    for address in ("/risks/?level=all", "/risks/inspections/", "/risks/prescriptions/", "/risks/ledger/?show=all"):
        page.goto(address)
        expect(page.get_by_text(NAME)).to_have_count(0)
    for listing in ("prescriptions", "rectifications"):
        assert page.request.get(f"/api/{listing}/?show=all").json()["results"] == []


def addresses(enterprise, inspection, prescription, item):
    yield reverse("enterprises:detail", args=[enterprise.pk])
    yield reverse("risks:ledger_of_enterprise", args=[enterprise.pk])
    yield reverse("risks:inspection_open", args=[enterprise.pk])
    yield reverse("risks:prescription_draft", args=[inspection.pk])
    yield reverse("risks:prescription_document", args=[prescription.pk])
    yield reverse("casework:attachments", args=["rectification", item.pk])
    yield f"/api/prescriptions/{prescription.pk}/"
    yield f"/api/rectifications/{item.pk}/"
    for record in (inspection, prescription, item):
        yield record.get_absolute_url()
    for record in (prescription, item):
        yield from (record.move_url(move) for move in record.lifecycle if not move.creates)
