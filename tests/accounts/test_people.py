"""The administrator's pages of people."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import lockout
from accounts.models import Organisation, User
from accounts.roles import Role
from tests import make


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def organisation(name):
    return Organisation.objects.get(name=name).pk


def newcomer(**fields):
    return {
        "username": "yumin",
        "name": "于敏",
        "organisation": organisation("环翠区人力资源和社会保障局"),
        "role": Role.DISTRICT_OFFICER,
        "phone": "",
    } | fields


def shown_password(response):
    return re.search(r'class="once">([^<]+)<', response.text)[1]


PAGES = ["people", "add-person"]
DEEDS = ["person", "disable-person", "enable-person", "unlock-person", "reset-password"]


@pytest.mark.parametrize("username", sorted(set(make.cast()) - {"administrator"}))
def test_only_the_administrator_looks_after_people(client, request, administrator, username):
    client.force_login(request.getfixturevalue(username))
    for name in PAGES:
        assert client.get(reverse(f"accounts:{name}")).status_code == 403
    for name in DEEDS:
        assert client.post(reverse(f"accounts:{name}", args=[administrator.pk])).status_code == 403
    administrator.refresh_from_db()
    assert administrator.is_active
    assert administrator.check_password(make.PASSWORD)


def test_the_list_shows_everybody_and_their_state(office, huancui_officer, rongcheng_officer):
    User.objects.filter(pk=rongcheng_officer.pk).update(is_active=False)
    page = office.get("/people/").text
    assert "共 3 人" in page
    assert "环翠区人力资源和社会保障局" in page
    assert "已停用" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("district=371002", {"huancui_officer", "huancui_union"}),
        ("district=city", {"administrator", "auditor"}),
        ("role=union_coordinator", {"huancui_union"}),
        ("state=disabled", {"auditor"}),
        ("state=first", {"huancui_union"}),
        ("q=cui_off", {"huancui_officer"}),
        ("q=没有此人", set()),
    ],
)
def test_the_list_is_narrowed(office, auditor, huancui_officer, huancui_union, query, found):
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    User.objects.filter(pk=huancui_union.pk).update(must_change_password=True)
    response = office.get(f"/people/?{query}")
    assert {person.username for person in response.context["people"]} == found


def test_a_new_person_gets_a_password_shown_once_and_changed_first(office, client):
    response = office.post("/people/add/", newcomer())
    assert "no-store" in response.headers["Cache-Control"]
    password = shown_password(response)
    person = User.objects.get(username="yumin")
    assert password not in office.get(f"/people/{person.pk}/").text
    yumin = type(client)()
    yumin.post("/login/", {"login": "yumin", "password": password})
    assert yumin.get("/roles/").url == "/password/"


def test_first_passwords_satisfy_the_rules_of_the_house_and_differ():
    from django.contrib.auth.password_validation import validate_password

    from accounts.passwords import first_password

    made = {first_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": Role.UNION_COORDINATOR}, "工会协调员须属于工会。"),
        ({"role": Role.ADMINISTRATOR}, "该岗位只设在市级单位。"),
        ({"username": "Administrator"}, "这个用户名已有人使用，请换一个。"),
        ({"name": ""}, "该字段是必填项。"),
        ({"organisation": ""}, "该字段是必填项。"),
        ({"username": "于 敏"}, "用户名"),
    ],
)
def test_a_person_who_cannot_be_is_refused_with_the_reason(office, fields, sentence):
    response = office.post("/people/add/", newcomer(**fields))
    assert response.status_code == 422
    assert sentence in response.text
    assert User.objects.count() == 1


def test_a_person_who_moves_sees_by_the_new_place_at_the_next_request(office, client, huancui_officer):
    officer = type(client)()
    officer.force_login(huancui_officer)
    assert "看到环翠区" in officer.get("/roles/").text
    moved = {"name": "于敏", "organisation": organisation("荣成市总工会"), "role": Role.UNION_COORDINATOR, "phone": ""}
    assert office.post(f"/people/{huancui_officer.pk}/", moved).url == "/people/"
    page = officer.get("/roles/").text
    assert "看到荣成市" in page
    assert "您的岗位是工会协调员" in page


def test_nobody_changes_their_own_role(office, administrator):
    fields = {"name": "某某", "organisation": administrator.organisation_id, "role": Role.CITY_OFFICE, "phone": ""}
    response = office.post(f"/people/{administrator.pk}/", fields)
    assert response.status_code == 422
    assert "不能更改自己的岗位" in response.text


def test_a_person_disabled_is_out_at_once_and_back_when_enabled(office, client, huancui_officer):
    officer = type(client)()
    officer.force_login(huancui_officer)
    office.post(f"/people/{huancui_officer.pk}/disable/")
    assert officer.get("/roles/").status_code == 302
    office.post(f"/people/{huancui_officer.pk}/enable/")
    log_in = officer.post("/login/", {"login": "huancui_officer", "password": make.PASSWORD})
    assert log_in.status_code == 302
    assert officer.get("/roles/").status_code == 200


def test_nobody_disables_themselves(office, administrator):
    with pytest.raises(ValidationError):
        administrator.disable(by=administrator)
    page = office.post(f"/people/{administrator.pk}/disable/", follow=True).text
    assert "不能停用自己的账号" in page
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_reset_password_ends_sessions_and_lifts_the_lock(office, client, huancui_officer):
    officer = type(client)()
    officer.force_login(huancui_officer)
    for _ in range(5):
        lockout.count_attempt("huancui_officer", "127.0.0.1")
    assert "登录锁定" in office.get("/people/").text
    password = shown_password(office.post(f"/people/{huancui_officer.pk}/password/"))
    assert officer.get("/roles/").status_code == 302
    officer.post("/login/", {"login": "huancui_officer", "password": password})
    assert officer.get("/roles/").url == "/password/"


def test_a_lock_is_lifted_without_a_new_password(office, client, huancui_officer):
    for _ in range(5):
        lockout.count_attempt("huancui_officer", "127.0.0.1")
    assert "解除登录锁定" in office.get(f"/people/{huancui_officer.pk}/").text
    office.post(f"/people/{huancui_officer.pk}/unlock/")
    log_in = type(client)().post("/login/", {"login": "huancui_officer", "password": make.PASSWORD})
    assert log_in.status_code == 302


@pytest.mark.parametrize("name", set(DEEDS) - {"person"})
def test_deeds_are_not_links(office, huancui_officer, name):
    assert office.get(reverse(f"accounts:{name}", args=[huancui_officer.pk])).status_code == 405


@pytest.mark.parametrize("name", DEEDS)
def test_a_missing_person_is_not_found(office, name):
    assert office.post(reverse(f"accounts:{name}", args=[0])).status_code == 404
