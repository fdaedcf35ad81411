"""The pages of the reports, as tabs."""

from django.urls import reverse

_TABS = (("reports:list", "区市总结"), ("reports:indicators", "统计指标"))


def tabs(current):
    return [{"href": reverse(name), "label": label, "count": None, "current": name == current} for name, label in _TABS]
