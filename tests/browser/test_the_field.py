"""The field app on a phone: written without a network, over reloads, restarts and tabs, and received once."""

import hashlib
import io
import json
import tempfile

import pytest
from PIL import Image
from playwright.sync_api import expect

from casework.arrivals import Arrival, Piece
from casework.attachments import Attachment
from enterprises import short_codes
from guidance.models import GuidanceVisit
from risks.models import Inspection
from tests import make
from tests.browser.acts import log_in
from tests.browser.axe import Console, look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
HERE = {"latitude": 37.513, "longitude": 122.12, "accuracy": 18}


@pytest.fixture(autouse=True)
def _patience():
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def phone(browser, portal, transactional_db):
    with browser.new_context(base_url=portal, geolocation=HERE, permissions=["geolocation"], **PHONE) as context:
        yield context


@pytest.fixture
def firm(huancui_union):
    """Where the union agreed to come back on the day of the tests."""
    row = make.enterprise(name="威海雁回帆影运输有限公司", address="环翠区海埠路 18 号")
    visit = GuidanceVisit.begun(row)
    visit.record(
        by=huancui_union, on=make.ON, purpose="wages", visited_on=make.ON, people_met="副总经理", supervisors="测试",
        follow_up_on=make.ON, follow_up="核对工资发放",
    )  # fmt: skip
    return row


def opened(context):
    """The app, logged in once with a network, so that it is kept on the phone."""
    page = context.new_page()
    log_in(page, "huancui_union")
    page.goto("/field/")
    expect(page.get_by_text("威海雁回帆影运输有限公司").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def begin(page, name="威海雁回帆影运输有限公司"):
    """Three taps: the app, the enterprise, what is written."""
    page.get_by_role("link", name=name).first.click()
    kind = page.get_by_role("link", name="指导走访")
    sheet = page.locator('form[data-kind="visit"]')
    expect(kind.or_(sheet).first).to_be_visible()
    if kind.is_visible():
        kind.click()
    expect(sheet).to_be_visible()


def fill(page, met="厂长一名"):
    of_the_visit(page, "工资支付").first.check()
    of_the_visit(page, "会见人员").fill(met)
    of_the_visit(page, "走访情况").fill("部分线路停运，6月工资已发。")


def of_the_visit(page, label):
    """A field of the visit's sheet; the sheet of the 体检 has some of the same names."""
    return page.locator('form[data-kind="visit"]').get_by_label(label)


def written(page):
    """Wait until the latest stroke is kept: the draft tells it after a reload."""
    page.evaluate("new Promise((done) => setTimeout(done, 300))")


def test_a_visit_written_without_a_network_outlives_everything_and_is_received_once(phone, firm):
    page = opened(phone)
    console = Console(page)
    phone.set_offline(True)
    page.reload()  # a cold start without a network
    begin(page)
    fill(page)
    written(page)
    page.reload()
    expect(of_the_visit(page, "会见人员")).to_have_value("厂长一名")
    address = page.url

    second = phone.new_page()  # the same record in a second tab can be read, not written
    second.goto(address)
    expect(second.get_by_text("正在另一个页面填写")).to_be_visible()
    expect(of_the_visit(second, "会见人员")).to_be_disabled()

    page.close()  # the page is killed in the midst of it
    second.reload()
    expect(of_the_visit(second, "会见人员")).to_be_enabled()
    second.get_by_role("button", name="保存", exact=True).click()
    expect(second.get_by_text("仅在本机").first).to_be_visible()
    expect(second.get_by_text("没有网络").first).to_be_visible()

    third = phone.new_page()
    third.goto("/field/#waiting")
    expect(third.get_by_text("仅在本机").first).to_be_visible()
    phone.set_offline(False)  # both tabs hear of it at once
    expect(second.get_by_text("已收到")).to_be_visible()
    expect(third.get_by_text("已收到")).to_be_visible()
    received = GuidanceVisit.objects.get(people_met="厂长一名")
    assert Arrival.objects.count() == 1
    assert (received.enterprise, received.purpose, received.logged_by.username) == (firm, "wages", "huancui_union")
    assert [text for text in console.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


def test_what_is_saved_while_another_tab_is_sending_goes_as_soon_as_that_is_done(phone, firm):
    page, other = opened(phone), phone.new_page()
    other.goto("/field/")
    other.evaluate("navigator.locks.request('field sending', () => new Promise((done) => (window.sent = done)))&&0")
    begin(page)
    fill(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("仅在本机").first).to_be_visible()
    assert not Arrival.objects.exists()
    other.evaluate("window.sent()")
    expect(page.locator("#all .state.done")).to_be_visible(timeout=10_000)  # and not with the next half minute
    assert Arrival.objects.count() == 1


def test_photos_and_a_signature_arrive_whole_and_bear_nothing_of_the_camera(phone, firm):
    page = opened(phone)
    phone.set_offline(True)
    begin(page)
    fill(page)
    with tempfile.TemporaryDirectory() as folder:
        files = [photo(folder, number) for number in range(3)]
        page.get_by_label("拍照或选择照片").last.set_input_files(files)
        expect(page.locator("#photos img")).to_have_count(3)
    page.get_by_role("button", name="取得定位").click()
    expect(page.get_by_text("误差 18 米")).to_be_visible()
    page.get_by_role("button", name="在屏幕上签名").click()
    expect(page.locator("#pad")).to_be_visible()
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 120, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="完成").click()
    expect(page.locator("#signatures img")).to_have_count(1)
    page.reload()
    expect(page.locator("#photos img")).to_have_count(3)
    here = page.evaluate(
        """async () => {
            const keeping = await import('/static/field/keeping.js');
            const [record] = await keeping.mine(), told = [];
            for (const piece of record.pieces) {
                const blob = await keeping.readPiece(piece.id, piece.type);
                told.push([piece.id, await keeping.sha256(await blob.arrayBuffer())]);
            }
            return Object.fromEntries(told);
        }"""
    )
    page.get_by_role("button", name="保存", exact=True).click()
    phone.set_offline(False)
    expect(page.get_by_text("已收到")).to_be_visible()

    pieces = {str(piece.pk): piece for piece in Piece.objects.all()}
    assert {id: piece.came_sha256 for id, piece in pieces.items()} == here
    assert sorted(piece.what for piece in pieces.values()) == ["photo", "photo", "photo", "signature"]
    visit = GuidanceVisit.objects.get(people_met="厂长一名")
    assert {str(one.pk) for one in Attachment.objects.filter(subject_id=visit.pk)} == pieces.keys()
    for piece in pieces.values():
        with piece.file.open() as file:
            content = file.read()
        assert hashlib.sha256(content).hexdigest() == piece.sha256
        if piece.what == "photo":
            assert not Image.open(io.BytesIO(content)).getexif()
            assert (piece.taken_at.isoformat(), float(piece.latitude)) == ("2023-11-20T06:02:00+00:00", 37.5)
            assert max(Image.open(io.BytesIO(content)).size) == 1600
    assert (visit.fix.accuracy, visit.doubts) == (18, [])
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 1
    log = page.goto(visit.get_absolute_url())
    assert log.ok
    expect(page.locator(".signatures img")).to_be_visible()
    look_over(page)


def photo(folder, number):
    """A photo as a phone's camera writes it, with time and place."""
    picture = Image.effect_noise((2400, 1800), 40 + number).convert("RGB")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2023:11:20 14:02:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 30.0, 0.0), 3: "E", 4: (122.0, 7.0, 12.0)})
    path = f"{folder}/{number}.jpg"
    picture.save(path, "JPEG", exif=exif, quality=80)
    return path


def test_what_the_office_changed_meanwhile_is_chosen_between_in_the_field(phone, firm, huancui_supervisor):
    page = opened(phone)
    begin(page)
    fill(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#all .state.done")).to_be_visible()
    visit = GuidanceVisit.objects.get(people_met="厂长一名")
    visit.amend(
        by=huancui_supervisor, on=make.ON, people_met="副厂长两名", findings="建议建立工资专户", notes="工资已发。"
    )

    phone.set_offline(True)
    page.get_by_role("link", name="威海雁回帆影运输有限公司").first.click()
    of_the_visit(page, "会见人员").fill("厂长和工会主席")
    of_the_visit(page, "走访情况").fill("工资拖欠一个月。")
    page.get_by_role("button", name="保存更正").click()
    phone.set_offline(False)
    page.get_by_role("link", name="2 处待核对").click()
    expect(page.get_by_text("副厂长两名")).to_be_visible()
    look_over(page)
    page.set_viewport_size(PHONE["viewport"])
    page.get_by_role("group", name="会见人员").get_by_role("radio", name="手机上的").check()
    page.get_by_role("group", name="走访情况").get_by_role("radio", name="两者都保留").check()
    page.get_by_role("button", name="确定").click()
    expect(page.locator("#all .state.done")).to_be_visible()

    visit.refresh_from_db()
    assert (visit.people_met, visit.findings) == ("厂长和工会主席", "建议建立工资专户")
    assert visit.notes == "工资已发。\n工资拖欠一个月。"
    page.goto(visit.get_absolute_url())  # what was not taken is still to be read
    expect(page.locator(".left-behind", has_text="副厂长两名")).to_be_visible()


def test_nothing_unsent_is_lost_or_read_by_another_person_on_the_same_phone(phone, firm, huancui_officer):
    page = opened(phone)
    phone.set_offline(True)
    begin(page)
    fill(page, met="工会主席一名")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("仅在本机").first).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("这部手机上有 1 条未发送的记录")).to_be_visible()
    assert "工会主席" not in kept(page)
    page.reload()
    expect(page.get_by_text("请先登录")).to_be_visible()

    with page.expect_response("**/logout/"):  # the portal hears of the leaving before anything else
        phone.set_offline(False)
    page.goto("/")
    page.wait_for_url("**/login/**")
    log_in(page, "huancui_officer")
    page.goto("/field/#waiting")
    expect(page.get_by_text("另有 1 条属于他人，待其登录后发送")).to_be_visible()
    page.wait_for_timeout(1000)
    assert not GuidanceVisit.objects.filter(people_met="工会主席一名").exists()
    page.goto("/")
    page.locator("details.person summary").click()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url("**/login/**")
    page.goto("/field/")
    expect(page.get_by_text("请先登录")).to_be_visible()  # the portal's own way out takes the key along

    log_in(page, "huancui_union")
    page.goto("/field/#waiting")
    expect(page.get_by_text("已收到")).to_be_visible()
    assert GuidanceVisit.objects.filter(people_met="工会主席一名").count() == 1


def test_a_session_that_ends_while_one_writes_loses_nothing_and_shows_nothing_to_another_person(
    phone, firm, huancui_officer
):
    page = opened(phone)
    begin(page)
    fill(page, met="车间主任两名")
    phone.clear_cookies()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("登录已失效").first).to_be_visible()
    expect(page.locator("#all .state.waits")).to_have_text("仅在本机")
    page.get_by_role("link", name="威海雁回帆影运输有限公司").first.click()
    of_the_visit(page, "发现的问题和建议").fill("建议设工资专户")
    expect(page.get_by_text("更正没有保存")).to_be_visible()

    other = phone.new_page()  # while the sheet is still open in the first tab
    log_in(other, "huancui_officer")
    other.goto("/field/#waiting")
    expect(other.get_by_text("另有 1 条属于他人，待其登录后发送")).to_be_visible()
    expect(page.locator('form[data-kind="visit"]')).to_be_hidden()
    shown = page.locator("input, textarea").evaluate_all("(all) => all.map((one) => one.value).join()")
    assert "车间" not in shown
    assert "专户" not in shown
    assert "车间主任" not in page.content() + kept(page)
    assert not Arrival.objects.exists()

    phone.clear_cookies()
    log_in(page, "huancui_union")
    page.goto("/field/#waiting")
    expect(page.get_by_text("没有等待发送的记录")).to_be_visible()  # what was saved has gone
    expect(page.get_by_text("更正没有保存")).to_be_visible()  # and what was not still stands here
    visit = GuidanceVisit.objects.get(people_met="车间主任两名")
    assert visit.findings == ""
    page.get_by_role("link", name="威海雁回帆影运输有限公司").first.click()
    expect(of_the_visit(page, "发现的问题和建议")).to_have_value("建议设工资专户")
    page.get_by_role("button", name="保存更正").click()
    expect(page.locator("#all .state.done")).to_be_visible()
    visit.refresh_from_db()
    assert (visit.findings, GuidanceVisit.objects.filter(people_met="车间主任两名").count()) == ("建议设工资专户", 1)


def test_an_inspection_written_without_a_network_arrives_as_a_draft(phone, firm, huancui_union):
    item = make.checklist().items.get(number="4.1")
    page = opened(phone)
    phone.set_offline(True)
    page.reload()
    page.get_by_role("link", name="威海雁回帆影运输有限公司").first.click()
    page.get_by_role("link", name="用工体检").click()
    sheet = page.locator('form[data-kind="inspection"]')
    sheet.get_by_label("会见人员").fill("厂长一名")
    answer = page.locator(f'[name="answer-{item.pk}"][value="no"]')
    sheet.locator("details").filter(has=answer).locator("summary").click()
    answer.check()
    sheet.locator(f'[name="evidence-{item.pk}"]').fill("8月尚有12人未发")
    look_over(page)
    written(page)
    page.reload()
    expect(answer).to_be_checked()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#all .state.waits")).to_have_text("仅在本机")
    phone.set_offline(False)
    expect(page.locator("#all .state.done")).to_be_visible()
    draft = Inspection.objects.get()
    [given] = draft.answers.all()
    assert (draft.state, draft.enterprise, draft.people_met) == ("draft", firm, "厂长一名")
    assert (given.item, given.value, given.evidence) == (item, "no", "8月尚有12人未发")


def kept(page):
    """All that lies in the phone's store, as somebody with the phone and without the key reads it."""
    return page.evaluate(
        """async () => {
            const { openDB } = await import('/static/vendor/idb.js'), db = await openDB('field', 1), all = [];
            for (const name of db.objectStoreNames) all.push(await db.getAll(name));
            db.close();
            const plain = (value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value;
            return JSON.stringify(all, (name, value) => plain(value));
        }"""
    )


def test_what_waits_goes_by_file_to_another_phone_of_the_same_person(phone, firm, browser, portal, tmp_path):
    page = opened(phone)
    phone.set_offline(True)
    begin(page)
    fill(page, met="车间主任一名")
    page.get_by_role("button", name="保存", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出未发送的记录").click()
    download.value.save_as(tmp_path / "waiting.json")
    text = (tmp_path / "waiting.json").read_text()
    assert len(json.loads(text)["records"]) == 1
    assert "车间主任" not in text
    with browser.new_context(base_url=portal, **PHONE) as other:
        there = opened(other)
        there.goto("/field/#waiting")
        there.get_by_label("导入记录文件").last.set_input_files(tmp_path / "waiting.json")
        expect(there.get_by_text("已收到")).to_be_visible()
    phone.set_offline(False)  # and the first phone sends it, too
    expect(page.get_by_text("已收到")).to_be_visible()
    assert GuidanceVisit.objects.filter(people_met="车间主任一名").count() == 1


def test_the_app_can_be_installed_and_its_screens_are_sound(phone, firm):
    page = opened(phone)
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((answer) => answer.json())")
    assert manifest["display"] == "standalone"
    assert (manifest["start_url"], manifest["scope"], manifest["lang"]) == ("/field/", "/field/", "zh-CN")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        answer = page.request.get(icon["src"])
        assert "{}x{}".format(*Image.open(io.BytesIO(answer.body())).size) == icon["sizes"]
    problems = phone.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []
    for screen in ("#home", "#waiting", "#scan"):
        page.goto(f"/field/{screen}")
        look_over(page)
    page.set_viewport_size(PHONE["viewport"])
    page.goto("/field/#home")
    begin(page)
    look_over(page)
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('main a, main button, main .button, main .chips span')]
            .filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().height))"""
    )
    assert smallest >= 45.9  # one thumb


def test_the_code_of_a_printed_sheet_leads_to_the_enterprise(phone, firm):
    page = opened(phone)
    page.goto("/field/#scan")
    code = short_codes.of(firm.pk)
    read = page.evaluate(
        """async (address) => {
            const { decodeQR } = await import('/static/vendor/qr/decode.js');
            const picture = new Image();
            picture.src = address;
            await picture.decode();
            const brush = Object.assign(document.createElement('canvas'), { width: 400, height: 400 }).getContext('2d');
            brush.drawImage(picture, 0, 0, 400, 400);
            const { codeIn } = await import('/static/field/scanning.js');
            return codeIn(decodeQR(brush.getImageData(0, 0, 400, 400)));
        }""",
        f"/guidance/enterprises/{firm.pk}/visit-sheet/code.svg",
    )
    assert read == code
    phone.set_offline(True)
    page.get_by_label("走访单编号").fill(code.lower())
    page.get_by_role("button", name="确定").click()
    expect(page.locator("#begin-name")).to_have_text("威海雁回帆影运输有限公司")
