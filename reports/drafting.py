"""Drafts of the report's sections, written from the figures by the sentences of drafts.toml."""

import re
import tomllib
from functools import cache
from pathlib import Path

from .indicators import tables
from .indicators.catalogue import CATALOGUE, in_order
from .models.sections import Key

_FIGURE = re.compile(r"\{([a-z_.]+)\}")


def drafts(report, *, on):
    """{section: text} as of the cut-off, or of `on` before it. Sentences without their leading figure go."""
    day = tables.cut_off(report.campaign, on)
    table = tables.of(in_order(), report.campaign, on=day, district=report.district_id)
    words = {
        "district": report.district.name, "title": report.campaign.title, "number": report.campaign.document_number,
        "day": f"{day.year}年{day.month}月{day.day}日",
    }  # fmt: skip
    return {key: _written(_read().get(key.value, ()), table, report.district_id, words) for key in Key}


def _written(paragraphs, table, district, words):
    written = ("".join(_told(each, table, district, words) for each in paragraph) for paragraph in paragraphs)
    return "\n".join(filter(None, written))


def _told(sentence, table, district, words):
    leading = sentence.get("if")
    if leading and not table.value(leading, district):
        return _filled(sentence.get("else", ""), table, district, words)
    return _filled(sentence["text"], table, district, words)


def _filled(text, table, district, words):
    """`{risk.visits}` becomes 128户次, `{day}` the day."""

    def replace(found):
        name = found.group(1)
        if name in words:
            return words[name]
        return f"{table.shown(name, district)}{CATALOGUE[name].shown_in}"

    return _FIGURE.sub(replace, text)


@cache
def _read():
    """{section: [[sentence]]}, the sentences of each paragraph together."""
    return {
        key: [paragraph["sentences"] for paragraph in paragraphs]
        for key, paragraphs in tomllib.loads((Path(__file__).parent / "drafts.toml").read_text()).items()
    }
