"""How a 体检 is begun: with the questions that the score raises."""

from campaigns.models import Campaign

from . import facts
from .explanations import card_of
from .models import Checklist, Inspection, Score, ScoreRun


def begun(enterprise):
    """A 体检 of an enterprise, not saved and not begun."""
    return Inspection(enterprise=enterprise, district_id=enterprise.district_id)


def begin(enterprise, *, by, on, kind, organisation, inspectors=(), visit=None, uid=None, checklist=None):
    """Open a 体检 of an enterprise with the questions that its score raises. Returns the draft.

    organisation  who leads it; a union's check is one under 山东省工会劳动法律监督条例
    checklist     the version whose questions were asked; the one in force unless given
    uid           of a record that was begun elsewhere, on a phone: asked again it is the same draft
    """
    if uid and (known := Inspection.objects.filter(uid=uid).first()):
        return known
    run = ScoreRun.objects.latest()
    draft = Inspection(
        enterprise=enterprise,
        district_id=enterprise.district_id,
        campaign=Campaign.objects.running(on),
        kind=kind,
        organisation=organisation,
        checklist=checklist or Checklist.objects.first().current(on),
        visit=visit,
        run=run,
        **({"uid": uid} if uid else {}),
    )
    draft.open(by=by, on=on, inspectors=inspectors, questions=questions_of(enterprise, run, draft.checklist))
    return draft


def questions_of(enterprise, run, checklist):
    """What to ask first: one question for each reason of the enterprise's score, and for each rule on known arrears."""
    found = {}
    score = Score.objects.filter(run=run, enterprise=enterprise).first() if run else None
    if score:
        card = card_of(run)
        for place, sentence in zip(score.marks[0::3], score.reasons, strict=True):
            key = card.items[place].key if place < len(card.items) else card.title(place)
            found.setdefault(key, (card.title(place), sentence))
    if run and (known := facts.known_of(enterprise.pk)):
        for rule in facts.rules_on(known, card_of(run))[:1]:
            found.setdefault(rule.title, (rule.title, rule.sentence.format(**known)))
    return [
        {
            "key": key,
            "title": title,
            "sentence": sentence,
            "question": checklist.questions.get(key) or f"“{title}”是否属实？",
        }
        for key, (title, sentence) in found.items()
    ]
