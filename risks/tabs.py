"""The pages of the risk sweep: groups as tabs, the pages of the group that one is in below them."""

from django.urls import reverse

from accounts.roles import Can

_GROUPS = (
    ("风险清单", (
        ("risks:list", "企业清单", Can.READ_LEVELS),
        ("risks:decisions", "等级确认", Can.READ_LEVELS),
        ("risks:reasons", "依据核实", Can.READ_INSPECTIONS),
        ("risks:card", "评分卡", Can.READ_LEVELS),
        ("risks:runs", "历次评分", Can.SCORE),
    )),
    ("走访体检", (
        ("risks:sweeps", "走访计划", Can.READ_VISITS),
        ("risks:inspections", "体检", Can.READ_INSPECTIONS),
        ("risks:findings", "发现问题", Can.READ_INSPECTIONS),
        ("risks:checklist", "体检清单", Can.READ_CHECKLISTS),
    )),
    ("处方和整改", (
        ("risks:ledger", "整改台账", Can.READ_LEDGER),
        ("risks:prescriptions", "用工处方", Can.READ_LEDGER),
    )),
    ("欠薪和重大风险", (
        ("risks:arrears", "欠薪", Can.READ_ARREARS),
        ("risks:majors", "重大风险", Can.HANDLE_MAJORS),
        ("risks:layoff_signs", "裁员线索", Can.HANDLE_MAJORS),
        ("risks:disclosures", "跨区市协查", Can.ASK_DISCLOSURE),
        ("risks:handovers", "移交监察", Can.HAND_OVER),
    )),
)  # fmt: skip


def tabs(request, current):
    """Groups with a page that the person may open; the group of `current` brings its pages along."""
    shown = []
    for label, pages in _GROUPS:
        own = [(name, title) for name, title, capability in pages if request.user.may(capability)]
        if not own:
            continue
        is_here = any(name == current for name, _ in own)
        below = [_tab(name, title, current) for name, title in own] if is_here and len(own) > 1 else []
        shown.append(_tab(own[0][0], label, None) | {"current": is_here, "below": below})
    return shown


def _tab(name, label, current):
    return {"href": reverse(name), "label": label, "count": None, "current": name == current}
