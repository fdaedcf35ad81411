"""The rows of the ranked list with figures, written directly, as those of the register (enterprises.rows) and why."""

from functools import lru_cache
from html import escape

from django.utils.safestring import mark_safe

from .explanations import leading
from .templatetags.reasons import bold_figure, delta, enterprise_address, feeds_missing, level_badge, level_word, points
from .templatetags.reasons import short_reason as short

_ROW = (
    '<tr><td class="of-level">{level}</td>'
    '<td class="num of-score"><b>{score}</b><span class="unit"> 分</span></td>'
    '<td class="num of-change">{change}</td>'
    '<th scope="row" class="of-name"><a class="name" href="{href}">{name}</a><div class="code">{code}</div></th>'
    '{beside}<td class="of-trade">{district}{trade}{unit}</td>'
    '<td class="num beside">{heads}</td>'
    '<td class="reason of-reasons">{reasons}</td>'
    '<td data-label="数据" class="of-coverage">{coverage}</td></tr>'
)
_NOTHING = '<span class="sub">—</span>'


def written(scores, card, *, with_district):
    """HTML of the table's body. with_district: for those who see more than one."""
    rows = (_ROW.format_map(_cells(score, card, with_district)) for score in scores)
    return mark_safe("\n".join(rows))  # noqa: S308


def _cells(score, card, with_district):
    enterprise, district = score.enterprise, escape(str(score.district))
    heads = None if enterprise.heads is None else f"{enterprise.heads:,}"
    return {
        "level": level_badge(score.level),
        "score": points(score.score),
        "change": _change(score),
        "href": enterprise_address(score.enterprise_id),
        "name": escape(enterprise.name),
        "code": escape(enterprise.uscc),
        "beside": f'<td class="nowrap beside">{district}</td>' if with_district else "",
        "district": f'<span class="unit">{district} · </span>' if with_district else "",
        "trade": escape(enterprise.industry_name or enterprise.trade),
        "unit": f'<span class="unit"> · {heads} 人</span>' if enterprise.heads else "",
        "heads": heads or _NOTHING,
        "reasons": _reasons(score, card),
        "coverage": _coverage(score.coverage),
    }


def _change(score):
    """Points more or less than in the run before, and the level that it was then, where it was another."""
    if score.run.previous_id is None:
        return _NOTHING
    if score.previous_level is None:
        return '<span class="sub">新评</span>'
    if score.previous_level == score.level:
        return delta(score.change)
    return f'{delta(score.change)}<div class="sub">原{level_word(score.previous_level)}</div>'


def _reasons(score, card):
    """The first two sentences of what a score rests on, the figure of each in bold."""
    sentences = leading(score, card)[:2]
    if not sentences:
        return '<span class="sub">没有计分的依据</span>'
    return "".join(f"<div>{bold_figure(short(sentence))}</div>" for sentence in sentences)


@lru_cache(maxsize=16)
def _coverage(coverage):
    missing = feeds_missing(coverage)
    return f'<span class="nowrap">{coverage.bit_count()}/4</span>' + (
        f'<div class="sub">{missing}</div>' if missing else ""
    )
