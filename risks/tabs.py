"""The pages of the risk sweep, as tabs for those who may open them."""

from django.urls import reverse

from accounts.roles import Can

_TABS = (
    ("risks:list", "风险清单", Can.READ_LEVELS),
    ("risks:sweeps", "走访计划", Can.READ_VISITS),
    ("risks:inspections", "体检", Can.READ_INSPECTIONS),
    ("risks:findings", "发现问题", Can.READ_INSPECTIONS),
    ("risks:prescriptions", "用工处方", Can.READ_LEDGER),
    ("risks:ledger", "整改台账", Can.READ_LEDGER),
    ("risks:arrears", "欠薪", Can.READ_ARREARS),
    ("risks:majors", "重大风险", Can.HANDLE_MAJORS),
    ("risks:disclosures", "跨区市协查", Can.ASK_DISCLOSURE),
    ("risks:handovers", "移交监察", Can.HAND_OVER),
    ("risks:decisions", "等级确认", Can.READ_LEVELS),
    ("risks:reasons", "依据核实", Can.READ_INSPECTIONS),
    ("risks:checklist", "体检清单", Can.READ_CHECKLISTS),
    ("risks:runs", "历次评分", Can.SCORE),
    ("risks:card", "评分卡", Can.READ_LEVELS),
)


def tabs(request, current):
    return [
        {"href": reverse(name), "label": label, "count": None, "current": name == current}
        for name, label, capability in _TABS
        if request.user.may(capability)
    ]
