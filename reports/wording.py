"""How a report is headed, addressed and signed, as the notice and the standard for official documents have it."""

# 威人社函〔2023〕39号 三: 报市协调劳动关系三方会议办公室.
ADDRESSEE = "市协调劳动关系三方会议办公室"
NUMERALS = "一二三四五六七八九十"
# 版心 takes 28 characters of 3号, and 20 of 2号 in a title.
TITLE_WIDTH = 19

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
    """The title broken so that words stay whole, the lines in a trapezium: the later ones shorter or as long."""
    pieces = [f"{district}关于", *_whole(campaign), "开展情况的总结"]
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(lines[-1]) + len(piece) > TITLE_WIDTH:
            lines.append("")
        lines[-1] += piece
    return lines


def _whole(name):
    """劳动用工 “查风险 强协商 保支付 促和谐” 专项行动: the quoted words are not broken."""
    if "“" not in name or "”" not in name:
        return [name]
    before, rest = name.split("“", 1)
    quoted, after = rest.split("”", 1)
    return [piece for piece in (before, f"“{quoted}”", after) if piece]


def or_blank(text):
    """A section as a paper has it."""
    return (text or "").strip() or "【没有填写】"


def told(case):
    """A typical case in one paragraph."""
    return " ".join(case[part].strip() for part in ("background", "action", "result"))
