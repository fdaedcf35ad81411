"""Why a row is refused, and what the deliverer is to do.

A refused row has one reason, the first in this order: the code is not a credit code; the enterprise or its district is
not known; the name is missing; the period is none, or lies ahead; a number is none, then is negative; last, rows that
contradict each other, which is asked only of rows that are good by themselves.
"""

# ruff: noqa: E501 (one fault a line: the table is read across)

from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    reason: str  # a DeliveryFault.Reason
    advice: str  # may speak of {column}, {value}, {unit} and {others}


FAULTS = (
    Fault("", "", ""),
    Fault("uscc_blank", "invalid_uscc", "统一社会信用代码为空，请补填18位代码；如由合并单元格导出，请逐行补齐。"),
    Fault("uscc_spoiled_by_excel", "invalid_uscc",
          "代码被表格软件当作数字，末几位已丢失，无法还原；请把该列设为文本格式，按营业执照重新录入18位代码。"),
    Fault("uscc_old_licence", "invalid_uscc", "这是15位的旧营业执照注册号，请换成18位统一社会信用代码。"),
    Fault("uscc_organisation_code", "invalid_uscc", "这是9位组织机构代码，请换成18位统一社会信用代码。"),
    Fault("uscc_length", "invalid_uscc", "统一社会信用代码应为18位，请按营业执照核对。"),
    Fault("uscc_letters", "invalid_uscc", "代码中有国家标准不使用的字符（如字母I、O、S、V、Z），请按营业执照核对，常见的是把0写成O、把1写成I。"),
    Fault("uscc_check", "invalid_uscc", "代码校验位不符，至少有一位写错，请按营业执照核对。"),
    Fault("district_blank", "unknown_district", "所属区市为空，请填写威海八个区市、开发区之一。"),
    Fault("district_other", "unknown_district", "“{value}”不是威海的八个区市、开发区之一，请核对；外地企业请删除该行。"),
    Fault("enterprise_unknown", "unknown_enterprise", "企业登记信息中没有这家企业，请核对代码；代码无误的，请先报送其登记信息。"),
    Fault("name_blank", "missing_column", "企业名称为空，请补填营业执照上的名称。"),
    Fault("name_broken", "missing_column", "企业名称中有无法识别的字符，请重新录入，或另存为UTF-8编码后再报送。"),
    Fault("period_blank", "invalid_period", "{column}为空，请填写年月，如202306。"),
    Fault("period_form", "invalid_period", "“{value}”不是年月，请写成202306或2023-06。"),
    Fault("period_month", "invalid_period", "“{value}”中的月份不在1至12之间，请核对。"),
    Fault("period_day", "invalid_period", "“{value}”中没有这一天，请核对。"),
    Fault("period_quarter", "invalid_period", "“{value}”不是一个月，请按月拆分后报送。"),
    Fault("period_span", "invalid_period", "起止日期不在同一个月或先后颠倒，请按月拆分后报送。"),
    Fault("period_two_readings", "invalid_period", "“{value}”分不清是1月还是10月（数字格式会丢掉末尾的0），请写成202301或202310。"),
    Fault("period_old", "invalid_period", "“{value}”早于2000年，请核对年份。"),
    Fault("day_form", "invalid_period", "“{value}”不是日期，请写成2023-06-01。"),
    Fault("period_future", "future_period", "“{value}”在将来，还不会有数据，请核对年月。"),
    Fault("day_future", "future_period", "“{value}”在将来，请核对日期。"),
    Fault("number_shifted", "not_a_number",
          "本行比表头多出内容，可能是金额里的逗号把一格拆成了两格；请去掉金额中的逗号，或给带逗号的内容加上英文双引号。"),
    Fault("number_blank", "not_a_number", "{column}为空，请填写数字；确实为零的请填0。"),
    Fault("number_text", "not_a_number", "{column}中的“{value}”不是数字，请改为数字，说明文字请移到其他列。"),
    Fault("number_unit", "not_a_number", "“{value}”自带的单位与本列单位（{unit}）不一致，请换算成{unit}后只填数字。"),
    Fault("number_whole", "not_a_number", "{column}应为整数，现为“{value}”，请核对。"),
    Fault("number_large", "not_a_number", "“{value}”大得不合常理，请核对数值和单位。"),
    Fault("amount_negative", "negative_amount", "{column}不能为负数，请核对；如为退税、退费或冲销，请并入所属月份后按净额报送。"),
    Fault("conflict", "conflicting_duplicate", "本文件中同一企业同一月份有互相矛盾的多行（另见第{others}行），请核实后只保留正确的一行。"),
    Fault("conflict_register", "conflicting_duplicate", "本文件中同一企业有互相矛盾的多行（另见第{others}行），请核实后只保留正确的一行。"),
    Fault("column_missing", "missing_column", "没有找到“{column}”列，请补上该列后重新报送；列名写法特殊的，请指定哪一列是“{column}”。"),
    Fault("header_missing", "missing_column", "没有找到表头，请在第一行写明各列名称（至少有统一社会信用代码）后重新报送。"),
)  # fmt: skip

CODE = {fault.name: number for number, fault in enumerate(FAULTS)}


def reason(code):
    return FAULTS[code].reason


def advice(code, *, column="", value="", unit="", others=""):
    """The sentence for the deliverer. `code`: number of the fault; the rest fills its blanks."""
    return FAULTS[code].advice.format(column=column or "该列", value=value[:40], unit=unit or "元", others=others)
