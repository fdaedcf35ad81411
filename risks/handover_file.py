"""The complete file of a hand-over: the letter with all that is known of the case, and its attachments."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import PurePath

from django.utils import timezone

from casework.attachments import Attachment
from casework.documents import Paper, in_words
from casework.intake import clean_name

from . import inspection_document, prescription_document
from .models import Arrears, Finding, Inspection, Prescription, Rectification

TITLE = "劳动保障监察案件移交书"
INDEX, FOLDER = "案卷材料目录", "案卷材料"


def letter(handover, sender, reader):
    """The Paper of the letter from the organisation `sender`, with a list of the attachments; the last is the index."""
    enterprise = handover.enterprise
    paper = Paper(TITLE, sender=sender, subject=enterprise.name)
    paper.addressee(handover.recipient)
    paper.text(
        f"我单位在开展{handover.campaign.title}（{handover.campaign.document_number}）工作中，发现{enterprise.name}"
        f"涉嫌违反劳动保障法律、法规，属于劳动保障监察事项，现将有关材料移交你单位依法处理。"
    )
    paper.heading("一、企业基本情况")
    paper.facts(_particulars(enterprise))
    paper.heading("二、移交事项和基本事实")
    paper.text(handover.get_subject_display(), label="移交事项：")
    paper.text(handover.facts, label="基本事实：")
    if handover.workers:
        paper.text(f"{handover.workers}人", label="涉及人数：")
    if handover.amount:
        paper.text(f"{handover.amount / 100:,.2f}元", label="涉及金额：")
    paper.heading("三、涉嫌违反的规定")
    paper.text(handover.legal_basis)
    paper.heading("四、前期指导和整改情况")
    if handover.done_so_far:
        paper.text(handover.done_so_far)
    _what_went_before(paper, handover)
    paper.text("请在受理、立案和办结后，将结果告知我单位。")
    number = sum(1 for _ in _materials(handover, reader))
    held = f"{INDEX}及所列材料（{number}件）" if number else INDEX
    paper.attachments([*(name for name, _ in _attachments(handover)), held])
    paper.signature(sender.name, on=handover.sent_on or handover.drafted_on)
    return paper


def archive(handover, sender, reader):
    """A ZIP with the letter, its attachments under the numbers that the letter gives them, and the case's materials.

    The materials are those of the enterprise that `reader` may see; their index is the last attachment. An open file.
    """
    materials = list(_materials(handover, reader))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{TITLE}.docx", letter(handover, sender, reader).content)
        attached = _attachments(handover)
        for number, (name, attachment) in enumerate(attached, start=1):
            _pack(packed, f"附件{number}_{name}", attachment)
        packed.writestr(f"附件{len(attached) + 1}_{INDEX}.docx", _index(handover, sender, materials).content)
        for number, material in enumerate(materials, start=1):
            name = f"{FOLDER}/{clean_name(f'{number:03}_{material.name}')}"
            if material.attachment:
                _pack(packed, name, material.attachment)
            else:
                packed.writestr(name, material.written().content)
    file.seek(0)
    return file


def _pack(packed, name, attachment):
    """Not deflated: photos, PDF and Office files are compressed by themselves."""
    entry = zipfile.ZipInfo(name, timezone.localtime(attachment.at).timetuple()[:6])
    with attachment.file.open() as source, packed.open(entry, "w") as target:
        shutil.copyfileobj(source, target)


def file_name(handover, ending):
    return f"{TITLE}_{handover.enterprise.name}.{ending}"


def _attachments(handover):
    """[(name, attachment)] in the order in which they came; the name without a path."""
    return [(PurePath(attachment.name).name, attachment) for attachment in Attachment.objects.on(handover)]


# ── What the portal holds of the case beside the letter ──────────────────────────────────────


@dataclass(frozen=True)
class Material:
    """One paper or file of the case: written by the portal (`written` makes its Paper) or attached to a record."""

    sort: str
    name: str
    on: date
    source: str
    written: Callable | None = None
    attachment: Attachment | None = None


def _materials(handover, reader):
    """体检, prescriptions, the ledger's evidence and what lies with the major risk, each in the order of its days."""
    mine = {"enterprise": handover.enterprise_id}
    visits = Inspection.objects.visible_to(reader).submitted().filter(**mine)
    for visit in visits.select_related("enterprise", "organisation", "checklist__checklist").order_by("visited_on"):
        said = f"{inspection_document.TITLE}_{visit.visited_on}.docx"
        paper = partial(inspection_document.written, visit)
        yield Material("体检记录", said, visit.visited_on, visit.organisation.name, written=paper)
        yield from _files_of(visit, "体检照片和材料")
    signed = Prescription.objects.visible_to(reader).filter(**mine, signed_on__isnull=False).order_by("signed_on", "id")
    for given in signed.select_related("enterprise", "organisation", "drafter"):
        if given.may_be_printed:
            paper = partial(prescription_document.written, given)
            source = given.organisation.name
            yield Material("用工处方", f"{given.reference}.docx", given.signed_on, source, written=paper)
        yield from _files_of(given, "处方附件")
    for item in Rectification.objects.visible_to(reader).filter(**mine).order_by("opened_on", "id"):
        yield from _files_of(item, f"整改凭证：{item.matter}")
    if handover.risk:
        yield from _files_of(handover.risk, "重大风险材料")


def _files_of(record, sort):
    for attachment in Attachment.objects.on(record):
        on, by = timezone.localdate(attachment.at), attachment.by
        source = by.organisation.name if by else ""
        yield Material(sort, PurePath(attachment.name).name, on, source, attachment=attachment)


def _index(handover, sender, materials):
    paper = Paper(INDEX, sender=sender, subject=handover.enterprise.name)
    paper.text(f"企业：{handover.enterprise.name}（{handover.enterprise.uscc}）")
    if materials:
        rows = [
            (number, material.sort, material.name, in_words(material.on), material.source)
            for number, material in enumerate(materials, start=1)
        ]
        paper.text(f"材料在“{FOLDER}”文件夹中，文件名以序号开头。")
        paper.table(("序号", "类别", "材料", "日期", "来源"), rows, widths=(14, 36, 42, 36, 28))
    else:
        paper.text("除移交书所附材料外，平台没有该企业的体检记录、用工处方和整改凭证。")
    return paper


def _particulars(enterprise):
    return (
        ("企业名称", enterprise.name),
        ("统一社会信用代码", enterprise.uscc),
        ("所属区市", enterprise.district.name),
        ("行业", enterprise.industry_name or enterprise.trade),
        ("职工人数", enterprise.heads and f"{enterprise.heads}人"),
        ("地址", enterprise.address),
        ("法定代表人", enterprise.legal_representative),
        ("联系人、电话", f"{enterprise.contact} {enterprise.phone}".strip()),
    )


def _what_went_before(paper, handover):
    """What the portal holds of the enterprise: visits and findings, prescriptions, items of the ledger, arrears."""
    mine = {"enterprise": handover.enterprise_id}
    visits = Inspection.objects.submitted().filter(**mine).order_by("visited_on")
    findings = Finding.objects.filter(**mine).select_related("item").order_by("found_on")
    _table(paper, "走访体检", ("日期", "情况"), visits, (46, 110),
           lambda row: (in_words(row.visited_on), row.situation or row.get_outcome_display()))  # fmt: skip
    _table(paper, "发现的问题", ("日期", "问题", "事实"), findings, (46, 50, 60),
           lambda row: (in_words(row.found_on), row.item.title, row.facts))  # fmt: skip
    prescriptions = Prescription.objects.filter(**mine, signed_on__isnull=False).order_by("signed_on")
    _table(paper, "用工处方", ("签发日期", "编号", "状态"), prescriptions, (46, 70, 40),
           lambda row: (in_words(row.signed_on), row.reference, row.get_state_display()))  # fmt: skip
    items = Rectification.objects.filter(**mine).order_by("opened_on")
    _table(paper, "整改事项", ("事项", "时限", "进展"), items, (74, 46, 36),
           lambda row: (row.matter, in_words(row.due_on), row.get_state_display()))  # fmt: skip
    arrears = Arrears.objects.known().filter(**mine).order_by("found_on")
    _table(paper, "欠薪登记", ("发现日期", "人数", "月数", "金额（元）", "状态"), arrears, (46, 22, 22, 38, 28),
           lambda row: (in_words(row.found_on), row.workers, row.months, f"{row.amount / 100:,.2f}",
                        row.get_state_display()))  # fmt: skip


def _table(paper, title, headings, rows, widths, cells):
    if rows := list(rows):
        paper.heading(f"{title}（{len(rows)}条）：", level=3)
        paper.table(headings, [cells(row) for row in rows], widths=widths)
