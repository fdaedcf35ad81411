"""How reasons and scores are written in lists and on the enterprise's page."""

import re
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from enterprises.models import Feed

from ..explanations import leading, titles
from ..models import Level

register = template.Library()

_ASIDE = re.compile(r"（[^（）]*）")
_POINTS = re.compile(r"，\+[\d.]+ 分$")
_NUMBER = r"[\d,.]+"
# The figure that a sentence is about: where something fell to, else a share, else the first figure.
_FIGURES = (
    re.compile(rf"(?<=降至 ){_NUMBER} [人件]"),
    re.compile(rf"(?<!低于 )(?<= ){_NUMBER}%|(?<=下降 ){_NUMBER}%"),
    re.compile(rf"(?<= ){_NUMBER} (?:个月|天|人|件|类|万元|元)"),
)


@register.filter
def points(number):
    """78 and 78.5, never 78.0."""
    return "" if number is None else f"{number:.1f}".removesuffix(".0")


@register.filter
def short_reason(sentence):
    """A reason for a list: without months and points, which the enterprise's page shows."""
    return _POINTS.sub("", _ASIDE.sub("", sentence))


@register.filter
def bold_figure(sentence):
    """The sentence as HTML with the figure that it is about in bold."""
    told = _blank_asides(sentence)
    for pattern in _FIGURES:
        if found := pattern.search(told):
            before, figure, after = sentence[: found.start()], found.group(), sentence[found.end() :]
            return mark_safe(f"{conditional_escape(before)}<b>{figure}</b>{conditional_escape(after)}")  # noqa: S308
    return conditional_escape(sentence)


def _blank_asides(sentence):
    """The same length with what stands in brackets blotted out."""
    return _ASIDE.sub(lambda aside: "　" * len(aside.group()), sentence)


# ── Cells that many rows have in common: rendered once and remembered ──────────────────────────


@register.filter
@lru_cache(maxsize=8)
def level_badge(level):
    return render_to_string("_ui/_level.html", {"level": level})


@register.filter
@lru_cache(maxsize=2048)
def delta(change):
    return render_to_string("_ui/_delta.html", {"delta": change})


@register.filter
def enterprise_address(enterprise_id):
    """`{% url 'enterprises:detail' … %}`, resolved once."""
    return f"{_enterprises()}{enterprise_id}/"


@lru_cache(maxsize=1)
def _enterprises():
    return reverse("enterprises:detail", args=[0]).removesuffix("0/")


# ── Words ──────────────────────────────────────────────────────────────────────────────────────


@register.filter
def level_word(level):
    return Level(level).label


@register.filter
def level_name(level):
    return Level(level).name.lower()


@register.filter
def took(run):
    """How long a run took: 8 秒, 2 分 5 秒."""
    if run.finished_at is None:
        return "—"
    minutes, seconds = divmod(round((run.finished_at - run.asked_at).total_seconds()), 60)
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"


def feeds_missing(coverage):
    """What of the feeds did not tell of the enterprise in the last months, in words; empty when all did."""
    told = [feed for feed in Feed if coverage >> (feed - 1) & 1]
    if len(told) < 2:
        return f"只有{told[0].label}" if told else "四类都没有"
    missing = "、".join(feed.label for feed in Feed if feed not in told)
    return f"无{missing}" if missing else ""


@register.filter
def split(words):
    return words.split(",")


@register.filter
def asked(data, name):
    """A parameter of the page's address."""
    return data.get(name, "")


@register.simple_tag
def first_reason(score, card):
    """The first sentence of what a score rests on, for a list."""
    return bold_figure(short_reason(next(iter(leading(score, card)), "")))


@register.simple_tag
def first_titles(score, card, count=4):
    """The same in words without a figure."""
    return titles(score.marks, card)[:count]
