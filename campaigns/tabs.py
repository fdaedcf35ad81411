"""The pages of a campaign, as tabs."""

from django.urls import reverse

_TABS = (
    ("campaigns:home", "行动总览"), ("campaigns:plans", "实施方案"), ("campaigns:targets", "目标进度"),
    ("campaigns:dispatches", "定期调度"), ("campaigns:answers", "调度答复"), ("campaigns:supervisions", "不定期督促"),
    ("campaigns:campaigns", "历次行动"),
)  # fmt: skip


def tabs(current):
    return [{"href": reverse(name), "label": label, "count": None, "current": name == current} for name, label in _TABS]
