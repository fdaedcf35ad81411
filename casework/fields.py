"""Form fields that many deeds have: days and short texts."""

from datetime import date

from django import forms

_EARLIEST, _LATEST = date(1900, 1, 1), date(2099, 12, 31)


class Day(forms.DateInput):
    """With a last day, so that browsers take no more than four digits of a year."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__({"max": _LATEST.isoformat()} | (attrs or {}), format="%Y-%m-%d")


def day_field(label, **fields):
    return forms.DateField(label=label, widget=Day(), validators=[of_our_time], **fields)


def of_our_time(day):
    """A year half typed (0202) is a mistake that no rule of the deed has to know."""
    if not _EARLIEST <= day <= _LATEST:
        raise forms.ValidationError(f"请核对年份，应在{_EARLIEST.year}年至{_LATEST.year}年之间。")


def words_field(label, *, rows=3, **fields):
    fields = {"max_length": 500, "error_messages": {"required": f"请填写{label}。"}} | fields
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows}), **fields)
