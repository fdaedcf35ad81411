"""Background work: a Job row in PostgreSQL is the truth, Celery and Redis only ring the bell.

A kind of work is a function registered by the app that owns it:

    @work("delivery")
    def store_delivery(job, progress): ...

It is called inside one transaction; its effect and the job's `done` commit together, so that work asked for is done
once, whatever worker dies in between. `progress(done, total, message)` is seen at once on the page, because it goes
through a connection of its own; it also prolongs the lease and raises `Cancelled` when the person asked to stop.
"""

import logging
import time
from datetime import timedelta

from django.db import connection, connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
ATTEMPTS = 5
_TELL_EVERY_SECONDS = 0.3
KINDS = {}


def work(kind):
    """Register `function(job, progress) -> result dict or None` as what a job of this kind does."""

    def register(function):
        KINDS[kind] = function
        return function

    return register


class Cancelled(Exception):
    """The person who asked for the work asked to stop it."""


class Refused(Exception):
    """The work cannot be done as asked; the sentence says what to do. Trying again would not help."""


class JobQuerySet(models.QuerySet):
    def ask(self, kind, *, key, by, **arguments):
        """Put work on the list and ring once the transaction commits. The same key twice is the same job."""
        job, created = self.get_or_create(key=key, defaults={"kind": kind, "asked_by": by, "arguments": arguments})
        if created:
            job.ring()
        return job

    def unheard(self, now):
        """Jobs nobody works on: waiting for a minute, or taken by a worker whose lease ran out."""
        waiting = Q(state="waiting", asked_at__lt=now - timedelta(minutes=1))
        return self.filter(waiting | Q(state="running", leased_until__lt=now))

    def underway(self):
        return self.filter(state__in=["waiting", "running"])


class JobVerbs:
    """The deeds of a Job. A mixin, so that the model can stand with the other records of casework."""

    @property
    def over(self):
        return self.state in {"done", "failed", "cancelled"}

    @property
    def percent(self):
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    def ring(self):
        from .tasks import run_job

        transaction.on_commit(lambda: run_job.delay(self.pk))

    def take(self, now):
        """Lease the job by one conditional update; False when another worker has it or it is over."""
        free = Q(state="waiting") | Q(state="running", leased_until__lt=now)
        taken = type(self).objects.filter(free, pk=self.pk).update(
            state="running", leased_until=now + LEASE, attempts=F("attempts") + 1, started_at=now, done=0
        )  # fmt: skip
        self.refresh_from_db()
        return bool(taken)

    def run(self):
        """Do the work of a job that was taken: effect and `done` in one transaction."""
        try:
            if self.cancel_asked:
                raise Cancelled
            if self.attempts > ATTEMPTS:
                raise Refused("多次尝试仍未完成，请查看数据后重试。")
            with transaction.atomic():
                result = KINDS[self.kind](self, Progress(self)) or {}
                self._finish("done", result=result)
        except Cancelled:
            self._finish("cancelled", message="已按要求取消，没有保存任何数据。")
        except Refused as refusal:
            self._finish("failed", message=str(refusal))
        except Exception:
            log.exception("job %s (%s) failed in attempt %s", self.pk, self.kind, self.attempts)
            if self.attempts < ATTEMPTS:
                self._finish("waiting", message="处理中断，稍后自动重试。")
                raise
            self._finish("failed", message="处理时发生错误，已记录；请稍后重试或联系数据管理员。")

    def retry(self):
        """Put a job that failed or was cancelled back on the list."""
        fresh = {"state": "waiting", "attempts": 0, "cancel_asked": False, "message": "", "finished_at": None}
        if type(self).objects.filter(pk=self.pk, state__in=["failed", "cancelled"]).update(**fresh):
            self.ring()

    def cancel(self):
        """Ask to stop. Work not begun is cancelled at once; running work stops at its next step and stores nothing."""
        jobs = type(self).objects.filter(pk=self.pk)
        if not jobs.filter(state="waiting").update(state="cancelled", message="已取消。", finished_at=timezone.now()):
            jobs.filter(state="running").update(cancel_asked=True)

    def _finish(self, state, *, result=None, message=""):
        over = timezone.now() if state != "waiting" else None
        fields = {"state": state, "finished_at": over, "leased_until": None, "message": message[:500]}
        if result is not None:
            fields["result"] = result
        type(self).objects.filter(pk=self.pk).update(**fields)
        self.refresh_from_db()


class Progress:
    """Tells the page how far a job is, through a connection of its own: the work's transaction is not over yet."""

    def __init__(self, job):
        self.job, self.told_at = job, 0.0

    def __call__(self, done, total, message=""):
        """Note `done` of `total` steps. Raises Cancelled when the job is to stop."""
        if time.monotonic() - self.told_at < _TELL_EVERY_SECONDS and done < total:
            return
        self.told_at = time.monotonic()
        with _connection_of_its_own() as cursor:
            cursor.execute(
                "UPDATE casework_job SET done = %s, total = %s, message = %s, leased_until = %s WHERE id = %s"
                " RETURNING cancel_asked",
                [done, total, message[:500], timezone.now() + LEASE, self.job.pk],
            )
            row = cursor.fetchone()
        if row and row[0]:
            raise Cancelled


class _connection_of_its_own:
    def __enter__(self):
        self.connection = connections.create_connection(connection.alias)
        return self.connection.cursor()

    def __exit__(self, *exception):
        self.connection.close()
