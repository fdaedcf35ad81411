"""How long scoring takes, end to end with reasons written, against one scan of the signals that it reads.

Candidate: `manage.py score` in a process of its own: read the blocks, compute, write a row for each enterprise, build
the indexes, count. Its seconds are its own, from the opening of the run to its close; its peak memory is the kernel's.
Floors, one `count` and `sum` over 24 months of four feeds, every enterprise in every feed and month:
  rows   the signals as they are stored, one narrow row for an enterprise, feed and month
  wide   the same in one row for an enterprise and month, which is faster to scan than what we store
`ratio_to_scan` is against the faster of the two. Scans may use the server's parallel workers; the candidate is one
process. Floors and candidate take turns; the medians of the rounds' ratios are reported, after one round to warm up.
The enterprises are invented: most pay, one in seventy months is missed, one enterprise in twelve fails.
"""

import io
import json
import os
import statistics
import struct
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from bench import scratch

ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2023, 6, 1)
SEED = 2023
DISTRICTS = ("371002", "371003", "371082", "371083", "371071", "371072", "371073", "WHNH")


def measure(sizes=(150_000, 1_000_000), rounds=3):
    """{"scoring_150k": {…}, "scoring_1m": {…}, "growth": …, "two_workers": …}; see the module for what they are.

    growth       seconds an enterprise at the largest size over those at the smallest: 1 is linear
    two_workers  how many times faster two processes are than one, at the smallest size
    """
    report = {}
    for size in sizes:
        with scratch.database("bench_scoring") as url:
            print(f"评分 {size:,} 户：造数……", file=sys.stderr)
            build(size)
            report[f"scoring_{_said(size)}"] = _rounds(url, size, rounds)
            if size == min(sizes):
                report["two_workers"] = _two_workers(url, rounds)
    seconds = [report[f"scoring_{_said(size)}"]["seconds"] / size for size in (min(sizes), max(sizes))]
    report["growth"] = round(seconds[1] / seconds[0], 3)
    return report


def _rounds(url, size, rounds):
    _candidate(url)
    found = [
        {"wide": _scan("bench_wide"), "rows": _scan("bench_rows"), "candidate": _candidate(url)} for _ in range(rounds)
    ]
    for each in found:
        each["ratio"] = each["candidate"]["seconds"] / min(each["wide"], each["rows"])
    middle = {name: statistics.median(each[name] for each in found) for name in ("wide", "rows", "ratio")}
    return {
        "enterprises": size,
        "ratio_to_scan": round(middle["ratio"], 2),
        "seconds": round(statistics.median(each["candidate"]["seconds"] for each in found), 3),
        "scan_wide_seconds": round(middle["wide"], 3),
        "scan_rows_seconds": round(middle["rows"], 3),
        "peak_mb": round(max(each["candidate"]["peak_mb"] for each in found)),
        "reasons": found[-1]["candidate"]["reasons"],
        "levels": found[-1]["candidate"]["levels"],
        "rounds": [
            {"wide": round(each["wide"], 3), "rows": round(each["rows"], 3), "seconds": each["candidate"]["seconds"]}
            for each in found
        ],
    }


def _scan(table):
    from django.db import connection

    columns = {
        "bench_rows": ("due", "paid", "balance", "count"),
        "bench_wide": ("tax_due", "tax_paid", "social_due", "social_paid", "heads", "loan_due", "loan_paid",
                       "loan_balance", "days", "parcels"),
    }[table]  # fmt: skip
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {', '.join(f'sum({column})' for column in columns)} FROM {table}")
        cursor.fetchall()
    return time.perf_counter() - started


def _candidate(url):
    """One run from the command line. The run before stays, as it would from month to month; older ones go."""
    from django.db import connection

    from risks import runs

    command = [sys.executable, "manage.py", "score", "--as-of", f"{AS_OF:%Y-%m}", "--json"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE, text=True
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("manage.py score failed")
    report = json.loads(said)
    runs.prune(keep=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(cardinality(reasons)), 0) FROM risks_score")
        rows, reasons = cursor.fetchone()
    assert rows == report["enterprises"]
    return {
        "seconds": report["seconds"],
        "peak_mb": usage.ru_maxrss / 1024,
        "reasons": reasons,
        "levels": report["levels"],
    }


def _two_workers(url, rounds):
    """The time of one process over that of two which share the parts, as Celery workers do; start-up not counted."""
    ratios = []
    for _ in range(rounds):
        one, two = _workers(url, 1), _workers(url, 2)
        ratios.append(one / two)
    return round(statistics.median(ratios), 2)


def _workers(url, processes):
    from risks import runs

    run = runs.begin(AS_OF, parts=2)
    command = [sys.executable, "-m", "bench.scoring", "--part", str(run.pk)]
    parts = [[str(part) for part in range(2) if part % processes == number] for number in range(processes)]
    workers = [
        subprocess.Popen(
            command + mine,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for mine in parts
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    started = time.perf_counter()
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        if worker.wait():
            raise RuntimeError("a worker failed")
    elapsed = time.perf_counter() - started
    runs.prune(keep=1)
    return elapsed


def work(run_id, parts):
    """A worker of `_workers`: waits for a line, then scores its parts."""
    from risks import runs
    from risks.models import ScoreRun

    run = ScoreRun.objects.select_related("card").get(pk=run_id)
    print("ready", flush=True)
    sys.stdin.readline()
    for part in parts:
        runs.score_part(run, part)


# ── A database of invented enterprises ─────────────────────────────────────────────────────────


def build(size):
    """The register, the blocks, and the two tables that are scanned; all as they lie after an import and a vacuum."""
    from django.db import connection

    from enterprises import signals

    with connection.cursor() as cursor:
        _build_register(cursor, size)
        cursor.execute("CREATE UNLOGGED TABLE bench_rows (LIKE enterprises_signal)")
        cursor.execute(
            "CREATE UNLOGGED TABLE bench_wide (enterprise_id int, month date, tax_due bigint, tax_paid bigint,"
            " social_due bigint, social_paid bigint, heads int, loan_due bigint, loan_paid bigint, loan_balance bigint,"
            " days int, parcels int)"
        )
        for block in range(size // signals.BLOCK + 1):
            first = max(block * signals.BLOCK, 1)
            ids = np.arange(first, min((block + 1) * signals.BLOCK, size + 1))
            if len(ids):
                _build_block(cursor, block, ids)
        for table in ("bench_rows", "bench_wide", "enterprises_signalblock", "enterprises_enterprise"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _build_register(cursor, size):
    cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'enterprises_enterprise'")
    for (index,) in cursor.fetchall():
        if not index.endswith("_pkey"):  # the search is not what is measured here
            cursor.execute(f"ALTER TABLE enterprises_enterprise DROP CONSTRAINT IF EXISTS {index}")
            cursor.execute(f"DROP INDEX IF EXISTS {index}")
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'enterprises_enterprise'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER' AND is_identity = 'NO'"
    )
    known = {
        "uscc": "'B' || lpad(n::text, 17, '0')",
        "name": "'威海虚构' || n || '号有限公司'",
        "district_id": "(%s::text[])[n %% 8 + 1]",
        "status": "'active'",
    }
    columns = {column: known.get(column, "''" if "char" in kind or kind == "text" else "1")
               for column, kind in cursor.fetchall()}  # fmt: skip
    cursor.execute(
        f"INSERT INTO enterprises_enterprise (id, {', '.join(columns)})"
        f" SELECT n, {', '.join(columns.values())} FROM generate_series(1, %s) n",
        [list(DISTRICTS), size] if "district_id" in columns else [size],
    )


def _build_block(cursor, block, ids):
    from enterprises import signals
    from enterprises.models import Feed
    from risks import scoring

    told = _invent(block, len(ids))
    months = scoring.month_rows(AS_OF)
    places = ids % signals.BLOCK
    present = np.zeros(signals.BLOCK, bool)
    present[places] = True
    bodies = []
    for feed, columns in told.items():
        for row, month in enumerate(months):
            whole = {name: np.zeros(signals.BLOCK, np.int64) for name in columns}
            for name, array in columns.items():
                whole[name][places] = array[row]
            body = signals.encode_block(feed, present, whole)
            fields = (struct.pack(">i", block), struct.pack(">h", feed), struct.pack(">i", _day(month)), body)
            bodies.append(struct.pack(">h", 4) + b"".join(struct.pack(">i", len(f)) + f for f in fields))
    _copy(cursor, "enterprises_signalblock (block_no, feed, month, body)", bodies)

    days = np.repeat([_day(month) for month in months], len(ids))
    who = np.tile(ids, len(months))
    for feed, columns in told.items():
        names = {"enterprise_id": who, "feed": np.int16(feed), "month": days, "delivery_id": np.int32(1)}
        names |= {name: array.ravel() for name, array in columns.items()}
        _copy(cursor, f"bench_rows ({', '.join(names)})", [_wire(names, len(who))])
    tax, social, loan, parcels = (told[feed] for feed in Feed)
    wide = {
        "enterprise_id": who, "month": days, "tax_due": tax["due"], "tax_paid": tax["paid"],
        "social_due": social["due"], "social_paid": social["paid"], "heads": social["count"], "loan_due": loan["due"],
        "loan_paid": loan["paid"], "loan_balance": loan["balance"], "days": loan["count"], "parcels": parcels["count"],
    }  # fmt: skip
    _copy(cursor, f"bench_wide ({', '.join(wide)})", [_wire({k: v.ravel() for k, v in wide.items()}, len(who))])


def _invent(block, n):
    """{Feed: {column: int[24, n]}} of n enterprises."""
    from enterprises.models import Feed

    rng = np.random.default_rng([SEED, block])
    shape = (24, n)
    month = np.arange(24)[:, None]
    fails = rng.random(n) < 1 / 12
    strain = np.where(fails, np.clip((month - rng.uniform(6, 30, n)) / 6, 0, 1) * rng.uniform(0.3, 1, n), 0)
    heads = np.maximum(1, np.rint(np.exp(rng.normal(2.9, 1.1, n)) * (1 - 0.6 * strain)))
    tax = heads * rng.lognormal(11, 0.4, n) * rng.lognormal(0, 0.2, shape) * (1 - 0.6 * strain)
    social = heads * 115_000
    loan = np.maximum(1000, heads * rng.lognormal(10, 0.7, n)) * np.ones(shape)
    parcels = rng.poisson(heads * 8 * (1 - 0.6 * strain))

    def paid(due, share):
        once = rng.random(shape) < 1 / 70
        return np.floor(due) * np.where(once, rng.uniform(0.1, 0.9, shape), 1 - share * strain)

    loan_paid = paid(loan, 0.9)
    overdue = np.where(loan_paid < loan * 0.99, rng.integers(1, 120, shape), 0)
    return {
        feed: {name: np.floor(array).astype(np.int64) for name, array in columns.items()}
        for feed, columns in {
            Feed.TAX: {"due": tax, "paid": paid(tax, 0.6)},
            Feed.SOCIAL: {"due": social, "paid": paid(social, 0.8), "count": heads},
            Feed.LOAN: {"due": loan, "paid": loan_paid, "balance": loan * 40, "count": overdue},
            Feed.LOGISTICS: {"count": parcels},
        }.items()
    }


def _wire(columns, rows):
    """Rows for a binary COPY: each value behind its length."""
    kinds = {"feed": ">i2", "enterprise_id": ">i4", "month": ">i4", "delivery_id": ">i4", "count": ">i4",
             "heads": ">i4", "days": ">i4", "parcels": ">i4"}  # fmt: skip
    fields = [("fields", ">i2")]
    for name in columns:
        fields += [(f"{name}_bytes", ">i4"), (name, kinds.get(name, ">i8"))]
    record = np.empty(rows, np.dtype(fields))
    record["fields"] = len(columns)
    for name, values in columns.items():
        record[f"{name}_bytes"] = record.dtype[name].itemsize
        record[name] = values
    return record.tobytes()


def _copy(cursor, into, parts):
    content = b"".join([b"PGCOPY\n\xff\r\n\0" + bytes(8), *parts, struct.pack(">h", -1)])
    cursor.copy_expert(f"COPY {into} FROM STDIN (FORMAT binary)", io.BytesIO(content), 1 << 20)


def _day(month):
    return (month - date(2000, 1, 1)).days


def _said(size):
    return f"{size // 1_000_000}m" if size % 1_000_000 == 0 else f"{size // 1000}k"


if __name__ == "__main__":
    with scratch.servers():
        if sys.argv[1:2] == ["--part"]:
            work(int(sys.argv[2]), [int(part) for part in sys.argv[3:]])
        else:
            print(json.dumps(measure(tuple(int(size) for size in sys.argv[1:]) or (150_000, 1_000_000)), indent=1))
