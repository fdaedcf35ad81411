"""A short code of an enterprise, to be printed, scanned and typed by hand: its number in the portal and a check letter.

The 31 letters of GB 32100, in which credit codes are written: none of I, O, S, V, Z that are taken for others. As 31 is
a prime, one wrong letter, or two neighbours that changed places, never make another valid code.
"""

import re

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MISREAD = str.maketrans("OISVZ", "015U2")
_LEAST = 4


def of(number):
    """The code of the enterprise with this number."""
    digits, left = "", number
    while left or len(digits) < _LEAST:
        left, rest = divmod(left, 31)
        digits = _LETTERS[rest] + digits
    return f"{digits}-{_check(digits)}"


def number_of(code):
    """The number that a code stands for, however it was typed; None for what is none."""
    plain = re.sub(r"[\s-]", "", code.upper()).translate(_MISREAD)
    if not _LEAST < len(plain) <= 8 or set(plain) - set(_LETTERS) or _check(plain[:-1]) != plain[-1]:
        return None
    found = 0
    for letter in plain[:-1]:
        found = found * 31 + _LETTERS.index(letter)
    return found if found < 2**31 else None


def _check(digits):
    return _LETTERS[sum(place * _LETTERS.index(letter) for place, letter in enumerate(reversed(digits), 2)) % 31]
