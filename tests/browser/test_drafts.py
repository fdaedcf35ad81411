"""A 体检 that keeps itself: saved while one types, held in the browser without a network or a session."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from risks.models import Inspection
from tests import make
from tests.browser.acts import log_in
from tests.browser.axe import look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _patience():
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def draft(huancui_officer):
    enterprise = make.enterprise()
    make.score(enterprise, make.run())
    return make.inspection(enterprise, by=huancui_officer, answers={}, submitted=False, people_met="")


def test_what_is_typed_is_saved_by_itself_and_survives_network_and_session(page, draft, huancui_officer):
    log_in(page, "huancui_officer")
    page.goto(draft.get_absolute_url())
    look_over(page)
    kept, met = page.locator("[data-kept]"), page.get_by_label("会见人员")

    met.fill("厂长一名")
    expect(kept).to_contain_text("已保存")
    draft.refresh_from_db()
    assert draft.people_met == "厂长一名"

    page.context.set_offline(True)
    met.fill("厂长一名、职工代表两名")
    expect(kept).to_contain_text("内容存在本机")
    page.context.set_offline(False)
    page.goto(draft.get_absolute_url())  # reading on another page, and coming back
    expect(met).to_have_value("厂长一名、职工代表两名")
    expect(kept).to_contain_text("已保存")

    Session.objects.all().delete()  # the session ends while one types
    page.get_by_role("textbox", name="情况与建议").fill("车间正常生产，8月工资未发。")
    page.get_by_label("用户名").fill("huancui_officer")
    page.get_by_label("密码").fill(make.PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("textbox", name="情况与建议")).to_have_value("车间正常生产，8月工资未发。")
    expect(kept).to_contain_text("已保存")

    wages = page.locator(f"#q{draft.checklist.items.get(number='4.1').pk}")
    wages.get_by_text("不符合", exact=True).click()
    wages.get_by_placeholder("写明所见情况").fill("8月尚有 12 人未发")
    page.get_by_role("button", name="提交体检记录").click()
    expect(page.get_by_role("heading", name="发现的问题")).to_be_visible()
    expect(page.get_by_text("8月尚有 12 人未发").first).to_be_visible()
    look_over(page)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    found = Inspection.objects.get(pk=draft.pk)
    assert (found.state, found.situation) == ("submitted", "车间正常生产，8月工资未发。")
    assert found.findings.get().facts == "8月尚有 12 人未发"


def test_without_script_the_buttons_do_the_same(browser, live_server, draft, huancui_officer):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    log_in(page, "huancui_officer")
    page.goto(reverse("risks:inspection", args=[draft.pk]))
    page.get_by_label("会见人员").fill("厂长一名")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存。")).to_be_visible()
    page.get_by_role("button", name="提交体检记录").click()
    expect(page.get_by_text("还没有填写任何检查项")).to_be_visible()
    expect(page.get_by_label("会见人员")).to_have_value("厂长一名")
    context.close()
