"""Celery only rings the bell: what is to be done, and how far it is, stands in PostgreSQL (casework.jobs)."""

import os

from celery import Celery
from celery.schedules import crontab

from config.services import broker_url, redis_url

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Periodic tasks only fan out, and each is idempotent by (name, period).
SCHEDULE = {
    "ring-again": {
        "task": "casework.ring_again",
        "schedule": 10.0,
    },  # a lease of 15 s: taken again within half a minute
    # Read when it goes out; a mail server that refused is tried again a quarter of an hour later.
    "send-digests": {"task": "casework.send_digests", "schedule": crontab(minute="*/15", hour="8")},
    "seal-audit": {"task": "casework.seal_audit", "schedule": 60.0},
    "send-messages": {"task": "casework.send_messages", "schedule": 30.0},
    "forget-answers": {"task": "casework.forget_answers", "schedule": crontab(minute="15")},
    "expire-exports": {"task": "casework.expire_exports", "schedule": crontab(minute="20", hour="3")},
    "forget-left-behind": {"task": "casework.forget_left_behind", "schedule": crontab(minute="25", hour="3")},
    "forget-sessions": {"task": "accounts.forget_sessions", "schedule": crontab(minute="30", hour="3")},
    "flag-majors": {"task": "risks.flag_majors", "schedule": crontab(minute="10", hour="6")},
    "prune-runs": {"task": "risks.prune_runs", "schedule": crontab(minute="40", hour="3")},
}


def configuration():
    """Read when Celery is first used: who imports this module may yet say where Redis is."""
    return {
        "broker_url": broker_url(redis_url()),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # Redis may be away for a night
        # A bell that rang in a worker that died rings again: at once when the pool child died, after this time when the
        # machine did. Work that takes longer is rung for twice; the job's lease makes the second ring idle.
        "broker_transport_options": {"visibility_timeout": 10 * 60},
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        # Redis going away is no reason to stop work: whose it is stands in PostgreSQL, and the bell rings idle again.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_hijack_root_logger": False,
        "timezone": "Asia/Shanghai",
        "beat_schedule": SCHEDULE,
    }


app = Celery("portal")
app.add_defaults(configuration)
app.autodiscover_tasks()
