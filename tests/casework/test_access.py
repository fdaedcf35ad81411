"""The access log, and the auditor's pages over it and over the trail of changes."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection, transaction
from psycopg2.errors import InsufficientPrivilege

from accounts.models import User
from casework import access, acting, wall, wording
from casework.audit import AUDITED
from casework.jobs import work
from casework.models import AccessRecord, Change, Job
from enterprises.models import Enterprise
from tests import make
from tests.settings import POSTGRESQL, SLOT
from tests.test_locks import MODELS

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG = "371002", "371082"

# Every table of ours that no trigger watches stands here, with the reason.
NOT_AUDITED = {
    "casework.Change": "is the trail; sealed",
    "casework.AccessRecord": "is the access log; sealed",
    "casework.Job": "changes twice a second while the work goes on; what the work does is watched",
    "casework.SavedView": "a person's own filter, which decides nothing",
    "casework.KeptAnswer": "what a POST was answered, for a day; the deed itself is watched",
    "casework.Arrival": "what phones sent, word for word; appended only",
    "casework.Piece": "photos and signatures as phones sent them; appended only",
    "casework.Digest": "that a letter of reminders went out; what it told of is watched",
    "casework.Message": "a message to a client and the attempts to deliver it; what it tells of is watched",
    "accounts.PastPassword": "hashes; that a password was changed stands with the person",
    "enterprises.Signal": "by the million, appended by deliveries whose files are kept under their SHA-256",
    "enterprises.SignalBlock": "packed from the signals, and rebuilt from them",
    "enterprises.ConfirmedSignals": "bits of a delivery, by the import alone",
    "enterprises.DeliveryMonth": "counts of a delivery, by the import alone",
    "enterprises.DeliveryFault": "rows of a delivery that were refused; the file that says so is kept",
    "enterprises.DeliverySample": "first rows of a delivery; the file is kept",
    "risks.Score": "by the hundred thousand, worked out from card and signals, which can be done again",
    "risks.Tally": "counts of the scores of a run",
}


def lines(kind=None):
    rows = AccessRecord.objects.order_by("id")
    return rows.filter(kind=kind) if kind else rows


# ── Every table ──────────────────────────────────────────────────────────────────────────────


def test_every_table_of_ours_is_under_audit_or_stands_on_the_list():
    watched = {model._meta.label for model in AUDITED}
    ours = {model._meta.label for model in MODELS}
    assert ours - watched - set(NOT_AUDITED) == set()
    assert set(NOT_AUDITED) - (ours - watched) == set()  # nor does the list name one that is watched, or gone


def test_the_triggers_stand_on_every_table_under_audit():
    from casework import audit

    with connection.cursor() as cursor:
        told = list(audit.wanting(cursor))
    assert {watch.model for watch, _ in told} == set(AUDITED)
    assert [(watch.table, faults) for watch, faults in told if faults] == []


def test_each_table_says_its_district_where_it_has_one():
    """What a trigger writes lies in the district of the row, by whatever way it is reached."""
    enterprise = make.enterprise(district=RONGCHENG)
    enterprise.note_deed("走访", by=None, on=make.ON, district=enterprise.district)
    person = make.person("aaa", "district_officer", district=HUANCUI)
    assert Change.objects.get(model="casework.entry").district_id == RONGCHENG
    assert Change.objects.get(model="accounts.user", record=person.pk).district_id == HUANCUI


# ── Nobody rewrites it ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", ["portal_web", "portal_worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_change SET place = ''",
        "DELETE FROM casework_change",
        "TRUNCATE casework_change",
        "INSERT INTO casework_change (model, record, deed, request, place) VALUES ('a', '', 'insert', '', '')",
        "UPDATE casework_accessrecord SET note = ''",
        "DELETE FROM casework_accessrecord",
        "TRUNCATE casework_accessrecord",
        "ALTER TABLE enterprises_enterprise DISABLE TRIGGER audit_update",
        "CREATE OR REPLACE FUNCTION audit_enterprises_enterprise() RETURNS trigger LANGUAGE sql AS ''",
        "SET session_replication_role = replica",
    ],
)
def test_no_login_of_the_portal_goes_round_the_trail(login, statement):
    own = psycopg2.connect(POSTGRESQL.url_of(f"test_{SLOT}", login))
    with closing(own), own.cursor() as cursor, pytest.raises(psycopg2.Error) as refusal:
        cursor.execute(statement)
    assert isinstance(refusal.value, InsufficientPrivilege) or "must be owner" in str(refusal.value)


def test_time_transaction_and_login_are_not_for_the_writer_to_say():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_accessrecord (kind, at, transaction, login, hash, request, place, model, record,"
            " note) VALUES ('login', '2020-01-01', 1, 'somebody', '', '', '', '', '', '')"
        )
    row = AccessRecord.objects.get()
    assert (row.login, row.at.year > 2020, row.transaction > 1) == ("portal_worker", True, True)


def test_a_district_reads_its_own_history_alone():
    for district in (HUANCUI, RONGCHENG):
        make.enterprise(district=district)
    with wall.within(HUANCUI):
        assert set(Change.objects.values_list("district_id", flat=True)) == {HUANCUI}
    with wall.within(wall.NOTHING):
        assert not Change.objects.exists()
        assert not AccessRecord.objects.exists()


def test_a_password_is_never_written_down_but_that_it_changed_is(huancui_officer):
    huancui_officer.set_password("Haifeng-Chuilang-2023")
    huancui_officer.save()
    User.objects.filter(pk=huancui_officer.pk).update(last_login=make.AT)
    rows = Change.objects.filter(model="accounts.user", record=huancui_officer.pk).order_by("id")
    assert [row.deed for row in rows] == ["insert", "update"]  # that somebody logged in stands in the access log
    assert (rows[1].before["password"], rows[1].after["password"]) == ("……", "……")
    assert huancui_officer.password not in str([(row.before, row.after) for row in rows])


# ── On whose behalf ──────────────────────────────────────────────────────────────────────────


def test_a_change_says_who_for_which_request_and_from_which_page(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    page = client.get(f"/enterprises/{enterprise.pk}/amend/").context["form"]
    filled = {name: "" if value is None else value for name, value in page.initial.items()}
    answer = client.post(f"/enterprises/{enterprise.pk}/amend/", filled | {"heads": 81, "has_union": "unknown"})
    assert answer.status_code == 302, answer.context["form"].errors
    change = Change.objects.filter(model="enterprises.enterprise", deed="update").get()
    assert (change.by, change.before["heads"], change.after["heads"]) == (huancui_officer, 80, 81)
    assert change.place == f"POST /enterprises/{enterprise.pk}/amend/"
    assert change.request == answer.headers["X-Request-ID"]


def test_a_change_by_background_work_says_who_asked_for_it(steward, monkeypatch):
    from casework import jobs

    enterprise = make.enterprise()
    for kept in ("KINDS", "TITLES", "NEEDS"):
        monkeypatch.setattr(jobs, kept, dict(getattr(jobs, kept)))
    work("test-heads", "试验")(lambda job, progress: Enterprise.objects.update(heads=3) and None)
    job = Job.objects.ask("test-heads", key="test-heads", by=steward)
    assert job.take(make.AT)
    job.run()
    change = Change.objects.filter(model="enterprises.enterprise", record=enterprise.pk, deed="update").get()
    assert (change.by, change.place) == (steward, f"任务 test-heads #{job.pk}")


# ── What the log holds ───────────────────────────────────────────────────────────────────────


def test_log_ins_failures_and_log_outs_are_written_down(client, huancui_officer):
    client.post("/login/", {"login": "huancui_officer", "password": "falsch"}, REMOTE_ADDR="10.1.2.3")
    client.post("/login/", {"login": "Mein-Passwort-2023", "password": "x"})
    client.post("/login/", {"login": "huancui_officer", "password": make.PASSWORD})
    client.post("/logout/")
    failed, unknown, came, went = lines()
    assert (failed.kind, failed.by, failed.record, failed.address) == (
        "login_failed", None, str(huancui_officer.pk), "10.1.2.3",
    )  # fmt: skip
    assert failed.district_id == HUANCUI
    assert unknown.kind == "login_failed"
    assert "Passwort" not in unknown.note
    assert (came.kind, came.by) == ("login", huancui_officer)
    assert (went.kind, went.by) == ("logout", huancui_officer)


def test_a_person_sees_their_own_log_ins_and_nobody_elses(client, huancui_officer, huancui_union):
    client.post("/login/", {"login": "huancui_union", "password": "falsch"}, REMOTE_ADDR="10.9.9.9")
    client.post("/login/", {"login": "huancui_officer", "password": "falsch"}, REMOTE_ADDR="10.1.2.3")
    client.force_login(huancui_officer)
    page = client.get("/logins/history/").content.decode()
    assert "登录失败" in page
    assert "10.1.2.3" in page
    assert "10.9.9.9" not in page


def test_what_lies_in_another_district_is_refused_and_written_down(client, huancui_officer):
    foreign = make.enterprise(district=RONGCHENG)
    client.force_login(huancui_officer)
    assert client.get(f"/enterprises/{foreign.pk}/").status_code == 404
    assert client.get("/people/").status_code == 403
    missing, forbidden = lines("refused")
    assert (missing.by, missing.model, missing.record) == (huancui_officer, "enterprises.enterprise", str(foreign.pk))
    assert (forbidden.by, forbidden.place) == (huancui_officer, "GET /people/")


def test_an_export_is_written_down_with_its_conditions_and_rows(client, huancui_officer):
    make.enterprise(size="large")
    make.enterprise(size="small")
    client.force_login(huancui_officer)
    asked = {"page": "enterprises:list", "query": "size=large", "format": "csv"}
    file = client.post("/exports/new/", asked)
    assert len(list(file.streaming_content)) > 0
    (line,) = lines("export")
    assert (line.by, line.rows) == (huancui_officer, 1)
    assert line.note == "企业名录：规模：大型"


def test_who_sees_the_figures_of_an_enterprise_is_written_down_and_who_sees_none_is_not(
    client, huancui_officer, huancui_union
):
    enterprise = make.enterprise()
    for person in (huancui_officer, huancui_union):
        client.force_login(person)
        assert client.get(f"/enterprises/{enterprise.pk}/").status_code == 200
    (line,) = lines("view")
    assert (line.by, line.record) == (huancui_officer, str(enterprise.pk))


def test_a_line_that_cannot_be_written_is_an_error_and_no_page(client, huancui_officer, monkeypatch):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    client.raise_request_exception = False
    monkeypatch.setattr(access, "_COLUMNS", (*access._COLUMNS[:-1], "no_such_column"))
    with transaction.atomic():
        assert client.get(f"/enterprises/{enterprise.pk}/").status_code == 500
        transaction.set_rollback(True)


# ── The auditor's pages ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def history(huancui_officer):
    """An enterprise whose phone, revenue and heads were changed in one request."""
    enterprise = make.enterprise(name="威海虚构望海水产有限公司", revenue=5_000_000)
    with acting.from_place("POST /enterprises/1/amend/", by=huancui_officer), wall.within(wall.WHOLE_CITY):
        enterprise.heads, enterprise.phone, enterprise.revenue = 95, "0631-5200000", 7_000_000
        enterprise.save()
    return enterprise


def test_the_auditor_reads_what_was_and_what_became_in_words_but_no_figures(client, auditor, history):
    client.force_login(auditor)
    page = client.get("/audit/?deed=update").content.decode()
    assert "威海虚构望海水产有限公司" in page
    assert "从业人数" in page
    change = Change.objects.get(model="enterprises.enterprise", deed="update")
    page = client.get(f"/audit/changes/{change.pk}/").content.decode()
    for words in ("从业人数", "80", "95", "联系电话", "0631-5200000", "营业收入（元）", wording.UNSHOWN):
        assert words in page
    assert "7000000" not in page
    looked, at = lines("audit")
    assert looked.by == auditor
    assert "操作：修改" in looked.note
    assert at.record == str(change.pk)


def test_a_record_without_a_name_is_called_by_its_number(client, auditor):
    answer = make.finding().inspection.answers.first()
    client.force_login(auditor)
    page = client.get("/audit/", {"record": answer.pk}).text
    assert " object (" not in page
    assert f"#{answer.pk}" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=测试huancui_officer&kind=enterprises.enterprise", 1),
        ("person=nobody", 0),
        ("kind=enterprises.enterprise", 2),
        ("record=威海虚构望海水产有限公司", 2),
        ("record=没有这家公司", 0),
        ("kind=enterprises.enterprise&district=371082", 0),
        ("kind=enterprises.enterprise&since=2020-01-01", 2),
        ("until=2020-01-01", 0),
        ("request=5d2f5bd7d8e54cf1a5a2d2ad5e1cbd59", 0),
    ],
)
def test_the_trail_is_searched_by_person_record_kind_district_period_and_request(
    client, auditor, history, query, found
):
    client.force_login(auditor)
    assert client.get(f"/audit/?{query}").context["page"].total == found


def test_page_file_and_api_of_the_trail_hold_the_same(client, auditor, history):
    client.force_login(auditor)
    query = "kind=enterprises.enterprise"
    on_page = [each.row.pk for each in client.get(f"/audit/?{query}").context["rows"]]
    by_api = client.get(f"/api/audit/changes/?{query}").json()["results"]
    assert {row["id"] for row in by_api} == set(on_page)
    assert "7000000" not in str(by_api)
    asked = {"page": "casework:changes", "query": query, "format": "csv"}
    file = b"".join(client.post("/exports/new/", asked).streaming_content).decode("utf-8-sig")
    assert file.count("威海虚构望海水产有限公司") >= 1
    assert "从业人数：80 → 95" in file
    assert "7000000" not in file
    assert lines("export").get().by == auditor


@pytest.mark.parametrize("address", ["/audit/", "/audit/access/", "/audit/seals/", "/audit/changes/1/"])
def test_nobody_but_the_auditor_reads_them(client, city_office, administrator, security_administrator, address):
    for person in (city_office, administrator, security_administrator):
        client.force_login(person)
        assert client.get(address).status_code == 403


def test_whoever_reads_the_log_stands_in_it(client, auditor):
    client.force_login(auditor)
    assert client.get("/audit/access/?kind=login").status_code == 200
    assert client.get("/audit/seals/").status_code == 200
    (line,) = lines("audit")
    assert (line.by, line.note) == (auditor, "访问记录：事项：登录")
