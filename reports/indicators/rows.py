"""The rows behind a figure, of whatever record they are, in the same few columns. Their numbers add up to it."""

from django.db.models import BooleanField, DateField, F, Value
from django.urls import reverse

from campaigns.models import Publicity
from enterprises.models import Enterprise
from negotiations.models import Contract, Meeting


def listed(indicator, rows):
    """`rows` that an indicator counts, in order, with all that the columns tell; one statement."""
    day = F(indicator.day) if indicator.day else Value(None, output_field=DateField())
    money = Value(indicator.is_money, output_field=BooleanField())
    order = [F(indicator.day).desc(nulls_last=True)] if indicator.day else []
    return with_names(rows).annotate(counted_on=day, counts_money=money).order_by(*order, "pk")


def with_names(rows):
    """`rows` with what the names need, in one statement."""
    if rows.model is Enterprise:
        return rows.select_related("district")
    if rows.model is Meeting:
        return rows.select_related("district", "consultation__enterprise")
    firm = ["enterprise"] if any(field.name == "enterprise" for field in rows.model._meta.fields) else []
    return rows.select_related("district", *firm)


def enterprise_of(row):
    """The enterprise that a row is about; None for a contract of many, and for what is about none."""
    if isinstance(row, Enterprise):
        return row
    return row.consultation.enterprise if isinstance(row, Meeting) else getattr(row, "enterprise", None)


def name_of(row):
    firm = enterprise_of(row)
    return firm.name if firm else str(row)


def code_of(row):
    firm = enterprise_of(row)
    return firm.uscc if firm else ""


def words_of(row):
    """What the record is, beside whose it is."""
    if isinstance(row, Enterprise):
        return row.industry_name or row.trade
    if isinstance(row, Contract):
        return row.title
    if isinstance(row, Meeting):
        return str(row)
    if isinstance(row, Publicity):
        return f"{row.get_channel_display()}　{row.medium}"
    told = str(row).removeprefix(name_of(row)).strip()
    state = row.get_state_display() if hasattr(row, "get_state_display") else ""
    return f"{told}，{state}" if told and state else told or state


def address_of(row):
    if isinstance(row, Enterprise):
        return reverse("enterprises:detail", args=[row.pk])
    return row.consultation.get_absolute_url() if isinstance(row, Meeting) else row.get_absolute_url()
