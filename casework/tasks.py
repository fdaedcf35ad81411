from celery import shared_task
from django.utils import timezone

from . import exports
from .models import Job


@shared_task(name="casework.run_job", ignore_result=True)
def run_job(job_id):
    job = Job.objects.filter(pk=job_id).first()
    if job and job.take(timezone.now()):
        job.run()


@shared_task(name="casework.ring_again", ignore_result=True)
def ring_again():
    """Every few seconds: ring for the jobs that nobody heard, or whose worker died."""
    for job in Job.objects.unheard(timezone.now()):
        job.ring()


@shared_task(name="casework.expire_exports", ignore_result=True)
def expire_exports():
    exports.expire(timezone.now())
