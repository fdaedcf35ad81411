"""A run scores the whole register as of a month, block by block and part by part.

    ask(as_of, by=officer)                open a run and have its parts scored in the background; or
    begin(as_of), score_part(run, part)   open it and score it here and now
    prune()                               forget the scores of old runs; their tallies stay

A part is every block of enterprises with block_no % parts == part. Its scores and the note that it is done commit
together: a part that dies leaves nothing, and a part done is not done twice. The last part closes the run, and only
then pages see it.

Every active enterprise of the register gets a score, also one of which no feed tells anything: it is blue with
coverage 0, which pages call 无数据. What people know beside the feeds counts by the card's hard
rules, as it is known now. Scoring never writes a decision: a person confirms a level.
"""

import io
import math
import re
from datetime import date, timedelta

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from casework.models import Job
from enterprises import signals
from enterprises.models import Enterprise, Feed

from . import announcements, binary, facts, scoring
from .models import COUNTED, Scorecard, ScoreRun, Tally

BLOCK = signals.BLOCK  # enterprises in a block: block_no = enterprise_id // BLOCK
BLOCKS_IN_A_JOB = 16  # a job scores some 65,000 enterprises, about a second's work


def month(text):
    """The first day of the month “2023-06”. Raises ValueError."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text or "")
    if not found:
        raise ValueError(f"“{text}”不是月份，请写作 2023-06 这样的形式。")
    return date(int(found[1]), int(found[2]), 1)


# ── Verbs ──────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def begin(as_of, *, by=None, card=None, parts=1):
    """Open a run as of a month. card: bytes of a card's file, the default one without. Raises CardError."""
    content = scoring.DEFAULT.read_bytes() if card is None else card
    read = scoring.parse(content)
    kept, _ = Scorecard.objects.get_or_create(
        sha256=read.sha256, defaults={"name": read.name, "text": content.decode()}
    )
    earlier = ScoreRun.objects.finished().filter(pruned_at=None, as_of__lte=as_of)
    previous = earlier.order_by("-as_of", "-id").first()
    run = ScoreRun.objects.create(as_of=as_of, card=kept, previous=previous, parts=parts, asked_by=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT risks_open_run(%s)", [run.pk])
    return run


@transaction.atomic
def ask(as_of, *, by):
    """Open a run and put its parts on the list of background work."""
    run = begin(as_of, by=by, parts=max(1, math.ceil(len(blocks()) / BLOCKS_IN_A_JOB)))
    for part in range(run.parts):
        Job.objects.ask("score", key=f"score:{run.pk}:{part}", by=by, run=run.pk, part=part)
    return run


def score_part(run, part, progress=lambda done, total, message="": None):
    """Score one part of a run and, with the last part, close the run. `progress` is told of each block.

    Memory is that of one block, whatever the register holds.
    """
    with transaction.atomic():
        _take_turns(run, part)
        run.refresh_from_db()
        if part in run.parts_done:
            return
        card = scoring.parse(run.card.text.encode())
        mine = [block for block in blocks() if block % run.parts == part]
        counts = Counts()
        for number, block in enumerate(mine):
            progress(number, len(mine), f"截至 {run.as_of:%Y-%m}，已评 {counts.enterprises} 户")
            _score_block(run, card, block, counts)
        _note_part(run, part, counts)
        progress(len(mine), len(mine), f"截至 {run.as_of:%Y-%m}，共评 {counts.enterprises} 户")


def prune(keep=None):
    """Forget the scores of all but the `keep` newest runs, and runs that were never finished. Returns how many."""
    keep = settings.SCORE_RUNS_KEPT if keep is None else keep
    finished = list(ScoreRun.objects.finished().filter(pruned_at=None).order_by("-as_of", "-id"))
    abandoned = ScoreRun.objects.filter(finished_at=None, asked_at__lt=timezone.now() - timedelta(days=1))
    for run in finished[keep:]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT risks_drop_run(%s)", [run.pk])
            ScoreRun.objects.filter(pk=run.pk).update(pruned_at=timezone.now())
    for run in abandoned:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT risks_drop_run(%s)", [run.pk])
            run.delete()
    return len(finished[keep:]) + len(abandoned)


# ── Questions ──────────────────────────────────────────────────────────────────────────────────


def blocks():
    """Numbers of the blocks in which active enterprises lie, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT id / %s FROM enterprises_enterprise"
            " WHERE status = %s AND merged_into_id IS NULL ORDER BY 1",
            [BLOCK, Enterprise.Status.ACTIVE],
        )
        return [number for (number,) in cursor.fetchall()]


class Counts:
    """Counts enterprises by district and level as blocks come in."""

    def __init__(self):
        self.enterprises, self.districts = 0, {}

    def add(self, districts, levels, coverage):
        self.enterprises += len(districts)
        for district in np.unique(districts):
            here = districts == district
            counts = self.districts.setdefault(district.decode(), dict.fromkeys(COUNTED, 0))
            for number, name in enumerate(scoring.LEVELS):
                counts[name] += int((here & (levels == number)).sum())
            counts["unknown"] += int((here & (coverage == 0)).sum())

    def onto(self, run):
        """Add these counts to the tallies of a run, whose row the caller holds."""
        for district, counts in self.districts.items():
            tally, _ = Tally.objects.get_or_create(run_id=run.pk, district_id=district)
            Tally.objects.filter(pk=tally.pk).update(**{name: F(name) + number for name, number in counts.items()})


# ── One block ──────────────────────────────────────────────────────────────────────────────────


def _score_block(run, card, block, counts):
    ids, districts = _register(block)
    columns = ids - block * BLOCK
    scores = scoring.score(_signals(run.as_of, block), card, run.as_of, facts.facts_of(block))
    previous_levels, previous_scores = _previous(run, ids, block)
    content = binary.rows(run.pk, ids, districts, scores, columns, previous_levels, previous_scores)
    _copy_in(f"COPY risks_score_run_{run.pk} ({', '.join(binary.COLUMNS)}) FROM STDIN (FORMAT binary)", content)
    counts.add(districts, scores.level[columns], scores.coverage[columns])


def _signals(as_of, block):
    """What the feeds say of the 4,096 enterprises of a block, as scoring takes it."""
    months = {month: row for row, month in enumerate(scoring.month_rows(as_of))}
    found = scoring.empty(BLOCK)
    first = {feed: scoring.month_rows(as_of)[-back] for feed, back in scoring.LOOKS_BACK.items()}
    wanted = " OR ".join(["(feed = %s AND month BETWEEN %s AND %s)"] * len(first))
    rows = _copy_out(
        "SELECT feed, (month - DATE '1970-01-01')::int4, body FROM enterprises_signalblock"  # noqa: S608
        f" WHERE block_no = %s AND ({wanted})",
        [block, *(value for feed, month in first.items() for value in (int(feed), month, as_of))],
    )
    for feed, day, body in rows:
        feed = Feed(int.from_bytes(feed, "big"))
        row = months[date(1970, 1, 1) + timedelta(days=int.from_bytes(day, "big"))]
        has, content = signals.decode_block(feed, body)
        found[feed]["has"][row] = has
        for name, values in content.items():
            found[feed][name][row] = values
    return found


def _register(block):
    """Active enterprises of a block: int32[n] ids ascending, bytes[n] codes of their districts."""
    rows = _copy_out(
        "SELECT district_id, string_agg(int4send(id), ''::bytea) FROM enterprises_enterprise"
        " WHERE id >= %s AND id < %s AND status = %s AND merged_into_id IS NULL GROUP BY district_id",
        [block * BLOCK, (block + 1) * BLOCK, Enterprise.Status.ACTIVE.value],
    )
    found = [(bytes(code), np.frombuffer(ids, ">i4")) for code, ids in rows]
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, "S6")
    ids = np.concatenate([ids for _, ids in found]).astype(np.int32)
    districts = np.concatenate([np.full(len(ids), code, "S6") for code, ids in found])
    order = np.argsort(ids)
    return ids[order], districts[order]


def _previous(run, ids, block):
    """Levels and scores in tenths of the run before, int[n]; UNKNOWN where an enterprise had none."""
    levels, scores = np.full((2, BLOCK), scoring.UNKNOWN, np.int32)
    if run.previous_id:
        ((known, their_levels, their_scores),) = _copy_out(
            "SELECT string_agg(int4send(enterprise_id), ''::bytea ORDER BY enterprise_id),"
            " string_agg(int2send(level), ''::bytea ORDER BY enterprise_id),"
            " string_agg(int2send(round(score * 10)::int2), ''::bytea ORDER BY enterprise_id)"
            " FROM risks_score WHERE run_id = %s AND enterprise_id >= %s AND enterprise_id < %s",
            [run.previous_id, block * BLOCK, (block + 1) * BLOCK],
        )
        if known is not None:
            places = np.frombuffer(known, ">i4") - block * BLOCK
            levels[places], scores[places] = np.frombuffer(their_levels, ">i2"), np.frombuffer(their_scores, ">i2")
    places = ids - block * BLOCK
    return levels[places], scores[places]


def _take_turns(run, part):
    """Whoever else is at this part ends first, so that it is not done twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"score:{run.pk}:{part}"])


def _note_part(run, part, counts):
    """The part is done; the last one closes the run. The row lock makes the parts of several workers take turns."""
    now = ScoreRun.objects.select_for_update().get(pk=run.pk)
    now.parts_done = sorted({*now.parts_done, part})
    counts.onto(now)
    now.enterprises += counts.enterprises
    if len(now.parts_done) == now.parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT risks_close_run(%s)", [run.pk])
        now.finished_at = timezone.now()
        announcements.run_finished(now)
    now.save(update_fields=["parts_done", "enterprises", "finished_at"])


def _copy_out(sql, parameters):
    """Rows of a query as PostgreSQL sends them, without a detour over text: lists of memoryviews."""
    found = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, parameters).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", found)
    return binary.parse(found.getbuffer())


def _copy_in(sql, content):
    with connection.cursor() as cursor:
        cursor.copy_expert(sql, io.BytesIO(b"".join([binary.HEADER, *content, binary.TRAILER])), 1 << 20)
