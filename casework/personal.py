"""What names a person: how it is written for those who need not know it all, and how it lies in the database.

    id_number = personal.Sealed("身份证号码")

A sealed text is encrypted before it leaves the portal: a copy of the database, a backup or a line of the audit trail
alone tells nothing (GB/T 22239-2019 8.1.4 数据保密性; 个人信息保护法 第五十一条). It cannot be searched.
"""

import base64
import json
import re
from datetime import date
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast
from django.utils.crypto import salted_hmac

# ── Masks: 身份证 the first three and the last four, a mobile number 138****1234, a name its first character ─────────


def masked_name(name):
    return name[:1] + "＊" * max(1, len(name) - 1) if name else ""


def masked_id(number):
    return _masked(number, 3, 4)


def masked_phone(number):
    return _masked(number, 3, 4)


def _masked(text, first, last):
    """Of what is too short to hide anything between, nothing is shown."""
    hidden = len(text) - first - last
    return text[:first] + "*" * hidden + text[-last:] if hidden > 0 else "*" * len(text)


# ── Citizens' numbers, GB 11643-1999 ─────────────────────────────────────────────────────────────────────────────────

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def id_fault(number):
    """What is wrong with a citizen's number, as a sentence that does not repeat it; None where nothing is."""
    if not _SHAPE.fullmatch(number):
        return "身份证号码应为18位数字，末位可以是X"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "身份证号码中的出生日期不存在"
    if check_character(number) != number[17]:
        return "身份证号码末位校验不符"
    return None


def check_character(number):
    """The last of the eighteen, by the first seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def phone_fault(number):
    return None if _MOBILE.fullmatch(number) else "手机号码应为11位数字"


# ── At rest ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Sealed(models.TextField):
    """A text that lies encrypted in the database, under the portal's key or one of before."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value in (None, "") else _cipher().encrypt(value.encode()).decode()

    def from_db_value(self, value, expression, connection):
        return value if value in (None, "") else _cipher().decrypt(value.encode()).decode()


class Likeness(models.CharField):
    """Beside a sealed text, the same for the same text, so that one person is found twice without being read.

    An HMAC-SHA-256 under the portal's key: a citizen's number is too short for a plain hash to hide it.
    """

    def __init__(self, *args, of="", **kwargs):
        self.of = of
        super().__init__(*args, **{"max_length": 64, "editable": False} | kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, instance, add):
        setattr(instance, self.attname, likeness(getattr(instance, self.of)))
        return getattr(instance, self.attname)


def likeness(text):
    return salted_hmac("portal personal likeness", text, algorithm="sha256").hexdigest()


def seal_anew(rows, names):
    """Seal under the key in use whatever the fields `names` of `rows` hold under one of before; returns how many rows.

    Raises Unreadable where no key opens it.
    """
    in_use, changed = _key(settings.SECRET_KEY), 0
    like = {field.of: field.attname for field in rows.model._meta.concrete_fields if isinstance(field, Likeness)}
    stored = {f"stored_{name}": Cast(name, models.TextField()) for name in names}
    for row in rows.annotate(**stored).values("pk", *stored):
        old = {name: row[f"stored_{name}"] for name in names}
        plain = {name: _opened(text) for name, text in old.items() if text and not _opens(in_use, text)}
        plain |= {like[name]: likeness(text) for name, text in plain.items() if name in like}
        if plain:
            rows.model._base_manager.filter(pk=row["pk"]).update(**plain)
            changed += 1
    return changed


def _opens(key, text):
    try:
        return bool(key.decrypt(text.encode()))
    except InvalidToken:
        return False


def _opened(text):
    try:
        return _cipher().decrypt(text.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


class Unreadable(Exception):
    """What came back was not sealed here, or too long ago."""


def seal(told):
    """What is sent to a browser only to come back: `told` as JSON, not to be read nor changed there."""
    return _cipher().encrypt(json.dumps(told).encode()).decode()


def unseal(text, seconds):
    """What `seal` was given, no longer ago than `seconds`. Raises Unreadable."""
    try:
        return json.loads(_cipher().decrypt(text.encode(), ttl=seconds))
    except InvalidToken:
        raise Unreadable from None


def _cipher():
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _key(secret):
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"portal personal data").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
