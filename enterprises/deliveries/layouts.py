"""What a delivered table means: which kind it is, where its header stands, which column says what, and in which unit.

Everything is recognised by the words in the table itself. What cannot be decided becomes a Question for a person; the
answer is an entry of `answers`: {"kind": "tax", "unit": "万元", "columns": {"paid": "入库合计"}}.
"""

# ruff: noqa: E501 (one column a line: the table of words is read across)

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from ..tables import HEAD_ROWS
from . import amounts, months
from .amounts import PLACES

SAMPLE_ROWS = 5


class Column(NamedTuple):
    meaning: str
    label: str  # as the office calls it
    sort: str  # code, text, month, amount, count, day, place
    needed: bool
    words: tuple[str, ...]  # patterns of header words, the surest first; whole words, without brackets and units


class Kind(NamedTuple):
    name: str
    label: str
    words: str  # words that speak for this kind wherever they stand in header, title or sheet name
    columns: tuple[Column, ...]


# Pieces of header words. A word of the table must fit whole: 应缴基数 is not 应缴金额.
_FIRM = "企业|单位|公司|纳税人|缴费人|缴费单位|参保单位|用人单位|机构|市场主体|经营主体|商事主体|主体|借款人|借款企业|借款单位|客户|商户|寄件单位|寄件企业|寄件人|发货人|发货单位|扣缴义务人"
_SPAN = "(?:税款|费款|对应费款|所属|统计|数据|报告)*"
_DEED = "(?:缴费|计费|业务|结算|核算|会计|还款|申报|应缴|寄递|寄件|发货|快递|物流|贷款)"
_ENDS = f"{_SPAN}(?:所属期|所属时期|时期|期间|属期|期|月份|日期)?"
_DATE = "(?:日期|日|时间|年月|月份|月)?"
_NOW = "(?:当期|本期|当月|本月|每月|月|期)?"
_TAX = "(?:税额|税款|税费|税金|税费额|税款额|税款金额|税费金额|金额|款|额)"
_FEE = "(?:金额|费额|费款|保费|保险费|社保费|社会保险费|社会保险费用|社保|费用|费|总费用|款|额|款项)"
_REPAY = "(?:贷款)?(?:本息|本息和|本金利息|本金及利息|本金和利息|本息金额|金额|款额|款项|款|额|贷款|总额)"
_TOTAL = "(?:合计|总额|总计|小计|总金额|数额|数|金额)?"
_SENT = "(?:寄递|寄件|寄出|发货|快递|发件|揽收|收寄|投递|发运|邮件|包裹|快件|物流|出货|发出|运单|揽件|收件|业务|邮政|国内|货物|货运|出库)"
_PIECES = "(?:件数|件量|数量|业务量|单量|票数|单数|总量|总数|量|数|件|货量|包裹数|票量|总件数)"
_HERE = "(?:企业|经营|登记|注册)?(?:所属|所在|归属|管辖|属地|登记|注册)?"

CODE = Column("uscc", "统一社会信用代码", "code", True, (
    "统一社会信用代码",
    "(?:.*)统一社会信用代码(?:证号)?|(?:.*)社会信用代码",
    "(?:.*)信用(?:代码|编码|号码?)|统一代码|USCC",
    "(?:.*)(?:纳税人|纳税|缴费人)?识别号码?|税号",
    "(?:企业|单位|机构)代码",
))  # fmt: skip
NAME = Column("name", "企业名称", "text", False, (
    f"(?:{_FIRM})(?:全称|名称|名)",
    f"(?:{_FIRM}).{{0,4}}(?:全称|名称)|名称|户名|全称|经营者名称|字号名称",
    f"{_FIRM}",
))  # fmt: skip
PERIOD = Column("period", "月份", "month", True, (
    f"{_SPAN}(?:所属期|所属月份?|所属年月|所属时期|所属期间|所属日期|属期|期间|账期|月份|年月|月度|统计期|报告期)",
    f"{_DEED}?(?:所属期|所属月份?|月份|年月|月度|月|账期|周期)|(?:统计|数据|报告|所属)(?:日期|时间|周期|月)|周期|期别",
    f"{_DEED}?(?:日期|时间)",
))  # fmt: skip
PERIOD_FROM = Column("period_from", "所属期起", "month", False, (f"{_ENDS}(?:起始|开始|自|从|起){_DATE}",))
PERIOD_TO = Column("period_to", "所属期止", "month", False, (f"{_ENDS}(?:终止|截止|结束|终了|止|至|终){_DATE}",))
YEAR = Column("year", "年度", "month", False, (f"{_SPAN}(?:年度|年份|年)",))
_WHEN = (PERIOD_FROM, PERIOD_TO, PERIOD, YEAR)  # ends first: 所属期（起） also reads as 所属期

KINDS = (
    Kind("register", "企业登记", "登记|成立|注册|行业|法定代表人|法人|经营状态|住所|所属区|开业|从业", (
        CODE,
        NAME._replace(needed=True),
        Column("district", "所属区市", "place", True, (
            f"{_HERE}(?:区市|区县|区县市|县市区|市区县|区市县|县区|市区)(?:名称)?",
            f"{_HERE}(?:辖区|行政区划|行政区域|行政区|区域|地区|区划)(?:名称)?|(?:所属|所在|归属)(?:区|地)|属地|归属地",
            f"{_HERE}(?:区市|区县|县市区|行政区划|区划|地区)(?:代码|编码)|区",
        )),
        Column("industry", "行业代码", "text", False, (
            "(?:所属|国民经济)?行业(?:分类|门类|小类)?(?:代码|编码|代号)",
            "(?:所属|国民经济)?行业(?:分类|小类)?代码(?:及|和|与)名称|所属行业|行业门类",
        )),
        Column("industry_name", "行业名称", "text", False, (
            "(?:所属|国民经济)?行业(?:分类|小类|类别|中文)?名称|行业类别", "行业|行业分类|国民经济行业|行业小类",
        )),
        Column("founded_on", "成立日期", "day", False, (
            "成立(?:日期|时间|年月日)?",
            "(?:注册|登记|设立|开业|注册登记|首次登记|开业登记|营业起始|核准)(?:日期|时间|年月日)",
        )),
        Column("heads", "从业人数", "count", False, (
            "从业(?:人员)?(?:期末|平均)?(?:人数|数|数量)?",
            "(?:在职|在岗)?(?:职工|员工|用工|人员|用工人员|雇员)(?:总|人|总人)?数|在职人数|在岗人数|人数",
        )),
        Column("status", "经营状态", "text", False, ("(?:经营|登记|企业|存续|营业|市场主体|主体|运行|注册)(?:状态|状况)", "状态|经营情况")),
        Column("address", "地址", "text", False, (
            "(?:经营|注册|企业|单位|通讯|联系|详细|登记|生产经营)?(?:地址|住所)", "住所地|经营场所|住所或经营场所|注册地|(?:经营|注册)地点",
        )),
        Column("legal_representative", "法定代表人", "text", False, (
            "法定代表人(?:姓名|负责人|或负责人)?|法人代表(?:姓名)?|法人(?:姓名)?", "负责人(?:姓名)?|经营者(?:姓名)?|投资人|执行事务合伙人",
        )),
        Column("contact", "联系人", "text", False, ("(?:企业|单位)?联系人(?:姓名)?|联络员(?:姓名)?",)),
        Column("phone", "联系电话", "text", False, (
            "(?:联系|企业|单位|联系人|办公|联络员|固定|移动)?(?:电话|手机|手机号码?|电话号码)|联系方式|座机",
        )),
        Column("has_union", "已建工会", "text", False, (
            "(?:是否)?(?:已)?(?:建立?|成立|组建|有)工会(?:组织)?(?:情况)?|工会(?:组织|建会)?(?:情况)?|建会情况",
        )),
        Column("platform", "平台类型", "text", False, ("平台(?:企业)?(?:类型|类别|种类)",)),
        Column("size", "企业规模", "text", False, ("(?:企业)?(?:规模|划型|规模类型|规模划型|大中小微类型)",)),
        Column("revenue", "营业收入", "amount", False, (
            "(?:上年|上年度|年|年度)?(?:营业|主营业务|经营|销售)(?:总)?收入(?:额)?|年?营业额",
        )),
        Column("assets", "资产总额", "amount", False, ("(?:期末|年末)?(?:资产总额|资产总计|总资产|资产合计)",)),
    )),
    Kind("tax", "缴税", "税", (
        CODE, NAME, *_WHEN,
        Column("due", "应纳税额", "amount", True, (
            f"{_NOW}(?:申报)?(?:应纳|应缴|应征|应交|应缴纳|应入库|应申报){_TAX}{_TOTAL}",
            f"{_NOW}(?:应补退|应补){_TAX}{_TOTAL}|{_NOW}申报{_TAX}{_TOTAL}|税款应缴(?:额|金额)",
            "申报数|(?:应缴|应纳|应征|应交|应缴纳)(?:合计|数)?",
        )),
        Column("paid", "实缴税额", "amount", True, (
            f"{_NOW}(?:实缴|实纳|已缴|已纳|实交|实征|已缴纳|实际缴纳|实际缴|实收|实缴入库|已入库|实际入库|入库|缴纳入库|实际缴纳入库){_TAX}{_TOTAL}",
            f"(?:缴纳|缴款|征收|解缴|缴库){_TAX}{_TOTAL}|税款(?:入库|实缴|缴纳)(?:额|金额)",
            "(?:实缴|入库|已缴|实纳|实交|已入库|实际缴纳|实际入库|缴款)(?:合计|数)?",
        )),
    )),
    Kind("social", "缴费", "参保|社保|保险|费款|缴费|养老|医保", (
        CODE, NAME, *_WHEN,
        Column("count", "参保人数", "count", True, (
            "(?:期末|月末|实际|本月|当月|当期|本期|单位)?(?:参保|参保缴费|在保|投保|社保)(?:职工|人员|在职)?(?:总)?(?:人数|数|人次|人员数|数量|人)",
            "(?:实际|应缴|实缴|本月|当月)?缴费(?:总)?(?:人数|人次|人员数)|参保人员|在册人数|在职人数",
            "(?:职工|员工|人员)(?:总)?(?:人数|数)|人数",
        )),
        Column("due", "应缴金额", "amount", True, (
            f"{_NOW}(?:单位个人)?(?:应缴|应缴纳|应收|应征|应交)(?:总)?{_FEE}?{_TOTAL}",
            f"{_NOW}(?:社保|社保费|社会保险费|保险费)(?:应缴|应收|应征){_FEE}?{_TOTAL}",
            f"{_NOW}(?:缴费)?核定(?:应缴)?{_FEE}{_TOTAL}",
        )),
        Column("paid", "实缴金额", "amount", True, (
            f"{_NOW}(?:单位个人)?(?:实缴|实际缴纳|实际缴费|已缴|已缴纳|实收|实征|实交|到账|实际到账|入账|缴费到账|实际征收)(?:总)?{_FEE}?{_TOTAL}",
            f"{_NOW}(?:社保|社保费|社会保险费|保险费)(?:实缴|实收|到账){_FEE}?{_TOTAL}",
            f"缴费(?:金额|额|合计)|缴纳{_FEE}{_TOTAL}|入库{_FEE}{_TOTAL}",
        )),
    )),
    Kind("loan", "还贷", "贷|借款|还款|本息|逾期|应还|实还|还本|授信", (
        CODE, NAME, *_WHEN,
        Column("balance", "贷款余额", "amount", True, (
            "(?:期末|月末|当前|当期|本期|本月|未偿还|未还|剩余|各项|企业|人民币)?(?:贷款|借款|贷款本金|信贷)(?:期末|月末|当前)?(?:余额|结余)",
            "(?:期末|月末|当前)?(?:本金)?余额|(?:未还|未偿还|剩余)(?:贷款)?本金|贷款剩余(?:本金|金额)",
        )),
        Column("due", "当期应还本息", "amount", True, (
            f"{_NOW}(?:应还|应偿还|应归还|应付|应还款|应偿付|到期应还|计划还款|计划应还){_REPAY}?{_TOTAL}",
            f"{_NOW}(?:应收){_REPAY}{_TOTAL}",
        )),
        Column("paid", "当期实还本息", "amount", True, (
            f"{_NOW}(?:实还|已还|实际归还|实际还款|实际偿还|已偿还|已归还|实还款|实际还){_REPAY}?{_TOTAL}",
            f"{_NOW}(?:归还|偿还|还款|实收|实付|实际支付){_REPAY}{_TOTAL}",
        )),
        Column("count", "逾期天数", "count", True, (
            "(?:最长|当前|累计|最大|最高|贷款|本金|期末|当期|本期|还款)*(?:逾期|拖欠|欠款|违约)(?:天数|日数|天|日)",
        )),
    )),
    Kind("logistics", "物流", "寄|快递|快件|发货|物流|揽收|包裹|运单|邮件|发件|收寄|发运", (
        CODE, NAME, *_WHEN,
        Column("count", "发货件数", "count", True, (
            f"{_NOW}{_SENT}{{1,3}}(?:总)?{_PIECES}",
            "(?:总)?(?:件数|件量|票数|票量|单量|业务量|包裹数)|业务总量",
        )),
    )),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Question:
    """What a person must decide before the file can be stored."""

    about: str  # kind, unit, column, sheets
    sentence: str
    meaning: str = ""  # for a column: which
    choices: tuple[str, ...] = ()

    def written(self):
        parts = {"about": self.about, "sentence": self.sentence, "choices": list(self.choices)}
        return parts | ({"meaning": self.meaning} if self.meaning else {})


@dataclass
class SheetLayout:
    """Where things stand on one sheet. Columns are places from 0; rows are counted from 1, as Excel shows them."""

    sheet: int
    name: str
    header_row: int  # the last row of the header; 0 when the sheet goes on without one
    header: list[str]
    places: dict[str, int] = field(default_factory=dict)  # meaning -> place
    units: dict[str, str] = field(default_factory=dict)  # meaning of an amount -> unit
    width: int = 0
    sample: list[tuple[int, list[str]]] = field(default_factory=list)  # the first rows below the header, as delivered

    @property
    def columns(self):
        """meaning -> header as delivered"""
        return {meaning: heading(self.header, place) for meaning, place in self.places.items()}

    @property
    def extras(self):
        """Headers of columns that are not read."""
        used = set(self.places.values())
        return [one_line(cell) for place, cell in enumerate(self.header) if place not in used and one_line(cell)]


@dataclass
class Layout:
    """What was recognised in a file, or why not: `question`, or `missing` columns."""

    kind: str = ""
    sheets: list[SheetLayout] = field(default_factory=list)
    unit: str = ""  # 元, 万元; several joined by 、; empty without amounts
    unit_stated: bool = False
    fingerprint: str = ""
    question: Question | None = None
    missing: list[str] = field(default_factory=list)  # labels
    notes: list[str] = field(default_factory=list)  # sentences for the person who looks at what was recognised


def recognise(sheets, *, file_name="", answers=None):
    """What a file means. `sheets`: sequence of (name, hidden, first rows as lists of str). Returns Layout."""
    answers = answers or {}
    layout = Layout()
    heads = [(number, name, rows) for number, (name, hidden, rows) in enumerate(sheets) if not hidden]
    layout.notes += [f"隐藏的工作表“{name}”没有读取。" for name, hidden, _ in sheets if hidden]
    headers = {number: _find_header(rows) for number, _, rows in heads}
    layout.fingerprint = _fingerprint(headers.values())
    by_sheet, layout.kind, layout.question = _kind_of(heads, headers, file_name, answers)
    if layout.question or not layout.kind:
        layout.missing = [] if layout.question else ["header"]
        return layout
    kind = BY_NAME[layout.kind]
    for number, name, rows in heads:
        if headers[number] is None:
            if continued := _continuation(number, name, rows, layout.sheets):
                layout.sheets.append(continued)
                layout.notes.append(f"工作表“{name}”没有表头，按前一张表的列读取。")
            continue
        row, cells = headers[number]
        if by_sheet[number] not in {"", layout.kind} and len(heads) > 1:
            layout.notes.append(f"工作表“{name}”是{BY_NAME[by_sheet[number]].label}数据，未读取。")
            continue
        sheet = SheetLayout(sheet=number, name=name, header_row=row, header=cells, width=len(cells))
        sheet.sample = _sample(rows, row)
        question = _place_columns(sheet, kind, answers.get("columns", {}))
        if question and not layout.question:
            layout.question = question
        layout.sheets.append(sheet)
    _keep_data_sheets(layout, kind)
    if layout.missing and (question := _what_may_be_missing(layout.sheets, kind, heads)):
        layout.question, layout.missing = question, []
    if not layout.question and not layout.missing:
        _settle_units(layout, kind, heads, answers.get("unit", ""))
    return layout


def _sample(rows, header_row):
    """[(row number, cells)] of the first rows that hold anything: shown to the person who checks what was recognised."""
    below = ((at + 1, cells) for at, cells in enumerate(rows) if at >= header_row and any(map(str.strip, cells)))
    return [(at, [one_line(cell)[:60] for cell in cells]) for at, cells in islice(below, SAMPLE_ROWS)]


def heading(header, place):
    return one_line(header[place]) if place < len(header) and one_line(header[place]) else f"第{place + 1}列"


def one_line(text):
    return " ".join(text.split())


# ── Header ─────────────────────────────────────────────────────────────────────────────────────


def _find_header(rows):
    """(row number from 1, cells) of the header, or None.

    A header of two rows (merged cells above) is joined into one.
    """
    best, found = 1, None
    for at, cells in enumerate(rows[:HEAD_ROWS]):
        matches = _matches(cells)
        if matches > best:
            best, found = matches, (at + 1, list(cells))
        if at + 1 < len(rows) and not _looks_like_data(rows[at + 1]):
            joined = _joined(cells, rows[at + 1])
            matches = _matches(joined)
            if matches > best and matches > _matches(rows[at + 1]):
                best, found = matches, (at + 2, joined)
    return found and _with_rows_below(*found, rows)


_COUNTER = re.compile(
    r"栏次|序号|行次|项目|列次|[甲乙丙丁戊己庚辛壬癸]|[(（]?\d{1,2}[)）]?|[①-⑳]|[A-Z]|-+|—+|[\d+=\-()（）]{3,9}"
)
_MEASURE = re.compile(r"[(（\[【]?(?:单位[:：])?(百万元|万元|千元|亿元|元|人|户|件|天|日|个|票|%|年月|-+|—+)[)）\]】]?")


def _with_rows_below(row, header, rows):
    """Rows between header and data.

    units of the columns join the header, numbers of the columns (栏次) are passed over.
    """
    while row < len(rows):
        filled = [(place, plain(cell)) for place, cell in enumerate(rows[row]) if cell.strip()]
        if len(filled) >= 2 and all(_MEASURE.fullmatch(cell) for _, cell in filled):
            for place, cell in filled:
                if place < len(header) and not unit_in_header(header[place]):
                    header[place] += f"（{_MEASURE.fullmatch(cell)[1]}）"
        elif len(filled) < 3 or not all(_COUNTER.fullmatch(cell) for _, cell in filled):
            break
        row += 1
    return row, header


def _matches(cells):
    """How many different columns of the kind that fits best are named by these cells."""
    filled = [cell for cell in cells if cell and len(cell) <= 60]
    if len(filled) < 2:
        return 0
    return max(
        sum(any(rank_of(cell, column) is not None for cell in filled) for column in kind.columns) for kind in KINDS
    )


def _looks_like_data(cells):
    return any(re.fullmatch(r"[0-9A-Z]{15,18}", plain(cell).upper()) for cell in cells)


def _joined(above, below):
    width = max(len(above), len(below))
    above, below = ([*row, *[""] * (width - len(row))] for row in (above, below))
    joined, group = [], ""
    for top, bottom in zip(above, below, strict=True):
        group = top if top.strip() else group if bottom.strip() else ""
        joined.append(_best_name(bottom.strip(), group.strip()))
    return joined


def _best_name(bottom, top):
    """A column's name out of a two-row header: the lower cell, or both put together when only that means something."""
    if not bottom or not top:
        return bottom or top
    if top == bottom:
        return bottom
    names = [bottom, top + bottom, bottom + top]
    known = [
        name for name in names if any(rank_of(name, column) is not None for kind in KINDS for column in kind.columns)
    ]
    unit = "" if unit_in_header(bottom) else unit_in_header(top)
    return (known[0] if known else top + bottom) + (f"（{unit}）" if unit and known and known[0] == bottom else "")


def plain(cell):
    """A header cell without blanks, line breaks, zero-width characters; full-width forms folded."""
    return re.sub(r"[\s\u200b-\u200f\u2060\ufeff*＊_]+", "", unicodedata.normalize("NFKC", cell))


@lru_cache(4096)  # each cell is held against every column of every kind
def _spoken(cell):
    """The ways in which a header cell may be read: with its brackets opened, and without them."""
    text = plain(cell)
    text = re.sub(r"[:：/、,，.\-]?(?:单位[:：]?)?(?:人民币)?(?:百万元|万元|千元|亿元|元)$", "", text) or text
    opened = re.sub(r"[()\[\]【】{}《》<>“”\"']", "", text)
    closed = re.sub(r"[(\[【{<][^)\]】}>]*[)\]】}>]", "", text)
    return tuple(dict.fromkeys(re.sub(r"[:：/、,，。.\-]", "", way).upper() for way in (closed, opened) if way))


def rank_of(cell, column):
    """How surely a header cell names this column: 0 best; None when it does not."""
    ways = _spoken(cell)
    for rank, pattern in enumerate(column.words):
        if any(re.fullmatch(pattern, way) for way in ways):
            return rank
    return None


# ── Kind ───────────────────────────────────────────────────────────────────────────────────────


def _kind_of(heads, headers, file_name, answers):
    """({sheet number.

    kind}, kind, question). The columns decide; a tie goes to the words around the table, then to a person.
    """
    by_sheet, question = {}, None
    for number, name, rows in heads:
        if headers[number]:
            kind, asked = _kind_of_sheet(rows, headers[number], name, file_name)
            by_sheet[number] = kind
            question = question or asked
    if answers.get("kind"):
        return by_sheet, answers["kind"], None
    kinds = list(dict.fromkeys(kind for kind in by_sheet.values() if kind))
    if len(kinds) > 1:
        full = [
            kind
            for kind in kinds
            if any(_is_full(BY_NAME[kind], headers[n][1]) for n, k in by_sheet.items() if k == kind)
        ]
        if len(full) > 1:
            labels = "、".join(BY_NAME[kind].label for kind in full)
            sentence = f"工作簿里有{labels}几种数据，请拆成单独的文件报送，或指定这次只读取哪一种。"
            return by_sheet, "", Question("kind", sentence, choices=tuple(full))
        kinds = full or kinds[:1]
    if kinds:
        return by_sheet, kinds[0], None
    return by_sheet, "", question


def _kind_of_sheet(rows, header, sheet_name, file_name):
    row, cells = header
    around = "".join([sheet_name, *(cell for line in rows[: row - 1] for cell in line)])
    scores, with_amount = {}, set()
    for kind in KINDS[1:]:
        named = [column for column in _own(kind) if any(rank_of(cell, column) is not None for cell in cells)]
        spoken = sum(bool(re.search(kind.words, plain(cell))) for cell in cells)
        scores[kind.name] = (3 * len(named) + spoken, int(bool(re.search(kind.words, around)))) if named else (0, 0)
        if any(column.sort == "amount" or kind.name == "logistics" for column in named):
            with_amount.add(kind.name)
    best = max(scores.values())
    first = [name for name, score in scores.items() if score == best] if best[0] else []
    dated = any(rank_of(cell, column) == 0 for cell in cells for column in _WHEN)
    register = KINDS[0]
    of_register = [
        c for c in register.columns if c not in (CODE,) and any(rank_of(cell, c) is not None for cell in cells)
    ]
    if first and (dated or with_amount & set(first)):
        if (
            not dated
            and _is_full(register, cells)
            and not any(_is_full_but_month(BY_NAME[name], cells) for name in first)
        ):
            first = [register.name, *first]
    elif len(of_register) > 1:
        return register.name, None
    if len(first) > 1:
        named = [name for name in first if re.search(BY_NAME[name].words, file_name)]
        first = named if len(named) == 1 else first
    if len(first) == 1:
        return first[0], None
    labels = "、".join(BY_NAME[name].label for name in first)
    sentence = (
        f"从表头看可能是{labels}，无法确定，请指定数据种类。"
        if first
        else "表头中没有能说明数据种类的列，请指定这是哪一种数据。"
    )
    return "", Question("kind", sentence, choices=tuple(first or BY_NAME))


def _own(kind):
    """The needed columns that are this kind's alone: not the code, the name and the month."""
    return [column for column in kind.columns if column.needed and column.meaning not in {"uscc", "name", "period"}]


def _is_full(kind, cells):
    named = {column.meaning for column in kind.columns if any(rank_of(cell, column) is not None for cell in cells)}
    if {"period_from", "period_to"} <= named:
        named.add("period")
    return all(column.meaning in named for column in kind.columns if column.needed)


def _is_full_but_month(kind, cells):
    return all(any(rank_of(cell, column) is not None for cell in cells) for column in _own(kind))


# ── Columns ────────────────────────────────────────────────────────────────────────────────────


def _place_columns(sheet, kind, answers):
    """Fill sheet.places, the surest claims first; a Question when two columns have the same right to one meaning."""
    header, places = sheet.header, sheet.places
    for column in kind.columns:
        answer = answers.get(column.meaning) or answers.get(column.label)
        if answer and (place := _place_named(header, answer)) is not None:
            places[column.meaning] = place
    claims = [
        (rank, order, place)
        for order, column in enumerate(kind.columns)
        for place, cell in enumerate(header)
        if cell and len(cell) <= 60 and (rank := rank_of(cell, column)) is not None
    ]
    question = None
    for rank, order in sorted({(rank, order) for rank, order, _ in claims}):
        column = kind.columns[order]
        free = [place for r, o, place in claims if (r, o) == (rank, order) and place not in places.values()]
        if column.meaning in places or not free:
            continue
        places[column.meaning] = free[0]
        if len(free) > 1 and (column.needed or column.sort in {"amount", "count", "month"}):
            names = tuple(_distinct_headings(header, free))
            sentence = f"“{column.label}”可能是“{'”或“'.join(names)}”，请指定是哪一列。"
            question = question or Question("column", sentence, meaning=column.meaning, choices=names)
    _settle_period(sheet)
    return question if question and question.meaning in places else None


def _place_named(header, answer):
    if match := re.fullmatch(r"第(\d+)列", answer):
        return int(match[1]) - 1 if int(match[1]) <= len(header) else None
    for place, cell in enumerate(header):
        if plain(cell) == plain(answer):
            return place
    return None


def _distinct_headings(header, places):
    names = [heading(header, place) for place in places]
    return [name if names.count(name) == 1 else f"第{place + 1}列" for name, place in zip(names, places, strict=True)]


def _settle_period(sheet):
    """Keep one way of naming the month: one column, first and last day, or year and month."""
    places = sheet.places
    if "period_from" in places and "period_to" in places:
        for other in ("period", "year"):
            places.pop(other, None)
        return
    places.pop("period_to", None)
    if "period_from" in places:
        place = places.pop("period_from")
        places.setdefault("period", place)
    # 年度 beside a month column that already names the year is read too, and must agree
    if "year" in places and "period" not in places:
        places.pop("year")


def missing_columns(sheet, kind):
    """Labels of the needed columns that a sheet lacks."""
    missing = []
    for column in kind.columns:
        if column.needed and column.meaning not in sheet.places:
            if column.meaning == "period" and "period_from" in sheet.places:
                continue
            missing.append(column.label)
    return missing


def _keep_data_sheets(layout, kind):
    """Drop sheets that only list or sum up; what is left must be complete."""
    own = {column.meaning for column in kind.columns} - {"uscc", "name", "period", "period_from", "period_to", "year"}
    full = [sheet for sheet in layout.sheets if "uscc" in sheet.places and own & set(sheet.places)]
    if not full:
        full = sorted(layout.sheets, key=lambda sheet: -len(sheet.places))[:1]
    for sheet in layout.sheets:
        if sheet not in full:
            layout.notes.append(f"工作表“{sheet.name}”没有逐户数据，未读取。")
    layout.sheets = full
    for sheet in full:
        for label in missing_columns(sheet, kind):
            if label not in layout.missing:
                layout.missing.append(label)
    if layout.missing:
        layout.question = None


def _what_may_be_missing(sheets, kind, heads):
    """A Question when a needed column has no known word, but an unread one holds what it would hold; else None."""
    rows_of = {number: rows for number, _, rows in heads}
    for sheet in sheets:
        for column in kind.columns:
            if column.needed and column.label in missing_columns(sheet, kind):
                rows = rows_of[sheet.sheet][sheet.header_row :]
                likely = [place for place in range(sheet.width) if _may_hold(sheet, place, column, rows)]
                if likely:
                    names = tuple(_distinct_headings(sheet.header, likely))
                    sentence = (
                        f"没有认出“{column.label}”列，可能是“{'”或“'.join(names)}”，请指定；"
                        "表中确实没有这一列的，请补上后重新报送。"
                    )
                    return Question("column", sentence, meaning=column.meaning, choices=names)
    return None


_NUMBERED = re.compile(r"序号|编号|行号|排名|名次|.*(?:电话|手机|邮编|号码|代码|编码|比例|比率|率|%|年龄|年限|面积)")


def _may_hold(sheet, place, column, rows):
    """Whether the cells below a header that means nothing yet read as this column's would."""
    header = plain(sheet.header[place]) if place < len(sheet.header) else ""
    if not header or place in sheet.places.values() or (column.sort != "code" and _NUMBERED.fullmatch(header)):
        return False
    reads = {
        "code": lambda text: re.fullmatch(r"[0-9A-Z]{18}", plain(text).upper()),
        "month": lambda text: isinstance(months.month_of(text), int),
        "amount": lambda text: isinstance(amounts.cents_of(text, "元"), int),
        "count": lambda text: isinstance(amounts.count_of(text), int),
    }.get(column.sort)
    cells = [cells[place] for cells in rows if place < len(cells) and cells[place].strip()]
    return bool(reads and cells) and sum(bool(reads(cell)) for cell in cells) * 10 >= len(cells) * 6


def _continuation(number, name, rows, before):
    """A sheet without header whose rows look like those of the sheet before it: data that ran over."""
    if not before:
        return None
    last = before[-1]
    place = last.places.get("uscc")
    filled = [cells for cells in rows if any(cell.strip() for cell in cells)]
    if place is None or not filled:
        return None
    codes = sum(
        place < len(cells) and bool(re.fullmatch(r"[0-9A-Z]{18}", plain(cells[place]).upper())) for cells in filled
    )
    if codes * 2 < len(filled):
        return None
    return SheetLayout(number, name, 0, last.header, dict(last.places), dict(last.units), last.width, _sample(rows, 0))


# ── Units ──────────────────────────────────────────────────────────────────────────────────────

_UNIT = "百万元|万元|千元|亿元|元"
_STATED = re.compile(rf"单位(?:[:：]|均?为|是|[（(])\s*([^\s。；;]*?(?:{_UNIT})[^\s。；;]*)")
_BRACKETED = re.compile(rf"[（(\[【](?:人民币|金额)?[:：]?({_UNIT})[)）\]】]")
_COUNTED = re.compile(
    rf"以({_UNIT})(?:为单位|计|计算|填列|表示)|(?:金额|数据|均)(?:按|以|为)({_UNIT})|(?:计量|金额|货币)单位({_UNIT})"
)


def unit_in_header(cell):
    """The unit that a header cell names for its own column; empty when it names none."""
    text = plain(cell)
    if match := _BRACKETED.search(text) or re.search(rf"[(（][^)）]*?({_UNIT})[)）]", text):
        return match[1]
    match = re.search(rf"(?:[:：/、,，_\-]|单位[:：]?|人民币)({_UNIT})$|(?<=[额款息费额入产数计])({_UNIT})$", text)
    return (match[1] or match[2]) if match else ""


def units_stated(text):
    """The units of amounts that a title or note states: a set, empty when it speaks of none."""
    text = re.sub(r"[ \t\u3000]+", "", unicodedata.normalize("NFKC", text))
    found = set()
    for match in _STATED.finditer(text):
        found |= set(re.findall(_UNIT, match[1]))
    found |= {match[1] for match in _BRACKETED.finditer(text)}
    found |= {next(filter(None, match.groups())) for match in _COUNTED.finditer(text)}
    return found


def _settle_units(layout, kind, heads, answer):
    amounts = [column.meaning for column in kind.columns if column.sort == "amount"]
    used = [(sheet, meaning) for sheet in layout.sheets for meaning in amounts if meaning in sheet.places]
    if not used:
        return
    around = set()
    headers = {sheet.sheet: sheet.header_row for sheet in layout.sheets}
    for number, name, rows in heads:
        until = headers[number] - 1 if number in headers else len(rows)
        for text in [name, *(cell for line in rows[:until] for cell in line)]:
            around |= units_stated(text)
    own = {(sheet.sheet, meaning): unit_in_header(sheet.header[sheet.places[meaning]]) for sheet, meaning in used}
    layout.unit_stated = bool(answer or around or all(own.values()))
    if answer:
        own, around = {}, {answer}
    said = around | {unit for unit in own.values() if unit}
    if len(around) > 1 or (around and len(said) > 1):
        words = "、".join(sorted(said, key=list(PLACES).index))
        layout.question = Question(
            "unit",
            f"表中同时写有{words}，金额单位不一致，请指定。",
            choices=tuple(sorted(said, key=list(PLACES).index)),
        )
        return
    stated = next(iter(around), "")
    if not stated and len(set(own.values())) > 1 and "" in own.values():
        said = tuple(sorted({unit for unit in own.values() if unit}, key=list(PLACES).index))
        if said != ("元",):  # some columns say 万元, others nothing
            choices = tuple(dict.fromkeys([*said, "元"]))
            layout.question = Question(
                "unit", f"有的金额列写明{said[0]}，有的没有写单位，请指定全部金额的单位。", choices=choices
            )
            return
    for sheet, meaning in used:
        sheet.units[meaning] = own.get((sheet.sheet, meaning)) or stated or "元"
    layout.unit = "、".join(dict.fromkeys(sheet.units[meaning] for sheet, meaning in used))


def _fingerprint(headers):
    """The same for two files with the same header cells, wherever the header stands."""
    cells = ["\x1f".join(plain(cell) for cell in header[1]) for header in headers if header]
    return hashlib.sha256("\x1e".join(cells).encode()).hexdigest() if cells else ""
