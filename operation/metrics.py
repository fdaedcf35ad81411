"""Figures for Prometheus. Labels hold names from the code, never a person, a firm, a district or an address.

What each process counts lies in files of the web server's folder PROMETHEUS_MULTIPROC_DIR, so that any of its workers
answers for all of them. What is true of the portal as a whole is asked from PostgreSQL when the monitoring asks.
"""

import hmac
import os

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Count, Max, Min
from django.http import HttpResponse, HttpResponseNotFound
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from casework.models import Job
from enterprises.models import Delivery

from .worker import HEARD

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
LOOPBACK = {"127.0.0.1", "::1"}

REQUESTS = Counter("portal_requests", "Requests answered", ["view", "method", "status"], registry=None)
SECONDS = Histogram(
    "portal_request_seconds", "Time until a request was answered", ["view"], registry=None,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)  # fmt: skip


def count(view, method, status, seconds):
    REQUESTS.labels(view, method if method in METHODS else "other", status).inc()
    SECONDS.labels(view).observe(seconds)


def figures(request):
    """With METRICS_TOKEN for who shows it; without, for this machine alone. Others are told that there is nothing."""
    if not _may_read(request):
        return HttpResponseNotFound()
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    registry.register(Whole())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request):
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
    # A proxy on this machine speaks for visitors from elsewhere.
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


class Whole:
    """Figures of the portal as a whole."""

    def collect(self):
        try:
            yield from [*_jobs(timezone.now()), *_deliveries()]
            up = 1
        except DatabaseError:
            up = 0
        yield GaugeMetricFamily("portal_database_up", "Whether PostgreSQL answered for these figures", up)
        yield GaugeMetricFamily("portal_worker_up", "Whether a worker was heard within two minutes", _worker_heard())


def _jobs(now):
    jobs = GaugeMetricFamily("portal_jobs", "Background jobs", labels=["kind", "state"])
    for kind, state, number in Job.objects.order_by().values_list("kind", "state").annotate(Count("pk")):
        jobs.add_metric([kind, state], number)
    waiting = Job.objects.filter(state=Job.State.WAITING).aggregate(since=Min("asked_at"))["since"]
    seconds = (now - waiting).total_seconds() if waiting else 0
    return jobs, GaugeMetricFamily("portal_oldest_waiting_job_seconds", "How long the oldest job waits", seconds)


def _deliveries():
    deliveries = GaugeMetricFamily("portal_deliveries", "Deliveries of departments", labels=["kind", "state"])
    stored = GaugeMetricFamily("portal_delivery_stored_at_seconds", "When one was last stored", labels=["kind"])
    grouped = Delivery.objects.order_by().values_list("kind", "state")
    for kind, state, number, last in grouped.annotate(Count("pk"), Max("stored_at")):
        deliveries.add_metric([kind or "unknown", state], number)
        if state == Delivery.State.STORED and last:
            stored.add_metric([kind], last.timestamp())
    return deliveries, stored


def _worker_heard():
    return 1 if cache.get(HEARD) else 0
