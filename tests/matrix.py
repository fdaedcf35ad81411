"""The matrix: who gets what answer from which address. tests/matrix.csv says it, this module asks the portal.

A line of the file is an address and a method: the kind of record that the address names (tests/records.py), the
capability that it needs, and how it answers who has both. All cells follow from it, for each method and each person of
the cast, with the record of the own district, of another, of another person, and with one that there is not:

- who is not logged in is led to the log-in (the API: 401 or 403);
- who lacks the capability gets 403, whatever the address names;
- another district's record, or another person's own, is answered like a missing one: 404 and the very same bytes;
- a method that the file does not name does nothing: 405, or the same as GET.

Whatever the answer, no mark of what the person may not know is in it (tests/records.py says how marks read).
"""

import csv
import io
import json
import logging
import re
import zipfile
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from http.cookies import SimpleCookie
from pathlib import Path
from time import time
from urllib.parse import unquote, urlencode
from uuid import UUID

import dj_database_url
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from accounts.models import District
from accounts.roles import WHO_MAY, Can, Role
from casework.listings import LISTINGS
from tests import make, records
from tests.settings import POSTGRESQL, SLOT

FILE = Path(__file__).with_name("matrix.csv")
HEADINGS = ("地址", "网址", "方法", "记录", "权限", "应答", "说明")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OF_PAGES = {"GET", "HEAD", "POST"}
OPEN, LOGGED_IN = "公开", "登录"
NOBODY = "nobody"
ACTORS = (*make.cast(), NOBODY)
OWN, OTHER_DISTRICT, OTHER_PERSON, MISSING = "本区市或本人", "其他区市", "其他人", "不存在"


# ── The file ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    name: str
    route: str
    method: str
    kind: str  # of record; empty where the address names none
    capability: str
    answers: frozenset
    note: str = ""

    def is_for(self, actor):
        """Whether the capability is this person's."""
        if self.capability == OPEN:
            return True
        if actor == NOBODY:
            return False
        return self.capability == LOGGED_IN or role_of(actor) in WHO_MAY[Can(self.capability)]


def read():
    """{(address, method): Line}; raises ValueError on a line that cannot be understood."""
    lines = {}
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames) != HEADINGS:
            raise ValueError(f"{FILE.name}: the headings are {HEADINGS}")
        for row in rows:
            name, method, kind, capability = row["地址"], row["方法"], row["记录"], row["权限"]
            if method not in METHODS or (kind and kind not in records.KINDS) or (name, method) in lines:
                raise ValueError(f"{FILE.name}: {row}")
            if capability not in {OPEN, LOGGED_IN, *Can.values}:
                raise ValueError(f"{FILE.name}: no capability {capability!r}")
            answers = frozenset(map(int, row["应答"].split()))
            lines[name, method] = Line(name, row["网址"], method, kind, capability, answers, row["说明"])
    return lines


# ── The addresses ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    arguments: tuple
    view: object

    @property
    def is_api(self):
        return self.route.startswith("/api/")

    @property
    def is_routed(self):
        return bool(self._actions)

    @property
    def methods(self):
        """What the view takes, as a router of the API says; of a page what it may take."""
        return tuple(method.upper() for method in self._actions or () if method != "head") or ("GET", "POST")

    @property
    def _actions(self):
        return getattr(self.view, "actions", None)

    def guard(self, method):
        """The capability that the view itself asks for, by `may` or as a view of the API; None without a guard."""
        if self._actions and method.lower() in self._actions:
            asked = self.view.cls(**self.view.initkwargs)
            asked.action = self._actions[method.lower()]
            return getattr(asked, "capability", None)
        return getattr(getattr(self.view, "cls", self.view), "capability", None)


def addresses(patterns=None, before="/", namespace=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield _address(f"{namespace}{pattern.name or route}", route, pattern)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, route, inner)


def _address(name, route, pattern):
    arguments = tuple(re.findall(r"<(?:\w+:)?(\w+)>", route))
    tidy = re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)|[\^$]", lambda found: found[1] or "", route)
    return Address(name, tidy, arguments, pattern.callback)


ADDRESSES = {address.name: address for address in addresses()}


# ── Cells ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cell:
    name: str
    method: str
    actor: str
    case: str = ""  # empty where the address names no record
    query: str = ""
    body: str = ""  # a label of bodies_of, or one of the two below

    def __str__(self):
        more = " ".join(part for part in (self.case, self.query, self.body) if part)
        return f"{self.method} {self.name} {self.actor} {more}".rstrip()


def cells_of(name, lines, methods=METHODS, actors=ACTORS):
    """The cells of an address that are asked, by the choice of docs/matrix.md; a missing record before its like."""
    for method in methods:
        line = lines.get((name, method))
        cells = _of_a_method_not_named(name, method, lines) if line is None else _of_the_line(line)
        yield from (cell for cell in cells if cell.actor in actors)


def _of_a_method_not_named(name, method, lines):
    """By one person alone: it does nothing, whoever asks."""
    return [Cell(name, method, ASKS_ALL, OWN if _kind_of(name, lines) else "")]


def _of_the_line(line):
    """Everybody, with all cases of the record for those who may, and for one of those who may not."""
    name, method = line.name, line.method
    may = [actor for actor in ACTORS if line.is_for(actor)]
    refused = [actor for actor in ACTORS if actor not in may]
    sender = next((actor for actor in may if district_of(actor)), None)
    asks_all = {sender, next((actor for actor in refused if district_of(actor)), None) if method == "GET" else None}
    for actor in ACTORS:
        cases = CASES[records.KINDS[line.kind].scope] if line.kind else ("",)
        if actor in refused and actor not in asks_all:
            cases = () if actor in MIRRORED else cases[1:2] or cases
        elif is_of_a_district(line) and actor not in asks_all:
            cases = _cases_of(actor, method)
        yield from (Cell(name, method, actor, case) for case in cases)
    if method == "GET" and not ADDRESSES[name].arguments and name not in OF_NO_ROWS:
        for actor in may:
            if district_of(actor):
                queries = QUERIES if actor == ASKS_ALL else QUERIES[:1]
                yield from (Cell(name, method, actor, query=query) for query in queries)
    if method == "POST":
        yield from (Cell(name, method, actor, body=body) for body, who in bodies_of(name).items() for actor in who)
        if sender and name not in OF_NO_ROWS and line.answers != ASKS_FOR_THE_VERSION:
            case = OWN if line.kind else ""
            yield from (Cell(name, method, sender, case, body=body) for body in (NAMING_NONE, NAMING_ANOTHER))


def _cases_of(actor, method):
    """Of a district's record. To people of the city no district is foreign: nothing is compared with a missing one."""
    if actor in MIRRORED:
        return MIRRORED[actor] if method == "GET" else MIRRORED[actor][1:]
    if district_of(actor) is None:
        return (OWN, OTHER_DISTRICT) if method == "GET" else (OWN,)
    return CASES[records.DISTRICT] if method == "GET" else (OWN, OTHER_DISTRICT)


def is_of_a_district(line):
    return bool(line.kind) and records.KINDS[line.kind].scope == records.DISTRICT


def _kind_of(name, lines):
    return next((line.kind for (of, _), line in lines.items() if of == name), "")


CASES = {
    records.DISTRICT: (MISSING, OWN, OTHER_DISTRICT),
    records.PERSON: (MISSING, OWN, OTHER_PERSON, OTHER_DISTRICT),
    records.CITY: (MISSING, OWN),
}
# The second district's people ask for what is theirs and what is the first's: the wall has no side.
MIRRORED = {"rongcheng_officer": (OWN, OTHER_DISTRICT), "rongcheng_union": (OTHER_DISTRICT,)}
# What lists are asked beside nothing: by the code, the name of the district, the number of a foreign record.
QUERIES = ("q={uscc}", "district={district}", "enterprise={enterprise}", "level=all&page_size=500")
ASKS_ALL = "huancui_officer"
# What the API is, the same for everybody; a secret drawn anew with each answer.
OF_NO_ROWS = {"api:schema", "api:reference", "mfa_activate_totp"}
# What a deed of the API answers before it reads what is sent.
ASKS_FOR_THE_VERSION = {428}
# What a form is sent that names records: such as there are not, and such as lie in another district.
NAMING_NONE, NAMING_ANOTHER = "记录均不存在", "记录均属其他区市"


def bodies_of(name):
    """{label: who sends it} of what an address is sent besides an empty form: each list there is, in each format."""
    if name == "casework:export":
        return {f"{page} csv": BY_FILE for page in LISTINGS} | {f"{page} xlsx": BY_WORKBOOK for page in LISTINGS}
    return dict.fromkeys(LISTINGS, BY_WORKBOOK) if name == "casework:save-view" else {}


def form_of(name, body):
    page, _, format = body.partition(" ")
    if name == "casework:save-view":
        return {"page": page, "query": "", "name": "视图"}
    return {"page": page, "format": format, "query": WIDE.get(page, "")}


# A file of a list is asked for by one of each role that may export; a workbook, which says the same, by two of them.
BY_FILE = ("city_office", "steward", "auditor", "huancui_officer", "huancui_supervisor", "huancui_union",
           "huancui_employer", "rongcheng_officer")  # fmt: skip
BY_WORKBOOK = ("huancui_officer", "huancui_union")


# Lists that leave rows out unless they are asked for all.
WIDE = {"risks:list": "level=all"}
# Arguments of forms and of the API that name a record of a district.
NAMING = ("enterprise", "enterprises", "double", "double_pk", "id", "pk", "owner", "assignee", "record", "subject")


# ── The world that is asked ──────────────────────────────────────────────────────────────────


def role_of(actor):
    return make.cast()[actor][0]


def district_of(actor):
    return None if actor == NOBODY else make.cast()[actor][1]


ROLES = {role for role, _, _ in make.cast().values()}
OTHER = {"371002": "371082", "371082": "371002"}
# Whose record is another person's, of the same district and of another.
NEIGHBOUR = {
    "huancui_officer": "huancui_union", "huancui_supervisor": "huancui_employer", "huancui_union": "huancui_officer",
    "huancui_employer": "huancui_union", "rongcheng_officer": "rongcheng_union",
    "rongcheng_union": "rongcheng_officer", "city_office": "steward",
}  # fmt: skip


@dataclass(repr=False)
class World:
    """The cast, each logged in, and records of each kind in two districts, of each person and of the city."""

    lines: dict
    people: dict = field(default_factory=dict)
    askers: dict = field(default_factory=dict)
    made: dict = field(default_factory=dict)  # (kind, district, username or 全市) -> record or arguments
    seen: dict = field(default_factory=dict)  # actor -> marks that were in answers: proof that marks are found
    asked: int = 0

    def fill(self):
        self.people = {username: make.member_of_the_cast(username) for username in make.cast()}
        for name, kind in records.KINDS.items():
            for key, person in self._places(kind.scope):
                self.made[name, key] = kind.make(records.Place(kind.scope, person))
        make.tallied(records.the_run())
        handler = ClientHandler(enforce_csrf_checks=False)
        self.askers = {actor: Asker(handler, _logged_in(person)) for actor, person in self.people.items()}
        self.askers[NOBODY] = Asker(handler, SimpleCookie())

    def _places(self, scope):
        if scope == records.DISTRICT:
            return [("371002", self.people["huancui_officer"]), ("371082", self.people["rongcheng_officer"])]
        if scope == records.PERSON:
            return list(self.people.items())
        return [(records.CITY, self.people["steward"])]

    def record(self, kind, actor, case):
        """The record or arguments that a cell is about."""
        scope = records.KINDS[kind].scope
        if scope == records.DISTRICT:
            home = district_of(actor) or "371002"
            return self.made[kind, home if case == OWN else OTHER[home]]
        if scope == records.PERSON:
            own = actor if actor != NOBODY else "huancui_officer"
            another = {OTHER_PERSON: NEIGHBOUR.get(own, "city_office"), OTHER_DISTRICT: self._afar(own)}
            return self.made[kind, another.get(case, own)]
        return self.made[kind, records.CITY]

    @staticmethod
    def _afar(actor):
        return "huancui_officer" if district_of(actor) == "371082" else "rongcheng_officer"

    # ── Asking ──

    def url(self, cell):
        address = ADDRESSES[cell.name]
        if not address.arguments:
            return reverse(cell.name)
        kind = next(line.kind for (name, _), line in self.lines.items() if name == cell.name)
        values = self._arguments(address, self.record(kind, cell.actor, OWN))
        if cell.case == MISSING:
            values = {name: _like(value) for name, value in values.items()}
        else:
            values = self._arguments(address, self.record(kind, cell.actor, cell.case))
        return reverse(cell.name, kwargs=values)

    @staticmethod
    def _arguments(address, record):
        named = record if isinstance(record, dict) else dict.fromkeys(address.arguments, record.pk)
        return {name: named[name] for name in address.arguments}

    def foreign(self, actor):
        """What a query of this person names of another district."""
        district = OTHER.get(district_of(actor) or "371082")
        enterprise = self.made["企业", district]
        return {"uscc": enterprise.uscc, "district": district, "enterprise": enterprise.pk}

    def ask(self, cell):
        """The answer to a cell as Answer; nothing that it did stays."""
        self.asked += 1
        address, asker = ADDRESSES[cell.name], self.askers[cell.actor]
        url = self.url(cell)
        query = cell.query.format(**self.foreign(cell.actor)) if cell.query else ""
        content, form = self._content(cell, address)
        if cell.method == "POST" and cell.name.startswith(("account_", "mfa_")):
            cache.clear()  # what was counted of wrong passwords
        if not address.is_api and cell.method not in OF_PAGES:  # answered before any question to the database
            return Answer(cell, url, asker.generic(cell.method, url))
        with transaction.atomic():
            answer = Answer(cell, url, asker.generic(cell.method, url, content, form, query_string=query))
            transaction.set_rollback(True)
        return answer

    def _content(self, cell, address):
        if cell.method in {"GET", "HEAD"}:
            return b"", ""
        sent = {} if address.is_api else {"csrfmiddlewaretoken": "sent"}  # as each form of a browser brings it along
        if cell.body in {NAMING_NONE, NAMING_ANOTHER}:
            number = records.NOWHERE if cell.body == NAMING_NONE else self.foreign(cell.actor)["enterprise"]
            sent |= dict.fromkeys(NAMING, number)
        elif cell.body:
            sent |= form_of(cell.name, cell.body)
        if address.is_api:
            return json.dumps(sent).encode(), "application/json"
        return urlencode(sent).encode(), "application/x-www-form-urlencoded"


class Asker(RequestFactory):
    """The test client of one person without its memory: no cookie of an answer stays, and no context of a template."""

    def __init__(self, handler, cookies):
        super().__init__()
        self.handler, self.cookies = handler, cookies

    def request(self, **request):
        return self.handler(self._base_environ(**request))


def _logged_in(person):
    """The cookies of a session in which all is proved that a deed may ask for."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["proved_at"] = session["seen_at"] = time() + 600
    session.save()
    return client.cookies


def _like(value):
    """What an argument of this sort is when it names nothing."""
    if isinstance(value, UUID):
        return UUID(int=records.NOWHERE)
    return "missing" if isinstance(value, str) and not value.isdecimal() else records.NOWHERE


_TOKEN = re.compile(r'(?<="X-CSRFToken": ")\w+|(?<=name="csrfmiddlewaretoken" value=")\w+')
_MARK = re.compile(r"Kry([DFPCZ])(\w*)")
_AMOUNTS = {
    code: re.compile("|".join(re.escape(text) for text in (
        str(amount // 100), f"{amount // 100:,}", f"{amount // 1_000_000}.", f"{amount // 1_000_000:,}.",
    )))
    for code, amount in records.AMOUNTS.items()
}  # fmt: skip


@dataclass
class Answer:
    cell: Cell
    url: str
    response: object

    def __post_init__(self):
        streamed = getattr(self.response, "streaming", False)
        self.content = b"".join(self.response.streaming_content) if streamed else self.response.content
        self.status = self.response.status_code
        self.headers = dict(self.response.headers)
        self.response = None

    @cached_property
    def text(self):
        """All that a person or a machine could read in it: what was packed unpacked, headers and file name too."""
        content = self.content
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                parts = [packed.read(part).decode("utf-8", "replace") for part in packed.namelist()]
            body = "\n".join(re.sub(r"<[^>]*>", "", part) + part for part in parts)
        else:
            body = content.decode("utf-8", "replace")
        return body + unquote("\n".join(f"{name}: {value}" for name, value in self.headers.items()))

    @property
    def marks(self):
        """(letter, whose) of each mark in it, an amount as a figure of its district."""
        text = _TOKEN.sub("", self.text)  # drawn by lot, some of them look like a mark
        found = set(_MARK.findall(text))
        return found | {("F", f"{code}_amount") for code, amount in _AMOUNTS.items() if amount.search(text)}

    @property
    def fingerprint(self):
        """What foreign and missing have to have in common: everything but the address and what is drawn by lot."""
        headers = {n: v for n, v in self.headers.items() if n not in {"X-Request-ID", "Date", "Set-Cookie"}}
        text = self.content.decode("utf-8", "replace")
        if self.status != 404:  # a form's token is drawn anew each time; the page for what is missing has none
            text = _TOKEN.sub("", text)
        text += repr(sorted(headers.items()))
        return self.status, text.replace(self.url, "<url>").replace(unquote(self.url), "<url>")


# ── Judging ──────────────────────────────────────────────────────────────────────────────────


def faults_in(world, cells):
    """What is not as the file says, a sentence each."""
    found, missing = [], {}
    for cell in cells:
        answer = world.ask(cell)
        expected = expected_of(cell, world.lines)
        if answer.status not in expected:
            found.append(f"{cell}: {answer.status}, not {' or '.join(map(str, sorted(expected)))}")
        about = (cell.name, cell.method, cell.actor)
        if cell.case == MISSING:
            missing[about] = answer.fingerprint
        elif about in missing and is_foreign(cell, world.lines) and answer.fingerprint != missing[about]:
            found.append(f"{cell}: is not answered like a missing record: {_difference(answer, missing[about])}")
        if cell.body == NAMING_NONE:
            missing[about, "body"] = _without_numbers(answer)
        elif (
            cell.body == NAMING_ANOTHER
            and district_of(cell.actor)
            and _without_numbers(answer) != missing[about, "body"]
        ):
            found.append(f"{cell}: takes a record of another district otherwise than one that there is not")
        world.seen.setdefault(cell.actor, set()).update(answer.marks)
        leaked = [f"{letter}{whose}" for letter, whose in answer.marks if not may_know(cell, letter, whose)]
        if leaked:
            found.append(f"{cell}: leaks {', '.join(sorted(leaked)[:5])}")
    return found


def _without_numbers(answer):
    """Without numbers, of records and drawn by lot."""
    return answer.status, re.sub(r"[0-9a-f-]{16,}|\d+", "", answer.fingerprint[1])


def _difference(answer, other):
    status, text = answer.fingerprint
    if status != other[0]:
        return f"{status}, not {other[0]}"
    at = next((n for n, (a, b) in enumerate(zip(text, other[1], strict=False)) if a != b), 0)
    return f"…{text[max(0, at - 40) : at + 60]!r} beside …{other[1][max(0, at - 40) : at + 60]!r}"


def expected_of(cell, lines):
    """The statuses that a cell may have."""
    address = ADDRESSES[cell.name]
    if not address.is_api and cell.method not in OF_PAGES:
        return {405}
    line = lines.get((cell.name, cell.method))
    if line is None:
        listed = [line for (name, _), line in lines.items() if name == cell.name]
        return {405}.union(*(_of_line(line, cell, address) for line in listed if line.method == "GET")) | {
            status for line in listed for status in _refusals(line, cell, address)
        }
    return _of_line(line, cell, address)


def _of_line(line, cell, address):
    absent = cell.case == MISSING or is_foreign(cell, {(line.name, line.method): line})
    if refusals := _refusals(line, cell, address):
        return refusals | ({404} if absent and cell.actor != NOBODY else set())
    if absent:  # of a deed by machine the role is asked first, then the record
        return {404} | ({403} & line.answers)
    return line.answers | ({400, 403, 404, 409, 422} if cell.body in {NAMING_NONE, NAMING_ANOTHER} else set())


def _refusals(line, cell, address):
    if line.is_for(cell.actor):
        return set()
    if cell.actor == NOBODY:
        return {302, 401, 403} if address.is_api else {302}
    return {403}


def is_foreign(cell, lines):
    """Whether the cell's record is one that its person must not know to exist."""
    if cell.case not in {OTHER_DISTRICT, OTHER_PERSON}:
        return False
    kind = next(line.kind for (name, _), line in lines.items() if name == cell.name)
    if records.KINDS[kind].scope == records.PERSON:
        return not sees_everybodys(kind, cell.actor)
    return cell.actor == NOBODY or district_of(cell.actor) is not None


def sees_everybodys(kind, actor):
    also = records.KINDS[kind].also
    return bool(also) and actor != NOBODY and role_of(actor) in WHO_MAY[also]


def may_know(cell, letter, whose):
    """Whether this person may read a mark."""
    if cell.actor == NOBODY:
        return False
    role, home = role_of(cell.actor), district_of(cell.actor)
    near = home is None or whose.startswith(home)
    of_the_trail = cell.body.startswith(("casework:changes", "casework:accesses"))
    if role == Role.AUDITOR and (of_the_trail or ADDRESSES[cell.name].guard(cell.method) == Can.READ_AUDIT):
        return True  # the trail of changes holds what was changed
    if letter == "D":
        return near and role in WHO_MAY[Can.READ_REGISTER]
    if letter == "F":
        return near and role in WHO_MAY[Can.READ_FIGURES]
    if letter == "P":
        of_jobs = "job" in cell.name and sees_everybodys("后台任务", cell.actor)
        return of_jobs or whose.startswith(f"{cell.actor}_")
    return letter == "Z" or role in WHO_MAY[Can.DELIVER]


# ── Set-up ───────────────────────────────────────────────────────────────────────────────────


@contextmanager
def world_of(lines, login="portal_web"):
    """A World in the run's database, asked through the web's own login; emptied afterwards."""
    if not District.objects.exists():
        call_command("load_reference", verbosity=0)
    world = World(lines)
    worker, requests = connection.settings_dict, logging.getLogger("operation.requests")
    requests.disabled = True  # ten thousand lines
    delete, FileSystemStorage.delete = FileSystemStorage.delete, lambda storage, name: None  # no cell's deed stays
    load, kept = SessionStore._get_session_from_db, {}

    def load_once(store):
        """Sessions are as they were prepared: what a cell did to one is rolled back."""
        if store.session_key not in kept:
            kept[store.session_key] = load(store)
        return kept[store.session_key]

    try:
        with transaction.atomic():
            world.fill()
        SessionStore._get_session_from_db = load_once
        connection.close()
        connection.settings_dict = _as_web(worker, login)
        yield world
    finally:
        connection.close()
        connection.settings_dict = worker
        with connection.cursor() as cursor:  # Django does not know of the table that holds a run's scores
            cursor.execute("SELECT risks_drop_run(id) FROM risks_scorerun")
        call_command("flush", interactive=False, verbosity=0)
        cache.clear()
        requests.disabled, FileSystemStorage.delete = False, delete
        SessionStore._get_session_from_db = load


def _as_web(settings, login):
    web = deepcopy(settings)
    web["USER"] = dj_database_url.parse(POSTGRESQL.url_of(f"test_{SLOT}", login))["USER"]
    web["OPTIONS"]["options"] = web["OPTIONS"]["options"].replace("portal.district=*", "portal.district=")
    return web


# ── Drafts of lines ──────────────────────────────────────────────────────────────────────────


def draft(world, address, method):
    """A line that the file does not have, with the answers of this moment: to be looked through."""
    kind = guess_kind(address.name) if address.arguments else ""
    guard = getattr(address.guard(method), "value", LOGGED_IN)
    line = Line(address.name, address.route, method, kind, guard, frozenset())
    asked = replace(world, lines=world.lines | {(address.name, method): line})
    people = [actor for actor in ACTORS if line.is_for(actor)]
    try:
        told = {asked.ask(Cell(address.name, method, actor, OWN if kind else "")).status for actor in people}
    except (NoReverseMatch, KeyError):  # another kind of record; the person who looks through names it
        told = set()
    answers = " ".join(map(str, sorted(told - {404, 405}))) or "?"
    return ",".join((address.name, address.route, method, kind, guard, answers, ""))


def guess_kind(name):
    """The kind of record that an address of the same app names whose name begins like this one."""
    for part, kind in GUESSES.items():
        if part in name:
            return kind
    return "企业"


GUESSES = {
    "api:attachments-file": "附件", "attachments": "带附件的记录", "attachment": "附件", "audit/access": "访问记录",
    "audit/changes": "变更记录", "casework:change": "变更记录", "checklist_item_": "检查项",
    "checklist_item": "检查项", "checklist": "检查清单", "sweep": "走访计划", "arrears_record": "企业",
    "arrears_report": "企业", "arrears": "欠薪线索", "inspection_open": "企业", "decision_decide": "企业",
    "decision_propose": "企业", "decision": "等级确认", "reason-checks": "依据核实", "finding": "检查发现",
    "disclosure_ask": "可协查企业", "disclosure": "协查申请", "handover_draft": "企业", "handover": "移交",
    "majorrisk_flag": "企业", "majors_of": "企业", "relatives": "重大风险", "major": "重大风险",
    "consultation_draft": "企业", "take_over": "企业", "set_up": "企业", "negotiations:for_": "企业",
    "negotiations:clause": "协商条款", "urging_letter": "督促文书", "review_letter": "集体合同",
    "contract": "集体合同", "mechanism": "协商机制", "consultation": "协商要约", "_letter": "协商要约",
    "deliver": "部门数据", "enterprises:merge": "两家企业", "job": "后台任务", "export": "导出文件",
    "view": "我的视图", "api:runs": "评分轮次", "_run": "评分轮次", "risks:run": "评分轮次", "rights": "权限变动",
    "token": "客户端令牌", "subscri": "消息推送", "send-again": "推送消息", "not-there": "任意路径",
    "prescription_draft": "体检", "prescription_for": "企业", "prescription": "处方草稿",
    "rectification_open": "企业", "ledger_of": "企业", "rectification": "整改事项", "inspection": "体检",
    "api:reference": "接口说明", "accounts:": "人员", "mfa_": "安全密钥", "openid": "身份认证平台",
}  # fmt: skip
