"""What the risk sweep does in the background."""

from celery import shared_task

from accounts.roles import Can
from casework.jobs import Refused, work
from casework.today import today

from . import majors, runs
from .models import ScoreRun


@work("score", "风险评分", needs=Can.SCORE)
def score_part(job, progress):
    run = ScoreRun.objects.select_related("card").filter(pk=job.arguments["run"]).first()
    if run is None:
        raise Refused("这一轮评分已被清理，请重新发起。")
    runs.score_part(run, job.arguments["part"], progress)


@shared_task(name="risks.flag_majors", ignore_result=True)
def flag_majors():
    """Each morning: what the rules call a major risk by what is known, should nobody have recorded it lately."""
    majors.flag_by_rule(on=today())


@shared_task(name="risks.prune_runs", ignore_result=True)
def prune_runs():
    """Each night: forget the scores of runs past keeping."""
    runs.prune()
