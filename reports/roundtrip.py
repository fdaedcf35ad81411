"""A report's paper that comes back edited in Word: what was changed in it, by hand, since the portal made it."""

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from casework import intake
from casework.confined import Child, NotTaken

from . import carrying, wording
from .indicators import tables
from .indicators.catalogue import CATALOGUE, Heading, in_order
from .models.sections import MOST_CHARACTERS, Key
from .proofreading import FIGURE, UNITS, plain

_FETCH_ANEW = "请从“全部文件”重新下载 Word 文件，在下载的文件上修改后再交回。"
_NOT_OURS = f"这份文件不是平台生成的总结，或者另存、粘贴时丢掉了平台的标记，没有收下。{_FETCH_ANEW}"
_ALTERED = f"这份文件里的平台标记被改动过，没有收下。{_FETCH_ANEW}"
_OF_ANOTHER = "这是另一份总结的文件，没有收下；请核对区市和行动，到那份总结里交回。"
_SAME = "文件里的文字和数字与生成时一样，没有需要取用的修改。"
MOST_BYTES = 20 * 2**20
_MOST_BESIDE = 50
_LONG = 4_000  # letters of two paragraphs, above which they are shown as wholly different
_PIECE = re.compile(rf"\d[\d,]*(?:\.\d+)?(?:{UNITS})?|.", re.S)


@dataclass(frozen=True)
class Came:
    """What an edited paper says otherwise than when it was made.

    texts    {section: text in the paper}, of sections that were edited
    figures  [{code, name, was, now}] of the table's figures, as shown
    gone     sections that are not to be found in it
    beside   lines that were written or changed outside the sections
    """

    name: str
    sha256: str
    texts: dict
    figures: list
    gone: list
    beside: list


def take(upload, report):
    """The Came of an upload for `report`. Raises NotTaken with a sentence, and then nothing of it stays."""
    intake.check_size(upload.size, MOST_BYTES)
    taken = intake.take(upload)
    if taken.sort.ending != "docx":
        raise NotTaken("交回的须是 DOCX 文件，没有收下；请在 Word 或 WPS 里另存为 DOCX。")
    upload.seek(0)
    with intake.on_disk(upload) as (path, sha256), Child("reports.returning", path) as child:
        _, body = child.hear()
    said = json.loads(body)
    facts = _facts(said["carried"], report)
    texts = {key: "" if text == wording.or_blank("") else text for key, text in said["texts"].items()}
    edited = {key: text for key, text in texts.items() if key in Key.values and _is_edited(key, text, facts)}
    figures = _edited_figures(said["figures"], facts)
    if not edited and not figures:
        raise NotTaken(_SAME)
    if long := next((key for key, text in edited.items() if len(text) > MOST_CHARACTERS), None):
        raise NotTaken(f"“{Key(long).label}”超过 {MOST_CHARACTERS:,} 字，没有收下；请精简后重新交回。")
    gone = [key for key in facts["texts"] if key not in texts and facts["texts"][key] != carrying.digest("")]
    return Came(taken.name, sha256, edited, figures, gone, said["beside"][:_MOST_BESIDE])


def _facts(carried, report):
    if carried is None:
        raise NotTaken(_NOT_OURS)
    facts = carrying.facts(carried)
    if facts is None:
        raise NotTaken(_ALTERED)
    if facts.get("report") != report.pk:
        raise NotTaken(_OF_ANOTHER)
    return facts


def _is_edited(key, text, facts):
    return carrying.digest(text) != facts["texts"].get(key, carrying.digest(""))


def _edited_figures(figures, facts):
    then = facts["figures"]
    return [
        {"code": code, "name": CATALOGUE[code].name, "was": then[code], "now": shown.strip()}
        for code, shown in figures.items()
        if code in then and code in CATALOGUE and plain(shown) != plain(then[code])
    ]


# ── Figures in the text ──────────────────────────────────────────────────────────────────────


def figures_in_text(key, before, after, table, district):
    """[{code, name, unit, was, now, database}] of numbers with a unit that differ between two texts of a section.

    What agrees with the database as it stands in `table` needs no word. `code` and `database` are empty where
    the number was none of the catalogue's.
    """
    indicators = [each for each in in_order() if each.heading == key] if key in Heading.values else []
    shown = {each: table.shown(each.code, district) for each in indicators}
    right = {f"{plain(value)}{each.shown_in}" for each, value in shown.items()}
    found = []
    for was, now in _replaced(before, after):
        if (not was and now in right) or (now and now in right):
            continue
        number, unit = FIGURE.fullmatch(was or now).groups()
        meant = [each for each in indicators if each.shown_in == unit and plain(shown[each]) == number and was]
        found.append({
            "code": meant[0].code if len(meant) == 1 else "", "unit": unit, "was": was, "now": now,
            "name": "、".join(each.name for each in meant) or "文中数字",
            "database": f"{shown[meant[0]]}{unit}" if meant else "",
        })  # fmt: skip
    return found


def _replaced(before, after):
    """(figure before, figure after) in order; "" where one came or went."""
    for one, other in _blocks(before, after):
        for a, b in _differing(_PIECE.findall(one), _PIECE.findall(other)):
            was = [plain(each) for each in a if FIGURE.fullmatch(each)]
            now = [plain(each) for each in b if FIGURE.fullmatch(each)]
            yield from (pair for pair in zip_longest(was, now, fillvalue="") if pair[0] != pair[1])


def _blocks(before, after):
    """Runs of paragraphs that differ. Letters are compared within these alone, so that long texts take no time."""
    for a, b in _differing(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        one, other = "".join(a), "".join(b)
        if one != other:
            yield one, other


def _differing(one, other):
    for deed, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if deed != "equal":
            yield one[a:b], other[c:d]


def beside(before, after):
    """(left, right) for a page: the paragraphs of both texts, each a list of (words, whether they differ)."""
    left, right = [], []
    one, other = before.splitlines(), after.splitlines()
    for deed, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if deed == "equal":
            left += [[(line, False)] for line in one[a:b]]
            right += [[(line, False)] for line in other[c:d]]
            continue
        for was, now in zip_longest(one[a:b], other[c:d]):
            pieces = _pieces(was or "", now or "")
            left += [pieces[0]] if was is not None else []
            right += [pieces[1]] if now is not None else []
    return left, right


def _pieces(was, now):
    if not was or not now or len(was) + len(now) > _LONG:
        return [(was, True)], [(now, True)]
    left, right = [], []
    one, other = _PIECE.findall(was), _PIECE.findall(now)  # a figure differs as a whole
    for deed, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left += [("".join(one[a:b]), deed != "equal")] if b > a else []
        right += [("".join(other[c:d]), deed != "equal")] if d > c else []
    return left, right


def against_database(figures, report, on):
    """The table's edited figures beside what the records say as of the cut-off: [{code, name, unit, was, now,
    database}]."""
    known = [each for each in figures if each["code"] in CATALOGUE]  # of what the catalogue has still
    day = tables.cut_off(report.campaign, on)
    table = tables.of([CATALOGUE[each["code"]] for each in known], report.campaign, on=day, district=report.district_id)
    return [
        each | {"unit": CATALOGUE[each["code"]].shown_in,
                "database": table.shown(each["code"], report.district_id)}
        for each in known
    ]  # fmt: skip
