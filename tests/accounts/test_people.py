"""People and their rights: three administrators, of whom none alone gives anybody rights."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import lockout, signals
from accounts.models import Deed, Organisation, RightsChange, User
from accounts.roles import WHO_MAY, Can, Role
from tests import make


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def guard(client, security_administrator):
    guard = type(client)()
    guard.force_login(security_administrator)
    return guard


def organisation(name):
    return Organisation.objects.get(name=name)


def newcomer(**fields):
    return {
        "username": "yumin",
        "name": "于敏",
        "organisation": organisation("环翠区人力资源和社会保障局").pk,
        "role": Role.DISTRICT_OFFICER,
        "phone": "",
    } | fields


def as_it_stands(person, **fields):
    stands = {"name": person.name, "organisation": person.organisation_id, "role": person.role, "phone": ""}
    return stands | fields


def shown_password(response):
    return re.search(r'class="once">([^<]+)<', response.text)[1]


def change_of(person):
    return RightsChange.objects.get(person=person, state="waiting")


BY_ADMINISTRATOR = ["change-person", "disable-person", "enable-person", "reset-password"]
BY_GUARD = ["unlock-person", "reset-second-factor"]
DEEDS = BY_ADMINISTRATOR + BY_GUARD


# ── Who may what ─────────────────────────────────────────────────────────────────────────────


def test_accounts_rights_and_audit_lie_in_three_hands():
    hands = [{each for each in Can if role in WHO_MAY[each]} for role in
             (Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)]  # fmt: skip
    accounts, rights, audit = hands
    assert accounts & rights == {Can.SEE_USERS}
    assert not audit & (accounts | rights)
    assert not set.union(*hands) & {Can.READ_REGISTER, Can.READ_LEVELS, Can.READ_FIGURES}
    assert Can.EXPORT not in accounts | rights  # the auditor takes the trail along, which is all that they read


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_only_its_administrator_does_a_deed(client, request, administrator, huancui_officer, username):
    person = request.getfixturevalue(username)
    client.force_login(person)
    change = huancui_officer.ask_rights(
        Role.DISTRICT_SUPERVISOR, huancui_officer.organisation, by=administrator, at=timezone.now()
    )
    seen = 200 if username in {"administrator", "security_administrator"} else 403
    assert client.get("/people/").status_code == client.get(f"/people/{huancui_officer.pk}/").status_code == seen
    refused = {
        "administrator": [*BY_GUARD, "rights", "grant-rights", "refuse-rights", "security"],
        "security_administrator": [*BY_ADMINISTRATOR, "add-person"],
    }.get(username, [*DEEDS, "add-person", "rights", "grant-rights", "refuse-rights", "security"])
    for name in refused:
        pk = {True: [change.pk if name.endswith("rights") else huancui_officer.pk], False: []}
        address = reverse(f"accounts:{name}", args=pk[name not in {"rights", "security", "add-person"}])
        ask = client.get if name in {"rights", "security", "add-person"} else client.post
        assert ask(address).status_code == 403, name
    huancui_officer.refresh_from_db()
    assert huancui_officer.is_active
    assert huancui_officer.role == Role.DISTRICT_OFFICER
    assert huancui_officer.check_password(make.PASSWORD)


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
        ("state=waiting", {"huancui_officer"}),
        ("q=cui_off", {"huancui_officer"}),
        ("q=没有此人", set()),
    ],
)
def test_the_list_is_narrowed(office, administrator, auditor, huancui_officer, huancui_union, query, found):
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    User.objects.filter(pk=huancui_union.pk).update(must_change_password=True)
    place = huancui_officer.organisation
    huancui_officer.ask_rights(Role.DISTRICT_SUPERVISOR, place, by=administrator, at=timezone.now())
    response = office.get(f"/people/?{query}")
    assert {person.username for person in response.context["people"]} == found


# ── A new account ────────────────────────────────────────────────────────────────────────────


def test_a_new_account_sleeps_until_its_rights_are_granted(office, guard, client):
    response = office.post("/people/add/", newcomer())
    assert "no-store" in response.headers["Cache-Control"]
    password = shown_password(response)
    person = User.objects.get(username="yumin")
    assert password not in office.get(f"/people/{person.pk}/").text
    assert not person.is_active
    yumin = type(client)()
    yumin.post("/login/", {"login": "yumin", "password": password})
    assert yumin.get("/roles/").status_code == 302
    assert "新账号" in guard.get("/rights/").text
    guard.post(f"/rights/{change_of(person).pk}/grant/")
    yumin.post("/login/", {"login": "yumin", "password": password})
    assert yumin.get("/roles/").url == "/password/"
    assert [deed.what for deed in person.deeds.order_by("pk")] == ["opened", "rights_asked", "rights_granted"]


def test_an_account_whose_rights_were_refused_cannot_be_enabled(office, guard):
    office.post("/people/add/", newcomer())
    person = User.objects.get(username="yumin")
    guard.post(f"/rights/{change_of(person).pk}/refuse/")
    page = office.post(f"/people/{person.pk}/enable/", follow=True).text
    assert "尚未经安全管理员核准" in page
    person.refresh_from_db()
    assert not person.is_active


def test_the_database_too_lets_nobody_work_without_granted_rights(office):
    office.post("/people/add/", newcomer())
    with pytest.raises(IntegrityError, match="nobody_works_before"), transaction.atomic():
        User.objects.filter(username="yumin").update(is_active=True)


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
        ({"role": Role.SECURITY_ADMINISTRATOR}, "该岗位只设在市级单位。"),
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


# ── Changes of rights ────────────────────────────────────────────────────────────────────────


def test_a_move_is_in_force_once_granted_and_ends_the_sessions_of_the_person(office, guard, client, huancui_officer):
    officer = type(client)()
    officer.force_login(huancui_officer)
    union = organisation("荣成市总工会")
    moved = as_it_stands(huancui_officer, organisation=union.pk, role=Role.UNION_COORDINATOR)
    assert "待安全管理员核准" in office.post(f"/people/{huancui_officer.pk}/change/", moved, follow=True).text
    assert "看到环翠区" in officer.get("/roles/").text
    guard.post(f"/rights/{change_of(huancui_officer).pk}/grant/")
    assert officer.get("/roles/").url.startswith("/login/")
    officer.post("/login/", {"login": "huancui_officer", "password": make.PASSWORD})
    page = officer.get("/roles/").text
    assert "看到荣成市" in page
    assert "您的岗位是工会协调员" in page


@pytest.mark.parametrize("fields", [{"role": Role.DISTRICT_SUPERVISOR}, {"organisation_id": 1}])
def test_rights_changed_by_whatever_hand_end_the_sessions_of_the_person(client, huancui_officer, fields):
    client.force_login(huancui_officer)
    assert client.get("/roles/").status_code == 200
    other = (
        {"organisation_id": organisation("荣成市人力资源和社会保障局").pk} if "organisation_id" in fields else fields
    )
    User.objects.filter(pk=huancui_officer.pk).update(**other)
    assert client.get("/roles/").status_code == 302


def test_name_and_phone_change_at_once_and_end_no_session(office, client, huancui_officer):
    officer = type(client)()
    officer.force_login(huancui_officer)
    office.post(f"/people/{huancui_officer.pk}/change/", as_it_stands(huancui_officer, name="于敏", phone="0631-1"))
    huancui_officer.refresh_from_db()
    assert (huancui_officer.name, huancui_officer.phone) == ("于敏", "0631-1")
    assert not RightsChange.objects.exists()
    assert officer.get("/roles/").status_code == 200


def test_a_later_request_takes_the_place_of_an_earlier_one(office, guard, huancui_officer):
    address = f"/people/{huancui_officer.pk}/change/"
    office.post(address, as_it_stands(huancui_officer, role=Role.DISTRICT_SUPERVISOR))
    earlier = change_of(huancui_officer)
    office.post(address, as_it_stands(huancui_officer, organisation=organisation("乳山市人力资源和社会保障局").pk))
    assert change_of(huancui_officer).organisation.name == "乳山市人力资源和社会保障局"
    page = guard.post(f"/rights/{earlier.pk}/grant/", follow=True).text
    assert "这项变动已撤回" in page
    huancui_officer.refresh_from_db()
    assert huancui_officer.role == Role.DISTRICT_OFFICER


def test_a_request_is_granted_once(office, guard, huancui_officer):
    office.post(f"/people/{huancui_officer.pk}/change/", as_it_stands(huancui_officer, role=Role.DISTRICT_SUPERVISOR))
    change = change_of(huancui_officer)
    guard.post(f"/rights/{change.pk}/grant/")
    page = guard.post(f"/rights/{change.pk}/refuse/", follow=True).text
    assert "这项变动已核准" in page
    assert huancui_officer.deeds.filter(what=Deed.What.RIGHTS_GRANTED).count() == 1


def test_nobody_asks_for_rights_of_their_own(office, administrator):
    response = office.post(f"/people/{administrator.pk}/change/", as_it_stands(administrator, role=Role.CITY_OFFICE))
    assert response.status_code == 422
    assert "不能变动自己的岗位或单位" in response.text
    with pytest.raises(ValidationError):
        administrator.ask_rights(Role.CITY_OFFICE, administrator.organisation, by=administrator, at=timezone.now())


def test_nobody_grants_what_concerns_themselves(administrator, security_administrator):
    change = security_administrator.ask_rights(
        Role.CITY_OFFICE, security_administrator.organisation, by=administrator, at=timezone.now()
    )
    with pytest.raises(ValidationError, match="与自己有关"):
        change.grant(by=security_administrator, at=timezone.now())
    for hand in (administrator, security_administrator):
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsChange.objects.update(decided_by=hand)


# ── Shutting out, letting in ─────────────────────────────────────────────────────────────────


def test_a_person_disabled_is_out_at_once_and_back_when_enabled(office, client, huancui_officer):
    officer = type(client)()
    officer.force_login(huancui_officer)
    office.post(f"/people/{huancui_officer.pk}/disable/")
    assert officer.get("/roles/").status_code == 302
    office.post(f"/people/{huancui_officer.pk}/enable/")
    assert officer.get("/roles/").status_code == 302, "sessions that were open then stay ended"
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


def test_a_lock_is_lifted_without_a_new_password(guard, client, huancui_officer):
    for _ in range(5):
        lockout.count_attempt("huancui_officer", "127.0.0.1")
    assert "解除登录锁定" in guard.get(f"/people/{huancui_officer.pk}/").text
    guard.post(f"/people/{huancui_officer.pk}/unlock/")
    log_in = type(client)().post("/login/", {"login": "huancui_officer", "password": make.PASSWORD})
    assert log_in.status_code == 302


@pytest.mark.parametrize("name", DEEDS)
def test_deeds_are_not_links(office, guard, huancui_officer, name):
    who = office if name in BY_ADMINISTRATOR else guard
    assert who.get(reverse(f"accounts:{name}", args=[huancui_officer.pk])).status_code == 405


@pytest.mark.parametrize("name", DEEDS)
def test_a_missing_person_is_not_found(office, guard, name):
    who = office if name in BY_ADMINISTRATOR else guard
    assert who.post(reverse(f"accounts:{name}", args=[0])).status_code == 404


def test_each_deed_is_noted_and_told(office, guard, administrator, security_administrator, huancui_officer):
    told = []
    listener = lambda deed, **_: told.append((deed.what, deed.by.username))  # noqa: E731
    signals.deed_done.connect(listener)
    begun = timezone.now()
    for name in ("disable-person", "enable-person", "reset-password"):
        office.post(reverse(f"accounts:{name}", args=[huancui_officer.pk]))
    for name in BY_GUARD:
        guard.post(reverse(f"accounts:{name}", args=[huancui_officer.pk]))
    signals.deed_done.disconnect(listener)
    expected = [(what, "administrator") for what in ("disabled", "enabled", "password_given")]
    expected += [(what, "security_administrator") for what in ("unlocked", "second_factor_reset")]
    assert told == expected
    assert [(deed.what, deed.by.username) for deed in huancui_officer.deeds.order_by("pk")] == expected
    assert all(begun <= deed.at <= begun + timedelta(minutes=1) for deed in huancui_officer.deeds.all())
    assert "重置第二重验证" in office.get(f"/people/{huancui_officer.pk}/").text


@pytest.mark.parametrize("change", [lambda deeds: deeds.update(by=None), lambda deeds: deeds.delete()])
def test_a_deed_once_noted_is_neither_changed_nor_deleted(administrator, huancui_officer, change):
    huancui_officer.give_password(by=administrator, at=timezone.now())
    with pytest.raises(DatabaseError, match="neither changed nor deleted"), transaction.atomic():
        change(Deed.objects.filter(person=huancui_officer))


def test_the_rules_of_log_in_are_shown_to_their_guard(guard, city_office):
    page = guard.get("/security/").text
    assert "连续失败 5 次，锁定 15 分钟" in page
    assert city_office.name in page
