"""Titles of official documents on a campaign, broken into lines so that words stay whole."""

# 版心 takes 28 characters of 3号, and 20 of 2号 in a title.
WIDTH = 19


def broken(before, campaign, after):
    """The lines of a title, in a trapezium: the later ones shorter or as long."""
    lines = [""]
    for piece in (before, *_whole(campaign), after):
        if lines[-1] and len(lines[-1]) + len(piece) > WIDTH:
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
