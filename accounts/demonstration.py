"""The accounts of a demonstration: every role, every district, invented people, one password for all.

They exist only where the whole installation is a demonstration; elsewhere the administrators make each account.
"""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from .models import District, Organisation, User
from .roles import Role

PASSWORD = "Haifeng-2023"  # noqa: S105 - opens nothing but invented data, and is printed at every start
DISTRICTS = {
    "huancui": "371002", "wendeng": "371003", "rongcheng": "371082", "rushan": "371083",
    "gaoqu": "371071", "jingqu": "371072", "lingang": "371073", "nanhai": "WHNH",
}  # fmt: skip
_SIDE = Organisation.Side
# What follows the district in the user name, the role, the side of the three parties.
IN_A_DISTRICT = (
    ("", Role.DISTRICT_OFFICER, _SIDE.GOVERNMENT),
    (".super", Role.DISTRICT_SUPERVISOR, _SIDE.GOVERNMENT),
    (".union", Role.UNION_COORDINATOR, _SIDE.WORKERS),
    (".employer", Role.EMPLOYER_MEMBER, _SIDE.EMPLOYERS),
)
AT_THE_CITY = (
    ("city", Role.CITY_OFFICE, "威海市人力资源和社会保障局"),
    ("steward", Role.DATA_STEWARD, "威海市人力资源和社会保障局"),
    ("city.union", Role.UNION_COORDINATOR, "威海市总工会"),
    ("city.employer", Role.EMPLOYER_MEMBER, "威海市企业和企业家联合会"),
    ("city.commerce", Role.EMPLOYER_MEMBER, "威海市工商业联合会"),
    ("admin", Role.ADMINISTRATOR, "威海市人力资源和社会保障局"),
    ("security", Role.SECURITY_ADMINISTRATOR, "威海市人力资源和社会保障局"),
    ("auditor", Role.AUDITOR, "威海市人力资源和社会保障局"),
)
NEWCOMER = "newcomer"  # must choose a password of their own at the first log-in
_SURNAMES = "于丛王姜刘邹鞠宋孙毕"
_GIVEN = ("砚舟", "听禾", "汐文", "岚生", "澄远", "槿宁", "渚清")


@dataclass(frozen=True)
class Account:
    username: str
    name: str
    role: Role
    organisation: Organisation


def accounts():
    """All demonstration accounts in the order in which they are listed. Organisations must be loaded."""
    posts = [(username, role, Organisation.objects.get(name=name)) for username, role, name in AT_THE_CITY]
    for district, code in DISTRICTS.items():
        bodies = {body.side: body for body in Organisation.objects.filter(district=code)}
        posts += [(district + suffix, role, bodies[side]) for suffix, role, side in IN_A_DISTRICT]
    posts.append((NEWCOMER, Role.DISTRICT_OFFICER, Organisation.objects.get(district="371002", side=_SIDE.GOVERNMENT)))
    return [Account(username, _name(number), role, body) for number, (username, role, body) in enumerate(posts)]


@transaction.atomic
def create():
    """Make the accounts that are missing and return how many. Passwords that people have changed stay theirs."""
    validate_password(PASSWORD)
    # One hash for all: each takes a good part of a second, and the password is no secret.
    password, made = make_password(PASSWORD), 0
    for account in accounts():
        fields = {"name": account.name, "role": account.role, "organisation": account.organisation}
        fields |= {"password": password, "must_change_password": account.username == NEWCOMER}
        _, created = User.objects.get_or_create(username=account.username, defaults=fields)
        made += created
    return made


def card():
    """Who may log in, for whoever starts a demonstration: lines of text."""
    labels = {suffix: role.label for suffix, role, _ in IN_A_DISTRICT}
    first = next(iter(DISTRICTS))
    districts = District.objects.in_bulk(DISTRICTS.values())
    return [
        f"演示账号，密码均为 {PASSWORD}（人员均为虚构）：",
        *(f"  {username:<20}{role.label} · {body}" for username, role, body in AT_THE_CITY),
        *(
            f"  {first + suffix:<20}{label} · {districts[DISTRICTS[first]].short_name}"
            for suffix, label in labels.items()
        ),
        "  其他区市同样四个，把 huancui 换成 "
        + "、".join(f"{name} {districts[code].short_name}" for name, code in DISTRICTS.items() if name != first),
        f"  {NEWCOMER:<20}首次登录须修改密码的新账号",
    ]


def _name(number):
    """Distinct for 70 accounts, and marked as invented."""
    return f"{_SURNAMES[number % 10]}{_GIVEN[number % 7]}（演示）"
