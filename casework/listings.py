"""Lists that people read, keep, export and fetch by machine, declared once: page, file and API hold the same rows.

An app declares its lists in its module `listings`, which is found at start:

    register(Listing(page="enterprises:list", title="企业名录", …))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from django import forms
from django.http import QueryDict

from accounts.roles import Can

LISTINGS = {}


class Kind(Enum):
    """How a column is written into a file: width in characters and number format of Excel."""

    TEXT = (18, None)
    LONG_TEXT = (40, None)
    CODE = (21, None)
    WHOLE = (10, "#,##0")
    DECIMAL = (10, "#,##0.0")
    MONEY = (14, "#,##0.00")
    DATE = (12, "yyyy-mm-dd")
    YES_NO = (8, None)

    def __init__(self, width, number_format):
        self.width, self.number_format = width, number_format


@dataclass(frozen=True)
class Column:
    """`value` of a row for machines, under `key`; `label` is what people read instead, where that differs."""

    key: str
    heading: str
    kind: Kind
    value: Callable
    label: Callable | None = None

    def cell(self, row):
        value = self.label(row) if self.label else self.value(row)
        return {True: "是", False: "否"}.get(value, value) if self.kind is Kind.YES_NO else value


@dataclass(frozen=True)
class Listing:
    page: str  # URL name of the page that shows it
    title: str
    capability: Can  # what a person needs in order to read it
    filtered: (
        Callable  # (user, QueryDict) -> FilterSet over the rows that the person may see; its `qs` has them in order
    )
    columns: Callable[..., Sequence[Column]]  # (user) -> what this person may know of a row
    unit: str = "户"
    notes: Callable = (
        lambda user, parameters: ()
    )  # (user, QueryDict) -> sentences that belong above the rows, such as 截至
    on_paper: bool = False  # a ledger that is printed and bound: its workbook has that layout


def register(listing):
    LISTINGS[listing.page] = listing
    return listing


def conditions(filterset):
    """What a filter asks for, in words: 行业：制造业；规模：小型."""
    form = filterset.form
    if not form.is_valid():
        return "条件有误，没有列出任何记录"
    asked = [(form.fields[name], value) for name, value in form.cleaned_data.items() if value not in (None, "", [])]
    return "；".join(f"{field.label}：{_in_words(field, value)}" for field, value in asked) or "无"


def parameters_of(query):
    """A query string as the page reads it."""
    return QueryDict(query)


def _in_words(field, value):
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return dict(field.choices).get(value, value)
    return str(value)
