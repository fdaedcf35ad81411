"""ZIP archives that Office files are made of: their directory is judged before a byte is unpacked, then what is
unpacked is counted as it comes, whatever the directory says of it.

Nothing is ever written out under a name that stands in an archive. Used in the child (casework.confined).
"""

import re
import stat
import unicodedata
import zipfile
import zlib
from xml.parsers import expat

from .confined import NotTaken

SIGNATURE = b"PK\x03\x04"
MOST_ENTRIES = 2_000
MOST_TIMES = 100  # unpacked over packed; spreadsheets come to 5 to 30, a bomb to 1,000
UNSUSPICIOUS = 5 * 2**20  # unpacked bytes up to which a part may be packed as tightly as it likes
BLOCK = 2**20
DAMAGED = "文件已损坏或设有密码；请用 Office 或 WPS 打开，去掉密码后另存，再重新上传。"
_ODD = "压缩结构异常，没有收下；请用 Office 或 WPS 打开后另存，再重新上传。"
_MACROS = "文件带有宏，没有收下；请另存为不带宏的 DOCX、XLSX 或 PDF 后重新上传。"
_NESTED = "文件里还嵌有其他文件或压缩包，没有收下；请去掉嵌入的对象，或另存为 PDF 后重新上传。"
_DEFINITIONS = "文件里有不允许的定义，没有收下；请用 Office 或 WPS 打开后另存，再重新上传。"
_MACRO_PARTS = re.compile(
    r"(^|/)(vbaproject(signature)?\w*\.bin|vbadata\.xml|macrosheets/|dialogsheets/|activex/)", re.I
)
_NESTED_PARTS = re.compile(
    r"(^|/)(embeddings/|package/)|\.(zip|rar|7z|gz|exe|dll|js|vbs|bat|docx?|xls[xmb]?|pptx?)$", re.I
)
_NESTED_STARTS = (SIGNATURE, b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"%PDF", b"\x7fELF")
_XML = (".xml", ".rels", ".vml")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    LookupError,
)


def parts(file, *, unpacked_bytes, needed=("", "")):
    """(name, blocks) of each part of the archive in the open `file`, blocks of bytes to be read to their end.

    `unpacked_bytes`: the most that all parts may come to. `needed`: how the name of a part ends that must be there,
    and what to say where there is none. Raises NotTaken as soon as something is amiss.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if not any(entry.filename.endswith(needed[0]) for entry in entries):
                raise NotTaken(needed[1] or DAMAGED)
            _check_directory(archive, entries)
            left = [unpacked_bytes]
            for entry in entries:
                if not entry.is_dir():
                    yield entry.filename, _unpacked(archive, entry, left, unpacked_bytes)
    except _BROKEN as error:
        raise NotTaken(DAMAGED) from error


def _check_directory(archive, entries):
    if len(entries) > MOST_ENTRIES:
        raise NotTaken(f"文件由{len(entries)}个部件组成，多得不合常理，没有收下；请另存后重新上传。")
    names = set()
    for entry in entries:
        name = entry.orig_filename
        if _leads_elsewhere(name) or stat.S_ISLNK(entry.external_attr >> 16) or name.lower() in names:
            raise NotTaken(_ODD)
        names.add(name.lower())
        if entry.flag_bits & 0x1:
            raise NotTaken(DAMAGED)
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise NotTaken(_ODD)
        if _MACRO_PARTS.search(name):
            raise NotTaken(_MACROS)
        if _NESTED_PARTS.search(name):
            raise NotTaken(_NESTED)
    _check_places(archive, entries)


def _leads_elsewhere(name):
    """A name that is no plain path inside the archive."""
    plain = unicodedata.normalize("NFKC", name)
    return (
        not name or "\\" in plain or ":" in plain or plain.startswith("/") or ".." in plain.split("/")
        or any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in name)
    )  # fmt: skip


def _check_places(archive, entries):
    """Parts lie one behind the other from the first byte on, and the archive ends with its own end.

    Parts that share their bytes make a bomb of any size; bytes before or behind them belong to another file.
    """
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end or (end == 0 and entry.header_offset != 0):
            raise NotTaken(_ODD)
        end = entry.header_offset + zipfile.sizeFileHeader + entry.compress_size
    if end > archive.start_dir:
        raise NotTaken(_ODD)
    file = archive.fp
    size = file.seek(0, 2)
    file.seek(size - zipfile.sizeEndCentDir - len(archive.comment))
    if file.read(4) != zipfile.stringEndArchive:
        raise NotTaken(_ODD)


def _unpacked(archive, entry, left, unpacked_bytes):
    """Blocks of one part. `left`: a list of one number, what may still be unpacked of the whole archive."""
    try:
        yield from _counted(archive, entry, left, unpacked_bytes)
    except _BROKEN as error:
        raise NotTaken(DAMAGED) from error


def _counted(archive, entry, left, unpacked_bytes):
    came, is_xml = 0, entry.filename.lower().endswith(_XML)
    with archive.open(entry) as part:
        while block := part.read(BLOCK):
            if came == 0:
                if block.startswith(_NESTED_STARTS):
                    raise NotTaken(_NESTED)
                if is_xml:
                    check_prolog(block)
            came += len(block)
            left[0] -= len(block)
            if left[0] < 0:
                size = f"{unpacked_bytes / 2**20:,.0f} MB"
                raise NotTaken(f"文件解压后超过{size}，没有收下；请拆分，或去掉多余的内容后重新上传。")
            if came > UNSUSPICIOUS and came > MOST_TIMES * max(1, entry.compress_size):
                raise NotTaken(
                    "文件压缩得不合常理，可能是压缩炸弹，没有收下；请用 Office 或 WPS 打开后另存，再重新上传。"
                )
            yield block


class _Root(Exception):
    """The root element has begun: definitions can stand only before it."""


def check_prolog(start):
    """Refuse definitions (<!DOCTYPE, <!ENTITY) in front of an XML part, in whatever encoding it hides them."""
    parser = expat.ParserCreate()

    def refuse(*_):
        raise NotTaken(_DEFINITIONS)

    def root(*_):
        raise _Root

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, root
    try:
        parser.Parse(start, False)
    except _Root:
        return
    except expat.ExpatError as error:
        raise NotTaken(DAMAGED) from error
    raise NotTaken(_DEFINITIONS)  # a megabyte without an element
