"""The register at the desk and on the phone: search while typing, filters, files, one enterprise with its charts."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from casework.models import Export, SavedView
from enterprises.models import Enterprise, Feed
from risks.models import Level
from tests import make
from tests.browser.acts import enter
from tests.browser.axe import PHONE, Console, look_over

pytestmark = pytest.mark.browser
REGISTER = "/enterprises/"
BRANDS = ("听澜栖禾", "砚川墨渔", "青砾澄帆", "拾光岚序", "麦垄汐羽")
PATIENCE_MS = 60_000


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


@pytest.fixture
def register():
    rows = [
        make.enterprise(f"威海{brand}针织有限公司", heads=10 * n, phone="0630-000001")
        for n, brand in enumerate(BRANDS, 1)
    ]
    make.enterprise("荣成听澜水产有限公司", "371082")
    return rows


@pytest.fixture
def at_risk(register):
    """The first enterprise has thirty months of three feeds, with a gap, and a red score."""
    run = make.run(date(2023, 10, 1))
    for feed in (Feed.TAX, Feed.SOCIAL, Feed.LOAN):
        delivery = make.delivery(feed.name.lower())
        for back in range(30):
            number = 2023 * 12 + 9 - back
            month = date(number // 12, number % 12 + 1, 1)
            if (month.year, month.month) == (2022, 7):
                continue
            late = 40 if feed == Feed.LOAN and back < 3 else 0
            make.signal(
                register[0], feed, month, delivery, balance=900_000_000, count=late or 60,
                due=30_000_000, paid=30_000_000 if back > 5 else 12_000_000,
            )  # fmt: skip
        delivery.months.create(feed=feed, month=date(2023, 10, 1), enterprises=1)
    make.score(register[0], run, level=Level.RED, score=78.0)
    return register[0]


def names(page):
    return page.locator("#list tbody .name").all_inner_texts()


# ── Search ───────────────────────────────────────────────────────────────────────────────────


def test_suggestions_come_while_typing_and_lead_to_the_enterprise(page, huancui_officer, register):
    enter(page, "huancui_officer")
    box = page.get_by_role("banner").get_by_role("searchbox")
    box.press_sequentially("w", delay=30)
    expect(page.locator("#suggestions")).to_contain_text("请至少输入两个字符")
    box.press_sequentially("htl", delay=30)
    suggestions = page.locator("#suggestions li a")
    expect(suggestions).to_have_count(2)
    expect(suggestions.first).to_contain_text("威海听澜栖禾针织有限公司")
    look_over(page)
    box.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/enterprises/*/")
    assert page.locator("h1").inner_text() == "威海听澜栖禾针织有限公司"


def test_enter_lists_what_was_typed_also_without_script(browser, portal, huancui_officer, register, page):
    with browser.new_context(base_url=portal, java_script_enabled=False) as context:
        plain = context.new_page()
        enter(plain, "huancui_officer")
        plain.get_by_role("banner").get_by_role("searchbox").fill("砚川")
        with plain.expect_navigation():
            plain.keyboard.press("Enter")
        assert names(plain) == ["威海砚川墨渔针织有限公司"]
        plain.get_by_label("规模").select_option("none")
        with plain.expect_navigation():
            plain.get_by_role("button", name="筛选").click()
        assert names(plain) == ["威海砚川墨渔针织有限公司"]


# ── The list ─────────────────────────────────────────────────────────────────────────────────


def test_filters_narrow_the_list_at_once_and_the_address_keeps_them(page, huancui_officer, register):
    Enterprise.objects.filter(pk=register[2].pk).update(size="micro")
    enter(page, "huancui_officer")
    page.goto(REGISTER)
    look_over(page)
    assert len(names(page)) == 5
    page.locator("#list").get_by_label("规模").select_option("micro")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{page.url.split('?')[0]}?size=micro")
    page.reload()
    assert names(page) == [register[2].name]
    page.get_by_role("link", name="清除条件").click()
    page.locator("#list").get_by_label("排序").select_option("-heads")
    expect(page.locator("#list tbody .name").first).to_have_text(register[4].name)
    page.locator("#id_q").fill("没有这家")
    expect(page.locator("#list")).to_contain_text("没有符合条件的企业")
    look_over(page)


def test_a_filter_is_kept_and_used_again(page, huancui_officer, register):
    enter(page, "huancui_officer")
    page.goto(f"{REGISTER}?q=砚川")
    page.get_by_text("存为我的视图").click()
    page.get_by_label("视图名称").fill("砚川一家")
    look_over(page)
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    assert "已存为我的视图“砚川一家”。" in page.get_by_role("status").inner_text()
    page.goto(REGISTER)
    with page.expect_navigation():
        page.get_by_role("link", name="砚川一家").click()
    assert names(page) == ["威海砚川墨渔针织有限公司"]
    page.goto(reverse("casework:views"))
    look_over(page)
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.get_by_role("button", name="删除").click()
    assert not SavedView.objects.exists()


def test_the_phone_shows_the_same_list(page, huancui_officer, register):
    page.set_viewport_size(PHONE)
    enter(page, "huancui_officer")
    page.goto(REGISTER)
    first = page.locator("#list tbody tr").first
    expect(first).to_contain_text("威海听澜栖禾针织有限公司")
    assert first.bounding_box()["height"] < 160
    first.get_by_role("link").click()
    expect(page.get_by_role("link", name="0630-000001").first).to_be_visible()


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_on_the_screen_is_what_is_in_the_file(page, huancui_officer, register, tmp_path):
    enter(page, "huancui_officer")
    page.goto(REGISTER)
    page.locator("#id_q").fill("针织")
    page.locator("#list").get_by_label("排序").select_option("-heads")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=%E9%92%88%E7%BB%87&sort=-heads")
    for _ in range(2):  # the button serves again after the first file
        with page.expect_download() as download:
            page.get_by_role("button", name="导出 Excel").click()
    assert download.value.suggested_filename.startswith("企业名录_2")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert [book.cell(line, 2).value for line in range(6, book.max_row + 1)] == names(page)
    assert "条件：查找：针织；排序：从业人数多的在前" in book["A2"].value


def test_a_long_list_is_written_while_the_page_shows_how_far(page, celery_worker, city_office, register):
    enterprises = (Enterprise(uscc=make.uscc(), name=f"威海第{n}家有限公司", district_id="371002") for n in range(6000))
    Enterprise.objects.bulk_create(enterprises)
    enter(page, "city_office")
    page.goto(REGISTER)
    with page.expect_navigation():
        page.get_by_role("button", name="CSV").click()
    look_over(page)
    row = page.locator(".exports tbody tr")
    expect(row).to_contain_text("可以下载", timeout=PATIENCE_MS)
    look_over(page)
    with page.expect_download() as download:
        row.get_by_role("link", name="下载").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert lines[2] == [f"行数：{6000 + 6:,} 户"]
    assert len(lines) == 5 + 6006
    with page.expect_navigation():
        row.get_by_role("button", name="删除").click()
    assert not Export.objects.exists()


# ── One enterprise ───────────────────────────────────────────────────────────────────────────


def test_an_enterprise_shows_its_feeds_its_score_and_the_months_meant(page, huancui_officer, at_risk):
    enter(page, "huancui_officer")
    page.goto(reverse("enterprises:detail", args=[at_risk.pk]))
    expect(page.locator("#score")).to_be_visible()
    expect(page.locator(".chart canvas")).to_have_count(5)
    assert "近两年没有收到这家企业的数据" in page.locator("#charts").inner_text()
    table = page.get_by_role("region", name="社会保险费数据表")
    page.get_by_text("数据表").first.click()
    expect(table.locator("tbody tr").first).to_have_text("2023-1030.0030.0012.00")
    assert "—" in table.locator("tbody tr", has_text="2022-07").inner_text()
    look_over(page)


def test_a_union_sees_the_level_and_no_figure(page, huancui_union, at_risk):
    enter(page, "huancui_union")
    page.goto(reverse("enterprises:detail", args=[at_risk.pk]))
    expect(page.locator("#risk .level-red").first).to_be_visible()
    assert page.locator(".chart").count() == 0
    assert "12.00" not in page.content()
    look_over(page)


def test_facts_are_amended_and_a_stale_page_is_told(page, huancui_officer, register):
    enterprise = register[0]
    enter(page, "huancui_officer")
    page.goto(reverse("enterprises:amend", args=[enterprise.pk]))
    look_over(page)
    Enterprise.objects.get(pk=enterprise.pk).amend({"contact": "先保存的人"}, version=1, by=huancui_officer, on=make.ON)
    page.get_by_label("联系人").fill("旧页面的人")
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    assert "没有保存：内容刚刚被他人修改" in page.locator("h1").inner_text()
    look_over(page)
    with page.expect_navigation():
        page.get_by_role("link", name="按现在的内容重新办理").click()
    assert page.get_by_label("联系人").input_value() == "先保存的人"
    page.get_by_label("联系人").fill("核对后的人")
    with page.expect_navigation():
        page.get_by_role("button", name="保存").click()
    assert "联系人：先保存的人 → 核对后的人" in page.locator(".tl").inner_text()
    look_over(page)


def test_a_double_is_found_compared_and_merged(page, city_office, register):
    enter(page, "city_office")
    page.goto(reverse("enterprises:detail", args=[register[0].pk]))
    page.get_by_role("link", name="合并重复企业").click()
    page.locator("main").get_by_role("searchbox").fill("砚川")
    page.locator("main").get_by_role("button", name="查找").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    look_over(page)
    page.get_by_role("link", name="威海砚川墨渔针织有限公司").click()
    page.get_by_label("依据").fill("重复登记")
    look_over(page)
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.get_by_role("button", name="合并", exact=True).click()
    assert register[1].uscc in page.locator(".facts").inner_text()
    assert "合并重复企业" in page.locator(".tl").inner_text()


def test_the_city_hands_an_enterprise_to_another_district(page, city_office, register):
    enter(page, "city_office")
    page.goto(reverse("enterprises:move", args=[register[0].pk]))
    look_over(page)
    page.get_by_label("调整到").select_option(label="荣成")
    page.get_by_label("依据").fill("住所迁移登记")
    with page.expect_navigation():
        page.get_by_role("button", name="调整", exact=True).click()
    assert "荣成市" in page.locator(".facts").inner_text()
