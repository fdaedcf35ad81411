"""Known arrears as scoring takes them: facts that lift a level whatever the points are."""

import numpy as np

from enterprises.signals import BLOCK

from . import scoring
from .models import Arrears


def facts_of(block):
    """What people know of the enterprises of a block: {name of scoring.FACTS: int32[4096]}, UNKNOWN where nothing.

    Of several arrears of an enterprise the longest counts for the months; the workers are added up, which may count
    a person twice and never misses one. What is paid off counts no longer.
    """
    rows = Arrears.objects.owed().filter(enterprise_id__gte=block * BLOCK, enterprise_id__lt=(block + 1) * BLOCK)
    found = {}
    for row in rows.order_by():
        _note(row, found, row.enterprise_id - block * BLOCK)
    if not found:
        return {}
    facts = {name: np.full(BLOCK, scoring.UNKNOWN, np.int32) for name in _NAMES}
    for column, known in found.items():
        for name, value in known.items():
            facts[name][column] = value
    return facts


def known_of(enterprise_id):
    """The same for one enterprise: {name: value} of what is known."""
    found = {}
    for row in Arrears.objects.owed().filter(enterprise_id=enterprise_id).order_by():
        _note(row, found, enterprise_id)
    return found.get(enterprise_id, {})


def rules_on(known, card):
    """The card's hard rules that hold by what people know alone, gravest first.

    known  {name of scoring.FACTS: value}
    """
    return sorted(
        (rule for rule in card.rules if all(_met(condition, known) for condition in rule.all)),
        key=lambda rule: -rule.level,
    )


def least_level(enterprise_id, card=None):
    """The level that known arrears ask for at least; 0 where nothing is known."""
    known = known_of(enterprise_id)
    rules = rules_on(known, card or scoring.load()) if known else []
    return rules[0].level if rules else 0


_NAMES = ("arrears_months", "arrears_workers", "agreed_delay_days")


def _note(row, found, key):
    known = found.setdefault(key, {})
    if row.kind == Arrears.Kind.DELAY:
        known["agreed_delay_days"] = max(row.delay_days, known.get("agreed_delay_days", 0))
    else:
        known["arrears_months"] = max(row.months, known.get("arrears_months", 0))
        known["arrears_workers"] = row.workers + known.get("arrears_workers", 0)


def _met(condition, known):
    return condition.what in known and bool(condition.met(np.int32(known[condition.what])))
