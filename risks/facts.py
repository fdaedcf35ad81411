"""What people know of enterprises beside the feeds: facts that lift a level whatever the points are (scoring.FACTS).

Arrears and agreed delays that are not paid off, major risks that are not settled, and enterprises that the last visit
found stopped or gone. What is settled counts no longer.
"""

import numpy as np

from enterprises.signals import BLOCK

from . import scoring
from .models import Arrears, Inspection, MajorRisk


def facts_of(block):
    """For the enterprises of a block: {name of scoring.FACTS: int32[4096]}, UNKNOWN where nothing is known."""
    found = known_in(enterprise_id__gte=block * BLOCK, enterprise_id__lt=(block + 1) * BLOCK)
    facts = {}
    for enterprise, known in found.items():
        for name, value in known.items():
            column = facts.setdefault(name, np.full(BLOCK, scoring.UNKNOWN, np.int32))
            column[enterprise - block * BLOCK] = value
    return facts


def known_of(enterprise_id):
    """For one enterprise: {name: value} of what is known."""
    return known_in(enterprise_id=enterprise_id).get(enterprise_id, {})


def known_in(**conditions):
    """{enterprise: {name: value}} of all of which anything is known, under conditions on their records.

    Of several arrears of an enterprise the longest counts for the months; the workers are added up, which may count
    a person twice and never misses one.
    """
    found = {}
    for row in Arrears.objects.owed().filter(**conditions).order_by():
        _note_arrears(found.setdefault(row.enterprise_id, {}), row)
    for row in MajorRisk.objects.unsettled().filter(**conditions).order_by():
        _note_major(found.setdefault(row.enterprise_id, {}), row)
    visits = Inspection.objects.submitted().filter(**conditions).order_by("enterprise_id", "-visited_on", "-pk")
    for row in visits.distinct("enterprise_id"):
        if row.outcome == Inspection.Outcome.GONE:
            found.setdefault(row.enterprise_id, {})["stopped"] = 1
    return {enterprise: known for enterprise, known in found.items() if known}


def rules_on(known, card):
    """The card's hard rules that hold by what people know alone, gravest first.

    known  {name of scoring.FACTS: value}
    """
    return sorted(
        (rule for rule in card.rules if all(_met(condition, known) for condition in rule.all)),
        key=lambda rule: -rule.level,
    )


def least_level(known, card=None):
    """The level that known facts ask for at least; 0 where they ask for none."""
    rules = rules_on(known, card or scoring.load()) if known else []
    return rules[0].level if rules else 0


def _note_arrears(known, row):
    if row.kind == Arrears.Kind.DELAY:
        known["agreed_delay_days"] = max(row.delay_days, known.get("agreed_delay_days", 0))
    else:
        known["arrears_months"] = max(row.months, known.get("arrears_months", 0))
        known["arrears_workers"] = row.workers + known.get("arrears_workers", 0)


def _note_major(known, row):
    if row.kind != MajorRisk.Kind.LAYOFF:
        if row.source == MajorRisk.Source.HAND:  # what a rule flags rests on arrears, which count by themselves
            known["collective_action"] = 1
    elif row.people is not None:
        known["planned_cut_heads"] = row.people
        if row.staff:
            known["planned_cut_percent"] = row.people * 100 // row.staff


def _met(condition, known):
    return condition.what in known and bool(condition.met(np.int32(known[condition.what])))
