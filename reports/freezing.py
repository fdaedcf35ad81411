"""Figures kept as they were submitted: which rows, in which version, with which share; and what has changed since."""

import zlib
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.utils import timezone

from enterprises.models import Enterprise

from .indicators import tables
from .indicators.catalogue import CATALOGUE, in_order


def cut_off(report, at):
    """The last day that counts in what is submitted at the moment `at`."""
    return tables.cut_off(report.campaign, timezone.localdate(at))


def frozen(campaign, district, *, on):
    """Fields of each figure of a district as of the evening of `on`, in the order of the catalogue.

    A statement a figure brings its rows; the value is their sum, so that both cannot differ.
    """
    packed = {each.code: _behind(each, campaign, district, on) for each in in_order() if not each.is_rate}
    values = {code: int(shares.sum()) for code, (_, _, shares) in packed.items()}
    table = tables.Table(campaign, on, {code: {district: value} for code, value in values.items()})
    for each in in_order():
        ids, versions, shares = packed.get(each.code) or nothing()
        value = table.value(each.code, district)
        yield {
            "code": each.code, "name": each.name, "unit": each.unit, "heading": each.heading, "rule": each.rule,
            "value": None if value is None else round(Decimal(value), 4),
            "rows": len(ids), "behind": pack(ids, versions, shares),
        }  # fmt: skip


def pack(ids, versions, shares):
    """Three columns of int64 in one value: a register's twenty thousand rows are some tens of kilobytes."""
    return zlib.compress(np.vstack([np.diff(ids, prepend=0), versions, shares]).astype("<i8").tobytes(), 6)


def unpack(behind):
    """(ids, versions, shares) as `pack` took them, by rising id."""
    gaps, versions, shares = np.frombuffer(zlib.decompress(bytes(behind)), "<i8").reshape(3, -1)
    return np.cumsum(gaps), versions, shares


@dataclass(frozen=True)
class Change:
    """What became of a submitted figure: ids of the rows that came, left, or are no longer as they were."""

    figure: object
    now: int
    came: list
    left: list
    changed: list

    def __bool__(self):
        return bool(self.came or self.left or self.changed)

    @property
    def shown_then(self):
        return tables.shown(CATALOGUE[self.figure.code], self.figure.value)

    @property
    def shown_now(self):
        return tables.shown(CATALOGUE[self.figure.code], self.now)


def change(figure):
    """The Change of a FrozenFigure since it was submitted; None for a rate, and where the catalogue has it no more."""
    indicator = CATALOGUE.get(figure.code)
    if indicator is None or indicator.is_rate:
        return None
    submission = figure.submission
    ids, versions, shares = _behind(
        indicator, submission.report.campaign, submission.district_id, submission.cut_off_on
    )
    then = dict(zip(*_keyed(*unpack(figure.behind)), strict=True))
    now = dict(zip(*_keyed(ids, versions, shares), strict=True))
    return Change(
        figure, int(shares.sum()),
        came=sorted(now.keys() - then.keys()),
        left=sorted(then.keys() - now.keys()),
        changed=sorted(pk for pk in now.keys() & then.keys() if now[pk] != then[pk]),
    )  # fmt: skip


def _keyed(ids, versions, shares):
    return ids.tolist(), list(zip(versions.tolist(), shares.tolist(), strict=True))


def _behind(indicator, campaign, district, on):
    rows = indicator.counted(campaign, on, district=district).order_by("pk")
    found = list(rows.values_list("pk", *_marks(rows.model), "share"))
    if not found:
        return nothing()
    ids, *marks, shares = zip(*found, strict=True)
    return np.array(ids, "<i8"), _versions(marks, len(ids)), np.array(shares, "<i8")


def _versions(marks, number):
    if len(marks) < 2:
        return np.array(marks[0] if marks else [0] * number, "<i8")
    return np.array([zlib.crc32(repr(mark).encode()) for mark in zip(*marks, strict=True)], "<i8")


def _marks(model):
    """What tells that a row was edited: its version, or else all that it says.

    An enterprise stands on a list or not; that its telephone number was amended changes no figure.
    """
    if model is Enterprise:
        return ()
    names = {field.name for field in model._meta.concrete_fields}
    return ("version",) if "version" in names else tuple(sorted(names - {"id"}))


def nothing():
    return np.zeros(0, "<i8"), np.zeros(0, "<i8"), np.zeros(0, "<i8")
