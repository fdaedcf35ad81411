"""The steward at the browser: hands files in, watches them, sends refused rows back corrected, answers, undoes."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from enterprises.models import Delivery, Signal
from tests import make, services
from tests.browser.acts import enter, follow
from tests.browser.axe import Console, look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 60_000  # for background work on a machine that does other things too
GOOD, SPOILED = "900.00", "见附件"


@pytest.fixture(scope="module")
def celery_worker(django_db_setup):
    """One for all: a worker takes longer to start than what it does here."""
    with services.worker() as worker:
        yield worker


@pytest.fixture
def console(page):
    console = Console(page)
    yield console
    assert not console.complaints


@pytest.fixture
def desk(page, console, steward):
    """The steward, logged in, on the page where files are handed in."""
    enter(page, "steward", reverse("enterprises:receive"))
    return page


@pytest.fixture
def codes():
    return [make.uscc() for _ in range(3)]


@pytest.fixture
def register(tmp_path, codes):
    lines = [f"{code},威海虚构{n}号制衣有限公司,环翠区,C1811,2015-03-0{n + 1},60,存续" for n, code in enumerate(codes)]
    return written(
        tmp_path / "01 企业登记.csv", "统一社会信用代码,企业名称,所属区市,行业代码,成立日期,从业人数,经营状态", lines
    )


@pytest.fixture
def taxes(tmp_path, codes):
    """Two good rows, and one whose amount is a remark."""
    lines = [f"{code},2023-06,1000.00,{paid}" for code, paid in zip(codes, (GOOD, GOOD, SPOILED), strict=True)]
    return written(tmp_path / "02 税款.csv", "纳税人识别号,所属期,应纳税额,实缴税额", lines)


def written(path, header, lines, encoding="gb18030"):
    path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return path


def choose(page, *paths):
    page.get_by_label("表格文件").set_input_files(paths)


def lines_of(page):
    return page.get_by_role("list", name="选好的文件").locator("li.line")


def test_from_two_files_to_a_corrected_row_and_back(desk, celery_worker, register, taxes, codes):
    look_over(desk)
    choose(desk, taxes, register)  # in whatever order they are chosen
    expect(lines_of(desk).first).to_contain_text("01 企业登记.csv")
    look_over(desk)
    desk.get_by_role("button", name="上传 2 份").click()
    lines = lines_of(desk)
    expect(lines.first).to_contain_text("共 3 行：接收 3，重复 0，退回 0", timeout=PATIENCE_MS)
    expect(lines.last).to_contain_text("共 3 行：接收 2，重复 0，退回 1", timeout=PATIENCE_MS)
    expect(desk.get_by_role("status").last).to_contain_text("接收 2")
    look_over(desk)

    desk.get_by_role("link", name="02 税款.csv").click()
    fault = desk.locator("#faults tbody tr")
    expect(fault).to_contain_text(SPOILED)
    expect(fault).to_contain_text("不是数字")
    look_over(desk)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载退回文件").click()
    back = taxes.with_name(download.value.suggested_filename)
    assert back.name == "02 税款（退回1行）.csv"
    download.value.save_as(back)
    back.write_text(back.read_text("utf-8-sig").replace(SPOILED, GOOD), "utf-8-sig")
    desk.get_by_label("交回更正后的文件").set_input_files(back)
    desk.get_by_role("button", name="交回更正", exact=True).click()
    expect(desk.get_by_role("region", name="核对结果")).to_contain_text("接收 1，重复 0，退回 0", timeout=PATIENCE_MS)
    expect(desk.get_by_role("region", name="退回与更正的经过").get_by_role("listitem")).to_have_count(2)
    assert Signal.objects.in_force().filter(paid=90_000).count() == 3
    look_over(desk)

    desk.get_by_role("link", name="撤销入库").click()
    expect(desk.get_by_text("行不再计入，涉及 2023-06")).to_be_visible()
    look_over(desk)
    desk.get_by_role("button", name="撤销入库").click()
    expect(desk.get_by_text("撤销，所存数据不再计入")).to_be_visible()
    assert Signal.objects.in_force().count() == 2
    look_over(desk)
    desk.goto(reverse("enterprises:deliveries"))
    expect(desk.get_by_role("row")).to_have_count(4)
    look_over(desk)
    desk.goto(reverse("enterprises:freshness"))
    expect(desk.get_by_role("row", name="2023-06").get_by_role("link", name="2023-06 缴税 2 户")).to_be_visible()
    look_over(desk)


def test_an_upload_shows_its_progress_is_cancelled_and_sent_again(desk, console, celery_worker, tmp_path, codes):
    rows = [f"{codes[0]},2023-06,1000.00,{n}.00" for n in range(20_000)]
    choose(desk, written(tmp_path / "大.csv", "纳税人识别号,所属期,应纳税额,实缴税额", rows))
    network = desk.context.new_cdp_session(desk)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    network.send("Network.emulateNetworkConditions", slow)
    desk.get_by_role("button", name="上传 1 份").click()
    line = lines_of(desk)
    expect(line).to_contain_text("正在上传")
    expect(line.get_by_role("progressbar")).to_be_visible()
    line.get_by_role("button", name="取消").click()
    expect(line).to_contain_text("已取消，没有收下。")
    look_over(desk)
    network.send("Network.emulateNetworkConditions", slow | {"offline": True})
    line.get_by_role("button", name="重新上传").click()
    expect(line).to_contain_text("网络中断，没有收到这份文件。")
    console.complaints.clear()  # the browser notes that it was offline
    assert not Delivery.objects.exists()
    network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    line.get_by_role("button", name="重新上传").click()
    expect(line).to_contain_text("没有可以入库的行", timeout=PATIENCE_MS)
    assert Delivery.objects.get().rejected == {"unknown_enterprise": 20_000}
    desk.get_by_role("link", name="大.csv").click()
    expect(desk.locator("#faults")).to_contain_text("第 1–50 行，共 20,000 行")
    desk.locator("#faults").get_by_role("link", name="下一页").click()
    expect(desk.locator("#faults")).to_contain_text("第 51–100 行")
    look_over(desk)


def test_what_is_no_table_is_turned_away_without_being_sent(desk, tmp_path):
    empty, scan = tmp_path / "空.csv", tmp_path / "扫描件.pdf"
    empty.write_bytes(b"")
    scan.write_bytes(b"%PDF-1.7")
    choose(desk, empty, scan)
    expect(lines_of(desk).first).to_contain_text("文件是空的")
    expect(lines_of(desk).last).to_contain_text("只能读取 CSV、TXT、XLSX、XLS")
    expect(desk.get_by_role("button", name="上传", exact=True)).to_be_visible()
    look_over(desk)
    renamed = tmp_path / "改名.xlsx"
    renamed.write_bytes(b"%PDF-1.7")
    choose(desk, renamed)
    desk.get_by_role("button", name="上传 1 份").click()
    expect(lines_of(desk).last).to_contain_text("内容却是 .pdf 文件，没有收下")
    assert not Delivery.objects.exists()
    look_over(desk)


def test_files_are_dropped_and_taken_off_the_list_again(desk, register):
    dropped = desk.evaluate_handle(
        """names => {
            const dropped = new DataTransfer();
            names.forEach(name => dropped.items.add(new File(["一,二"], name)));
            return dropped;
        }""",
        ["二.csv", "一.csv"],
    )
    desk.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    expect(lines_of(desk)).to_have_count(2)
    desk.get_by_role("button", name="移除 一.csv").click()
    expect(lines_of(desk)).to_have_count(1)
    expect(desk.get_by_role("button", name="上传 1 份")).to_be_visible()


def test_a_question_is_answered_and_the_work_goes_on(desk, celery_worker, tmp_path, codes, register):
    two = written(
        tmp_path / "两列.csv", "纳税人识别号,所属期,应纳税额,实缴税额,入库税额", [f"{codes[0]},202306,100,90,80"]
    )
    choose(desk, register, two)
    desk.get_by_role("button", name="上传 2 份").click()
    lines_of(desk).last.get_by_role("link", name="去确认").click(timeout=PATIENCE_MS)
    look_over(desk)
    desk.get_by_text("入库税额　如 80").click()
    desk.get_by_role("button", name="确认，继续处理").click()
    expect(desk.get_by_role("region", name="核对结果")).to_contain_text("接收 1", timeout=PATIENCE_MS)
    assert [signal.paid for signal in Signal.objects.in_force()] == [8000]
    look_over(desk)
    follow(desk, "更正识别")
    look_over(desk)


def test_without_script_the_same_form_takes_several_files(browser, portal, celery_worker, steward, register, taxes):
    with browser.new_context(base_url=portal, locale="zh-CN", java_script_enabled=False) as context:
        page = context.new_page()
        enter(page, "steward", reverse("enterprises:receive"))
        choose(page, register, taxes)
        page.get_by_role("button", name="上传").click()
        expect(page.get_by_text("已收到 2 份文件，正在依次处理。")).to_be_visible()
        page.get_by_role("link", name="02 税款.csv").click()
        until = time.monotonic() + PATIENCE_MS / 1000
        while not page.get_by_text("接收 2，重复 0，退回 1").count() and time.monotonic() < until:
            page.reload()
        page.get_by_role("group", name="按原因筛选").get_by_role("link", name="不是数字 1").click()
        expect(page.locator("#faults tbody tr")).to_contain_text(SPOILED)
