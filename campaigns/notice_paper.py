"""The public notice (公示) of an exemplar as a Word file by GB/T 9704-2012."""

from casework.documents import Paper
from casework.masking import masked

from . import criteria
from .models import Exemplar

OFFICE = "市协调劳动关系三方会议办公室"
_TITLES = {
    Exemplar.Honour.NATIONAL: ["关于全国和谐劳动关系创建先进", "推荐对象的公示"],
    Exemplar.Honour.CITY: ["关于全市劳动关系典型经验的公示"],
}
_AS = {
    Exemplar.Honour.NATIONAL: "推荐为全国和谐劳动关系创建先进",
    Exemplar.Honour.CITY: "的做法公布为全市劳动关系典型经验",
}


def paper(exemplar):
    """The Paper. A person is named, numbers are hidden; before it is announced its days stand in 【】."""
    is_firm = exemplar.kind == Exemplar.Kind.FIRM
    lines = _TITLES[exemplar.honour]
    made = Paper("".join(lines), title_lines=lines, on_grid=True)
    made.text(
        f"按照{exemplar.campaign.document_number}要求，经{exemplar.district.name}人社部门、工会、企业方评议推荐，{OFFICE}评定，"
        f"拟将下列{exemplar.get_kind_display()}{_AS[exemplar.honour]}，现予公示。"
    )
    made.facts([
        ("企业名称" if is_firm else "姓名", exemplar.subject),
        *([] if is_firm else [("单位和职务", exemplar.unit)]),
        ("经验名称", exemplar.title),
        ("推荐区市", exemplar.district.name),
    ])  # fmt: skip
    made.heading("一、主要做法")
    made.text(masked(exemplar.measures) or "【没有填写】")
    made.heading("二、主要成效")
    made.text(masked(exemplar.result) or "【没有填写】")
    made.heading("三、公示期")
    made.text(_days(exemplar))
    made.heading("四、反映方式")
    made.text(
        f"公示期间如有异议，请以书面形式向{OFFICE}或者{exemplar.district.name}人社部门反映，写明依据；反映人的信息依法保密。"
        "联系电话：【请填写】。"
    )
    made.signature(OFFICE, on=exemplar.announced_on)
    return made


def _days(exemplar):
    if exemplar.announced_on is None:
        return "【请填写公示起止日期】。"
    term = criteria.term("notice", exemplar.announced_on)
    return f"{_day(exemplar.announced_on)}至{_day(exemplar.notice_until)}，自公示次日起{term.number}{term.unit}。"


def _day(day):
    return f"{day.year}年{day.month}月{day.day}日"
