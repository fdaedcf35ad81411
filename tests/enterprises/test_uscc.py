"""Credit codes by GB 32100: cleaned as typed, checked one by one and by the million with the same answer."""

# ruff: noqa: E501 (tables of examples)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises import uscc

VALID = [
    "91110108551385082Q", "91350100M000100Y43", "91110000600037341L", "91371099MAXDEMA17A", "91371099MAXDEMA255",
    "91371099MAXDEMA41T", "92371099MAXDEMA68F", "93371099MAXDEMA767", "N2371099MFXDEMA82U",
]  # fmt: skip


@pytest.mark.parametrize("code", VALID)
def test_codes_of_every_registrar_are_valid_those_with_a_letter_first_too(code):
    assert uscc.is_valid(code)
    assert uscc.fault(code) == ""


@pytest.mark.parametrize(
    "written",
    [
        "91371099maxdema17a", " 91371099MAXDEMA17A\t", "9137 1099 MAXD EMA1 7A", "91371099\u00a0MAXDEMA17A",
        "\u200b91371099MAXDEMA17A\ufeff", "９１３７１０９９ＭＡＸＤＥＭＡ１７Ａ", "'91371099MAXDEMA17A", "91371099-MAXDEMA17-A",
        "91371099MAXDEMA17A\u3000", "91371099\r\nMAXDEMA17A", '="91371099MAXDEMA17A"',
    ],
)  # fmt: skip
def test_a_code_is_read_as_departments_type_it(written):
    assert uscc.clean(written) == "91371099MAXDEMA17A"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "uscc_blank"),
        ("91371099MAXDEMA17B", "uscc_check"),
        ("9.1371E+17", "uscc_spoiled_by_excel"),
        ("913710991234567000", "uscc_spoiled_by_excel"),
        ("371002123456789", "uscc_old_licence"),
        ("MAXDEMA1-7", "uscc_length"),
        ("MAXDEMA17", "uscc_organisation_code"),
        ("91371099MAXDEMO17A", "uscc_letters"),
        ("91371099MAXDEMA1", "uscc_length"),
        ("B1371099MAXDEMA17A", "uscc_check"),
        ("见附件", "uscc_length"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(code, fault):
    assert uscc.fault(code) == fault
    assert not uscc.is_valid(code)


def test_the_check_of_many_agrees_with_the_check_of_one_on_known_codes():
    codes = [
        *VALID,
        "",
        "91371099MAXDEMA17B",
        "中" * 18,
        "N2371099MFXDEMA82X",
        "B1371099MAXDEMA17A",
        "9137109MAXDEMA17A",
    ]
    assert uscc.are_valid(codes).tolist() == [uscc.is_valid(code) for code in codes]
    assert uscc.are_valid([]).tolist() == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from("19ANYB"), st.sampled_from("123"), st.text("0123456789A", min_size=6, max_size=6),
            st.text(uscc.ALPHABET + "IOZ", min_size=9, max_size=9), st.sampled_from(uscc.ALPHABET),
        ).map("".join),
        max_size=60,
    )
)  # fmt: skip
def test_the_check_of_many_agrees_with_the_check_of_one(codes):
    assert uscc.are_valid(codes).tolist() == [uscc.is_valid(code) for code in codes]


@given(st.integers(0, 16), st.sampled_from(VALID), st.sampled_from(uscc.ALPHABET))
def test_a_single_wrong_character_is_always_found(place, code, other):
    wrong = code[:place] + other + code[place + 1 :]
    assert uscc.is_valid(wrong) == (wrong == code)
