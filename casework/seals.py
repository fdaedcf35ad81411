"""Seals: each minute what the trail and the access log have grown by is hashed, keyed and chained into a file outside
the database, so that whoever rewrites the database is found out by whoever holds the key.

A seal is a line of JSON in AUDIT_SEAL_DIR/YYYY-MM.jsonl:

    {"seal": 17, "at": …, "before": 104729, "tables": {"casework_change": {"rows": 3, "digest": …, "marks": …}, …},
     "previous": mac of seal 16, "mac": HMAC-SHA-256 of all this}

It covers the rows of all transactions before number `before` that no earlier seal covers. That number is older than
every transaction still open in this database, so that no row comes late. `digest` is over the hashes of the rows in the
order of their numbers; `marks` keeps each row's number and eight bytes of its hash, to tell which is gone or altered.

A restored database counts its transactions anew. `manage.py seal_audit --restored` then begins a new chapter (`after`).
"""

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import psycopg2
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from . import audit, wall
from .trail import DIGESTS, AccessRecord, Change

log = logging.getLogger(__name__)

TABLES = {model._meta.db_table: model._meta.verbose_name for model in (Change, AccessRecord)}
_MARKS = np.dtype([("id", "<i8"), ("hash", "V8")])
_CHUNK = 20_000
# The first transaction that is open, or the next one that will be. Those of other databases on the server, by the lock
# that each holds on its own number, write none of our rows; one of which no lock is seen any longer counts as ours.
_OLDEST_OPEN = """
SELECT coalesce((
    SELECT min(number) FROM (SELECT id::text::bigint AS number FROM pg_snapshot_xip(seen) AS id) open
    WHERE NOT EXISTS (
        SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'transactionid' AND granted AND mode = 'ExclusiveLock'
            AND transactionid::text::bigint = number & 4294967295
            AND datid <> (SELECT oid FROM pg_database WHERE datname = current_database()))
), pg_snapshot_xmax(seen)::text::bigint) FROM (SELECT pg_current_snapshot() AS seen) snapshot
"""


class SealError(Exception):
    """The seals cannot be read or continued; the sentence says why and what to do."""


# ── Sealing ──────────────────────────────────────────────────────────────────────────────────


def seal(at=None, restored=False):
    """Seal what is complete and not yet sealed. Returns the seal, or None when there is nothing new."""
    with _locked() as folder, wall.within(wall.WHOLE_CITY), connection.cursor() as cursor:
        last = _last(folder)
        cursor.execute(_OLDEST_OPEN)
        before = cursor.fetchone()[0]
        begun, after = (last["before"], last["after"]) if last else (0, dict.fromkeys(TABLES, 0))
        if before < begun and not restored:
            raise SealError("数据库的事务编号小于封条上的：数据库是恢复来的。请核对后执行 seal_audit --restored。")
        if restored:  # nothing else goes on: all that came along and is not sealed, whatever its number was
            tables = {
                table: _sealed(cursor, table, "id > %s", [last_]) for table, last_ in _last_sealed(folder).items()
            }
            after = {table: _last_row(cursor, table) for table in TABLES}
        else:
            new = "transaction >= %s AND transaction < %s AND id > %s"
            tables = {table: _sealed(cursor, table, new, [begun, before, after[table]]) for table in TABLES}
            if not any(part["rows"] for part in tables.values()):
                return None
        return _append(folder, last, at or timezone.now(), before=before, after=after, tables=tables)


def forget(up_to):
    """Note in the chain that rows of the access log up to this number were taken away for their age."""
    with _locked() as folder:
        last = _last(folder)
        nothing = {"rows": 0, "digest": _digest([]), "marks": ""}
        told = {"before": last["before"], "after": last["after"], "tables": dict.fromkeys(TABLES, nothing)}
        return _append(folder, last, timezone.now(), **told, forgotten=up_to)


def _sealed(cursor, table, which, values):
    """What a seal says of the rows of one table."""
    cursor.execute(f"SELECT id, hash FROM {table} WHERE {which} ORDER BY id", values)  # noqa: S608
    rows = cursor.fetchall()
    marks = np.array([(number, bytes(digest[:8])) for number, digest in rows], _MARKS)
    return {"rows": len(rows), "digest": _digest(digest for _, digest in rows), "marks": _packed(marks)}


def _last_row(cursor, table):
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608
    return cursor.fetchone()[0]


def _append(folder, last, at, **told):
    made = {
        "seal": last["seal"] + 1 if last else 1,
        "at": at.isoformat(),
        **told,
        "previous": last["mac"] if last else "",
    }
    made["mac"] = _mac(made, _keys(make=True)[0])
    with (folder / f"{at:%Y-%m}.jsonl").open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)  # what a crash left of a line was no seal
        file.write(json.dumps(made).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    rows = sum(part["rows"] for part in told["tables"].values())
    # Where the log is collected on another machine, this line shows later that no seal was cut off at the end.
    log.info("sealed %s rows of the audit: seal %s:%s", rows, made["seal"], made["mac"])
    return made


@dataclass(frozen=True)
class State:
    """How far sealing has come; number 0 where nothing is sealed, or this process cannot see the seals."""

    number: int = 0
    mac: str = ""
    at: datetime | None = None
    waiting: int = 0
    since: datetime | None = None  # the oldest row that waits


def state():
    last = _last(Path(settings.AUDIT_SEAL_DIR))
    begun, after = (last["before"], last["after"]) if last else (0, dict.fromkeys(TABLES, 0))
    waiting, since = 0, []
    for model in (Change, AccessRecord):
        rows = model.objects.filter(transaction__gte=begun, id__gt=after[model._meta.db_table])
        told = rows.aggregate(number=models.Count("id"), since=models.Min("at"))
        waiting += told["number"]
        since += [told["since"]] if told["since"] else []
    sealed = (last["seal"], last["mac"], datetime.fromisoformat(last["at"])) if last else ()
    return State(*sealed, **{"waiting": waiting, "since": min(since, default=None)})


# ── Verifying ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was sealed. `what`: altered, missing, added, seal, trigger, right."""

    what: str
    sentence: str
    table: str = ""
    row: int | None = None
    seal: int | None = None


@dataclass
class Verdict:
    """`faults`: the first of the chain, of each table and of each trigger first."""

    faults: list = field(default_factory=list)
    seals: int = 0
    last: str = ""  # number:mac of the last seal
    rows: int = 0
    unsealed: int = 0


def verify(url=None, folder=None, against=""):
    """Compare the rows with the seals.

    url      another database than the portal's own: a restored one
    folder   where its seals lie
    against  "17:9f3c…", a seal as the log on another machine has it
    """
    verdict = Verdict()
    chain = _checked_chain(Path(folder or settings.AUDIT_SEAL_DIR), verdict)
    verdict.seals = len(chain)
    verdict.last = "{seal}:{mac}".format(**chain[-1]) if chain else ""
    if against and against not in {"{seal}:{mac}".format(**made) for made in chain}:
        sentence = f"另存的封条 {against.partition(':')[0]} 不在封条文件中：封条文件被截短或重写。"
        verdict.faults.append(Fault("seal", sentence))
    with _reader(url) as cursor:
        for table in TABLES:
            _check_table(cursor, table, chain, verdict)
        _check_triggers(cursor, verdict)
        _check_rights(cursor, verdict)
    return verdict


def _checked_chain(folder, verdict):
    """The seals from the first up to where the chain breaks."""
    good, keys = [], _keys()
    number, mac = 0, ""
    for made in _read(folder):
        if not any(hmac.compare_digest(_mac(made, key), str(made.get("mac"))) for key in keys):
            sentence = f"封条 {number + 1} 与密钥不符：封条文件被改动，或所用密钥不是封存时的密钥。"
            verdict.faults.append(Fault("seal", sentence, seal=number + 1))
            break
        if (made["seal"], made["previous"]) != (number + 1, mac):
            sentence = f"封条 {number + 1} 缺失：封条 {number} 之后是封条 {made['seal']}。"
            verdict.faults.append(Fault("seal", sentence, seal=number + 1))
            break
        number, mac = made["seal"], made["mac"]
        good.append(made)
    return good


def _check_table(cursor, table, chain, verdict):
    rows, (marks, by_seal) = _rows(cursor, table), _marks_of(chain, table)
    gone = _forgotten(chain, table)
    marks = marks[marks["id"] > gone]
    verdict.rows += len(rows)
    faults = [("altered", number) for number in rows["id"][rows["stored"] != rows["hash"]]]
    places = np.searchsorted(rows["id"], marks["id"])
    there = places < len(rows)
    there[there] = rows["id"][places[there]] == marks["id"][there]
    faults += [("missing", number) for number in marks["id"][~there]]
    heads = np.ascontiguousarray(rows["hash"]).view("V8").reshape(-1, 4)[:, 0]  # the first eight bytes
    same = heads[places[there]] == marks["hash"][there]
    faults += [("altered", number) for number in marks["id"][there][~same]]
    loose = np.ones(len(rows), bool)
    loose[places[there]] = False
    if chain:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint < %s", [chain[-1]["before"]])
        new = (rows["transaction"] >= chain[-1]["before"]) & (rows["id"] > chain[-1]["after"][table])
        if cursor.fetchone()[0] and len(marks):  # restored: it counts anew
            new |= rows["id"] > marks["id"].max()
        faults += [("added", number) for number in rows["id"][loose & ~new]]
        loose &= new
    verdict.unsealed += int(loose.sum())
    if not faults:
        faults = _differing(rows, chain, table)
    for what, number in sorted(set(faults), key=lambda fault: fault[1]):
        made = by_seal(number)
        of_seal = f"（封条 {made['seal']}，{made['at'][:16].replace('T', ' ')} 封存）" if made else ""
        sentence = f"{TABLES[table]}第 {number} 行{_WORDS[what]}{of_seal}。"
        verdict.faults.append(Fault(what, sentence, table, int(number), made and made["seal"]))


_WORDS = {"altered": "被改动", "missing": "被删除", "added": "是事后加入的"}


def _differing(rows, chain, table):
    """Eight bytes tell rows apart; digests of whole hashes prove them. The first row of a seal that does not hold."""
    for made in chain:
        part = made["tables"][table]
        ids = _unpacked(part["marks"])["id"]
        if len(ids) and ids[0] <= _forgotten(chain, table):
            continue  # of which some were taken away for their age
        hashes = rows["hash"][np.searchsorted(rows["id"], ids)]
        if _digest(digest.tobytes() for digest in hashes) != part["digest"]:
            yield "altered", ids[0]


def _check_triggers(cursor, verdict):
    for watch, faults in audit.wanting(cursor):
        if faults:
            sentence = f"数据表 {watch.table} 的审计触发器被停用、改动或删除：{'、'.join(faults)}。"
            verdict.faults.append(Fault("trigger", sentence, watch.table))


def _check_rights(cursor, verdict):
    """Nobody but the owner may change rows of the two tables or take them away, nor write one past the triggers."""
    cursor.execute(
        "SELECT relname, grantee::regrole::text, string_agg(privilege_type, ' ' ORDER BY privilege_type)"
        " FROM pg_class, aclexplode(relacl) WHERE relname = ANY(%s) AND grantee NOT IN (relowner, 0)"
        " AND (privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')"
        " OR privilege_type = 'INSERT' AND relname = %s) GROUP BY 1, 2 ORDER BY 1, 2",
        [list(TABLES), Change._meta.db_table],
    )
    for table, login, rights in cursor.fetchall():
        sentence = f"数据库登录名 {login} 对{TABLES[table]}有不应有的权限：{rights}。"
        verdict.faults.append(Fault("right", sentence, table))
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT (relrowsecurity AND relforcerowsecurity)",
        [list(TABLES)],
    )
    for (table,) in cursor.fetchall():
        verdict.faults.append(Fault("right", f"{TABLES[table]}的行级策略被停用。", table))


def _rows(cursor, table):
    """Each row's number, transaction, stored hash, and its hash worked out anew by PostgreSQL's own functions alone."""
    kind = np.dtype([("id", "<i8"), ("transaction", "<i8"), ("stored", "V32"), ("hash", "V32")])
    cursor.execute(f"SELECT id, transaction, hash, {DIGESTS[table]} FROM {table} c ORDER BY id")  # noqa: S608
    parts = [np.empty(0, kind)]
    while found := cursor.fetchmany(_CHUNK):
        parts.append(np.array([(*numbers, bytes(a), bytes(b)) for *numbers, a, b in found], kind))
    return np.concatenate(parts)


def _forgotten(chain, table):
    """The number up to which rows were taken away for their age."""
    if table != AccessRecord._meta.db_table:
        return 0
    return max((made.get("forgotten", 0) for made in chain), default=0)


def _marks_of(chain, table):
    """What the seals say of a table's rows, by number; and a function from a row's number to the seal it is in."""
    parts = [_unpacked(made["tables"][table]["marks"]) for made in chain]
    marks = np.concatenate([np.empty(0, _MARKS), *parts])
    seals = np.repeat(np.arange(len(chain)), [len(part) for part in parts])
    order = np.argsort(marks["id"], kind="stable")
    marks, seals = marks[order], seals[order]

    def seal_of(number):
        place = np.searchsorted(marks["id"], number)
        return chain[seals[place]] if place < len(marks) and marks["id"][place] == number else None

    return marks, seal_of


@contextlib.contextmanager
def _reader(url):
    """A cursor that sees every row of both tables."""
    if url is None:
        with wall.within(wall.WHOLE_CITY), connection.cursor() as cursor:
            yield cursor
    else:
        with contextlib.closing(psycopg2.connect(url)) as other, other.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.district', '*', false)")
            yield cursor


# ── The file ─────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _locked():
    """One sealer at a time, of all processes that share the folder."""
    folder = Path(settings.AUDIT_SEAL_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _read(folder):
    """The seals in their order. A line that cannot be read is a seal that fits no key."""
    for path in sorted(folder.glob("????-??.jsonl")):
        for line in path.read_text(errors="replace").splitlines():
            try:
                made = json.loads(line)
            except ValueError:
                made = {}
            yield made if isinstance(made, dict) else {}


def _last(folder):
    """The last seal that was written whole, or None. A month of seals is some megabytes."""
    for path in sorted(folder.glob("????-??.jsonl"), reverse=True):
        whole = path.read_bytes().rpartition(b"\n")[0]
        if whole:
            try:
                return json.loads(whole[whole.rfind(b"\n") + 1 :])
            except ValueError as error:
                raise SealError(f"{path.name} 的最后一条封条无法读取，请执行 verify_audit 核对。") from error
    return None


def _last_sealed(folder):
    """The last row that a seal covers, by table."""
    last = dict.fromkeys(TABLES, 0)
    for made in _read(folder):
        for table, part in made["tables"].items():
            marks = _unpacked(part["marks"])
            last[table] = max(last[table], int(marks["id"].max(initial=0)))
    return last


def _digest(hashes):
    whole = hashlib.sha256()
    for each in hashes:
        whole.update(each)
    return whole.hexdigest()


def _packed(marks):
    """Numbers as differences, which hardly take room; then the bytes of the hashes."""
    ids = np.diff(marks["id"], prepend=0).astype("<i8").tobytes()
    return base64.b64encode(zlib.compress(ids) + b"|" + marks["hash"].tobytes()).decode() if len(marks) else ""


def _unpacked(text):
    whole = base64.b64decode(text)
    if not whole:
        return np.empty(0, _MARKS)
    reader = zlib.decompressobj()
    ids = np.cumsum(np.frombuffer(reader.decompress(whole), "<i8"))
    marks = np.empty(len(ids), _MARKS)
    marks["id"], marks["hash"] = ids, np.frombuffer(reader.unused_data[1:], "V8")
    return marks


def _mac(made, key):
    told = {name: value for name, value in made.items() if name != "mac"}
    return hmac.new(key, json.dumps(told, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _keys(make=False):
    """The key of now and those of before. Without AUDIT_SEAL_KEY one is made beside the secret key."""
    if settings.AUDIT_SEAL_KEY:
        return [key.encode() for key in (settings.AUDIT_SEAL_KEY, *settings.AUDIT_SEAL_KEY_FALLBACKS)]
    file = settings.VAR / "seal-key"
    if make and not file.exists():
        file.write_text(secrets.token_hex(32))
        file.chmod(0o600)
    return [file.read_text().encode()] if file.exists() else []
