"""An enterprise's level as people see it: what the score says, what a person decided, what people know asks for."""

from dataclasses import dataclass

from django.urls import reverse

from campaigns.models import Campaign

from . import facts
from .explanations import card_of
from .models import Arrears, Level, LevelDecision, Score, ScoreRun


def begun(enterprise, *, on):
    """A decision on an enterprise, not saved: it notes what the score says at that moment."""
    run = ScoreRun.objects.latest()
    score = Score.objects.filter(run=run, enterprise=enterprise).first() if run else None
    return LevelDecision(
        enterprise=enterprise,
        district_id=enterprise.district_id,
        campaign=Campaign.objects.running(on),
        run=run if score else None,
        scored_level=score.level if score else None,
    )


def begun_arrears(enterprise, *, on):
    """Arrears of an enterprise, not saved."""
    return Arrears(
        enterprise=enterprise,
        district_id=enterprise.district_id,
        campaign=Campaign.objects.running(on),
        found_on=on,
    )


def openings(record, user):
    """(label, address) of the moves by which `user` may begin such a record, which is not saved, of its enterprise."""
    name, of = record._meta.model_name, [record.enterprise_id]
    return [(move.label, reverse(f"risks:{name}_{move.name}", args=of)) for move in record.moves_for(user)]


@dataclass(frozen=True)
class Standing:
    """How an enterprise stands."""

    scored: int | None  # level of the latest run
    decision: LevelDecision | None  # the one that holds
    rules: list  # the card's rules that hold by known arrears alone, gravest first

    @property
    def level(self):
        """The level that counts: the decided one, else the scored one; never below what known arrears ask for."""
        levels = [self.scored if self.decision is None else self.decision.level, *(rule.level for rule in self.rules)]
        return max((level for level in levels if level is not None), default=None)

    @property
    def is_overtaken(self):
        """Whether the score has moved since the decision, so that somebody should look again."""
        return self.decision is not None and self.scored is not None and self.scored != self.decision.scored_level

    @property
    def scored_word(self):
        return "未评" if self.scored is None else Level(self.scored).label


def standing_of(enterprise, user):
    run = ScoreRun.objects.latest()
    score = Score.objects.visible_to(user).filter(run=run, enterprise=enterprise).first() if run else None
    decisions = LevelDecision.objects.visible_to(user).filter(enterprise=enterprise).standing()
    known = facts.known_of(enterprise.pk)
    return Standing(
        scored=score.level if score else None,
        decision=decisions.select_related("decided_by__organisation").first(),
        rules=facts.rules_on(known, card_of(run)) if known and run else [],
    )
