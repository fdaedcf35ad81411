"""A backup and the proof that it can be restored.

A backup is a folder: `portal.dump` (pg_dump, custom format), `media/` (the files), `seals/` (those of the audit, copied
before the rows that they speak of), `manifest.json` (what they all hold).
Rows are counted and summed up in the very snapshot that is dumped. The checksum of a table is the sum of a 64-bit hash
of each row's text: the same whatever the order of the rows. It finds what was lost or damaged; against intent stand the
SHA-256 of the manifest, which the command prints for safe keeping elsewhere, and the seals of the audit.

Not in it: SECRET_KEY, passwords of the database and other settings of .env, and the sessions: who can read a backup is
not thereby logged in, and after a restore everybody logs in anew.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn, parse_dsn

from config.embedded import PostgreSQL

DUMP, MEDIA, SEALS, MANIFEST = "portal.dump", "media", "seals", "manifest.json"
LEFT_OUT = {"public.django_session"}
# Rows as text read the same on both sides; and rather no backup than one with the rows that a policy lets through.
_SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "row_security": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
_OPTIONS = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())


class BackupError(Exception):
    """The backup or the restore did not come to its end; the text says where."""


# ── Making one ───────────────────────────────────────────────────────────────────────────────


def make(folder, *, url, media, seals, at):
    """Back up the database at `url` and the files under `media` and `seals` into a new folder in `folder`; its path."""
    backup = Path(folder) / f"portal-{at:%Y%m%d-%H%M%S}"
    fresh = backup.with_suffix(".unfinished")  # what was cut short is not taken for a backup
    fresh.mkdir(mode=0o700, parents=True)
    sealed = dict(_copies(Path(seals), fresh / SEALS, "*.jsonl"))
    with contextlib.closing(_connect(url)) as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, version = cursor.fetchone()
        _dump(url, snapshot, fresh / DUMP)
        manifest = {
            "made_at": at.isoformat(),
            "postgresql": version,
            "roles": _roles(cursor),
            "tables": _tables(cursor),
        }
    manifest["dump"] = digest_of(fresh / DUMP)
    manifest["files"] = dict(_copies(Path(media), fresh / MEDIA))
    manifest["seals"] = sealed
    (fresh / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
    return fresh.rename(backup)


def _dump(url, snapshot, file):
    left_out = [f"--exclude-table-data={table}" for table in sorted(LEFT_OUT)]
    _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={file}", *left_out)


def _roles(cursor):
    """Names that the dump grants rights to: they must exist where it is restored."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def _tables(cursor):
    """Rows and checksum of each table and partition: {"public.name": {"rows", "checksum"}}."""
    cursor.execute(
        "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1, 2"
    )
    return {f"{schema}.{table}": _sum(cursor, schema, table) for schema, table in cursor.fetchall()}


def _sum(cursor, schema, table):
    if f"{schema}.{table}" in LEFT_OUT:
        return {"rows": 0, "checksum": "0"}
    query = "SELECT count(*), coalesce(sum(hashtextextended(whole_row::text, 0)), 0)::text FROM ONLY {} AS whole_row"
    cursor.execute(sql.SQL(query).format(sql.Identifier(schema, table)))
    rows, checksum = cursor.fetchone()
    return {"rows": rows, "checksum": checksum}


def _copies(source, target, pattern="*"):
    """Copies each file; one that is deleted meanwhile (an expired export) is left out."""
    target.mkdir()
    for path in sorted(path for path in source.rglob(pattern) if path.is_file()):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(path, copy)
            yield str(path.relative_to(source)), digest_of(copy)


# ── Proving that it can be restored ──────────────────────────────────────────────────────────


def read(backup):
    try:
        return json.loads((Path(backup) / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BackupError(f"{backup} 不是完整的备份：读不出 {MANIFEST}。") from error


@contextlib.contextmanager
def restored(backup, folder):
    """The address of the database of `backup`, in a new cluster under `folder` that goes when the block ends."""
    roles = read(backup)["roles"]
    shutil.rmtree(folder, ignore_errors=True)
    server = PostgreSQL(folder, durable=False)
    try:
        with server.joined():
            with contextlib.closing(server.connect("postgres", "postgres")) as connection:
                _furnish(connection, roles)
            url = server.url_of("restored", "postgres")
            _run("pg_restore", url, "--exit-on-error", str(Path(backup) / DUMP))
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(connection, roles):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        there = {name for (name,) in cursor.fetchall()}
        for role in sorted(set(roles) - there):
            cursor.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        cursor.execute("CREATE DATABASE restored")


def compare_tables(backup, url):
    """Each table as (name, rows in the backup, rows restored, whether rows and checksum agree)."""
    with contextlib.closing(_connect(url)) as connection, connection.cursor() as cursor:
        found = _tables(cursor)
    wanted = read(backup)["tables"]
    for name in sorted({*wanted, *found}):
        one, other = wanted.get(name), found.get(name)
        yield name, one and one["rows"], other and other["rows"], one == other


def compare_files(backup):
    """Each file of the backup, the dump too, as (path, "missing", "altered", "unlisted" or "")."""
    backup, manifest = Path(backup), read(backup)
    wanted = {DUMP: manifest["dump"], **{f"{MEDIA}/{path}": digest for path, digest in manifest["files"].items()}}
    wanted |= {f"{SEALS}/{path}": digest for path, digest in manifest["seals"].items()}
    found = {str(path.relative_to(backup)): path for path in backup.rglob("*") if path.is_file()}
    found.pop(MANIFEST)
    for path in sorted({*wanted, *found}):
        if path not in found:
            yield path, "missing"
        elif path not in wanted:
            yield path, "unlisted"
        else:
            yield path, "" if digest_of(found[path]) == wanted[path] else "altered"


def digest_of(path):
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────


def _connect(url):
    try:
        return psycopg2.connect(url, options=_OPTIONS)
    except psycopg2.OperationalError as error:
        raise BackupError(f"数据库连不上：{error}") from error


def _run(program, url, *words):
    """pg_dump or pg_restore. The password goes by the environment: everybody can read the command line."""
    target = parse_dsn(url)
    password = {"PGPASSWORD": target.pop("password")} if "password" in target else {}
    command = [PostgreSQL.program(program), "--no-password", f"--dbname={make_dsn(**target)}", *words]
    ended = subprocess.run(  # noqa: S603
        command, env={**os.environ, **password}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise BackupError(f"{program} 没有完成：{ended.stderr.strip()}")
