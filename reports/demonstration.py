"""A demonstration: an invented city, whose departments deliver file by file through the same door as real ones.

Everything happens on the day on which it would have happened, so that freshness, corrections and the history of scores
read like half a year of work. What later parts of the portal want to show is one more entry of `_events`.
"""

import json
import tempfile
from collections import namedtuple
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts import demonstration as people
from accounts.models import User
from campaigns import demonstration as campaigns_demonstration
from campaigns import publicity_demonstration
from enterprises.deliveries import ingest, keep
from enterprises.demonstration import files, generate
from enterprises.models import Delivery, Enterprise
from guidance import layoff_demonstration, service_demonstration, visits_demonstration
from negotiations import demonstration as negotiations_demonstration
from risks import ledger_demonstration, major_demonstration, runs, sweeps_demonstration
from risks.models import ScoreRun

from . import report_demonstration

SEED, ENTERPRISES, MONTHS, DIRT = 2023, 3000, 24, 0.003
# Days of the following month on which the newest five months are scored: as soon as enough feeds are in.
SCORED_ON = (26, 17, 22, 28, 17)
_LOCK = 2_023_1120

Event = namedtuple("Event", "on say happen")


class NotEmpty(Exception):
    """The installation holds data that are not a demonstration's."""


def load(*, on, seed=SEED, enterprises=ENTERPRISES, tell=lambda sentence: None):
    """Fill an empty installation; on: the day of the demonstration. Returns False when it was filled before.

    A load that was cut short goes on with the event at which it stopped, which has left nothing, and with the seed it
    began with. Raises NotEmpty.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # two starts at once: the second finds the work done
        try:
            return _load(on, seed, enterprises, tell)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _load(on, seed, enterprises, tell):
    begun, done = _mark(), 0
    filled = Enterprise.objects.exists()
    if begun is None and (filled or Delivery.objects.exists() or User.objects.exists()):
        raise NotEmpty
    if begun and filled:
        if begun["complete"]:
            return False
        seed, enterprises, done = begun["seed"], begun["enterprises"], begun.get("events", 0)
    _write_mark(seed, enterprises, done)
    call_command("load_reference", verbosity=0)
    people.create()
    tell(f"正在生成演示数据：{enterprises} 户虚构企业，{MONTHS} 个月")
    population = generate(seed, enterprises, MONTHS, _newest_month(on))
    with tempfile.TemporaryDirectory() as folder:
        written = list(
            files.write(population, files.as_departments_deliver(population), Path(folder), seed=seed, dirt=DIRT)
        )
        events = sorted(_events(population, written), key=lambda event: event.on)
        for number, event in enumerate(events[done:], start=done + 1):
            if event.on <= on:
                tell(f"{event.on:%Y-%m-%d}  {event.say}")
                event.happen(event.on)
                _write_mark(seed, enterprises, number)
    _write_mark(seed, enterprises, len(events), complete=True)
    return True


def _events(population, written):
    steward = User.objects.get(username="steward")
    for file in written:
        say = f"{file.path.name}，{file.rows} 行"
        yield Event(file.delivery.delivered_on, say, lambda on, path=file.path: _deliver(path, on, steward))
    for month, day in zip(population.months[-5:], SCORED_ON, strict=True):
        scored_on = (month + timedelta(days=32)).replace(day=day)
        yield Event(scored_on, f"截至 {month:%Y-%m} 评分", lambda on, month=month: _score(month, on, steward))
    for event in _of_the_rooms():
        yield event._replace(happen=transaction.atomic(event.happen))


def _of_the_rooms():
    for day in sweeps_demonstration.ROUNDS:
        yield Event(day, "拟定走访计划", sweeps_demonstration.plan)
        yield Event(day + timedelta(days=3), "走访体检，登记欠薪，确认等级", sweeps_demonstration.go)
    for day in ledger_demonstration.WEEKS:
        yield Event(day, "开具用工处方，办理整改", ledger_demonstration.week_of_work)
    for day in negotiations_demonstration.WEEKS:
        yield Event(day, "发出协商要约，办理协商和集体合同", negotiations_demonstration.week_of_work)
    yield Event(service_demonstration.BEGINS, "编制资料和政策目录", service_demonstration.publish)
    for day in service_demonstration.WEEKS:
        yield Event(day, "服务新办企业，送资料、政策，答复求助", service_demonstration.week_of_work)
    for day in visits_demonstration.WEEKS:
        yield Event(day, "登记指导走访", visits_demonstration.week_of_visits)
    told = (
        major_demonstration, layoff_demonstration, campaigns_demonstration, publicity_demonstration,
        report_demonstration,
    )  # fmt: skip
    for event in (event for room in told for event in room.events()):
        yield Event(*event)


def _deliver(path, on, steward):
    if Delivery.objects.in_force().filter(name=path.name).exists():
        return
    received = _moment(on, time(9, 30))
    with path.open("rb") as content:
        delivery = keep(File(content, name=path.name), by=steward, at=received)
    with transaction.atomic():
        ingest.take_in(delivery, on=on, at=received + timedelta(minutes=2))
    if delivery.state != Delivery.State.STORED:
        raise RuntimeError(f"{delivery.name}: {delivery.message}")


def _score(month, on, steward):
    if ScoreRun.objects.finished().filter(as_of=month).exists():
        return
    asked = _moment(on, time(15, 10))
    run = runs.begin(month, by=steward)
    runs.score_part(run, 0)
    ScoreRun.objects.filter(pk=run.pk).update(asked_at=asked, finished_at=asked + timedelta(minutes=1))


def _newest_month(on):
    """The newest month that departments have reported by `on`, which lies past the middle of a month."""
    return (on.replace(day=1) - timedelta(days=1)).replace(day=1)


def _moment(day, clock):
    return datetime.combine(day, clock, timezone.get_default_timezone())


def _mark():
    try:
        return json.loads(settings.DEMONSTRATION_MARK.read_text("utf-8"))
    except FileNotFoundError:
        return None


def _write_mark(seed, enterprises, events, *, complete=False):
    content = {"seed": seed, "enterprises": enterprises, "events": events, "complete": complete}
    settings.DEMONSTRATION_MARK.write_text(json.dumps(content), "utf-8")
