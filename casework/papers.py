"""Documents that are kept as they came: PDF, DOCX and XLSX without anything that acts when they are opened.

Runs in the child (casework.confined).
"""

import re
import zlib

from . import archives
from .confined import NotTaken

UNPACKED_BYTES = 100 * 2**20
CONTAINER_BYTES = 20 * 2**20  # of the containers of a PDF's objects together; they hold words alone
_PASSWORD = "PDF设有密码或加密，无法检查，没有收下；请去掉密码后重新上传。"  # noqa: S105
_ACTIVE = "PDF里带有脚本、附件或会自动执行的内容，没有收下；请用“打印为PDF”另存后重新上传。"
_PDF_DAMAGED = "PDF不完整或已损坏，没有收下；请重新生成后上传。"
_NOT_THAT = "扩展名与内容不符，没有收下；请用 Office 或 WPS 打开后另存，再重新上传。"
_LINKED = "文件引用了外部的模板、图片或工作簿，没有收下；请断开外部链接，或另存为 PDF 后重新上传。"
_MACROS = "文件带有宏，没有收下；请另存为不带宏的 DOCX、XLSX 或 PDF 后重新上传。"
MAIN_PART = {
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}

# ── Office ─────────────────────────────────────────────────────────────────────────────────────

_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.S)
_FIELD_CODES = re.compile(rb"<w:instrText[^>]*>[^<]*\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE)\b", re.I)


def check_office(file, ending):
    """Check a DOCX or XLSX in the open `file`; `ending`: docx or xlsx. Raises NotTaken."""
    is_that = False
    for name, blocks in archives.parts(file, unpacked_bytes=UNPACKED_BYTES):
        tail = b""
        for block in blocks:
            seen = tail + _utf_8(block)
            if name == "[Content_Types].xml":
                if b"macroEnabled" in seen or b"vbaProject" in seen:
                    raise NotTaken(_MACROS)
                is_that = is_that or MAIN_PART[ending] in seen
            elif name.lower().endswith(".rels"):
                _check_relations(seen)
            elif ending == "docx" and _FIELD_CODES.search(seen):
                raise NotTaken(_LINKED)
            tail = seen[-4096:]
    if not is_that:
        raise NotTaken(_NOT_THAT)


def _utf_8(block):
    """XML of two bytes a letter, as if it were of one: only ASCII words are looked for."""
    return block.replace(b"\x00", b"") if block[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00<" in block[:8] else block


def _check_relations(text):
    """What a document fetches from elsewhere when it is opened. A hyperlink waits for a person to click it."""
    for relation in _RELATION.findall(text):
        if re.search(rb"TargetMode\s*=\s*[\"']External", relation, re.I) and not re.search(
            rb"/hyperlink[\"']", relation
        ):
            raise NotTaken(_LINKED)


# ── PDF ────────────────────────────────────────────────────────────────────────────────────────

# Long enough that compressed pictures do not hold them by chance; /JS never stands without /JavaScript.
_ACTIVE_NAMES = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)(?![A-Za-z])|/XFA\s*[\[\d]"
)
_STREAM = re.compile(rb"stream\r?\n")
_DICTIONARY_BYTES = 2_000
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def check_pdf(file):
    """Check a PDF in the open `file`. Raises NotTaken."""
    content = file.read()
    if not content.startswith(b"%PDF-"):
        raise NotTaken(_NOT_THAT)
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content:
        raise NotTaken(_PDF_DAMAGED)
    behind = content[end + 5 :]
    if len(behind) > 1024 or b"PK\x05\x06" in behind or b"<" in behind:
        raise NotTaken("PDF末尾接有其他内容，没有收下；请用“打印为PDF”另存后重新上传。")
    if b"PK\x05\x06" in content[-65_557:]:
        raise NotTaken(_NOT_THAT)
    _check_names(content)
    left = CONTAINER_BYTES
    for found in _STREAM.finditer(content):
        said = _plain(content[max(0, found.start() - _DICTIONARY_BYTES) : found.start()].rpartition(b" obj")[2])
        if b"/ObjStm" in said:  # a container of objects hides their names; pictures and texts need not be unpacked
            unpacked = _inflated(content, found.end(), left)
            left -= len(unpacked)
            _check_names(unpacked)


def _check_names(text):
    plain = _plain(text)
    if re.search(rb"/Encrypt(?![A-Za-z])", plain):
        raise NotTaken(_PASSWORD)
    if _ACTIVE_NAMES.search(plain):
        raise NotTaken(_ACTIVE)


def _plain(text):
    """Names as they are meant: /J#61vaScript is /JavaScript."""
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)


def _inflated(content, start, most):
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(content[start : start + 64 * 2**20], most)
    except zlib.error as error:
        raise NotTaken(_PDF_DAMAGED) from error
    if unpacking.unconsumed_tail:
        raise NotTaken("PDF压缩得不合常理，没有收下；请用“打印为PDF”另存后重新上传。")
    return text
