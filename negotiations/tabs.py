"""The pages of the consultations, as tabs for those who may open them."""

from django.urls import reverse

_TABS = (
    ("negotiations:list", "协商要约"),
    ("negotiations:contracts", "集体合同"),
    ("negotiations:mechanisms", "平台协商机制"),
    ("negotiations:figures", "统计"),
)


def tabs(current):
    return [{"href": reverse(name), "label": label, "count": None, "current": name == current} for name, label in _TABS]
