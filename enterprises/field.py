"""Enterprises on a phone: found by name, code or the short code of a printed sheet; no more than name and address."""

from casework import field
from casework.lifecycle import MoveRefused

from . import short_codes
from .models import Enterprise

MOST = 20


def place_of(enterprise, **more):
    return field.Place(
        enterprise=enterprise.pk, code=short_codes.of(enterprise.pk), name=enterprise.name, address=enterprise.address,
        **more,
    )  # fmt: skip


@field.register_search
def found(user, text):
    rows = Enterprise.objects.current().visible_to(user)
    if number := short_codes.number_of(text):
        return [place_of(row) for row in rows.filter(pk=number)]
    return [place_of(row) for row in rows.filter(pk__in=rows.nearest(text).values("pk")[:MOST])]


def enterprise_of(sent, by):
    """The enterprise that a record from a phone is about, by number or short code. Raises MoveRefused."""
    number = sent.enterprise or short_codes.number_of(sent.code)
    row = Enterprise.objects.visible_to(by).filter(pk=number).first() if number else None
    if row is not None and row.is_double:
        row = Enterprise.objects.visible_to(by).filter(pk=row.merged_into_id).first()
    if row is None:
        raise MoveRefused("没有找到这户企业，它可能已划归其他区市，或走访单上的编号有误；请重新选择企业。")
    return row
