"""GB/T 4754-2017 国民经济行业分类: the twenty sections and the divisions that they hold."""

# letter, name, first and last division (大类)
SECTIONS = (
    ("A", "农、林、牧、渔业", 1, 5),
    ("B", "采矿业", 6, 12),
    ("C", "制造业", 13, 43),
    ("D", "电力、热力、燃气及水生产和供应业", 44, 46),
    ("E", "建筑业", 47, 50),
    ("F", "批发和零售业", 51, 52),
    ("G", "交通运输、仓储和邮政业", 53, 60),
    ("H", "住宿和餐饮业", 61, 62),
    ("I", "信息传输、软件和信息技术服务业", 63, 65),
    ("J", "金融业", 66, 69),
    ("K", "房地产业", 70, 70),
    ("L", "租赁和商务服务业", 71, 72),
    ("M", "科学研究和技术服务业", 73, 75),
    ("N", "水利、环境和公共设施管理业", 76, 79),
    ("O", "居民服务、修理和其他服务业", 80, 82),
    ("P", "教育", 83, 83),
    ("Q", "卫生和社会工作", 84, 85),
    ("R", "文化、体育和娱乐业", 86, 90),
    ("S", "公共管理、社会保障和社会组织", 91, 96),
    ("T", "国际组织", 97, 97),
)
SECTION_CHOICES = [(letter, name) for letter, name, _, _ in SECTIONS]
_NAMES = dict(SECTION_CHOICES)
_LETTER_OF = {division: letter for letter, _, first, last in SECTIONS for division in range(first, last + 1)}


def section_name(code):
    """The section's name for a code such as C1361; empty when unknown."""
    return _NAMES.get(code[:1], "")


def with_letter(code):
    """`1361` and `c1361` as `C1361`; empty when the digits name no division of the standard.

    The letter is not part of the numeric code, so departments often leave it out.
    """
    text = code.strip().upper()
    digits = text[1:] if text[:1].isalpha() else text
    if not digits.isdigit() or not 2 <= len(digits) <= 4:
        return text if text in _NAMES else ""
    letter = _LETTER_OF.get(int(digits[:2]), "")
    return letter + digits if letter and (not text[0].isalpha() or text[0] == letter) else ""
