"""The first sheet of a small workbook, read in a child process (casework.confined).

    heads, rows = first_sheet.of(upload, most=5_000)

`python -m casework.first_sheet … <path> <most>` is the program of the child.
"""

import json
from datetime import date, datetime

from . import confined


def of(upload, *, most):
    """(headings, rows): texts, numbers, ISO dates; empty rows left out. Raises confined.NotTaken with a sentence."""
    from . import intake

    taken = intake.take(upload)
    if taken.sort.ending != "xlsx":
        raise confined.NotTaken("请上传 XLSX 工作簿；其他格式请用 Excel 或 WPS 另存为 XLSX 后重新上传。")
    with intake.on_disk(upload) as (path, _), confined.Child("casework.first_sheet", path, most) as child:
        _, body = child.hear()
    heads, *rows = json.loads(body) or [[]]
    if not rows:
        raise confined.NotTaken("第一张工作表里没有数据，请填写后重新上传。")
    return heads, rows


def _read(path, most):
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    except (CalamineError, IndexError):
        raise confined.NotTaken("读不出工作簿的第一张表，请用 Excel 或 WPS 打开、另存后重新上传。") from None
    rows = []
    for row in sheet.iter_rows():
        if any(cell not in ("", None) for cell in row):
            rows.append([_plain(cell) for cell in row])
        if len(rows) > int(most) + 1:
            raise confined.NotTaken(f"一次最多导入 {most} 行，请分开导入。")
    return rows


def _plain(cell):
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


if __name__ == "__main__":
    import python_calamine  # noqa: F401 - before the limits are taken on

    try:
        confined.say(json.dumps(_read(*confined.enter())).encode())
    except confined.NotTaken as refusal:
        confined.refuse(str(refusal))
    except MemoryError:
        confined.refuse(confined.TOO_MUCH)
