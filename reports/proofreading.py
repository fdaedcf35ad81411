"""What a text says in figures, and which of them the records no longer bear out.

A draft is written from the figures of its day; the records go on, and what was filled in by hand has figures of its
own. So nothing here is refused: before a text is confirmed or issued the places to look at again are told.
"""

import re

from .indicators.catalogue import in_order

UNITS = "|".join(("户次", "人次", "万元", "户", "人", "件", "份", "项", "次", "个", "元", "%"))
# A number with a unit of the catalogue; 3个月, 8个区市 and 第2次 are none.
_NO_FIGURE = "月|区市|区|市|百分点|工作日|小时"
FIGURE = re.compile(rf"(?<![第\d,.])(\d[\d,]*(?:\.\d+)?)({UNITS})(?!{_NO_FIGURE})")
_GAP = re.compile(r"【[^】]*】")
_NAMED = 6  # places of a section that are told one by one


def plain(shown):
    """1,203 and 1203 are one figure."""
    return shown.replace(",", "").replace("，", "").strip()


def known(tell, districts):
    """{heading: figures} that may stand in a text, as plain text with their units; those of all under "".

    `tell(indicator, district)` gives a value as tables write it; `districts` whose values count (None: of all).
    """
    found = {"": set()}
    for each in in_order():
        told = {f"{plain(tell(each, district))}{each.shown_in}" for district in districts}
        found.setdefault(each.heading, set()).update(told)
        found[""] |= told
    return found


def doubts(sections, figures):
    """[(sentence, address)] of the sections with something to fill in, or with a figure that is none of the `known`.

    A section that has figures of its own heading is held against these, any other against all.
    """
    told = ((_doubt(each, figures.get(each.key, figures[""])), each.get_absolute_url()) for each in sections)
    return [(doubt, address) for doubt, address in told if doubt]


def strange(text, figures):
    """The figures of a text that are none of `figures`, each once, in order."""
    found = dict.fromkeys(each[0] for each in FIGURE.finditer(text))
    return [each for each in found if plain(each) not in figures]


def _doubt(section, figures):
    gaps, astray = len(_GAP.findall(section.text)), strange(section.text, figures)
    told = [f"有 {gaps} 处【】没有填写"] if gaps else []
    if astray:
        more = f"等 {len(astray)} 处" if len(astray) > _NAMED else ""
        named = "".join(f"“{each}”" for each in astray[:_NAMED])
        told.append(f"{named}{more}不是平台现有数字")
    return f"{section}：{'；'.join(told)}。" if told else ""
