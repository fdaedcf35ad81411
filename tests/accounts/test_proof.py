"""Step-up: deeds of weight ask again who one is, and nothing typed is lost."""

import contextlib
import re
import time
from html import unescape

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts import signals
from accounts.models import RightsChange, User
from accounts.roles import Role
from casework.models import Export
from enterprises.models import Delivery
from tests import make
from tests.accounts.test_people import as_it_stands, newcomer
from tests.accounts.test_second_factor import SECRET, code_of


def wait(client, minutes=11):
    session = client.session
    session["proved_at"] = time.time() - minutes * 60
    session.save()


def confirm(client, response, **answer):
    assert (response.status_code, response.url) == (302, "/confirm/")
    return client.post("/confirm/", answer or {"password": make.PASSWORD})


def go_on(client, page):
    """Send the form that follows the proof, as a browser does."""
    form = re.search(r'<form method="(\w+)" action="([^"]+)" data-go-on.*?</form>', page.text, re.S)
    fields = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0]):
        fields.setdefault(unescape(name), []).append(unescape(value))
    return (client.post if form[1] == "post" else client.get)(unescape(form[2]), fields)


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    wait(client)
    return client


def test_a_person_is_added_after_a_proof_with_all_that_was_typed(office):
    response = office.post("/people/add/", newcomer(name='于"敏&<b>', phone="0631 5200000"))
    assert not User.objects.filter(username="yumin").exists()
    assert "即将办理：添加人员" in office.get("/confirm/").text
    page = confirm(office, response)
    assert "no-store" in page.headers["Cache-Control"]
    done = go_on(office, page)
    assert 'class="once"' in done.text
    person = User.objects.get(username="yumin")
    assert (person.name, person.phone) == ('于"敏&<b>', "0631 5200000")


def test_a_wrong_password_proves_nothing(office, huancui_officer):
    response = office.post(f"/people/{huancui_officer.pk}/disable/")
    wrong = confirm(office, response, password="something else")
    assert wrong.status_code == 422
    assert "密码不正确。" in wrong.text
    go_on(office, office.post("/confirm/", {"password": make.PASSWORD}))
    huancui_officer.refresh_from_db()
    assert not huancui_officer.is_active


def test_a_second_factor_proves_it_too(office, administrator, huancui_officer):
    TOTP.activate(administrator, SECRET)
    office.post(f"/people/{huancui_officer.pk}/disable/")
    assert "改为输入验证码" in office.get("/confirm/").text
    assert office.post("/confirm/code/", {"code": "000000"}).status_code == 422
    go_on(office, office.post("/confirm/code/", {"code": code_of()}))
    huancui_officer.refresh_from_db()
    assert not huancui_officer.is_active


def test_a_log_in_of_a_moment_ago_is_proof_enough(client, administrator, huancui_officer):
    client.post("/login/", {"login": "administrator", "password": make.PASSWORD})
    response = client.post(f"/people/{huancui_officer.pk}/disable/")
    assert response.url == f"/people/{huancui_officer.pk}/"


def test_a_proof_is_good_for_some_minutes(office, huancui_officer, settings):
    wait(office, minutes=9)
    assert office.post(f"/people/{huancui_officer.pk}/disable/").url != "/confirm/"
    settings.STEP_UP_MINUTES = 5
    assert office.post(f"/people/{huancui_officer.pk}/enable/").url == "/confirm/"


def test_what_goes_on_is_checked_like_any_other_request(office, administrator, security_administrator, huancui_officer):
    """It is sent anew: by a person who has lost the right meanwhile, in vain."""
    response = office.post(f"/people/{huancui_officer.pk}/disable/")
    page = confirm(office, response)
    administrator.role = Role.AUDITOR
    administrator.save()
    assert go_on(office, page).status_code == 302, "the session ended with the role"
    huancui_officer.refresh_from_db()
    assert huancui_officer.is_active


def test_what_goes_on_carries_its_token(administrator, huancui_officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    wait(client)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/people/add/").text)[1]
    response = client.post(f"/people/{huancui_officer.pk}/disable/", {"csrfmiddlewaretoken": token})
    page = confirm(client, response, password=make.PASSWORD, csrfmiddlewaretoken=token)
    assert token not in page.text, "a token of its own"
    assert go_on(client, page).url == f"/people/{huancui_officer.pk}/"


def test_a_part_of_a_page_leads_the_whole_page_to_the_proof(office, huancui_officer):
    response = office.post(f"/people/{huancui_officer.pk}/disable/", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/confirm/"


def test_a_deed_that_was_given_up_is_not_set_going_by_a_proof_for_something_else(office, huancui_officer):
    office.post(f"/people/{huancui_officer.pk}/disable/")
    other = office.get("/second-factor/app/")
    assert "停用账号" not in office.get(other.url).text
    assert office.post(other.url, {"password": make.PASSWORD}).url == "/second-factor/app/"
    huancui_officer.refresh_from_db()
    assert huancui_officer.is_active


def test_a_deed_does_not_wait_for_ever(office, huancui_officer):
    office.post(f"/people/{huancui_officer.pk}/disable/")
    session = office.session
    session["account_reauthentication_state"]["state"]["asked_at"] -= 11 * 60
    session.save()
    page = office.post("/confirm/", {"password": make.PASSWORD}, follow=True)
    assert "等待时间过长，“停用账号”没有办理，请重新提交。" in page.text
    huancui_officer.refresh_from_db()
    assert huancui_officer.is_active


def test_a_proof_leads_nowhere_else(office, huancui_officer):
    response = office.post(f"/people/{huancui_officer.pk}/disable/", headers={"Referer": "https://example.org/x"})
    assert 'href="/">返回原页面' in confirm(office, response).text


@pytest.mark.parametrize(
    "address",
    [
        "people/add/", "people/{pk}/change/", "people/{pk}/disable/", "people/{pk}/enable/", "people/{pk}/password/",
        "people/{pk}/unlock/", "people/{pk}/second-factor/", "rights/{change}/grant/", "rights/{change}/refuse/",
    ],
)  # fmt: skip
def test_each_change_of_rights_and_accounts_asks_for_it(
    client, administrator, security_administrator, huancui_officer, address
):
    office, guard = client, type(client)()
    office.force_login(administrator)
    guard.force_login(security_administrator)
    moved = as_it_stands(huancui_officer, role=Role.DISTRICT_SUPERVISOR)
    office.post(f"/people/{huancui_officer.pk}/change/", moved)
    change = RightsChange.objects.get()
    who = guard if address.startswith("rights") or "unlock" in address or "second" in address else office
    wait(who)
    response = who.post("/" + address.format(pk=huancui_officer.pk, change=change.pk), moved)
    assert (response.status_code, response.url) == (302, "/confirm/")
    change.refresh_from_db()
    assert change.state == "waiting"


def test_a_second_factor_is_added_only_after_a_proof(client, city_office):
    client.force_login(city_office)
    wait(client)
    response = client.get("/second-factor/app/")
    assert response.url == "/confirm/?next=%2Fsecond-factor%2Fapp%2F"
    assert client.post(response.url, {"password": make.PASSWORD}).url == "/second-factor/app/"
    assert client.get("/second-factor/app/").status_code == 200


# ── Exports and deliveries ───────────────────────────────────────────────────────────────────


ASKED = {"page": "enterprises:list", "query": "", "format": "csv"}


def fetched(response):
    assert response.headers["Content-Disposition"].startswith("attachment")
    with contextlib.closing(response):
        return response.getvalue().decode("utf-8-sig")


@pytest.fixture
def register(db):
    return [make.enterprise() for _ in range(4)]


def test_a_small_export_asks_for_nothing(client, huancui_officer, register):
    client.force_login(huancui_officer)
    wait(client)
    assert register[0].name in fetched(client.post("/exports/new/", ASKED))


def test_a_bulk_export_goes_on_after_the_proof(client, huancui_officer, register, settings):
    settings.STEP_UP_ROWS = 3
    client.force_login(huancui_officer)
    wait(client)
    response = client.post("/exports/new/", ASKED, headers={"Referer": "http://testserver/enterprises/?q=x"})
    assert "超过 3 行" in client.get("/confirm/").text
    page = confirm(client, response)
    assert 'href="/enterprises/?q=x">返回原页面' in page.text
    done = go_on(client, page)
    assert register[0].name in fetched(done)


def test_a_long_export_is_asked_for_and_fetched_with_a_proof(client, huancui_officer, register, settings, tmp_path):
    settings.STEP_UP_ROWS, settings.EXPORT_DIRECT_ROWS, settings.MEDIA_ROOT = 3, 3, tmp_path
    client.force_login(huancui_officer)
    wait(client)
    response = client.post("/exports/new/", ASKED)
    assert not Export.objects.exists()
    assert go_on(client, confirm(client, response)).url == "/exports/"
    export = Export.objects.get()
    export.job.take(export.asked_at)
    export.job.run()
    wait(client)
    response = client.get(f"/exports/{export.pk}/file/")
    done = go_on(client, confirm(client, response))
    assert register[0].name in fetched(done)


def test_a_delivery_is_undone_after_a_proof(client, steward):
    delivery = make.delivery()
    client.force_login(steward)
    wait(client)
    address = f"/enterprises/deliveries/{delivery.pk}/undo/"
    assert client.get(address).status_code == 200
    response = client.post(address)
    assert Delivery.objects.get().state == Delivery.State.STORED
    go_on(client, confirm(client, response))
    assert Delivery.objects.get().state == Delivery.State.UNDONE


def test_the_api_is_no_way_round_the_proof(client, steward):
    delivery = make.delivery()
    client.force_login(steward)
    wait(client)
    address = f"/api/deliveries/{delivery.pk}/undo/"
    response = client.post(address)
    assert response.status_code == 403
    assert Delivery.objects.get().state == Delivery.State.STORED
    wait(client, minutes=1)
    assert client.post(address).status_code == 200
    assert Delivery.objects.get().state == Delivery.State.UNDONE


# ── What is told ─────────────────────────────────────────────────────────────────────────────


def test_proofs_and_failures_are_told(office, huancui_officer):
    told = []
    listener = lambda method, **_: told.append(method)  # noqa: E731
    signals.proved.connect(listener)
    office.post(f"/people/{huancui_officer.pk}/disable/")
    office.post("/confirm/", {"password": "something else"})
    office.post("/confirm/", {"password": make.PASSWORD})
    signals.proved.disconnect(listener)
    assert told == [None, "password"]
