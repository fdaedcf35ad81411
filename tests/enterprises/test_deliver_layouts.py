"""What a table means by its own words: kind, header, columns, unit; and what is asked rather than guessed."""

# ruff: noqa: E501 (tables of words)

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


WORDS = {
    "uscc": "统一社会信用代码 社会信用代码 纳税人识别号 统一社会信用代码（纳税人识别号） 借款人统一社会信用代码 税号 缴费人识别号 统一信用代码",
    "name": "企业名称 单位详细名称 企业(机构)名称 企业（单位）名称 纳税人名称 经营主体名称 缴费单位名称 企业 单位 名称 寄件单位 客户名称",
    "register.district": "所属区市 区市 区县 所属县（市、区） 行政区划 行政区划代码 所属辖区 管辖区域 登记辖区 属地 所在地 区市名称 区（市）",
    "register.founded_on": "成立日期 注册时间 登记日期 成立时间 核准日期",
    "register.heads": "从业人数 从业人员数 从业人员 从业人员期末人数 职工人数 员工总数 在职职工数 人数",
    "tax.due": "应纳税额 应缴税额 应纳税款 应征税额 应纳税（费）额 本期应补（退）税额 申报税额 应缴税款合计 申报应纳税额 税款应缴额 应申报税额",
    "tax.paid": "实缴税额 入库税额 实际入库税款 已缴税额 实际缴纳税额 入库金额 实缴入库税额 税款入库金额 缴纳税款 实缴（入库）税额",
    "social.count": "参保人数 缴费人数 参保职工人数 期末参保人数 参保人员数 职工人数 人数 参保缴费人数 实际缴费人数",
    "social.due": "应缴金额 应缴费额 应缴合计 应缴社会保险费 应收金额 核定金额 缴费核定金额 应缴费用合计 应缴社保费（元） 本月应缴",
    "social.paid": "实缴金额 实缴费额 实缴合计 实际到账金额 到账金额 已缴金额 实收金额 缴费金额 实际缴费金额 实缴社会保险费",
    "loan.balance": "贷款余额 期末贷款余额 月末余额 余额 未偿还本金 贷款本金余额 各项贷款余额 当前余额",
    "loan.due": "当期应还本息 应还金额 本期应还款 应还本金和利息 应还贷款本息 计划还款额 当月应还款额 应还本息合计",
    "loan.paid": "当期实还本息 实还金额 已还金额 本期还款额 实际还款金额 实际归还本息 已还本息 归还金额",
    "loan.count": "逾期天数 最长逾期天数 当前逾期天数 逾期日数 贷款逾期天数 逾期天数（天）",
    "logistics.count": "发货件数 寄递件数 寄件量 业务量 快递业务量 寄递业务量（件） 揽收量 寄递包裹数 快递单量 件数 国内快递业务量 发货量（件）",
}
OTHER_WORDS = {
    "uscc": "组织机构代码证 注册号 行业代码 证件号码",
    "tax.due": "计税金额 应税收入 税率 应退税额",
    "tax.paid": "欠税金额 未缴税额 滞纳金",
    "social.count": "应缴人员工资 欠费人数 退休人数",
    "social.due": "缴费基数 单位应缴 个人应缴 应缴人数",
    "social.paid": "欠缴金额 单位实缴 未缴金额",
    "loan.balance": "授信额度 贷款金额 贷款发放额",
    "loan.due": "应还利息 应还本金",
    "loan.count": "贷款天数 逾期金额",
    "logistics.count": "业务收入 重量 单价 数量单位",
}  # fmt: skip


def column(name):
    kind, _, meaning = name.rpartition(".")
    return next(column for column in layouts.BY_NAME[kind or "tax"].columns if column.meaning == meaning)


@pytest.mark.parametrize("name", WORDS)
def test_the_words_that_departments_use_are_known(name):
    assert [word for word in WORDS[name].split() if layouts.rank_of(word, column(name)) is None] == []


@pytest.mark.parametrize("name", OTHER_WORDS)
def test_words_that_mean_something_else_are_not_taken_for_it(name):
    assert [word for word in OTHER_WORDS[name].split() if layouts.rank_of(word, column(name)) is not None] == []


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


def test_a_column_under_a_word_nobody_knows_is_asked_about_by_what_it_holds():
    header = ["统一社会信用代码", "企业名称", "所属期", "应纳税额", "划缴国库", "备注"]
    row = [CODE, "甲", "202306", "12.50", "12.50", "无"]
    asked = recognise(header, row, row)
    assert (asked.question.about, asked.question.meaning, asked.question.choices) == ("column", "paid", ("划缴国库",))
    assert columns(recognise(header, row, row, answers={"columns": {"paid": "划缴国库"}}))["paid"] == "划缴国库"
    serial = recognise(["序号", *header[:4], "联系电话"], ["1", *row[:4], "5123456"])
    assert (serial.question, serial.missing) == (None, ["实缴税额"])


def test_a_code_under_a_word_nobody_knows_is_asked_about():
    asked = recognise(["主体标识", "企业名称", "所属期", "应纳税额", "实缴税额"], [CODE, "甲", "202306", "1", "1"])
    assert (asked.question.meaning, asked.question.choices) == ("uscc", ("主体标识",))
