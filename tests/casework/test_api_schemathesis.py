"""The API is asked whatever its description allows, and what it does not: it answers as it says, and never with 5xx."""

import itertools
import re
from collections import Counter

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from werkzeug.test import Client

from accounts.roles import Can
from casework.api_views import described
from tests import make

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
QUICK = hypothesis.settings(
    deadline=None, derandomize=True, database=None, phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
# Besides what is made up, text that has broken portals before.
ODD = {
    "NUL": "\x00", "last of its plane": "\ud7ff", "quote": "' OR 1=1 --", "digits": "9" * 400, "beyond": "🜁" * 50,
    "no number": "NaN", "below": "-1",
}  # fmt: skip


@pytest.fixture
def city(settings, tmp_path):
    """A register with a run, a delivery that asks, an export and a view: rows for deeds to find."""
    settings.MEDIA_ROOT = tmp_path
    run = make.run()
    for district in ("371002", "371002", "371082"):
        make.score(make.enterprise(district=district), run)
    make.delivery()


@pytest.fixture
def application():
    """The portal as a server calls it, but that requests leave the test's own connection open, as Django's client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


def test_whatever_a_client_asks_it_is_answered_as_described(
    huancui_officer, steward, auditor, huancui_union, city_office, city, application, security_administrator
):
    """Each operation is asked by the first of these that may, and the refusals on the way are answers too."""
    rights = {"writes": True, "weighty": True, "rate": 30_000}
    clients = [
        Asked(make.token(person, list(Can), by=security_administrator, **rights), application)
        for person in (huancui_union, huancui_officer, city_office, steward, auditor)
    ]
    schema = schemathesis.openapi.from_dict(described())
    schema.app = application
    unasked = []
    for found in schema.get_all_operations():
        operation = found.ok()
        client = next((client for client in clients if client.is_let_in(operation)), None)
        if client is None:
            unasked.append(operation.label)
            continue
        client.whatever(operation, GenerationMode.POSITIVE, 2)
        client.whatever(operation, GenerationMode.NEGATIVE, 1)
    assert len(unasked) < 10, unasked
    assert all(client.answers[200] for client in clients)


class Asked:
    """Asks operations by a token; of records that are there, with the version that they have."""

    def __init__(self, token, application):
        self.token, self.keys, self.client = token, itertools.count(), Client(application)
        self.known, self.answers = {}, Counter()

    def is_let_in(self, operation):
        """Whether the operation is this person's: who may is asked before what is sent is looked at."""
        path = re.sub(r"{\w+}", "1", operation.path)
        answer = self.client.open(path, method=operation.method.upper(), headers=self._bearer)
        assert str(answer.status_code) in operation.definition.raw["responses"], (operation.label, answer.status_code)
        return answer.status_code != 403

    def whatever(self, operation, mode, times):
        path = operation.path

        @hypothesis.settings(QUICK, max_examples=times)
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            self._mend(case, path, mode)
            response = case.call(headers=self._headers(case, path))
            self.answers[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        ask()

    def _mend(self, case, path, mode):
        """So that some of what is asked is of a record that is there."""
        if "{" in path and mode is GenerationMode.POSITIVE and (rows := self._rows(path)):
            name = path[path.index("{") + 1 : path.index("}")]
            case.path_parameters[name] = rows[next(self.keys) % len(rows)]

    def _rows(self, path):
        address = path[: path.index("{")]
        if address not in self.known:
            answer = self.client.get(f"{address}?level=all", headers=self._bearer)
            rows = answer.json.get("results", []) if answer.status_code == 200 else []
            self.known[address] = [row["id"] for row in rows]
        return self.known[address]

    def _headers(self, case, path):
        headers = dict(self._bearer)
        if case.method == "POST":
            headers["Idempotency-Key"] = f"key-{next(self.keys)}"
        if "{" in path and case.method == "POST":
            address = path[: path.index("}") + 1] + "/"
            name = path[path.index("{") + 1 : path.index("}")]
            address = address.replace(f"{{{name}}}", str(case.path_parameters[name]))
            seen = self.client.get(address, headers=self._bearer)
            if "ETag" in seen.headers:
                headers["If-Match"] = seen.headers["ETag"]
        return headers

    @property
    def _bearer(self):
        return {"Authorization": f"Bearer {self.token.text}"}


def test_odd_text_in_a_condition_or_a_field_is_no_fault(city, application, steward, security_administrator):
    token = make.token(steward, list(Can), by=security_administrator, writes=True, weighty=True, rate=30_000)
    client, bearer = Client(application), {"Authorization": f"Bearer {token.text}"}
    for path, methods in described()["paths"].items():
        for text in ODD.values() if "{" not in path else ():
            for sent in _odd_conditions(methods.get("get"), text):
                assert client.get(path, query_string=sent, headers=bearer).status_code < 500, (path, sent)
            if "post" in methods:
                fields = next(iter(methods["post"]["requestBody"]["content"].values()))["schema"].get("properties", {})
                headers = bearer | {"Idempotency-Key": path}
                answer = client.post(path, json=dict.fromkeys(fields, text), headers=headers)
                assert answer.status_code < 500, (path, text)


def _odd_conditions(operation, text):
    """All conditions of a list at once, and the mark of its pages, which is looked at first, by itself."""
    names = {each["name"] for each in (operation or {}).get("parameters", []) if each["in"] == "query"}
    yield from (dict.fromkeys(some, text) for some in (names - {"cursor"}, names & {"cursor"}) if some)
