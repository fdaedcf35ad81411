"""Exports: a list written to a file. A short one comes at once; a long one is written in the background and kept.

So are files that are no single list, such as a workbook of several sheets or an archive of papers. An app registers
in its module `listings` what makes them,

    PACKAGE = register(Making("reports:package", "全市材料", Can.READ_REPORTS, write))

and a view asks for one with a title and a query that `write` understands, then leads to `casework:exports`, where the
person sees the progress, why it failed, and fetches it:

    exports.ask_file(PACKAGE, "全市总结材料", "campaign=3", "zip", by=request.user, now=timezone.now())
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Count, Window
from django.utils import timezone

from accounts.roles import Can

from . import access, spreadsheets, wall
from .jobs import Refused, work
from .listings import LISTINGS, conditions, parameters_of
from .models import Export, Job

_OPEN_XML = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "csv": "text/csv; charset=utf-8", "xlsx": f"{_OPEN_XML}.spreadsheetml.sheet",
    "docx": f"{_OPEN_XML}.wordprocessingml.document", "zip": "application/zip",
}  # fmt: skip
CHUNK = 2_000
MAKINGS = {}


@dataclass(frozen=True)
class Making:
    """A sort of file that is not one list, and what makes it.

    `write(file, asked, format, *, by, at, tell)` writes into an open binary file what `asked` (a QueryDict) names, as
    far as `by` may see it, tells `tell(done, total, message)` how far it is, and returns the number of rows of lists in
    it, by which a person proves anew who they are. Raises casework.jobs.Refused with a sentence.
    """

    page: str  # the name under which exports keep it; no list has it
    title: str
    capability: Can  # what a person needs, beside Can.EXPORT, to ask for one and to fetch it
    write: Callable


def register(making):
    MAKINGS[making.page] = making
    return making


def source(page):
    """The list or the Making of an export; None where the portal has it no longer."""
    return LISTINGS.get(page) or MAKINGS.get(page)


def allowed(user, source):
    return user.may(Can.EXPORT) and user.may(source.capability)


def is_long(listing, query, *, by):
    """Whether the list has more rows than are written while the person waits."""
    return _more_than(settings.EXPORT_DIRECT_ROWS, listing, query, by=by)


def is_bulk(listing, query, *, by):
    """Whether so many rows leave the portal that the person is to prove anew who they are."""
    return _more_than(settings.STEP_UP_ROWS, listing, query, by=by)


def _more_than(number, listing, query, *, by):
    rows = listing.filtered(by, parameters_of(query)).qs.order_by()
    return rows[: number + 1].count() > number


def ask(listing, query, format, *, by, now, token=None):
    """Have a list written in the background. Asked again while it is under way, it is the same export.

    `token`: the client that asks, whose file holds no more than the token may see.
    """
    words = conditions(listing.filtered(by, parameters_of(query)))
    return _asked(listing.page, listing.title, query, format, "export", words, by, now, token)


def ask_file(making, title, query, format, *, by, now, token=None):
    """Have a file made in the background, called `title` in the list and when it is fetched."""
    return _asked(making.page, title, query, format, "file", "", by, now, token)


@transaction.atomic
def _asked(page, title, query, format, kind, words, by, now, token):
    same = Export.objects.filter(owner=by, page=page, query=query, format=format, token=token)
    underway = same.filter(job__in=Job.objects.underway()).first()
    if underway:
        return underway
    export = Export.objects.create(
        owner=by, page=page, title=title, query=query, format=format, token=token,
        expires_at=now + timedelta(days=settings.EXPORT_DAYS),
    )  # fmt: skip
    export.job = Job.objects.ask(kind, key=f"export:{export.pk}", by=by, export=export.pk, conditions=words)
    export.save(update_fields=["job"])
    return export


@work("file", "制作文件")
@work("export", "导出清单")
def write_export(job, progress):
    """The rights and the rows are those of the moment of writing, not of the moment of asking."""
    asked = Export.objects.select_related("owner__organisation__district", "token__holder__organisation__district")
    export = asked.filter(pk=job.arguments["export"]).first()
    if export is None:
        raise Refused("导出已取消。")
    made_of, reader, now = source(export.page), export.reader, timezone.now()
    if export.token and not export.token.state(now)[1]:
        raise Refused("提出这份导出的令牌已失效。")
    if made_of is None or not allowed(reader, made_of):
        raise Refused("您的岗位已没有导出这份清单的权限。")
    with tempfile.TemporaryFile() as file, wall.within(wall.reach_of(reader)):
        export.rows = _written(export, made_of, file, reader, now, progress)
        file.seek(0)
        export.file.save(f"{export.pk}.{export.format}", File(file), save=False)
    export.save(update_fields=["rows", "file"])
    return {"rows": export.rows}


def _written(export, made_of, file, reader, now, progress):
    if not isinstance(made_of, Making):
        return write(file, made_of, export.query, export.format, by=reader, at=now, tell=progress)
    rows = made_of.write(file, parameters_of(export.query), export.format, by=reader, at=now, tell=progress)
    access.record(access.Kind.EXPORT, by=reader, rows=rows, note=export.title)
    return rows


def drop(export):
    """Cancel or delete it, with its file, which goes once it is certain that the row does."""
    export.job.cancel()
    export.delete()
    if export.file:
        transaction.on_commit(lambda: export.file.delete(save=False))


def write(file, listing, query, format, *, by, at, tell=lambda done, total, message: None):
    """Write what `by` may see of a list into a binary file. Returns the number of rows; refuses rather than cuts."""
    filterset = listing.filtered(by, parameters_of(query))
    with closing(_counted(filterset.qs, tell, listing.unit)) as rows:
        total = next(rows)
        head = head_of(listing, filterset, query, total, by=by, at=at)
        most = spreadsheets.most_rows(format, head)
        if most and total > most:
            raise Refused(f"共 {total:,} {listing.unit}，超过一张 Excel 工作表的行数，请缩小条件，或导出 CSV。")
        written = spreadsheets.writer(format, on_paper=listing.on_paper)(file, head, listing.columns(by), rows)
    access.record(access.Kind.EXPORT, by=by, rows=written, note=f"{listing.title}：{conditions(filterset)}")
    return written


def head_of(listing, filterset, query, total, *, by, at):
    invented = "（演示数据）" if settings.DEMONSTRATION else ""
    lines = (
        f"范围：{by.district.name if by.district else '全市'}　条件：{conditions(filterset)}",
        f"行数：{total:,} {listing.unit}",
        *listing.notes(by, parameters_of(query)),
        f"导出人：{by.organisation.name} {by.name}　导出时间：{timezone.localtime(at):%Y-%m-%d %H:%M}",
    )
    return spreadsheets.Head(f"{listing.title}{invented}", lines)


def file_name(title, format, at):
    return f"{title}_{timezone.localtime(at):%Y%m%d_%H%M}.{format}"


def expire(now):
    """Delete what nobody may fetch any longer, and files that a broken-off attempt left. Returns how many exports."""
    old = Export.objects.filter(expires_at__lt=now)
    for export in old:
        export.file.delete(save=False)
    number, _ = old.delete()
    last_day = timezone.localdate(now) - timedelta(days=settings.EXPORT_DAYS + 1)
    for folder in (settings.MEDIA_ROOT / "exports").glob("????????"):
        if datetime.strptime(folder.name, "%Y%m%d").date() < last_day:
            shutil.rmtree(folder)
    return number


def _counted(queryset, tell, unit):
    """First how many rows there are, then the rows. Both come from one statement, so that they cannot differ."""
    with closing(queryset.annotate(rows_in_all=Window(Count("*"))).iterator(chunk_size=CHUNK)) as found:
        first = next(found, None)
        total = first.rows_in_all if first else 0
        yield total
        if first:
            yield first
        for number, row in enumerate(found, start=2):
            if number % CHUNK == 0:
                tell(number, total, f"已写入 {number:,} {unit}")
            yield row
