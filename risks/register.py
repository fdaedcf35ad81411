"""What the risk sweep adds to the register: the level of the latest run as a column and a filter, the standing,
and an answer to alarms."""

from functools import cache

import django_filters
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.html import format_html

from casework.listings import Column, Kind
from enterprises import alarms, standing
from enterprises.filters import Addition, add

from .explanations import card_of, titles
from .filters import LEVELS
from .majors import flag_told
from .models import Level, LevelDecision, Score, ScoreRun

UNSCORED = "none"


def with_level(enterprises):
    scores = Score.objects.filter(run=_latest(), enterprise=OuterRef("pk"))
    return enterprises.annotate(level=Subquery(scores.values("level")[:1]))


def of_level(enterprises, name, value):
    run = _latest()
    if value == UNSCORED:
        return enterprises.filter(~Exists(Score.objects.filter(run=run, enterprise=OuterRef("pk"))))
    return enterprises.filter(scores__run=run, scores__level=LEVELS[value])


def _latest():
    """The number of the latest run: the register needs no more of it."""
    return ScoreRun.objects.finished().order_by("-as_of", "-id").values_list("pk", flat=True).first()


@cache
def _cell(level):
    return format_html(
        '<td data-label="等级" class="plain">{}</td>', render_to_string("_ui/_level.html", {"level": level})
    )


add(
    Addition(
        filters={
            "level": django_filters.ChoiceFilter(
                label="等级",
                choices=[*((name, level.label) for name, level in LEVELS.items()), (UNSCORED, "未评")],
                method=of_level,
            )
        },
        annotate=with_level,
        columns=(
            Column(
                "level",
                "等级",
                Kind.TEXT,
                lambda enterprise: enterprise.level,
                lambda enterprise: "未评" if enterprise.level is None else Level(enterprise.level).label,
            ),
        ),
        cell=lambda enterprise: _cell(enterprise.level),
    )
)


def _standing(enterprise):
    """The level that a person confirmed, else that of the latest run; the titles of the run's reasons."""
    run = ScoreRun.objects.latest()
    score = Score.objects.filter(run=run, enterprise=enterprise).first() if run else None
    decision = LevelDecision.objects.filter(enterprise=enterprise).standing().first()
    level = decision.level if decision else score and score.level
    if level is None:
        return None
    reasons = titles(score.marks, card_of(run)) if score else ()
    return standing.Standing(Level(level).label, level >= Level.ORANGE, tuple(reasons))


def _of_standing(enterprises, words):
    """The same rule over many: the level confirmed, else that of the latest run."""
    levels = [level for level in Level if level.label in words]
    decided = LevelDecision.objects.decided().filter(enterprise=OuterRef("pk")).order_by("-decided_on", "-id")
    scored = Score.objects.filter(run=_latest(), enterprise=OuterRef("pk"))
    stands = Coalesce(Subquery(decided.values("level")[:1]), Subquery(scored.values("level")[:1]))
    return enterprises.annotate(stands=stands).filter(stands__in=levels)


standing.tell(_standing, _of_standing)
alarms.answer(flag_told)
