"""Background work: a Job row in PostgreSQL is the truth, Celery and Redis only ring the bell.

A kind of work is a function registered by the app that owns it:

    @work("delivery", "接收部门数据")
    def store_delivery(job, progress): ...

It is called inside one transaction; its effect and the job's `done` commit together, so that work asked for is done
once, whatever worker dies in between. A worker holds a job by a lease which a heartbeat prolongs; when the heart stops,
another worker takes the job, and the first, should it wake, finds `attempts` changed and stores nothing.

`progress(done, total, message)` is seen on the page within a second, because the heartbeat writes it through a
connection of its own; it raises `Cancelled` when the person asked to stop.
"""

import logging
import threading
from contextlib import nullcontext
from contextvars import copy_context
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.roles import Can

from . import acting, wall

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
BEAT_SECONDS = 0.5
UNHEARD_AFTER = timedelta(seconds=20)
ATTEMPTS = 5
KINDS = {}
TITLES = {}  # kind: what people call it
OUTWARD = set()  # kinds whose effect lies outside the database
NEEDS = {}  # kind: the capability that who asked must still have when the work is begun


def work(kind, title="", *, needs=None, outward=False):
    """Register `function(job, progress) -> result dict or None` as what a job does that people call `title`.

    `outward`: what it does cannot be rolled back, such as a letter. It then commits as it goes, and must itself see to
    it that a second attempt, after the first one died, does not do it again.
    """

    def register(function):
        if outward:
            OUTWARD.add(kind)
        KINDS[kind], TITLES[kind], NEEDS[kind] = function, title or kind, needs
        return function

    return register


class Cancelled(Exception):
    """The person who asked for the work asked to stop it."""


class Refused(Exception):
    """The work cannot be done as asked; the sentence says what to do. Trying again would not help."""


class LeaseLost(Exception):
    """Another worker has the job now: whatever this one did must not be stored."""


class JobQuerySet(models.QuerySet):
    def ask(self, kind, *, key, by, **arguments):
        """Put work on the list and ring once the transaction commits. The same key twice is the same job."""
        job, created = self.get_or_create(key=key, defaults={"kind": kind, "asked_by": by, "arguments": arguments})
        if created:
            job.ring()
        return job

    def unheard(self, now):
        """Jobs nobody works on: waiting for a while, or taken by a worker whose lease ran out."""
        waiting = Q(state="waiting", asked_at__lt=now - UNHEARD_AFTER)
        return self.filter(waiting | Q(state="running", leased_until__lt=now))

    def visible_to(self, user):
        """Their own, and for those who look after the work everybody's: a job says what is done, not about whom."""
        return self if user.may(Can.SEE_JOBS) else self.filter(asked_by=user)

    def underway(self):
        return self.filter(state__in=["waiting", "running"])


class JobVerbs:
    """The deeds of a Job. A mixin, so that the model can stand with the other records of casework."""

    @property
    def over(self):
        return self.state in {"done", "failed", "cancelled"}

    @property
    def title(self):
        return TITLES.get(self.kind, self.kind)

    @property
    def percent(self):
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    def ring(self):
        """Ring once the asking is committed. A bell that Redis does not carry is rung again by the sweeper."""
        from .tasks import run_job

        transaction.on_commit(lambda: run_job.apply_async((self.pk,), retry=False), robust=True)

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
            self._check_rights()
            place = acting.from_place(f"任务 {self.kind} #{self.pk}", by=self.asked_by)
            with place, nullcontext() if self.kind in OUTWARD else transaction.atomic():
                wall.tell(wall.reach_now())
                with Heart(self) as heart:
                    result = KINDS[self.kind](self, heart.progress) or {}
                done, total, _ = heart.told
                if not self._finish("done", result=result, done=done, total=total):
                    raise LeaseLost
        except LeaseLost:
            log.warning("job %s (%s) was taken by another worker; this one stored nothing", self.pk, self.kind)
        except Cancelled:
            self._finish("cancelled", message="已按要求取消，没有保存任何数据。")
        except Refused as refusal:
            self._finish("failed", message=str(refusal))
        except Exception:
            log.exception("job %s (%s) failed in attempt %s", self.pk, self.kind, self.attempts)
            if self.attempts < ATTEMPTS:
                self._finish("waiting", message="处理中断，稍后自动重试。")
            else:
                self._finish("failed", message="处理时发生错误，已记录；请稍后重试或联系数据管理员。")

    def _check_rights(self):
        """Rights are those of this moment: whoever asked may have been moved or disabled since."""
        needed = NEEDS.get(self.kind)
        if needed and self.asked_by and not self.asked_by.may(needed):
            raise Refused(f"申请人已没有“{needed.label}”的权限，这项任务没有办理。")

    def retry(self):
        """Put a job that failed or was cancelled back on the list."""
        fresh = {"state": "waiting", "attempts": 0, "cancel_asked": False, "message": "", "finished_at": None}
        if type(self).objects.filter(pk=self.pk, state__in=["failed", "cancelled"]).update(**fresh):
            self.ring()

    def cancel(self):
        """Ask to stop. Work not begun is cancelled at once; running work stops at its next step and stores nothing."""
        jobs = type(self).objects.filter(pk=self.pk)
        jobs.filter(state__in=["waiting", "running"]).update(cancel_asked=True)
        jobs.filter(state="waiting").update(state="cancelled", message="已取消。", finished_at=timezone.now())
        self.refresh_from_db()

    def _finish(self, state, *, message="", **outcome):
        """Write the outcome of this attempt; False when the job is no longer this attempt's."""
        over = timezone.now() if state != "waiting" else None
        fields = {"state": state, "finished_at": over, "leased_until": None, "message": message[:500]}
        mine = type(self).objects.filter(pk=self.pk, state="running", attempts=self.attempts)
        written = mine.update(**fields, **outcome)
        self.refresh_from_db()
        return bool(written)


class Heart:
    """Beats while the work goes on: prolongs the lease, writes the progress, hears whether the person asked to stop.

    It beats in a thread with a connection of its own, since the work's transaction is not over yet and the work may
    spend minutes in one statement.
    """

    _BEAT = (
        "UPDATE casework_job SET done = %s, total = %s, message = %s, leased_until = %s"
        " WHERE id = %s AND state = 'running' AND attempts = %s RETURNING cancel_asked"
    )

    def __init__(self, job):
        self.job, self.told = job, (0, job.total, "")
        self.stopped = threading.Event()
        self.end = None  # the exception with which the work is to end
        # Its lines in the log bear the mark of the work's.
        self.thread = threading.Thread(target=copy_context().run, args=(self._beat_until_stopped,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.stopped.set()
        self.thread.join()

    def progress(self, done, total, message=""):
        """Note `done` of `total` steps. Raises Cancelled when asked to stop, LeaseLost when another worker has it."""
        self.told = (done, total, message[:500])
        if self.end:
            raise self.end

    def _beat_until_stopped(self):
        own = connections.create_connection(DEFAULT_DB_ALIAS)
        try:
            while not self.stopped.wait(BEAT_SECONDS) and not self.end:
                self._beat(own)
        finally:
            own.close()

    def _beat(self, own):
        try:
            with own.cursor() as cursor:
                # Work that itself wrote its job's row would wait here for ever, and never be seen to.
                cursor.execute("SET lock_timeout = '5s'")
                cursor.execute(self._BEAT, [*self.told, timezone.now() + LEASE, self.job.pk, self.job.attempts])
                row = cursor.fetchone()
                if row is None:
                    cursor.execute("SELECT FROM casework_job WHERE id = %s", [self.job.pk])
                    if cursor.rowcount:
                        self.end = LeaseLost()
                elif row[0]:
                    self.end = Cancelled()
        except DatabaseError:
            log.warning("job %s: a heartbeat was missed", self.job.pk, exc_info=True)
            own.close()
