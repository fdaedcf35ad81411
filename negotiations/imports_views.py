"""Pages on which contracts from before are taken over from a spreadsheet: look first, then all of them or none."""

import io

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from accounts.roles import Can, may
from casework import first_sheet
from casework.confined import NotTaken
from casework.lifecycle import MoveRefused
from casework.today import today

from . import imports
from .models import Contract

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SALT = "negotiations.import"
_SHOWN = 50
_LOOKED_AT_SECONDS = 3_600


@may(Can.READ_CONSULTATIONS)
def choose(request):
    """A workbook is looked at; what was looked at comes back, signed, and is taken over."""
    if not Contract.lifecycle["take_over"].is_for(None, request.user) or request.user.sees_whole_city:
        raise PermissionDenied("已有合同由各区市的工会、人社部门登记。")
    if request.method != "POST":
        return _page(request)
    if "looked_at" in request.POST:
        return _take_over(request)
    upload = request.FILES.get("file")
    if upload is None:
        return _page(request, problems=["请选择要导入的工作簿。"], status=422)
    try:
        heads, rows = first_sheet.of(upload, most=imports.MOST_ROWS)
    except NotTaken as refused:
        return _page(request, problems=[str(refused)], status=422)
    problems = imports.look_at(imports.dataset_of(heads, rows), by=request.user, on=today())
    if problems:
        return _page(request, problems=problems, heads=heads, rows=rows, status=422)
    looked_at = signing.dumps([request.user.pk, heads, rows], salt=_SALT, compress=True)
    return _page(request, heads=heads, rows=rows, looked_at=looked_at)


def _take_over(request):
    try:
        person, heads, rows = signing.loads(request.POST["looked_at"], salt=_SALT, max_age=_LOOKED_AT_SECONDS)
        if person != request.user.pk:
            raise signing.BadSignature
        imports.take_over(imports.dataset_of(heads, rows), by=request.user, on=today())
    except signing.BadSignature:
        return _page(request, problems=["预览已经过期，请重新选择工作簿。"], status=422)
    except MoveRefused as refused:
        problem = f"预览之后有变动，一份也没有导入。{refused.sentence}"
        return _page(request, problems=[problem], heads=heads, rows=rows, status=409)
    messages.success(request, f"已导入 {len(rows)} 份合同。")
    return redirect("negotiations:contracts")


def _page(request, *, problems=(), heads=(), rows=(), looked_at="", status=200):
    context = {
        "section": "negotiations", "problems": problems[:_SHOWN], "more_problems": max(0, len(problems) - _SHOWN),
        "heads": heads, "rows": rows[:_SHOWN], "number": len(rows), "looked_at": looked_at,
        "headings": imports.HEADINGS, "optional": imports.OPTIONAL,
    }  # fmt: skip
    return render(request, "negotiations/import.html", context, status=status)


@may(Can.READ_CONSULTATIONS)
def example(request):
    """The workbook to fill in, with its headings and one invented row."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet("集体合同"), book.add_format({"bold": True})
        sheet.set_column(0, len(imports.HEADINGS) - 1, 20)
        sheet.write_row(0, 0, imports.HEADINGS.values(), bold)
        sheet.write_row(1, 0, _EXAMPLE)
    response = HttpResponse(file.getvalue(), content_type=_XLSX)
    response["Content-Disposition"] = content_disposition_header(True, "集体合同导入样表.xlsx")
    response["X-Content-Type-Options"] = "nosniff"
    return response


# The code is that of nobody: 371099 is no area.
_EXAMPLE = (
    "91371099MAXDEMA17A", "工资专项集体合同", "（样例，请删除本行）", "2023-03-01", "2023-03-01", "2024-02-29", 86,
    "2023-03-25",
)  # fmt: skip
