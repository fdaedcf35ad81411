"""What every API twin shares: one shape of errors, deeds done once, versions, a twin of every page, a description."""

import ast
import inspect
import re
import threading
import warnings
from textwrap import dedent

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS

from accounts.roles import Can
from casework.api import ListingViewSet
from casework.api_reference import chapters
from casework.api_views import described
from casework.listings import LISTINGS
from casework.models import KeptAnswer, SavedView
from casework.tasks import forget_answers
from config.api import router
from enterprises.models import Enterprise
from tests import make

pytestmark = pytest.mark.django_db
WRITES = [Can.READ_REGISTER, Can.READ_LEVELS, Can.EDIT_REGISTER, Can.EXPORT]
VIEW = {"page": "enterprises:list", "name": "大型企业", "query": "size=large"}


@pytest.fixture
def machine(huancui_officer, security_administrator):
    """Asks by a token that may write; counts its keys unless one is given."""
    token = make.token(huancui_officer, WRITES, by=security_administrator, writes=True)
    return Machine(token)


class Machine:
    def __init__(self, token):
        self.token, self.client, self.keys = token, Client(), 0

    def get(self, address, **headers):
        return self.client.get(address, headers=self._headers(headers))

    def post(self, address, content=None, **headers):
        self.keys += 1
        headers = {"Idempotency_Key": f"key-{self.keys}"} | headers
        return self.client.post(address, content or {}, "application/json", headers=self._headers(headers))

    def _headers(self, headers):
        named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        return {"Authorization": f"Bearer {self.token.text}"} | named


# ── One shape of errors ──────────────────────────────────────────────────────────────────────


def test_what_is_foreign_is_answered_as_what_is_missing(machine):
    foreign = make.enterprise(district="371082")
    for address in ("", "timeline/"):
        answers = [machine.get(f"/api/enterprises/{pk}/{address}") for pk in (foreign.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    for deed in ("amend",):
        answers = [machine.post(f"/api/enterprises/{pk}/{deed}/", If_Match='"1"') for pk in (foreign.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_an_address_that_is_none_is_answered_in_json_too(machine, client):
    for address in ("/api/nothing/", "/api/enterprises", "/api/enterprises/abc/", "/api/enterprises/1/destroy/"):
        answer = machine.get(address)
        assert answer.status_code == 404
        assert answer.json().keys() == {"detail"}
    assert client.get("/api/nothing/").status_code == 401


@pytest.mark.parametrize("method", ["options", "put", "patch", "delete", "trace"])
def test_a_method_that_an_address_does_not_take_is_no_fault(machine, method):
    for address in ("/api/views/", "/api/enterprises/", "/api/schema/", "/api/nothing/"):
        answer = getattr(machine.client, method)(address, headers=machine._headers({}))
        assert answer.status_code in {404, 405}, address


@pytest.mark.parametrize("content", ["[1, 2]", '"text"', "3", "{", '{"name": {"a": 1}}', "null"])
def test_what_is_no_form_is_told_so(machine, content):
    headers = machine._headers({"Idempotency-Key": "x"})
    answer = machine.client.post("/api/views/", content, "application/json", headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


def test_a_form_filled_in_wrongly_is_told_field_by_field_in_chinese(machine):
    firm = make.enterprise()
    answer = machine.post(
        f"/api/enterprises/{firm.pk}/amend/", {"name": "", "founded_on": "2199-01-01"}, If_Match='"1"'
    )
    assert answer.status_code == 422
    told = answer.json()
    assert "errors" in told["detail"]
    assert told["errors"]["founded_on"] == ["成立日期在今天之后，请核对。"]
    assert "name" in told["errors"]


# ── Versions ─────────────────────────────────────────────────────────────────────────────────


def test_what_is_sent_is_changed_and_nothing_else(machine):
    firm = make.enterprise(heads=80, has_union=True)
    tag = machine.get(f"/api/enterprises/{firm.pk}/").headers["ETag"]
    answer = machine.post(f"/api/enterprises/{firm.pk}/amend/", {"heads": 95}, If_Match=tag)
    assert (answer.status_code, answer.json()["heads"], answer.headers["ETag"]) == (200, 95, '"2"')
    now = Enterprise.objects.get()
    assert (now.heads, now.has_union, now.name, now.founded_on) == (95, True, firm.name, firm.founded_on)
    assert [entry["deed"] for entry in machine.get(f"/api/enterprises/{firm.pk}/timeline/").json()] == ["修改企业信息"]


def test_a_change_without_a_version_is_refused(machine):
    firm = make.enterprise()
    answer = machine.post(f"/api/enterprises/{firm.pk}/amend/", {"heads": 95})
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"abc"', '"0"', '"99999999999"', "*"])
def test_a_change_of_what_somebody_else_changed_meanwhile_tells_both_values(machine, huancui_officer, on, tag):
    firm = make.enterprise(heads=80)
    firm.amend({"heads": 81}, version=1, by=huancui_officer, on=on)
    answer = machine.post(f"/api/enterprises/{firm.pk}/amend/", {"heads": 95}, If_Match=tag)
    assert answer.status_code == 412
    assert Enterprise.objects.get().heads == 81
    if tag == '"1"':
        assert (answer.json()["now"]["version"], answer.json()["now"]["heads"]) == (2, 81)
        assert {"label": "从业人数", "yours": "95", "now": "81"} in answer.json()["differences"]


def test_a_record_without_a_number_has_a_version_too(machine, huancui_officer):
    view = SavedView.objects.create(owner=huancui_officer, **VIEW)
    address = f"/api/views/{view.pk}/"
    tag = machine.get(address).headers["ETag"]
    assert machine.post(f"{address}rename/", {"name": "新名"}).status_code == 428
    assert machine.post(f"{address}rename/", {"name": "新名"}, If_Match=tag).status_code == 200
    stale = machine.post(f"{address}rename/", {"name": "又一个"}, If_Match=tag)
    assert (stale.status_code, stale.json()["now"]["name"]) == (412, "新名")


# ── Done once ────────────────────────────────────────────────────────────────────────────────


def test_a_post_sent_again_is_answered_as_before_and_done_once(machine):
    first, again = (machine.post("/api/views/", VIEW, Idempotency_Key="one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), first.headers["ETag"]) == (again.json(), again.headers["ETag"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert SavedView.objects.count() == 1


def test_a_key_is_of_one_content_and_of_one_address(machine):
    machine.post("/api/views/", VIEW, Idempotency_Key="one")
    for address, content in (("/api/views/", VIEW | {"name": "别的"}), ("/api/exports/", VIEW)):
        answer = machine.post(address, content, Idempotency_Key="one")
        assert answer.status_code == 422
        assert "Idempotency-Key" in answer.json()["detail"]
    assert SavedView.objects.count() == 1


def test_a_key_is_of_one_client(machine, huancui_supervisor, security_administrator):
    other = Machine(make.token(huancui_supervisor, WRITES, by=security_administrator, writes=True))
    for each in (machine, other):
        assert each.post("/api/views/", VIEW, Idempotency_Key="one").status_code == 201
    assert SavedView.objects.count() == 2


def test_a_client_must_give_a_key_and_a_fit_one(machine):
    assert machine.post("/api/views/", VIEW, Idempotency_Key=None).status_code == 400
    for key in ("x" * 256, "é", "a\tb"):
        answer = machine.post("/api/views/", VIEW, Idempotency_Key=key)
        assert answer.status_code == 400
    assert not SavedView.objects.exists()


def test_after_a_refusal_the_key_is_free(machine):
    assert machine.post("/api/views/", VIEW | {"name": ""}, Idempotency_Key="one").status_code == 422
    assert machine.post("/api/views/", VIEW, Idempotency_Key="one").status_code == 201


def test_a_browser_may_leave_the_key_away(client, huancui_officer):
    client.force_login(huancui_officer)
    assert client.post("/api/views/", VIEW, "application/json").status_code == 201
    again = {"headers": {"Idempotency-Key": "k"}, "content_type": "application/json"}
    for _ in range(2):
        assert client.post("/api/views/", VIEW | {"name": "乙"}, **again).status_code == 201
    assert SavedView.objects.count() == 2


def test_an_answer_is_forgotten_after_its_time(machine, settings):
    settings.IDEMPOTENCY_HOURS = 24
    machine.post("/api/views/", VIEW, Idempotency_Key="one")
    KeptAnswer.objects.update(at=timezone.now() - timezone.timedelta(hours=25))
    assert machine.post("/api/views/", VIEW | {"name": "乙"}, Idempotency_Key="one").status_code == 201
    forget_answers()
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(at=timezone.now() - timezone.timedelta(hours=25))
    forget_answers()
    assert not KeptAnswer.objects.exists()


def test_a_kept_answer_is_hidden_from_other_districts(machine):
    from casework import wall

    machine.post("/api/views/", VIEW, Idempotency_Key="one")
    for reach, number in (("371002", 1), ("371082", 0), ("*", 1), ("", 0)):
        with wall.within(reach):
            assert KeptAnswer.objects.count() == number


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect(huancui_officer, security_administrator):
    token = make.token(huancui_officer, WRITES, by=security_administrator, writes=True)
    firm, answers, gate = make.enterprise(), [], threading.Barrier(20)
    settings_of_a_post = {"If_Match": '"1"', "Idempotency_Key": "one"}

    def send():
        gate.wait()
        try:
            answers.append(
                Machine(token).post(f"/api/enterprises/{firm.pk}/amend/", {"heads": 95}, **settings_of_a_post)
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {200, 409}  # 409 with Retry-After for who waited too long
    assert codes.count(200) >= 1
    done = [answer.json() for answer in answers if answer.status_code == 200]
    assert done == [done[0]] * len(done)
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
    firm.refresh_from_db()
    assert (firm.version, firm.timeline.count()) == (2, 1)


# ── Every list and every deed has its twin ───────────────────────────────────────────────────

# Deeds of pages that machines do not do, with the reason.
BY_HAND = {
    "account_*": "to come in and to prove who one is takes a person",
    "mfa_*": "second factors belong to a person's hands",
    "openid_connect_*": "the way to and from the identity provider",
    "accounts:*": "accounts, rights and log-ins: two administrators each with a proof (三员分立), never a token",
    "casework:issue-token": "a token that issues tokens would outlive its own withdrawal",
    "casework:withdraw-token": "the same",
    "casework:letters": "what a person's own morning letter names",
    "casework:subscribe": "the security administrator decides where the portal sends",
    "casework:end-subscription": "the same",
    "casework:send-again": "looked after on the page of the log",
    "casework:field-*": "phones send there, with receipts of their own; a client files a visit or a 体检 by its twin",
    "risks:checklist_*": "the questions of a 体检 are worded by a person, and published once for the whole city",
    "negotiations:import_contracts": "a spreadsheet looked through before it is taken; a client files each contract",
    "guidance:layoff_import": "a spreadsheet looked through before it is taken; a client enters each person",
    "guidance:layoff_reveal": "what names people is shown to a person who gives a reason, never to a client",
    "guidance:layoff_export_full": "the same, with a proof",
    "guidance:take_on_many": "a page's way to make many moves at once; a client makes each by its own twin",
    "guidance:offer_many": "the same",
    "guidance:sign*": "for people without an account; a client enters who took part by the twin of attendance_enter",
    "reports:revision_*": "a paper edited in Word is looked through by a person; a client writes each section",
    "reports:verify": "a file compared with the hashes of bundles, which a client reads and compares by itself",
    "risks:assign_many": "a page's way to make many moves at once; a client makes each by its own twin",
}


_POSTED = r"require_POST|request\.POST|request\.method|\.FILES|deeds\.page|writing\.page"


def pages(patterns=None, namespace=""):
    """(name, view) of every page."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(pattern, URLPattern):
            yield from pages(
                pattern.url_patterns, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
        elif not namespace.startswith("api:"):
            yield f"{namespace}{pattern.name}", pattern.callback


def _takes_a_post(view):
    """Read from the code of the view, and of what it calls in its module: it reads what was posted, or hands on to
    who does."""
    if hasattr(view, "view_class"):
        return hasattr(view.view_class, "post")
    view = inspect.unwrap(view)
    names = {node.id for node in ast.walk(ast.parse(dedent(inspect.getsource(view)))) if isinstance(node, ast.Name)}
    called = [view, *(view.__globals__.get(name) for name in names)]
    own = [each for each in called if inspect.isfunction(each) and each.__module__ == view.__module__]
    sources = "".join(inspect.getsource(each) for each in own)
    return "require_GET" not in inspect.getsource(view) and bool(re.search(_POSTED, sources))


def twins():
    for _, viewset, _ in router.registry:
        for name in dir(viewset):
            yield from getattr(getattr(viewset, name, None), "pages", ())


def test_every_deed_of_a_page_has_a_twin_or_a_reason():
    every = dict(pages())
    done, known = set(twins()), {name for name, view in every.items() if _takes_a_post(view)}
    by_hand = {name for name in known for pattern in BY_HAND if re.fullmatch(pattern.replace("*", ".*"), name)}
    assert known - done - by_hand == set()
    assert done - every.keys() == set(), "twins of pages that are not there"
    assert not done & by_hand


def test_every_list_has_a_twin():
    served = {
        viewset.listing.page
        for _, viewset, _ in router.registry
        if issubclass(viewset, ListingViewSet) and viewset.listing
    }
    assert served == set(LISTINGS)


# ── Described ────────────────────────────────────────────────────────────────────────────────


def test_the_description_is_whole_and_made_without_a_warning(client, huancui_union, run_of_the_month):
    GENERATOR_STATS.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = described()
    assert not GENERATOR_STATS
    names = [operation["operationId"] for methods in told["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation["security"] == [{"token": []}, {"session": []}]
            assert "429" in operation["responses"]
            if method == "post":
                assert "Idempotency-Key" in {each["name"] for each in operation["parameters"]}
                assert "422" in operation["responses"]
    assert told["components"]["schemas"]["Error"]["required"] == ["detail"]
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    conditions = {each["name"] for each in told["paths"]["/api/scores/"]["get"]["parameters"]}
    assert {"level", "reason", "run", "sort", "cursor", "page_size"} <= conditions
    amend = told["paths"]["/api/enterprises/{id}/amend/"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert amend["properties"]["founded_on"]["format"] == "date"


@pytest.fixture
def run_of_the_month():
    return make.run()


def test_the_description_is_for_those_who_may_ask(client, machine, huancui_union):
    assert client.get("/api/schema/").status_code == 401
    assert machine.get("/api/schema/").json()["openapi"].startswith("3.1")
    client.force_login(huancui_union)
    assert client.get("/api/schema/").status_code == 200


def test_people_read_what_there_is_and_of_each_address_all(client, huancui_union):
    client.force_login(huancui_union)
    index = client.get("/api/").text
    assert "Idempotency-Key" in index
    assert "企业名录" in index
    assert "/api/enterprises/{id}/amend/" not in index
    for chapter in chapters(described()):
        assert f'href="/api/reference/{chapter.name}/"' in index
    page = client.get("/api/reference/enterprises/").text
    assert "/api/enterprises/{id}/amend/" in page
    assert "founded_on" in page
    assert "/api/contracts/" not in page
    assert client.get("/api/reference/nothing/").status_code == 404


def test_every_operation_is_described_in_chinese():
    operations = [each for chapter in chapters(described()) for each in chapter.operations]
    assert [each.name for each in operations if not re.search("[\u4e00-\u9fff]", each.about)] == []
