"""What every case is: a record of a district with a state, a version and a timeline, moved by deeds alone."""

from contextlib import contextmanager
from functools import reduce

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from .lifecycle import Incomplete, MoveRefused, NotYours, Stale
from .models import WithTimeline


class Case(WithTimeline):
    """The concrete model names its table in `lifecycle` and has a `state` with the table's stages as choices.

    Each move is a verb of the model, of the move's name:

        def close(self, *, by, on, version=None, note=""):
            with self.deed("close", by=by, on=on, version=version, note=note) as row:
                row.closed_on = on
    """

    lifecycle = None
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def place_id(self):
        """The code of the district that answers for the record, by the way home that the model says; None: not yet."""
        return reduce(lambda at, step: getattr(at, step, None), f"{self.district_path}_id".split("__"), self)

    @property
    def stage(self):
        """Where the record stands; None before it is."""
        return None if self._state.adding else self.lifecycle.stages(self.state)

    def is_placed_for(self, user):
        """Whether the record lies where `user` works. The portal itself (None) works everywhere."""
        if user is None:
            return True
        return user.is_active and (user.sees_whole_city or self.place_id == user.organisation.district_id)

    def moves_for(self, user):
        """The moves that `user` may make now, in the table's order: the buttons of the page."""
        return [
            move
            for move in self.lifecycle
            if move.is_open_from(self.stage) and self.is_placed_for(user) and move.is_for(self, user)
        ]

    def require(self, move, *, by, version=None):
        """Raise NotYours or Stale unless `by` may make the move on the record as it stands."""
        if (version is not None and version != self.version) or not move.is_open_from(self.stage):
            raise _stale(self, move, version)
        if self.place_id is not None and not self.is_placed_for(by):
            raise _elsewhere()
        if not move.is_for(self, by):
            raise NotYours(f"“{move.label}”由{'、'.join(move.who)}办理，您不能办理。")

    def wording(self, name):
        """A field as a person reads it."""
        field = self._meta.get_field(name)
        if field.choices:
            return getattr(self, f"get_{name}_display")()
        value = getattr(self, name)
        if isinstance(value, bool):
            return "是" if value else "否"
        return "" if value is None else str(value)

    def __copy__(self):
        """The same in memory, for a form to fill in: only a verb changes the record itself."""
        twin = type(self)(**{field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields})
        twin._state.adding, twin._state.db = self._state.adding, self._state.db
        return twin

    def move_url(self, move):
        """Where a move is made: `risks:rectification_close`."""
        return reverse(f"{self._meta.app_label}:{self._meta.model_name}_{move.name}", args=[self.pk])

    @contextmanager
    def deed(self, name, *, by, on, version=None, note=""):
        """The only hand on `state`: inside the block the verb sets its fields on the row as it stands now, locked.

        `by` None is the portal itself, where the table names it. `version` is the one that the person saw. Raises
        Stale, NotYours or Incomplete, and then nothing is stored.
        """
        move = self.lifecycle[name]
        with transaction.atomic():
            row = self if self._state.adding else self._locked()
            row.require(move, by=by, version=version)
            before = row.stage
            yield row
            if not row.is_placed_for(by):
                raise _elsewhere()
            if missing := self.lifecycle.missing(move, row):
                raise Incomplete(missing)
            row._make(move, before)
            row._note_move(move, before, by=by, on=on, note=note)
        self._become(row)

    def _locked(self):
        try:
            return type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
        except type(self).DoesNotExist:
            raise MoveRefused("没有找到这条记录，它可能已被删除，或已划归其他区市。") from None

    def _make(self, move, before):
        if move.to is not None:
            self.state = move.to
        if before is not None:
            self.version += 1
        try:
            self.validate_constraints()
        except ValidationError as broken:
            raise MoveRefused("".join(broken.messages)) from None
        self.save()

    def _note_move(self, move, before, *, by, on, note):
        states = {"before": before.label if before else "", "after": self.stage.label}
        self.note_deed(move.label, by=by, on=on, note=note, district_id=self.place_id, **states)

    def _become(self, row):
        """What the caller holds is as it stands now."""
        if row is not self:
            for field in self._meta.concrete_fields:
                setattr(self, field.attname, getattr(row, field.attname))


def _elsewhere():
    return NotYours("这条记录属于其他区市，您不能办理。")


def _stale(row, move, version):
    """Who did what when, so that the second of two officers knows whom to ask."""
    if row.stage is None:
        return Stale(f"记录尚未登记，不能“{move.label}”。", row)
    since = list(row.timeline[: max(1, row.version - (version or row.version))])
    news = f"“{row}”{_told(since[0])}，" if since else f"“{row}”已被他人办理，"
    closing = "请核对后重新办理。" if move.is_open_from(row.stage) else f"不能再“{move.label}”。"
    return Stale(f"{news}现为“{row.stage.label}”，{closing}", row, since)


def _told(entry):
    who = f"由{entry.by.organisation.short_name}{entry.by.name}" if entry.by else ""
    return f"已于 {timezone.localtime(entry.at):%m月%d日 %H:%M} {who}“{entry.deed}”"
