"""From the files of five departments to an officer who reads why an enterprise is at risk."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from enterprises.demonstration import files, generate
from enterprises.models import Delivery, Enterprise
from risks.models import Level, Score, ScoreRun
from tests.browser.acts import log_in, log_out
from tests.browser.axe import Console, look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 120_000  # for background work on a machine that does other things too
SPOILED = "待核实"


@pytest.fixture(autouse=True)
def _patience():
    """The worker, the web server and the browser share the machine with each other and whatever else runs."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)  # Playwright's own


@pytest.fixture
def five_files(tmp_path):
    """What five departments deliver for 300 enterprises over 24 months, numbered in the order of their dependence."""
    population = generate(39, 300, months=24, until=date(2023, 10, 1))
    written = list(files.write(population, files.one_file_each(population), tmp_path / "written"))
    return [file.path.rename(tmp_path / f"{number:02d}_{file.path.name}") for number, file in enumerate(written, 1)]


def test_from_five_files_to_the_reasons_of_a_risk(
    page, celery_worker, five_files, steward, huancui_officer, rongcheng_officer
):
    console = Console(page)
    social = next(path for path in five_files if "社保" in path.name)
    original = spoil(social)

    log_in(page, "steward")
    hand_in(page, five_files)
    put_right(page, social, original)
    run = score(page)
    log_out(page)

    log_in(page, "huancui_officer")
    enterprise = read_the_first_reasons(page, run)
    log_out(page)

    log_in(page, "rongcheng_officer")
    for address in (
        reverse("enterprises:detail", args=[enterprise.pk]),
        reverse("risks:for_enterprise", args=[enterprise.pk]),
    ):
        assert page.goto(address).status == 404
    assert not console.complaints


def spoil(path):
    """Put words in the place of one amount; returns the amount."""
    text = path.read_text("utf-8-sig")
    line = text.splitlines()[40]
    amount = line.split(",")[-1]
    path.write_text(text.replace(line, line.removesuffix(amount) + SPOILED), "utf-8-sig", newline="")
    return amount


def hand_in(page, paths):
    page.goto(reverse("enterprises:receive"))
    page.locator("input[type=file]").set_input_files(paths)
    page.get_by_role("button", name="上传 5 份").click()
    lines = page.get_by_role("list", name="选好的文件").locator("li.line")
    expect(lines).to_have_count(5)
    for number in range(5):
        expect(lines.nth(number)).to_have_attribute("data-state", "stored", timeout=PATIENCE_MS)
    look_over(page)
    assert {delivery.kind for delivery in Delivery.objects.in_force()} == set(Delivery.Kind.values)
    assert sum(delivery.rejected_rows for delivery in Delivery.objects.in_force()) == 1


def put_right(page, path, amount):
    """Open the file with a refused row, fetch what goes back, correct it and hand it in again."""
    page.get_by_role("link", name=path.name).click()
    expect(page.get_by_text("已入库，有退回").first).to_be_visible()
    fault = page.locator("#faults tbody tr")
    expect(fault).to_have_count(1)
    expect(fault).to_contain_text(SPOILED)
    look_over(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回文件").click()
    back = path.with_name(download.value.suggested_filename)
    download.value.save_as(back)
    back.write_bytes(back.read_bytes().replace(SPOILED.encode(), amount.encode()))
    page.get_by_label("交回更正后的文件").set_input_files(back)
    page.get_by_role("button", name="交回更正", exact=True).click()
    outcome = page.get_by_role("region", name="核对结果")
    expect(outcome).to_contain_text("接收 1，重复 0，退回 0", timeout=PATIENCE_MS)


def score(page):
    page.goto(reverse("risks:runs"))
    expect(page.get_by_label("截至月份")).to_have_value("2023-10")
    page.get_by_role("button", name="运行评分", exact=True).click()
    expect(page.get_by_role("heading", name="截至 2023年10月的评分")).to_be_visible()
    expect(page.locator("#run .stats")).to_be_visible(timeout=PATIENCE_MS)
    look_over(page)
    run = ScoreRun.objects.latest()
    assert run.enterprises == Enterprise.objects.active().count()
    return run


def read_the_first_reasons(page, run):
    """Returns the enterprise that stands first in Huancui's list."""
    at_risk = Score.objects.filter(run=run, district="371002", level__gt=Level.BLUE)
    first = at_risk.order_by("-level", "-score", "enterprise_id").select_related("enterprise").first()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="风险排查").click()
    rows = page.locator("table.ranked tbody tr")
    expect(rows).to_have_count(at_risk.count())
    shown = page.locator("table.ranked .code").all_inner_texts()
    assert set(shown) == set(at_risk.values_list("enterprise__uscc", flat=True))
    look_over(page)

    rows.first.get_by_role("link", name=first.enterprise.name).click()
    expect(page.get_by_role("heading", name=f"为什么是{first.get_level_display()}色")).to_be_visible()
    told = page.locator("#score .why .reason").all_inner_texts()
    assert told == [reason.rpartition("，+")[0] or reason for reason in first.reasons]
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    look_over(page)
    return first.enterprise
