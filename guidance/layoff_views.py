"""Pages of lay-offs: the reports, those who go (masked, or in full for a reason), the files, the import of a list."""

import tempfile

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import proof
from accounts.roles import Can, may
from casework import access, deeds, exports, first_sheet, personal, spreadsheets
from casework.confined import NotTaken
from casework.lifecycle import MoveRefused
from casework.listings import Column, Kind
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today
from casework.views import attachment
from enterprises.models import Enterprise

from . import layoff_forms, layoff_imports, layoff_letters
from .layoff_listings import LAID_OFF, LAYOFFS
from .models import Layoff
from .tabs import tabs

_SECTION = {"section": "guidance"}
_SHOWN, _ON_PAGE = 50, 10
_LOOKED_AT_SECONDS = 3_600
MOST_BUTTONS = 4


# ── Lists ────────────────────────────────────────────────────────────────────────────────────


@may(Can.READ_GUIDANCE)
def layoff_list(request):
    return _list(request, LAYOFFS, "guidance/_layoffs.html", "从企业页面“接收裁员报告”登记。")


@may(Can.READ_LAID_OFF)
def laid_off(request):
    return _list(request, LAID_OFF, "guidance/_laid_off.html", "在裁员报告页面登记或者导入名单。")


def _list(request, listing, rows, empty):
    filters = listing.filtered(request.user, request.GET)
    context = {
        "tabs": tabs(request, listing.page), "listing": listing, "page_name": listing.page, "filters": filters,
        "page": page_of(filters.qs, request.GET, total=filters.total()), "rows": rows, "on": today(),
        "views": request.user.saved_views.filter(page=listing.page), "address": reverse(listing.page), "empty": empty,
    }  # fmt: skip
    response = render_list(request, "guidance/layoff_list.html", "enterprises/_case_list.html", _SECTION | context)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


@may(Can.READ_GUIDANCE)
def for_enterprise(request, pk):
    """Lay-offs of one enterprise: a part of its page, and a page of its own."""
    enterprise = visible_or_404(request.user, Enterprise.objects, pk)
    found = Layoff.objects.visible_to(request.user).filter(enterprise=enterprise)
    part = "guidance/_layoffs_of.html"
    begins = not enterprise.is_double and bool(Layoff.begun(enterprise).moves_for(request.user))
    context = {"enterprise": enterprise, "part": part, "layoffs": found, "begins": begins}
    return render(request, part if request.htmx else "guidance/layoffs_of.html", _SECTION | context)


# ── A report ─────────────────────────────────────────────────────────────────────────────────


@may(Can.READ_GUIDANCE)
def layoff(request, pk):
    found = visible_or_404(request.user, Layoff.objects.select_related("enterprise", "district"), pk)
    on = today()
    context = {
        "layoff": found, "on": on, "timeline": found.timeline, "faults": found.faults(),
        "clocks": _clocks(found, on), "buttons": _buttons(found, request.user), "hirings": found.hirings.all(),
        "helps": found.helps.tally(), "listed": found.people.count(),
        "lists": request.user.may(Can.REVEAL_LAID_OFF) and _may_enlist(found, request.user),
    }  # fmt: skip
    if request.user.may(Can.READ_LAID_OFF):
        people = found.people.select_related("layoff", "hiring").prefetch_related("helps")
        context["people"] = people[:_ON_PAGE]
    return render(request, "guidance/layoff.html", _SECTION | context)


def _buttons(record, user):
    """(the next steps, the rest) of what the person may do now and what is not moot: each (move, address)."""
    moves = [(move, record.move_url(move)) for move in record.moves_for(user) if not record.is_moot(move)]
    first = len(moves) if len(moves) <= MOST_BUTTONS else MOST_BUTTONS - 1
    return moves[:first], moves[first:]


def _clocks(record, on):
    """(what, Due, days left or None, when it was done) of the clocks that run or have run.

    A wait, and the term in which those laid off come first, are no deadlines: they are over, and nothing is late.
    """
    shown = []
    for label, due, done in record.clocks():
        if due:
            is_term = due.rule.waits or due.rule.name == "layoff.rehire"
            ended = done or (is_term and due.is_over(on))
            shown.append((label, due, None if ended else due.days_left(on), done))
    return shown


@may(Can.READ_GUIDANCE)
def take_in(request, enterprise):
    firm = visible_or_404(request.user, Enterprise.objects.current(), enterprise)
    return deeds.page(
        request, Layoff.begun(firm), layoff_forms.TakeInForm, template="guidance/layoff_begin.html",
        back=reverse("enterprises:detail", args=[firm.pk]), enterprise=firm, **_SECTION,
    )  # fmt: skip


def _deed(form_class):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_GUIDANCE)
    def view(request, pk):
        found = visible_or_404(request.user, Layoff.objects.select_related("enterprise"), pk)
        return deeds.page(request, found, form_class, template="guidance/layoff_deed.html", **_SECTION)

    return view


OF_A_LAYOFF = {form.move: _deed(form) for form in layoff_forms.OF_A_LAYOFF if form.move != "take_in"}


@may(Can.READ_GUIDANCE)
def receipt(request, pk):
    """收到回执 as a Word file, where one was given."""
    found = visible_or_404(request.user, Layoff.objects.select_related("enterprise", "district"), pk)
    if not found.receipt_number:
        return redirect(found)
    return layoff_letters.receipt(found).answer(f"收到回执_{found.enterprise.name}.docx")


@may(Can.READ_GUIDANCE)
def opinion(request, pk):
    """The labour authority's opinion as a Word file, where one was given."""
    found = visible_or_404(request.user, Layoff.objects.select_related("enterprise", "district"), pk)
    if found.advised_on is None:
        return redirect(found)
    return layoff_letters.opinion(found).answer(f"裁员意见_{found.enterprise.name}.docx")


# ── Those who go, in full ────────────────────────────────────────────────────────────────────


@may(Can.REVEAL_LAID_OFF)
def reveal(request, pk):
    """Names and numbers in full, for a reason; each look goes into the access log."""
    found = visible_or_404(request.user, Layoff.objects.select_related("enterprise"), pk)
    form, people = layoff_forms.ReasonForm(request.POST or None), ()
    if shown := request.method == "POST" and form.is_valid():
        people = list(found.people.all())
        told = f"被裁减人员完整信息，理由：{form.cleaned_data['reason']}"
        access.record(access.Kind.VIEW, subject=found, rows=len(people), note=told)
    context = {"layoff": found, "form": form, "people": people, "shown": shown, "listed": found.people.count()}
    status = 422 if request.method == "POST" and not shown else 200
    return _not_kept(render(request, "guidance/layoff_reveal.html", _SECTION | context, status=status))


@require_POST
@may(Can.REVEAL_LAID_OFF)
def export_full(request, pk):
    """The list in full as a workbook: for a reason, by whoever proves anew who they are."""
    found = visible_or_404(request.user, Layoff.objects.select_related("enterprise"), pk)
    form = layoff_forms.ReasonForm(request.POST)
    if not form.is_valid():
        context = {"layoff": found, "form": form, "listed": found.people.count()}
        return render(request, "guidance/layoff_reveal.html", _SECTION | context, status=422)
    if not proof.recent(request):
        return proof.ask(request, f"导出“{found}”名单的完整信息", downloads=True)
    reason, now, by = form.cleaned_data["reason"], timezone.now(), request.user
    invented = "（演示数据）" if settings.DEMONSTRATION else ""
    head = spreadsheets.Head(
        f"被裁减人员名单（完整信息）{invented}",
        (f"企业：{found.enterprise.name}", f"行数：{found.people.count()} 人", f"导出理由：{reason}",
         f"导出人：{by.organisation.name} {by.name}　导出时间：{timezone.localtime(now):%Y-%m-%d %H:%M}",
         "含敏感个人信息，仅限本次用途，用后删除。"),
    )  # fmt: skip
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    rows = spreadsheets.write_xlsx(file, head, _IN_FULL, found.people.all())
    access.record(access.Kind.EXPORT, subject=found, rows=rows, note=f"被裁减人员完整信息，理由：{reason}")
    return attachment(file, exports.file_name("被裁减人员名单", "xlsx", now), "xlsx")


_IN_FULL = (
    Column("number", "序号", Kind.WHOLE, lambda row: row.number),
    Column("name", "姓名", Kind.TEXT, lambda row: row.name),
    Column("id_number", "身份证号码", Kind.CODE, lambda row: row.id_number),
    Column("phone", "手机号码", Kind.TEXT, lambda row: row.phone),
    Column("post", "岗位", Kind.TEXT, lambda row: row.post),
    Column("hired_on", "入职日期", Kind.DATE, lambda row: row.hired_on),
)


def _not_kept(response):
    """No copy stays in the browser or on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


# ── The list out of a spreadsheet ────────────────────────────────────────────────────────────


@may(Can.REVEAL_LAID_OFF)
def import_people(request, pk):
    """A workbook is looked at, masked; what was looked at comes back sealed, and is entered whole."""
    found = visible_or_404(request.user, Layoff.objects.select_related("enterprise"), pk)
    if not _may_enlist(found, request.user):
        raise PermissionDenied("办理中的裁员报告才能登记名单，由所在区市人社部门办理。")
    if request.method != "POST":
        return _import_page(request, found)
    if "looked_at" in request.POST:
        return _enter(request, found)
    upload = request.FILES.get("file")
    if upload is None:
        return _import_page(request, found, problems=["请选择要导入的工作簿。"], status=422)
    try:
        heads, rows = first_sheet.of(upload, most=layoff_imports.MOST_ROWS)
    except NotTaken as refused:
        return _import_page(request, found, problems=[str(refused)], status=422)
    people, problems = layoff_imports.read(heads, rows)
    known = {person.id_number: person.number for person in found.people.all()}
    problems += [
        f"第{line}行：身份证号码与名单第{known[person['id_number']]}号相同。"
        for line, person in enumerate(people, start=2)
        if person["id_number"] in known
    ]
    if problems:
        return _import_page(request, found, problems=problems, people=people, status=422)
    looked_at = personal.seal([request.user.pk, found.pk, found.version, layoff_imports.packed(people)])
    return _import_page(request, found, people=people, looked_at=looked_at)


def _enter(request, found):
    try:
        person, pk, version, told = personal.unseal(request.POST["looked_at"], _LOOKED_AT_SECONDS)
        if (person, pk) != (request.user.pk, found.pk):
            raise personal.Unreadable
        found.enlist(by=request.user, on=today(), version=version, people=layoff_imports.unpacked(told))
    except personal.Unreadable:
        return _import_page(request, found, problems=["预览已经过期，请重新选择工作簿。"], status=422)
    except MoveRefused as refused:
        problem = f"预览之后有变动，一人也没有登记。{refused.sentence}"
        return _import_page(request, found, problems=[problem], status=409)
    messages.success(request, f"已登记 {len(told)} 人。")
    return redirect(found)


def _may_enlist(record, user):
    return any(move.name == "enlist" for move in record.moves_for(user))


def _import_page(request, found, *, problems=(), people=(), looked_at="", status=200):
    context = {
        "layoff": found, "problems": problems[:_SHOWN], "more_problems": max(0, len(problems) - _SHOWN),
        "people": layoff_imports.masked(people[:_SHOWN]), "number": len(people), "looked_at": looked_at,
        "headings": layoff_imports.HEADINGS, "optional": layoff_imports.OPTIONAL,
    }  # fmt: skip
    return _not_kept(render(request, "guidance/layoff_import.html", _SECTION | context, status=status))


@may(Can.REVEAL_LAID_OFF)
def import_example(request):
    """The workbook to fill in, every cell a text, with one invented row."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    layoff_imports.write_example(file)
    return attachment(file, "被裁减人员名单样表.xlsx", "xlsx")
