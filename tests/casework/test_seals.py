"""Seals: whoever rewrites what was done, owner of the database or not, is found out and the row is named."""

import json
import time
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from casework import access, seals
from casework.models import AccessRecord, Change
from enterprises.models import Enterprise
from tests import make
from tests.settings import POSTGRESQL, SLOT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings, tmp_path):
    settings.AUDIT_SEAL_DIR = tmp_path / "seals"
    return settings.AUDIT_SEAL_DIR


@pytest.fixture
def owner():
    """Somebody who may do everything in the database, and does."""
    with closing(POSTGRESQL.connect(f"test_{SLOT}", "postgres")) as connection, connection.cursor() as cursor:
        yield cursor


def sealed_whole():
    """Seal until nothing is left; what a test before left open may be ending only now."""
    until = time.monotonic() + 20
    while True:
        seals.seal()
        if not seals.verify().unsealed:
            return
        assert time.monotonic() < until
        time.sleep(0.1)


def first(verdict):
    fault = verdict.faults[0]
    return fault.what, fault.table, fault.row


def numbers(model=Change):
    return list(model.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def three(folder):
    """Three rows of the trail and one of the access log, in two seals."""
    enterprise = make.enterprise(name="威海虚构甲公司")
    sealed_whole()
    Enterprise.objects.filter(pk=enterprise.pk).update(heads=5)
    Enterprise.objects.filter(pk=enterprise.pk).update(heads=6)
    access.record(access.Kind.EXPORT, note="企业名录", rows=12)
    sealed_whole()
    assert seals.verify().faults == []
    return numbers()[-3:]


def test_a_row_that_the_owner_altered_is_named_even_with_a_hash_that_fits(three, owner, capsys):
    owner.execute("UPDATE casework_change SET before = '{}' WHERE id = %s", [three[1]])
    assert first(seals.verify()) == ("altered", "casework_change", three[1])
    owner.execute("UPDATE casework_change c SET hash = casework_digest(c) WHERE id = %s", [three[1]])
    assert first(seals.verify()) == ("altered", "casework_change", three[1])
    with pytest.raises(SystemExit) as end:
        call_command("verify_audit")
    assert end.value.code == 1
    assert f"数据变更记录第 {three[1]} 行被改动（封条 " in capsys.readouterr().out


def test_a_function_that_lies_about_the_hash_helps_nobody(three, owner):
    owner.execute("UPDATE casework_change SET before = '{}' WHERE id = %s", [three[1]])
    owner.execute(
        "CREATE OR REPLACE FUNCTION casework_digest(c casework_change) RETURNS bytea LANGUAGE sql AS 'SELECT c.hash'"
    )
    try:
        assert first(seals.verify()) == ("altered", "casework_change", three[1])
    finally:
        from importlib import import_module

        stamp = import_module("casework.migrations.0004_trail").STAMP
        owner.execute(stamp[: stamp.index(";\n") + 1].replace("CREATE", "CREATE OR REPLACE"))


def test_a_row_that_the_owner_deleted_is_named(three, owner):
    owner.execute("DELETE FROM casework_change WHERE id IN (%s, %s)", three[1:])
    verdict = seals.verify()
    assert [fault.row for fault in verdict.faults] == three[1:]
    assert first(verdict) == ("missing", "casework_change", three[1])


def test_rows_that_are_gone_from_the_access_log_are_named(three, owner):
    owner.execute("TRUNCATE casework_accessrecord")
    assert first(seals.verify())[:2] == ("missing", "casework_accessrecord")


def test_a_row_that_was_put_in_later_is_named(three, owner):
    """With a number and a transaction of the past, and a hash that fits."""
    owner.execute("DELETE FROM casework_change WHERE id = %s", [three[0] - 1])
    before = seals.verify().faults
    owner.execute("ALTER TABLE casework_change DISABLE TRIGGER stamp")
    owner.execute(
        "INSERT INTO casework_change SELECT 1000000, at, transaction, login, hash, request, place, model, record,"
        " by_id, district_id, deed, before, after FROM casework_change WHERE id = %s",
        [three[1]],
    )
    owner.execute("UPDATE casework_change c SET hash = casework_digest(c) WHERE id = 1000000")
    owner.execute("ALTER TABLE casework_change ENABLE TRIGGER stamp")
    added = [fault for fault in seals.verify().faults if fault not in before]
    assert [(fault.what, fault.row) for fault in added] == [("added", 1000000)]


def test_a_seal_that_was_touched_or_cut_out_is_named(three, folder):
    (file,) = folder.glob("*.jsonl")
    whole = file.read_text().splitlines()
    touched = json.loads(whole[0]) | {"at": "2020-01-01T00:00:00+08:00"}
    file.write_text("\n".join([json.dumps(touched), *whole[1:]]) + "\n")
    verdict = seals.verify()
    assert (verdict.faults[0].what, verdict.faults[0].seal) == ("seal", 1)
    file.write_text("\n".join([whole[0], *whole[2:]]) + "\n")
    if len(whole) > 2:
        assert (seals.verify().faults[0].what, seals.verify().faults[0].seal) == ("seal", 2)


def test_a_seal_cut_off_at_the_end_is_known_by_the_log_of_another_machine(three, folder):
    noted = seals.verify().last
    (file,) = folder.glob("*.jsonl")
    file.write_text("\n".join(file.read_text().splitlines()[:-1]) + "\n")
    assert seals.verify().faults == []
    assert [fault.what for fault in seals.verify(against=noted).faults] == ["seal"]


def test_without_the_key_nobody_makes_a_seal_that_holds(three, settings):
    settings.AUDIT_SEAL_KEY = "another"
    assert seals.verify().faults[0].what == "seal"
    settings.AUDIT_SEAL_KEY_FALLBACKS = ["tests"]
    assert seals.verify().faults == []


def test_rows_of_a_transaction_that_is_still_open_are_sealed_when_it_ends(folder):
    """It began before others that are sealed already, so that its rows have numbers among theirs."""
    with closing(POSTGRESQL.connect(f"test_{SLOT}", "portal_worker")) as slow:
        slow.autocommit = False
        with slow.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.district', '*', true)")
            cursor.execute("UPDATE accounts_district SET aliases = '{慢}' WHERE code = '371002'")
            make.enterprise()
            seals.seal()
            sealed_before = seals.verify()
            assert sealed_before.unsealed  # the enterprise waits, too: it is younger than the open one
            slow.commit()
    sealed_whole()
    assert seals.verify().faults == []
    assert Change.objects.filter(model="accounts.district", after__aliases=["慢"]).count() == 1


def test_a_trigger_that_was_switched_off_is_named(folder, owner):
    owner.execute("ALTER TABLE enterprises_enterprise DISABLE TRIGGER audit_update")
    try:
        (fault,) = seals.verify().faults
    finally:
        owner.execute("ALTER TABLE enterprises_enterprise ENABLE TRIGGER audit_update")
    assert (fault.what, fault.table) == ("trigger", "enterprises_enterprise")
    assert "audit_update" in fault.sentence


def test_a_right_that_a_login_should_not_have_is_named(folder, owner):
    owner.execute("GRANT DELETE, UPDATE ON casework_change TO portal_web")
    owner.execute("ALTER TABLE casework_accessrecord NO FORCE ROW LEVEL SECURITY")
    try:
        granted, open_ = seals.verify().faults
    finally:
        owner.execute("REVOKE DELETE, UPDATE ON casework_change FROM portal_web")
        owner.execute("ALTER TABLE casework_accessrecord FORCE ROW LEVEL SECURITY")
    assert (granted.what, open_.what) == ("right", "right")
    assert granted.sentence == "数据库登录名 portal_web 对数据变更记录有不应有的权限：DELETE UPDATE。"


def test_lines_of_the_access_log_go_when_they_are_old_enough_and_the_chain_says_so(three, owner, settings):
    (old,) = numbers(AccessRecord)
    access.record(access.Kind.EXPORT, note="企业名录", rows=3)
    sealed_whole()
    owner.execute("UPDATE casework_accessrecord SET at = at - interval '2000 days' WHERE id = %s", [old])
    with pytest.raises(CommandError, match="被改动"):
        call_command("prune_access_log")  # age is not for anybody to say
    owner.execute("UPDATE casework_accessrecord SET at = at + interval '2000 days' WHERE id = %s", [old])
    settings.ACCESS_LOG_DAYS = -1
    as_owner = {"NAME": f"test_{SLOT}", "USER": "portal"}
    kept = {name: connection.settings_dict[name] for name in as_owner}
    connection.close()
    connection.settings_dict |= as_owner
    try:
        call_command("prune_access_log")
    finally:
        connection.close()
        connection.settings_dict |= kept
    assert numbers(AccessRecord) == []
    assert seals.verify().faults == []
    access.record(access.Kind.EXPORT, note="企业名录", rows=4)
    sealed_whole()
    assert seals.verify().faults == []


def test_a_restored_database_counts_anew_and_its_seals_go_on(three, owner, folder, capsys):
    """Its transactions have small numbers again: as if the last seal had been made a million of them later."""
    (file,) = folder.glob("*.jsonl")
    whole = [json.loads(line) for line in file.read_text().splitlines()]
    whole[-1]["before"] += 1_000_000
    whole[-1]["mac"] = seals._mac(whole[-1], b"tests")
    file.write_text("".join(json.dumps(made) + "\n" for made in whole))
    make.enterprise()
    with pytest.raises(seals.SealError, match="--restored"):
        seals.seal()
    call_command("seal_audit", restored=True)
    assert seals.verify().faults == []
    assert seals.verify().unsealed == 0
    make.enterprise()
    sealed_whole()
    owner.execute("DELETE FROM casework_change WHERE id = (SELECT max(id) FROM casework_change)")
    assert [fault.what for fault in seals.verify().faults] == ["missing"]
