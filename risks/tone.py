"""The tone of what an enterprise is given: a 用工处方 suggests. It is not an administrative order (domain rule of the
notice: 指导服务), so words that order have no place in it; what calls for an order goes to 劳动保障监察.

Quoting an article is another matter: the legal basis may say 责令, because the law does.
"""

import re
import unicodedata

# An order word, and what an adviser writes instead.
INSTEAD = {
    "责令": "建议",
    "勒令": "建议",
    "限令": "建议",
    "强令": "建议",
    "命令": "提示",
    "限期改正": "建议于某日前改进",
    "限期整改": "建议于某日前改进",
    "处以罚款": "可能承担行政责任",
    "予以处罚": "可能承担行政责任",
    "给予处罚": "可能承担行政责任",
    "行政处罚决定": "可能承担行政责任",
    "后果自负": "可能产生的影响如下",
    "不得有误": "请予重视",
}
# Written in traditional characters it is the same order.
_SIMPLIFIED = str.maketrans("責處罰給決後負誤", "责处罚给决后负误")


def order_words(text):
    """The order words in `text`, in the order of the table; blanks and invisible characters between do not hide one."""
    plain = unicodedata.normalize("NFKC", text or "").translate(_SIMPLIFIED)
    plain = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")
    plain = re.sub(r"[“”‘’\"'·\-—_*.。,，]", "", plain)
    return [word for word in INSTEAD if word in plain]


def objection(text):
    """A sentence that says which words to change and into what, or None."""
    words = order_words(text)
    if not words:
        return None
    changes = "，".join(f"“{word}”可改为“{INSTEAD[word]}”" for word in words)
    return f"用工处方只作提示和建议，不能使用命令性用语：{changes}。确需责令改正的，请移送劳动保障监察。"
