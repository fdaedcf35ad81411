"""Drafts of the sections, written from the figures by sentences: a district's (drafts.toml), the city's
(summary_drafts.toml)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .indicators import tables
from .indicators.catalogue import CATALOGUE, in_order
from .models.sections import Key

_FIGURE = re.compile(r"\{(most )?([a-z_.]+)\}")
_NAMED = 3  # how many districts a sentence names that tells who has the most


def drafts(report, *, on):
    """{section: text} as of the cut-off, or of `on` before it. Sentences without their leading figure go."""
    day = tables.cut_off(report.campaign, on)
    table = tables.of(in_order(), report.campaign, on=day, district=report.district_id)
    words = _words(report.campaign, day) | {"district": report.district.name}
    return _drafted("drafts.toml", _Figures(table, report.district_id), words)


def section(report, key, *, on):
    """The text of one section, as `drafts` writes it, at the cost of its own figures alone."""
    day = tables.cut_off(report.campaign, on)
    told = [CATALOGUE[code] for code in _codes("drafts.toml", key)]
    table = tables.of(told, report.campaign, on=day, district=report.district_id)
    words = _words(report.campaign, day) | {"district": report.district.name}
    return _written(_read("drafts.toml").get(key, ()), _Figures(table, report.district_id), words)


def _codes(file, key):
    """The figures that the sentences of a section ask for."""
    sentences = [sentence for paragraph in _read(file).get(key, ()) for sentence in paragraph]
    named = [name for each in sentences for _, name in _FIGURE.findall(each["text"] + each.get("else", ""))]
    return {code for code in [*named, *(each.get("if") for each in sentences)] if code in CATALOGUE}


def of_the_city(gathered):
    """{section: text} from what the districts submitted."""
    names = [standing.district.name for standing in gathered.lacking]
    words = _words(gathered.campaign, gathered.table.on) | {
        "counted": f"{len(gathered.counted)}个", "lacking": "、".join(names), "late": _late(gathered),
    }  # fmt: skip
    return _drafted("summary_drafts.toml", _Figures(gathered.table, None, gathered), words)


def _late(gathered):
    return "、".join(each.district.name for each in gathered.standings if each.is_late and each.submission)


def _words(campaign, day):
    return {
        "title": campaign.title, "number": campaign.document_number, "day": f"{day.year}年{day.month}月{day.day}日",
    }  # fmt: skip


@dataclass(frozen=True)
class _Figures:
    """Values of a district, or of all (None); `gathered` where sentences tell who has the most."""

    table: tables.Table
    district: str | None
    gathered: object = None

    def value(self, code):
        return self.table.value(code, self.district)

    def told(self, code):
        """128户次"""
        return f"{self.table.shown(code, self.district)}{CATALOGUE[code].shown_in}"

    def most(self, code):
        """荣成市128户次、环翠区96户次、文登区90户次"""
        places = [place for place in self.gathered.ranked(code) if place.value][:_NAMED]
        return "、".join(f"{place.district.name}{place.shown}{CATALOGUE[code].shown_in}" for place in places)


def _drafted(file, figures, words):
    sentences = _read(file)
    return {key: _written(sentences.get(key.value, ()), figures, words) for key in Key}


def _written(paragraphs, figures, words):
    written = ("".join(_told(each, figures, words) for each in paragraph) for paragraph in paragraphs)
    return "\n".join(filter(None, written))


def _told(sentence, figures, words):
    leading = sentence.get("if")
    if leading and not (words[leading] if leading in words else figures.value(leading)):
        return _filled(sentence.get("else", ""), figures, words)
    return _filled(sentence["text"], figures, words)


def _filled(text, figures, words):
    """`{risk.visits}` becomes 128户次, `{most risk.visits}` the districts that have the most, `{day}` the day."""

    def replace(found):
        most, name = found.groups()
        if name in words:
            return words[name]
        return figures.most(name) if most else figures.told(name)

    return _FIGURE.sub(replace, text)


@cache
def _read(file):
    """{section: [[sentence]]}, the sentences of each paragraph together."""
    return {
        key: [paragraph["sentences"] for paragraph in paragraphs]
        for key, paragraphs in tomllib.loads((Path(__file__).parent / file).read_text()).items()
    }
