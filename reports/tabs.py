"""The pages of the reports, as tabs."""

from django.urls import reverse

from accounts.roles import Can

_TABS = (
    ("reports:list", "区市总结", Can.READ_REPORTS), ("reports:summaries", "全市总结", Can.SUM_UP),
    ("reports:indicators", "统计指标", Can.READ_REPORTS), ("reports:verify", "文件核验", Can.SUM_UP),
)  # fmt: skip


def tabs(current, user):
    return [
        {"href": reverse(name), "label": label, "count": None, "current": name == current}
        for name, label, capability in _TABS
        if user.may(capability)
    ]
