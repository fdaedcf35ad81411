"""A lifecycle's test: the triples (state, move, person) that are allowed, literally; every other one is refused.

ALLOWED = {
    (None, "open", Role.DISTRICT_OFFICER),
    (Stage.OPEN, "assign", Role.DISTRICT_SUPERVISOR),
    (Stage.ASSIGNED, "submit", "owner"),
}

def test_a_rectification_moves_as_its_table_says(people):
    assert lifecycles.allowed(record_in, people | {"owner": owner}) == ALLOWED
"""

from copy import copy
from itertools import cycle

from django.db import transaction

from casework.lifecycle import Incomplete, NotYours, Stale
from tests import make


def allowed(record_in, people):
    """Try every move from every state as every person; the triples that were let through.

    `record_in(state)` makes a record that stands there, of Huancui; None: one that is not saved yet. `people` names
    whom to try: {label: user}. What a move needs is another question: a move that lacks something was let through.

    Where the table opens a move, everybody is put before the rule that each deed asks first, and one of those whom it
    answers alike tries the deed itself, row locked and all, and must fare as the rule said. A move that it does not
    open is refused before anybody is looked at: one person tries it, each in turn.
    """
    lifecycle = type(record_in(None)).lifecycle
    found, turn = set(), cycle(people)
    for state in (None, *lifecycle.stages):
        record = record_in(state)
        for move in lifecycle:
            if not move.is_open_from(record.stage):
                label = next(turn)
                assert not is_let_through(record, move, people[label]), (state, move.name, label)
                continue
            answers = {}
            for label, user in people.items():
                answers.setdefault(_answer(record, move, user), []).append(label)
            for lets_through, alike in answers.items():
                assert is_let_through(record, move, people[alike[0]]) == lets_through, (state, move.name, alike[0])
            found |= {(state, move.name, label) for label in answers.get(True, ())}
    return found


def _answer(record, move, user):
    try:
        record.require(move, by=user)
    except (NotYours, Stale):
        return False
    return True


def is_let_through(record, move, user):
    """Whether `user` gets to make the move; it is undone again."""
    try:
        with transaction.atomic(), copy(record).deed(move.name, by=user, on=make.ON):
            raise _Entered
    except (_Entered, Incomplete):
        return True
    except (NotYours, Stale):
        return False


class _Entered(Exception):
    pass


def by_role(*users):
    """{role: user} of the cast, for a table that speaks of roles."""
    return {user.role: user for user in users}
