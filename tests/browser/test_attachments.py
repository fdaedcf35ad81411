"""Files on a record in the browser: added in place, refused in place with the reason, at a desk and on a phone."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from casework.attachments import Attachment
from tests import make
from tests.browser.acts import enter
from tests.browser.axe import PHONE, Console, look_over

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


def photo(name="荣成路工地围挡整改后.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (80, 60), (120, 80, 40)).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_files_are_added_in_place_and_a_refusal_says_why(page, huancui_officer):
    enterprise = make.enterprise("威海听澜栖禾针织有限公司")
    enter(page, "huancui_officer")
    page.goto(f"/enterprises/{enterprise.pk}/")
    part = page.locator(".attachments")
    page.set_viewport_size(PHONE)
    part.get_by_label("添加照片或文件").set_input_files(
        [photo(), photo("听澜栖禾针织有限公司2023年10月工资发放表（车间一线职工）盖章扫描件.jpg")]
    )
    part.get_by_role("button", name="上传").click()
    expect(part.get_by_role("status")).to_have_text("已收到 2 个文件。")
    assert Attachment.objects.count() == 2
    part.get_by_label("添加照片或文件").set_input_files(
        {"name": "工资表.xls", "mimeType": "application/vnd.ms-excel", "buffer": b"\xd0\xcf\x11\xe0"}
    )
    part.get_by_role("button", name="上传").click()
    expect(part.get_by_role("alert")).to_contain_text("工资表.xls：不能上传“.xls”文件")
    expect(part.get_by_role("alert")).to_be_focused()
    expect(part.locator("li a.attachment-name")).to_have_count(2)
    small = part.locator("li img")
    expect(small).to_have_count(2)
    expect(small.first).to_have_js_property("complete", True)
    assert small.first.evaluate("picture => picture.naturalWidth") > 0  # it is there, and the page's policy lets it in
    look_over(page)
    with page.expect_download() as download:
        part.get_by_role("link", name="荣成路工地围挡整改后.jpg").click()
    assert download.value.suggested_filename == "荣成路工地围挡整改后.jpg"


def test_without_script_a_page_of_its_own_takes_files(browser, portal, huancui_officer, page):
    enterprise = make.enterprise()
    with browser.new_context(base_url=portal, java_script_enabled=False) as context:
        plain = context.new_page()
        enter(plain, "huancui_officer")
        plain.goto(f"/enterprises/{enterprise.pk}/")
        plain.get_by_role("link", name="查看和添加附件").click()
        plain.get_by_label("添加照片或文件").set_input_files(photo())
        with plain.expect_navigation():
            plain.get_by_role("button", name="上传").click()
        expect(plain.get_by_role("link", name="荣成路工地围挡整改后.jpg")).to_be_visible()
