from celery import current_app, shared_task
from django.utils import timezone

from . import attachments, exports, reminders, seals, webhooks
from .models import Job, KeptAnswer
from .today import today

MOST_BELLS = 200  # while all workers are at long work, bells would pile up; each is idle when its job was taken


@shared_task(name="casework.run_job", ignore_result=True)
def run_job(job_id):
    job = Job.objects.filter(pk=job_id).first()
    if job and job.take(timezone.now()):
        job.run()


@shared_task(name="casework.ring_again", ignore_result=True)
def ring_again():
    """Every few seconds: ring for the jobs whose worker died or that nobody heard, no more than can be heard soon."""
    with current_app.connection_for_read() as redis:
        bells = redis.default_channel.client.llen(current_app.conf.task_default_queue)
    for job in Job.objects.unheard(timezone.now()).order_by("state", "pk")[: max(0, MOST_BELLS - bells)]:
        job.ring()


@shared_task(name="casework.seal_audit", ignore_result=True)
def seal_audit():
    """Each minute. Two at once take turns, and the second finds nothing new."""
    seals.seal()


@shared_task(name="casework.send_messages", ignore_result=True)
def send_messages():
    """Each half minute: ask for the attempts that are due."""
    webhooks.send_due(timezone.now())


@shared_task(name="casework.forget_answers", ignore_result=True)
def forget_answers():
    """Each hour: forget what POSTs were answered, past the time for which they are recognised."""
    KeptAnswer.objects.stale(timezone.now()).delete()


@shared_task(name="casework.forget_left_behind", ignore_result=True)
def forget_left_behind():
    attachments.forget_left_behind(timezone.now())


@shared_task(name="casework.expire_exports", ignore_result=True)
def expire_exports():
    exports.expire(timezone.now())


@shared_task(name="casework.send_digests", ignore_result=True)
def send_digests():
    """On the mornings of working days, several times: who was written to is not written to again."""
    on = today()
    if reminders.is_sending_day(on):
        for letter in reminders.digests(reminders.everybody(), on):
            reminders.ask_to_send(letter)
