"""How long it takes to take in a clean feed of a million rows, against PostgreSQL's own COPY of the same file.

Candidate: a file of social insurance (code, name, month, heads, due, paid; UTF-8 with BOM) is kept, recognised, every
row checked, each code resolved, duplicates looked for, rows and blocks stored and committed, in a process of its own.
Its seconds begin when the file is handed over; its peak memory is its own (bench/memory.py).
Floors, `psql \\copy` of the same file:
  raw      into a table without any index or key
  keyed    into a table whose primary key is code and month: what `ratio_to_copy` is against
  indexed  into a table with a serial key and an index over code and month
Peer: django-import-export, row by row with the code looked up, on a slice.
Floors and candidate take turns, each into fresh tables, a checkpoint before each; the medians of the rounds' ratios are
reported. Every round checks that all rows are stored and that the amounts add up.
`again` is the same delivery once more under another file (nothing changes), `corrected` one in which every amount has
changed, `beside` a feed for months in which other feeds lie already.
"""

import contextlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from bench import scratch
from bench.memory import peak_mb

ROOT = Path(__file__).resolve().parent.parent
SEED = 2023
MONTHS = 24
SLICE = 3_000
ON = date(2023, 11, 20)
DISTRICTS = ("371002", "371003", "371082", "371083", "371071", "371072", "371073", "WHNH")
HEADER = "单位统一社会信用代码,单位名称,费款所属期,参保人数,应缴金额,实缴金额"
COPIED = "uscc, name, period, heads, due, paid"
_COLUMNS = "uscc varchar(18), name varchar(120), period char(6), heads int, due numeric(14, 2), paid numeric(14, 2)"
FLOORS = {
    "raw": f"CREATE TABLE bench_floor ({_COLUMNS})",
    "keyed": f"CREATE TABLE bench_floor ({_COLUMNS}, PRIMARY KEY (uscc, period))",
    "indexed": f"CREATE TABLE bench_floor (id bigserial PRIMARY KEY, {_COLUMNS});"
    " CREATE INDEX ON bench_floor (uscc, period)",
}


def measure(rows=1_000_000, rounds=3, enterprises=150_000):
    """What was measured, as a dict.

    ratio_to_copy           seconds of `keyed` over those of the candidate: above 1 is faster than COPY
    ratio_to_import_export  rows a second of the candidate over those of django-import-export
    rows_per_second, seconds, peak_mb and parts: see the module
    """
    with scratch.database("bench_ingest") as url, tempfile.TemporaryDirectory() as folder:
        print(f"入库 {rows:,} 行：造数……", file=sys.stderr)
        files = _Files(Path(folder), rows, enterprises)
        _build_register(files.codes)
        os.environ["MEDIA_ROOT"] = str(Path(folder) / "media")
        found = [_round(url, files, number) for number in range(rounds)]
        extra = _after_the_first(url, files)
        peer = _import_export(files)
    return _report(rows, found, extra, peer)


def _report(rows, found, extra, peer):
    seconds = statistics.median(each["candidate"]["seconds"] for each in found)

    def ratio(floor):
        return round(statistics.median(each[floor] / each["candidate"]["seconds"] for each in found), 2)

    return {
        "rows": rows,
        "ratio_to_copy": ratio("keyed"),
        "ratio_to_import_export": round(rows / seconds / peer),
        "rows_per_second": round(rows / seconds),
        "seconds": round(seconds, 2),
        "peak_mb": round(max(each["candidate"]["peak_mb"] for each in found)),
        "ratio_to_copy_indexed": ratio("indexed"),
        "ratio_to_copy_raw": ratio("raw"),
        "import_export_rows_per_second": round(peer),
        "parts": extra,
        "rounds": [
            {**{floor: round(each[floor], 2) for floor in FLOORS}, "seconds": round(each["candidate"]["seconds"], 2)}
            for each in found
        ],
    }


def _round(url, files, number):
    """One turn of each, in an order that changes from round to round."""
    turns = [*FLOORS, "candidate"]
    turns = turns[number % len(turns) :] + turns[: number % len(turns)]
    found = {}
    for turn in turns:
        _empty()
        found[turn] = _candidate(url, files.first) if turn == "candidate" else _floor(url, turn, files.first)
        if turn == "candidate":
            _assert_stored(files)
    return found


def _after_the_first(url, files):
    """Ratios to `keyed` of what comes after a first delivery."""
    _empty()
    floor = _floor(url, "keyed", files.first)
    _empty()
    _candidate(url, files.parcels)
    found = {"beside": _candidate(url, files.first)}
    found["again"] = _candidate(url, files.same)
    found["corrected"] = _candidate(url, files.changed)
    return {
        name: {
            "seconds": round(each["seconds"], 2), "ratio_to_copy": round(floor / each["seconds"], 2),
            "changed": each["changed"], "peak_mb": round(each["peak_mb"]),
        }
        for name, each in found.items()
    }  # fmt: skip


# ── Turns ──────────────────────────────────────────────────────────────────────────────────────


def _candidate(url, path):
    command = [sys.executable, "-m", "bench.ingest", "--deliver", str(path)]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(ended.stdout)


def deliver(path):
    """What a worker does with a file, from the moment when it is handed over."""
    from django.core.files import File
    from django.db import connection, transaction
    from django.utils import timezone

    from enterprises.deliveries import ingest, keep

    connection.ensure_connection()
    started = time.perf_counter()
    with path.open("rb") as file:
        delivery = keep(File(file, name=path.name), by=None, at=timezone.now())
    with transaction.atomic():
        ingest.take_in(delivery, on=ON, at=timezone.now())
    seconds = time.perf_counter() - started
    return {
        "peak_mb": peak_mb(),
        "seconds": seconds,
        "accepted": delivery.accepted,
        "rejected": delivery.rejected,
        "changed": delivery.changed,
    }


def _floor(url, name, path):
    _sql(FLOORS[name])
    copy = f"\\copy bench_floor ({COPIED}) FROM '{path}' (FORMAT csv, HEADER)"
    started = time.perf_counter()
    subprocess.run([_psql(), "-q", "-X", "-v", "ON_ERROR_STOP=1", scratch.superuser(url), "-c", copy], check=True)
    return time.perf_counter() - started


def _psql():
    from config.embedded import PostgreSQL

    with contextlib.suppress(OSError, TypeError, AttributeError):
        if Path(PostgreSQL.program("psql")).exists():
            return PostgreSQL.program("psql")
    found = shutil.which("psql")
    assert found, "psql is neither among the installed packages nor on the PATH"
    return found


def _import_export(files):
    """Rows a second of django-import-export on the first rows, each looked up, compared and saved by itself."""
    import tablib
    from django.db import models
    from import_export import fields, resources, widgets

    from enterprises.models import Enterprise

    class Row(models.Model):
        enterprise = models.ForeignKey(Enterprise, models.DO_NOTHING, db_constraint=False, related_name="+")
        period = models.CharField(max_length=6)
        heads = models.IntegerField()
        due = models.DecimalField(max_digits=14, decimal_places=2)
        paid = models.DecimalField(max_digits=14, decimal_places=2)

        class Meta:
            app_label = "enterprises"
            db_table = "bench_rows_one_by_one"

    class Rows(resources.ModelResource):
        enterprise = fields.Field("enterprise", "enterprise", widgets.ForeignKeyWidget(Enterprise, "uscc"))

        class Meta:
            model = Row
            import_id_fields = ("enterprise", "period")
            fields = ("enterprise", "period", "heads", "due", "paid")
            skip_unchanged = True

    from django.db import connection

    with connection.schema_editor() as editor:
        editor.create_model(Row)
    _sql("CREATE UNIQUE INDEX ON bench_rows_one_by_one (enterprise_id, period)")
    with files.first.open(encoding="utf-8-sig") as file:
        lines = [line.rstrip("\n").split(",") for _, line in zip(range(SLICE + 1), file, strict=False)][1:]
    table = tablib.Dataset(*lines, headers=["enterprise", *COPIED.split(", ")[1:]])
    started = time.perf_counter()
    result = Rows().import_data(table, raise_errors=True)
    elapsed = time.perf_counter() - started
    assert result.totals["new"] == len(lines) == Row.objects.count()
    return len(lines) / elapsed


# ── Files and tables ───────────────────────────────────────────────────────────────────────────


class _Files:
    """The feed as four files: the first, the same turned round, one with every amount changed, another feed."""

    def __init__(self, folder, rows, enterprises):
        from enterprises.demonstration.codes import credit_codes

        rng = np.random.default_rng(SEED)
        self.rows = rows
        enterprises = min(enterprises, max(rows // MONTHS * 4, 1))
        self.codes = credit_codes(np.arange(enterprises), SEED, np.ones(enterprises, np.uint8))
        span = -(-rows // enterprises)  # months a firm
        who = np.repeat(np.arange(enterprises), span)[:rows]
        months = np.array([f"{2022 + m // 12}{m % 12 + 1:02d}" for m in range(span)])
        month = np.tile(months, enterprises)[:rows]
        heads = rng.integers(1, 500, rows)
        due = rng.integers(10_000, 90_000_000, rows)
        paid = np.where(rng.random(rows) < 0.1, due // 2, due)
        self.total = int(due.sum()), int(paid.sum())
        self.first = self._write(folder / "social.csv", who, month, heads, due, paid)
        turned = slice(None, None, -1)
        self.same = self._write(folder / "same.csv", *(part[turned] for part in (who, month, heads, due, paid)))
        self.changed = self._write(folder / "changed.csv", who, month, heads, due + 1, paid)
        self.parcels = folder / "parcels.csv"
        self._save(self.parcels, "信用代码,企业,统计月份,发货件数", [self.codes[who], _name(who), month, heads])

    def _write(self, path, who, month, heads, due, paid):
        self._save(path, HEADER, [self.codes[who], _name(who), month, heads, due / 100, paid / 100])
        return path

    def _save(self, path, header, columns):
        import polars as pl

        with path.open("wb") as file:
            frame = pl.DataFrame(dict(zip(header.split(","), columns, strict=True)))
            frame.write_csv(file, include_bom=True, float_precision=2)


def _name(who):
    return np.char.add(np.char.add("威海虚构", who.astype("U6")), "号水产有限公司")


def _build_register(codes):
    from django.db import connection

    from enterprises import search

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS enterprises_by_fragment")  # the search is not what is measured here
    text = io.StringIO()
    for number, code in enumerate(codes.tolist()):
        name = f"威海虚构{number}号水产有限公司"
        found_by = f"{search.normal(name)} WHXG {code}"
        text.write(f"{code}\t{name}\t{DISTRICTS[number % 8]}\t{found_by}\n")
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_register (uscc text, name text, district text, search_text text)")
        cursor.copy_expert("COPY bench_register FROM STDIN", text)
        cursor.execute(
            "INSERT INTO enterprises_enterprise (uscc, name, district_id, search_text, industry, industry_name, size,"
            " status, address, legal_representative, contact, phone, platform, version)"
            " SELECT uscc, name, district, search_text, '', '', '', 'active', '', '', '', '', '', 1 FROM bench_register"
        )
        cursor.execute("VACUUM (ANALYZE) enterprises_enterprise")


def _empty():
    """Fresh tables: nothing was ever delivered."""
    from django.db import Error, connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'enterprises_signal'::regclass"
        )
        for (partition,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {partition}")
        cursor.execute("TRUNCATE enterprises_signalblock, enterprises_delivery CASCADE")
        with contextlib.suppress(Error):  # where the role may not, the server keeps its own time
            cursor.execute("CHECKPOINT")


def _assert_stored(files):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(due), sum(paid) FROM enterprises_signal")
        rows, due, paid = cursor.fetchone()
    assert (rows, int(due), int(paid)) == (files.rows, *files.total)


def _sql(statement):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    with scratch.servers():
        if sys.argv[1:2] == ["--deliver"]:
            print(json.dumps(deliver(Path(sys.argv[2]))))
        else:
            sizes = [int(size) for size in sys.argv[1:]]
            print(json.dumps(measure(*sizes), indent=1))
