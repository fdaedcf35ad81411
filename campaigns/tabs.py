"""The pages of a campaign, as tabs."""

from django.urls import reverse

_TABS = (("campaigns:home", "行动总览"), ("campaigns:campaigns", "历次行动"))


def tabs(current):
    return [{"href": reverse(name), "label": label, "count": None, "current": name == current} for name, label in _TABS]
