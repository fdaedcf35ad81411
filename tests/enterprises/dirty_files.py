"""Files as departments write them, in ever new shapes, together with what must come out of them.

A seed decides on kind, shape, encoding, words, order of columns, styles of months and numbers, where the unit stands,
and which dirt is strewn in. Nothing in the portal is fitted to one of these files: what counts is what they mean.
"""

# ruff: noqa: E501 (tables of words)

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import openpyxl

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DISTRICTS = {
    "371002": ["环翠区", "威海市环翠区", "环翠", "371002"],
    "371003": ["文登区", "威海市文登区", "371081", "文登市"],
    "371082": ["荣成市", "荣成", "威海市荣成市", "371082000000"],
    "371083": ["乳山市", "山东省威海市乳山市", "乳山"],
    "371071": ["威海火炬高技术产业开发区", "高区", "高新区", "火炬高技术产业开发区", "威海高区"],
    "371072": ["威海经济技术开发区", "经区", "经开区", "经济技术开发区"],
    "371073": ["威海临港经济技术开发区", "临港区", "临港经济技术开发区"],
    "WHNH": ["威海南海新区", "南海新区"],
}
WORDS = {
    "uscc": ["统一社会信用代码", "社会信用代码（纳税人识别号）", "信用代码", "单位统一社会信用代码", "纳税人识别号", "企业统一社会\n信用代码",
             "统一社会信用代码/纳税人识别号", "社会信用代码", "统一信用代码", "缴费人识别号"],
    "name": ["企业名称", "单位名称", "纳税人名称", "企业", "名称", "公司名称", "缴费单位名称", "借款人名称", "寄件单位"],
    "period": ["所属期", "费款所属期", "税款所属期", "月份", "统计月份", "所属月份", "年月", "数据月份", "费款所属期（年月）", "统计期"],
    "tax.due": ["应纳税额", "应缴税额", "本期应纳税额", "应征税款", "应纳税款", "申报应纳税额", "应缴税费"],
    "tax.paid": ["实缴税额", "入库税额", "已缴税额", "实际入库税额", "实纳税额", "已入库税款", "实缴税费"],
    "social.count": ["参保人数", "缴费人数", "参保职工人数", "期末参保人数", "参保人数（人）", "职工人数"],
    "social.due": ["应缴金额", "应缴费额", "应缴合计", "应缴社保费", "应收金额"],
    "social.paid": ["实缴金额", "实缴费额", "实缴合计", "实际到账金额", "已缴金额", "到账金额"],
    "loan.balance": ["贷款余额", "期末贷款余额", "月末余额", "余额", "贷款本金余额"],
    "loan.due": ["当期应还本息", "应还本息", "本期应还金额", "本月应还本息合计", "应还款额"],
    "loan.paid": ["当期实还本息", "实还本息", "本期实还金额", "已还金额", "实际还款额"],
    "loan.count": ["逾期天数", "最长逾期天数", "逾期天数（天）", "当前逾期天数"],
    "logistics.count": ["发货件数", "寄件量", "寄递件数", "业务量（件）", "揽收件数", "快递发货量", "发件量"],
    "district": ["所属区市", "区市", "所在区县", "辖区", "所属区域", "行政区划"],
    "industry": ["行业代码", "国民经济行业代码", "所属行业代码"],
    "industry_name": ["行业名称", "行业", "所属行业"],
    "founded_on": ["成立日期", "注册日期", "成立时间", "登记日期"],
    "heads": ["从业人数", "职工人数", "从业人员数", "员工人数"],
    "status": ["经营状态", "登记状态", "企业状态"],
    "phone": ["联系电话", "电话", "联系方式"],
}  # fmt: skip
EXTRAS = ["序号", "备注", "主管部门", "所属街道", "经办人", "录入日期"]
MONTH_STYLES = [
    "{y}{m:02d}", "{y}-{m:02d}", "{y}/{m}", "{y}年{m}月", "{y}年{m:02d}月", "{y}.{m:02d}", "{y}-{m:02d}-01", "{y}M{m:02d}",
    "{y}/{m:02d}/28", "{y}年{m}月份", "{y}{m:02d}15",
]  # fmt: skip
KINDS = ("tax", "social", "loan", "logistics")
ON = date(2023, 11, 20)


@dataclass
class Firm:
    uscc: str
    name: str
    district: str


@dataclass
class DirtyFile:
    name: str
    kind: str
    content: bytes
    encoding: str
    unit: str | None
    accepted: int = 0
    exact_duplicates: int = 0
    rejected: dict = field(default_factory=dict)
    stored: dict = field(default_factory=dict)  # (uscc, year, month) -> {name: value}; register: uscc -> district
    shape: str = ""


def code(rng, valid=True):
    body = "91371099" + "".join(rng.choice(ALPHABET) for _ in range(9))
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    check = (31 - total % 31) % 31
    return body + ALPHABET[check if valid else (check + 1 + rng.randrange(30)) % 31]


def firms(seed, count=40):
    rng = random.Random(seed)
    words = ["海澜", "云帆", "碧汀", "穗安", "砚川", "青篱", "合计", "注册", "单位", "小计划"]
    return [
        Firm(code(rng), f"威海{rng.choice(words)}{n}号水产有限公司", rng.choice(list(DISTRICTS))) for n in range(count)
    ]


def make(seed, kind, known):
    """A feed file about `known` firms. Returns DirtyFile."""
    return _Maker(seed, kind, known).feed()


def make_register(seed, known):
    return _Maker(seed, "register", known).register()


class _Maker:
    def __init__(self, seed, kind, known):
        self.rng = rng = random.Random(f"{seed}-{kind}")
        self.kind, self.known = kind, known
        self.shape = rng.choice(["xlsx", "xlsx", "text", "text", "text"])
        self.encoding = "xlsx" if self.shape == "xlsx" else rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
        self.separator = rng.choice([",", ",", "\t", ";", "|"])
        self.money = kind in {"tax", "social", "loan"}
        self.unit = rng.choice(["元", "万元"]) if self.money else None
        self.unit_at = rng.choice(["title", "header", "row", "sheet", "foot", "nowhere"]) if self.money else ""
        if self.unit_at == "nowhere":
            self.unit = "元"
        if self.unit_at == "sheet" and self.shape != "xlsx":
            self.unit_at = "row"
        self.month_style = rng.choice(MONTH_STYLES)
        self.span = kind == "tax" and rng.random() < 0.5
        self.numbers = rng.choice(["plain", "thousands", "mixed"])
        self.two_rows = rng.random() < 0.2
        self.rejected, self.stored, self.duplicates = {}, {}, 0

    # ── feeds ──────────────────────────────────────────────────────────────────────────────────

    def feed(self):
        rng = self.rng
        values = {"tax": ["due", "paid"], "social": ["count", "due", "paid"], "loan": ["balance", "due", "paid", "count"],
                  "logistics": ["count"]}[self.kind]  # fmt: skip
        rows = []
        for firm in self.known:
            for month in range(rng.randrange(3, 9)):
                key = (firm.uscc, 2022 + (6 + month) // 12, (6 + month) % 12 + 1)
                said = {name: self._value(name) for name in values}
                self.stored[key] = {name: self._stored(name, value) for name, value in said.items()}
                rows.append(self._row(firm, key[1], key[2], said))
        rows += self._dirt(values)
        rng.shuffle(rows)
        rows = self._with_totals(rows, values)
        columns = self._columns(values)
        return self._finished(rows, columns)

    def _value(self, name):
        rng = self.rng
        if name == "count":
            return rng.randrange(0, 400)
        cents = rng.choice([0, rng.randrange(10**4), rng.randrange(10**8), rng.randrange(10**9)])
        return Decimal(cents) / (100 if self.unit == "元" else 10**6)

    def _stored(self, name, value):
        return value if name == "count" else int(value * (100 if self.unit == "元" else 10**6))

    def _row(self, firm, year, month, said):
        row = {
            "uscc": self._dirty_code(firm.uscc),
            "name": firm.name,
            "district": self.rng.choice(DISTRICTS[firm.district]),
        }
        row |= self._when(year, month)
        return row | {name: self._number(value) for name, value in said.items()}

    def _dirty_code(self, text):
        wild = self.rng.random()
        if wild < 0.03:
            return text.lower()
        if wild < 0.06:
            return self.rng.choice(
                [f" {text}", f"{text}\u00a0", f"{text[:8]} {text[8:]}", f"\u200b{text}", f"{text}　"]
            )
        if wild < 0.07:
            return "".join(chr(ord(c) + 0xFEE0) for c in text)
        return text

    def _when(self, year, month):
        if self.span:
            last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
            return {"period_from": f"{year}-{month:02d}-01", "period_to": f"{year}-{month:02d}-{last}"}
        if self.shape == "xlsx" and self.month_style == "{y}-{m:02d}-01":
            return {"period": datetime(year, month, 1)}
        return {"period": self.month_style.format(y=year, m=month)}

    def _number(self, value):
        """A number as it is written: a real number or text in a workbook, text elsewhere."""
        rng = self.rng
        style = (
            rng.choice(["plain", "plain", "thousands", "wide", "spaces"]) if self.numbers == "mixed" else self.numbers
        )
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if style == "thousands":
            whole, dot, rest = text.partition(".")
            text = f"{int(whole):,}{dot}{rest}"
            if self.shape != "xlsx" and self.separator == ",":
                return text  # quoted by the writer
            return text
        if style == "wide":
            return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() or c == "." else c for c in text)
        if style == "spaces":
            return f" {text} "
        if self.shape == "xlsx":
            return float(value) if isinstance(value, Decimal) else value
        return text

    def _dirt(self, values):
        rng, rows = self.rng, []
        free = [(firm, 2023, month) for firm in self.known for month in (8, 9, 10)]
        rng.shuffle(free)

        def fresh():
            return free.pop()

        def good(firm, year, month):
            said = {name: self._value(name) for name in values}
            return self._row(firm, year, month, said), said

        def refuse(reason, change, times):
            for _ in range(times):
                row, _ = good(*fresh())
                change(row)
                rows.append(row)
                self.rejected[reason] = self.rejected.get(reason, 0) + 1

        def some(row, what):
            row[rng.choice(values)] = what

        refuse("invalid_uscc", lambda row: row.update(uscc=code(rng, valid=False)), rng.randrange(3))
        refuse(
            "invalid_uscc",
            lambda row: row.update(uscc=rng.choice([row["uscc"][:-2], "9.137E+17", "371002123456789", ""])),
            rng.randrange(3),
        )
        refuse("unknown_enterprise", lambda row: row.update(uscc=code(rng)), rng.randrange(3))
        refuse("negative_amount", lambda row: some(row, rng.choice([-3, "-3", "(1,200)", "-1,200"])), rng.randrange(3))
        refuse(
            "not_a_number",
            lambda row: some(row, rng.choice(["见附件", "未申报", "1.2.3", "约20", "待核实", None, "12abc"])),
            rng.randrange(3),
        )
        refuse(
            "not_a_number",
            lambda row: row.update({values[-1]: "3.5人"} if "count" in values else {values[-1]: "1,23"}),
            rng.randrange(2),
        )
        if self.span:
            refuse("invalid_period", lambda row: row.update(period_to="2023-12-31"), rng.randrange(1, 3))
            refuse(
                "future_period",
                lambda row: row.update(period_from="2099-06-01", period_to="2099-06-30"),
                rng.randrange(2),
            )
        else:
            wrong = ["202313", "2023年13月", "2023Q2", "2023年第二季度", "上月", "", "1899-12", "2023-00"]
            refuse("invalid_period", lambda row: row.update(period=rng.choice(wrong)), rng.randrange(1, 4))
            refuse(
                "future_period",
                lambda row: row.update(period=rng.choice(["209906", "2023-12", "2024年1月"])),
                rng.randrange(3),
            )
        for _ in range(rng.randrange(3)):
            key = fresh()
            row, said = good(*key)
            rows += [row, dict(row, uscc=key[0].uscc)]
            self.duplicates += 1
            self.stored[key[0].uscc, key[1], key[2]] = {name: self._stored(name, value) for name, value in said.items()}
        for _ in range(rng.randrange(3)):
            key = fresh()
            first, said = good(*key)
            second = self._row(*key, {name: value + 1 for name, value in said.items()})
            rows += [first, second]
            self.rejected["conflicting_duplicate"] = self.rejected.get("conflicting_duplicate", 0) + 2
        return rows

    def _with_totals(self, rows, values):
        rng = self.rng
        out = []
        for number, row in enumerate(rows):
            if rng.random() < 0.02:
                label = rng.choice(["小计", "环翠区小计", "本页合计", "小  计", "荣成市 合计"])
                out.append(
                    {rng.choice(["uscc", "name"]): label, **{name: self._number(Decimal(number)) for name in values}}
                )
            if rng.random() < 0.01:
                out.append({})
            if rng.random() < 0.01:
                out.append("header")
            out.append(row)
        if rng.random() < 0.7:
            out.append(
                {
                    rng.choice(["uscc", "name", "序号"]): rng.choice(["合计", "总计", "合 计", "总计：", "累计"]),
                    values[0]: self._number(Decimal(10**6)),
                }
            )
        return out

    def _columns(self, values):
        rng = self.rng
        columns = {"uscc": rng.choice(WORDS["uscc"]), "name": rng.choice(WORDS["name"])}
        if self.span:
            columns |= rng.choice([
                {"period_from": "税款所属期起", "period_to": "税款所属期止"},
                {"period_from": "所属期起始日期", "period_to": "所属期终止日期"},
                {"period_from": "税款所属期（起）", "period_to": "税款所属期（止）"},
                {"period_from": "所属时期起", "period_to": "所属时期止"},
            ])  # fmt: skip
        else:
            columns["period"] = rng.choice(WORDS["period"])
        for name in values:
            word = rng.choice(WORDS[f"{self.kind}.{name}"])
            if self.unit_at == "header" and name != "count":
                word += rng.choice(["（{}）", "({})", "/{}", "\n（单位：{}）", "（人民币{}）"]).format(self.unit)
            columns[name] = word
        if rng.random() < 0.4:
            columns["district"] = rng.choice(["所属区市", "区市", "所在区县"])
        return columns

    # ── register ───────────────────────────────────────────────────────────────────────────────

    def register(self):
        rng, rows = self.rng, []
        fields = [
            name
            for name in ("industry", "industry_name", "founded_on", "heads", "status", "phone")
            if rng.random() < 0.8
        ]
        style = rng.choice(
            ["{y}-{m:02d}-{d:02d}", "{y}/{m}/{d}", "{y}年{m}月{d}日", "{y}{m:02d}{d:02d}", "{y}.{m}.{d}", "mixed"]
        )

        def entry(firm):
            y, m, d = rng.randrange(1985, 2023), rng.randrange(1, 13), rng.randrange(1, 29)
            written = (
                rng.choice(["{y}-{m:02d}-{d:02d}", "{y}/{m}/{d}", "{y}年{m}月{d}日"]) if style == "mixed" else style
            )
            row = {
                "uscc": self._dirty_code(firm.uscc), "name": firm.name, "district": rng.choice(DISTRICTS[firm.district]),
                "industry": rng.choice(["C1361", "1361", "c1361"]), "industry_name": "水产品冷冻加工",
                "founded_on": written.format(y=y, m=m, d=d), "heads": self._number(rng.randrange(500)),
                "status": rng.choice(["存续", "在业", "存续（在营、开业、在册）", "注销", "吊销，未注销"]), "phone": "0631-5123456",
            }  # fmt: skip
            return {name: row[name] for name in ("uscc", "name", "district", *fields)}

        for firm in self.known:
            rows.append(entry(firm))
            self.stored[firm.uscc] = firm.district

        def refuse(reason, change, times):
            for _ in range(times):
                row = entry(Firm(code(rng), "威海多余有限公司", "371002"))
                row |= change(row)
                rows.append(row)
                self.rejected[reason] = self.rejected.get(reason, 0) + 1

        refuse("invalid_uscc", lambda row: {"uscc": code(rng, valid=False)}, rng.randrange(4))
        refuse(
            "unknown_district",
            lambda row: {"district": rng.choice(["烟台市芝罘区", "青岛市", "威海市", "", "370602", "高密市"])},
            rng.randrange(4),
        )
        if "heads" in fields:
            refuse("not_a_number", lambda row: {"heads": "若干"}, rng.randrange(2))
            refuse("negative_amount", lambda row: {"heads": "-5"}, rng.randrange(2))
        for _ in range(rng.randrange(2)):
            rows.append(dict(rows[0], uscc=self.known[0].uscc))
            self.duplicates += 1
        for _ in range(rng.randrange(2)):
            firm = Firm(code(rng), "威海矛盾有限公司", "371002")
            first = entry(firm)
            rows += [first, dict(first, name="威海另一个有限公司")]
            self.rejected["conflicting_duplicate"] = self.rejected.get("conflicting_duplicate", 0) + 2
        rng.shuffle(rows)
        if rng.random() < 0.6:
            rows.append({"uscc": rng.choice(["合计", "总计"]), "name": f"{len(rows)}户"})
        columns = {name: rng.choice(WORDS[name]) for name in ("uscc", "name", "district", *fields)}
        columns["name"] = rng.choice(["企业名称", "单位名称", "市场主体名称", "名称"])
        columns["uscc"] = rng.choice(
            ["统一社会信用代码", "社会信用代码", "统一社会信用代码（注册号）", "企业统一社会信用代码"]
        )
        return self._finished(rows, columns)

    # ── shape ──────────────────────────────────────────────────────────────────────────────────

    def _finished(self, rows, columns):
        rng = self.rng
        order = list(columns)
        rng.shuffle(order)
        for extra in rng.sample(EXTRAS, rng.randrange(3)):
            order.insert(0 if extra == "序号" else rng.randrange(len(order) + 1), extra)
        if rng.random() < 0.15:
            order.insert(rng.randrange(1, len(order) + 1), "")
        header = [columns.get(name, name) for name in order]
        lines, number = [], 0
        for row in rows:
            if row == "header":
                lines.append(header)
                continue
            if row and "序号" in order and "序号" not in row and (row.get("uscc") or row.get("name")):
                number += 1
                row = dict(row, 序号=number)
            lines.append([row.get(name) for name in order])
        width = len(header)
        top, bottom, notes = [], [], []
        said = f"单位：{self.unit}" if self.money else ""
        if self.unit_at == "title":
            top.append([f"威海市企业情况表（{said}）"])
        elif rng.random() < 0.4:
            top.append([rng.choice(["威海市企业情况表", "企业数据汇总（截至2023年10月）", "附件1"])])
        if self.unit_at == "row":
            place = rng.randrange(width)
            top.append([*[""] * place, rng.choice([said, f"金额{said}", f"{said}、人", f"（{said}）", f"计量{said}"])])
        if rng.random() < 0.2:
            top.append([])
        if rng.random() < 0.3:
            bottom.append(
                [
                    rng.choice(["制表人：张三", "注：本表数据来自业务系统", "填报单位（盖章）：", "备注：仅供参考"]),
                    "",
                    "审核人：李四",
                ][: min(width, 3)]
            )
        if self.unit_at == "foot":
            bottom.append(
                [
                    rng.choice(
                        [
                            f"注：金额{said}",
                            said,
                            f"说明：本表金额以{self.unit}为单位。",
                            f"注：1.{said}；2.数据截至月末。",
                        ]
                    )
                ]
            )
        if rng.random() < 0.2:
            bottom = [[], *bottom]
        if self.unit_at == "sheet":
            notes = [["说明"], [said], ["数据截至2023年10月31日"]]
        accepted = len(self.stored)
        table = [*top, header, *lines, *bottom]
        name = {"tax": "税务", "social": "社保", "loan": "贷款", "logistics": "物流", "register": "登记"}[self.kind]
        if self.shape == "xlsx":
            content, ending = _workbook(table, notes, rng), "xlsx"
        else:
            content, ending = self._text(table), "csv"
        return DirtyFile(
            name=f"{name}.{ending}", kind=self.kind, content=content, encoding=self.encoding, unit=self.unit,
            accepted=accepted, exact_duplicates=self.duplicates, rejected=self.rejected, stored=self.stored,
            shape=f"{self.encoding} {self.separator!r} unit {self.unit} {self.unit_at} {self.month_style} {self.numbers} {header}",
        )  # fmt: skip

    def _text(self, table):
        text = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if self.rng.random() < 0.2 else csv.QUOTE_MINIMAL
        writer = csv.writer(
            text, delimiter=self.separator, quoting=quoting, lineterminator=self.rng.choice(["\r\n", "\n"])
        )
        width = max(len(line) for line in table)
        for line in table:
            line = ["" if cell is None else _written(cell) for cell in line]
            writer.writerow(
                line if self.rng.random() < 0.5 or len(line) == width else [*line, *[""] * (width - len(line))]
            )
        if self.encoding == "utf-16":
            mark, codec = self.rng.choice([("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be")])
            return (mark + text.getvalue()).encode(codec)
        return text.getvalue().encode(self.encoding)


def _written(cell):
    return cell.strftime("%Y-%m-%d") if isinstance(cell, datetime) else str(cell)


def _workbook(table, notes, rng):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = rng.choice(["Sheet1", "数据", "明细"])
    for line in table:
        sheet.append(["" if cell is None and rng.random() < 0.5 else cell for cell in line])
    if len(table[0]) == 1 and len(table) > 3:
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=5)
    if notes:
        other = book.create_sheet("说明", 0 if rng.random() < 0.5 else None)
        for line in notes:
            other.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
