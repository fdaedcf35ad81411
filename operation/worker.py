"""What a Celery worker does beside its work: it writes our lines, knows who asked, and says that it lives."""

import logging.config

from celery import signals
from django.conf import settings
from django.core.cache import cache

from .logs import request_id

HEARD, RUNG = "worker-heard", "clock-rung"
HEARD_SECONDS = 120
_HEADER = "portal_request"


@signals.setup_logging.connect
def _write_our_lines(**_signal):
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def _hand_over(headers=None, **_signal):
    if request_id.get() != "-":
        headers.setdefault(_HEADER, request_id.get())


@signals.task_prerun.connect
def _take_over(task=None, **_signal):
    request_id.set(getattr(task.request, _HEADER, None) or task.request.id)  # what beat asked for has its own
    if task.name == "casework.ring_again":
        cache.set(RUNG, True, HEARD_SECONDS)


@signals.task_postrun.connect
def _forget(**_signal):
    request_id.set("-")


@signals.heartbeat_sent.connect
def _say_alive(**_signal):
    """Celery sends a heartbeat every two seconds from the loop that also takes the work: it stops when that hangs."""
    cache.set(HEARD, True, HEARD_SECONDS)
