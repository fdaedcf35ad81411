"""The pages of a campaign, as tabs; those of one matter in a second row."""

from django.urls import reverse

_TABS = (
    ("行动总览", (
        ("campaigns:home", "进程和任务"), ("campaigns:coverage", "任务覆盖"), ("campaigns:campaigns", "历次行动"),
    )),
    ("方案和目标", (("campaigns:plans", "实施方案"), ("campaigns:targets", "目标进度"))),
    ("调度督促", (
        ("campaigns:dispatches", "定期调度"), ("campaigns:answers", "调度答复"),
        ("campaigns:supervisions", "不定期督促"),
    )),
    ("示范引领", (
        ("campaigns:exemplars", "典型推荐"), ("campaigns:pilots", "改革试点"), ("campaigns:practices", "典型经验库"),
    )),
    ("区域协同", (
        ("campaigns:jointcases", "联合办案"), ("campaigns:transfers", "事项移送"), ("campaigns:warnings", "风险提示"),
    )),
    ("宣传引导", (("campaigns:publicity_list", "宣传信息"),)),
)  # fmt: skip


def tabs(current):
    told = []
    for label, pages in _TABS:
        here = current in {name for name, _ in pages}
        below = [{"href": reverse(name), "label": each, "current": name == current} for name, each in pages]
        told.append({
            "href": below[0]["href"], "label": label, "count": None, "current": here,
            "below": below if here and len(below) > 1 else (),
        })  # fmt: skip
    return told
