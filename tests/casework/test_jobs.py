"""Background work is done once: on the real PostgreSQL, with threads as other workers, and with the real worker."""

import json
import re
import subprocess
import sys
import threading
import time
from base64 import b64decode
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from casework import jobs
from casework.jobs import KINDS, TITLES, Refused
from casework.models import Job, SavedView
from casework.tasks import MOST_BELLS, ring_again, run_job
from config.embedded import ROOT
from tests.services import environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind(monkeypatch):
    """Registers a function as the work of kind "trial"."""

    def register(function):
        monkeypatch.setitem(KINDS, "trial", function)
        return function

    return register


def ask(by=None, key="trial:1", **arguments):
    return Job.objects.ask("trial", key=key, by=by, **arguments)


def work(job):
    assert job.take(timezone.now())
    job.run()
    job.refresh_from_db()
    return job


def as_another_worker(deed):
    """Do `deed` in a thread, which has a database connection of its own, and return its result."""
    result = []

    def do():
        try:
            result.append(deed())
        finally:
            connections.close_all()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join(20)
    assert result, "the other worker did not come to an end"
    return result[0]


def keep_a_view(owner):
    SavedView.objects.create(owner=owner, page="risks:list", name="建筑业红橙", query="level=3")


# ── Asking ───────────────────────────────────────────────────────────────────────────────────


def test_work_asked_for_twice_is_one_job(steward):
    assert ask(steward, month="2023-10") == ask(steward, month="2023-10")
    assert Job.objects.get().arguments == {"month": "2023-10"}


def test_work_is_asked_for_even_when_redis_is_away(steward):
    with bell_out_of_reach():
        job = ask(steward)
    assert Job.objects.get() == job
    assert list(Job.objects.unheard(timezone.now() + timedelta(minutes=1))) == [job]


@contextmanager
def bell_out_of_reach():
    from config.celery import app

    reachable = app.conf.broker_url
    try:
        app.conf.broker_url, app._pool, app.amqp._producer_pool = "redis://127.0.0.1:1/0", None, None
        yield
    finally:
        app.conf.broker_url, app._pool, app.amqp._producer_pool = reachable, None, None


# ── Effect and done ──────────────────────────────────────────────────────────────────────────


def test_effect_and_done_become_visible_together(steward, kind):
    def seen():
        return SavedView.objects.count(), Job.objects.get().state

    @kind
    def keep(job, progress):
        keep_a_view(steward)
        assert as_another_worker(seen) == (0, "running")
        return {"kept": 1}

    job = work(ask(steward))
    assert (job.state, job.result, job.leased_until) == ("done", {"kept": 1}, None)
    assert as_another_worker(seen) == (1, "done")


def test_work_that_fails_leaves_nothing_and_is_tried_again(steward, kind):
    @kind
    def fail(job, progress):
        keep_a_view(steward)
        if job.attempts == 1:
            raise ZeroDivisionError

    job = work(ask(steward))
    assert (job.state, job.message) == ("waiting", "处理中断，稍后自动重试。")
    assert not SavedView.objects.exists()
    assert work(job).state == "done"
    assert SavedView.objects.count() == 1


def test_after_five_attempts_the_failure_is_shown(steward, kind):
    @kind
    def fail(job, progress):
        raise ZeroDivisionError

    job = ask(steward)
    for _ in range(4):
        assert work(job).state == "waiting"
    assert work(job).state == "failed"
    assert "请稍后重试或联系数据管理员" in job.message
    assert not job.take(timezone.now())


def test_refused_work_says_why_and_is_not_tried_again(steward, kind):
    @kind
    def refuse(job, progress):
        keep_a_view(steward)
        raise Refused("表头缺少“所属期”一列，请补上后重新上传。")

    job = work(ask(steward))
    assert (job.state, job.message) == ("failed", "表头缺少“所属期”一列，请补上后重新上传。")
    assert not SavedView.objects.exists()
    assert not job.take(timezone.now())


# ── One worker at a time ─────────────────────────────────────────────────────────────────────


def test_a_job_is_taken_by_one_worker(steward):
    job = ask(steward)
    taken = [Job.objects.get(pk=job.pk).take(timezone.now()) for _ in range(3)]
    assert taken == [True, False, False]


def test_workers_who_reach_out_at_once_do_not_both_get_it(steward):
    job, start, taken = ask(steward), threading.Barrier(8), []

    def reach():
        mine = Job.objects.get(pk=job.pk)
        start.wait()
        taken.append(mine.take(timezone.now()))
        connections.close_all()

    reaching = [threading.Thread(target=reach) for _ in range(8)]
    for thread in reaching:
        thread.start()
    for thread in reaching:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_the_job_of_a_dead_worker_is_taken_when_its_lease_has_run_out(steward, kind):
    kind(lambda job, progress: None)
    job = ask(steward)
    assert job.take(timezone.now())
    now = timezone.now()
    assert not job.take(now)
    assert not Job.objects.unheard(now).exists()
    later = now + jobs.LEASE + timedelta(seconds=1)
    assert Job.objects.unheard(later).get() == job
    assert job.take(later)
    assert job.attempts == 2


def test_a_job_that_killed_five_workers_is_given_up(steward, kind):
    ran = []
    kind(lambda job, progress: ran.append(job.attempts))
    job, now = ask(steward), timezone.now()
    for death in range(5):
        assert job.take(now + death * 2 * jobs.LEASE)
    assert job.take(now + 10 * jobs.LEASE)
    job.run()
    assert (job.state, ran) == ("failed", [])
    assert job.message == "多次尝试仍未完成，请查看数据后重试。"


def expire_lease(job):
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    return True


def test_a_worker_that_lost_its_job_stores_nothing(steward, kind, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 60)  # the first worker's heart stops, as on a machine that was suspended
    stored = []

    @kind
    def keep(job, progress):
        SavedView.objects.create(owner=steward, page="risks:list", name=f"第{job.attempts}次", query="")
        stored.append(job.attempts)
        if job.attempts == 1:
            as_another_worker(lambda: expire_lease(job))
            assert as_another_worker(lambda: work(Job.objects.get(pk=job.pk)).state) == "done"

    job = work(ask(steward))
    assert stored == [1, 2]
    assert [view.name for view in SavedView.objects.all()] == ["第2次"]
    assert (job.state, job.attempts) == ("done", 2)


def test_a_worker_is_told_at_its_next_step_that_it_lost_its_job(steward, kind):
    steps = []

    @kind
    def walk(job, progress):
        if job.attempts == 2:
            return
        as_another_worker(lambda: expire_lease(job))
        as_another_worker(lambda: work(Job.objects.get(pk=job.pk)).state)
        for step in range(100):
            progress(step, 100)
            steps.append(step)
            time.sleep(0.1)

    assert work(ask(steward)).state == "done"
    assert len(steps) < 99


def test_the_lease_is_prolonged_while_the_work_spends_its_time_in_one_statement(steward, kind):
    leases = []

    def lease():
        return Job.objects.get().leased_until

    @kind
    def sleep(job, progress):
        leases.append(as_another_worker(lease))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(1.6)")
        leases.append(as_another_worker(lease))

    assert work(ask(steward)).state == "done"
    assert leases[1] - leases[0] > timedelta(seconds=0.9)


def test_work_that_writes_its_own_row_is_not_held_up_for_ever(steward, kind):
    @kind
    def write_own_row(job, progress):
        Job.objects.filter(pk=job.pk).update(message="自己写的")
        time.sleep(1)

    before = time.monotonic()
    assert work(ask(steward)).state == "done"
    assert time.monotonic() - before < 9


# ── Progress ─────────────────────────────────────────────────────────────────────────────────


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


def test_progress_is_seen_while_the_work_goes_on(steward, kind):
    @kind
    def walk(job, progress):
        progress(250_000, 1_000_000, "已检查 250,000 行")
        until(lambda: as_another_worker(lambda: Job.objects.get().percent) == 25)
        assert as_another_worker(lambda: Job.objects.get().message) == "已检查 250,000 行"
        progress(1_000_000, 1_000_000, "已检查 1,000,000 行")

    job = work(ask(steward))
    assert (job.percent, job.message) == (100, "")


def test_telling_of_each_row_costs_no_time(steward, kind):
    @kind
    def count(job, progress):
        before = time.monotonic()
        for row in range(200_000):
            progress(row, 200_000, "计数")
        assert time.monotonic() - before < 2

    assert work(ask(steward)).state == "done"


# ── Stopping and trying again ────────────────────────────────────────────────────────────────


def test_work_not_begun_is_cancelled_at_once(steward, kind):
    job = ask(steward)
    job.cancel()
    assert (job.state, job.message) == ("cancelled", "已取消。")
    assert not job.take(timezone.now())


def test_running_work_stops_at_its_next_step_and_stores_nothing(steward, kind):
    @kind
    def walk(job, progress):
        keep_a_view(steward)
        as_another_worker(lambda: Job.objects.get().cancel() or True)
        for step in range(200):
            progress(step, 200)
            time.sleep(0.05)

    job = work(ask(steward))
    assert (job.state, job.message) == ("cancelled", "已按要求取消，没有保存任何数据。")
    assert not SavedView.objects.exists()


def test_work_asked_to_stop_whose_worker_died_is_cancelled_and_not_begun_again(steward, kind):
    ran = []
    kind(lambda job, progress: ran.append(1))
    job = ask(steward)
    job.take(timezone.now())
    job.cancel()
    expire_lease(job)
    assert work(job).state == "cancelled"
    assert not ran


def test_finished_work_is_not_cancelled(steward, kind):
    kind(lambda job, progress: None)
    job = work(ask(steward))
    job.cancel()
    assert (job.state, job.cancel_asked) == ("done", False)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_work_that_ended_badly_is_tried_again_when_asked(steward, kind, how):
    ends = iter([Refused("请稍后再试。"), None])

    @kind
    def sometimes(job, progress):
        if end := next(ends):
            raise end

    job = ask(steward)
    if how == "cancelled":
        job.cancel()
        next(ends)
    else:
        work(job)
    assert job.state == how
    job.retry()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.message, job.finished_at) == ("waiting", 0, "", None)
    assert work(job).state == "done"


def test_finished_work_is_not_done_again(steward, kind):
    ran = []
    kind(lambda job, progress: ran.append(1))
    job = work(ask(steward))
    job.retry()
    run_job(job.pk)
    assert ran == [1]


def test_the_sweeper_rings_for_what_nobody_heard(steward, kind):
    kind(lambda job, progress: None)
    fresh, unheard = ask(steward, key="fresh"), ask(steward, key="unheard")
    Job.objects.filter(pk=unheard.pk).update(asked_at=timezone.now() - timedelta(minutes=2))
    assert list(Job.objects.unheard(timezone.now())) == [unheard]
    ring_again()
    assert {fresh.state, unheard.state} == {"waiting"}


def test_the_sweeper_rings_no_more_than_can_be_heard_and_first_for_whose_worker_died(steward, kind):
    from config.celery import app

    kind(lambda job, progress: None)
    long_ago = timezone.now() - timedelta(minutes=2)
    for number in range(MOST_BELLS + 50):
        Job.objects.create(kind="trial", key=f"trial:{number}", asked_by=steward)
    Job.objects.update(asked_at=long_ago)
    dead = Job.objects.create(kind="trial", key="dead", state="running", leased_until=long_ago)
    with app.connection_for_read() as redis:
        queue = redis.default_channel.client
        queue.delete("celery")
        for _ in range(3):
            ring_again()
        assert queue.llen("celery") == MOST_BELLS
        assert f"[{dead.pk}]" in b64decode(json.loads(queue.lindex("celery", -1))["body"]).decode()
        queue.delete("celery")


# ── The real worker ──────────────────────────────────────────────────────────────────────────


def test_the_worker_hears_the_bell_and_writes_the_outcome(steward, celery_worker):
    job = Job.objects.ask("score", key="score:nothing", by=steward, run=0, part=0)
    until(lambda: Job.objects.get(pk=job.pk).over, 20)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)
    assert "这一轮评分已被清理" in job.message


def test_a_job_that_was_never_rung_for_is_rung_by_the_sweeper(steward, celery_worker):
    job = Job.objects.create(kind="score", key="score:unheard", asked_by=steward, arguments={"run": 0, "part": 0})
    Job.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    ring_again.delay()
    until(lambda: Job.objects.get(pk=job.pk).over, 20)


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_seen_by_the_person_who_asked_for_it(client, steward, city_office):
    job = ask(steward)
    client.force_login(city_office)
    for address in (f"/jobs/{job.pk}/", f"/jobs/{job.pk + 1}/"):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}cancel/").status_code == 404
        assert client.post(f"{address}retry/").status_code == 404
    client.force_login(steward)
    assert "等待处理" in client.get(f"/jobs/{job.pk}/").text


def test_who_looks_after_the_work_sees_all_of_it_and_sets_failed_work_going(
    client, steward, administrator, huancui_officer, kind
):
    kind(lambda job, progress: None)
    job = ask(huancui_officer)
    Job.objects.update(state="failed", message="多次尝试仍未完成，请查看数据后重试。", attempts=5)
    for person in (steward, administrator):
        client.force_login(person)
        page = client.get("/jobs/?state=failed").text
        assert "未能完成 1 项" in page
        assert huancui_officer.name in page
        assert f"/jobs/{job.pk}/retry/" in page
    client.post(f"/jobs/{job.pk}/retry/")
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)


def test_everybody_else_sees_their_own_work(client, steward, huancui_officer):
    ask(steward, key="trial:1")
    mine = ask(huancui_officer, key="trial:2")
    client.force_login(huancui_officer)
    page = client.get("/jobs/").text
    assert f"/jobs/{mine.pk}/" in page
    assert steward.name not in page
    assert "没有符合条件的任务" in client.get("/jobs/?state=failed").text


def test_the_pages_know_every_kind_of_work_and_its_name():
    told = subprocess.run(
        [sys.executable, "-c", "import config.wsgi; from casework.jobs import TITLES as t; print(*sorted(t))"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(told.stdout.split()) == TITLES.keys() >= {"delivery", "undo-delivery", "score", "export", "digest"}
    unnamed = [kind for kind, title in TITLES.items() if not re.fullmatch(r"[\u4e00-\u9fff]+", title)]
    assert not unnamed


def test_the_progress_asks_for_itself_until_the_work_is_over(client, steward, kind):
    kind(lambda job, progress: None)
    client.force_login(steward)
    job = ask(steward)
    part = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).text
    assert 'hx-trigger="load delay:1s"' in part
    assert "<html" not in part
    assert "可以离开本页，处理会继续。" in part
    Job.objects.update(state="running", total=200, done=50, message="已检查 50 行")
    part = client.get(f"/jobs/{job.pk}/").text
    assert '<progress max="200" value="50"' in part
    assert "25%" in part
    Job.objects.update(state="done")
    part = client.get(f"/jobs/{job.pk}/").text
    assert "已完成" in part
    assert "hx-trigger" not in part.split("<main")[1]


def test_a_person_stops_and_restarts_the_work_on_the_page(client, steward):
    client.force_login(steward)
    job = ask(steward)
    page = client.post(f"/jobs/{job.pk}/cancel/", follow=True).text
    assert "已取消" in page
    assert f"/jobs/{job.pk}/retry/" in page
    assert f"/jobs/{job.pk}/cancel/" in client.post(f"/jobs/{job.pk}/retry/", follow=True).text


@pytest.mark.parametrize("deed", ["cancel", "retry"])
def test_deeds_on_jobs_are_not_links(client, steward, deed):
    client.force_login(steward)
    assert client.get(f"/jobs/{ask(steward).pk}/{deed}/").status_code == 405
