"""What a password must be like (GB/T 22239-2019 8.1.4.1 a: 复杂度要求; the numbers are settings)."""

import secrets
import string

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils import timezone

# Without the letters and digits that are taken for one another when a password is read out or copied from paper.
_UPPER, _LOWER, _DIGITS = "ABCDEFGHJKLMNPQRTUVWXY", "abcdefghijkmnpqrstuvwxyz", "346789"
_GROUP = (_UPPER, _LOWER, _DIGITS, _LOWER)


def first_password():
    """A password to hand to a person, such as Kt7w-Pm3x-Vh9r; three groups hold 48 bits."""
    groups = max(3, -(-(settings.PASSWORD_MIN_LENGTH + 1) // (len(_GROUP) + 1)))
    return "-".join("".join(secrets.choice(letters) for letters in _GROUP) for _ in range(groups))


class MinimumLength(MinimumLengthValidator):
    """Django's own, whose sentence is not translated into Chinese."""

    def get_error_message(self):
        return f"密码太短，至少 {self.min_length} 位。"

    def get_help_text(self):
        return f"密码至少 {self.min_length} 位。"


class CharacterClasses:
    """Characters of several classes must be in a password."""

    def __init__(self, classes=3):
        self.classes = classes

    def validate(self, password, user=None):
        present = {_class_of(character) for character in password}
        if len(present) < self.classes:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self):
        return f"密码须含大写字母、小写字母、数字、符号中的至少 {self.classes} 类。"


class NotUsedBefore:
    """None of the last passwords of the person is taken again."""

    def __init__(self, last=5):
        self.last = last

    def validate(self, password, user=None):
        if user is None or user.pk is None:
            return
        if any(check_password(password, past.password) for past in user.past_passwords.all()[: self.last]):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self):
        return f"新密码不能与最近 {self.last} 次用过的密码相同。"

    def password_changed(self, password, user=None):
        """Django calls this once a new password is stored."""
        user.past_passwords.create(password=user.password, set_at=timezone.now())
        kept = user.past_passwords.values_list("pk", flat=True)[: self.last]
        user.past_passwords.exclude(pk__in=list(kept)).delete()


def _class_of(character):
    for name in ("ascii_uppercase", "ascii_lowercase", "digits"):
        if character in getattr(string, name):
            return name
    return "symbol"
