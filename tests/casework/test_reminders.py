"""Reminders: on which days, to whom, at most one letter a day, and none for what is done."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone

from accounts.roles import Role
from casework import reminders
from casework.models import Digest, Job
from casework.reminders import Kind, Matter, is_called
from casework.tasks import send_digests
from tests import make

MONDAY = date(2023, 11, 20)
FRIDAY = date(2023, 11, 17)


# ── On which days ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("days", "called"),
    [(-4, False), (-3, True), (-2, False), (-1, True), (0, True), (1, True), (2, False), (3, True), (4, False),
     (7, True), (8, False), (14, True), (21, True)],
)  # fmt: skip
def test_a_deadline_is_recalled_before_on_and_after_its_day_and_then_weekly(days, called):
    assert is_called(MONDAY, MONDAY + timedelta(days=days)) is called


def test_what_waits_without_a_deadline_is_not_recalled_on_its_first_day():
    waits = [is_called(MONDAY, MONDAY + timedelta(days=days), early=False) for days in range(-3, 8)]
    assert waits == [False] * 4 + [True, False, True, False, False, False, True]


def test_what_called_on_a_weekend_calls_on_the_monday():
    sunday = matter(None, day=date(2023, 11, 19))
    assert sunday.calls(MONDAY, since=FRIDAY)
    assert not matter(None, day=date(2023, 11, 22)).calls(MONDAY, since=date(2023, 11, 19))


def test_no_letter_goes_out_on_a_holiday_and_one_does_on_a_working_sunday():
    assert not reminders.is_sending_day(date(2023, 10, 2))  # National Day
    assert reminders.is_sending_day(date(2023, 10, 8))  # a Sunday that was worked
    assert reminders.next_sending_day(FRIDAY) == MONDAY


# ── Who is told what ─────────────────────────────────────────────────────────────────────────


def matter(person, day=MONDAY, what="补签劳动合同", awaited=False):
    return Matter(person, "errand", what, "威海虚构食品有限公司", "/risks/ledger/1/", day, awaited)


@pytest.fixture
def errands(monkeypatch):
    """A kind of its own, whose matters the test puts in and takes out; no other kinds."""
    found = []
    kind = Kind("errand", "交办事项", lambda people, on: [errand for errand in found if errand.person in people], Role)
    monkeypatch.setattr(reminders, "KINDS", {"errand": kind})
    return found


@pytest.fixture
def officer(huancui_officer):
    huancui_officer.email = "officer@example.invalid"
    huancui_officer.save()
    return huancui_officer


def test_a_letter_names_what_is_late_first_and_all_that_is_near(officer, errands):
    errands += [
        matter(officer, MONDAY + timedelta(days=3), "公示工资支付制度"),
        matter(officer, MONDAY - timedelta(days=2), "补发加班工资"),
        matter(officer, MONDAY + timedelta(days=9), "完善职工名册"),
        matter(officer, FRIDAY, "处方待签发", awaited=True),
    ]
    (letter,) = reminders.digests([officer], MONDAY)
    assert [found.what for found in letter.matters] == ["补发加班工资", "公示工资支付制度", "处方待签发"]
    assert letter.subject == "【工作提醒】11月20日：逾期 1 件、即将到期 1 件、待办 1 件"
    assert "补发加班工资（威海虚构食品有限公司），11月18日到期，已逾期 2 天" in letter.text
    assert "完善职工名册" not in letter.text


def test_a_long_letter_says_how_many_more_there_are(officer, errands):
    errands += [matter(officer, FRIDAY, f"事项{number:02d}。") for number in range(35)]
    (letter,) = reminders.digests([officer], MONDAY)
    assert "已逾期（35 件）" in letter.text
    assert "另有 5 件" in letter.text
    assert ("事项29。" in letter.text, "事项30。" in letter.text) == (True, False)


def test_nobody_is_written_to_on_a_day_on_which_nothing_calls(officer, errands):
    tuesday = MONDAY + timedelta(days=1)
    errands.append(matter(officer, tuesday + timedelta(days=2)))
    assert reminders.digests([officer], tuesday) == []


def test_the_preview_is_what_is_sent(officer, huancui_supervisor, errands):
    errands += [matter(officer), matter(huancui_supervisor, FRIDAY, awaited=True)]
    everybody = [officer, huancui_supervisor]
    previewed = reminders.digests(everybody, MONDAY)
    sent = [reminders.send(person, MONDAY) for person in everybody]
    assert [(letter.person, letter.subject, letter.text) for letter in previewed] == [
        (digest.person, digest.subject, digest.text) for digest in sent
    ]


# ── Sending ──────────────────────────────────────────────────────────────────────────────────


def test_one_letter_a_person_a_day_however_often_it_rings(officer, errands):
    errands.append(matter(officer))
    assert reminders.send(officer, MONDAY).mailed_at
    errands.append(matter(officer, FRIDAY, "补发加班工资"))
    assert reminders.send(officer, MONDAY) is None
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["officer@example.invalid"]


def test_what_is_done_by_the_time_of_sending_is_not_reminded(officer, errands):
    errands.append(matter(officer))
    assert reminders.digests([officer], MONDAY)
    errands.clear()
    assert reminders.send(officer, MONDAY) is None
    assert not mail.outbox
    assert not Digest.objects.exists()


def test_who_left_is_not_written_to(officer, errands):
    errands.append(matter(officer))
    officer.is_active = False
    assert reminders.send(officer, MONDAY) is None


def test_without_an_address_the_letter_is_kept_and_not_mailed(huancui_officer, errands):
    errands.append(matter(huancui_officer))
    assert reminders.send(huancui_officer, MONDAY).mailed_at is None
    assert not mail.outbox


def refuse(*letter):
    raise ConnectionRefusedError


def test_a_mail_server_that_refuses_is_tried_again(officer, errands, monkeypatch):
    errands.append(matter(officer))
    with monkeypatch.context() as patched:
        patched.setattr(reminders, "send_mail", refuse)
        with pytest.raises(ConnectionRefusedError):
            reminders.send(officer, MONDAY)
    assert reminders.send(officer, MONDAY).mailed_at


def test_the_database_holds_to_one_letter_a_day(officer):
    fields = {"person": officer, "on": MONDAY, "subject": "提醒", "text": "", "lines": 1}
    Digest.objects.create(**fields)
    with pytest.raises(DatabaseError):
        Digest.objects.create(**fields)


def work_off(job):
    assert job.take(timezone.now())
    job.run()
    return job.state


def test_the_morning_asks_once_for_those_alone_who_have_something(officer, huancui_supervisor, errands):
    errands.append(matter(officer, make.ON))
    send_digests()
    send_digests()
    assert work_off(Job.objects.get()) == "done"
    assert [letter.to for letter in mail.outbox] == [[officer.email]]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_while_it_hands_a_letter_over_does_not_double_it(officer, errands, monkeypatch):
    errands.append(matter(officer, make.ON))
    send_digests()
    with monkeypatch.context() as patched:
        patched.setattr(reminders, "_hand_over", end_the_process)
        with pytest.raises(SystemExit):
            work_off(Job.objects.get())
    assert Digest.objects.get().mailed_at is None, "it stood in the database before the letter was handed over"
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert work_off(Job.objects.get()) == "done"
    assert not mail.outbox


def end_the_process(digest):
    raise SystemExit


def test_a_letter_that_the_mail_server_refused_five_times_is_tried_again_later_in_the_morning(
    officer, errands, monkeypatch
):
    errands.append(matter(officer, make.ON))
    send_digests()
    with monkeypatch.context() as patched:
        patched.setattr(reminders, "send_mail", refuse)
        assert [work_off(Job.objects.get()) for _ in range(5)] == ["waiting"] * 4 + ["failed"]
    send_digests()
    assert work_off(Job.objects.get()) == "done"


def test_a_ring_of_yesterday_writes_nothing_today(officer, errands):
    errands.append(matter(officer, FRIDAY))
    reminders.ask_to_send(reminders.Letter(officer, FRIDAY, tuple(errands)))
    assert work_off(Job.objects.get()) == "done"
    assert not mail.outbox


# ── The preview ──────────────────────────────────────────────────────────────────────────────


def test_a_supervisor_previews_the_own_district_and_the_city_all(
    client, officer, rongcheng_officer, huancui_supervisor, city_office, errands
):
    tuesday = MONDAY + timedelta(days=1)
    errands += [matter(officer, tuesday, "补签合同甲"), matter(rongcheng_officer, tuesday, "补签合同乙")]
    client.force_login(huancui_supervisor)
    page = client.get("/reminders/").content.decode()
    assert "11月21日将发出的提醒" in page
    assert "补签合同甲" in page
    assert "补签合同乙" not in page
    client.force_login(city_office)
    assert "补签合同乙" in client.get("/reminders/").content.decode()
    client.force_login(officer)
    assert client.get("/reminders/").status_code == 403


def test_each_person_sees_what_waits_for_them_alone_near_or_not(client, officer, huancui_supervisor, errands):
    errands += [
        matter(officer, MONDAY + timedelta(days=30), "远期事项"),
        matter(huancui_supervisor, MONDAY, "他人事项"),
    ]
    client.force_login(officer)
    page = client.get("/waiting/").content.decode()
    assert "远期事项" in page
    assert "12月20日到期，还有 30 天" in page
    assert "他人事项" not in page


# ── Whom a kind may wait for ─────────────────────────────────────────────────────────────────


def test_a_kind_is_asked_only_with_those_whom_it_may_wait_for(monkeypatch, huancui_supervisor, city_office, on):
    asked = []
    kind = Kind("errand", "交办事项", lambda people, on: asked.append(people) or (), {Role.DISTRICT_SUPERVISOR})
    monkeypatch.setattr(reminders, "KINDS", {"errand": kind})
    reminders.waiting([city_office], on)
    assert asked == []
    reminders.waiting([huancui_supervisor, city_office], on)
    assert asked == [[huancui_supervisor]]


def test_a_person_chooses_among_the_kinds_of_the_own_role_and_what_was_said_of_others_stays(
    client, monkeypatch, huancui_officer
):
    kinds = [("errand", Role.DISTRICT_OFFICER), ("visit", Role.DISTRICT_OFFICER), ("accept", Role.CITY_OFFICE)]
    made = {key: Kind(key, f"事项{key}", lambda people, on: (), {role}) for key, role in kinds}
    monkeypatch.setattr(reminders, "KINDS", made)
    huancui_officer.quiet_kinds = ["accept", "visit"]
    huancui_officer.save()
    client.force_login(huancui_officer)
    page = client.get("/waiting/letters/").content.decode()
    assert "事项errand" in page
    assert "事项accept" not in page
    client.post("/waiting/letters/", {"kinds": ["visit"]})
    huancui_officer.refresh_from_db()
    assert huancui_officer.quiet_kinds == ["accept", "errand"]
