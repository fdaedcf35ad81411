"""Figures that an upper app knows how to count, for apps that may not import from it: targets, dispatch forms.

The app that knows tells it once, at start, by an object with these three:

    class Source:
        def catalogue(self): ...                                    # [Figure], in the order of the report
        def values(self, codes, *, campaign, district, on): ...     # {code: number}
        def rows_url(self, code, district): ...                     # the address of the rows behind a figure

    tell(Source())
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    code: str
    name: str
    unit: str  # 户, 户次, 件, 份, 人, 元, % …
    rule: str  # what is counted, by which date
    heading: str  # the heading of the report that it stands under


_source = None


def tell(source):
    global _source
    _source = source


def catalogue():
    """All figures, in the order of the report; none where nobody knows any."""
    return _source.catalogue() if _source else []


def values(codes, *, campaign, district=None, on):
    """{code: number} of the figures of one district (its code), or of all that the connection may see together.

    Up to and on the day `on`. Whole numbers, 元 as a Decimal, % as a float or None; raises KeyError for a code that is
    not in the catalogue. A connection of a district sees that district alone: ask for the city only as the city.
    """
    return _source.values(codes, campaign=campaign, district=district, on=on) if _source else {}


def rows_url(code, district=None):
    """The page of the rows behind a figure, "" where nobody knows any."""
    return _source.rows_url(code, district) if _source else ""
