"""What machine clients are told of levels when they subscribed: which rose and fell in a run. Levels, never figures."""

from django.db.models import F, Q
from django.urls import reverse

from accounts.roles import Can
from casework import webhooks

from .filters import LEVELS, scores_in
from .models import ScoreRun

MOST = 500  # enterprises in one message; of more the message says where to read them
_NAMES = {level: name for name, level in LEVELS.items()}


def run_finished(run):
    webhooks.announce("levels.changed", key=f"run-{run.pk}", run=run.pk)


def told_of_run(person, run):
    """What moved in the person's district since the run before; None when nothing did, or the run is gone."""
    found = ScoreRun.objects.finished().filter(pk=run, pruned_at=None).select_related("card", "previous").first()
    scores = scores_in(found, person)
    moved = scores.filter(Q(previous_level__isnull=True, level__gt=0) | ~Q(level=F("previous_level")))
    risen = Q(previous_level__isnull=True) | Q(level__gt=F("previous_level"))
    if not moved.exists():
        return None
    rows = moved.order_by("-level", "enterprise_id")
    return {
        "run": found.pk,
        "as_of": f"{found.as_of:%Y-%m}",
        "risen": moved.filter(risen).count(),
        "fallen": moved.exclude(risen).count(),
        "changes": [_told(score) for score in rows[:MOST]],
        "complete": not rows[MOST:].exists(),
        "list": f"{reverse('api:scores-list')}?run={found.pk}&level=all&trend=up",
    }


def _told(score):
    return {
        "enterprise": score.enterprise_id,
        "uscc": score.enterprise.uscc,
        "district": score.district_id,
        "level": _NAMES[score.level],
        "previous_level": None if score.previous_level is None else _NAMES[score.previous_level],
    }


webhooks.register("levels.changed", "评分后企业风险等级变化", needs=Can.READ_LEVELS, told=told_of_run)
