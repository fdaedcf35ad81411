"""统一社会信用代码 (GB 32100-2015): cleaning, the check character, and the same check over a million codes at once.

python-stdnum does the checking; it refuses the codes of the registrars A, N and Y, whose first eight characters are not
all digits, though the standard knows them. Those are checked here by the same rule.
"""

import re
import unicodedata

import numpy as np
from stdnum.cn import uscc as standard
from stdnum.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
REGISTRARS_WITH_LETTERS = "ANY"  # 中央军委, 农业农村, 其他
WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], dtype=np.int32)

_DROPPED = re.compile(r"""[\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff'’‘`"=\-‐-―]+""")
_VALUE = np.full(256, -1, dtype=np.int32)
_VALUE[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(31)
_LETTERS_FIRST = re.compile(rf"[{REGISTRARS_WITH_LETTERS}][0-9A-HJ-NPQRTUWXY]\d{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}")
_FLOAT = re.compile(r"\d(\.\d+)?E\+?1[0-9]")


def clean(text):
    """Full-width forms, letter case, blanks, unseen characters, hyphens, Excel's apostrophe and =\"…\" put right."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()


def is_valid(code):
    """Whether a cleaned code has 18 characters of the alphabet and the right check character."""
    try:
        return standard.validate(code) == code
    except ValidationError:
        return bool(_LETTERS_FIRST.fullmatch(code)) and standard.calc_check_digit(code[:17]) == code[17]


def are_valid(codes):
    """The same for many cleaned codes: sequence of str [n] -> bool [n]."""
    plain = [code if len(code) == 18 and code.isascii() else "" for code in codes]
    if not plain:
        return np.zeros(0, dtype=bool)
    value = _VALUE[np.array(plain, dtype="S18").view(np.uint8).reshape(-1, 18)]
    good = (value >= 0).all(axis=1)
    good &= (31 - (value[:, :17] @ WEIGHTS) % 31) % 31 == value[:, 17]
    first = np.isin(value[:, 0], [ALPHABET.index(letter) for letter in REGISTRARS_WITH_LETTERS])
    good &= (value[:, 2:8] < 10).all(axis=1) & (first | (value[:, :2] < 10).all(axis=1))
    return good


def fault(code):
    """What is wrong with a cleaned code, as a name of enterprises.deliveries.faults; empty when it is valid."""
    if not code:
        return "uscc_blank"
    if is_valid(code):
        return ""
    if _FLOAT.fullmatch(code) or (code.isdigit() and len(code) == 18 and code.endswith("000")):
        return "uscc_spoiled_by_excel"
    if len(code) == 15 and code.isdigit():
        return "uscc_old_licence"
    if len(code) == 9 and code.isalnum() and code.isascii():
        return "uscc_organisation_code"
    if len(code) != 18:
        return "uscc_length"
    if any(character not in ALPHABET for character in code):
        return "uscc_letters"
    return "uscc_check"
