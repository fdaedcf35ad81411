"""How each department writes: the shape of its files, its header, its unit, its months."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import xlsxwriter

_NO_MOMENT = datetime(2023, 1, 1, tzinfo=UTC)  # a workbook names its moment; the same cells shall be the same file
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Manner:
    department: str
    contents: str
    suffix: str  # .xlsx, or of a text file
    header: tuple[str, ...]
    encoding: str = ""  # of text; workbooks have none
    month: str = ""  # strftime, %n for the month without a zero; "ends" for the first and the last day in two columns
    unit: str = "元"
    separator: str = ","
    title: str = ""
    total: str = ""  # what the row of totals says first
    footer: str = ""
    notes: str = ""  # a second sheet

    @property
    def places(self):
        """An amount in 分 is 10**places times the amount in the unit."""
        return {"元": 2, "万元": 6}[self.unit]

    def stamp(self, month):
        return month.strftime(self.month.replace("%n", str(month.month)))

    def put(self, path, cells):
        """Write a frame of text [rows, len(header)] as this department would."""
        if self.suffix == ".xlsx":
            self._put_workbook(path, cells)
        else:
            self._put_text(path, cells)

    def _put_text(self, path, cells):
        empty = self.separator * (len(self.header) - 1)
        with path.open("w", encoding=self.encoding, newline="") as out:
            if self.title:
                out.write(f"{self.title}{empty}\r\n")
            out.write(self.separator.join(self.header) + "\r\n")
            for part in cells.iter_slices(100_000):
                out.write(part.write_csv(include_header=False, separator=self.separator, line_terminator="\r\n"))
            if self.total:
                out.write(f"{self.total}{self.separator * 2}{cells.height}户{empty[2:]}\r\n")

    def _put_workbook(self, path, cells):
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            book.set_properties({"created": _NO_MOMENT})
            sheet = book.add_worksheet("数据")
            row = int(bool(self.title))
            if self.title:
                sheet.merge_range(0, 0, 0, len(self.header) - 1, self.title)
            for row, values in enumerate((self.header, *cells.iter_rows()), start=row):  # noqa: B020
                for column, value in enumerate(values):
                    self._put_cell(sheet, row, column, value)
            for words in filter(None, (self.total, self.footer)):
                row += 1
                sheet.write_string(row, 0, words)
            if self.notes:
                book.add_worksheet("说明").write_string(0, 0, self.notes)

    def _put_cell(self, sheet, row, column, value):
        """Plain figures behind the code and the name are numbers; everything else is text."""
        if column > 1 and _FIGURE.fullmatch(value):
            sheet.write_number(row, column, float(value))
        else:
            sheet.write_string(row, column, value)


_REGISTER = (
    "序号", "统一社会信用代码", "企业名称", "所属区市", "行业代码", "行业名称", "成立日期", "从业人数",
    "营业收入（万元）", "资产总额（万元）", "法定代表人", "联系电话", "住所", "登记状态", "是否建立工会", "平台类型",
)  # fmt: skip
_TAX = ("纳税人识别号（统一社会信用代码）", "纳税人名称", "税款所属期起", "税款所属期止", "应缴税额", "已缴税额")
_SOCIAL = ("单位统一社会信用代码", "单位名称", "费款所属期", "参保人数", "应缴金额（元）", "实缴金额（元）")
_LOAN = ("统一社会信用代码", "借款企业", "月份", "贷款余额", "当期应还", "当期实还", "逾期天数")
_PARCELS = ("信用代码", "寄件企业", "统计月份", "寄递件数")

MANNERS = {
    "register": Manner(
        "市场监管局", "企业登记", ".csv", _REGISTER, "gb18030",
        title="威海市市场主体登记情况表（演示数据，企业均为虚构）", total="合计",
    ),
    "tax": Manner(
        "税务局", "申报入库", ".xlsx", _TAX, month="ends",
        title="税款申报入库情况表（演示数据）", total="合计", footer="说明：金额单位为元。",
    ),
    "tax_text": Manner("税务局", "申报入库", ".csv", _TAX, "gb18030", month="ends"),
    "social": Manner("社保中心", "单位缴费", ".csv", _SOCIAL, "utf-8-sig", month="%Y%m"),
    "loan": Manner(
        "人民银行", "贷款还本付息", ".xlsx", _LOAN, month="%Y年%n月", unit="万元",
        title="企业贷款还本付息情况表（单位：万元）", notes="本表金额单位：万元。逾期天数为期末最长逾期天数。",
    ),
    "loan_text": Manner(
        "人民银行", "贷款还本付息", ".csv", _LOAN, "gb18030", month="%Y年%n月", unit="万元", title="单位：万元",
    ),
    "logistics": Manner("邮政管理局", "寄递件数", ".txt", _PARCELS, "utf-16", month="%Y.%m", separator="\t"),
    "logistics_comma": Manner("邮政管理局", "寄递件数", ".csv", _PARCELS, "utf-8", month="%Y-%m"),
}  # fmt: skip


def as_written(cents, places):
    """Amounts in 分 (Series of int64) as text in a unit of 10**places 分: 123450 is 1234.5 with 2, 0.12345 with 6."""
    whole, rest = cents // 10**places, cents % 10**places
    text = whole.cast(pl.String) + "." + rest.cast(pl.String).str.zfill(places)
    return text.str.strip_chars_end("0").str.strip_chars_end(".")
