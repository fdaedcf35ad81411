"""New enterprises, whom the notice puts first: who looks after one, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation
from accounts.roles import Can, Role
from casework.attachments import holder
from casework.audit import audited
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet

from .. import terms
from .firms import PARTIES, OfAFirm, must_have_come


class State(models.TextChoices):
    TAKEN = "taken", "服务中"
    SERVED = "served", "已服务"
    RELEASED = "released", "已退出"


_TAKEN, _SERVED, _RELEASED = State
_SERVER = Part.of("server", "服务人")
_SUPERVISOR = Role.DISTRICT_SUPERVISOR

NEWCOMER = Lifecycle(
    State,
    # move       label          from        to          by                        needs
    ("take_on",  "认领服务",    (None,),    _TAKEN,     PARTIES,                  ("server",)),
    ("serve",    "登记服务",    (_TAKEN,),  _SERVED,    (_SERVER, _SUPERVISOR),   ("served_on", "result")),
    ("hand_on",  "转交服务",    (_TAKEN,),  STAYS,      (_SERVER, _SUPERVISOR),   ("server",)),
    ("release",  "退出服务",    (_TAKEN,),  _RELEASED,  (_SERVER, _SUPERVISOR)),
    ("add",      "补充服务",    (_SERVED,), STAYS,      (_SERVER, _SUPERVISOR)),
)  # fmt: skip


class NewcomerQuerySet(ScopedQuerySet):
    def standing(self):
        """Taken on and not given up: at most one an enterprise."""
        return self.exclude(state=State.RELEASED)

    def waiting(self):
        return self.filter(state=State.TAKEN)

    def late(self, on):
        return self.waiting().filter(planned_on__lt=on)

    def served(self):
        return self.filter(state=State.SERVED)


@audited
@holder("newcomer", read=Can.READ_GUIDANCE, add=Can.WRITE_GUIDANCE)
class Newcomer(OfAFirm):
    """That somebody looks after a new enterprise."""

    lifecycle = NEWCOMER
    State = State

    state = models.CharField("状态", max_length=10, choices=State, default=State.TAKEN)
    server = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="服务人")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="服务单位")
    taken_on = models.DateField("认领日期")
    planned_on = models.DateField("计划服务日期")
    served_on = models.DateField("服务日期", null=True, blank=True)
    result = models.TextField("服务内容", max_length=1000, blank=True)

    objects = NewcomerQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_on", "-id"]
        verbose_name = "新办企业服务"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=~Q(state="released"), name="a_new_enterprise_has_one_server",
                violation_error_message="这家企业已由他人认领，不能重复认领。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.enterprise.name}（新办企业服务）"

    def get_absolute_url(self):
        return reverse("guidance:newcomer", args=[self.pk])

    def take_on(self, *, by, on, version=None, planned_on=None):
        """`planned_on`: when to go there, by the term unless given."""
        if not self.enterprise.is_new(on):
            raise MoveRefused("这家企业已不是新办企业，请按一般企业登记指导服务。")
        self.begin(on)
        self.planned_on = planned_on or terms.serve_by(on)
        if self.planned_on < on:
            raise MoveRefused("计划服务日期不能早于今天，请重新选择。")
        self.server, self.organisation, self.taken_on = by, by.organisation, on
        with self.deed("take_on", by=by, on=on, version=version):
            pass

    def serve(self, *, by, on, version=None, served_on, result):
        must_have_come(served_on, on)
        with self.deed("serve", by=by, on=on, version=version, note=result) as row:
            if served_on < row.taken_on:
                raise MoveRefused(f"服务日期不能早于认领日期 {row.taken_on:%Y-%m-%d}，请核对。")
            row.served_on, row.result = served_on, result

    def hand_on(self, *, by, on, version=None, server, reason=""):
        with self.deed("hand_on", by=by, on=on, version=version, note=f"转交{server.name}。{reason}") as row:
            row.server, row.organisation = server, server.organisation

    def release(self, *, by, on, version=None, reason):
        with self.deed("release", by=by, on=on, version=version, note=reason):
            pass

    def add(self, *, by, on, version=None, result):
        with self.deed("add", by=by, on=on, version=version, note=result):
            pass
