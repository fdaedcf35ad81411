"""What a password must be like (GB/T 22239-2019 8.1.4.1 a: 复杂度要求; the numbers are settings)."""

import secrets
import string

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

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


def _class_of(character):
    for name in ("ascii_uppercase", "ascii_lowercase", "digits"):
        if character in getattr(string, name):
            return name
    return "symbol"
