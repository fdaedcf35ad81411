"""统计上大中小微型企业划分办法（2017）: every line of the annex, at each limit and one below it."""

from itertools import product

import pytest

from enterprises.sizes import size_class

WAN = 10_000
# trade -> indicator -> lower limits of large, medium and small, money in 万元: the annex, not the code.
ANNEX = {
    "A0111 A0211 A0311 A0411": {"revenue": (20000, 500, 50)},
    "B0610 C1361 C4390 D4411 D4690": {"heads": (1000, 300, 20), "revenue": (40000, 2000, 300)},
    "E4710 E5010": {"revenue": (80000, 6000, 300), "assets": (80000, 5000, 300)},
    "F5111": {"heads": (200, 20, 5), "revenue": (40000, 5000, 1000)},
    "F5211": {"heads": (300, 50, 10), "revenue": (20000, 500, 100)},
    "G5411 G5511 G5611 G5710 G5810": {"heads": (1000, 300, 20), "revenue": (30000, 3000, 200)},
    "G5910": {"heads": (200, 100, 20), "revenue": (30000, 1000, 100)},
    "G6020": {"heads": (1000, 300, 20), "revenue": (30000, 2000, 100)},
    "H6110 H6210": {"heads": (300, 100, 10), "revenue": (10000, 2000, 100)},
    "I6311 I6490": {"heads": (2000, 100, 10), "revenue": (100000, 1000, 100)},
    "I6513": {"heads": (300, 100, 10), "revenue": (10000, 1000, 50)},
    "K7010": {"revenue": (200000, 1000, 100), "assets": (10000, 5000, 2000)},
    "K7020": {"heads": (1000, 300, 100), "revenue": (5000, 1000, 500)},
    "L7111 L7212": {"heads": (300, 100, 10), "assets": (120000, 8000, 100)},
    "M7310 N7810 O8010 R8810 K7030": {"heads": (300, 100, 10)},
}
LINES = [(code, limits) for codes, limits in ANNEX.items() for code in codes.split()]
CLASSES = ("large", "medium", "small")


def at(limits, rank, below=None):
    """The indicators at the limits of a class; `below` names one that is short of it by one person or one 元."""
    figures = {name: lower[rank] * (1 if name == "heads" else WAN) for name, lower in limits.items()}
    return figures | ({below: figures[below] - 1} if below else {})


@pytest.mark.parametrize(("code", "limits"), LINES)
def test_a_class_begins_at_its_lower_limits(code, limits):
    for rank, name in enumerate(CLASSES):
        assert size_class(code, **at(limits, rank)) == name


@pytest.mark.parametrize(("code", "limits"), LINES)
def test_one_limit_missed_drops_a_class(code, limits):
    for (rank, _), name in product(enumerate(CLASSES), limits):
        dropped = (*CLASSES, "micro")[rank + 1]
        assert size_class(code, **at(limits, rank, below=name)) in {dropped, "micro"}
        assert size_class(code, **at(limits, rank, below=name)) != CLASSES[rank]


def test_the_class_is_the_highest_whose_limits_are_all_met():
    assert size_class("C1361", heads=5000, revenue=299 * WAN) == "micro"
    assert size_class("C1361", heads=5000, revenue=300 * WAN) == "small"
    assert size_class("E4710", revenue=90_000 * WAN, assets=5_999 * WAN) == "medium"


def test_an_indicator_that_was_not_delivered_is_left_out():
    assert size_class("C1361", heads=300) == "medium"
    assert size_class("C1361", revenue=300 * WAN) == "small"
    assert size_class("L7212", heads=300) == "large"


def test_an_indicator_that_the_annex_does_not_ask_for_does_not_count():
    assert size_class("M7310", heads=300, revenue=1) == "large"
    assert size_class("A0111", heads=1, revenue=500 * WAN) == "medium"


@pytest.mark.parametrize("code", ["J6610", "P8310", "Q8411", "S9111", "T9700", "G5310", "A0511", "", "C", "X"])
def test_trades_outside_the_annex_have_no_class(code):
    """Banks, schools, hospitals, offices, railways, and services to farming (农、林、牧、渔专业及辅助性活动)."""
    assert size_class(code, heads=5000, revenue=900_000 * WAN, assets=900_000 * WAN) == ""


def test_nothing_known_is_no_class():
    assert size_class("C1361") == ""
    assert size_class("A0111", heads=500) == ""
