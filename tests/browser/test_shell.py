"""What surrounds every page: log-in, the bar, search, menus, refusals; by keyboard, on the phone, without script."""

import re

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests import make
from tests.browser.acts import enter, follow, log_in, press
from tests.browser.axe import PHONE, Console, look_over

pytestmark = pytest.mark.browser
NEW = "Haitian-Yise-2024"


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


# ── Coming in ────────────────────────────────────────────────────────────────────────────────


def test_a_person_is_told_how_many_attempts_are_left_and_then_locked_out(page, huancui_officer):
    page.goto("/login/")
    look_over(page)
    for left in (4, 3, 2, 1):
        log_in(page, "huancui_officer", "wrong")
        assert page.get_by_role("alert").inner_text() == f"用户名或密码不正确，还可以尝试 {left} 次。"
    log_in(page, "huancui_officer", "wrong")
    assert "登录失败次数过多，请 15 分钟后再试" in page.get_by_role("alert").inner_text()
    look_over(page)


def test_a_first_password_is_changed_and_the_person_goes_on_working(page, huancui_officer):
    User.objects.update(must_change_password=True)
    log_in(page, "huancui_officer", next="/roles/")
    assert "您使用的是初始密码" in page.locator("main").inner_text()
    look_over(page)
    page.get_by_label("原密码").fill(make.PASSWORD)
    page.get_by_label("新密码", exact=True).fill("short")
    page.get_by_label("再输一次新密码").fill("short")
    press(page, "保存新密码")
    assert "密码太短，至少 10 位。" in page.locator("main").inner_text()
    look_over(page)
    page.get_by_label("原密码").fill(make.PASSWORD)
    page.get_by_label("新密码", exact=True).fill(NEW)
    page.get_by_label("再输一次新密码").fill(NEW)
    press(page, "保存新密码")
    assert page.get_by_role("status").inner_text() == "密码已修改。"


def test_the_keyboard_alone_suffices_to_come_in_and_go_out(page, huancui_officer):
    page.goto("/login/")
    page.keyboard.type("huancui_officer")
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/roles/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    summary = page.locator(".person summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="修改密码").is_visible()
    look_over(page)
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="修改密码").is_visible()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="退出").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/login/")
    assert page.get_by_role("status").inner_text() == "您已退出。"


# ── The bar ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("huancui_officer", ["工作台", "企业", "风险排查", "协商要约", "指导服务", "行动组织", "报告"]),
        ("huancui_union", ["工作台", "企业", "风险排查", "协商要约", "指导服务", "行动组织", "报告"]),
        ("steward", ["工作台", "企业", "风险排查", "数据"]),
        ("administrator", ["工作台", "人员"]),
        ("security_administrator", ["工作台", "人员"]),
        ("auditor", ["工作台", "审计"]),
    ],
)
def test_the_bar_leads_where_the_person_may_go(page, request, username, words):
    request.getfixturevalue(username)
    enter(page, username)
    links = page.get_by_role("navigation", name="主导航").get_by_role("link")
    assert links.all_inner_texts() == words
    for number in range(len(words)):
        with page.expect_response(lambda response: response.request.is_navigation_request()) as answer:
            links.nth(number).click()
        assert answer.value.status == 200
        assert page.locator("nav [aria-current=page]").inner_text() == words[number]


def test_the_search_finds_an_enterprise_while_one_types(page, huancui_officer):
    wanted = make.enterprise(name="威海听澜栖禾针织有限公司")
    make.enterprise(name="威海砚川建筑工程有限公司")
    make.enterprise(name="荣成听澜海产有限公司", district="371082")
    enter(page, "huancui_officer", next="/roles/")
    box = page.get_by_role("searchbox", name="搜索企业")
    box.press_sequentially("tlqh")
    found = page.locator("#suggestions a")
    found.first.wait_for()
    assert "威海听澜栖禾针织有限公司" in found.first.inner_text()
    assert "荣成" not in page.locator("#suggestions").inner_text()
    look_over(page)
    box.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#suggestions') !== null")
    page.keyboard.press("Escape")
    assert not found.first.is_visible()
    box.press_sequentially(" ")
    box.fill("听澜")
    found.first.wait_for()
    box.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/enterprises/{wanted.pk}/")


def test_search_log_in_and_menu_work_without_script(browser, portal, transactional_db, huancui_officer):
    make.enterprise(name="威海听澜栖禾针织有限公司")
    with browser.new_context(base_url=portal, java_script_enabled=False, viewport=PHONE) as context:
        page = context.new_page()
        log_in(page, "huancui_officer")
        page.get_by_role("searchbox", name="搜索企业").fill("听澜")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "威海听澜栖禾针织有限公司" in page.locator("main").inner_text()
        page.locator(".person summary").click()
        press(page, "退出")
        assert page.url.endswith("/login/")


def test_a_form_is_sent_once_however_often_its_button_is_pressed(page, administrator, huancui_officer):
    log_in(page, "administrator", next=f"/people/{huancui_officer.pk}/")
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="重置密码").dblclick(no_wait_after=True)
    page.locator(".once").wait_for()
    assert len(posts) == 1


def test_a_deed_that_is_not_confirmed_is_not_done(page, administrator, huancui_officer):
    log_in(page, "administrator", next=f"/people/{huancui_officer.pk}/")
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="停用账号").click()
    page.reload()
    huancui_officer.refresh_from_db()
    assert huancui_officer.is_active


def test_a_page_whose_session_ended_leads_to_log_in_and_back(page, huancui_officer):
    make.enterprise(name="威海听澜栖禾针织有限公司")
    log_in(page, "huancui_officer", next="/roles/")
    page.context.clear_cookies()
    with page.expect_navigation(url=re.compile("/login/")):
        page.get_by_role("searchbox", name="搜索企业").press_sequentially("听澜")
    assert page.url.endswith("/login/?next=/roles/")


# ── People and roles ─────────────────────────────────────────────────────────────────────────


def test_an_administrator_adds_a_person_who_then_comes_in(
    page, administrator, security_administrator, huancui_officer, rongcheng_union
):
    log_in(page, "administrator", next="/people/")
    look_over(page)
    page.get_by_label("区市").select_option("荣成")
    press(page, "筛选")
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("link", name="添加人员").click()
    page.get_by_label("用户名").fill("yumin")
    page.get_by_label("姓名").fill("于敏")
    page.get_by_label("单位").select_option("环翠区总工会")
    page.get_by_label("岗位").select_option("区市经办人")
    look_over(page)
    press(page, "保存并生成初始密码")
    assert "区市经办人、负责人须属于区市人社部门。" in page.locator("main").inner_text()
    look_over(page)
    page.get_by_label("岗位").select_option("工会协调员")
    press(page, "保存并生成初始密码")
    look_over(page)
    password = page.locator(".once").inner_text()
    page.get_by_role("link", name="已记下，返回").click()
    follow(page, "于敏")
    look_over(page)
    User.objects.get(username="yumin").waiting_change.grant(by=security_administrator, at=timezone.now())
    page.locator(".person summary").click()
    press(page, "退出")
    log_in(page, "yumin", password)
    assert "您使用的是初始密码" in page.locator("main").inner_text()


@pytest.mark.parametrize("username", ["huancui_officer", "administrator"])
def test_roles_and_refusals_are_legible_to_all(page, request, username):
    request.getfixturevalue(username)
    enter(page, username, next="/roles/")
    assert page.get_by_role("columnheader").count() == 1 + len(Role)
    look_over(page)
    page.goto("/nothing/")
    assert page.get_by_role("heading", level=1).inner_text() == "没有找到这个页面或这条记录"
    look_over(page)
    page.goto("/people/" if username == "huancui_officer" else "/enterprises/")
    assert page.get_by_role("heading", level=1).inner_text() == "没有权限"
    look_over(page)


# ── Background work ──────────────────────────────────────────────────────────────────────────


def test_the_progress_of_work_moves_by_itself_and_ends(page, steward):
    from casework.models import Job

    job = Job.objects.create(kind="score", key="score:shown", asked_by=steward)
    enter(page, "steward", next=f"/jobs/{job.pk}/")
    page.get_by_text("等待处理").wait_for()
    look_over(page)
    Job.objects.update(state="running", done=40, total=160, message="已检查 40 行")
    page.get_by_text("25%").wait_for()
    look_over(page)
    page.get_by_role("button", name="取消").focus()
    Job.objects.update(done=80)
    page.get_by_text("50%").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "取消"
    Job.objects.update(state="failed", message="表头缺少“所属期”一列，请补上后重新上传。")
    page.get_by_role("button", name="重试").wait_for()
    look_over(page)


def test_progress_goes_on_when_the_network_is_back_and_keeps_no_session_alive(page, steward, console):
    from casework.models import Job

    job = Job.objects.create(kind="score", key="score:shown", asked_by=steward)
    enter(page, "steward", next=f"/jobs/{job.pk}/")
    asked = []

    def away_at_first(route):
        asked.append(route.request.headers.get("x-unattended"))
        route.abort() if len(asked) < 2 else route.continue_()

    page.route(f"**/jobs/{job.pk}/", away_at_first)
    page.get_by_text("等待处理").wait_for()
    Job.objects.update(state="done")
    page.get_by_text("已完成").wait_for()
    assert asked == ["1", "1"]
    assert not page.get_by_role("status").inner_text()
    console.complaints.clear()  # the browser's own note of the answer that did not come


def test_work_is_stopped_from_the_page_without_leaving_it(page, steward):
    from casework.models import Job

    job = Job.objects.create(kind="score", key="score:stopped", asked_by=steward)
    enter(page, "steward", next=f"/jobs/{job.pk}/")
    page.get_by_role("button", name="取消").click()
    page.get_by_text("已取消。").wait_for()
    assert page.get_by_role("button", name="重试").is_visible()
    assert page.locator("header.topbar").count() == 1


def test_who_looks_after_the_work_finds_what_failed_and_sets_it_going_again(page, administrator, steward):
    from casework.models import Job

    long = "处理时发生错误，已记录；请稍后重试或联系数据管理员。" * 3
    for number, (kind, state) in enumerate([("delivery", "failed"), ("score", "running"), ("export", "done")]):
        work = {"attempts": number, "done": 40, "total": 160, "message": long if state == "failed" else ""}
        Job.objects.create(kind=kind, key=f"{kind}:shown", asked_by=steward, state=state, **work)
    enter(page, "administrator", next="/jobs/")
    assert page.get_by_role("row").count() == 4
    look_over(page)
    page.get_by_role("link", name="未能完成 1 项").click()
    page.wait_for_url("**state=failed")
    look_over(page)
    page.get_by_role("button", name="重试").click()
    page.get_by_text("等待处理").wait_for()
    page.goto("/jobs/?state=failed")
    page.get_by_text("没有符合条件的任务。").wait_for()
    look_over(page)
