"""Size class by 统计上大中小微型企业划分办法（2017）, 国统字〔2017〕213号."""

from dataclasses import dataclass
from datetime import date

IN_FORCE_FROM = date(2017, 12, 28)


@dataclass(frozen=True)
class Limits:
    """Lower limits for large, medium and small; None where the indicator does not count in this trade."""

    heads: tuple[int, int, int] | None = None
    revenue: tuple[int, int, int] | None = None  # 万元
    assets: tuple[int, int, int] | None = None  # 万元


_INDUSTRY = Limits(heads=(1000, 300, 20), revenue=(40000, 2000, 300))
_OTHER = Limits(heads=(300, 100, 10))

# Divisions (大类) or classes (four digits) of GB/T 4754 and their limits, as printed; the first row that fits counts.
# 05 (农、林、牧、渔专业及辅助性活动) and 53 (铁路) are left out by the 办法 itself.
# 物业管理 and 租赁和商务服务业: middle values could not be checked against the printed text.
TABLE = (
    ("7010", Limits(revenue=(200000, 1000, 100), assets=(10000, 5000, 2000))),
    ("7020", Limits(heads=(1000, 300, 100), revenue=(5000, 1000, 500))),
    ("01-04", Limits(revenue=(20000, 500, 50))),
    ("06-46", _INDUSTRY),
    ("47-50", Limits(revenue=(80000, 6000, 300), assets=(80000, 5000, 300))),
    ("51", Limits(heads=(200, 20, 5), revenue=(40000, 5000, 1000))),
    ("52", Limits(heads=(300, 50, 10), revenue=(20000, 500, 100))),
    ("54-58", Limits(heads=(1000, 300, 20), revenue=(30000, 3000, 200))),
    ("59", Limits(heads=(200, 100, 20), revenue=(30000, 1000, 100))),
    ("60", Limits(heads=(1000, 300, 20), revenue=(30000, 2000, 100))),
    ("61-62", Limits(heads=(300, 100, 10), revenue=(10000, 2000, 100))),
    ("63-64", Limits(heads=(2000, 100, 10), revenue=(100000, 1000, 100))),
    ("65", Limits(heads=(300, 100, 10), revenue=(10000, 1000, 50))),
    ("70", _OTHER),
    ("71-72", Limits(heads=(300, 100, 10), assets=(120000, 8000, 100))),
    ("73-82", _OTHER),
    ("86-90", _OTHER),
)
_CLASSES = ("large", "medium", "small")


def size_class(industry, *, heads=None, revenue=None, assets=None):
    """large, medium, small or micro; empty when the 办法 does not cover the trade or nothing is known.

    `industry`: code with letter, e.g. C1361. `heads`: people. `revenue`, `assets`: 元.
    A class needs every lower limit of the trade; an indicator that was not delivered is left out of the comparison, so
    the class is then an estimate from what is known (the 办法 supposes that all are).
    """
    limits = _limits_for(industry[1:])
    if limits is None:
        return ""
    known = [
        (heads, limits.heads),
        (None if revenue is None else revenue / 10_000, limits.revenue),
        (None if assets is None else assets / 10_000, limits.assets),
    ]
    known = [(value, lower) for value, lower in known if value is not None and lower is not None]
    if not known:
        return ""
    for rank, name in enumerate(_CLASSES):
        if all(value >= lower[rank] for value, lower in known):
            return name
    return "micro"


def _limits_for(digits):
    for divisions, limits in TABLE:
        if len(divisions) == 4:
            if digits == divisions:
                return limits
        else:
            first, _, last = divisions.partition("-")
            if digits[:2].isdigit() and int(first) <= int(digits[:2]) <= int(last or first):
                return limits
    return None
