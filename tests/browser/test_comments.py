"""A colleague is named by @ beside a record, finds it on the desk, answers, and it is off the desk."""

import pytest
from playwright.sync_api import expect

from casework.comments import Mention
from tests import remedies
from tests.browser.acts import enter
from tests.browser.axe import Console, look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_colleague_is_named_finds_it_and_answers(
    page, huancui_officer, huancui_supervisor, huancui_union, rongcheng_officer
):
    console = Console(page)
    item = remedies.rectification(remedies.RectificationState.ASSIGNED, owner=huancui_officer)
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    enter(page, "huancui_officer")
    page.goto(item.get_absolute_url())
    words = page.get_by_label("写留言")
    words.press_sequentially(f"请核对工资表 @{huancui_union.name[-5:]}")
    expect(page.get_by_role("listbox", name="可以提醒的同事").get_by_role("option")).to_have_count(1)
    look_over(page)
    words.press("Enter")
    expect(words).to_have_value(f"请核对工资表 @{huancui_union.name} ")
    expect(page.get_by_role("checkbox", name=huancui_union.name)).to_be_checked()
    expect(page.get_by_role("checkbox", name=rongcheng_officer.name)).to_have_count(0)
    page.get_by_role("button", name="留言", exact=True).click()
    expect(page.get_by_role("region", name="留言 1")).to_contain_text("未阅")
    assert Mention.objects.get().person == huancui_union

    page.context.clear_cookies()
    enter(page, "huancui_union")
    page.goto("/waiting/")
    page.get_by_role("link", name="请核对工资表").click()
    expect(page.get_by_text("有 1 条留言提到您。")).to_be_visible()
    page.get_by_label("写留言").fill("已核对，无误。")
    page.get_by_role("button", name="留言", exact=True).click()
    expect(page.get_by_text("已核对，无误。")).to_be_visible()
    expect(page.get_by_text("有 1 条留言提到您。")).to_be_hidden()
    page.goto("/waiting/")
    expect(page.get_by_text("请核对工资表")).to_have_count(0)
    expect.set_options(timeout=5_000)  # Playwright's own
    assert not console.complaints
