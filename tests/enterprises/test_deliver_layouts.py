"""What a table means by its own words: kind, header, columns, unit; and what is asked rather than guessed."""

import pytest

from enterprises.deliveries import layouts

CODE = "91371099MAXDEMA17A"


def recognise(*rows, name="", file_name="", answers=None, more=()):
    sheets = [(name, False, [[str(cell) for cell in row] for row in rows]), *more]
    return layouts.recognise(sheets, file_name=file_name, answers=answers)


def columns(layout):
    return layout.sheets[0].columns


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("register", ["统一社会信用代码", "企业名称", "所属区市", "行业代码", "成立日期", "从业人数", "经营状态"]),
        ("register", ["序号", "社会信用代码", "市场主体名称", "辖区", "法定代表人", "住所", "联系电话"]),
        ("tax", ["纳税人识别号", "纳税人名称", "税款所属期起", "税款所属期止", "应纳税额（元）", "实缴税额（元）"]),
        (
            "tax",
            [
                "社会信用代码",
                "纳税人名称",
                "主管税务所",
                "行业",
                "法定代表人",
                "电话",
                "地址",
                "登记日期",
                "所属期",
                "应缴税款",
                "入库税款",
            ],
        ),
        ("social", ["单位统一社会信用代码", "单位名称", "费款所属期", "参保人数", "应缴金额", "实缴金额"]),
        ("social", ["信用代码", "单位", "年月", "缴费人数", "应缴费额", "实缴费额", "所属区市"]),
        ("loan", ["统一社会信用代码", "企业名称", "月份", "贷款余额", "当期应还本息", "当期实还本息", "逾期天数"]),
        (
            "loan",
            [
                "借款人统一社会信用代码",
                "借款人名称",
                "统计月份",
                "期末余额",
                "本期应还金额",
                "本期实还金额",
                "最长逾期天数",
            ],
        ),
        ("logistics", ["信用代码", "企业", "统计月份", "发货件数"]),
        ("logistics", ["统一社会信用代码", "寄件单位", "月份", "寄递业务量（件）", "联系电话", "地址"]),
    ],
)
def test_the_kind_is_recognised_by_the_columns_whatever_else_stands_beside_them(kind, header):
    layout = recognise(header, [CODE, *["1"] * (len(header) - 1)])
    assert (layout.kind, layout.question, layout.missing) == (kind, None, [])


def test_the_name_of_the_file_alone_decides_nothing():
    layout = recognise(["甲", "乙"], ["1", "2"], file_name="税务局_税款.csv")
    assert (layout.kind, layout.missing) == ("", ["header"])


def test_columns_that_fit_two_kinds_are_asked_about_unless_other_words_decide():
    header = ["信用代码", "名称", "月份", "应缴金额", "实缴金额"]
    asked = recognise(header, [CODE, "甲", "202306", "1", "1"])
    assert asked.question.about == "kind"
    assert set(asked.question.choices) == {"tax", "social"}
    assert recognise(["税款入库情况表"], header).kind == "tax"
    assert recognise(header, file_name="03_社保.csv").kind == "social"
    assert recognise(header, answers={"kind": "tax"}).kind == "tax"


def test_a_header_cell_is_read_without_blanks_line_breaks_brackets_and_units():
    layout = recognise(
        ["统一社会\n信用代码", " 纳税人 名称 ", "税款所属期（年月）", "应纳税额\n（万元）", "实缴税额/万元", "备注"]
    )
    assert columns(layout)["due"] == "应纳税额 （万元）"
    assert layout.sheets[0].units == {"due": "万元", "paid": "万元"}
    assert layout.sheets[0].extras == ["备注"]


def test_title_unit_and_blank_rows_may_stand_above_the_header():
    layout = recognise(
        ["威海市企业缴税情况表"],
        [],
        ["", "", "", "", "单位：万元"],
        ["信用代码", "名称", "所属期", "应纳税额", "实缴税额"],
    )
    assert (layout.sheets[0].header_row, layout.unit) == (4, "万元")


def test_a_header_of_two_rows_is_joined():
    layout = recognise(
        ["信用代码", "名称", "税款所属期", "", "税额（万元）", ""],
        ["", "", "起", "止", "应纳", "实缴"],
        [CODE, "甲", "1", "2", "3", "4"],
    )
    assert (layout.kind, layout.sheets[0].header_row, layout.unit) == ("tax", 2, "万元")
    assert layout.sheets[0].places == {"uscc": 0, "name": 1, "period_from": 2, "period_to": 3, "due": 4, "paid": 5}


def test_rows_of_units_and_of_column_numbers_below_the_header_belong_to_it():
    layout = recognise(
        ["信用代码", "名称", "月份", "参保人数", "应缴金额", "实缴金额"],
        ["", "", "", "人", "万元", "万元"],
        ["甲", "乙", "1", "2", "3", "4"],
        [CODE, "某", "202306", "1", "2", "3"],
    )
    assert (layout.sheets[0].header_row, layout.unit) == (3, "万元")


@pytest.mark.parametrize(
    "words",
    [
        "单位：万元",
        "（单位:万元）",
        "金额单位：万元",
        "计量单位为万元",
        "单位：人、万元",
        "本表以万元为单位",
        "（万元）",
        "单 位 ： 万 元",
        "货币单位万元",
    ],
)
def test_the_unit_is_found_wherever_it_is_stated(words):
    header = ["信用代码", "名称", "月份", "参保人数", "应缴金额", "实缴金额"]
    assert recognise([f"缴费情况表{words}"], header).unit == "万元"
    note = ("说明", False, [["本表由社保中心提供"], [words]])
    assert recognise(header, more=[note]).unit == "万元"


def test_a_title_that_speaks_of_units_of_work_states_no_unit_of_money():
    layout = recognise(
        ["各单位缴费明细（5000元以上）"], ["信用代码", "名称", "月份", "参保人数", "应缴金额", "实缴金额"]
    )
    assert (layout.unit, layout.unit_stated) == ("元", False)


def test_units_that_contradict_each_other_are_asked_about():
    header = ["信用代码", "名称", "所属期", "应纳税额（元）", "实缴税额（元）"]
    asked = recognise(["缴税表（单位：万元）"], header)
    assert asked.question.about == "unit"
    assert asked.question.choices == ("元", "万元")
    assert recognise(["缴税表（单位：万元）"], header, answers={"unit": "元"}).sheets[0].units == {
        "due": "元",
        "paid": "元",
    }


def test_a_unit_given_for_some_columns_only_is_asked_about():
    asked = recognise(["信用代码", "名称", "月份", "贷款余额（万元）", "应还本息", "实还本息", "逾期天数"])
    assert asked.question.about == "unit"


def test_each_column_may_have_its_own_unit():
    layout = recognise(["信用代码", "名称", "月份", "贷款余额（万元）", "应还本息（元）", "实还本息（元）", "逾期天数"])
    assert layout.sheets[0].units == {"balance": "万元", "due": "元", "paid": "元"}
    assert layout.unit == "万元、元"


@pytest.mark.parametrize("lost", ["应纳税额", "实缴税额", "所属期", "统一社会信用代码"])
def test_a_needed_column_that_is_not_there_is_named(lost):
    header = ["统一社会信用代码", "企业名称", "所属期", "应纳税额", "实缴税额"]
    layout = recognise([cell for cell in header if cell != lost])
    assert (layout.kind, len(layout.missing)) == ("tax", 1)


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("register", ["统一社会信用代码", "企业名称", "行业代码", "成立日期", "从业人数"]),
        ("social", ["单位统一社会信用代码", "单位名称", "费款所属期", "应缴金额", "实缴金额"]),
        ("social", ["单位统一社会信用代码", "单位名称", "费款所属期", "参保人数", "实缴金额"]),
        ("loan", ["统一社会信用代码", "企业名称", "月份", "贷款余额", "当期应还本息", "当期实还本息"]),
        ("loan", ["统一社会信用代码", "企业名称", "月份", "当期应还本息", "当期实还本息", "逾期天数"]),
        ("logistics", ["信用代码", "企业", "发货件数"]),
        ("tax", ["社会信用代码（纳税人识别号）", "纳税人名称", "应纳税额（元）", "实缴税额（元）"]),
    ],
)
def test_a_file_keeps_its_kind_when_a_column_is_missing(kind, header):
    layout = recognise(header, [CODE, *["1"] * (len(header) - 1)])
    assert (layout.kind, len(layout.missing)) == (kind, 1)


def test_two_columns_with_the_same_right_to_a_meaning_are_asked_about():
    header = ["信用代码", "名称", "所属期", "应纳税额", "应缴税额", "实缴税额"]
    asked = recognise(header)
    assert (asked.question.about, asked.question.meaning) == ("column", "due")
    assert asked.question.choices == ("应纳税额", "应缴税额")
    told = recognise(header, answers={"columns": {"due": "应缴税额"}})
    assert (told.question, columns(told)["due"]) == (None, "应缴税额")
    assert columns(recognise(header, answers={"columns": {"应纳税额": "第5列"}}))["due"] == "应缴税额"


def test_the_surer_word_wins():
    layout = recognise(
        ["纳税人识别号", "统一社会信用代码", "纳税人名称", "申报月份", "税款所属期", "应纳税额", "实缴税额"]
    )
    assert columns(layout)["uscc"] == "统一社会信用代码"
    assert columns(layout)["period"] == "税款所属期"


def test_all_sheets_of_the_same_layout_are_data_and_notes_are_not():
    header = ["信用代码", "名称", "月份", "发货件数"]
    more = [("二月", False, [header, [CODE, "甲", "202302", "1"]]), ("说明", False, [["数据来自业务系统"]])]
    layout = recognise(header, [CODE, "甲", "202301", "1"], name="一月", more=more)
    assert [sheet.name for sheet in layout.sheets] == ["一月", "二月"]


def test_a_sheet_without_header_goes_on_with_the_one_before():
    header = ["信用代码", "名称", "月份", "发货件数"]
    more = [("续", False, [[CODE, "甲", "202302", "1"], [CODE, "甲", "202303", "1"]])]
    layout = recognise(header, [CODE, "甲", "202301", "1"], name="一", more=more)
    assert [(sheet.name, sheet.header_row) for sheet in layout.sheets] == [("一", 1), ("续", 0)]


def test_hidden_sheets_and_sheets_that_only_sum_up_are_left_out_and_named():
    header = ["信用代码", "名称", "所属期", "应纳税额", "实缴税额"]
    more = [
        ("旧数据", True, [header, [CODE, "甲", "202301", "1", "1"]]),
        ("汇总", False, [["区市", "应纳税额", "实缴税额"], ["环翠区", "1", "1"]]),
    ]
    layout = recognise(header, [CODE, "甲", "202302", "1", "1"], name="明细", more=more)
    assert [sheet.name for sheet in layout.sheets] == ["明细"]
    assert len(layout.notes) == 2


def test_two_kinds_in_one_workbook_are_asked_about():
    tax = ["信用代码", "名称", "所属期", "应纳税额", "实缴税额"]
    loans = ("贷款", False, [["信用代码", "名称", "月份", "贷款余额", "应还本息", "实还本息", "逾期天数"], [CODE]])
    asked = recognise(tax, [CODE], name="税", more=[loans])
    assert (asked.question.about, set(asked.question.choices)) == ("kind", {"tax", "loan"})
    told = recognise(tax, [CODE], name="税", more=[loans], answers={"kind": "loan"})
    assert [sheet.name for sheet in told.sheets] == ["贷款"]


def test_the_fingerprint_is_that_of_the_header_wherever_it_stands():
    header = ["信用代码", "名称", "月份", "发货件数"]
    assert recognise(header).fingerprint == recognise(["标题"], [], header).fingerprint
    assert recognise(header).fingerprint != recognise([*header, "备注"]).fingerprint
