"""Whom to visit: a district's ranked list with what people know, and a drawing from it."""

import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from campaigns.models import Campaign
from casework.lifecycle import MoveRefused
from enterprises.models import Enterprise

from . import drawing, facts, limits, scoring
from .models import Inspection, LevelDecision, PlannedVisit, Score, ScoreRun


class NothingToDraw(MoveRefused):
    """There is no run, or nobody left to visit."""


@dataclass(frozen=True)
class Pool:
    """Whom a district may visit. `known` {enterprise: level, decided and score of its PlannedVisit}."""

    candidates: list  # drawing.Candidate
    known: dict
    paused: int  # left out: visited of late, or to be visited by another plan

    @property
    def packed(self):
        """What was drawn from, to be kept: zlib of JSON [[enterprise, rank], …] in the order of enterprises."""
        rows = sorted([candidate.key, list(candidate.rank)] for candidate in self.candidates)
        return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def pool_of(run, district, *, on, pause_days):
    """The district's enterprises by rank: the level, those whose level a person confirmed first, then the score.

    A decided level counts instead of the scored one, and what people know lifts both.
    """
    decided = dict(LevelDecision.objects.filter(district=district).standing().values_list("enterprise_id", "level"))
    card, known_facts = scoring.parse(run.card.text.encode()), facts.known_in(district=district)
    least = {enterprise: facts.least_level(told, card) for enterprise, told in known_facts.items()}
    paused = _paused(district, on, pause_days)
    candidates, known, left_out = [], {}, 0
    for key, level, score in _scores(run, district):
        if key in paused:
            left_out += 1
            continue
        level = max(decided.get(key, level), least.get(key, 0))
        known[key] = {"level": level, "decided": key in decided, "score": score}
        candidates.append(drawing.Candidate(key, (level, int(key in decided), round(score * 10))))
    return Pool(candidates, known, left_out)


def propose(sweep, *, inspectors, by, on, seed=None):
    """Fill in and keep a plan that says whom it is for, when and how many. Raises NothingToDraw and MoveRefused.

    The seed is drawn anew unless given, so that nobody can choose it to fit.
    """
    run = ScoreRun.objects.latest()
    if run is None:
        raise NothingToDraw("还没有评分结果，评分完成后再拟定走访计划。")
    pool = pool_of(run, sweep.district, on=on, pause_days=sweep.pause_days)
    if not pool.candidates:
        raise NothingToDraw("没有可列入的企业：都已在近期体检过，或者已列入其他计划。")
    sweep.seed = seed or secrets.token_hex(8)
    drawn = drawing.draw(pool.candidates, sweep.size, sweep.percent, sweep.seed)
    sweep.run, sweep.campaign = run, Campaign.objects.running(on)
    sweep.pool = pool.packed
    sweep.pool_sha256 = hashlib.sha256(sweep.pool).hexdigest()
    sweep.candidates, sweep.paused, sweep.cut_off = len(pool.candidates), pool.paused, drawn.cut_off
    sweep.tied_in, sweep.tied_out = len(drawn.tied_in), len(drawn.tied_out)
    sweep.propose(by=by, on=on, drawn=drawn, candidates=pool.known, inspectors=inspectors)
    return sweep


def known_of(enterprise, *, run):
    """What a visit added by hand notes of an enterprise."""
    decision = LevelDecision.objects.filter(enterprise=enterprise).standing().first()
    score = Score.objects.filter(run=run, enterprise=enterprise).first()
    if score is None:
        return {"level": decision.level if decision else None, "decided": decision is not None}
    level = max(decision.level if decision else score.level, facts.least_level(facts.known_of(enterprise.pk)))
    return {"level": level, "decided": decision is not None, "score": score.score}


def warnings(sweep, visits):
    """{visit: sentence} where one more check of the sweep's kind would be beyond what the law allows in the year."""
    if limits.limit_of(sweep.kind, on=sweep.starts_on) is None:
        return {}
    year, of_these = sweep.starts_on.year, [visit.enterprise_id for visit in visits]
    done = _counts(
        Inspection.objects.submitted().filter(
            kind=sweep.kind, visited_on__year=year, enterprise__in=of_these
        ).exclude(visit__sweep=sweep)
    )  # fmt: skip
    planned = _counts(
        PlannedVisit.objects.to_come().filter(
            sweep__kind=sweep.kind, sweep__starts_on__year=year, enterprise__in=of_these
        ).exclude(sweep=sweep)
    )  # fmt: skip
    found = {}
    for visit in visits:
        checked = done.get(visit.enterprise_id, 0) + planned.get(visit.enterprise_id, 0)
        if sentence := limits.warning(sweep.kind, checked, on=sweep.starts_on):
            found[visit.pk] = sentence
    return found


def warnings_for(enterprise, *, on):
    """Sentences before a visit begins: the register holds the enterprise for closed, or one more check of a kind in the
    year would be beyond what the law allows.
    """
    checks = Inspection.objects.submitted().filter(enterprise=enterprise, visited_on__year=on.year)
    told = [limits.warning(kind, checks.of_kind(kind).count(), on=on) for kind in limits.Kind]
    if enterprise.status != Enterprise.Status.ACTIVE:
        status = enterprise.get_status_display()
        told.insert(0, f"企业名录中登记的状态是“{status}”，请先核实是否仍有生产经营和用工，再登记走访。")
    return [sentence for sentence in told if sentence]


def _counts(rows):
    counted = rows.order_by().values_list("enterprise_id").annotate(number=Count("pk"))
    return dict(counted)


def _scores(run, district):
    return (
        Score.objects.filter(
            run=run,
            district=district,
            enterprise__status=Enterprise.Status.ACTIVE,
            enterprise__merged_into=None,
        )
        .order_by()
        .values_list("enterprise_id", "level", "score")
    )


def _paused(district, on, days):
    visited = Inspection.objects.filter(district=district).exclude(state=Inspection.State.WITHDRAWN)
    recently = visited.filter(visited_on__gt=on - timedelta(days=days)).order_by()
    planned = PlannedVisit.objects.to_come().filter(district=district).order_by()
    return set(recently.values_list("enterprise_id", flat=True)) | set(planned.values_list("enterprise_id", flat=True))
