"""Search by fragment: names are cut into pairs of neighbouring characters, which a GIN index over an array holds.

PostgreSQL's own word search knows no Chinese and the embedded server has no extension; pairs answer a fragment of two
characters in a fraction of a millisecond (docs/adr, docs/benchmarks.md). The SQL twin is `enterprises_grams`.
"""

import unicodedata
from itertools import pairwise

from pypinyin import Style, lazy_pinyin


def normal(text):
    """Full-width forms and case folded as stored: `whtl` and `９１３７` are found as `WHTL` and `9137`."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def text_of(name, uscc):
    """What an enterprise is found by: its name, the pinyin initials of the name, its code; kept in `search_text`."""
    return f"{normal(name)} {initials(name)} {uscc}"


def grams(text):
    """The pairs of neighbouring characters of `text`, in order, each once."""
    return list(dict.fromkeys(first + second for first, second in pairwise(text)))


def initials(name):
    """Pinyin initials of a name, upper case: 威海听澜 gives WHTL; letters and digits stand for themselves."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda rest: [c for c in rest if c.isalnum()])
    return "".join(letters).upper()[:240]
