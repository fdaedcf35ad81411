"""Lifecycles: each readable as one table of moves, held by one hand (casework.cases).

    RECTIFICATION = Lifecycle(
        Stage,
        # move      label    from          to         by             needs
        ("open",    "登记",  (None,),      OPEN,      (OFFICER,),    ("enterprise",)),
        ("assign",  "分派",  (OPEN,),      ASSIGNED,  (SUPERVISOR,), ("owner", "due_on")),
        ("remark",  "备注",  (ASSIGNED,),  STAYS,     (OWNER,)),
        …
        asks={"has_evidence": "请先上传整改凭证。"},
    )

`from` None is a record that is not yet: creation is a move too. `by` names roles of accounts.roles, or parts of the
record. `needs` names fields or properties that must hold once the verb has set what it sets; `asks` says what to do
where one does not. A move is a deed of somebody: time never moves a record.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.roles import Role

STAYS = None  # a move that changes something of a record and leaves it where it stands


@dataclass(frozen=True)
class Part:
    """Whom a record itself names, or whom it bars: `holds(record, user)`."""

    label: str
    holds: Callable

    @classmethod
    def of(cls, field, label):
        """The person in a field of the record: `OWNER = Part.of("owner", "整改负责人")`."""
        return cls(label, lambda record, user: user is not None and getattr(record, f"{field}_id") == user.pk)


PORTAL = Part("平台（按规则）", lambda record, user: user is None)


@dataclass(frozen=True)
class Move:
    name: str  # the verb of the record that does it
    label: str
    starts: tuple
    to: str | None
    by: tuple
    needs: tuple = ()

    @property
    def creates(self):
        return None in self.starts

    @property
    def who(self):
        """Who may, in words."""
        return [entitled.label for entitled in self.by]

    def is_open_from(self, state):
        return state in self.starts

    def is_for(self, record, user):
        """Whether the table gives the move on `record` to `user`; None is the portal itself."""
        return any(
            entitled.holds(record, user)
            if isinstance(entitled, Part)
            else user is not None and user.role == Role(entitled)
            for entitled in self.by
        )


class Lifecycle:
    def __init__(self, stages, *moves, asks=None):
        self.stages = stages
        self.moves = {row[0]: Move(*row) for row in moves}
        self.asks = asks or {}
        if len(self.moves) != len(moves):
            raise ValueError("Two moves of one name")

    def __iter__(self):
        return iter(self.moves.values())

    def __getitem__(self, name):
        return self.moves[name]

    def missing(self, move, record):
        """What `move` needs and `record` lacks: {attribute: a sentence that says what to do}."""
        return {name: self._ask(name, record) for name in move.needs if is_lacking(getattr(record, name))}

    def _ask(self, name, record):
        return self.asks.get(name) or f"请填写“{record._meta.get_field(name).verbose_name}”。"


def is_lacking(value):
    """0 is a figure that somebody gave."""
    return value is None or value is False or value in ("", [], ())


class MoveRefused(Exception):
    """A move that was not made; nothing is stored. `sentence` says why and what to do."""

    status = 422

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence


class NotYours(MoveRefused):
    """Another role, another part or another district does this."""

    status = 403


class Incomplete(MoveRefused):
    """Something is missing that the move needs: `missing` by field or property."""

    def __init__(self, missing):
        super().__init__("".join(missing.values()))
        self.missing = missing


class Stale(MoveRefused):
    """The record is no longer as the person saw it. `now` is how it stands, `since` what others did meanwhile."""

    status = 409

    def __init__(self, sentence, now, since=()):
        super().__init__(sentence)
        self.now, self.since = now, since
