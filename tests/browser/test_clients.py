"""A token in a browser: issued on the page, used by a client over the wire, seen in use, withdrawn."""

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests import make
from tests.browser.acts import log_in, press
from tests.browser.axe import Console, look_over

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


def fetched(portal, token):
    """(status, what a client is told)."""
    with closing(http.client.HTTPConnection(urlsplit(portal).netloc, timeout=30)) as client:
        client.request("GET", "/api/enterprises/", headers={"Authorization": f"Bearer {token}"})
        answer = client.getresponse()
        return answer.status, json.load(answer)


def test_a_token_is_issued_used_and_withdrawn(portal, page, security_administrator, huancui_officer):
    firm = make.enterprise()
    make.enterprise(district="371082")
    log_in(page, "security_administrator")
    page.goto("/clients/tokens/new/")
    look_over(page)
    page.get_by_label("用途").fill("环翠区大数据中心数据共享交换平台")
    page.get_by_label("账号").select_option(str(huancui_officer.pk))
    page.get_by_text("查看企业名录", exact=True).click()
    press(page, "签发")
    look_over(page)
    token = page.locator(".once").inner_text()
    status, told = fetched(portal, token)
    assert (status, [row["id"] for row in told["results"]]) == (200, [firm.pk])
    page.get_by_role("link", name="已交付，返回").click()
    assert "127.0.0.1" in page.get_by_role("row", name="环翠区大数据中心").inner_text()
    look_over(page)
    press(page, "收回 环翠区大数据中心数据共享交换平台 的令牌")
    assert fetched(portal, token)[0] == 401
    for address in ("/clients/messages/", "/clients/subscriptions/new/", "/api/", "/api/reference/enterprises/"):
        page.goto(address)
        look_over(page)
