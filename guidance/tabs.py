"""The pages of the guidance: groups as tabs, the pages of the group that one is in below them."""

from django.urls import reverse

from accounts.roles import Can

# A group: its name and its pages, each (address, title, who may open it). A group without a page of the person's is
# not shown.
_GROUPS = (
    ("概览", (("guidance:home", "概览", Can.READ_GUIDANCE),)),
    ("走访", (("guidance:visits", "指导走访", Can.READ_GUIDANCE),)),
    ("新办企业", (
        ("guidance:new_firms", "新办企业名单", Can.READ_GUIDANCE),
        ("guidance:services", "服务记录", Can.READ_GUIDANCE),
    )),
    ("资料和讲座", (
        ("guidance:leaflets", "资料目录", Can.READ_GUIDANCE),
        ("guidance:handouts", "资料发放", Can.READ_GUIDANCE),
        ("guidance:lectures", "讲座", Can.READ_GUIDANCE),
        ("guidance:attendances", "参加情况", Can.READ_GUIDANCE),
    )),
    ("制度建设", (("guidance:systems", "规章制度", Can.READ_GUIDANCE),)),
    ("惠企政策", (
        ("guidance:policies", "政策目录", Can.READ_GUIDANCE),
        ("guidance:matches", "适用企业", Can.READ_GUIDANCE),
        ("guidance:benefits", "送达和享受", Can.READ_GUIDANCE),
    )),
    ("企业求助", (("guidance:inquiries", "企业求助", Can.READ_GUIDANCE),)),
    ("裁员和就业帮扶", (
        ("guidance:layoffs", "裁员报告", Can.READ_GUIDANCE),
        ("guidance:laid_off", "被裁减人员", Can.READ_LAID_OFF),
    )),
)  # fmt: skip


def groups(request, current):
    """[(name, pages)] as they are open to the person: each page a tab."""
    open_to = ((label, [page for page in pages if request.user.may(page[2])]) for label, pages in _GROUPS)
    return [(label, [_tab(name, title, current) for name, title, _ in pages]) for label, pages in open_to if pages]


def tabs(request, current):
    """The groups as tabs; the group of `current` brings its pages along."""
    shown = []
    for label, pages in groups(request, current):
        is_here = any(page["current"] for page in pages)
        first = {"href": pages[0]["href"], "label": label, "count": None, "current": is_here}
        shown.append(first | {"below": pages if is_here and len(pages) > 1 else []})
    return shown


def _tab(name, label, current):
    return {"href": reverse(name), "label": label, "count": None, "current": name == current}
