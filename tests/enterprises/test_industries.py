"""GB/T 4754-2017: twenty sections that hold ninety-seven divisions, and codes as departments write them."""

import pytest

from enterprises import industries


def test_the_sections_hold_each_division_once():
    assert len(industries.SECTIONS) == 20
    divisions = [number for _, _, first, last in industries.SECTIONS for number in range(first, last + 1)]
    assert divisions == list(range(1, 98))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("C1361", "C1361"), ("1361", "C1361"), ("c1361", "C1361"), (" 13 ", "C13"), ("136", "C136"), ("E", "E"),
        ("0111", "A0111"), ("7210", "L7210"), ("97", "T97"),
    ],
)  # fmt: skip
def test_the_letter_follows_from_the_division(written, code):
    assert industries.with_letter(written) == code


@pytest.mark.parametrize("written", ["", "Z", "E1361", "98", "0000", "13611", "1", "制造业", "C13a", "１３６１ａ"])
def test_what_is_no_code_is_no_code(written):
    assert industries.with_letter(written) == ""


def test_a_section_has_a_name():
    assert industries.section_name("H6210") == "住宿和餐饮业"
    assert industries.section_name("") == industries.section_name("Z1") == ""
