"""Word templates of the office's own: the fields there are, and how one is filled in, in a child process.

    {{ 标题 }}    {% for 案例 in 典型案例 %}{{ 案例.标题 }}{% endfor %}    {% if 典型案例 %}…{% endif %}

`{%p … %}` takes the paragraph in which it stands away, `{%tr … %}` the row (docxtpl).
"""

import tempfile
from dataclasses import dataclass

from casework.confined import Child, NotTaken
from casework.documents import BLANK_DAY, Paper, clean, in_words

from . import carrying, marks, wording
from .indicators.catalogue import in_order

_SECTIONS = (wording.FIRST, *wording.PARTS, *wording.LAST)
# What a report is expected to hold; a template may leave it out, and the page says so.
EXPECTED = ("主送", *(label for _, label in _SECTIONS), "典型案例", "署名单位", "成文日期", "指标表")
_NEW_PARAGRAPH = "\a"  # docxtpl's, with the layout of the one before


@dataclass(frozen=True)
class Filled:
    """What came of a template."""

    content: bytes
    used: list

    answer = Paper.answer


def known():
    """The tree of fields: "" a text, [{…}] a list, {…} a group."""
    indicators = {}
    for each in in_order():
        _put(indicators, each.code, "")
    return {
        "标题": "", "标题各行": [""], "主送": "", "区市": "", "行动": "", "截止日期": "", "成文日期": "",
        **{label: "" for _, label in _SECTIONS},
        "典型案例": [{"序号": "", "标题": "", "背景": "", "做法": "", "成效": ""}],
        "署名单位": [""],
        "指标表": [{"部分": "", "名称": "", "单位": "", "数值": ""}],
        "指标": indicators,
    }  # fmt: skip


def explained():
    """[(what is written into the template, what it becomes)] for the page."""
    texts = [(f"{{{{ {name} }}}}", name) for name, kind in known().items() if kind == ""]
    return [
        *texts,
        ("{%p for 题 in 标题各行 %} … {%p endfor %}", "标题按词断开的各行，中间写 {{ 题 }}"),
        ("{%p for 案例 in 典型案例 %} … {%p endfor %}", "逐个典型案例，中间写 {{ 案例.序号 }}、{{ 案例.标题 }}、"
         "{{ 案例.背景 }}、{{ 案例.做法 }}、{{ 案例.成效 }}"),
        ("{%p for 单位 in 署名单位 %} … {%p endfor %}", "逐个署名单位，中间写 {{ 单位 }}"),
        ("{%tr for 行 in 指标表 %} … {%tr endfor %}", "逐项指标的表格行，中间写 {{ 行.部分 }}、{{ 行.名称 }}、"
         "{{ 行.单位 }}、{{ 行.数值 }}"),
        ("{{ 指标.risk.visits }}", "一项指标的数值，代码见工作簿的指标表"),
        ("{%p if 典型案例 %} … {%p endif %}", "有典型案例时才有的段落"),
    ]  # fmt: skip


def fill(template, content):
    """Filled, of a template (bytes) and papers.Content. Raises casework.confined.NotTaken with a sentence, Unknown
    with the names of fields that there are none of."""
    with tempfile.NamedTemporaryFile(prefix="template-") as file:
        file.write(template)
        file.flush()
        with Child("reports.filling", file.name) as child:
            child.tell(known=known(), values=_values(content), carried=carrying.of(content))
            said, filled = child.hear()
    if "unknown" in said:
        raise Unknown(said["unknown"])
    return Filled(filled, said["used"])


class Unknown(NotTaken):
    def __init__(self, names):
        told = "、".join(f"{{{{ {name} }}}}" for name in names)
        super().__init__(f"模板里有平台不认识的字段：{told}。可用的字段见“可用的字段”表，请改正后重新上传。")
        self.names = names


def starter():
    """The built-in layout as a template (bytes), for the office to begin with."""
    lines = ["{%p for 题 in 标题各行 %}", "{{ 题 }}", "{%p endfor %}"]
    paper = Paper("{{ 标题 }}", title_lines=lines, on_grid=True)
    paper.addressee("{{ 主送 }}")
    (_, first), parts, last = wording.FIRST, wording.PARTS, wording.LAST
    paper.heading(f"一、{first}")
    paper.text(f"{{{{ {first} }}}}")
    paper.heading(f"二、{wording.SECOND}")
    for numeral, (_, label) in zip(wording.NUMERALS, parts, strict=False):
        paper.heading(f"（{numeral}）{label}", 2)
        paper.text(f"{{{{ {label} }}}}")
    paper.heading(f"三、{wording.CASES}")
    paper.text("{%p for 案例 in 典型案例 %}")
    paper.heading("{{ 案例.序号 }}. {{ 案例.标题 }}", 3)
    paper.text("{{ 案例.背景 }}{{ 案例.做法 }}{{ 案例.成效 }}")
    paper.text("{%p endfor %}")
    for numeral, (_, label) in zip("四五", last, strict=True):
        paper.heading(f"{numeral}、{label}")
        paper.text(f"{{{{ {label} }}}}")
    paper.attachments(["情况统计表"])
    paper.signature("{%p for 单位 in 署名单位 %}", "{{ 单位 }}", "{%p endfor %}", on="{{ 成文日期 }}")
    paper.appendix("", "情况统计表")
    paper.text("数据截至{{ 截止日期 }}。")
    row = ("{{ 行.名称 }}", "{{ 行.单位 }}", "{{ 行.数值 }}")
    loop = [("{%tr for 行 in 指标表 %}", "", ""), row, ("{%tr endfor %}", "", "")]
    paper.table(("指标", "单位", "数值"), loop, widths=(96, 24, 36))
    return paper.content


def _values(content):
    texts = {label: marks.section(key, _lines(wording.or_blank(content.texts.get(key)))) for key, label in _SECTIONS}
    indicators = {}
    for *_, value, code in content.figures:
        _put(indicators, code, value)
    return {
        "标题": _plain(content.title),
        "标题各行": [_plain(line) for line in wording.title_lines(content.district, content.campaign)],
        "主送": wording.ADDRESSEE, "区市": _plain(content.district),
        "行动": _plain(content.campaign), "截止日期": in_words(content.cut_off_on),
        "成文日期": in_words(content.signed_on) if content.signed_on else BLANK_DAY,
        **texts,
        "典型案例": [
            {"序号": number, "标题": _plain(case["title"]), "背景": _lines(case["background"]),
             "做法": _lines(case["action"]), "成效": _lines(case["result"])}
            for number, case in enumerate(content.cases, start=1)
        ],
        "署名单位": [_plain(body) for body in content.bodies],
        "指标表": [
            {"部分": heading, "名称": name, "单位": unit, "数值": marks.figure(code, value)}
            for heading, name, unit, value, code in content.figures
        ],
        "指标": indicators,
    }  # fmt: skip


def _put(tree, code, value):
    *groups, last = code.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[last] = value


def _plain(text):
    return marks.plain(clean(text))


def _lines(text):
    """A text whose lines become paragraphs."""
    return _NEW_PARAGRAPH.join(_plain(line) for line in text.strip().splitlines())
