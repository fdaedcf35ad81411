import getpass
import os
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Deed, Organisation, User
from accounts.roles import CITY_ROLES, Role

FIRST_ORGANISATION = "市人社局"


class Command(BaseCommand):
    help = """Add a person, such as the first administrators:
    manage.py add_person yumin 于敏 --role administrator
    manage.py add_person congjun 丛军 --role security_administrator"""

    def add_arguments(self, parser):
        parser.add_argument("username", help="what is typed at log-in")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--role", choices=Role.values, default=Role.ADMINISTRATOR)
        parser.add_argument(
            "--organisation", help=f"full or short name of the organisation; {FIRST_ORGANISATION} for roles of the city"
        )

    def handle(self, *, username, name, role, organisation, **options):
        organisation = organisation or (FIRST_ORGANISATION if role in CITY_ROLES else None)
        if User.objects.filter(username__iexact=username).exists():
            raise CommandError(f"用户名 {username} 已有人使用。")
        person = User(username=username, name=name, role=role, organisation=_organisation(organisation))
        password = _password_given()
        try:
            if password:
                validate_password(password, person)
                person.set_password(password)
            else:
                person.set_unusable_password()
            person.full_clean()
        except ValidationError as problem:
            raise CommandError("".join(problem.messages)) from None
        person.save()
        person.note(Deed.What.OPENED, by=None, at=timezone.now(), note=f"服务器命令：{person.get_role_display()}")
        if password:
            self.stdout.write(f"已添加 {person}（{username}），首次登录时须修改密码。")
        else:
            self.stdout.write(f"已添加 {person}（{username}），初始密码 {person.give_password()}，首次登录时须修改。")


def _organisation(name):
    if not name:
        raise CommandError("请用 --organisation 写明单位的全称或简称。")
    found = Organisation.objects.filter(Q(name=name) | Q(short_name=name)).first()
    if found is None:
        raise CommandError(f"没有名为“{name}”的单位；请先运行 manage.py load_reference，并核对名称。")
    return found


def _password_given():
    """From PERSON_PASSWORD, or typed; empty where nobody sits at the terminal or nothing is typed: then one is made."""
    if given := os.environ.get("PERSON_PASSWORD"):
        return given
    return getpass.getpass("初始密码（直接回车则自动生成）：") if sys.stdin.isatty() else ""
