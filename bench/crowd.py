"""How long people wait when a hundred of them work at once, against one who has the portal to himself.

The server is that of `make run` with its worker, on a database of its own with 150,000 enterprises and a finished run.
Of a hundred people, eighty belong to the eight districts (six officers, two supervisors, one each of the union's and
the employers' side a district) and twenty to the city (fifteen of the office, five stewards); each has a session.
Everybody does something, reads the answer, and does the next thing after 4 to 12 seconds, evenly spread: an official
who reads a page does not go on sooner. Of a hundred deeds
  80 read    pages of the register and of the ranked list under conditions, searches, an enterprise with its score
  15 write   an inspection is begun and its draft kept, an enterprise's facts are amended, a view is kept; each form is
             fetched, filled in and sent as a browser does
  5 export   a list under conditions; a tenth of them the whole of what the person sees, written in the background
A page that comes after a form counts by itself. `one` does the same mix alone, without pauses, in turn as each of the
hundred. Every answer must be 2xx, or the 303 or 302 after a form; a single other one ends the measure.
"""

import contextlib
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from bench import scratch, web

ROOT = Path(__file__).resolve().parent.parent
SEED = 2023
THINK = (4.0, 12.0)
IN_A_DISTRICT = {"district_officer": 6, "district_supervisor": 2, "union_coordinator": 1, "employer_member": 1}
IN_THE_CITY = {"city_office": 15, "data_steward": 5}
DEEDS = {"register": 22, "ranked": 20, "search": 18, "enterprise": 20, "inspect": 5, "amend": 5, "view": 5,
         "export": 5}  # fmt: skip
KINDS = {
    "read": ("register", "ranked", "search", "enterprise"),
    "write": ("inspect", "amend", "view"),
    "export": ("export",),
}
KIND = {deed: kind for kind, deeds in KINDS.items() for deed in deeds}
QUEUE, CACHE = 250, 251  # databases of the embedded Redis that nobody else listens to


def measure(enterprises=150_000, seconds=90, alone=800):
    """{"crowd": {"people", "p50_ms", "p95_ms", "one_p95_ms", "ratio_to_one", "rps", "deeds", "read", …}}.

    seconds   that the hundred work; deeds of the first tenth are not counted
    alone     requests of the one
    """
    with scratch.database("bench_crowd") as url:
        print(f"百人同时使用，{enterprises:,} 户：造数……", file=sys.stderr)
        names = web._build(enterprises)
        people = _people()
        _apart()
        with web._server(url) as port, _worker(url):
            plan = {"port": port, "people": people, "names": names[:: max(1, len(names) // 2_000)]}
            _load(plan | {"alone": 60})
            one = _load(plan | {"alone": alone})
            crowd = _load(plan | {"seconds": seconds})
    found = {"people": len(people), "think_seconds": THINK} | _figures(crowd)
    found |= {"one_p50_ms": one["all"]["p50_ms"], "one_p95_ms": one["all"]["p95_ms"]}
    found["ratio_to_one"] = round(found["p95_ms"] / found["one_p95_ms"], 2)
    for kind in KINDS:
        found[kind]["ratio_to_one"] = round(found[kind]["p95_ms"] / one[kind]["p95_ms"], 2)
    return {"crowd": found}


def _figures(crowd):
    kinds = {kind: crowd[kind] for kind in KINDS}
    return crowd["all"] | kinds | {"rps": crowd["rps"], "deeds": crowd["deeds"]}


# ── The people ───────────────────────────────────────────────────────────────────────────────


def _people():
    """A hundred, each with the cookie of a session and some enterprises that he may see."""
    from accounts.models import District

    found = []
    for district in [*District.objects.all(), None]:
        for role, number in (IN_A_DISTRICT if district else IN_THE_CITY).items():
            found += [_person(role, district, each) for each in range(number)]
    return found


def _person(role, district, number):
    from django.conf import settings
    from django.test import Client

    from accounts.models import Organisation, User
    from enterprises.models import Enterprise

    sides = {"union_coordinator": "workers", "employer_member": "employers"}
    body = Organisation.objects.filter(district=district, side=sides.get(role, "government")).order_by("pk").first()
    name = f"{role}-{district.pk if district else 'city'}-{number}"
    person = User(username=name, name="压测", role=role, organisation=body, must_change_password=False)
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    mine = Enterprise.objects.active().visible_to(person).order_by("pk").values_list("pk", flat=True)
    return {
        "cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}",
        # Of each his own where there are enough: two who amend one are another test.
        "enterprises": list(mine[number : number + 800 : 20]) or list(mine[:20]),
        "amends": person.may("edit_register"),
        "inspects": person.may("inspect"),
        "exports": person.may("export"),
    }


def _apart():
    from config.services import REDIS

    os.environ |= {"REDIS_URL": REDIS.url_of(QUEUE), "REDIS_CACHE_URL": REDIS.url_of(CACHE)}


@contextlib.contextmanager
def _worker(url):
    more = {"DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "config.run", "worker"]
    worker = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | more, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)


# ── The load, in a process of its own ────────────────────────────────────────────────────────


def _load(plan):
    asking = subprocess.run(
        [sys.executable, "-m", "bench.crowd"], cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True
    )
    if asking.returncode:
        raise RuntimeError(asking.stderr.strip()[-2000:])
    return json.loads(asking.stdout)


def load(plan):
    """`seconds`: the crowd, all at once; `alone`: so many requests one after the other. Figures by kind of deed."""
    notes = _Notes()
    if "alone" in plan:
        people = [_Person(plan, number, notes) for number in range(len(plan["people"]))]
        began, turn = time.perf_counter(), 0
        while len(notes.times) < plan["alone"]:
            people[turn % len(people)].act()
            turn += 1
        return notes.told(0, time.perf_counter() - began)
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_Person(plan, number, notes).work_until, args=(began + plan["seconds"],))
        for number in range(len(plan["people"]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return notes.told(began + plan["seconds"] / 10, plan["seconds"] * 0.9)


class _Notes:
    def __init__(self):
        self.times, self.deeds, self.fault = [], [], None

    def told(self, since, seconds):
        if self.fault:
            sys.exit(self.fault)
        counted = [(kind, took) for at, kind, took in self.times if at >= since]
        kinds = {"all": counted} | {name: [each for each in counted if each[0] == name] for name in KINDS}
        told = {name: _quantiles([took for _, took in found]) for name, found in kinds.items()}
        return told | {"rps": round(len(counted) / seconds, 1), "deeds": sum(at >= since for at in self.deeds)}


def _quantiles(times):
    if len(times) < 2:
        return {"requests": len(times), "p50_ms": 0.0, "p95_ms": 0.0}
    cuts = statistics.quantiles(times, n=100)
    return {"requests": len(times), "p50_ms": round(cuts[49] * 1000, 1), "p95_ms": round(cuts[94] * 1000, 1)}


class _Person:
    def __init__(self, plan, number, notes):
        self.plan, self.notes, self.me = plan, notes, plan["people"][number]
        self.rng = random.Random(f"{SEED}:{number}")
        self.number, self.views, self.connection = number, 0, None

    def work_until(self, end):
        time.sleep(self.rng.uniform(0, THINK[1]))  # people do not begin at one stroke
        while time.perf_counter() < end and not self.notes.fault:
            self.act()
            time.sleep(self.rng.uniform(*THINK))

    def act(self):
        deed = self.rng.choices(list(DEEDS), DEEDS.values())[0]
        allowed = {"amend": self.me["amends"], "inspect": self.me["inspects"], "export": self.me["exports"]}
        if not allowed.get(deed, True):
            deed = "view"
        if not self.me["enterprises"] and deed in {"enterprise", "inspect", "amend"}:
            deed = "register"  # of a district that has none in a small register
        self.kind = KIND[deed]
        try:
            getattr(self, f"_{deed}")()
        except _Wrong as wrong:
            self.notes.fault = f"{deed}: {wrong}"
        self.notes.deeds.append(time.perf_counter())

    # ── Reading ──

    def _register(self):
        narrowed = ["", "trade=C", "size=small", "union=yes", "sort=-heads", "level=red", "trade=C&size=micro"]
        self._get(f"/enterprises/?{self.rng.choice(narrowed)}&page={self.rng.choice((1, 1, 1, 2, 3))}")

    def _ranked(self):
        narrowed = ["", "level=all", "level=red", "level=all&trade=C", "sort=-heads", "level=yellow&size=small"]
        self._get(f"/risks/?{self.rng.choice(narrowed)}&page={self.rng.choice((1, 1, 1, 2, 3))}")

    def _search(self):
        fragment = quote(web._fragment(self.rng, self.rng.choice(self.plan["names"])))
        self._get(f"/enterprises/suggest/?q={fragment}", part=True)
        self._get(f"/enterprises/?q={fragment}")

    def _enterprise(self):
        pk = self.rng.choice(self.me["enterprises"])
        page = self._get(f"/enterprises/{pk}/")
        for part in dict.fromkeys(re.findall(r'hx-get="([^"]+)"[^>]*hx-trigger="load', page)):
            self._get(part.replace("&amp;", "&"), part=True)

    # ── Writing ──

    def _amend(self):
        path = f"/enterprises/{self.rng.choice(self.me['enterprises'])}/amend/"
        form = _Form.read(self._get(path), path)
        form["phone"] = f"0000-{self.rng.randrange(10**7):07}"
        self._post(path, form)

    def _inspect(self):
        path = f"/risks/enterprises/{self.rng.choice(self.me['enterprises'])}/inspect/"
        place, page = self._post(path, _Form.read(self._get(path), path))
        form = _Form.read(page, f"{place}keep/")
        for answer in list(dict.fromkeys(re.findall(r'name="(answer-\d+)"', page)))[:3]:
            form[answer] = "yes"
        self._post(f"{place}keep/", form)

    def _view(self):
        self.views += 1
        name = f"{self.number}-{self.views}-{time.time_ns() % 10**12}"
        self._post("/views/new/", {"page": "risks:list", "query": "level=red", "name": name})

    def _export(self):
        narrowed = "level=all" if self.rng.random() < 0.1 else f"level=red&trade={self.rng.choice('CFGI')}"
        self._post("/exports/new/", {"page": "risks:list", "query": narrowed, "format": "csv"})

    # ── HTTP ──

    def _get(self, path, part=False):
        status, _, body = self._ask("GET", path, headers={"HX-Request": "true"} if part else {})
        if status != 200:
            raise _Wrong(f"GET {path} was answered {status}")
        return body.decode()

    def _post(self, path, form):
        content = urlencode({**form, "csrfmiddlewaretoken": "a" * 32}, doseq=True)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, location, body = self._ask("POST", path, content, kind)
        if status in {302, 303}:
            if "reauthenticate" in location:
                raise _Wrong(f"POST {path} asks for a proof")
            place = urlsplit(location)._replace(scheme="", netloc="").geturl()
            return place, self._get(place)
        if status != 200:
            text = re.sub(r"<[^>]+>|\s+", " ", body.decode())
            raise _Wrong(f"POST {path} was answered {status}: {text[:600]}")
        return path, body.decode()

    def _ask(self, method, path, content=None, headers=()):
        headers = {"Host": "localhost", "Cookie": f"{self.me['cookie']}; csrftoken={'a' * 32}", **dict(headers)}
        began = time.perf_counter()
        for last in (False, True):
            self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.plan["port"], timeout=60)
            try:
                self.connection.request(method, path, content, headers)
                answer = self.connection.getresponse()
                body = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection = None  # one that lay idle too long, as a browser finds it too
                if last:
                    raise
        self.notes.times.append((began, self.kind, time.perf_counter() - began))
        return answer.status, answer.headers.get("Location", ""), body


class _Wrong(Exception):
    """An answer that nobody should get."""


class _Form(HTMLParser):
    """What a browser would send of the form that posts to this page, as it stands."""

    @classmethod
    def read(cls, page, action):
        reader = cls()
        reader.action, reader.inside, reader.fields, reader.select, reader.area = action, False, {}, None, None
        reader.feed(page)
        return reader.fields

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("method") == "post" and attrs.get("action", self.action) in {"", self.action}
        if not self.inside:
            return
        name, value = attrs.get("name"), attrs.get("value") or ""
        if tag == "input" and name and (attrs.get("type") not in {"checkbox", "radio", "file"} or "checked" in attrs):
            self.fields[name] = value
        elif tag == "select":
            self.select = name
            self.fields[name] = ""
        elif tag == "option" and self.select and "selected" in attrs:
            self.fields[self.select] = value
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"
        self.select = None if tag == "select" else self.select
        self.area = None if tag == "textarea" else self.area

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data


if __name__ == "__main__":
    print(json.dumps(load(json.load(sys.stdin))))
