"""The list of those who go, out of a spreadsheet: looked at first, then entered, all of them or none.

No sentence about a row repeats what the row says of a person.
"""

from datetime import date

import xlsxwriter

from casework import personal

HEADINGS = {"name": "姓名", "id_number": "身份证号码", "phone": "手机号码", "post": "岗位", "hired_on": "入职日期"}
OPTIONAL = {"phone", "post", "hired_on"}
MOST_ROWS = 5_000
_LONGEST = {"name": 50, "post": 60}


def read(heads, rows):
    """(people, problems): each person a dict as Layoff.enlist takes it; with problems, sentences, none counts."""
    heads = [str(head).strip() for head in heads]
    if problems := list(_wrong_heads(heads)):
        return [], problems
    places = {name: heads.index(heading) for name, heading in HEADINGS.items() if heading in heads}
    people, problems, seen = [], [], {}
    for line, row in enumerate(rows, start=2):
        told = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        person, faults = _person(told)
        if (same := seen.setdefault(person["id_number"], line)) != line and person["id_number"]:
            faults.append(f"身份证号码与第{same}行相同")
        problems += [f"第{line}行：{fault}。" for fault in faults]
        people.append(person)
    return people, problems


def _wrong_heads(heads):
    missing = [heading for name, heading in HEADINGS.items() if name not in OPTIONAL and heading not in heads]
    unknown = [heading for heading in heads if heading and heading not in HEADINGS.values()]
    twice = sorted({heading for heading in heads if heading and heads.count(heading) > 1})
    if missing:
        yield f"缺少列：{'、'.join(missing)}。请按样表的表头填写。"
    if unknown:
        yield f"不认识的列：{'、'.join(unknown)}。请删去，或改成样表的表头。"
    if twice:
        yield f"重复的列：{'、'.join(twice)}。请只保留一列。"


def _person(told):
    """(person, faults) of a row."""
    words = {name: str(told.get(name, "")).strip() for name in HEADINGS}
    person = words | {"id_number": words["id_number"].upper(), "hired_on": None}
    faults = [] if words["name"] else ["请填写姓名"]
    faults += [f"{HEADINGS[name]}不超过{most}个字" for name, most in _LONGEST.items() if len(words[name]) > most]
    if not isinstance(told["id_number"], str):
        faults.append("身份证号码须以文本格式填写：Excel 会改动长数字的末几位")
    elif fault := personal.id_fault(person["id_number"]):
        faults.append(fault)
    if words["phone"] and (fault := personal.phone_fault(words["phone"])):
        faults.append(fault)
    if words["hired_on"]:
        try:
            person["hired_on"] = date.fromisoformat(words["hired_on"].replace("/", "-").replace(".", "-"))
        except ValueError:
            faults.append("入职日期请写成 2019-03-01 的样子")
    return person, faults


def masked(people):
    """What the preview shows of them."""
    return [
        (personal.masked_name(each["name"]), personal.masked_id(each["id_number"]),
         personal.masked_phone(each["phone"]), each["post"], each["hired_on"])
        for each in people
    ]  # fmt: skip


def packed(people):
    """As plain values, to be sealed; `unpacked` is the way back."""
    return [each | {"hired_on": each["hired_on"] and each["hired_on"].isoformat()} for each in people]


def unpacked(told):
    return [each | {"hired_on": each["hired_on"] and date.fromisoformat(each["hired_on"])} for each in told]


def write_example(file):
    """Write the workbook to fill in: every column a text, so that no long number is changed, and one invented row."""
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("被裁减人员名单")
        sheet.set_column(0, len(HEADINGS) - 1, 22, book.add_format({"num_format": "@"}))
        sheet.write_row(0, 0, HEADINGS.values(), book.add_format({"bold": True}))
        for place, words in enumerate(_EXAMPLE):
            sheet.write_string(1, place, words)


# The area 371099 is given to nobody.
_EXAMPLE = ("样例（请删除本行）", "371099199001010014", "13800001234", "操作工", "2018-03-01")
