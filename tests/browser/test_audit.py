"""The auditor's pages in a browser, on a desk and on a phone."""

import pytest

from casework import access, acting, wall
from enterprises.models import Enterprise
from tests import make
from tests.browser.acts import enter, press
from tests.browser.axe import Console, look_over

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


@pytest.fixture
def history(huancui_officer, steward):
    """Changes of every kind and length, by a person, by a job, by nobody; and what was looked at."""
    firms = [make.enterprise(f"威海虚构{word}水产食品有限责任公司") for word in ("望海", "听涛", "长风")]
    with acting.from_place(f"POST /enterprises/{firms[0].pk}/amend/", by=huancui_officer):
        with wall.within(wall.WHOLE_CITY):
            firms[0].heads, firms[0].phone, firms[0].revenue = 95, "0631-5200000", 7_000_000
            firms[0].address = "山东省威海市环翠区虚构街道虚构路一百二十八号虚构产业园区三号楼东单元一层至三层" * 2
            firms[0].save()
        access.record(access.Kind.VIEW, subject=firms[0], note="税、费、贷、物流数据")
        access.record(access.Kind.EXPORT, rows=36214, note="企业名录：行业：制造业；规模：小型；区市：环翠")
    with acting.from_place("任务 delivery #12", by=steward), wall.within(wall.WHOLE_CITY):
        Enterprise.objects.filter(pk=firms[1].pk).update(status="suspended", heads=3)
    firms[2].delete()
    access.record(access.Kind.LOGIN_FAILED, subject=huancui_officer)
    access.record(access.Kind.LOGIN_FAILED, note="用户名不存在：z…（12 个字）")


def test_the_auditor_finds_a_change_and_what_else_the_same_person_did(page, auditor, history):
    enter(page, "auditor")
    page.get_by_role("link", name="审计", exact=True).click()
    page.get_by_label("记录", exact=True).fill("威海虚构望海水产食品有限责任公司")
    page.get_by_label("操作").select_option(label="修改")
    press(page, "查找")
    look_over(page)
    page.locator(".trail tbody a").click()
    assert page.get_by_role("cell", name="0631-5200000").count() == 1
    look_over(page)
    page.goto("/audit/access/?person=huancui_officer")
    assert page.get_by_text("36,214 行").count() == 1
    look_over(page)
    page.goto("/audit/?record=没有这条记录&since=2023-02-30")
    look_over(page)
    page.goto("/audit/seals/")
    look_over(page)


def test_a_person_sees_who_tried_their_name(page, huancui_officer, history):
    enter(page, "huancui_officer")
    page.goto("/logins/")
    page.get_by_role("heading", name="最近的登录和尝试").wait_for()
    assert page.get_by_text("登录失败").count() == 1
    look_over(page)
