"""How a report is headed, addressed and signed, as the notice and the standard for official documents have it."""

from campaigns import titles

# 威人社函〔2023〕39号 三: 报市协调劳动关系三方会议办公室.
ADDRESSEE = "市协调劳动关系三方会议办公室"
# The notice names no addressee of the city's own summary; the parent notice comes from the province's conference.
ADDRESSEE_OF_THE_CITY = "省协调劳动关系三方会议办公室"
NUMERALS = "一二三四五六七八九十"

# The headings of 二、主要做法和成效 and those beside it, in the order of the report.
FIRST = ("organisation", "组织部署情况")
SECOND = "主要做法和成效"
PARTS = (
    ("screening", "风险摸排情况"), ("bargaining", "协商要约情况"), ("guidance", "指导服务情况"),
    ("examples", "示范引领情况"), ("cooperation", "区域协同与宣传"),
)  # fmt: skip
CASES = "典型案例"
LAST = (("problems", "存在问题"), ("plans", "下一步打算"))


def title_of(district, campaign):
    """The title in one line."""
    return f"{district}关于{campaign}开展情况的总结"


def title_lines(district, campaign):
    return titles.broken(f"{district}关于", campaign, "开展情况的总结")


def or_blank(text):
    """A section as a paper has it."""
    return (text or "").strip() or "【没有填写】"


def told(case):
    """A typical case in one paragraph."""
    return " ".join(case[part].strip() for part in ("background", "action", "result"))
