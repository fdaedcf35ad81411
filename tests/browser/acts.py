"""What a person does in any test: come in, press a button, go out."""

from django.conf import settings
from django.test import Client

from accounts.models import User
from tests import make


def log_in(page, username, password=make.PASSWORD, next=""):
    page.goto(f"/login/{next and '?next=' + next}")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="登录").click()


def enter(page, username, next="/"):
    """Come in with a session that is there already, where the log-in is not what the test is about."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "domain": "127.0.0.1", "path": "/"}])
    page.goto(next)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name, *, exact=False):
    """Press a link, and be where it leads: a click alone may return while the old page still stands."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=exact).click()


def log_out(page):
    page.locator(".person summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="退出").click()
