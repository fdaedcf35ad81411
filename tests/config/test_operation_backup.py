"""A backup that is restored into a PostgreSQL of its own, and what the drill says of a damaged one. For real."""

import contextlib
import json
import time
from datetime import date

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from casework import seals
from casework.models import Job
from enterprises.models import Feed
from operation import backups
from tests import make

SESSION = "a-live-session-of-somebody"


@pytest.fixture
def backup(transactional_db, settings, tmp_path):
    """Of firms, a month of signals in its partition, a job, somebody's session and two files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "deliveries/202311").mkdir(parents=True)
    (settings.MEDIA_ROOT / "deliveries/202311/缴税.csv").write_bytes("甲,乙\r\n1,2\r\n".encode("gb18030"))
    (settings.MEDIA_ROOT / "photo.jpg").write_bytes(bytes(range(256)) * 1000)
    firms = [make.enterprise(f"威海虚构{number}号水产有限公司") for number in range(20)]
    delivery = make.delivery()
    for firm in firms:
        make.signal(firm, Feed.TAX, date(2023, 9, 1), delivery, due=120_00, paid=120_00)
    Job.objects.create(kind="export", key="one", state="done", arguments={"names": ["=1+1", "\\N", "\t'\""]})
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES (%s, 'signed', now() + interval '1 day')", [SESSION])
    settings.AUDIT_SEAL_DIR = tmp_path / "seals"
    while seals.verify().unsealed:  # what others on the same server have open holds it up for a moment
        seals.seal()
        time.sleep(0.1)
    call_command("backup", str(tmp_path / "backups"))
    (made,) = (tmp_path / "backups").iterdir()
    return made


@pytest.fixture
def drill(capsys, tmp_path):
    """Drills; gives what was printed and the sentence of the refusal, empty when all agreed."""

    def drill(backup):
        capsys.readouterr()
        refusal = ""
        try:
            call_command("restore_drill", str(backup), scratch=tmp_path / "scratch")
        except CommandError as error:
            refusal = str(error)
        assert not (tmp_path / "scratch").exists(), "nothing of the drill is left"
        return capsys.readouterr().out, refusal

    return drill


def test_a_backup_comes_back_table_by_table_and_file_by_file(backup, drill):
    told, refusal = drill(backup)
    assert not refusal
    assert "恢复演练合格" in told
    manifest = backups.read(backup)
    assert manifest["tables"]["public.enterprises_enterprise"]["rows"] == 20
    assert manifest["tables"]["public.enterprises_signal_202309"]["rows"] == 20
    for table in manifest["tables"]:
        assert f"一致    {table}\n" in told
    assert "文件（含数据库转储）4 个，一致 4 个" in told
    assert "尚未封存 0 行" in told
    assert "与封条一致" in told
    assert set(manifest["files"]) == {"deliveries/202311/缴税.csv", "photo.jpg"}


def test_a_backup_holds_no_session_and_no_key(backup, settings, tmp_path):
    with backups.restored(backup, tmp_path / "scratch") as url, _cursor(url) as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM enterprises_enterprise")
        assert cursor.fetchone() == (20,)
    held = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert settings.SECRET_KEY.encode() not in held
    assert backup.stat().st_mode & 0o077 == 0, "closed to other users of the machine"


def test_a_changed_row_is_found_even_where_the_number_of_rows_is_the_same(backup, tmp_path):
    with backups.restored(backup, tmp_path / "scratch") as url:
        with _cursor(url) as cursor:
            cursor.execute("UPDATE enterprises_signal SET paid = paid - 1 WHERE enterprise_id % 20 = 7")
            assert cursor.rowcount == 1
            cursor.execute("DELETE FROM casework_job")
        wrong = [row for row in backups.compare_tables(backup, url) if not row[-1]]
    assert wrong == [("public.casework_job", 1, 0, False), ("public.enterprises_signal_202309", 20, 20, False)]


def test_a_trail_that_was_rewritten_is_found_in_the_restored_database(backup, tmp_path):
    with backups.restored(backup, tmp_path / "scratch") as url:
        assert seals.verify(url=url, folder=backup / backups.SEALS).faults == []
        with _cursor(url) as cursor:
            cursor.execute("DELETE FROM casework_change WHERE model = 'enterprises.enterprise' RETURNING id")
            gone = [number for (number,) in cursor.fetchall()]
        faults = seals.verify(url=url, folder=backup / backups.SEALS).faults
    assert [(fault.what, fault.row) for fault in faults] == [("missing", number) for number in gone]


def test_a_damaged_backup_does_not_pass(backup, drill):
    (backup / "media/photo.jpg").write_bytes(b"another")
    (backup / "media/deliveries/202311/缴税.csv").unlink()
    (backup / "media/more.txt").write_text("put in later")
    manifest = backups.read(backup)
    manifest["tables"]["public.casework_job"]["rows"] += 1
    (backup / backups.MANIFEST).write_text(json.dumps(manifest))
    told, refusal = drill(backup)
    assert "共 4 处不一致" in refusal
    assert "有改动  media/photo.jpg" in told
    assert "缺少  media/deliveries/202311/缴税.csv" in told
    assert "清单中没有  media/more.txt" in told
    assert "不一致  public.casework_job" in told


def test_a_dump_that_was_cut_off_does_not_pass(backup, drill):
    dump = backup / backups.DUMP
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    told, refusal = drill(backup)
    assert "pg_restore 没有完成" in refusal
    assert f"有改动  {backups.DUMP}" in told


def test_what_was_cut_short_is_no_backup(transactional_db, settings, tmp_path):
    settings.DATABASE_BACKUP_URL = f"{settings.DATABASE_BACKUP_URL}&dbname=not_there"
    with pytest.raises(CommandError, match="备份没有完成"):
        call_command("backup", str(tmp_path))
    with pytest.raises(CommandError, match="不是完整的备份"):
        call_command("restore_drill", str(tmp_path))


def test_a_login_that_policies_hold_back_makes_no_backup(transactional_db, settings, tmp_path):
    """Rather no backup than one with the rows that a policy lets through."""
    settings.DATABASE_BACKUP_URL = settings.DATABASE_BACKUP_URL.replace("//portal_backup@", "//portal@")
    with pytest.raises(CommandError, match=r"row-level security|permission denied"):
        call_command("backup", str(tmp_path))


def test_the_login_of_backups_writes_nothing(transactional_db, settings):
    with _cursor(settings.DATABASE_BACKUP_URL) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("DELETE FROM casework_job")


@contextlib.contextmanager
def _cursor(url):
    with contextlib.closing(psycopg2.connect(url)) as session, session, session.cursor() as cursor:
        yield cursor
