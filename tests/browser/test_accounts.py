"""Accounts in a browser: second factors, proof before deeds of weight, the three administrators, one's own log-ins."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from accounts.models import User
from accounts.roles import Role
from tests import make
from tests.accounts.test_second_factor import SECRET, code_of
from tests.browser.acts import follow, log_in, press
from tests.browser.axe import PHONE, Console, look_over
from tests.services import _process, free_port, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


def forget_proof():
    """As if the people who are logged in had last proved who they are a while ago."""
    from django.contrib.sessions.models import Session

    for session in Session.objects.all():
        store = session.get_session_store_class()(session.session_key)
        store["proved_at"] = time.time() - 3600
        store.save()


def go_out(page):
    page.locator(".person summary").click()
    press(page, "退出")


# ── Second factors ───────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def strict_portal(portal):
    """The portal as on a server, where some roles must have a second factor; by a name that keys may be bound to."""
    import urllib.request

    port = free_port()
    address = f"http://localhost:{port}"
    with _process("web", PORT=str(port), MFA_REQUIRED="true") as web:
        wait_for(web, lambda: urllib.request.urlopen(address, timeout=5))
        yield address


@pytest.fixture
def strict(browser, strict_portal, transactional_db):
    with browser.new_context(
        base_url=strict_portal, locale="zh-CN", viewport={"width": 1440, "height": 900}
    ) as context:
        page = context.new_page()
        console = Console(page)
        yield page
        assert not console.complaints


def test_an_app_is_set_up_before_anything_else_and_asked_for_from_then_on(strict, city_office):
    log_in(strict, "city_office")
    assert "必须启用第二重验证" in strict.get_by_role("alert").inner_text()
    look_over(strict)
    strict.get_by_role("link", name="设置验证器").click()
    secret = strict.locator("[data-secret]").inner_text()
    look_over(strict)
    strict.get_by_label("验证器显示的 6 位数字").fill("000000")
    press(strict, "启用")
    assert "验证码不正确" in strict.locator("main").inner_text()
    look_over(strict)
    strict.get_by_label("验证器显示的 6 位数字").fill(code_of(secret))
    press(strict, "启用")
    assert strict.locator(".codes li").count() == 10
    look_over(strict)
    recovery = strict.locator(".codes li").first.inner_text()
    strict.get_by_role("link", name="已抄下，开始工作").click()
    strict.wait_for_url("**/")
    go_out(strict)
    log_in(strict, "city_office")
    look_over(strict)
    strict.get_by_label("验证码").fill("12")
    press(strict, "登录")
    assert "验证码不正确" in strict.locator("main").inner_text()
    look_over(strict)
    strict.get_by_label("验证码").fill(recovery)
    press(strict, "登录")
    strict.goto("/second-factor/")
    assert "还有 9 个可用" in strict.locator("main").inner_text()
    look_over(strict)


def test_a_security_key_is_registered_and_opens_the_door(strict, steward):
    devices = strict.context.new_cdp_session(strict)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    key = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    log_in(strict, "steward")
    strict.get_by_role("link", name="登记安全密钥").click()
    strict.get_by_role("textbox", name="名称", exact=False).fill("办公室 U 盾")
    look_over(strict)
    with strict.expect_navigation(url="**/second-factor/codes/"):
        strict.get_by_role("button", name="登记").click()
    strict.goto("/second-factor/")
    assert "办公室 U 盾" in strict.locator("main").inner_text()
    look_over(strict)
    go_out(strict)
    log_in(strict, "steward")
    look_over(strict)
    with strict.expect_navigation(url=lambda url: "/login" not in url):
        strict.get_by_role("button", name="使用安全密钥").click()
    assert strict.locator(".person summary").is_visible()
    forget_proof()
    strict.goto("/second-factor/codes/new/")
    follow(strict, "改为使用安全密钥")
    look_over(strict)
    with strict.expect_navigation(url="**/second-factor/codes/new/"):
        strict.get_by_role("button", name="使用安全密钥").click()
    go_out(strict)
    # Another key is not this person's.
    devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    log_in(strict, "steward")
    strict.get_by_role("button", name="使用安全密钥").click()
    strict.get_by_text("没有完成：操作已取消、超时，或密钥不属于本账号。").wait_for()
    look_over(strict)


def test_the_second_factor_works_without_script(browser, strict_portal, transactional_db, city_office):
    TOTP.activate(city_office, SECRET)
    with browser.new_context(base_url=strict_portal, java_script_enabled=False, viewport=PHONE) as context:
        page = context.new_page()
        log_in(page, "city_office")
        page.get_by_label("验证码").fill(code_of())
        press(page, "登录")
        assert page.locator(".person summary").is_visible()


# ── Proof before deeds of weight ─────────────────────────────────────────────────────────────


def test_a_person_proves_who_they_are_and_what_they_typed_goes_on(page, administrator):
    log_in(page, "administrator", next="/people/add/")
    forget_proof()
    page.get_by_label("用户名").fill("yumin")
    page.get_by_label("姓名").fill("于敏")
    page.get_by_label("单位").select_option("环翠区总工会")
    page.get_by_label("岗位").select_option("工会协调员")
    press(page, "保存并生成初始密码")
    assert "即将办理：添加人员" in page.locator("main").inner_text()
    look_over(page)
    page.get_by_label("密码").fill("wrong")
    press(page, "确认")
    assert "密码不正确。" in page.locator("main").inner_text()
    look_over(page)
    page.get_by_label("密码").fill(make.PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.locator(".once").wait_for()
    assert User.objects.get(username="yumin").name == "于敏"


def test_a_bulk_export_comes_after_the_proof(page, portal, huancui_officer, settings):
    enterprises = [make.enterprise(name=f"威海砚舟{number}号渔业有限公司") for number in range(1_001)]
    log_in(page, "huancui_officer", next="/enterprises/")
    forget_proof()
    page.get_by_role("button", name="CSV").click()
    page.get_by_label("密码").fill(make.PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="确认").click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        assert enterprises[-1].name in file.read()
    look_over(page)
    page.get_by_role("link", name="返回原页面").click()
    page.wait_for_url("**/enterprises/")


def test_the_proof_works_without_script(browser, portal, transactional_db, administrator, huancui_officer):
    with browser.new_context(base_url=portal, java_script_enabled=False, viewport=PHONE) as context:
        page = context.new_page()
        log_in(page, "administrator", next=f"/people/{huancui_officer.pk}/")
        forget_proof()
        press(page, "停用账号")
        page.get_by_label("密码").fill(make.PASSWORD)
        press(page, "确认")
        press(page, "继续")
        assert "已停用" in page.get_by_role("status").inner_text()
    huancui_officer.refresh_from_db()
    assert not huancui_officer.is_active


# ── Three administrators ─────────────────────────────────────────────────────────────────────


def test_one_hand_asks_for_rights_and_the_other_grants_them(
    page, administrator, security_administrator, huancui_officer
):
    log_in(page, "administrator", next=f"/people/{huancui_officer.pk}/")
    page.get_by_label("岗位").select_option("区市负责人")
    press(page, "保存")
    assert "待安全管理员核准" in page.get_by_role("status").inner_text()
    look_over(page)
    go_out(page)
    log_in(page, "security_administrator", next="/people/")
    look_over(page)
    follow(page, "待核准 1 项")
    look_over(page)
    press(page, f"核准 {huancui_officer.name} 的变动")
    assert "已核准" in page.get_by_role("status").inner_text()
    look_over(page)
    huancui_officer.refresh_from_db()
    assert huancui_officer.role == Role.DISTRICT_SUPERVISOR
    page.goto(f"/people/{huancui_officer.pk}/")
    look_over(page)
    page.locator(".person summary").click()
    follow(page, "安全设置")
    look_over(page)


# ── One's own ────────────────────────────────────────────────────────────────────────────────


def test_a_person_ends_their_log_ins_on_other_devices(browser, portal, page, huancui_officer):
    log_in(page, "huancui_officer")
    with browser.new_context(base_url=portal, viewport=PHONE) as context:
        phone = context.new_page()
        log_in(phone, "huancui_officer")
        page.locator(".person summary").click()
        page.get_by_role("link", name="我的登录").click()
        open_now = page.locator("table").first.locator("tbody tr")  # below it stands the history of log-ins
        assert open_now.count() == 2
        look_over(page)
        press(page, "退出其他设备")
        assert open_now.count() == 1
        phone.goto("/roles/")
        assert "/login/" in phone.url
