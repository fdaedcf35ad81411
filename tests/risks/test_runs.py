"""A run: the whole register scored from blocks, part by part, once and for all."""

import csv
import json
import time
from datetime import date

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from casework.jobs import KINDS
from casework.models import Job
from enterprises import signals
from enterprises.models import Enterprise, Feed, SignalBlock
from risks import binary, runs, scoring, tasks
from risks.models import Level, Score, Scorecard, ScoreRun
from tests import make
from tests.risks import invent

pytestmark = pytest.mark.django_db

AS_OF = date(2023, 6, 1)
N = 60


def register(n=N, first=1, **fields):
    """n enterprises whose ids follow each other, in two districts with codes of different length."""
    return Enterprise.objects.bulk_create(
        Enterprise(
            id=first + k, uscc=make.uscc(), name=f"威海虚构{k}号", district_id=("371002", "WHNH")[k % 2], **fields
        )
        for k in range(n)
    )


def store(told, enterprises):
    """Signals of the enterprises, in their order, as blocks hold them."""
    places = np.array([enterprise.pk for enterprise in enterprises])
    for feed, content in told.items():
        for row, month in enumerate(scoring.month_rows(AS_OF)):
            for block in np.unique(places // runs.BLOCK).tolist():
                here = places // runs.BLOCK == block
                whole = {name: np.zeros(runs.BLOCK, array.dtype) for name, array in content.items()}
                for name, array in content.items():
                    whole[name][places[here] % runs.BLOCK] = array[row, here]
                if whole["has"].any():
                    body = signals.encode_block(feed, whole.pop("has"), whole)
                    SignalBlock.objects.create(block_no=block, feed=feed, month=month, body=body)


def finished(**fields):
    run = runs.begin(AS_OF, **fields)
    for part in range(run.parts):
        runs.score_part(run, part)
    return ScoreRun.objects.get(pk=run.pk)


def rows(run):
    fields = [field for field in binary.COLUMNS if field != "run_id"]
    return list(Score.objects.filter(run=run).order_by("enterprise_id").values_list(*fields))


def test_a_run_stores_what_the_pure_function_says():
    told = invent.wild(1, N)
    enterprises = register()
    store(told, enterprises)
    run = finished()
    scores = scoring.score(told, scoring.load(), AS_OF)
    reasons = scores.reasons()
    stored = Score.objects.filter(run=run).order_by("enterprise_id")
    assert len(stored) == N
    assert any(score.reasons for score in stored)
    for column, (score, enterprise) in enumerate(zip(stored, enterprises, strict=True)):
        assert score.enterprise_id == enterprise.pk
        assert score.district_id == enterprise.district_id
        assert round(score.score * 10) == scores.score[column]
        assert score.level == scores.level[column]
        assert score.coverage == scores.coverage[column]
        assert (score.previous_level, score.previous_score, score.change) == (None, None, None)
        scales = [item.definition.scale for item in scores.card.items]
        known = [None if v == scoring.UNKNOWN else v / s for v, s in zip(scores.values[:, column], scales, strict=True)]
        assert score.features == known
        assert score.points == [points / 10 for points in scores.points[:, column].tolist()]
        assert score.reasons == [reason.text for reason in reasons.get(column, [])]
        assert score.marks == [number for reason in reasons.get(column, []) for number in reason.mark]


def test_one_part_or_several_give_the_same_rows_and_tallies():
    near, far = register(20), register(20, first=3 * runs.BLOCK - 10)  # these lie in two blocks
    store(invent.wild(2, 40), near + far)
    whole, cut = finished(), finished(parts=3)
    before = slice(4, 6)  # the second run knows the first
    assert [row[: before.start] + row[before.stop :] for row in rows(whole)] == [
        row[: before.start] + row[before.stop :] for row in rows(cut)
    ]
    assert whole.tallies == cut.tallies
    assert whole.enterprises == cut.enterprises == 40


def test_the_run_counts_its_levels_by_district():
    store(invent.wild(3, N), register())
    run = finished()
    for district, tally in run.tallies.items():
        scores = Score.objects.filter(run=run, district=district)
        assert tally == {
            "blue": scores.filter(level=Level.BLUE).count(),
            "yellow": scores.filter(level=Level.YELLOW).count(),
            "orange": scores.filter(level=Level.ORANGE).count(),
            "red": scores.filter(level=Level.RED).count(),
            "unknown": scores.filter(coverage=0).count(),
        }
    assert sum(run.levels[name] for name in scoring.LEVELS) == run.enterprises == N


def test_every_active_enterprise_gets_a_score_and_no_other():
    register(3)
    register(1, first=100, status=Enterprise.Status.CANCELLED)
    run = finished()
    assert run.levels == {"blue": 3, "yellow": 0, "orange": 0, "red": 0, "unknown": 3}
    assert set(Score.objects.values_list("level", "score", "coverage")) == {(Level.BLUE, 0.0, 0)}


def test_a_register_without_enterprises_gives_a_finished_empty_run():
    run = finished()
    assert run.finished_at
    assert (run.enterprises, run.tallies) == (0, {})


def test_a_score_remembers_the_run_before():
    enterprises = register()
    store(invent.wild(4, N), enterprises)
    first = finished()
    SignalBlock.objects.filter(feed=Feed.SOCIAL).delete()
    second = finished()
    assert second.previous == first
    before = {score.enterprise_id: score for score in Score.objects.filter(run=first)}
    for score in Score.objects.filter(run=second):
        assert (score.previous_level, score.previous_score) == (
            before[score.enterprise_id].level,
            before[score.enterprise_id].score,
        )
        assert score.change == round(score.score - before[score.enterprise_id].score, 1)


def test_an_enterprise_that_is_new_has_no_score_before():
    register(2)
    finished()
    register(1, first=50)
    finished()
    assert Score.objects.order_by("-run_id", "enterprise_id").values_list("previous_level", flat=True)[:3][2] is None


def test_a_part_done_twice_is_done_once():
    store(invent.wild(5, N), register())
    run = runs.begin(AS_OF, parts=2)
    for part in (0, 0, 1, 1, 0):
        runs.score_part(ScoreRun.objects.get(), part)
    assert ScoreRun.objects.get().enterprises == N
    assert Score.objects.filter(run=run).count() == N


def test_pages_see_a_run_only_when_all_its_parts_are_done():
    register()
    run = runs.begin(AS_OF, parts=2)
    runs.score_part(run, 0)
    assert ScoreRun.objects.latest() is None
    assert not Score.objects.exists()
    runs.score_part(run, 1)
    assert ScoreRun.objects.latest() == run
    assert Score.objects.count() == N


def test_a_part_that_dies_leaves_nothing_and_can_be_done_again():
    store(invent.wild(6, N), register())
    run = runs.begin(AS_OF)

    def die(done, total, message=""):
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.score_part(run, 0, die)
    run.refresh_from_db()
    assert (run.parts_done, run.enterprises, run.finished_at) == ([], 0, None)
    runs.score_part(run, 0)
    assert Score.objects.count() == N


def test_scoring_as_of_an_earlier_month_does_not_look_at_later_ones():
    told = invent.wild(7, N)
    store(told, register())
    as_of = date(2023, 3, 1)
    run = runs.begin(as_of)
    runs.score_part(run, 0)
    past = scoring.empty(N)
    for feed, content in told.items():
        for name, array in content.items():
            past[feed][name][3:] = array[:-3]
    expected = scoring.score(past, scoring.load(), as_of).score / 10
    assert list(Score.objects.order_by("enterprise_id").values_list("score", flat=True)) == expected.tolist()


def test_the_card_is_kept_whole_with_its_hash_and_once():
    finished()
    finished()
    card = Scorecard.objects.get()
    assert card.text == scoring.DEFAULT.read_text()
    assert card.sha256 == scoring.load().sha256


# ── In the background ──────────────────────────────────────────────────────────────────────────


def test_the_parts_of_a_run_asked_for_are_jobs_and_the_last_one_closes_it(steward):
    register(runs.BLOCKS_IN_A_JOB + 1)
    Enterprise.objects.bulk_create(
        Enterprise(id=block * runs.BLOCK, uscc=make.uscc(), name=f"威海虚构甲{block}", district_id="371002")
        for block in range(1, runs.BLOCKS_IN_A_JOB + 1)
    )
    run = runs.ask(AS_OF, by=steward)
    assert (run.parts, run.jobs.count(), run.asked_by) == (2, 2, steward)
    assert KINDS["score"] is tasks.score_part
    for job in Job.objects.order_by("id"):
        assert ScoreRun.objects.latest() is None
        assert job.take(timezone.now())
        job.run()
        assert job.state == Job.State.DONE
    assert ScoreRun.objects.latest() == run
    assert Score.objects.count() == 2 * runs.BLOCKS_IN_A_JOB + 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_scores_what_was_asked_for(celery_worker):
    register()
    by = make.member_of_the_cast("steward")
    run = runs.ask(AS_OF, by=by)
    for _ in range(300):
        run.refresh_from_db()
        if run.finished_at:
            break
        time.sleep(0.1)
    assert run.levels["blue"] == N
    assert Score.objects.filter(run=run).count() == N


# ── Old runs ───────────────────────────────────────────────────────────────────────────────────


def test_old_runs_lose_their_scores_and_keep_their_tallies():
    register()
    old, new = finished(), finished()
    assert runs.prune(keep=1) == 1
    old.refresh_from_db()
    assert old.pruned_at
    assert old.levels["blue"] == N
    assert set(Score.objects.values_list("run_id", flat=True)) == {new.pk}
    assert runs.prune(keep=1) == 0


def test_a_run_that_was_never_finished_is_forgotten_after_a_day():
    run = runs.begin(AS_OF)
    assert runs.prune() == 0
    ScoreRun.objects.update(asked_at=make.AT)
    assert runs.prune() == 1
    assert not ScoreRun.objects.filter(pk=run.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"risks_score_run_{run.pk}"])
        assert cursor.fetchone() == (None,)


# ── Commands ───────────────────────────────────────────────────────────────────────────────────


def test_the_command_scores_and_says_so_as_json(capsys):
    store(invent.wild(8, N), register())
    call_command("score", "--as-of", "2023-06", "--json", "--parts", "2")
    said = json.loads(capsys.readouterr().out)
    run = ScoreRun.objects.get()
    assert said.pop("seconds") >= 0
    assert said == {
        "run": run.pk,
        "as_of": "2023-06",
        "card": "威海2023第1版",
        "hash": scoring.load().sha256,
        "enterprises": N,
        "levels": run.levels,
    }


def test_the_command_takes_another_card(tmp_path, capsys):
    card = tmp_path / "card.toml"
    card.write_text(scoring.DEFAULT.read_text().replace("威海2023第1版", "试用"))
    call_command("score", "--as-of", "2023-06", "--card", card, "--json")
    assert json.loads(capsys.readouterr().out)["card"] == "试用"


@pytest.mark.parametrize("month", ["2023-13", "2023", "六月", "2023-6"])
def test_the_command_refuses_what_is_no_month(month):
    with pytest.raises(CommandError):
        call_command("score", "--as-of", month)
    assert not ScoreRun.objects.exists()


def test_the_command_says_what_is_wrong_with_a_card(tmp_path):
    card = tmp_path / "card.toml"
    card.write_text(scoring.DEFAULT.read_text().replace("{line}", "{limit}"))
    with pytest.raises(CommandError, match=r"不认识 \{limit\}"):
        call_command("score", "--as-of", "2023-06", "--card", card)


def test_scores_are_exported_for_machines_highest_first(tmp_path, capsys):
    store(invent.wild(9, N), register())
    run = finished()
    file = tmp_path / "scores.csv"
    call_command("export_scores", "latest", str(file))
    assert not file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    assert list(table[0]) == ["uscc", "score", "level", "coverage", "reasons"]
    assert len(table) == N
    by_code = {score.enterprise.uscc: score for score in Score.objects.filter(run=run).select_related("enterprise")}
    assert [float(row["score"]) for row in table] == sorted((s.score for s in by_code.values()), reverse=True)
    for row in table:
        score = by_code[row["uscc"]]
        assert row["level"] == Level(score.level).name.lower()
        assert row["coverage"] == f"{score.coverage.bit_count()}/4"
        assert row["reasons"] == "；".join(score.reasons)
    call_command("export_scores", str(run.pk), str(tmp_path / "again.csv"))
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("run", ["latest", "7", "x"])
def test_an_export_of_no_run_is_refused(run, tmp_path):
    with pytest.raises(CommandError, match="没有可导出的轮次"):
        call_command("export_scores", run, str(tmp_path / "scores.csv"))
