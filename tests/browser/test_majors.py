"""A major risk in a browser: flagged, sent back for what is missing, handled, and looked at across the border."""

import pytest

from risks.models import Disclosure, MajorRisk
from tests import make
from tests.browser.acts import enter, press
from tests.browser.axe import Console, look_over

pytestmark = pytest.mark.browser

HUANCUI, RONGCHENG = "371002", "371082"


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


def test_a_risk_is_flagged_taken_in_hand_and_its_relative_opened_by_leave(page, transactional_db):
    supervisor = make.member_of_the_cast("huancui_supervisor")
    answerer = make.person("rongcheng_supervisor", "district_supervisor", district=RONGCHENG)
    enterprise = make.enterprise("威海虚构蓝海水产有限公司", legal_representative="测试负责人甲")
    relative = make.enterprise("荣成虚构远洋渔业有限公司", RONGCHENG, legal_representative="测试负责人甲")

    enter(page, supervisor.username)
    page.goto(f"/enterprises/{enterprise.pk}/")
    page.get_by_role("link", name="标记重大风险").click()
    page.get_by_label("可能引发").select_option(label="大规模裁员")
    page.get_by_label("涉及人数").fill("90")
    page.get_by_label("职工总数").fill("80")
    page.get_by_label("情况", exact=True).fill("客户取消订单，拟关停一条生产线")
    page.get_by_role("button", name="标记重大风险").click()
    page.get_by_text("涉及人数不能多于职工总数").wait_for()
    page.get_by_label("涉及人数").fill("25")
    press(page, "标记重大风险")
    page.get_by_text("达到20人（《劳动合同法》第四十一条第一款）").first.wait_for()
    page.get_by_text("荣成＊＊＊＊有限公司").wait_for()
    assert relative.name not in page.content()
    look_over(page)

    page.get_by_role("link", name="部署处置").click()
    page.get_by_label("牵头人").select_option(str(supervisor.pk))
    for label, day in (("处置时限", "2023-12-04"), ("完成时限", "2023-11-24")):
        page.get_by_label(label).fill(day)
    page.get_by_label("首项措施").fill("约谈企业负责人")
    page.get_by_label("责任人").fill("王某")
    press(page, "部署处置")
    page.get_by_text("今天还没有记录处置情况").wait_for()

    page.get_by_role("link", name="申请协查").click()
    page.get_by_label("事由").fill("核实资金往来")
    press(page, "申请协查")
    page.get_by_text("荣成市负责人答复后").wait_for()
    disclosure = Disclosure.objects.get()
    page.context.clear_cookies()
    enter(page, answerer.username)
    page.goto(disclosure.get_absolute_url())
    page.get_by_role("link", name="同意协查").click()
    press(page, "同意协查")
    page.get_by_text("已同意").first.wait_for()
    page.context.clear_cookies()
    enter(page, supervisor.username)
    page.goto(disclosure.get_absolute_url())
    page.get_by_text(relative.uscc).wait_for()
    look_over(page)
    assert MajorRisk.objects.get().state == MajorRisk.State.ENGAGED
