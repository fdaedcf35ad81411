"""The arithmetic of lay-offs: who counts, from when on, what speaks against a plan, how many months are due."""

from datetime import date
from decimal import Decimal

import pytest

from casework import personal
from guidance import layoffs

ON = date(2023, 9, 12)
EXPLAINED, HEARD, REPORTED, STARTS = date(2023, 9, 1), date(2023, 9, 8), date(2023, 9, 12), date(2023, 10, 9)


def plan(**changes):
    told = {
        "cut": 25, "staff": 200, "ground": layoffs.DIFFICULT, "explained_on": EXPLAINED, "heard_on": HEARD,
        "reported_on": REPORTED, "starts_on": STARTS, "listed": 25, "steps": "分两批", "compensation": "依法支付",
        "budget": 1, "owes_wages": False, "owes_insurance": False, "keeps_preferred": True, "union_opinion": "同意",
    } | changes  # fmt: skip
    return layoffs.Plan(**told)


def sentences(on=ON, **changes):
    return [(fault.grave, fault.sentence) for fault in layoffs.faults(plan(**changes), on=on)]


# ── The statutory test ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cut", "staff", "tests"),
    [
        (19, 199, 0),  # 9.5 %
        (19, 191, 0),  # 9.9 %
        (19, 190, 1),  # 10 % exactly
        (20, 10_000, 1),  # twenty, however large the firm
        (20, 200, 2),
        (1, 10, 1),
        (1, 11, 0),
        (9, 91, 0),
        (10, 100, 1),
    ],
)
def test_twenty_people_or_a_tenth_of_all_staff_are_a_statutory_layoff(cut, staff, tests):
    assert len(layoffs.tests_met(cut, staff, on=ON)) == tests


def test_before_the_law_was_in_force_nothing_was_statutory():
    assert layoffs.tests_met(25, 100, on=date(2007, 12, 31)) == []


def test_below_the_line_the_sentence_says_so_and_that_no_receipt_is_given():
    said = layoffs.verdict(19, 191, on=ON)
    assert "占职工总数191人的9.9%" in said
    assert "不出具收到回执" in said
    assert "达到20人" in layoffs.verdict(20, 500, on=ON)


# ── The clocks ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("explained_on", "earliest"),
    [
        (date(2023, 9, 1), date(2023, 10, 1)),  # a wait does not move because offices are closed on National Day
        (date(2023, 9, 6), date(2023, 10, 6)),
        (date(2024, 1, 31), date(2024, 3, 1)),
        (date(2023, 12, 2), date(2024, 1, 1)),
    ],
)
def test_thirty_days_after_the_explanation_people_may_be_laid_off(explained_on, earliest):
    assert layoffs.earliest_start(explained_on).on == earliest


@pytest.mark.parametrize(
    ("carried_out_on", "due"),
    [
        (date(2023, 9, 13), date(2023, 9, 28)),
        (date(2023, 9, 15), date(2023, 10, 7)),  # 30 September is a holiday; Saturday 7 October is worked instead
        (date(2023, 10, 9), date(2023, 10, 24)),
    ],
)
def test_files_are_transferred_within_fifteen_days_and_national_day_moves_the_last(carried_out_on, due):
    assert layoffs.hand_over_by(carried_out_on).on == due


@pytest.mark.parametrize(
    ("carried_out_on", "until"),
    [
        (date(2023, 10, 9), date(2024, 4, 9)),
        (date(2023, 8, 31), date(2024, 2, 29)),  # the last day of a shorter month
        (date(2023, 4, 1), date(2023, 10, 7)),  # 1 October is a holiday
    ],
)
def test_for_six_months_the_laid_off_come_first(carried_out_on, until):
    assert layoffs.rehire_until(carried_out_on).on == until


# ── What speaks against a plan ─────────────────────────────────────────────────────────────────


def test_a_plan_that_keeps_to_everything_has_no_fault():
    assert sentences() == []


@pytest.mark.parametrize(
    ("changes", "grave", "said"),
    [
        ({"explained_on": None}, True, "还没有提前三十日"),
        ({"starts_on": date(2023, 9, 30)}, True, "仅提前29日：2023年9月1日说明情况的，最早2023年10月1日方可裁减"),
        ({"starts_on": date(2023, 8, 31), "reported_on": date(2023, 8, 30), "heard_on": None}, True, "在说明情况之前"),
        ({"heard_on": None}, True, "还没有听取"),
        ({"heard_on": date(2023, 8, 31)}, True, "早于2023年9月1日说明情况"),
        ({"reported_on": date(2023, 9, 7)}, True, "报告过早：2023年9月7日报告时尚未听取意见"),
        ({"reported_on": date(2023, 8, 30), "heard_on": None}, True, "报告过早：2023年8月30日报告时尚未说明情况"),
        ({"reported_on": date(2023, 10, 10)}, True, "报告过迟"),
        ({"ground": ""}, True, "没有写明裁员的法定情形"),
        ({"ground": layoffs.CONVERSION}, True, "变更劳动合同后仍需裁减"),
        ({"ground": layoffs.CONVERSION, "contracts_changed": False}, True, "第三项"),
        ({"listed": 0}, True, "缺少被裁减人员名单"),
        ({"listed": 24}, True, "名单登记24人，与拟裁减的25人不一致"),
        ({"steps": ""}, True, "缺少裁减时间及实施步骤"),
        ({"starts_on": None}, True, "缺少裁减时间及实施步骤"),
        ({"compensation": ""}, True, "缺少经济补偿办法"),
        ({"keeps_preferred": None}, True, "优先留用"),
        ({"protected": {"maternity": 1}}, True, "1名女职工在孕期、产期、哺乳期的，不得裁减（《劳动合同法》第四十二条"),
        ({"owes_wages": True}, True, "一次付清"),
        ({"owes_insurance": True}, True, "社会保险费尚未缴清"),
        ({"owes_wages": None}, False, "尚未核实工资是否付清"),
        ({"budget": None}, False, "没有经济补偿预算"),
        ({"union_opinion": ""}, False, "工会尚未提出意见"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_article(changes, grave, said):
    found = sentences(**changes)
    assert any(grave == is_grave and said in sentence for is_grave, sentence in found), found


def test_a_plan_that_starts_on_the_very_day_is_in_time():
    assert sentences(starts_on=date(2023, 10, 1)) == []


def test_a_conversion_after_the_contracts_were_changed_is_in_order():
    assert sentences(ground=layoffs.CONVERSION, contracts_changed=True) == []


@pytest.mark.parametrize("name", layoffs.PROTECTED)
def test_nobody_of_the_six_protected_groups_may_go_large_or_small(name):
    for size in ({"cut": 25}, {"cut": 5, "listed": 5}):
        grave = [sentence for is_grave, sentence in sentences(protected={name: 2}, **size) if is_grave]
        assert len(grave) == 1
        assert layoffs.PROTECTED[name][1] in grave[0]


def test_below_the_line_the_procedure_is_not_asked_for():
    found = sentences(
        cut=5, listed=0, explained_on=None, heard_on=None, steps="", compensation="", keeps_preferred=None
    )
    assert [grave for grave, _ in found] == [False]
    assert "第四十三条" in found[0][1]


# ── What happened ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("explained_on", "carried_out_on", "said"),
    [
        (EXPLAINED, date(2023, 10, 1), None),
        (EXPLAINED, date(2023, 9, 30), "早于依法可以裁减的2023年10月1日"),
        (None, date(2023, 9, 30), "未向工会或者全体职工说明情况"),
    ],
)
def test_a_layoff_that_came_too_early_is_told(explained_on, carried_out_on, said):
    told = layoffs.told_early(carried_out_on, explained_on)
    assert (told is None) if said is None else said in told


@pytest.mark.parametrize(
    ("hired_on", "notified", "hired", "former", "said"),
    [
        (date(2024, 4, 9), False, 3, 0, "没有通知"),
        (date(2024, 4, 10), False, 3, 0, None),  # six months are over
        (date(2024, 1, 10), True, 3, 0, "请核实是否在同等条件下优先招用"),
        (date(2024, 1, 10), True, 3, 1, None),
        (date(2024, 1, 10), False, 3, 3, "没有通知"),
    ],
)
def test_within_six_months_those_laid_off_are_told_and_come_first(hired_on, notified, hired, former, said):
    told = layoffs.hiring_fault(hired_on, STARTS, notified=notified, hired=hired, former=former)
    assert (told is None) if said is None else said in told


@pytest.mark.parametrize(
    ("hired_on", "left_on", "months"),
    [
        (date(2020, 3, 1), date(2023, 3, 1), "3"),
        (date(2020, 3, 1), date(2023, 3, 2), "3.5"),
        (date(2020, 3, 1), date(2023, 8, 31), "3.5"),
        (date(2020, 3, 1), date(2023, 9, 1), "4"),  # six months and more count as a year
        (date(2023, 9, 1), date(2023, 9, 1), "0.5"),
        (date(2023, 9, 1), date(2024, 2, 29), "0.5"),
        (date(2020, 2, 29), date(2021, 2, 28), "1"),
        (date(2023, 8, 31), date(2024, 2, 29), "1"),
    ],
)
def test_a_month_is_due_for_each_year_of_service(hired_on, left_on, months):
    assert layoffs.months_of_pay(hired_on, left_on) == Decimal(months)


def test_service_that_ends_before_it_begins_is_none():
    with pytest.raises(ValueError, match="ends before"):
        layoffs.months_of_pay(date(2023, 9, 1), date(2023, 8, 1))


# ── Masks and numbers ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (personal.masked_id, "371099199001010014", "371***********0014"),
        (personal.masked_id, "1234567", "*******"),
        (personal.masked_id, "", ""),
        (personal.masked_phone, "13800001234", "138****1234"),
        (personal.masked_name, "张三", "张＊"),
        (personal.masked_name, "欧阳明月", "欧＊＊＊"),
        (personal.masked_name, "张", "张＊"),
        (personal.masked_name, "", ""),
    ],
)
def test_what_names_a_person_is_masked(mask, text, shown):
    assert mask(text) == shown


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("371099199001010014", None),
        ("371099199001010015", "校验不符"),
        ("37109919900230001X", "出生日期不存在"),
        ("3710991990010100", "18位"),
        ("37109919900101００14", "18位"),
        ("abc", "18位"),
    ],
)
def test_a_citizens_number_is_checked_and_not_repeated(number, fault):
    told = personal.id_fault(number)
    assert (told is None) if fault is None else fault in told
    assert number not in (told or "")


@pytest.mark.parametrize(("number", "right"), [("13800001234", True), ("12800001234", False), ("0631-5200000", False)])
def test_a_mobile_number_is_checked(number, right):
    assert (personal.phone_fault(number) is None) == right
