"""What is not taken in as a delivery at all: judged by size, ending and signature before a byte is kept."""

from pathlib import PurePath

from django.conf import settings

from casework.intake import clean_name, megabytes
from casework.jobs import Refused

READABLE = (".csv", ".txt", ".tsv", ".xlsx", ".xls")
_SAVE_AS_XLSX = "请用 Excel 或 WPS 打开，另存为 XLSX 或 CSV 后再交来。"
_UNPACK = "压缩包请先解压，把里面的表格文件交来。"
_FROM_A_DOCUMENT = "文档里的表格请复制到 Excel 或 WPS 表格，另存为 XLSX 后再交来。"
_NO_DATA = "PDF 和图片不能读取数据，请向来源部门索取原始表格。"
_ADVICE = {
    ".zip": _UNPACK, ".rar": _UNPACK, ".7z": _UNPACK, ".gz": _UNPACK,
    ".xlsm": f"不接收带宏的工作簿。{_SAVE_AS_XLSX}",
    ".doc": _FROM_A_DOCUMENT, ".docx": _FROM_A_DOCUMENT,
    ".pdf": _NO_DATA, ".jpg": _NO_DATA, ".png": _NO_DATA, ".gif": _NO_DATA,
    ".exe": "这是程序，不是表格。",
}  # fmt: skip
_SIGNATURES = {
    b"%PDF": ".pdf",
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG": ".png",
    b"GIF8": ".gif",
    b"Rar!": ".rar",
    b"7z\xbc\xaf": ".7z",
    b"\x1f\x8b": ".gz",
    b"MZ": ".exe",
    b"\x7fELF": ".exe",
}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def check(upload):
    """Raise Refused, with a sentence, for an upload (a Django File) that is no table by its size, name or beginning."""
    ending = PurePath(clean_name(upload.name)).suffix.lower()
    if upload.size == 0:
        raise Refused("文件是空的，没有收下。请检查来源部门导出的文件。")
    if upload.size > settings.DELIVERY_MAX_BYTES:
        raise Refused(f"文件超过 {megabytes(settings.DELIVERY_MAX_BYTES)}，没有收下。请按月份拆分后分几次交来。")
    if ending not in READABLE:
        raise Refused(f"不能读取“{ending or '没有扩展名的'}”文件，没有收下。{_ADVICE.get(ending, _SAVE_AS_XLSX)}")
    upload.seek(0)
    head = upload.read(8)
    upload.seek(0)
    for signature, kind in _SIGNATURES.items():
        # Two letters also begin a table: MZ of a program is followed by bytes that no text holds.
        if head.startswith(signature) and not (signature == b"MZ" and head.isascii() and head.decode().isprintable()):
            raise Refused(f"扩展名是 {ending}，内容却是 {kind} 文件，没有收下。{_ADVICE[kind]}")
    if ending == ".xlsx" and not head.startswith((_ZIP, _OLE)):
        raise Refused("扩展名是 .xlsx，内容却不是 Excel 工作簿，没有收下。请核对文件，或重新导出后再交来。")
