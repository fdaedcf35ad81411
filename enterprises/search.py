"""Search by fragment: names are cut into pairs of neighbouring characters, which a GIN index over an array holds.

PostgreSQL's own word search knows no Chinese and the embedded server has no extension; pairs answer a fragment of two
characters in about a millisecond (docs/adr/0007-search-by-pairs-of-characters.md). The pairs stand in the column
`search_grams`, which PostgreSQL makes from `search_text` by the function `enterprises_grams`, the SQL twin of `grams`.
"""

import unicodedata
from itertools import pairwise

from django.db.models import CharField, F, Func, Lookup, Value
from pypinyin import Style, lazy_pinyin

SHORTEST = 2
LONGEST = 60  # characters of what is typed that count
MOST = 1_000  # matches that are counted and compared; of more nobody reads the end, and common fragments would be slow


def normal(text):
    """Full-width forms and case folded as stored: `whtl` and `９１３７` are found as `WHTL` and `9137`."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def needle(text):
    """What is looked for when somebody typed `text`."""
    return normal(text)[:LONGEST]


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


# The initials within `search_text`: the order of names that people know, since the database's knows no pinyin.
INITIALS = Func(F("search_text"), Value(" "), Value(2), function="split_part", output_field=CharField())


class Fragment(Lookup):
    """`search_text__fragment="听澜"`: the index finds rows with its pairs; that these stand together is looked up."""

    lookup_name = "fragment"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        text, parameters = self.process_lhs(compiler, connection)
        pairs = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.search_grams"
        like = f"%{connection.ops.prep_for_like_query(self.rhs)}%"
        return f"({pairs} @> %s AND {text} LIKE %s)", [grams(self.rhs), *parameters, like]
