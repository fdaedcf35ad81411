"""Marks that a Word file of a report carries, so that it is known again when it comes back edited.

While a paper is made, its texts hold signs of the private use area: `section(key, text)` and `figure(code, shown)`.
`put` turns them into bookmarks, which Word, WPS and LibreOffice keep through editing, and bookmarks every other
paragraph as one of the paper's own. So whatever stands between a section's bookmark and the next one of any kind is
that section's text, also a paragraph added at its end. What the portal needs to know of the file (`carried`) lies in
a custom XML part.

Runs in the child too (casework.confined): no Django here.
"""

import hashlib
import re
from itertools import count

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

BEGIN, END, FIGURE = "\ue000", "\ue001", "\ue002"
_SIGNS = re.compile(f"[{BEGIN}{END}{FIGURE}]")
_BEGIN, _FIGURE = re.compile(f"{BEGIN}(\\w+){BEGIN}"), re.compile(f"{FIGURE}([\\w.]+){FIGURE}")
_PREFIX = "portal_"
_SECTION, _VALUE, _FIXED = f"{_PREFIX}section_", f"{_PREFIX}value_", f"{_PREFIX}paper_"
NAMESPACE = "urn:labour-relations-portal:report"


def plain(text):
    """`text` without signs that it may hold by itself."""
    return _SIGNS.sub("", text)


def section(key, text):
    return f"{BEGIN}{key}{BEGIN}{plain(text)}{END}"


def figure(code, shown):
    return f"{FIGURE}{code}{FIGURE}{plain(shown)}"


# ── Putting them in ──────────────────────────────────────────────────────────────────────────


def put(document, carried):
    """Turn the signs of a Document into bookmarks; `carried`: text that comes back as it is."""
    ids, inside, seen, fixed = count(10_000), False, set(), 0
    for paragraph in document.element.body.iter(qn("w:p")):
        text = _text(paragraph)
        key, code = _BEGIN.search(text), _FIGURE.search(text)
        name = _SECTION + key[1] if key else _VALUE + code[1].replace(".", "__") if code else None
        if name and name not in seen:  # a template may say a field twice; the first is the one that counts
            _bookmark(paragraph, name, next(ids))
            seen.add(name)
            inside = bool(key)
        elif not inside:
            fixed += 1
            _bookmark(paragraph, f"{_FIXED}{fixed}_{_digest(_plain_of(text))}", next(ids))
        if END in text:
            inside = False
        if _SIGNS.search(text):
            _clear(paragraph)
    _clear_beside(document)
    _carry(document, carried)


def _clear_beside(document):
    """Headers, footers and notes are nothing that comes back."""
    for part in document.part.package.iter_parts():
        if part is document.part:
            continue
        if hasattr(part, "element"):
            for paragraph in part.element.iter(qn("w:p")):
                _clear(paragraph)
        elif part.partname.endswith(".xml"):
            part._blob = _plain_of(part.blob.decode("utf-8", "replace")).encode()


def _text(paragraph):
    return "".join(part.text or "" for part in paragraph.iter(qn("w:t")))


def _clear(paragraph):
    """The signs and what stands between two of a kind go; they may lie in runs of their own."""
    for part in paragraph.iter(qn("w:t")):
        if part.text:
            part.text = _plain_of(part.text)


def _plain_of(text):
    return _SIGNS.sub("", _FIGURE.sub("", _BEGIN.sub("", text)))


def _bookmark(paragraph, name, number):
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    begin.set(qn("w:id"), str(number))
    begin.set(qn("w:name"), name)
    end.set(qn("w:id"), str(number))
    properties = paragraph.find(qn("w:pPr"))
    paragraph.insert(0 if properties is None else 1, begin)
    paragraph.append(end)


def _carry(document, carried):
    package = document.part.package
    name = package.next_partname("/customXml/item%d.xml")
    blob = f'<report xmlns="{NAMESPACE}">{carried}</report>'.encode()
    part = Part(PackURI(str(name)), "application/xml", blob, package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


# ── Reading them ─────────────────────────────────────────────────────────────────────────────


def carried(document):
    """What `put` was told; None where the file carries nothing of the portal's."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and not relation.is_external:
            blob = relation.target_part.blob
            if NAMESPACE.encode() in blob:
                return parse_xml(blob).text or ""
    return None


def read(document):
    """({section: text}, {code: shown}, [line]) as they stand in an edited file.

    What was deleted whole is not there. The lines are what was written outside the sections, or changed there. A line
    between a heading and its section's first paragraph is the section's, too.
    """
    texts, figures, beside, waiting, at = {}, {}, [], [], None
    for paragraph in document.element.body.iter(qn("w:p")):
        names = [mark.get(qn("w:name")) or "" for mark in paragraph.iter(qn("w:bookmarkStart"))]
        ours, said = [name for name in names if name.startswith(_PREFIX)], _shown(paragraph)
        if section := next((name for name in ours if name.startswith(_SECTION)), None):
            at = section.removeprefix(_SECTION)
            texts[at] = [*texts.get(at, []), *waiting, said]
            waiting = []
        elif ours:
            beside, waiting, at = beside + waiting, [], None
            figures |= {name.removeprefix(_VALUE).replace("__", "."): said for name in ours if name.startswith(_VALUE)}
            beside += [said] if any(_is_changed(name, said) for name in ours) else []
        elif at is not None:
            texts[at].append(said)
        else:
            waiting.append(said)
    beside = [line.strip() for line in beside + waiting if line.strip()]
    return {key: "\n".join(lines).strip() for key, lines in texts.items()}, figures, beside


def _is_changed(name, said):
    """Whether a paragraph of the paper's own no longer says what it did."""
    return name.startswith(_FIXED) and name.rpartition("_")[2] != _digest(said)


def _digest(text):
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:8]


def _shown(paragraph):
    """The text that a reader sees: what was struck out with changes tracked is gone."""
    return "".join(
        part.text or ""
        if part.tag == qn("w:t")
        else "\n" if part.tag in (qn("w:br"), qn("w:cr")) else "\t"
        for part in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:cr"), qn("w:tab"))
        if not (part.tag == qn("w:tab") and part.getparent().tag == qn("w:tabs"))
    )  # fmt: skip
