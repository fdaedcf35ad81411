"""A list becomes a file: whole, of one's own district, with one's own rights, and for some days only."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework import exports
from casework.listings import LISTINGS
from casework.models import Export, Job

from .. import make

pytestmark = pytest.mark.django_db
in_the_background = pytest.mark.django_db(transaction=True)  # the worker reports through a connection of its own

EXPORT, MINE = reverse("casework:export"), reverse("casework:exports")


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def register():
    """Three enterprises of Huancui, one of them micro, and two of Rongcheng."""
    make.enterprise("威海听澜针织有限公司", size="micro")
    make.enterprise("威海砚川建筑有限公司", industry="E4710", industry_name="房屋建筑业", size="small")
    make.enterprise("威海青砾机械有限公司", size="small")
    make.enterprise("荣成渔隐水产有限公司", "371082", size="micro")
    make.enterprise("荣成墨渔水产有限公司", "371082", size="large")


def ask(client, user, format="csv", page="enterprises:list", **query):
    client.force_login(user)
    parameters = QueryDict(mutable=True)
    parameters.update(query)
    return client.post(EXPORT, {"page": page, "query": parameters.urlencode(), "format": format})


def content(response):
    return b"".join(response.streaming_content)


def lines(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def names(data):
    written = lines(data)
    heading = next(number for number, line in enumerate(written) if "企业名称" in line)
    place = written[heading].index("企业名称")
    return [line[place] for line in written[heading + 1 :]]


def work_off(job):
    assert job.take(timezone.now())
    job.run()
    job.refresh_from_db()
    return job


# ── Short lists come at once ─────────────────────────────────────────────────────────────────


def test_the_file_says_its_conditions_rows_and_origin(client, huancui_officer, register, settings):
    settings.DEMONSTRATION = True
    head = [line[0] for line in lines(content(ask(client, huancui_officer, size="small", trade="E")))[:4]]
    assert head[0] == "企业名录（演示数据）"
    assert head[1] == "范围：环翠区\u3000条件：行业：建筑业；规模：小型"
    assert head[2] == "行数：1 户"
    assert head[3].startswith(f"导出人：{huancui_officer.organisation.name} {huancui_officer.name}\u3000导出时间：20")


def test_a_district_exports_its_own_rows(client, huancui_officer, city_office, register):
    assert len(names(content(ask(client, huancui_officer)))) == 3
    assert len(names(content(ask(client, huancui_officer, district="371082")))) == 3
    assert len(names(content(ask(client, city_office, district="371082")))) == 2


def test_the_workbook_opens_with_codes_as_text_and_numbers_as_numbers(client, huancui_officer, register):
    written = openpyxl.load_workbook(io.BytesIO(content(ask(client, huancui_officer, "xlsx")))).active
    heading = [cell.value for cell in written[5]]
    first = dict(zip(heading, written[6], strict=True))
    assert first["统一社会信用代码"].data_type == "s"
    assert (first["从业人数"].data_type, first["从业人数"].value) == ("n", 80)
    assert first["成立日期"].is_date
    assert written.max_row == 5 + 3


def test_the_file_has_a_chinese_name_and_is_nothing_but_a_file(client, huancui_officer, register):
    response = ask(client, huancui_officer)
    assert f"attachment; filename*=utf-8''{quote('企业名录')}_20" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert content(response)


def test_who_may_not_export_is_refused(client, huancui_employer, auditor, register):
    for user in (huancui_employer, auditor):  # the auditor exports the trail, and nothing that he may not read
        assert ask(client, user).status_code == 403
    client.force_login(huancui_employer)
    assert client.get(MINE).status_code == 403
    assert not Export.objects.exists()


def test_the_union_exports_no_figures(client, huancui_union, huancui_officer, register):
    def heading(user):
        return lines(content(ask(client, user)))[4]

    assert set(heading(huancui_officer)) - set(heading(huancui_union)) == {"营业收入（元）", "资产总额（元）"}


@pytest.mark.parametrize("page", ["", "enterprises:detail", "nothing:here"])
def test_only_declared_lists_are_exported(client, huancui_officer, page):
    assert ask(client, huancui_officer, page=page).status_code == 404


def test_a_condition_that_is_not_understood_exports_no_row(client, huancui_officer, register):
    written = lines(content(ask(client, huancui_officer, size="giant")))
    assert written[1][0].endswith("条件有误，没有列出任何记录")
    assert len(written) == 5


def test_a_cell_that_would_run_is_text(client, huancui_officer):
    make.enterprise("=cmd|' /C calc'!A0", address="＠SUM(A1:A9)", contact="-2+3", phone="+86 631 0001")
    written = lines(content(ask(client, huancui_officer)))
    row = dict(zip(written[4], written[5], strict=True))
    assert [row[name] for name in ("企业名称", "地址", "联系人", "联系电话")] == [
        "'=cmd|' /C calc'!A0", "'＠SUM(A1:A9)", "'-2+3", "'+86 631 0001",
    ]  # fmt: skip


# ── The same rows everywhere ─────────────────────────────────────────────────────────────────

CONDITIONS = [
    {}, {"q": "威海"}, {"q": "whtl"}, {"trade": "C"}, {"size": "micro"}, {"size": "none"}, {"union": "unknown"},
    {"new": "yes"}, {"status": "active", "sort": "-heads"}, {"q": "水产", "size": "large"}, {"level": "none"},
    {"size": "giant"},
]  # fmt: skip


@pytest.mark.parametrize("query", CONDITIONS, ids=str)
@pytest.mark.parametrize("who", ["huancui_officer", "rongcheng_officer", "city_office", "huancui_union", "steward"])
def test_list_file_and_machine_count_the_same(client, request, register, who, query):
    user = request.getfixturevalue(who)
    client.force_login(user)
    listed = client.get(reverse("enterprises:list"), query).context["page"]
    filed = names(content(ask(client, user, **query)))
    fetched = client.get("/api/enterprises/", query)
    told = [row["name"] for row in fetched.json()["results"]] if fetched.status_code == 200 else []
    assert listed.total == len(listed.rows) == len(filed) == len(told)
    assert {row.name for row in listed.rows} == set(filed) == set(told)


@pytest.mark.parametrize("page", sorted(LISTINGS))
def test_more_rows_need_no_more_queries(page, city_office):
    run = make.run()

    def rows_and_queries(number):
        for _ in range(number):
            make.score(make.enterprise(), run)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            written = exports.write(io.BytesIO(), LISTINGS[page], "", "csv", by=city_office, at=timezone.now())
        return written, len(queries)

    few, asked_for_few = rows_and_queries(10)
    many, asked_for_many = rows_and_queries(300)
    if page in {"enterprises:list", "risks:list"}:
        assert (few, many) == (10, 310)
    assert asked_for_many == asked_for_few


# ── Long lists are written in the background ─────────────────────────────────────────────────


@pytest.fixture
def long(settings):
    settings.EXPORT_DIRECT_ROWS = 2


@in_the_background
def test_a_long_list_is_written_in_the_background_and_fetched_later(client, huancui_officer, register, long):
    response = ask(client, huancui_officer, size="small", sort="heads")
    assert names(content(response)) == ["威海砚川建筑有限公司", "威海青砾机械有限公司"]
    response = ask(client, huancui_officer, "xlsx")
    assert response.url == MINE
    assert "等待处理" in client.get(MINE).content.decode()
    export = Export.objects.get()
    assert work_off(export.job).state == "done"
    export.refresh_from_db()
    assert export.rows == 3
    waiting = client.get(MINE).content.decode()
    assert "可以下载" in waiting
    file = client.get(reverse("casework:export-file", args=[export.pk]))
    assert openpyxl.load_workbook(io.BytesIO(content(file))).active["A3"].value == "行数：3 户"


@in_the_background
def test_the_same_list_asked_for_twice_is_written_once(client, huancui_officer, register, long):
    for _ in range(2):
        ask(client, huancui_officer)
    assert Export.objects.count() == Job.objects.filter(kind="export").count() == 1


@in_the_background
def test_the_page_of_exports_says_what_each_was_asked_for(
    client, huancui_officer, register, settings, django_assert_max_num_queries
):
    settings.EXPORT_DIRECT_ROWS = 0
    for trade, size in (("C", "micro"), ("C", "small"), ("E", "small"), ("C", ""), ("E", "")):
        ask(client, huancui_officer, trade=trade, size=size)
    with django_assert_max_num_queries(8):
        shown = client.get(MINE).content.decode()
    assert "行业：建筑业；规模：小型" in shown


@in_the_background
def test_the_rights_are_those_of_the_moment_of_writing(client, huancui_officer, register, long):
    ask(client, huancui_officer)
    huancui_officer.role = Role.EMPLOYER_MEMBER
    huancui_officer.save()
    job = work_off(Export.objects.get().job)
    assert (job.state, job.message) == ("failed", "您的岗位已没有导出这份清单的权限。")


@in_the_background
def test_the_rows_are_those_of_the_district_at_the_moment_of_writing(client, huancui_officer, register, long):
    ask(client, huancui_officer)
    huancui_officer.organisation = make.person("moved", Role.DISTRICT_OFFICER, district="371082").organisation
    huancui_officer.save()
    export = Export.objects.get()
    work_off(export.job)
    export.refresh_from_db()
    with export.file.open() as file:
        assert [name[:2] for name in names(file.read())] == ["荣成", "荣成"]


@in_the_background
def test_a_file_is_fetched_by_its_owner_alone(client, huancui_officer, huancui_supervisor, city_office, register, long):
    ask(client, huancui_officer)
    export = Export.objects.get()
    work_off(export.job)
    for deed in ("export-file", "export-line"):
        url = reverse(f"casework:{deed}", args=[export.pk])
        for other in (huancui_supervisor, city_office):
            client.force_login(other)
            assert client.get(url).status_code == 404
    for deed in ("delete-export", "retry-export"):
        assert client.post(reverse(f"casework:{deed}", args=[export.pk])).status_code == 404


@in_the_background
def test_who_lost_the_right_cannot_fetch_what_was_written_before(client, huancui_officer, register, long):
    ask(client, huancui_officer)
    export = Export.objects.get()
    work_off(export.job)
    huancui_officer.role = Role.EMPLOYER_MEMBER
    huancui_officer.save()
    client.force_login(huancui_officer)
    assert client.get(reverse("casework:export-file", args=[export.pk])).status_code == 403


@in_the_background
def test_a_failed_export_says_why_and_can_be_asked_for_again(client, huancui_officer, register, long, monkeypatch):
    monkeypatch.setattr("casework.spreadsheets.MOST_XLSX_ROWS", 7)
    ask(client, huancui_officer, "xlsx")
    export = Export.objects.get()
    work_off(export.job)
    shown = client.get(MINE).content.decode()
    assert "共 3 户，超过一张 Excel 工作表的行数，请缩小条件，或导出 CSV。" in shown
    assert reverse("casework:retry-export", args=[export.pk]) in shown
    monkeypatch.undo()
    client.post(reverse("casework:retry-export", args=[export.pk]))
    export.job.refresh_from_db()
    assert work_off(export.job).state == "done"


@in_the_background
def test_a_deleted_export_takes_its_file_along(client, huancui_officer, register, long, tmp_path):
    ask(client, huancui_officer)
    export = Export.objects.get()
    work_off(export.job)
    assert len(list(tmp_path.rglob("*.csv"))) == 1
    client.post(reverse("casework:delete-export", args=[export.pk]))
    assert list(tmp_path.rglob("*.csv")) == []
    assert not Export.objects.exists()


def test_the_file_of_a_deleted_export_stays_until_it_is_certain_that_the_row_goes(
    client, huancui_officer, register, long, tmp_path, django_capture_on_commit_callbacks
):
    ask(client, huancui_officer)
    export = Export.objects.get()
    export.file.save("名录.csv", ContentFile(b"1"))
    with django_capture_on_commit_callbacks() as callbacks:
        exports.drop(export)
        assert len(list(tmp_path.rglob("*.csv"))) == 1
    for callback in callbacks:
        callback()
    assert list(tmp_path.rglob("*.csv")) == []


@in_the_background
def test_an_export_cancelled_before_its_turn_writes_nothing(client, huancui_officer, register, long, tmp_path):
    ask(client, huancui_officer)
    export = Export.objects.get()
    client.post(reverse("casework:delete-export", args=[export.pk]))
    assert Job.objects.get().state == "cancelled"
    assert list(tmp_path.rglob("*.csv")) == []


@in_the_background
def test_after_its_days_a_file_is_gone_and_what_was_left_behind_too(client, huancui_officer, register, long, tmp_path):
    ask(client, huancui_officer)
    export = Export.objects.get()
    work_off(export.job)
    export.refresh_from_db()
    file = Path(export.file.path)
    left_behind = file.with_name("broken-off.csv")
    left_behind.write_bytes(b"")
    later = export.expires_at + timedelta(seconds=1)
    assert exports.expire(later - timedelta(minutes=1)) == 0
    assert exports.expire(later) == 1
    assert not file.exists()
    exports.expire(later + timedelta(days=3))
    assert not left_behind.exists()


@in_the_background
def test_an_expired_file_is_not_fetched_even_before_it_is_deleted(client, huancui_officer, register, long):
    ask(client, huancui_officer)
    export = Export.objects.get()
    work_off(export.job)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse("casework:export-file", args=[export.pk])).status_code == 404
    assert "已过期" in client.get(MINE).content.decode()
