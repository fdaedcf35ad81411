"""A round of dispatch: one district answers in time, another late and with a figure of its own; the city reads both."""

from datetime import date

import pytest
from playwright.sync_api import expect

from campaigns.models import Answer, Dispatch
from tests.browser.acts import follow, log_in
from tests.browser.axe import Console, look_over
from tests.campaigns import undertakings
from tests.campaigns.undertakings import DUE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def test_a_round_is_answered_by_one_district_in_time_and_by_another_late(
    desk, city_office, huancui_officer, rongcheng_officer
):
    last = undertakings.dispatch(title="指导服务进展", codes=["risk.visits"])  # due three days ago
    answers = {row.district_id: row for row in Answer.objects.filter(dispatch=last)}
    answers["371002"].answer(by=huancui_officer, on=DUE, progress="按计划推进")

    city = desk("city_office")
    city.goto("/campaign/dispatches/")
    city.get_by_role("link", name="第 1 期：指导服务进展").click()
    late = city.get_by_role("row").filter(has_text="荣成")
    expect(late).to_contain_text("逾期 3 天")
    expect(city.get_by_role("row").filter(has_text="环翠")).to_contain_text("按时")
    look_over(city)

    answer_late(desk("rongcheng_officer"))
    answers["371082"].refresh_from_db()
    assert answers["371082"].days_late == 3

    city.reload()
    late.get_by_role("link").click()
    expect(city.get_by_text("一户次未录入")).to_be_visible()
    city.get_by_role("link", name="通过").click()
    city.get_by_role("button", name="通过").click()
    expect(city.get_by_role("status").or_(city.locator(".messages"))).to_contain_text("已通过")
    city.goto("/campaign/dispatches/")
    rates = city.get_by_role("region", name="按时率").get_by_role("row")
    expect(rates.filter(has_text="环翠")).to_contain_text("100%")
    expect(rates.filter(has_text="荣成")).to_contain_text("0%")
    look_over(city)

    draft_and_send(city)
    assert Dispatch.objects.get(number=2).due_on == date(2023, 11, 24)


def answer_late(page):
    page.goto("/campaign/answers/?show=late")
    page.get_by_role("link", name="第 1 期：指导服务进展").click()
    follow(page, "答复", exact=True)
    look_over(page)
    page.get_by_label("进展情况").fill("走访已完成，台账逐项销号。")
    page.get_by_label("入户走访（户次） 答复数").fill("1")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("与平台统计（0）不一致，请说明原因。")).to_be_visible()
    page.get_by_label("入户走访（户次） 更正原因").fill("一户次未录入")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("逾期 3 天答复")).to_be_visible()


def draft_and_send(page):
    page.get_by_role("link", name="起草调度").click()
    page.get_by_label("名称", exact=True).fill("总结前进展")
    page.get_by_label("调度内容").fill("请对照实施方案逐项报送。")
    page.get_by_label("统计截止日").fill("2023-11-19")
    page.get_by_label("答复期限").fill("2023-11-24")
    page.get_by_text("风险摸排情况（").click()
    page.get_by_text("入户走访（户次）").click()
    look_over(page)
    page.get_by_role("button", name="起草调度").click()
    page.get_by_role("link", name="下发调度").click()
    page.get_by_role("button", name="下发调度").click()
    expect(page.get_by_role("row").filter(has_text="南海新区")).to_contain_text("剩 4 天")
