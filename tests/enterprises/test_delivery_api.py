"""Deliveries for machine clients: the same as on the pages, with the same rights."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enterprises.models import Delivery, Signal
from tests import make
from tests.enterprises.test_delivery_pages import tax_file, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def machine(client, steward):
    client.force_login(steward)
    return client


def test_a_file_is_posted_read_and_its_outcome_fetched(machine):
    firm = make.enterprise()
    answer = machine.post("/api/deliveries/", {"file": tax_file((firm.uscc, "100", "90"), (make.uscc(), "1", "1"))})
    assert (answer.status_code, answer.json()["state"]) == (201, "received")
    work_off()
    told = machine.get(f"/api/deliveries/{answer.json()['id']}/").json()
    assert (told["state"], told["kind"], told["accepted"]) == ("stored", "tax", 1)
    assert told["rejected"] == {"unknown_enterprise": 1}
    assert told["months"] == ["2023-06-01", "2023-06-01"]
    rows = machine.get(f"/api/deliveries/{told['id']}/refused/").json()["results"]
    assert [(row["row"], row["reason"]) for row in rows] == [(3, "unknown_enterprise")]


def test_what_is_no_table_is_not_taken(machine, settings):
    assert machine.post("/api/deliveries/", {"file": SimpleUploadedFile("a.pdf", b"%PDF")}).status_code == 422
    assert machine.post("/api/deliveries/", {}).status_code == 422
    settings.DELIVERY_MAX_BYTES = 0
    too_large = machine.post("/api/deliveries/", {"file": SimpleUploadedFile("a.csv", b"x" * 2**21)})
    assert too_large.status_code == 413
    assert not Delivery.objects.exists()


def test_a_question_is_answered_once(machine):
    firm = make.enterprise()
    text = f"纳税人识别号,所属期,应纳税额,实缴税额,入库税额\n{firm.uscc},202306,100,90,80\n"
    told = machine.post("/api/deliveries/", {"file": SimpleUploadedFile("两列.csv", text.encode())}).json()
    work_off()
    url = f"/api/deliveries/{told['id']}/"
    assert machine.get(url).json()["question"]["choices"] == ["实缴税额", "入库税额"]
    assert machine.post(f"{url}answer/", {"choice": "别的"}, "application/json").status_code == 422
    assert machine.post(f"{url}answer/", {"choice": "入库税额"}, "application/json").status_code == 200
    work_off()
    assert Signal.objects.get().paid == 8000
    assert machine.post(f"{url}answer/", {"choice": "入库税额"}, "application/json").status_code == 409


def test_a_delivery_is_undone_once(machine):
    told = machine.post("/api/deliveries/", {"file": tax_file((make.enterprise().uscc, "100", "90"))}).json()
    work_off()
    url = f"/api/deliveries/{told['id']}/undo/"
    assert machine.post(url).json()["state"] == "undone"
    assert machine.post(url).status_code == 409


def test_the_list_is_filtered_as_on_the_page(machine):
    make.delivery(kind="tax")
    make.delivery(kind="loan")
    assert [row["kind"] for row in machine.get("/api/deliveries/?kind=loan").json()["results"]] == ["loan"]


def test_freshness_is_told_month_by_month(client, huancui_officer):
    client.force_login(huancui_officer)
    told = client.get("/api/freshness/").json()
    assert [feed["feed"] for feed in told] == ["tax", "social", "loan", "logistics"]
    assert len(told[0]["months"]) == 24


@pytest.mark.parametrize("username", [name for name in make.cast() if name != "steward"])
def test_only_the_steward_reaches_deliveries(client, username):
    delivery = make.delivery()
    client.force_login(make.member_of_the_cast(username))
    assert client.get("/api/deliveries/").status_code == 403
    assert client.post("/api/deliveries/").status_code == 403
    assert client.get(f"/api/deliveries/{delivery.pk}/").status_code == 403
    for deed in ("correct", "answer", "layout", "again", "undo"):
        assert client.post(f"/api/deliveries/{delivery.pk}/{deed}/").status_code == 403, deed


def test_a_session_needs_its_token(steward):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(steward)
    assert strict.post("/api/deliveries/", {"file": tax_file((make.uscc(), "1", "1"))}).status_code == 403
    assert not Delivery.objects.exists()
