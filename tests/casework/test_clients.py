"""Tokens of machine clients: what they open, what they narrow, and when they end."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Can
from casework.models import Export, Job
from casework.tokens import Token
from tests import make

pytestmark = pytest.mark.django_db
READS = [Can.READ_REGISTER, Can.READ_LEVELS]


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def token(huancui_officer, security_administrator):
    return make.token(huancui_officer, READS, by=security_administrator)


# ── What a token opens ───────────────────────────────────────────────────────────────────────


def test_a_client_asks_by_its_token_and_sees_the_district_of_its_account(client, token):
    own, foreign = make.enterprise(), make.enterprise(district="371082")
    answer = client.get("/api/enterprises/", headers=bearer(token.text))
    assert [row["id"] for row in answer.json()["results"]] == [own.pk]
    assert client.get(f"/api/enterprises/{foreign.pk}/", headers=bearer(token.text)).status_code == 404


def test_a_token_opens_no_page(client, token):
    assert client.get("/enterprises/", headers=bearer(token.text)).status_code == 302


@pytest.mark.parametrize("text", ["", "x", "wlr_", "wlr_000000000000_", "wlr_000000000000_secret", "wlr__", "令牌"])
def test_what_is_no_token_is_refused_and_told_what_to_do(client, db, text):
    answer = client.get("/api/enterprises/", headers={"Authorization": f"Bearer {text}".encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "安全管理员" in answer.json()["detail"]


def test_the_right_name_with_a_wrong_secret_is_refused(client, token):
    assert client.get("/api/enterprises/", headers=bearer(token.text + "x")).status_code == 401
    assert token.text.rsplit("_", 1)[1] not in str(Token.objects.values())


# ── What it narrows ──────────────────────────────────────────────────────────────────────────


def test_a_token_shows_no_more_than_was_ticked(client, token, huancui_officer):
    firm = make.enterprise(revenue=98_765_432)
    told = client.get(f"/api/enterprises/{firm.pk}/", headers=bearer(token.text)).json()
    assert huancui_officer.may(Can.READ_FIGURES)
    assert "revenue" not in told
    assert client.get("/api/exports/", headers=bearer(token.text)).status_code == 403


def test_a_token_gives_no_right_that_its_account_lacks(client, huancui_union, security_administrator):
    token = make.token(huancui_union, [*READS, Can.READ_FIGURES, Can.DELIVER], by=security_administrator)
    firm = make.enterprise(revenue=98_765_432)
    assert "revenue" not in client.get(f"/api/enterprises/{firm.pk}/", headers=bearer(token.text)).json()
    assert client.get("/api/deliveries/", headers=bearer(token.text)).status_code == 403


def test_a_token_that_reads_does_nothing(client, huancui_officer, security_administrator):
    token = make.token(huancui_officer, [*READS, Can.EDIT_REGISTER], by=security_administrator)
    firm = make.enterprise()
    headers = bearer(token.text) | {"Idempotency-Key": "1", "If-Match": '"1"'}
    answer = client.post(f"/api/enterprises/{firm.pk}/amend/", {"heads": 5}, "application/json", headers=headers)
    assert answer.status_code == 403
    assert "只能读取" in answer.json()["detail"]


def test_what_needs_a_proof_needs_a_token_that_may(client, steward, security_administrator):
    delivery = make.delivery()
    url = f"/api/deliveries/{delivery.pk}/"
    for weighty, expected in ((False, 403), (True, 200)):
        token = make.token(steward, [Can.DELIVER], by=security_administrator, writes=True, weighty=weighty)
        tag = client.get(url, headers=bearer(token.text)).headers["ETag"]
        headers = bearer(token.text) | {"Idempotency-Key": "1", "If-Match": tag}
        assert client.post(f"{url}undo/", headers=headers).status_code == expected


def test_a_bulk_export_needs_a_token_that_may(client, city_office, security_administrator, settings):
    settings.STEP_UP_ROWS = 1
    make.enterprise(), make.enterprise()
    asked = {"page": "enterprises:list", "format": "csv"}
    for weighty, expected in ((False, 403), (True, 201)):
        rights = [Can.READ_REGISTER, Can.EXPORT]
        token = make.token(city_office, rights, by=security_administrator, writes=True, weighty=weighty)
        headers = bearer(token.text) | {"Idempotency-Key": "1"}
        assert client.post("/api/exports/", asked, "application/json", headers=headers).status_code == expected


def test_a_file_exported_by_a_token_holds_no_more_than_the_token_shows(
    client, city_office, security_administrator, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    make.enterprise(revenue=98_765_432)
    rights = [Can.READ_REGISTER, Can.EXPORT]
    token = make.token(city_office, rights, by=security_administrator, writes=True)
    headers = bearer(token.text) | {"Idempotency-Key": "1"}
    asked = {"page": "enterprises:list", "format": "csv"}
    export = client.post("/api/exports/", asked, "application/json", headers=headers).json()
    make.work_off()
    address = client.get(f"/api/exports/{export['id']}/", headers=bearer(token.text)).json()["file"]
    file = b"".join(client.get(address, headers=bearer(token.text)).streaming_content).decode()
    assert "统一社会信用代码" in file
    assert "98765432" not in file
    assert "营业收入" not in file
    other = make.token(city_office, rights, by=security_administrator)
    assert client.get(address, headers=bearer(other.text)).status_code == 404


def test_an_export_whose_token_was_withdrawn_is_not_written(city_office, security_administrator, client):
    token = make.token(city_office, [Can.READ_REGISTER, Can.EXPORT], by=security_administrator, writes=True)
    headers = bearer(token.text) | {"Idempotency-Key": "1"}
    client.post("/api/exports/", {"page": "enterprises:list", "format": "csv"}, "application/json", headers=headers)
    token.withdraw(by=security_administrator, at=timezone.now())
    make.work_off()
    assert Job.objects.get(kind="export").state == "failed"
    assert not Export.objects.get().file


# ── When it ends ─────────────────────────────────────────────────────────────────────────────


def _works(client, token):
    return client.get("/api/enterprises/", headers=bearer(token.text)).status_code == 200


def test_a_token_ends_when_it_is_withdrawn_and_when_it_expires(client, token, security_administrator):
    assert _works(client, token)
    token.withdraw(by=security_administrator, at=timezone.now())
    assert not _works(client, token)
    other = make.token(token.holder, READS, by=security_administrator)
    Token.objects.filter(pk=other.pk).update(
        made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert not _works(client, other)


def test_a_token_ends_with_the_account_it_stands_on_and_does_not_come_back(
    client, token, huancui_officer, administrator
):
    huancui_officer.disable(by=administrator)
    assert not _works(client, token)
    huancui_officer.enable(by=administrator)
    assert not _works(client, token)
    assert Token.objects.get().ended_why == "账号停用"


def test_a_token_ends_when_its_account_is_moved_by_whatever_hand(client, token, huancui_officer):
    huancui_officer.organisation = Organisation.objects.get(district="371082", side="government")
    huancui_officer.save()
    assert not _works(client, token)


def test_a_token_ends_when_a_change_of_rights_is_granted(
    client, token, huancui_officer, administrator, security_administrator
):
    at, elsewhere = timezone.now(), Organisation.objects.get(district="371082", side="government")
    change = huancui_officer.ask_rights(huancui_officer.role, elsewhere, by=administrator, at=at)
    change.grant(by=security_administrator, at=at)
    assert not _works(client, token)
    assert Token.objects.get().ended_why == "岗位、单位变动"


def test_nobody_issues_a_token_to_themselves(security_administrator):
    with pytest.raises(ValidationError, match="另一名安全管理员"):
        make.token(security_administrator, READS, by=security_administrator)


# ── How often, and when last ─────────────────────────────────────────────────────────────────


def test_more_requests_than_the_rate_are_told_to_wait(client, huancui_officer, security_administrator):
    token = make.token(huancui_officer, READS, by=security_administrator, rate=3)
    answers = [client.get("/api/enterprises/", headers=bearer(token.text)) for _ in range(8)]
    assert [answer.status_code for answer in answers].count(200) in {3, 6}  # six when the minute turns in between
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert "秒后重试" in refused.json()["detail"]


def test_the_last_use_is_seen(client, token):
    client.get("/api/enterprises/", headers=bearer(token.text))
    used = Token.objects.get()
    assert used.last_address == "127.0.0.1"
    assert timezone.now() - used.last_used_at < timedelta(minutes=1)
    client.get("/api/enterprises/", headers=bearer(token.text))
    assert Token.objects.get().last_used_at == used.last_used_at


# ── The page ─────────────────────────────────────────────────────────────────────────────────


def asked(holder, **fields):
    last = timezone.localdate() + timedelta(days=30)
    return {
        "name": "市大数据局数据共享交换", "holder": holder.pk, "capabilities": ["read_register"], "rate": 60,
        "expires_on": last.isoformat(),
    } | fields  # fmt: skip


def test_a_token_is_issued_shown_once_and_withdrawn(client, security_administrator, huancui_officer):
    client.force_login(security_administrator)
    page = client.post("/clients/tokens/new/", asked(huancui_officer))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    token = Token.objects.get()
    text = page.context["text"]
    assert text in page.text
    assert _works(client, make.shown(token, text))
    listed = client.get("/clients/").text
    assert "市大数据局数据共享交换" in listed
    assert text not in listed
    client.post(f"/clients/tokens/{token.pk}/withdraw/")
    assert not _works(client, make.shown(token, text))
    assert "已收回" in client.get("/clients/").text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("capabilities", [], "至少选择一项"),
        ("capabilities", ["deliver"], "没有“接收部门数据”的权限"),
        ("capabilities", ["grant_rights"], "grant_rights"),
        ("expires_on", "2020-01-01", "今天之后"),
        ("expires_on", "2199-01-01", "最长 365 天"),
        ("rate", "0", "1"),
        ("name", "", "必填"),
    ],
)
def test_a_token_asked_for_wrongly_is_told_what_to_do(
    client, security_administrator, huancui_officer, field, value, sentence
):
    client.force_login(security_administrator)
    page = client.post("/clients/tokens/new/", asked(huancui_officer, **{field: value}))
    assert page.status_code == 422
    assert sentence in page.text
    assert not Token.objects.exists()


def test_a_token_is_issued_after_a_proof(client, security_administrator, huancui_officer):
    client.force_login(security_administrator)
    session = client.session
    session["proved_at"] = 0
    session.save()
    answer = client.post("/clients/tokens/new/", asked(huancui_officer))
    assert answer.status_code == 302
    assert "/confirm/" in answer.headers["Location"]
    assert not Token.objects.exists()


@pytest.mark.parametrize("username", sorted(set(make.cast()) - {"security_administrator"}))
def test_clients_are_looked_after_by_the_security_administrator_alone(client, request, username):
    client.force_login(request.getfixturevalue(username))
    for address in ("/clients/", "/clients/tokens/new/", "/clients/subscriptions/new/", "/clients/messages/"):
        assert client.get(address).status_code == 403
