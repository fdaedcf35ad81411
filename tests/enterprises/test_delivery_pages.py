"""The steward's pages: what is handed in is judged at the door, read by the worker, shown, corrected, undone."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.models import Job
from enterprises import tasks  # noqa: F401 (says what a delivery's job does)
from enterprises.models import Delivery, DeliveryFault, Enterprise, Signal
from tests import make

pytestmark = pytest.mark.django_db

TAX = "纳税人识别号,纳税人名称,所属时期起,所属时期止,应纳税额,实缴税额\n"


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at_the_desk(client, steward):
    client.force_login(steward)
    return client


def tax_file(*rows, name="税务局 6月.csv", encoding="utf-8-sig"):
    lines = [f"{code},某企业,2023-06-01,2023-06-30,{due},{paid}" for code, due, paid in rows]
    return SimpleUploadedFile(name, (TAX + "\n".join(lines)).encode(encoding))


def hand_in(client, *files, **fields):
    return client.post(reverse("enterprises:receive"), {"files": list(files)} | fields)


def work_off():
    """What the worker does when the bell rings."""
    for job in Job.objects.filter(state="waiting").order_by("pk"):
        assert job.take(timezone.now())
        job.run()


def page_of(client, delivery, query=""):
    return client.get(reverse("enterprises:delivery", args=[delivery.pk]) + query).content.decode()


@pytest.fixture
def refused_and_stored(at_the_desk):
    """A delivery of three rows: one is good, one is of an unknown firm, one has no number."""
    firm = make.enterprise()
    hand_in(at_the_desk, tax_file((firm.uscc, "1000", "900"), (make.uscc(), "5", "5"), (firm.uscc, "约一百", "1")))
    work_off()
    return Delivery.objects.get()


# ── At the door ────────────────────────────────────────────────────────────────────────────────


def test_one_file_handed_in_leads_to_its_page(at_the_desk):
    answer = hand_in(at_the_desk, tax_file((make.uscc(), "1", "1")))
    delivery = Delivery.objects.get()
    assert answer.headers["Location"] == reverse("enterprises:delivery", args=[delivery.pk])
    assert (delivery.state, delivery.at_work, delivery.by.username) == ("received", True, "steward")


def test_several_files_handed_in_together_are_taken_in_their_order(at_the_desk):
    answer = hand_in(at_the_desk, tax_file((make.uscc(), "1", "1"), name="一.csv"), tax_file(name="二.csv"))
    assert answer.headers["Location"] == reverse("enterprises:deliveries")
    assert list(Delivery.objects.order_by("pk").values_list("name", flat=True)) == ["一.csv", "二.csv"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("空.csv", b"", "文件是空的"),
        ("扫描件.pdf", b"%PDF-1.7", "不能读取“.pdf”文件"),
        ("数据.zip", b"PK\x03\x04", "请先解压"),
        ("宏.xlsm", b"PK\x03\x04", "不接收带宏的工作簿"),
        ("表.xlsx", b"a,b\n1,2", "不是 Excel 工作簿"),
        ("表.csv", b"%PDF-1.7", "内容却是 .pdf 文件"),
        ("没有扩展名", b"a,b", "没有扩展名的"),
    ],
)
def test_what_is_no_table_is_turned_away_at_once_and_nothing_is_kept(at_the_desk, tmp_path, name, content, sentence):
    answer = hand_in(at_the_desk, SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Delivery.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_a_good_file_beside_a_bad_one_is_taken(at_the_desk):
    answer = hand_in(at_the_desk, SimpleUploadedFile("空.csv", b""), tax_file((make.uscc(), "1", "1")))
    assert answer.status_code == 422
    assert "已收到 1 份" in answer.content.decode()
    assert "没有收下 1 份" in answer.content.decode()
    assert Delivery.objects.count() == 1


def test_without_a_file_the_form_says_so(at_the_desk):
    answer = at_the_desk.post(reverse("enterprises:receive"), {})
    assert answer.status_code == 422
    assert "请选择要交来的文件" in answer.content.decode()


def test_a_request_that_is_too_large_is_refused_before_it_is_read(at_the_desk, settings):
    settings.DELIVERY_MAX_BYTES = 10
    body = io.BytesIO()
    answer = at_the_desk.generic(
        "POST", reverse("enterprises:receive"), body.getvalue(), "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(2**21),
    )  # fmt: skip
    assert answer.status_code == 413
    assert "请分几次交来" in answer.content.decode()


def test_a_file_above_the_limit_is_turned_away(at_the_desk, settings):
    settings.DELIVERY_MAX_BYTES = 10
    answer = hand_in(at_the_desk, tax_file((make.uscc(), "1", "1")))
    assert answer.status_code == 422
    assert not Delivery.objects.exists()


def test_handing_in_needs_the_token_of_the_form(steward):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(steward)
    assert hand_in(strict, tax_file((make.uscc(), "1", "1"))).status_code == 403
    assert not Delivery.objects.exists()


def test_a_script_that_sends_one_file_gets_its_line_alone(at_the_desk):
    url = reverse("enterprises:receive")
    taken = at_the_desk.post(url, {"files": tax_file((make.uscc(), "1", "1"))}, headers={"HX-Request": "true"})
    refused = at_the_desk.post(url, {"files": SimpleUploadedFile("空.csv", b"")}, headers={"HX-Request": "true"})
    assert (taken.status_code, refused.status_code) == (201, 422)
    for answer in (taken, refused):
        assert answer.content.decode().lstrip().startswith("<li")
    assert reverse("enterprises:delivery-line", args=[Delivery.objects.get().pk]) in taken.content.decode()


# ── What came of it ────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_was_read_counted_and_refused(at_the_desk, refused_and_stored):
    text = page_of(at_the_desk, refused_and_stored)
    assert "共 <b>3</b> 行：接收 <b>1</b>，重复 <b>0</b>，退回 <b>2</b>" in text
    assert "应纳税额（元）" in text
    assert "不读取" not in text.split("识别结果")[1].split("</dl>")[0]
    assert "企业未登记 1" in text
    assert "不是数字 1" in text
    assert "约一百" in text


def test_refused_rows_are_filtered_by_reason(at_the_desk, refused_and_stored):
    text = page_of(at_the_desk, refused_and_stored, "?reason=not_a_number")
    assert "第 1–1 行，共 1 行" in text
    assert "请先报送其登记信息" not in text


def test_a_filter_by_reason_asked_by_htmx_brings_the_rows_alone(at_the_desk, refused_and_stored):
    url = reverse("enterprises:delivery", args=[refused_and_stored.pk])
    answer = at_the_desk.get(url, {"reason": "not_a_number"}, headers={"HX-Request": "true", "HX-Target": "faults"})
    assert answer.content.decode().startswith("<section")


def test_many_refused_rows_come_in_pages(at_the_desk):
    delivery = make.delivery(rows=120, rejected={"not_a_number": 120})
    DeliveryFault.objects.bulk_create(
        DeliveryFault(delivery=delivery, row=n, reason="not_a_number", sentence=f"请改第{n}行") for n in range(120)
    )
    assert "第 1–50 行，共 120 行" in page_of(at_the_desk, delivery)
    assert "请改第119行" in page_of(at_the_desk, delivery, "?page=3")


def test_the_error_file_is_downloaded_corrected_and_delivered_under_the_same_delivery(at_the_desk, refused_and_stored):
    file = at_the_desk.get(reverse("enterprises:delivery-refused", args=[refused_and_stored.pk]))
    sent = b"".join(file.streaming_content).decode("utf-8-sig")
    assert "备注（退回原因）" in sent
    firm = Enterprise.objects.get()
    corrected = sent.replace("约一百", "100").replace(sent.split("\n")[1].split(",")[0], make.enterprise().uscc)
    corrected = corrected.replace("2023-06", "2023-05")
    upload = SimpleUploadedFile("更正.csv", corrected.encode("utf-8-sig"))
    url = reverse("enterprises:delivery-correction", args=[refused_and_stored.pk])
    answer = at_the_desk.post(url, {"file": upload})
    work_off()
    correction = refused_and_stored.corrections.get()
    assert answer.headers["Location"] == reverse("enterprises:delivery", args=[correction.pk])
    assert (correction.state, correction.accepted, correction.rejected) == ("stored", 2, {})
    assert Signal.objects.filter(enterprise=firm).count() == 2
    assert "退回与更正的经过" in page_of(at_the_desk, refused_and_stored)


def test_rows_of_an_unknown_firm_are_taken_when_the_register_has_grown(at_the_desk, refused_and_stored):
    fault = refused_and_stored.faults.get(reason="unknown_enterprise")
    make.enterprise(uscc=fault.value)
    answer = at_the_desk.post(reverse("enterprises:delivery-again", args=[refused_and_stored.pk]))
    work_off()
    again = refused_and_stored.corrections.get()
    assert answer.headers["Location"] == reverse("enterprises:delivery", args=[again.pk])
    assert (again.accepted, again.changed, again.rejected) == (2, 1, {"not_a_number": 1})
    assert refused_and_stored.is_stored


def test_an_empty_correction_is_told_on_the_page(at_the_desk, refused_and_stored):
    url = reverse("enterprises:delivery-correction", args=[refused_and_stored.pk])
    answer = at_the_desk.post(url, {"file": SimpleUploadedFile("更正.csv", b"")})
    assert answer.status_code == 422
    assert "文件是空的" in answer.content.decode()


def test_the_same_file_again_says_when_and_by_whom_it_came_first(at_the_desk, refused_and_stored):
    with refused_and_stored.file.open("rb") as file:
        same = file.read()
    hand_in(at_the_desk, SimpleUploadedFile("另一个名字.csv", same))
    work_off()
    again = Delivery.objects.exclude(pk=refused_and_stored.pk).get()
    text = page_of(at_the_desk, again)
    assert again.state == "repeated"
    assert "测试steward已交来过" in text
    assert reverse("enterprises:delivery", args=[refused_and_stored.pk]) in text


# ── Questions and corrections of what was recognised ───────────────────────────────────────────


@pytest.fixture
def asking(at_the_desk):
    """Two columns may be the paid tax."""
    firm = make.enterprise()
    text = f"纳税人识别号,所属期,应纳税额,实缴税额,入库税额\n{firm.uscc},202306,100,90,80\n"
    hand_in(at_the_desk, SimpleUploadedFile("两列.csv", text.encode()))
    work_off()
    return Delivery.objects.get()


def say(client, delivery, choice):
    return client.post(reverse("enterprises:delivery-answer", args=[delivery.pk]), {"choice": choice, "remember": "on"})


def test_in_doubt_the_page_asks_and_an_answer_continues_the_work(at_the_desk, asking):
    assert asking.state == "asking"
    assert "有一处需要确认" in page_of(at_the_desk, asking)
    answer = say(at_the_desk, asking, "入库税额")
    assert answer.headers["Location"] == reverse("enterprises:delivery", args=[asking.pk])
    work_off()
    asking.refresh_from_db()
    assert (asking.state, asking.accepted) == ("stored", 1)
    assert Signal.objects.get().paid == 8000
    assert "“入库税额”列" in page_of(at_the_desk, asking)


def test_an_answer_that_was_not_offered_is_not_taken(at_the_desk, asking):
    answer = say(at_the_desk, asking, "别的列")
    assert answer.status_code == 422
    asking.refresh_from_db()
    assert asking.state == "asking"


def test_a_remembered_answer_is_used_for_the_same_header(at_the_desk, asking):
    say(at_the_desk, asking, "入库税额")
    work_off()
    firm = Enterprise.objects.get()
    text = f"纳税人识别号,所属期,应纳税额,实缴税额,入库税额\n{firm.uscc},202305,100,90,70\n"
    hand_in(at_the_desk, SimpleUploadedFile("五月.csv", text.encode()))
    work_off()
    may = Delivery.objects.latest("pk")
    assert may.state == "stored"
    assert "按记住的格式读取" in page_of(at_the_desk, may)


def test_correcting_the_unit_of_a_stored_file_takes_it_back_and_stores_it_anew(at_the_desk, refused_and_stored):
    url = reverse("enterprises:delivery-layout", args=[refused_and_stored.pk])
    assert 'name="unit"' in at_the_desk.get(url).content.decode()
    answer = at_the_desk.post(url, {"kind": "tax", "unit": "万元"})
    work_off()
    anew = Delivery.objects.latest("pk")
    refused_and_stored.refresh_from_db()
    assert answer.headers["Location"] == reverse("enterprises:delivery", args=[anew.pk])
    assert (refused_and_stored.state, anew.state, anew.unit) == ("undone", "stored", "万元")
    assert Signal.objects.get(delivery=anew).due == 1000 * 10_000 * 100


def test_one_column_cannot_have_two_meanings(at_the_desk, asking):
    url = reverse("enterprises:delivery-layout", args=[asking.pk])
    answer = at_the_desk.post(url, {"kind": "tax", "column_due": "实缴税额", "column_paid": "实缴税额"})
    assert answer.status_code == 422
    assert "一列只能有一个含义" in answer.content.decode()


def test_another_kind_shows_that_kinds_columns(at_the_desk, asking):
    text = at_the_desk.get(reverse("enterprises:delivery-layout", args=[asking.pk]), {"kind": "loan"}).content.decode()
    assert "贷款余额" in text
    assert "实缴税额" in text  # as a header that may be chosen


def test_an_unknown_kind_is_told_apart_from_a_missing_page(at_the_desk, asking):
    answer = at_the_desk.get(reverse("enterprises:delivery-layout", args=[asking.pk]), {"kind": "<nonsense>"})
    assert answer.status_code == 200
    assert "请先选择数据种类" in answer.content.decode()


# ── Work under way, failed, cancelled ──────────────────────────────────────────────────────────


def test_while_it_is_at_work_the_page_shows_progress_and_then_loads_anew(at_the_desk, steward):
    job = Job.objects.create(
        kind="delivery", key="x", asked_by=steward, state="running", done=40, total=100, message="正在核对，已到第40行"
    )
    delivery = make.delivery(kind="", state="received", stored_at=None, job=job)
    assert "正在核对，已到第40行" in page_of(at_the_desk, delivery)
    url = reverse("enterprises:delivery-progress", args=[delivery.pk])
    assert "HX-Refresh" not in at_the_desk.get(url).headers
    Job.objects.update(state="done")
    assert at_the_desk.get(url).headers["HX-Refresh"] == "true"


def test_work_that_failed_says_why_and_is_put_to_work_again(at_the_desk, steward):
    job = Job.objects.create(kind="delivery", key="x", asked_by=steward, state="failed", message="磁盘已满。")
    delivery = make.delivery(kind="", state="received", stored_at=None, job=job, file="deliveries/202311/x.csv")
    assert "磁盘已满" in page_of(at_the_desk, delivery)
    at_the_desk.post(reverse("enterprises:delivery-again", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert delivery.job_id != job.pk
    assert delivery.at_work


def test_of_a_file_that_cannot_be_read_the_page_keeps_the_reason_and_offers_no_file(at_the_desk):
    hand_in(at_the_desk, SimpleUploadedFile("表.xls", b"<html><table></table></html>"))
    work_off()
    delivery = Delivery.objects.get()
    text = page_of(at_the_desk, delivery)
    assert "网页格式" in text
    assert "文件没有保留" in text
    assert "下载原文件" not in text
    assert at_the_desk.get(reverse("enterprises:delivery-file", args=[delivery.pk])).status_code == 404
    assert at_the_desk.post(reverse("enterprises:delivery-again", args=[delivery.pk])).status_code == 409


def test_waiting_work_is_cancelled_at_once(at_the_desk):
    hand_in(at_the_desk, tax_file((make.uscc(), "1", "1")))
    delivery = Delivery.objects.get()
    at_the_desk.post(reverse("enterprises:delivery-cancel", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert (delivery.job.state, delivery.is_stuck) == ("cancelled", True)
    assert "已取消处理" in page_of(at_the_desk, delivery)


# ── Undoing ────────────────────────────────────────────────────────────────────────────────────


def test_before_undoing_the_page_says_what_will_happen(at_the_desk, refused_and_stored):
    text = at_the_desk.get(reverse("enterprises:delivery-undo", args=[refused_and_stored.pk])).content.decode()
    assert "<b>1</b> 行不再计入，涉及 2023-06" in text
    assert Delivery.objects.get().state == "stored"


def test_undoing_is_noted_with_who_and_when_and_cannot_be_done_twice(at_the_desk, steward, refused_and_stored):
    url = reverse("enterprises:delivery-undo", args=[refused_and_stored.pk])
    assert at_the_desk.post(url).status_code == 302
    refused_and_stored.refresh_from_db()
    assert (refused_and_stored.state, refused_and_stored.undone_by) == ("undone", steward)
    assert "由测试steward撤销" in page_of(at_the_desk, refused_and_stored)
    assert at_the_desk.post(url).status_code == 409


def test_a_large_delivery_is_undone_in_the_background(at_the_desk, refused_and_stored):
    Delivery.objects.update(changed=1_000_000)
    at_the_desk.post(reverse("enterprises:delivery-undo", args=[refused_and_stored.pk]))
    refused_and_stored.refresh_from_db()
    assert (refused_and_stored.state, refused_and_stored.at_work) == ("stored", True)
    work_off()
    refused_and_stored.refresh_from_db()
    assert refused_and_stored.state == "undone"


# ── The list ───────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_filtered_by_kind_state_department_and_month(at_the_desk, refused_and_stored):
    make.delivery(kind="loan", name="贷款.xlsx", department="bank", state="refused")
    url = reverse("enterprises:deliveries")
    for query, seen in [
        ({}, {"税务局 6月.csv", "贷款.xlsx"}),
        ({"kind": "tax"}, {"税务局 6月.csv"}),
        ({"department": "bank"}, {"贷款.xlsx"}),
        ({"state": "refused"}, {"贷款.xlsx"}),
        ({"month": "2023-06"}, {"税务局 6月.csv"}),
        ({"month": "2023-07"}, set()),
        ({"month": "六月"}, set()),
        ({"month": "0000-01"}, set()),
        ({"kind": "nonsense"}, set()),
    ]:
        text = at_the_desk.get(url, query).content.decode()
        assert {name for name in ("税务局 6月.csv", "贷款.xlsx") if name in text} == seen


def test_the_list_asks_the_database_as_often_for_many_rows_as_for_few(at_the_desk):
    url = reverse("enterprises:deliveries")
    at_the_desk.get(url)  # the first visit also writes the session
    counts = []
    for many in (1, 30):
        for _ in range(many):
            make.delivery()
        with CaptureQueriesContext(connection) as asked:
            at_the_desk.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_empty_list_says_what_to_do_first(at_the_desk):
    assert "先交来市场监管局的企业登记信息" in at_the_desk.get(reverse("enterprises:deliveries")).content.decode()


# ── Who may, and how files leave ───────────────────────────────────────────────────────────────


PAGES = [
    "delivery",
    "delivery-line",
    "delivery-progress",
    "delivery-layout",
    "delivery-undo",
    "delivery-file",
    "delivery-refused",
]
DEEDS = [
    "delivery-answer",
    "delivery-layout",
    "delivery-correction",
    "delivery-again",
    "delivery-cancel",
    "delivery-undo",
]


@pytest.mark.parametrize("username", [name for name in make.cast() if name != "steward"])
def test_only_the_steward_opens_deliveries(client, username):
    delivery = make.delivery(file=ContentFile(b"x", "x.csv"))
    client.force_login(make.member_of_the_cast(username))
    for name in ("deliveries", "receive"):
        assert client.get(reverse(f"enterprises:{name}")).status_code == 403
    assert client.post(reverse("enterprises:receive")).status_code == 403
    for name in PAGES:
        assert client.get(reverse(f"enterprises:{name}", args=[delivery.pk])).status_code == 403, name
    for name in DEEDS:
        assert client.post(reverse(f"enterprises:{name}", args=[delivery.pk])).status_code == 403, name


def test_a_delivery_that_does_not_exist_is_not_found(at_the_desk):
    for name in PAGES:
        assert at_the_desk.get(reverse(f"enterprises:{name}", args=[999_999])).status_code == 404, name
    for name in DEEDS:
        assert at_the_desk.post(reverse(f"enterprises:{name}", args=[999_999])).status_code == 404, name


def test_files_leave_as_attachments_that_nothing_interprets(at_the_desk, refused_and_stored):
    for name in ("delivery-file", "delivery-refused"):
        answer = at_the_desk.get(reverse(f"enterprises:{name}", args=[refused_and_stored.pk]))
        b"".join(answer.streaming_content)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"] == "application/octet-stream"


def test_without_an_error_file_there_is_none_to_download(at_the_desk):
    delivery = make.delivery()
    assert at_the_desk.get(reverse("enterprises:delivery-refused", args=[delivery.pk])).status_code == 404
