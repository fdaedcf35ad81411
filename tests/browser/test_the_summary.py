"""From a district's draft to the city's ZIP: written, submitted, accepted, summed up, issued, packed, known again."""

import zipfile

import pytest
from playwright.sync_api import expect

from reports.models import Report, State
from tests.browser.acts import follow, log_in
from tests.browser.axe import Console, look_over
from tests.reports import written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 60_000  # for background work on a machine that does other things too


@pytest.fixture
def desk(browser, portal, transactional_db):
    """`desk("city_office")` is the window of a person who is logged in; it stays open. Nothing may complain."""
    opened = {}
    expect.set_options(timeout=20_000)

    def of(username):
        if username not in opened:
            context = browser.new_context(base_url=portal, locale="zh-CN", viewport={"width": 1440, "height": 900})
            page = context.new_page()
            opened[username] = page, Console(page)
            log_in(page, username)
        return opened[username][0]

    yield of
    expect.set_options(timeout=5_000)  # Playwright's own
    complaints = [line for _, console in opened.values() for line in console.complaints]
    for page, _ in opened.values():
        page.context.close()
    assert not complaints


def test_a_draft_becomes_a_part_of_the_citys_bundle(
    desk, celery_worker, huancui_supervisor, huancui_union, huancui_employer, city_office, on, tmp_path
):
    written.report("371082", state=State.ACCEPTED)
    lead = desk("huancui_supervisor")
    draft(lead)
    report = Report.objects.get(district="371002")
    for person in (huancui_union, huancui_employer):
        report.confirm(by=person, on=on)
    submit(lead)
    report.refresh_from_db()
    assert report.state == State.SUBMITTED

    city = desk("city_office")
    city.goto(report.get_absolute_url())
    done(city, "接收")
    sum_up(city)
    bundle = packed(city, tmp_path)
    with zipfile.ZipFile(bundle) as content:
        assert {"各区市/01环翠区/总结.docx", "各区市/02荣成市/总结.xlsx", "全市/总结.docx"} <= set(content.namelist())
        content.extract("全市/总结.xlsx", tmp_path)
    verify(city, tmp_path / "全市" / "总结.xlsx")


def draft(page):
    page.goto("/reports/")
    done(page, "开始起草")
    page.get_by_role("region", name="下一步打算").get_by_role("link", name="编辑").click()
    page.get_by_label("下一步打算").fill("继续跟踪未销号的整改事项。")
    expect(page.locator("[data-kept]")).to_contain_text("已保存")
    look_over(page)
    page.goto("/reports/")
    page.get_by_role("link", name="环翠区").click()
    expect(page.get_by_text("继续跟踪未销号的整改事项。")).to_be_visible()
    done(page, "确认")


def submit(page):
    page.reload()
    done(page, "报送市三方办")
    expect(page.get_by_text("按时报送")).to_be_visible()


def done(page, label):
    """Open the form of a deed and send it as it stands."""
    page.get_by_role("link", name=label, exact=True).click()
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.locator(".messages")).to_be_visible()


def sum_up(page):
    page.goto("/reports/city/")
    look_over(page)
    done(page, "开始起草")
    look_over(page)
    follow(page, "指标对比和排名")
    look_over(page)
    page.go_back()
    page.get_by_role("link", name="印发", exact=True).click()
    expect(page.get_by_text("尚未起草").first).to_be_visible()  # six districts lack
    page.get_by_label("有区市没有汇总，请说明原因").fill("其余区市续报")
    page.get_by_role("button", name="印发", exact=True).click()
    page.get_by_role("link", name="第 1 次").click()


def packed(page, folder):
    page.get_by_role("button", name="制作文件包").click()
    expect(page.locator(".job")).to_be_visible()
    expect(page.locator(".job.done")).to_be_visible(timeout=PATIENCE_MS)
    page.reload()
    look_over(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    download.value.save_as(folder / "全市.zip")
    return folder / "全市.zip"


def verify(page, file):
    page.get_by_role("link", name="核验文件").click()
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_text("与印发时一致，没有改动")).to_be_visible()
    look_over(page)
