"""How long a person waits for the register's pages with 150,000 enterprises, against an empty page on the same server.

The server is the one that `make run` starts, in processes of its own, on a database of its own: a register of invented
names and one finished run. Four connections of a process of its own ask without a pause, logged in as a person who sees
the whole city, so that no district narrows the work; server and load share the machine's cores.
  list_page  pages 1 to 60 of the register, a third of them under a condition or in another order
  search     the register narrowed by a fragment: two to four characters of a name, initials, a code, and each tenth one
             that most names hold (有限公司)
  suggest    what the search box asks for while such a fragment is typed
  empty      an empty page behind the same middleware, for somebody logged in
The four take turns; the median of the rounds is reported. Every answer must be 200 and hold the rows that it should.
"""

import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

from bench import scratch

ROOT = Path(__file__).resolve().parent.parent
SEED = 2023
COMMON = ("有限公司", "威海", "公司", "yxgs", "91")
ROW = b'class="of-name"'
SECONDS_TO_START = 60


def measure(enterprises=150_000, rounds=5, seconds=4, connections=4):
    """{"list_page": {"p95_ms", "p50_ms", "rps", "ratio_to_empty"}, "search": {…}, "suggest": {…}, "empty": {…}}.

    p50_ms, p95_ms   milliseconds until the whole answer has come, at `connections` connections
    rps              answers a second
    ratio_to_empty   answers a second over those of the empty page
    """
    with scratch.database("bench_web") as url:
        print(f"页面 {enterprises:,} 户：造数……", file=sys.stderr)
        names = _build(enterprises)
        with _server(url) as port:
            plans = {name: {"paths": paths, "rows": rows} for name, paths, rows in _plans(names)}
            common = {"port": port, "cookie": _session(), "seconds": seconds, "connections": connections}
            for plan in plans.values():
                _load(common | plan | {"seconds": 1})
            found = [{name: _load(common | plan) for name, plan in plans.items()} for _ in range(rounds)]
    report = {name: _middle([each[name] for each in found]) for name in plans}
    for each in report.values():
        each["ratio_to_empty"] = round(each["rps"] / report["empty"]["rps"], 3)
    return report


def _middle(rounds):
    return {key: round(statistics.median(each[key] for each in rounds), 1) for key in ("p50_ms", "p95_ms", "rps")}


def _plans(names):
    """name, addresses, rows that each answer holds at least."""
    rng = random.Random(SEED)
    pages = [f"/enterprises/?page={rng.randint(1, 60)}" for _ in range(200)]
    narrowed = ["trade=C", "size=small", "union=yes", "sort=-heads", "sort=name", "trade=C&size=micro", "level=red"]
    pages += [f"/enterprises/?{rng.choice(narrowed)}&page={rng.randint(1, 5)}" for _ in range(100)]
    fragments = [_fragment(rng, rng.choice(names)) for _ in range(270)] + [rng.choice(COMMON) for _ in range(30)]
    rng.shuffle(pages)
    rng.shuffle(fragments)
    yield "empty", ["/bench/empty/"], 0
    yield "list_page", pages, 50
    levels = ["", "level=all", "level=red", "level=all&trade=C", "sort=-heads", "level=yellow&size=small"]
    yield "ranked_list", [f"/risks/?{rng.choice(levels)}&page={rng.randint(1, 20)}" for _ in range(300)], 50
    yield "search", [f"/enterprises/?q={quote(fragment)}" for fragment in fragments], 1
    yield "suggest", [f"/enterprises/suggest/?q={quote(fragment)}" for fragment in fragments], 0


def _fragment(rng, entry):
    """A part of a name, of its initials or of its code, as one may type it."""
    name, initials, code = entry.split(" ")
    text, length = rng.choice([(name, rng.randint(2, 4)), (name, rng.randint(2, 4)), (initials, 4), (code, 6)])
    start = rng.randint(0, max(0, len(text) - length))
    return text[start : start + length].lower()


# ── The register and the run ─────────────────────────────────────────────────────────────────


def _build(size):
    """Fill the database as an import and a run leave it. Returns the enterprises' search texts."""
    from django.db import connection

    from enterprises import search
    from enterprises.demonstration import generate
    from enterprises.models import Enterprise
    from enterprises.sizes import size_class

    rows = generate(SEED, size, months=1).register
    made = [
        Enterprise(
            uscc=row["code"], name=row["name"], district_id=row["district"], industry=row["industry_code"],
            industry_name=row["industry"], heads=row["heads"], founded_on=row["founded_on"], address=row["address"],
            size=size_class(row["industry_code"], heads=row["heads"]), legal_representative=row["representative"],
            phone=row["phone"], has_union=row["union"], platform=row["platform"],
            status="active" if row["status"] == "在营" else "cancelled",
            search_text=search.text_of(row["name"], row["code"]),
        )
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    Enterprise.objects.bulk_create(made, batch_size=2_000)
    with connection.cursor() as cursor:
        _build_run(cursor)
        cursor.execute("VACUUM ANALYZE")
    return [enterprise.search_text for enterprise in made]


def _build_run(cursor):
    """One finished run: 4 in 100 red, as many again orange, twice as many yellow."""
    from datetime import date

    from django.utils import timezone

    from risks import runs, scoring
    from risks.models import ScoreRun

    run = runs.begin(date(2023, 10, 1))
    items = len(scoring.parse(scoring.DEFAULT.read_bytes()).items)
    cursor.execute(
        f"INSERT INTO risks_score_run_{run.pk} (run_id, enterprise_id, district_id, level, score, coverage, features,"
        " points, reasons, marks) SELECT %s, id, district_id, CASE id %% 25 WHEN 0 THEN 3 WHEN 1 THEN 2 WHEN 2 THEN 1"
        " WHEN 3 THEN 1 ELSE 0 END, id %% 100, 15, array_fill(0::real, ARRAY[%s]), array_fill(0::real, ARRAY[%s]),"
        " ARRAY[%s], ARRAY[0, 2, 63] FROM enterprises_enterprise",
        [run.pk, items, items, "近6个月有 6 个月未足额缴纳社保费（2023-05 至 2023-10），+13 分"],
    )
    ScoreRun.objects.filter(pk=run.pk).update(finished_at=timezone.now())
    cursor.execute("SELECT risks_close_run(%s)", [run.pk])


def _session():
    """The cookie of a person of the city who is logged in."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import Organisation, User
    from accounts.roles import Role

    office = Organisation.objects.get(district=None, side=Organisation.Side.GOVERNMENT)
    person = User(username="bench", name="压测", role=Role.CITY_OFFICE, organisation=office)
    person.set_password(os.urandom(16).hex())
    person.must_change_password = False
    person.save()
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


# ── The server ───────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _server(url):
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    more = {"DATABASE_URL": url, "PORT": str(port), "DJANGO_SETTINGS_MODULE": "bench.settings", "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "config.run", "web"]
    with tempfile.TemporaryFile() as log:
        web = subprocess.Popen(command, cwd=ROOT, env=os.environ | more, stdout=log, stderr=log)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while not _answers(port):
            if web.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the web server did not start")
            time.sleep(0.2)
        yield port
    finally:
        web.terminate()
        web.wait(30)


def _answers(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


# ── The load, in a process of its own ────────────────────────────────────────────────────────


def _load(plan):
    asking = subprocess.run(
        [sys.executable, "-m", "bench.web"], cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True
    )
    if asking.returncode:
        raise RuntimeError(asking.stderr.strip()[-500:])
    return json.loads(asking.stdout)


def load(plan):
    """Ask from `connections` connections for `seconds`. Returns p50_ms, p95_ms and rps."""
    times, faults = [], []
    until = time.perf_counter() + plan["seconds"]
    threads = [
        threading.Thread(target=_ask, args=(plan, place, until, times, faults)) for place in range(plan["connections"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        sys.exit(faults[0])
    cuts = statistics.quantiles(times, n=100)
    return {"p50_ms": cuts[49] * 1000, "p95_ms": cuts[94] * 1000, "rps": len(times) / plan["seconds"]}


def _ask(plan, place, until, times, faults):
    connection = http.client.HTTPConnection("127.0.0.1", plan["port"])
    paths, number = plan["paths"], place * 7919
    while time.perf_counter() < until and not faults:
        path = paths[number % len(paths)]
        number += 1
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": plan["cookie"], "Host": "localhost"})
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200 or body.count(ROW) < plan["rows"]:
            faults.append(f"{path} answered {answer.status} with {body.count(ROW)} rows")


if __name__ == "__main__":
    print(json.dumps(load(json.load(sys.stdin))))
