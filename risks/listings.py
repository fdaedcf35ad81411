"""The ranked list as page, file and API: what a row tells, by what the person may know."""

from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from enterprises.models import Feed

from . import layoffs, ledger, major_listings, prescription_list, visits_listings  # noqa: F401 - lists of their own
from . import register as _register  # noqa: F401 - adds the level to the register of enterprises
from .explanations import card_of, titles
from .filters import filter_for, scores_in
from .models import ScoreRun


def run_of(parameters):
    """The finished run that a list asks for by `run`, or the latest; None where there is no such run."""
    number = parameters.get("run", "")
    if not number:
        return ScoreRun.objects.latest()
    asked = ScoreRun.objects.finished().filter(pruned_at=None).select_related("card", "previous")
    return asked.filter(pk=number).first() if number.isdecimal() else None


def ranked(user, parameters):
    """The filter over the scores of the run asked for that `user` may see."""
    return ranked_in(run_of(parameters), user, parameters)


def ranked_in(run, user, parameters):
    return filter_for(user)(parameters, scores_in(run, user), user=user, run=run)


def columns(user):
    return _SCORES if user.may(Can.READ_FIGURES) else _LEVELS


def notes(user, parameters):
    run = run_of(parameters)
    if run is None:
        return ("还没有评分结果。",)
    return (
        f"截至 {run.as_of.year}年{run.as_of.month}月数据；评分卡 {run.card.name}（指纹 {run.card.sha256[:12]}）",
        "评分只供研判，等级须由工作人员确认。",
    )


def _titles(score):
    return "；".join(titles(score.marks, card_of(score.run)))


_ENTERPRISE = (
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda score: score.enterprise.uscc),
    Column("name", "企业名称", Kind.LONG_TEXT, lambda score: score.enterprise.name),
    Column("district", "区市", Kind.TEXT, lambda score: score.district_id, lambda score: str(score.district)),
    Column("industry", "行业", Kind.TEXT, lambda score: score.enterprise.industry,
           lambda score: score.enterprise.industry_name or score.enterprise.trade),
    Column("size", "规模", Kind.TEXT, lambda score: score.enterprise.size,
           lambda score: score.enterprise.get_size_display()),
    Column("heads", "职工人数", Kind.WHOLE, lambda score: score.enterprise.heads),
)  # fmt: skip
_LEVEL = Column("level", "等级", Kind.TEXT, lambda score: score.level, lambda score: score.get_level_display())
_PREVIOUS_LEVEL = Column(
    "previous_level", "上轮等级", Kind.TEXT, lambda score: score.previous_level,
    lambda score: score.get_previous_level_display() or "",
)  # fmt: skip

_LEVELS = (_LEVEL, _PREVIOUS_LEVEL, *_ENTERPRISE, Column("reasons", "依据", Kind.LONG_TEXT, _titles))
_SCORES = (
    _LEVEL,
    Column("score", "评分", Kind.DECIMAL, lambda score: score.score),
    _PREVIOUS_LEVEL,
    Column("change", "较上轮", Kind.DECIMAL, lambda score: None if score.change is None else round(score.change, 1)),
    *_ENTERPRISE,
    Column("coverage", "有数据", Kind.TEXT, lambda score: score.coverage, lambda score: _told(score.coverage)),
    Column("reasons", "依据", Kind.LONG_TEXT, lambda score: score.reasons, lambda score: "\n".join(score.reasons)),
)


def _told(coverage):
    return "、".join(feed.label for feed in Feed if coverage >> (feed - 1) & 1) or "无"


RANKED = register(
    Listing(
        page="risks:list",
        title="企业风险清单",
        capability=Can.READ_LEVELS,
        filtered=ranked,
        columns=columns,
        notes=notes,
    )
)
