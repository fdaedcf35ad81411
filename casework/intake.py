"""What comes in as a file, in the order in which it is judged: size, ending, signature; then, in a child process
(casework.confined), the directory of an archive and the parsing itself.

Nothing of a file that is not taken stays: it is judged where the upload put it, and kept only when it has passed.
"""

import hashlib
import re
import tempfile
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath

from django.conf import settings

from .confined import Child, NotTaken

LONGEST_NAME = 100  # letters, ending included
_SAVE_ANEW = "请用 Office 或 WPS 打开，另存为 DOCX、XLSX 或 PDF 后重新上传。"
_UNPACK = "请先解压，再把里面的文件逐个上传。"
_AS_JPEG = "请转换为 JPG 或 PNG 后重新上传；手机可把拍照格式改为“兼容性最佳”。"
# What comes instead, and what to do about it.
_ADVICE = {
    ".doc": _SAVE_ANEW, ".xls": _SAVE_ANEW, ".wps": _SAVE_ANEW, ".et": _SAVE_ANEW, ".rtf": _SAVE_ANEW,
    ".odt": _SAVE_ANEW, ".ods": _SAVE_ANEW, ".xlsb": _SAVE_ANEW, ".ppt": _SAVE_ANEW, ".pptx": _SAVE_ANEW,
    ".docm": f"文件可能带有宏。{_SAVE_ANEW}", ".xlsm": f"文件可能带有宏。{_SAVE_ANEW}",
    ".zip": _UNPACK, ".rar": _UNPACK, ".7z": _UNPACK, ".gz": _UNPACK, ".tar": _UNPACK,
    ".heic": _AS_JPEG, ".heif": _AS_JPEG, ".webp": _AS_JPEG, ".gif": _AS_JPEG, ".bmp": _AS_JPEG, ".tif": _AS_JPEG,
    ".tiff": _AS_JPEG, ".svg": _AS_JPEG,
    ".ofd": "请用阅读器打印为 PDF 后重新上传。", ".txt": "文字请直接填写在说明里。", ".csv": _SAVE_ANEW,
}  # fmt: skip


@dataclass(frozen=True)
class Sort:
    """A sort of file that is taken as an attachment."""

    ending: str
    endings: tuple[str, ...]
    media_type: str
    signature: bytes
    label: str


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
SORTS = (
    Sort("jpg", (".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff", "JPG 照片"),
    Sort("png", (".png",), "image/png", b"\x89PNG\r\n\x1a\n", "PNG 图片"),
    Sort("pdf", (".pdf",), "application/pdf", b"%PDF-", "PDF"),
    Sort("docx", (".docx",), f"{_OPEN_XML}.wordprocessingml.document", b"PK\x03\x04", "Word 文档"),
    Sort("xlsx", (".xlsx",), f"{_OPEN_XML}.spreadsheetml.sheet", b"PK\x03\x04", "Excel 工作簿"),
)
BY_ENDING = {ending: sort for sort in SORTS for ending in sort.endings}
ENDINGS = tuple(BY_ENDING)
IN_WORDS = "JPG、PNG、PDF、DOCX、XLSX"


@dataclass(frozen=True)
class Taken:
    """A file that has passed: what came, and the bytes that are to be kept."""

    name: str
    sort: Sort
    came_sha256: str
    content: bytes
    small: bytes = b""  # of a photo: a JPEG for lists
    facts: dict = field(default_factory=dict)  # of a photo: taken_at (ISO), latitude, longitude


def take(upload):
    """Judge an attachment (an UploadedFile). Returns Taken; raises NotTaken with a sentence for who sent it."""
    name = clean_name(upload.name)
    check_size(upload.size, settings.ATTACHMENT_MAX_BYTES)
    sort = _sort_of(name)
    _check_signature(upload, sort)
    with on_disk(upload) as (path, sha256), Child("casework.opening", sort.ending, path) as child:
        facts, made_anew = child.hear()
        _, small = child.hear()
        facts.pop("bytes")
        if made_anew:
            content = made_anew
        else:
            with open(path, "rb") as file:
                content = file.read()
    return Taken(name, sort, sha256, content, small, facts)


def check_size(size, most):
    if not size:
        raise NotTaken("文件是空的，没有收下；请检查后重新上传。")
    if size > most:
        raise NotTaken(f"文件超过 {megabytes(most)}，没有收下；请压缩图片或拆分文件后重新上传。")


def _sort_of(name):
    ending = PurePath(name).suffix.lower()
    if ending not in BY_ENDING:
        advice = _ADVICE.get(ending, f"只能上传 {IN_WORDS}。")
        raise NotTaken(f"不能上传{f'“{ending}”文件' if ending else '没有扩展名的文件'}，没有收下。{advice}")
    return BY_ENDING[ending]


def _check_signature(upload, sort):
    upload.seek(0)
    start = upload.read(32)
    upload.seek(0)
    if start.startswith(sort.signature):
        return
    other = next((other for other in SORTS if start.startswith(other.signature)), None)
    if start[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
        raise NotTaken(f"这是 HEIC 照片，只是扩展名写作{sort.endings[0]}，没有收下。{_AS_JPEG}")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotTaken(f"这是旧版 Office 文件或设有密码，没有收下。{_SAVE_ANEW}")
    really = f"是{other.label}" if other else f"不是{sort.label}"
    raise NotTaken(f"扩展名是{sort.endings[0]}，内容却{really}，没有收下；请核对文件，或重新保存后上传。")


@contextmanager
def on_disk(upload):
    """(path, SHA-256) of an upload while it is judged: its bytes are read once, and gone afterwards."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(prefix="intake-") as file:
        for block in upload.chunks():
            digest.update(block)
            file.write(block)
        file.flush()
        yield file.name, digest.hexdigest()


_UNWANTED = re.compile(r'[<>:"|?*/\\]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)  # devices of Windows, whatever the ending


def clean_name(name):
    """A file's name as it may stand in a list, a header and a folder of any system.

    Its last part only, without characters that cannot be seen (among them those that turn the direction of writing, so
    that gpj.exe reads as exe.jpg), cut to LONGEST_NAME with the ending kept.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(" " if letter.isspace() else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    name = re.sub(r" +", " ", _UNWANTED.sub("_", name)).strip(" .")
    path = PurePath(name or "附件")
    stem, ending = path.stem, path.suffix
    if _RESERVED.match(name):
        stem = f"_{stem}"
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}"[-LONGEST_NAME:]


def megabytes(size):
    return f"{size / 2**20:,.0f} MB"
