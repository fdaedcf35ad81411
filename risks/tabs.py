"""The pages of the risk sweep, as tabs for those who may open them."""

from django.urls import reverse

from accounts.roles import Can

_TABS = (
    ("risks:list", "风险清单", Can.READ_LEVELS),
    ("risks:prescriptions", "用工处方", Can.READ_LEDGER),
    ("risks:ledger", "整改台账", Can.READ_LEDGER),
    ("risks:runs", "历次评分", Can.SCORE),
    ("risks:card", "评分卡", Can.READ_LEVELS),
)


def tabs(request, current):
    return [
        {"href": reverse(name), "label": label, "count": None, "current": name == current}
        for name, label, capability in _TABS
        if request.user.may(capability)
    ]
