"""Everything of an issue in one ZIP, with a manifest of hashes by which each file can be known again.

    各区市/01环翠区/总结.docx, 总结.xlsx, 附件/…      of each submission that was summed up
    全市/总结.docx, 总结.xlsx
    manifest.json      each file with its SHA-256, size and source; each submission with the hashes of what was frozen
    SHA256SUMS         the same hashes as `sha256sum -c SHA256SUMS` reads them

A file is written to disk once, part by part: however many there are, the memory stays that of the largest Word file.
"""

import hashlib
import json
import tempfile
import zipfile
from contextlib import contextmanager
from datetime import UTC

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.roles import Can
from casework.attachments import Attachment
from casework.confined import NotTaken
from casework.intake import clean_name
from casework.jobs import Refused, work
from casework.models import Job
from casework.today import today

from . import papers, summary_books, summary_papers, workbooks
from .models import Bundle, BundledFile
from .models.reports import moment

BLOCK = 2**20
FORM = "威海三方专项行动总结清单 1"
_PACKED = {".docx", ".xlsx", ".jpg", ".png", ".pdf", ".zip"}  # are compressed themselves


@transaction.atomic
def ask(issue, *, by, on):
    """Have the bundle of an issue made in the background. Asked again while it is under way, it is the same one."""
    issue = type(issue).objects.select_for_update().get(pk=issue.pk)
    if underway := issue.bundles.filter(job__in=Job.objects.underway()).first():
        return underway
    bundle = Bundle.objects.create(issue=issue, by=by, asked_at=moment(on))
    bundle.job = Job.objects.ask("bundle", key=f"bundle:{bundle.pk}", by=by, bundle=bundle.pk)
    bundle.save(update_fields=["job"])
    return bundle


@work("bundle", "制作汇总文件包", needs=Can.SUM_UP)
def make_bundle(job, progress):
    bundle = Bundle.objects.select_related("issue__summary__campaign", "by__organisation").get(
        pk=job.arguments["bundle"]
    )
    with tempfile.TemporaryFile() as file:
        pack(bundle, file, tell=progress)
        bundle.name = f"专项行动总结（全市）第{bundle.issue.number}次印发.zip"
        bundle.file.save(f"{bundle.issue_id}-{bundle.pk}-{job.attempts}.zip", File(file), save=False)
    try:
        bundle.save()
    except BaseException:
        bundle.file.storage.delete(bundle.file.name)
        raise
    return {"bundle": bundle.pk}


def pack(bundle, file, *, tell=lambda done, total, message: None):
    """Write the ZIP of a bundle into the binary `file`, and note what is in it."""
    issue = bundle.issue
    submissions = list(
        issue.submissions.select_related("report__district", "report__campaign", "by__organisation").order_by(
            "district__rank"
        )
    )
    bundle.made_at, bundle.rows = moment(today()), 0
    bundle.files.all().delete()  # of an attempt before
    with Packed(file) as packed:
        for number, made in enumerate(submissions, start=1):
            tell(number - 1, len(submissions) + 1, f"正在写{made.report.district.name}的文件")
            bundle.rows += _of_a_district(packed, number, made, by=bundle.by)
        tell(len(submissions), len(submissions) + 1, "正在写全市总结")
        bundle.rows += _of_the_city(packed, issue, by=bundle.by)
        packed.tell_of(manifest(bundle, packed.files, submissions))
    BundledFile.objects.bulk_create(
        BundledFile(bundle=bundle, place=place, **each) for place, each in enumerate(packed.files, start=1)
    )
    bundle.bytes, bundle.sha256 = _measured(file)
    tell(len(submissions) + 1, len(submissions) + 1, "")


def _of_a_district(packed, number, made, *, by):
    """Returns the number of the ledger's items that are in it."""
    folder, what = f"各区市/{number:02}{made.report.district.name}", f"{made.report.district.name}第{made.number}次报送"
    with packed.file(f"{folder}/总结.docx", f"{what}的总结") as out:
        try:
            out.write(papers.report(papers.of_submission(made)).content)
        except NotTaken as refused:  # the office's own template does not take it
            raise Refused(str(refused)) from None
    with packed.file(f"{folder}/总结.xlsx", f"{what}的工作簿") as out, tempfile.TemporaryFile() as book:
        rows = workbooks.write(book, workbooks.of_submission(made, by=by))
        _copy(book, out)
    # Attachments are never changed; what came after this submission belongs to the next.
    for place, each in enumerate(Attachment.objects.on(made.report).filter(at__lte=made.at), start=1):
        with packed.file(f"{folder}/附件/{place:02}{clean_name(each.name)}", f"{what}的附件") as out:
            try:
                with each.file.open() as kept:
                    digest = _copy(kept, out)
            except FileNotFoundError:
                raise Refused(f"{made.report.district.name}的附件“{each.name}”找不到文件，请恢复备份后重试。") from None
        if digest != each.sha256:
            raise Refused(f"{made.report.district.name}的附件“{each.name}”与收到时不一致，请恢复备份后重试。")
    return rows


def _of_the_city(packed, issue, *, by):
    with packed.file("全市/总结.docx", f"{issue}的总结") as out:
        out.write(summary_papers.summary(*summary_papers.of_issue(issue)).content)
    with packed.file("全市/总结.xlsx", f"{issue}的工作簿") as out, tempfile.TemporaryFile() as book:
        rows = summary_books.write(book, summary_books.of_issue(issue, by=by))
        _copy(book, out)
    return rows


class Packed:
    """A ZIP that is written file by file; `files` is what the manifest tells of each."""

    def __init__(self, file):
        self._zip, self.files, self._moment = zipfile.ZipFile(file, "w", allowZip64=True), [], timezone.localtime()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._zip.close()

    @contextmanager
    def file(self, path, source):
        """A binary file to write `path` into; it is hashed as it goes by."""
        entry = zipfile.ZipInfo(path, self._moment.timetuple()[:6])
        ending = path[path.rfind(".") :].lower()
        entry.compress_type = zipfile.ZIP_STORED if ending in _PACKED else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self._zip.open(entry, "w", force_zip64=True) as inner:
            out = Hashing(inner)
            yield out
        self.files.append({"path": path, "bytes": out.bytes, "sha256": out.hexdigest(), "source": source})

    def tell_of(self, told):
        """Put the manifest in."""
        sums = "".join(f"{each['sha256']}  {each['path']}\n" for each in self.files)
        for path, content in (("manifest.json", told), ("SHA256SUMS", sums)):
            with self.file(path, "清单") as out:
                out.write(content.encode())


class Hashing:
    """What is written through it, on to another file, is counted and hashed. It cannot go back."""

    def __init__(self, file):
        self._file, self._digest, self.bytes = file, hashlib.sha256(), 0

    def write(self, part):
        self._digest.update(part)
        self.bytes += len(part)
        return self._file.write(part)

    def flush(self):
        self._file.flush()

    def hexdigest(self):
        return self._digest.hexdigest()


def _copy(source, out):
    """Copy a file from its beginning, part by part. Returns the SHA-256 of what went by."""
    digest = hashlib.sha256()
    source.seek(0)
    while part := source.read(BLOCK):
        digest.update(part)
        out.write(part)
    return digest.hexdigest()


def _measured(file):
    file.flush()
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while part := file.read(BLOCK):
        digest.update(part)
        size += len(part)
    file.seek(0)
    return size, digest.hexdigest()


# ── The manifest ─────────────────────────────────────────────────────────────────────────────


def manifest(bundle, files, submissions):
    """JSON: the files, and of each submission the hashes of its text and of the rows behind each figure."""
    issue = bundle.issue
    told = {
        "form": FORM,
        "campaign": {"title": issue.summary.campaign.title, "document": issue.summary.campaign.document_number},
        "issue": {"number": issue.number, "at": _iso(issue.at), "by": str(issue.by), "text_sha256": _hash(
            {"texts": issue.texts, "cases": issue.cases, "bodies": issue.bodies})},
        "made_at": _iso(bundle.made_at), "made_by": str(bundle.by),
        "files": files,
        "records": [_record(made) for made in submissions],
        "lacking": issue.lacking,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _record(made):
    """`behind_sha256`: of the numbers, versions and shares of the rows that make the figure (reports.freezing)."""
    figures = made.figures.values_list("code", "value", "rows", "behind")
    return {
        "district": made.district_id, "report": made.report_id, "submission": made.number, "at": _iso(made.at),
        "cut_off_on": made.cut_off_on.isoformat(), "by": str(made.by),
        "text_sha256": _hash({"texts": made.texts, "cases": made.cases, "bodies": made.bodies}),
        "figures": [
            {"code": code, "value": None if value is None else str(value.normalize()), "rows": rows,
             "behind_sha256": hashlib.sha256(bytes(behind)).hexdigest()}
            for code, value, rows, behind in figures.iterator(chunk_size=20)
        ],
    }  # fmt: skip


def _hash(told):
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _iso(at):
    return at.astimezone(UTC).isoformat(timespec="seconds")


# ── Knowing a file again ─────────────────────────────────────────────────────────────────────


def digest_of(upload):
    """SHA-256 of an uploaded file, read part by part."""
    digest = hashlib.sha256()
    for part in upload.chunks(BLOCK):
        digest.update(part)
    return digest.hexdigest()


def known(sha256):
    """(bundles, files of bundles) that have this hash, the newest first."""
    bundles = Bundle.objects.filter(sha256=sha256).select_related("issue__summary")
    files = BundledFile.objects.filter(sha256=sha256).select_related("bundle__issue__summary").order_by("-bundle")
    return list(bundles), list(files)


def namesakes(name):
    """Files of bundles that are called so, whatever is in them."""
    found = BundledFile.objects.filter(path__endswith=f"/{name}").select_related("bundle__issue")
    return list(found.order_by("-bundle")[:10])
