"""What machine clients are told of levels when they subscribed: what a run moved, and what a person decided.

Levels, never figures.
"""

from django.db.models import F, Q
from django.urls import reverse

from accounts.roles import Can
from casework import webhooks

from .filters import LEVELS, scores_in
from .models import LevelDecision, ScoreRun

MOST = 500  # enterprises in one message; of more the message says where to read them
_NAMES = {level: name for name, level in LEVELS.items()}


def run_finished(run):
    webhooks.announce("levels.changed", key=f"run-{run.pk}", run=run.pk)


def told_of_run(person, run):
    """What moved in the person's district since the run before; None when nothing did, or the run is gone."""
    found = ScoreRun.objects.finished().filter(pk=run, pruned_at=None).select_related("card", "previous").first()
    scores = scores_in(found, person)
    risen = Q(previous_level__isnull=True, level__gt=0) | Q(level__gt=F("previous_level"))
    fallen = Q(level__lt=F("previous_level"))
    moved = scores.filter(risen | fallen)
    if not moved.exists():
        return None
    rows = moved.order_by("-level", "enterprise_id")
    return {
        "run": found.pk,
        "as_of": f"{found.as_of:%Y-%m}",
        "risen": moved.filter(risen).count(),
        "fallen": moved.filter(fallen).count(),
        "changes": [_told(score) for score in rows[:MOST]],
        "complete": not rows[MOST:].exists(),
        "list": f"{reverse('api:scores-list')}?run={found.pk}&level=all&trend=up",
    }


def told_of_decision(person, decision):
    """The level that a person decided for an enterprise; None for who may not see the enterprise."""
    decided = LevelDecision.objects.decided().visible_to(person).select_related("enterprise")
    found = decided.filter(pk=decision).first()
    return found and {
        "enterprise": found.enterprise_id,
        "uscc": found.enterprise.uscc,
        "district": found.district_id,
        "level": _NAMES[found.level],
        "scored_level": None if found.scored_level is None else _NAMES[found.scored_level],
        "decided_on": found.decided_on,
    }


def _told(score):
    return {
        "enterprise": score.enterprise_id,
        "uscc": score.enterprise.uscc,
        "district": score.district_id,
        "level": _NAMES[score.level],
        "previous_level": None if score.previous_level is None else _NAMES[score.previous_level],
    }


webhooks.register("levels.decided", "企业风险等级经人工确认", needs=Can.READ_LEVELS, told=told_of_decision)
webhooks.register("levels.changed", "评分后企业风险等级变化", needs=Can.READ_LEVELS, told=told_of_run)
