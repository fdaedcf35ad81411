"""Form fields that many deeds have: days and short texts."""

from django import forms


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label, **fields):
    return forms.DateField(label=label, widget=Day(), **fields)


def words_field(label, *, rows=3, **fields):
    fields = {"max_length": 500, "error_messages": {"required": f"请填写{label}。"}} | fields
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows}), **fields)
