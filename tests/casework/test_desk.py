"""The desk: by when things wait, and what a person wants to be written to about."""

from datetime import date, timedelta

import pytest
from django.core import mail

from accounts.roles import Role
from casework import reminders
from casework.desk import Desk
from casework.reminders import Kind, Matter
from casework.today import today

WEDNESDAY = date(2023, 11, 22)


@pytest.fixture
def errands(monkeypatch):
    """Two kinds of its own, whose matters the test puts in; no other kinds."""
    found = []

    def kind(key, label):
        return Kind(key, label, lambda people, on: [it for it in found if it.kind == key and it.person in people], Role)

    monkeypatch.setattr(reminders, "KINDS", {"errand": kind("errand", "交办事项"), "call": kind("call", "回访")})
    return found


def matter(person, days, what="补签劳动合同", kind="errand", awaited=False, on=WEDNESDAY):
    return Matter(person, kind, what, "威海虚构食品有限公司", "/waiting/", on + timedelta(days=days), awaited)


def numbers(desk):
    return {when.key: number for when, number in desk.tiles}


def test_what_waits_is_told_by_its_deadline(huancui_officer, errands):
    days = {"late": [-30, -1], "today": [0], "week": [1, 4], "later": [5, 40]}
    errands += [matter(huancui_officer, day) for group in days.values() for day in group]
    errands.append(matter(huancui_officer, -3, awaited=True))
    assert numbers(Desk(huancui_officer, WEDNESDAY)) == {"late": 2, "today": 1, "week": 2, "later": 2, "awaited": 1}
    for key, expected in days.items():
        lines = Desk(huancui_officer, WEDNESDAY, when=key).lines
        assert [(line.day - WEDNESDAY).days for line, _ in lines] == expected


@pytest.mark.parametrize("weekday", range(7))
def test_every_matter_stands_in_one_tile_on_every_day_of_the_week(huancui_officer, errands, weekday):
    on = date(2023, 11, 20) + timedelta(days=weekday)
    errands += [matter(huancui_officer, day, on=on) for day in range(-8, 9)]
    errands += [matter(huancui_officer, day, on=on, awaited=True) for day in (-8, 0)]
    assert sum(numbers(Desk(huancui_officer, on)).values()) == len(errands)


def test_what_is_late_comes_first_and_what_waits_without_a_deadline_last(huancui_officer, errands):
    errands += [matter(huancui_officer, day, f"{day}") for day in (3, -2, 0)]
    errands.append(matter(huancui_officer, -9, "-9", awaited=True))
    assert [line.what for line, _ in Desk(huancui_officer, WEDNESDAY).lines] == ["-2", "0", "3", "-9"]


def test_an_unknown_condition_narrows_nothing(client, huancui_officer, errands):
    errands.append(matter(huancui_officer, 0, on=today()))
    client.force_login(huancui_officer)
    page = client.get("/waiting/?when=someday&kind=none")
    assert page.status_code == 200
    assert "补签劳动合同" in page.text


def test_the_desk_of_the_morning_and_the_list_and_the_machine_tell_the_same(client, huancui_officer, errands):
    errands += [matter(huancui_officer, 0, on=today()), matter(huancui_officer, 2, "公示工资制度", "call", on=today())]
    client.force_login(huancui_officer)
    home, page = client.get("/"), client.get("/waiting/")
    assert home.context["desk"].lines == page.context["desk"].lines
    rows = client.get("/api/waiting/").json()
    assert [row["what"] for row in rows] == [line.what for line, _ in page.context["desk"].lines]
    narrowed = client.get("/waiting/?kind=call")
    assert [line.what for line, _ in narrowed.context["desk"].lines] == ["公示工资制度"]


# ── What a person wants to be written to about ───────────────────────────────────────────────


@pytest.fixture
def officer(huancui_officer, client):
    huancui_officer.email = "officer@example.invalid"
    huancui_officer.save()
    client.force_login(huancui_officer)
    return huancui_officer


def test_a_kind_that_a_person_leaves_out_is_not_written_about(client, officer, errands):
    errands += [matter(officer, 1), matter(officer, 1, "回访企业", "call")]
    assert client.post("/waiting/letters/", {"kinds": ["errand"]}).status_code == 302
    officer.refresh_from_db()
    (previewed,) = reminders.digests([officer], WEDNESDAY)
    assert [line.what for line in previewed.matters] == ["补签劳动合同"]
    reminders.send(officer, WEDNESDAY)
    assert "回访企业" not in mail.outbox[0].body


def test_what_is_late_is_written_about_whatever_was_left_out(client, officer, errands):
    errands.append(matter(officer, -1))
    client.post("/waiting/letters/", {})
    officer.refresh_from_db()
    assert [len(letter.matters) for letter in reminders.digests([officer], WEDNESDAY)] == [1]


def test_a_new_kind_is_written_about_until_it_is_left_out(client, officer, errands):
    client.post("/waiting/letters/", {"kinds": ["errand"]})
    officer.refresh_from_db()
    assert officer.quiet_kinds == ["call"]
    assert client.get("/waiting/letters/").context["form"]["kinds"].initial == ["errand"]


def test_a_kind_that_is_none_is_refused_with_a_sentence(client, officer, errands):
    answer = client.post("/waiting/letters/", {"kinds": ["gossip"]})
    assert answer.status_code == 422
    assert "请刷新页面后重新选择" in answer.text
    officer.refresh_from_db()
    assert officer.quiet_kinds == []
