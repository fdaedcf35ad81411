"""Files that must not be taken, each with what is said of it, and odd ones that must: made anew in each run.

`ATTACHMENTS` and `DELIVERIES` are refused; `ODD_ATTACHMENTS` and `ODD_DELIVERIES` are taken. Content is made when asked
for, since some of it is large.
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

import xlsxwriter
from PIL import Image, PngImagePlugin


@dataclass(frozen=True)
class File:
    name: str
    content: object  # bytes, or what makes them
    why: str = ""  # part of the sentence
    rows: dict = field(default_factory=dict)  # of a delivery that is readable and of no use: refused rows by reason
    without: bytes = b""  # of an odd file that is taken: what must not be left in what is kept

    @property
    def bytes(self):
        return self.content() if callable(self.content) else self.content


# ── Pictures ───────────────────────────────────────────────────────────────────────────────────


def picture(format="JPEG", mode="RGB", size=(40, 30), **more):
    out = io.BytesIO()
    Image.new(mode, size).save(out, format, **more)
    return out.getvalue()


def noise(format, size=(200, 150)):
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, format)
    return out.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, pixels=None, depth=8, colour=0, before=b"", idat=True):
    """A PNG of its own making: the header may say what it likes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(pixels if pixels is not None else b"\0" * 100)) if idat else b""
    return b"\x89PNG\r\n\x1a\n" + head + before + body + chunk(b"IEND", b"")


def pixel_bomb():
    """A hundred million pixels in a hundred kilobytes."""
    packing, row = zlib.compressobj(9), b"\0" * 10_001
    packed = b"".join(packing.compress(row) for _ in range(10_000)) + packing.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg_of(width, height):
    """A small JPEG whose frame says another size."""
    content = bytearray(picture())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


# ── Archives ───────────────────────────────────────────────────────────────────────────────────


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    """Entries, (name or ZipInfo, content), as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def with_parts(content, *entries, method=zipfile.ZIP_DEFLATED):
    """A good archive with further parts."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", method) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


def altered(content, part, change):
    """A good archive with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, change(body) if entry.filename.endswith(part) else body)
    return out.getvalue()


def symlink(name="xl/media/image1.png", to="/etc/passwd"):
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry, to


def twice(content, part):
    """The same part a second time in the directory: archives of any size can be made of one."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        entry = archive.getinfo(part)
        again = zipfile.ZipInfo(f"{part}2")
        for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type", "flag_bits"):
            setattr(again, name, getattr(entry, name))
        archive.filelist.append(again)
        archive._didModify = True
    return out.getvalue()


def marked_encrypted(content):
    """All parts marked as having a password."""
    content = bytearray(content)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def bomb(name, megabytes=30):
    def make(content):
        return with_parts(content, (name, b"\0" * (megabytes * 2**20)))

    return make


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + b"ha" * 50 + b'">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
) + b"]><l>&j;</l>"  # fmt: skip
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
PARAMETER = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><x/>'
IN_UTF_16 = XXE.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16")
LATE = b"<!--" + b"x" * 200_000 + b"-->" + XXE.partition(b"?>")[2]
IN_UTF_7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>'

# ── Office ─────────────────────────────────────────────────────────────────────────────────────


def document():
    import docx

    out, written = io.BytesIO(), docx.Document()
    written.add_paragraph("整改情况说明")
    written.save(out)
    return out.getvalue()


def workbook(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows or [["项目", "金额"], ["工资", 1]]):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def relation(kind, target, mode="External"):
    def change(xml):
        added = f'<Relationship Id="rId99" Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/>'
        return xml.replace(b"</Relationships>", added.encode() + b"</Relationships>")

    return change


def in_body(xml):
    return lambda body: body.replace(b"<w:body>", b"<w:body>" + xml)


DDE = b"<w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe</w:instrText></w:r></w:p>"
FETCHED = b'<w:p><w:r><w:instrText>INCLUDEPICTURE "http://x/y.png"</w:instrText></w:r></w:p>'

# What an Office file may be spoiled with, whatever door it comes through: (what, change of a good one, sentence).
SPOILED = (
    ("截断", lambda good: good[: len(good) * 2 // 3], "损坏"),
    ("只有开头", lambda good: good[:60], "损坏"),
    ("压缩炸弹", bomb("docProps/x.xml"), "不允许的定义|损坏"),
    ("图片炸弹", bomb("media/image1.png"), "压缩得不合常理|解压后超过"),
    ("部件过多", lambda good: with_parts(good, *[(f"x/{n}", b"") for n in range(2_001)]), "多得不合常理"),
    ("重叠", lambda good: twice(good, "[Content_Types].xml"), "压缩结构异常"),
    ("重名", lambda good: with_parts(good, ("[CONTENT_TYPES].xml", b"<x/>")), "压缩结构异常"),
    ("符号链接", lambda good: with_parts(good, symlink()), "压缩结构异常"),
    ("向上路径", lambda good: with_parts(good, ("../../etc/cron.d/x", b"x")), "压缩结构异常"),
    ("绝对路径", lambda good: with_parts(good, ("/etc/passwd", b"x")), "压缩结构异常"),
    ("盘符", lambda good: with_parts(good, ("C:/x", b"x")), "压缩结构异常"),
    ("反斜线", lambda good: with_parts(good, ("xl\\..\\..\\x", b"x")), "压缩结构异常"),
    ("方向字符", lambda good: with_parts(good, ("xl/\u202egnp.exe", b"x")), "压缩结构异常"),
    ("全角点", lambda good: with_parts(good, ("．．/x", b"x")), "压缩结构异常"),
    ("加密", marked_encrypted, "设有密码"),
    ("少见的压缩", lambda good: with_parts(good, ("x", b"x" * 99), method=zipfile.ZIP_BZIP2), "压缩结构异常"),
    ("宏", lambda good: with_parts(good, ("xl/vbaProject.bin", b"x")), "带有宏"),
    ("大写的宏", lambda good: with_parts(good, ("word/VBAPROJECT.BIN", b"x")), "带有宏"),
    ("旧式宏表", lambda good: with_parts(good, ("xl/macrosheets/sheet1.xml", b"<x/>")), "带有宏"),
    ("控件", lambda good: with_parts(good, ("word/activeX/activeX1.xml", b"<x/>")), "带有宏"),
    ("嵌入对象", lambda good: with_parts(good, ("word/embeddings/oleObject1.bin", OLE)), "嵌有其他文件"),
    ("嵌套压缩包", lambda good: with_parts(good, ("media/a.zip", zipped(("b", b"x")))), "嵌有其他文件"),
    ("图片名下的压缩包", lambda good: with_parts(good, ("media/image9.png", zipped(("b", b"x")))), "嵌有其他文件"),
    ("图片名下的程序", lambda good: with_parts(good, ("media/image8.png", EXE)), "嵌有其他文件"),
    ("外部实体", lambda good: with_parts(good, ("customXml/item9.xml", XXE)), "不允许的定义"),
    ("参数实体", lambda good: with_parts(good, ("customXml/item9.xml", PARAMETER)), "不允许的定义"),
    ("实体膨胀", lambda good: with_parts(good, ("customXml/item9.xml", LAUGHS)), "不允许的定义"),
    ("换编码的实体", lambda good: with_parts(good, ("customXml/item9.xml", IN_UTF_16)), "不允许的定义"),
    ("藏在注释后的实体", lambda good: with_parts(good, ("customXml/item9.xml", LATE)), "不允许的定义"),
    ("UTF-7", lambda good: with_parts(good, ("customXml/item9.xml", IN_UTF_7)), "损坏"),
    ("关系里的实体", lambda good: altered(good, "_rels/.rels", lambda xml: XXE), "不允许的定义"),
    ("后面接着别的", lambda good: good + b"<html>" * 20, "压缩结构异常|损坏"),
    ("前面接着别的", lambda good: zipped(("a", b"x"))[:40] + good, "压缩结构异常|损坏"),
)
# ── PDF ────────────────────────────────────────────────────────────────────────────────────────


def pdf(extra=b"", catalogue=b"", end=b"%%EOF\n"):
    return (
        b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R " + catalogue + b">> endobj\n"
        b"2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj\n" + extra + b"\nxref\n0 1\n"
        b"0000000000 65535 f \ntrailer <</Root 1 0 R /Size 3>>\nstartxref\n9\n" + end
    )


def container(text):
    """Objects packed together, as PDF 1.5 does."""
    packed = zlib.compress(text)
    head = f"5 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed)}>>\nstream\n".encode()
    return head + packed + b"\nendstream endobj"


SCRIPT = b"6 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj"

# ── Attachments ────────────────────────────────────────────────────────────────────────────────

ATTACHMENTS = [
    *[File(f"文件{ending}", EXE, f"不能上传“{ending}”文件") for ending in (
        ".exe", ".html", ".svg", ".js", ".php", ".lnk", ".bat", ".zip", ".rar", ".7z", ".heic", ".doc", ".xls", ".docm",
        ".xlsm", ".xlsb", ".pptx", ".rtf", ".gif", ".webp", ".bmp", ".tiff", ".csv", ".txt", ".ofd", ".mp4",
    )],
    File("没有扩展名", picture(), "没有扩展名"),
    File("照片.jpg.exe", EXE, "不能上传“.exe”"),
    File("照片\u202egpj.exe", EXE, "不能上传“.exe”"),
    File("照片.exe.", EXE, "不能上传“.exe”"),
    File("照片.ex\u200be", EXE, "不能上传“.exe”"),
    File("空.jpg", b"", "文件是空的"),
    File("空.docx", b"", "文件是空的"),
    File("过大.pdf", lambda: pdf(b"%" * 3 * 2**20), "文件超过 2 MB"),
    # another sort than the name says
    *[File(f"其实是别的{ending}", content, why) for ending, content, why in (
        (".jpg", HTML, "内容却不是JPG"), (".jpg", SVG, "内容却不是JPG"), (".jpg", pdf(), "内容却是PDF"),
        (".jpg", picture("PNG"), "内容却是PNG"), (".png", picture(), "内容却是JPG"), (".jpg", HEIC, "HEIC"),
        (".png", picture("GIF"), "内容却不是PNG"), (".jpg", picture("BMP"), "内容却不是JPG"),
        (".jpg", picture("WEBP"), "内容却不是JPG"), (".pdf", zipped(("a", b"x")), "内容却是Word"),
        (".pdf", EXE, "内容却不是PDF"), (".pdf", b"\n" + pdf(), "内容却不是PDF"), (".docx", OLE, "设有密码"),
        (".docx", b"hello", "内容却不是Word"), (".png", b"<?php system($_GET[0]);", "内容却不是PNG"),
        (".xlsx", b"a,b\n1,2\n", "内容却不是Excel"), (".docx", HTML, "内容却不是Word"),
    )],
    # pictures
    *[File("截断.jpg", noise("JPEG")[: 200 * part], "不完整") for part in (1, 3, 6)],
    *[File("截断.png", noise("PNG")[: 200 * part], "不完整") for part in (1, 5, 20)],
    File("只有签名.jpg", b"\xff\xd8\xff", "不完整"),
    File("只有签名.png", b"\x89PNG\r\n\x1a\n", "不完整"),
    File("乱码.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, "不完整"),
    File("坏校验.png", picture("PNG").replace(b"IDAT", b"IDAX"), "不完整"),
    File("没有像素.png", png(10, 10, idat=False), "不完整"),
    File("像素不够.png", png(4_000, 4_000), "不完整"),
    File("零宽.png", png(0, 10), "不完整"),
    File("怪位深.png", png(10, 10, depth=7), "不完整"),
    File("自称六万见方.png", png(60_000, 60_000), "像素"),
    File("自称极长.png", png(1, 2**31 - 1), "像素"),
    File("像素炸弹.png", pixel_bomb, "像素"),
    File("自称六万见方.jpg", jpeg_of(65_535, 65_535), "像素"),
    File("极宽.jpg", jpeg_of(65_000, 10), "像素"),
    File("零高.jpg", jpeg_of(40, 0), "不完整"),
    File("文字炸弹.png", png(10, 10, b"\0" * 110, before=chunk(
        b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 20 * 2**20, 9))), "不完整"),
    File("色彩特性炸弹.png", png(10, 10, b"\0" * 110, before=chunk(
        b"iCCP", b"k\0\0" + zlib.compress(b"\0" * 20 * 2**20, 9))), "不完整"),
    # PDF
    *[File(f"{what}.pdf", content, why) for what, content, why in (
        ("没有结尾", pdf(end=b""), "不完整"), ("只有开头", b"%PDF-1.7\n", "不完整"),
        ("截断", pdf(SCRIPT)[:120], "不完整"),
        ("脚本", pdf(SCRIPT), "带有脚本"), ("转写的脚本", pdf(SCRIPT.replace(b"Java", b"J#61va")), "带有脚本"),
        ("打包的脚本", pdf(container(SCRIPT)), "带有脚本"),
        ("打包又转写的脚本", pdf(container(SCRIPT.replace(b"Java", b"#4aava"))), "带有脚本"),
        ("启动程序", pdf(b"6 0 obj <</S /Launch /F (cmd.exe)>> endobj"), "带有脚本"),
        ("附件", pdf(catalogue=b"/Names <</EmbeddedFiles 7 0 R>>"), "带有脚本、附件"),
        ("动态表单", pdf(catalogue=b"/AcroForm <</XFA 8 0 R>>"), "带有脚本"),
        ("媒体", pdf(b"6 0 obj <</Subtype /RichMedia>> endobj"), "带有脚本"),
        ("提交表单", pdf(b"6 0 obj <</S /SubmitForm /F (http://x)>> endobj"), "带有脚本"),
        ("加密", pdf(catalogue=b"/Encrypt 9 0 R"), "设有密码"),
        ("打包的加密", pdf(container(b"<</Encrypt 9 0 R>>")), "设有密码"),
        ("接着压缩包", pdf() + zipped(("a", b"x")), "末尾接有其他内容"),
        ("接着网页", pdf() + HTML, "末尾接有其他内容"),
        ("接着许多", pdf() + b"\n" * 5_000, "末尾接有其他内容"),
        ("坏的容器", pdf(container(b"x").replace(b"\x78\x9c", b"\0\0")), "损坏"),
    )],
    File("容器炸弹.pdf", lambda: pdf(container(b" " * 40 * 2**20)), "压缩得不合常理"),
    # Office
    *[File(f"{what}.docx", lambda change=change: change(document()), why) for what, change, why in SPOILED],
    *[File(f"{what}.docx", lambda change=change, part=part: altered(document(), part, change), why)
      for what, part, change, why in (
        ("外部模板", "document.xml.rels", relation("attachedTemplate", "http://x/t.dotm"), "外部"),
        ("外部图片", "document.xml.rels", relation("image", "http://x/i.png"), "外部"),
        ("外部对象", "document.xml.rels", relation("oleObject", "http://x/o"), "外部"),
        ("共享目录", "document.xml.rels", relation("frame", r"\\10.0.0.1\x"), "外部"),
        ("执行命令的域", "document.xml", in_body(DDE), "外部"),
        ("取外部图片的域", "document.xml", in_body(FETCHED), "外部"),
        ("启用宏的类型", "[Content_Types].xml", lambda xml: xml.replace(
            b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"), "带有宏"),
    )],
    File("外部工作簿.xlsx", lambda: altered(workbook(), "workbook.xml.rels", relation("externalLink", "x.xlsx")),
         "外部"),
    File("是工作簿.docx", workbook, "扩展名与内容不符"),
    File("是文档.xlsx", document, "扩展名与内容不符"),
    File("是压缩包.docx", zipped(("a.txt", b"x")), "扩展名与内容不符"),
    File("空压缩包.docx", zipped(), "内容却不是Word"),
]  # fmt: skip

# ── Deliveries ─────────────────────────────────────────────────────────────────────────────────

CODE = "91371099MA0000000"  # with a check character that `deliveries` gives it
HEADER = "统一社会信用代码,企业名称,所属期,应纳税额,实缴税额"


def table(*rows, header=HEADER):
    return "\n".join([header, *rows, ""]).encode()


def line(code, period="202306", due="1", paid="1", name="某企业"):
    return f"{code},{name},{period},{due},{paid}"


def sheet(good, change):
    return altered(good, "sheet1.xml", change)


def deliveries(code):
    """Files about the enterprise with this code."""
    good = workbook(HEADER.split(","), [code, "某企业", "202306", 1, 1])
    chinese = "".join(f"{line(code, name='威海听澜水产有限公司')}\n" for _ in range(30))
    at_the_door = [
        *[File(f"数据{ending}", b"x", f"不能读取“{ending}”文件") for ending in (
            ".pdf", ".zip", ".rar", ".7z", ".gz", ".xlsm", ".xlsb", ".et", ".ods", ".docx", ".jpg", ".png", ".exe",
            ".html", ".json", ".xml", ".js",
        )],
        File("没有扩展名", table(line(code)), "没有扩展名"),
        File("税务.csv.exe", EXE, "不能读取“.exe”"),
        File("税务\u202evsc.exe", EXE, "不能读取“.exe”"),
        File("空.csv", b"", "文件是空的"),
        *[File(f"其实是{kind}.csv", content, f"内容却是 {kind} 文件") for kind, content in (
            (".pdf", pdf()), (".jpg", picture()), (".png", picture("PNG")), (".gif", picture("GIF")),
            (".rar", b"Rar!\x1a\x07\x00"), (".7z", b"7z\xbc\xaf\x27\x1c"), (".gz", b"\x1f\x8b\x08\0\0"), (".exe", EXE),
        )],
        File("其实是文字.xlsx", table(line(code)), "不是 Excel 工作簿"),
    ]  # fmt: skip
    unreadable = [
        File("网页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页格式"),
        File("网页.csv", b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "网页格式"),
        File("旧版XML.xls", b'<?xml version="1.0"?><Workbook/>', "不是表格文件"),
        File("写字板.csv", b"{\\rtf1 x}", "不是表格文件"),
        File("乱码.xls", OLE, "打不开"),
        File("加密.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "打不开"),
        File("带宏.xls", OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "带有宏"),
        *[File(f"{what}.xlsx", lambda change=change: change(good), why) for what, change, why in SPOILED],
        File("压缩包.xlsx", zipped(("一月.csv", table(line(code)))), "压缩包而不是工作簿"),
        File("文档.xlsx", document, "压缩包而不是工作簿"),
        File("文字里的实体.xlsx", lambda: altered(good, "sharedStrings.xml", lambda xml: LAUGHS), "不允许的定义"),
        File("表里的实体.xlsx", lambda: sheet(good, lambda xml: XXE), "不允许的定义"),
        File("表被截断.xlsx", lambda: sheet(good, lambda xml: xml[: len(xml) // 2]), "损坏"),
        File("没有表.xlsx", lambda: altered(good, "xl/workbook.xml", lambda xml: re.sub(
            b"<sheets>.*</sheets>", b"<sheets/>", xml)),
             "没有工作表"),
        File("行号过大.xlsx", lambda: sheet(good, lambda xml: xml.replace(b'r="2"', b'r="900000000"')),
             "行号超出范围"),
        File("列号过大.xlsx", lambda: sheet(good, lambda xml: xml.replace(b'r="A2"', b'r="ZZZZZZ2"')), "超过限度|损坏"),
        File("串号越界.xlsx", lambda: sheet(good, lambda xml: xml.replace(b"<v>0</v>", b"<v>99999</v>")), "损坏"),
        File("嵌套过深.xlsx", lambda: sheet(good, lambda xml: xml.replace(
            b"<sheetData>", b"<sheetData>" + b"<a>" * 200_000)), "损坏|超过限度|没有找到表头"),
        File("表炸弹.xlsx", lambda: sheet(good, lambda xml: xml.replace(
            b"<sheetData>", b"<sheetData>" + b" " * 30 * 2**20)), "压缩得不合常理"),
        File("表过多.xlsx", lambda: many_sheets(), "多得不合常理"),
        File("混编.csv", (HEADER + "\n" + chinese).encode() + chinese.encode("gb18030"), "不同编码"),
        File("乱字节.csv", bytes(range(128, 256)) * 400, "不同编码|没有找到表头"),
        File("一行五十兆.csv", lambda: b"1" * 50 * 2**20, "长得不合常理"),
        File("十万列.csv", b"a,b" * 100_000, "多得不合常理"),
        File("十万列.xlsx", lambda: wide(good), "多得不合常理|损坏|超过限度"),
        File("引号不配对.csv", table(f'{code},"某企业,202306,1,1', *[line(code)] * 200), "未配对的双引号"),
        File("巨大单元格.csv", lambda: table(f'{code},"{"x" * 3 * 2**20}",202306,1,1'), "过长的内容"),
        File("只有标记.csv", b"\xef\xbb\xbf", "没有找到表头"),
        File("只有空行.csv", b"\n" * 5_000, "没有找到表头"),
        File("只有零字节.csv", b"\0" * 5_000, "没有找到表头"),
        File("控制字符.csv", bytes(range(1, 9)) * 500, "没有找到表头"),
        File("UTF-7.csv", HEADER.encode("utf-7") + b"\n", "没有找到表头"),
        File("错标记.csv", b"\xff\xfe" + table(line(code)), "没有找到表头|不同编码"),
        File("邮件网页.xls", b"MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n=3Chtml=3E",
             "没有找到表头"),
        File("矢量图.csv", SVG, "没有找到表头"),
        File("没有表头.csv", "\n".join([line(code)] * 3).encode(), "没有找到表头"),
        File("缺列.csv", f"统一社会信用代码,企业名称,所属期,应纳税额\n{code},某企业,202306,1\n".encode(),
             "没有找到“实缴税额”"),
        File("程序代码.csv", b"import os\nos.system('x')\n" * 20, "没有找到表头"),
    ]  # fmt: skip
    useless = [
        File(f"{what}.csv", table(row), "没有可以入库的行", rows={reason: 1})
        for what, row, reason in (
            ("负数", line(code, due="-1"), "negative_amount"),
            ("括号负数", line(code, due='"(1,200)"'), "negative_amount"),
            ("文字", line(code, due="见附件"), "not_a_number"),
            ("非数", line(code, due="NaN"), "not_a_number"),
            ("无穷", line(code, due="Infinity"), "not_a_number"),
            ("科学记数", line(code, due="1e309"), "not_a_number"),
            ("巨大", line(code, due="9" * 40), "not_a_number"),
            ("公式", line(code, due="=1+1"), "not_a_number"),
            ("命令", line(code, due="=cmd|' /C calc'!A0"), "not_a_number"),
            ("全角公式", line(code, due="＝1+1"), "not_a_number"),
            ("空格子", line(code, due=""), "not_a_number"),
            ("两个小数点", line(code, due="1.2.3"), "not_a_number"),
            ("错位", line(code, due="16,821.02"), "not_a_number"),
            ("未来", line(code, period="209912"), "future_period"),
            ("十三月", line(code, period="202313"), "invalid_period"),
            ("零月", line(code, period="202300"), "invalid_period"),
            ("太早", line(code, period="190001"), "invalid_period"),
            ("季度", line(code, period="2023年二季度"), "invalid_period"),
            ("月份公式", line(code, period="=TODAY()"), "invalid_period"),
            ("代码含字母O", line(code.replace("0", "O")), "invalid_uscc"),
            ("代码成了数字", line("9.13711E+17"), "invalid_uscc"),
            ("代码短", line(code[:-1]), "invalid_uscc"),
            ("代码注入", line("' OR 1=1 --"), "invalid_uscc"),
            ("代码空", line(""), "invalid_uscc"),
        )
    ]
    return at_the_door, unreadable, useless


def many_sheets():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for _ in range(301):
            book.add_worksheet()
    return out.getvalue()


def wide(good):
    """Cells in a hundred thousand columns of one row."""
    cells = "".join(f'<c t="inlineStr"><is><t>{n}</t></is></c>' for n in range(100_000))
    return sheet(good, lambda xml: xml.replace(b"<sheetData>", f"<sheetData><row>{cells}</row>".encode()))


# ── Odd, and right ─────────────────────────────────────────────────────────────────────────────

TRAILER = b"<script>alert(1)</script>"


def odd_deliveries(code):
    good = workbook(HEADER.split(","), [code, "某企业", "202306", 1, 1])
    text = table(line(code)).decode()
    return [
        File("无标记UTF-16.csv", text.encode("utf-16-le")),
        File("大端.csv", ("\ufeff" + text).encode("utf-16-be")),
        File("UTF-32.csv", text.encode("utf-32")),
        File("国标.csv", text.encode("gb18030")),
        File("四字节汉字.csv", table(line(code, name="𠮷野家")).decode().encode("gb18030")),
        File("制表符.csv", text.replace(",", "\t").encode()),
        File("分号.txt", text.replace(",", ";").encode()),
        File("竖线.txt", text.replace(",", "|").encode()),
        File("全角逗号.csv", text.replace(",", "，").encode()),
        File("只有回车.csv", text.replace("\n", "\r").encode()),
        File("工作簿.csv", good),
        File("工作簿.xls", good),
        File("文字.xls", text.encode()),
        File("大写.CSV", text.encode()),
        File("方向\u202e字符.csv", text.encode()),
        File("公式名称.csv", table(line(code, name="=HYPERLINK(1)")), ""),
        File("掺零字节.csv", text.replace("某企业", "某\0企业").encode()),
        File("许多空行.csv", text.encode() + b"\n" * 300),
        File("许多空列.csv", "\n".join(row + "," * 500 for row in text.splitlines()).encode()),
        File("上有标题.csv", "税务局报送\n单位：元\n".encode() + text.encode()),
        File("格内换行.csv", table(f'{code},"某\n企业",202306,1,1')),
        File("引用外部.xlsx", altered(good, "workbook.xml.rels", relation("externalLink", "x.xlsx"))),
        File("自称很小.xlsx", sheet(good, lambda xml: xml.replace(b'ref="A1:E2"', b'ref="A1"'))),
        File("全角数字.csv", table(line(code, due="１，０００", paid="１"))),
    ]


def _exif():
    noted = Image.Exif()
    noted[0x010F] = TRAILER.decode()
    return noted


def _texts():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", TRAILER.decode())
    return texts


ODD_ATTACHMENTS = [
    File("渐进.jpg", picture(progressive=True)),
    File("印刷色.jpg", picture(mode="CMYK")),
    File("灰度.jpg", picture(mode="L")),
    File("大写.JPG", picture()),
    File("长扩展名.jpeg", picture()),
    File("一个像素.png", picture("PNG", size=(1, 1))),
    File("黑白.png", picture("PNG", "1")),
    File("没有调色板.png", png(10, 10, b"\0" * 110, colour=3)),
    File("调色板.png", picture("PNG", "P", transparency=0)),
    File("十六位.png", picture("PNG", "I;16")),
    File("灰度透明.png", picture("PNG", "LA")),
    File("注释里有脚本.jpg", picture(comment=TRAILER), without=TRAILER),
    File("相机信息里有脚本.jpg", picture(exif=_exif()), without=TRAILER),
    File("后接脚本.jpg", picture() + TRAILER, without=TRAILER),
    File("后接压缩包.jpg", picture() + zipped(("a", b"x")), without=b"PK\x05\x06"),
    File("文字里有脚本.png", picture("PNG", pnginfo=_texts()), without=TRAILER),
    File("后接脚本.png", picture("PNG") + TRAILER, without=TRAILER),
    File("普通.pdf", pdf()),
    File("末尾空行.pdf", pdf(end=b"%%EOF\r\n\r\n")),
    File("打开到某页.pdf", pdf(catalogue=b"/OpenAction [3 0 R /Fit]")),
    File("打包的对象.pdf", pdf(container(b"<</Type /Page>>"))),
    File("文档.docx", document),
    File("带网址.docx", lambda: altered(document(), "document.xml.rels", relation("hyperlink", "http://x.cn"))),
    File("带图片.docx", lambda: with_parts(document(), ("word/media/image1.png", picture("PNG")))),
    File("带公式.xlsx", lambda: workbook(["=1+1", -5])),
    File("CON.jpg", picture()),
    File("方向\u202e字符.jpg", picture()),
    File(f"{'很' * 120}.jpg", picture()),
]
