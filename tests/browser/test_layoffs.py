"""A report of a lay-off from the enterprise's page to the receipt, and a look at whom it names, with a reason."""

import pytest
from playwright.sync_api import expect

from casework.trail import AccessRecord
from guidance.models import Layoff
from tests import make
from tests.browser.acts import enter, follow
from tests.browser.axe import Console, look_over
from tests.guidance import layoff_cases as cases

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patience():
    """The web server and the browser share the machine with whatever else runs."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)  # Playwright's own


@pytest.fixture
def desk(browser, portal, transactional_db, huancui_officer):
    context = browser.new_context(base_url=portal, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    console = Console(page)
    enter(page, "huancui_officer")
    yield page
    context.close()
    assert not console.complaints


def test_a_report_is_taken_in_receipted_and_its_list_is_masked_until_a_reason_is_given(desk):
    firm = make.enterprise("威海虚构海岳精密机械制造有限公司", heads=200)
    desk.goto(f"/enterprises/{firm.pk}/")
    follow(desk, "接收裁员报告")
    look_over(desk)
    days = {"报告日期": "2023-11-13", "说明情况日期": "2023-11-01", "计划裁减日期": "2023-11-20"}
    for label, words in ({"拟裁减人数": "25"} | days).items():
        desk.get_by_label(label, exact=False).first.fill(words)
    desk.get_by_label("法定情形", exact=True).select_option("difficult")
    desk.get_by_label("孕期、产期、哺乳期").fill("1")
    desk.get_by_role("button", name="接收裁员报告").click()
    expect(desk.locator(".layoff-faults")).to_contain_text(
        "仅提前19日：2023年11月1日说明情况的，最早2023年12月1日方可裁减"
    )
    expect(desk.locator(".layoff-faults")).to_contain_text("第四十二条第四项")
    look_over(desk)
    desk.get_by_role("link", name="出具收到回执").click()
    desk.get_by_role("button", name="出具收到回执").click()
    expect(desk.get_by_text("裁收〔2023〕1号").first).to_be_visible()
    made = Layoff.objects.get()
    made.people.create(number=1, **(told := cases.person()))
    desk.reload()
    expect(desk.get_by_text(made.people.get().masked_id)).to_be_visible()
    assert told["id_number"] not in desk.content()
    follow(desk, "查看、导出完整信息")
    look_over(desk)
    desk.get_by_role("textbox", name="查看理由").fill("核对经济补偿发放")
    desk.get_by_role("button", name="查看", exact=True).click()
    expect(desk.get_by_text(told["id_number"])).to_be_visible()
    assert AccessRecord.objects.get(note__contains="核对经济补偿发放").rows == 1
