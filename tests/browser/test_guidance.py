"""The services in a browser: enterprises taken on from the list, attendance by a code, one line of time."""

import pytest

from guidance.models import Attendance, Newcomer
from tests import make
from tests.browser.acts import enter, press
from tests.browser.axe import Console, look_over
from tests.guidance import cases

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


def test_new_enterprises_are_ticked_taken_on_and_served(page, transactional_db):
    officer = make.member_of_the_cast("huancui_officer")
    firms = [make.enterprise(f"威海虚构{name}食品有限公司", founded_on=cases.FOUNDED) for name in ("甲", "乙")]
    enter(page, officer.username)
    page.goto("/guidance/newcomers/")
    page.get_by_label("全选本页").check()
    page.get_by_text("已选 2 户").wait_for()
    look_over(page)
    press(page, "认领所选")
    page.get_by_text("已认领 2 户").wait_for()
    page.goto(Newcomer.objects.get(enterprise=firms[0]).get_absolute_url())
    page.get_by_role("link", name="登记服务").click()
    page.get_by_label("服务内容").fill("送达用工指南，讲解劳动合同签订")
    press(page, "登记服务")
    look_over(page)
    page.goto(f"/enterprises/{firms[0].pk}/")
    line = page.locator("#chronicle-of")
    line.get_by_text("新办企业认领服务").wait_for()
    line.get_by_text("送达用工指南").wait_for()


def test_somebody_without_an_account_signs_in_by_the_code(page, transactional_db):
    make.member_of_the_cast("huancui_officer")
    lecture, firm = cases.lecture(make.member_of_the_cast("city_office")), make.enterprise()
    page.goto("/guidance/sign/")
    page.get_by_label("签到码").fill(lecture.code.lower())
    press(page, "下一步")
    page.get_by_text(lecture.title).wait_for()
    look_over(page)
    page.get_by_label("企业统一社会信用代码").fill(firm.uscc)
    page.get_by_label("您的姓名").fill("王某")
    press(page, "签到")
    page.get_by_text("已收到签到").wait_for()
    assert Attendance.objects.get().enterprise == firm
