"""Months, days, amounts and counts as departments write them."""

# ruff: noqa: E501 (tables of examples)

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.deliveries import amounts, months
from enterprises.deliveries.faults import CODE, FAULTS

JUNE = 2023 * 12 + 5


@pytest.mark.parametrize(
    "written",
    [
        "202306", "2023-06", "2023/6", "2023.06", "2023.6", "2023年6月", "2023年06月", "2023年6月份", "2023-06-30", "2023/6/1",
        "20230615", "2023M06", "2023-06-01 00:00:00", "45078", "２０２３０６", " 2023 年 6 月 ", "Jun-23", "2023年6月30日",
        "2023-06-01至2023-06-30", "20230601-20230630", "2023.06.01-2023.06.30", "2023年6月1日—2023年6月30日", "二〇二三年六月",
        "2023-06-01~2023-06-30", "202306-202306", "'202306", "2023-Jun", "2023·06", '="202306"', "2023年6月-2023年6月", "2023-06-01-2023-06-30", "06/2023", "2023/6/1 10:30:00", "2023-06-30T00:00:00",
    ],
)  # fmt: skip
def test_a_month_is_read_in_every_style(written):
    assert months.month_of(written) == JUNE


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", "period_blank"), ("—", "period_blank"), ("202313", "period_month"), ("2023-00", "period_month"), ("2023-06-31", "period_day"),
        ("2023年13月", "period_month"), ("2023Q2", "period_quarter"), ("2023年第二季度", "period_quarter"), ("2023年1-6月", "period_quarter"),
        ("2023年上半年", "period_quarter"), ("2023", "period_quarter"), ("2023年度", "period_quarter"), ("6月", "period_form"),
        ("见附件", "period_form"), ("199912", "period_old"), ("20236", "period_form"), ("202305-202306", "period_span"),
        ("2023-06-30至2023-06-01", "period_span"), ("23年6月", "period_form"), ("0", "period_form"), ("1900-01-01", "period_old"),
    ],
)  # fmt: skip
def test_what_is_no_month_is_refused_with_the_reason(written, fault):
    assert months.month_of(written) == fault


def test_two_days_bound_a_month_only_inside_it_and_in_order():
    assert months.month_between("2023-06-01", "2023-06-30") == JUNE
    assert months.month_between("2023年6月", "202306") == JUNE
    assert months.month_between("2023-06-01", "2023-07-31") == "period_span"
    assert months.month_between("2023-06-30", "2023-06-01") == "period_span"
    assert months.month_between("2023-06-01", "") == "period_blank"


def test_year_and_month_may_stand_in_two_columns():
    assert months.month_of_parts("2023年", "6月") == JUNE
    assert months.month_of_parts("2023", "06") == JUNE
    assert months.month_of_parts("2023年度", "202306") == JUNE
    assert months.month_of_parts("2022", "202306") == "period_form"
    assert months.month_of_parts("2023", "13") == "period_month"


@pytest.mark.parametrize(
    ("column", "doubtful"),
    [
        (["2023.1", "2023.2", "2023.10"], set()),  # written without a leading 0
        (["2023.1", "2023.9"], set()),
        (["2023.09", "2023.1", "2023.11"], {"2023.1"}),  # a number format has dropped the 0 of October
        (["2023.1", "2023.2", "2023.11", "2023.12"], {"2023.1"}),  # October is missing, or January is both
        (["2023.1"], {"2023.1"}),
        (["2023.01", "2023.10"], set()),
        (["202301"], set()),
    ],
)
def test_a_month_that_may_be_january_or_october_is_not_guessed(column, doubtful):
    assert months.with_two_readings(column) == doubtful


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_style_of_a_day_means_the_same_month_and_day(day):
    styles = [
        "{0:%Y%m%d}",
        "{0:%Y-%m-%d}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}.{0.month}.{0.day}",
    ]
    for style in styles:
        assert months.month_of(style.format(day)) == months.number(day)
        assert months.day_of(style.format(day)) == day
    assert months.day_of(str((day - date(1899, 12, 30)).days)) == day
    assert months.first_day(months.number(day)) == day.replace(day=1)


@pytest.mark.parametrize(
    ("written", "unit", "cents"),
    [
        ("12651.58", "元", 1265158), ("1.265158", "万元", 1265158), ("16,821.02", "元", 1682102), ("１２３．４５", "元", 12345),
        (" 1 234.50 ", "元", 123450), ("1.26E+5", "元", 12600000), ("0.005", "元", 1), ("0.0049", "元", 0), ("-0.00", "元", 0),
        ("￥12", "元", 1200), ("12.5元", "元", 1250), ("1.5万", "万元", 1500000), ("25723.670000000002", "元", 2572367),
        ("1e-7", "万元", 0), ("99", "万元", 99000000), ("0.1", "千元", 10000), ("2", "亿元", 20000000000), ("1，234", "元", 123400),
        ("0.00000050", "万元", 1), ("71054.6", "元", 7105460), ("+5", "元", 500), ('="12.50"', "元", 1250), ("12.5CNY", "元", 1250), ("1.005", "元", 101),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly_to_the_fen(written, unit, cents):
    assert amounts.cents_of(written, unit) == cents


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", "number_blank"), ("—", "number_blank"), ("无", "number_blank"), ("#N/A", "number_blank"), ("见附件", "number_text"),
        ("1,23", "number_text"), ("12,3456", "number_text"), ("1.2.3", "number_text"), ("12abc", "number_text"), ("约20", "number_text"),
        ("1.2万元", "number_unit"), ("(1,234.50)", "amount_negative"), ("-3", "amount_negative"), ("−3", "amount_negative"),
        ("12.5-", "amount_negative"), ("-0.001", "amount_negative"), ("1e20", "number_large"), ("--5", "number_text"), ("2023-06", "number_text"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_the_reason(written, fault):
    assert amounts.cents_of(written, "元") == fault


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("22", 22), ("22.0", 22), ("1,204", 1204), ("22人", 22), ("３件", 3), ("0", 0), ("1E+3", 1000), ("22.5", "number_whole"),
        ("-3", "amount_negative"), ("二十", "number_text"), ("", "number_blank"), ("3元", "number_text"), ("999999999999", "number_large"),
    ],
)  # fmt: skip
def test_a_count_is_a_whole_number(written, said):
    assert amounts.count_of(written) == said


_WRITTEN = st.one_of(
    st.decimals(0, 10**11, places=2).map(str),
    st.decimals(0, 10**6, places=6).map(str),
    st.decimals(0, 10**5, places=9).map(lambda number: format(number, "f")),
    st.integers(0, 10**15).map(lambda number: f"{number:,}"),
    st.sampled_from(["", "x", "１２", " 7 ", "-1", "1e3", "NaN", "inf", "1_000", "٣", "0x10", "1.", ".5", None]),
)


@given(st.lists(_WRITTEN, max_size=30), st.sampled_from(list(amounts.PLACES)))
def test_a_column_reads_like_its_cells(cells, unit):
    column = pl.Series(cells, dtype=pl.String)
    for (numbers, faults), read in (
        (amounts.cents_of_column(column, unit), lambda text: amounts.cents_of(text, unit)),
        (amounts.counts_of_column(column), amounts.count_of),
    ):
        for cell, number, fault in zip(cells, numbers.tolist(), faults.tolist(), strict=True):
            said = read(cell or "")
            assert (said == FAULTS[fault].name) if fault else (said == number)


@given(st.decimals(0, 10**9, places=8), st.sampled_from(["元", "万元"]))
def test_amounts_are_rounded_half_up_by_decimal_arithmetic(number, unit):
    exact = (number * 10 ** amounts.PLACES[unit]).to_integral_value(ROUND_HALF_UP)
    assert amounts.cents_of(format(number, "f"), unit) == int(exact)


def test_a_day_is_not_confused_by_the_time_behind_it():
    assert months.day_of("2003/1/1 10:30:00") == date(2003, 1, 1)
    assert months.day_of("2003-01-12 0:00") == date(2003, 1, 12)
    assert months.day_of("01-Jan-2003") == date(2003, 1, 1)
    assert months.day_of("1/2/2003") == "day_form", "January or February: not guessed"


def test_every_fault_has_a_reason_and_a_sentence_that_can_be_filled():
    for fault in FAULTS[1:]:
        sentence = fault.advice.format(column="应缴金额", value="x", unit="元", others="3、4")
        assert sentence.endswith("。")
        assert len(sentence) <= 300
    assert np.uint8(CODE["header_missing"]) == CODE["header_missing"]


def test_decimals_are_whole_fen():
    assert Decimal("0.01").scaleb(amounts.PLACES["元"]) == 1
