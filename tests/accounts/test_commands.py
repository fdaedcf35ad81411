"""What is typed on a server: the reference data and the first administrator."""

import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import District, Organisation, User
from accounts.roles import Role


def test_the_eight_districts_bear_the_bodies_that_the_notice_addresses(db):
    assert District.objects.count() == 8
    names = set(Organisation.objects.values_list("name", flat=True))
    assert len(names) == 8 * 3 + 4
    assert {"威海火炬高技术产业开发区科技创新局", "威海南海新区党群与人力资源部", "威海南海新区投资促进中心"} <= names
    assert {"威海市总工会", "威海市企业和企业家联合会", "威海市工商业联合会"} <= names


def test_reference_data_are_loaded_again_without_doubles(db, capsys):
    call_command("load_reference")
    assert (District.objects.count(), Organisation.objects.count()) == (8, 28)
    assert capsys.readouterr().out == "8 个区市，28 个单位。\n"


def test_the_first_administrator_is_added_with_a_password_made_up(db, capsys):
    call_command("add_person", "yumin", "于敏")
    password = re.search(r"初始密码 (\S+)，", capsys.readouterr().out)[1]
    person = User.objects.get(username="yumin")
    assert person.check_password(password)
    assert person.must_change_password
    assert (person.role, person.organisation.short_name) == (Role.ADMINISTRATOR, "市人社局")


def test_a_person_is_added_with_the_password_of_the_environment(db, monkeypatch, capsys):
    monkeypatch.setenv("PERSON_PASSWORD", "Haishang-Mingyue-2023")
    call_command("add_person", "congjun", "丛军", role=Role.DISTRICT_OFFICER, organisation="荣成人社局")
    assert User.objects.get().check_password("Haishang-Mingyue-2023")
    assert "Haishang" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("password", "fields", "sentence"),
    [
        ("short", {}, "密码太短"),
        ("", {"role": Role.DISTRICT_OFFICER}, "--organisation"),
        ("", {"role": Role.DISTRICT_OFFICER, "organisation": "荣成市公安局"}, "没有名为“荣成市公安局”的单位"),
        ("", {"role": Role.DISTRICT_OFFICER, "organisation": "荣成市总工会"}, "须属于区市人社部门"),
    ],
)
def test_a_person_who_cannot_be_is_not_added(db, monkeypatch, password, fields, sentence):
    monkeypatch.setenv("PERSON_PASSWORD", password)
    with pytest.raises(CommandError, match=sentence):
        call_command("add_person", "congjun", "丛军", **fields)
    assert not User.objects.exists()


def test_a_name_is_given_once(administrator):
    with pytest.raises(CommandError, match="已有人使用"):
        call_command("add_person", "Administrator", "于敏")
