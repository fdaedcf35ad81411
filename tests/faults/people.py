"""People at browsers, as far as HTTP goes: they log in, read pages, and ask for work from a list that never changes.

The list is made from a seed and handed in in its order, each thing until it is known to have arrived, so that the same
list can be worked off once more in calm. Who gets no answer looks whether it arrived before asking again, as the page
of the disturbance tells them to.
"""

import contextlib
import http.client
import itertools
import json
import random
import re
import time
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.faults.stack import BATCHES, PASSWORD, PEOPLE

SECONDS = 30  # for one answer
PROVED_SECONDS = 300  # a proof of who one is holds for ten minutes


class Unanswered(Exception):
    """The connection was refused or broke: the web server is not there, or died over this request."""


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def location(self):
        return self.headers.get("location", "")


class Person:
    def __init__(self, stack, name):
        self.port, self.name, self.cookies, self.proved = stack.port, name, {}, 0.0

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, files=None, **form):
        self.cookies.setdefault("csrftoken", "a" * 32)
        form = {"csrfmiddlewaretoken": self.cookies["csrftoken"], **form}
        if files is None:
            return self._ask("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")
        return self._ask("POST", path, *_multipart(form, files))

    def log_in(self):
        """Anew, with the password. Returns the answer: 302 when it was right."""
        self.cookies = {}
        answer = self.post("/login/", login=self.name, password=PASSWORD)
        if answer.status == 302:
            self.proved = time.monotonic()
        return answer

    def is_in(self):
        return "sessionid" in self.cookies and time.monotonic() - self.proved < PROVED_SECONDS

    def _ask(self, method, path, body=None, kind=None):
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(type(error).__name__) from error
        for line in response.headers.get_all("Set-Cookie") or ():
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer


def _multipart(form, files):
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    for name, (file_name, content) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts += [f"{head}Content-Type: text/csv\r\n\r\n".encode(), content, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


# ── What they ask for ────────────────────────────────────────────────────────────────────────


@dataclass
class Item:
    """One thing asked for. `row` is what stands in the database for it once it has arrived."""

    number: int
    kind: str
    by: str
    arguments: dict = field(default_factory=dict)
    row: int | None = None
    before: int | None = None  # the newest row of its table when it was first handed in
    unanswered: int = 0  # times that no answer came, or that of a disturbance


# kind: (by whom, of a hundred)
KINDS = {"delivery": ("steward", 36), "register": ("steward", 6), "score": ("office", 16), "export": ("officer", 22),
         "view": ("officer", 10), "notice": ("", 10)}  # fmt: skip


def plan(seed):
    """The endless list, the same for the same seed."""
    rng, number = random.Random(f"{seed}:plan"), 0
    batches, files = itertools.count(), itertools.count()
    kinds, weights = list(KINDS), [share for _, share in KINDS.values()]
    while True:
        kind = rng.choices(kinds, weights)[0]
        item = Item(number, kind, KINDS[kind][0], {"seed": rng.randrange(2**32)})
        if kind == "notice":
            item.arguments["batch"] = next(batches) % BATCHES
        if kind == "register":
            item.arguments["file"] = next(files)  # each of them enterprises of its own
        yield item
        number += 1


_NEWEST = {"score": "SELECT max(id) FROM risks_scorerun", "export": "SELECT max(id) FROM casework_export"}


class Asking:
    """Hands in items and knows how to look whether one has arrived. `rows` looks into the database."""

    def __init__(self, stack, economy, rows):
        self.stack, self.people = stack, {name: Person(stack, name) for name in PEOPLE}
        self.economy, self.rows = economy, rows

    def hand_in(self, item):
        """Try once. True when it has arrived, by the answer or by looking."""
        if item.kind == "notice":
            return self._bring_readers(item)
        person = self.people[item.by]
        if item.unanswered and self._arrived(item):
            return True
        if item.before is None and item.kind in _NEWEST:
            item.before = self.rows(_NEWEST[item.kind]) or 0
        with contextlib.suppress(Unanswered):
            if not person.is_in():
                person.log_in()
        if not person.is_in():
            return False
        try:
            answer = getattr(self, f"_{item.kind}")(person, item)
        except Unanswered:
            item.unanswered += 1
            return False
        if answer.status == 503:
            item.unanswered += 1
            return False
        if answer.status != 302:
            raise AssertionError(f"{item.kind} {item.number} was answered {answer.status}: {answer.body[-2000:]}")
        if not self._arrived(item, answer):
            raise AssertionError(f"{item.kind} {item.number} was accepted, and nothing stands in the database")
        return True

    def _delivery(self, person, item):
        name, content = self.economy.delivery(item)
        return person.post("/enterprises/deliveries/new/", files={"files": (name, content)}, department="")

    _register = _delivery

    def _score(self, person, item):
        return person.post("/risks/runs/start/", as_of=self.economy.as_of(item))

    def _export(self, person, item):
        query = urlencode(self.economy.conditions(item))
        return person.post("/exports/new/", page="risks:list", query=query, format="csv")

    def _view(self, person, item):
        return person.post("/views/new/", page="risks:list", query="level=red", name=f"第{item.number}号")

    def _bring_readers(self, item):
        """More people for whom something waits; then the clock rings as it does on a morning."""
        batch = f"reader-{item.arguments['batch']}-%"
        self.rows("UPDATE accounts_user SET is_active = true WHERE username LIKE %s RETURNING id", batch)
        return self.stack.ring("casework.send_digests")

    def _arrived(self, item, answer=None):
        """What a person sees who looks for it on the page: whether it is there. Sets item.row."""
        match item.kind:
            case "delivery" | "register":
                name, _ = self.economy.delivery(item, content=False)
                item.row = self.rows("SELECT id FROM enterprises_delivery WHERE name = %s", name)
                told = answer and int(re.search(r"/deliveries/(\d+)/$", answer.location)[1])
            case "score":
                item.row = self.rows("SELECT min(id) FROM risks_scorerun WHERE id > %s", item.before)
                told = answer and int(re.search(r"/runs/(\d+)/$", answer.location)[1])
            case "export":
                sought = "SELECT min(id) FROM casework_export WHERE id > %s"
                item.row = self.rows(sought, item.before)
                told = None
            case "view":
                item.row = self.rows("SELECT id FROM casework_savedview WHERE name = %s", f"第{item.number}号")
                told = None
        if told and told != item.row:
            raise AssertionError(f"{item.kind} {item.number}: the answer names {told}, the database {item.row}")
        return item.row is not None


def looks_calm(answer):
    """Whether a 503 says in Chinese that it passes, when to come again, and nothing of the inside."""
    text = answer.body.decode(errors="replace")
    said = "暂时" in text or "暂时" in str(_detail(text))
    return bool(said and int(answer.headers.get("retry-after", 0)) > 0 and "Traceback" not in text)


def _detail(text):
    try:
        return json.loads(text).get("detail")
    except (ValueError, AttributeError):
        return ""
