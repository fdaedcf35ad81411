"""Who comes in, who is locked out, and when a session ends."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts import lockout
from accounts.models import User
from tests import make

ROLES = "/roles/"  # a page that everybody may read
NEW = "Haitian-Yise-2024"


def log_in(client, username, password=make.PASSWORD, address="10.20.0.8", **headers):
    return client.post("/login/", {"login": username, "password": password}, REMOTE_ADDR=address, **headers)


def fail(client, username, times, **kwargs):
    for _ in range(times):
        response = log_in(client, username, "not the password", **kwargs)
    return response


# ── Coming in ────────────────────────────────────────────────────────────────────────────────


def test_a_person_logs_in_and_starts_at_the_desk(client, huancui_officer):
    response = log_in(client, "huancui_officer")
    assert (response.status_code, response.url) == (302, reverse("reports:home"))


def test_a_person_who_followed_a_link_is_led_on_to_it(client, huancui_officer):
    response = client.get(ROLES)
    assert response.url == f"/login/?next={ROLES}"
    response = client.post(response.url, {"login": "huancui_officer", "password": make.PASSWORD, "next": ROLES})
    assert response.url == ROLES


def test_nobody_is_led_to_another_site(client, huancui_officer):
    response = client.post("/login/?next=https://example.org/", {"login": "huancui_officer", "password": make.PASSWORD})
    assert response.url == reverse("reports:home")


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(client, huancui_officer):
    wrong, unknown = fail(client, "huancui_officer", 1), fail(client, "nobody", 1)
    for response in (wrong, unknown):
        assert response.status_code == 422
        assert "用户名或密码不正确，还可以尝试 4 次。" in response.text


@pytest.mark.parametrize("address", ["/signup/", "/password/reset/", "/password/set/", "/email/", "/confirm-email/"])
def test_there_is_no_registration_and_no_reset_by_mail(client, huancui_officer, address):
    client.force_login(huancui_officer)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "account_set_password"])
def test_other_pages_of_allauth_are_not_routed(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_session_is_forgotten_when_the_browser_closes(client, huancui_officer):
    log_in(client, "huancui_officer")
    assert client.session.get_expire_at_browser_close()


# ── Lock-out ─────────────────────────────────────────────────────────────────────────────────


def test_after_five_failures_not_even_the_right_password_is_taken(client, huancui_officer):
    response = fail(client, "huancui_officer", 5)
    assert "登录失败次数过多，请 15 分钟后再试，或联系系统管理员重置密码。" in response.text
    response = log_in(client, "huancui_officer")
    assert response.status_code == 422
    assert "登录失败次数过多，请 15 分钟后再试" in response.text
    assert client.get(ROLES).status_code == 302


def test_the_case_of_a_name_gives_no_further_attempts(client, huancui_officer):
    fail(client, "huancui_officer", 4)
    fail(client, "HUANCUI_OFFICER", 1)
    assert log_in(client, "huancui_officer").status_code == 422


def test_failures_elsewhere_do_not_lock_a_person_out_at_their_desk(client, huancui_supervisor):
    fail(client, "huancui_supervisor", 9, address="203.0.113.7")
    assert log_in(client, "huancui_supervisor", address="10.20.0.8").status_code == 302


def test_a_lock_ends_by_itself(client, huancui_officer, settings):
    settings.LOGIN_LOCK_MINUTES = 1 / 60
    fail(client, "huancui_officer", 5)
    assert log_in(client, "huancui_officer").status_code == 422
    time.sleep(1.2)
    assert log_in(client, "huancui_officer").status_code == 302


def test_a_right_password_starts_the_count_anew(client, huancui_officer):
    fail(client, "huancui_officer", 4)
    log_in(client, "huancui_officer")
    client.post("/logout/")
    assert "还可以尝试 4 次" in fail(client, "huancui_officer", 1).text


def test_guesses_sent_at_the_same_time_are_all_counted():
    with ThreadPoolExecutor(10) as guessers:
        tried = list(guessers.map(lambda _: lockout.count_attempt("yumin", "10.20.0.8"), range(40)))
    assert tried.count(True) == 5


def test_an_address_that_tries_name_after_name_is_slowed_down(client, db):
    for number in range(31):
        response = log_in(client, "somebody" if number > 5 else f"somebody{number}", "not the password")
    assert response.status_code == 429
    assert "短时间内提交次数过多" in response.text


def test_a_lock_is_known_by_name_until_it_is_lifted():
    for _ in range(5):
        lockout.count_attempt("yumin", "10.20.0.8")
    lockout.count_attempt("congjun", "10.20.0.8")
    assert lockout.locked(["yumin", "congjun"]) == {"yumin"}
    lockout.unlock("yumin")
    assert lockout.locked(["yumin", "congjun"]) == set()
    assert lockout.attempts_left("yumin", "10.20.0.8") == 5


# ── The first password ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def newcomer(huancui_officer):
    huancui_officer.must_change_password = True
    huancui_officer.save()
    return huancui_officer


def change(client, new=NEW, again=None, old=make.PASSWORD):
    return client.post("/password/", {"oldpassword": old, "password1": new, "password2": again or new})


def test_a_first_password_is_changed_before_anything_else(client, newcomer):
    log_in(client, "huancui_officer")
    for address in (ROLES, "/", "/people/"):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, "/password/")
    assert "您使用的是初始密码" in client.get("/password/").text


def test_who_changed_the_first_password_works_on_in_the_same_session(client, newcomer):
    log_in(client, "huancui_officer")
    assert change(client).url == reverse("reports:home")
    assert client.get(ROLES).status_code == 200
    newcomer.refresh_from_db()
    assert not newcomer.must_change_password
    assert newcomer.check_password(NEW)


def test_a_new_password_is_not_the_old_one(client, newcomer):
    log_in(client, "huancui_officer")
    response = change(client, new=make.PASSWORD)
    assert response.status_code == 422
    assert "新密码不能与原密码相同。" in response.text


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab3-x", "密码太短，至少 10 位。"),
        ("haitianyise", "至少 3 类"),
        ("Huancui_officer1", "太相似"),
        ("Password123", "太常见"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(client, newcomer, password, sentence):
    log_in(client, "huancui_officer")
    response = change(client, new=password)
    assert response.status_code == 422
    assert sentence in response.text


def test_the_last_five_passwords_are_not_taken_again(client, huancui_officer):
    log_in(client, "huancui_officer")
    used = [f"Haitian-Yise-20{year}" for year in range(24, 30)]
    for old, new in zip([make.PASSWORD, *used], used, strict=False):
        assert change(client, old=old, new=new).status_code == 302
        cache.clear()  # of the count of changed passwords a minute
    response = change(client, old=used[-1], new=used[-5])
    assert response.status_code == 422
    assert "新密码不能与最近 5 次用过的密码相同。" in response.text
    assert huancui_officer.past_passwords.count() == 5
    assert change(client, old=used[-1], new=used[0]).status_code == 302


def test_two_different_new_passwords_are_refused(client, newcomer):
    log_in(client, "huancui_officer")
    assert "每次输入的密码必须相同。" in change(client, again="Haitian-Yise-2025").text


def test_the_old_password_is_asked_for(client, newcomer):
    log_in(client, "huancui_officer")
    assert "原密码不正确。" in change(client, old="something else").text


def test_a_password_changed_here_ends_the_sessions_elsewhere(client, huancui_officer):
    elsewhere = type(client)()
    log_in(client, "huancui_officer")
    log_in(elsewhere, "huancui_officer")
    change(client)
    assert elsewhere.get(ROLES).status_code == 302


def test_a_password_is_changed_after_ninety_days(client, huancui_officer):
    User.objects.update(password_set_at=timezone.now() - timedelta(days=91))
    log_in(client, "huancui_officer")
    assert client.get(ROLES).url == "/password/"
    assert "已超过使用期限" in client.get("/password/").text
    change(client)
    assert client.get(ROLES).status_code == 200


def test_the_office_may_do_without_an_age_of_passwords(client, huancui_officer, settings):
    settings.PASSWORD_MAX_DAYS = 0
    User.objects.update(password_set_at=timezone.now() - timedelta(days=1000))
    log_in(client, "huancui_officer")
    assert client.get(ROLES).status_code == 200


# ── The end of a session ─────────────────────────────────────────────────────────────────────


def test_logging_out_is_a_deed_and_not_a_link(client, huancui_officer):
    log_in(client, "huancui_officer")
    assert client.get("/logout/").status_code == 405
    assert client.get(ROLES).status_code == 200
    assert client.post("/logout/").url == "/login/"
    assert client.get(ROLES).status_code == 302


def leave_idle(client, minutes):
    session = client.session
    session["seen_at"] = time.time() - minutes * 60
    session.save()


def test_an_idle_session_ends_and_says_why(client, huancui_officer):
    log_in(client, "huancui_officer")
    client.get(ROLES)
    leave_idle(client, 31)
    response = client.get(ROLES, follow=True)
    assert "已超过 30 分钟没有操作，为安全起见请重新登录。" in response.text
    assert client.get(ROLES).status_code == 302


def test_a_session_in_use_goes_on(client, huancui_officer):
    log_in(client, "huancui_officer")
    leave_idle(client, 29)
    assert client.get(ROLES).status_code == 200
    assert time.time() - client.session["seen_at"] < 60


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(client, huancui_officer):
    log_in(client, "huancui_officer")
    leave_idle(client, 29)
    client.get(ROLES, headers={"X-Unattended": "1"})
    assert time.time() - client.session["seen_at"] > 28 * 60


def test_a_part_of_a_page_whose_session_ended_makes_the_page_load_anew(client, db):
    response = client.get(ROLES, headers={"HX-Request": "true"}, follow=True)
    assert response.headers["HX-Refresh"] == "true"
    assert not response.content


def test_a_disabled_person_is_out_at_the_next_request(client, huancui_officer):
    log_in(client, "huancui_officer")
    User.objects.filter(pk=huancui_officer.pk).update(is_active=False)
    assert client.get(ROLES).status_code == 302


def test_a_disabled_person_is_told_so_only_with_the_right_password(client, huancui_officer):
    User.objects.update(is_active=False)
    assert (
        "账号已停用"
        in client.post("/login/", {"login": "huancui_officer", "password": make.PASSWORD}, follow=True).text
    )
    assert "停用" not in fail(client, "huancui_officer", 1).text
    assert client.get(ROLES).status_code == 302


def test_who_a_person_is_costs_two_queries_a_request(client, huancui_officer, django_assert_num_queries):
    """Their session and themselves; with their organisation and district."""
    client.force_login(huancui_officer)
    client.get(ROLES)
    with django_assert_num_queries(2 + 4):  # four raise and lower the wall between districts (casework.wall)
        client.get(ROLES)


# ── Pages of refusal ─────────────────────────────────────────────────────────────────────────


def test_a_form_without_its_token_is_told_what_to_do(huancui_officer):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(huancui_officer)
    response = client.post("/logout/")
    assert response.status_code == 403
    assert "页面已过期，内容没有提交" in response.text


def test_a_missing_page_answers_the_same_words_wherever_it_is(client, huancui_officer):
    client.force_login(huancui_officer)
    first, second = client.get("/nothing/"), client.get("/people/nothing/")
    assert first.status_code == second.status_code == 404
    assert "没有找到这个页面或这条记录" in first.text
    assert "nothing" not in first.text.replace('href="/login/', "")


def test_a_refusal_names_what_is_missing(client, huancui_officer):
    client.force_login(huancui_officer)
    response = client.get("/people/")
    assert response.status_code == 403
    assert "您的岗位没有“查看人员账号”的权限" in response.text


def test_a_fault_answers_in_chinese(rf):
    from django.views.defaults import server_error

    assert "处理时发生错误" in server_error(rf.get("/")).content.decode()
