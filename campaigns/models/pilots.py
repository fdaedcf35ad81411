"""改革试点: what a district tries out for regional harmony of labour relations, until when, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet

from .. import criteria
from .campaign import Campaign
from .library import Practice, enter
from .parts import ANYBODY, AUTHORITY, CITY, HEAD


class PilotState(models.TextChoices):
    PROPOSED = "proposed", "待批准"
    RETURNED = "returned", "已退回"
    RUNNING = "running", "试点中"
    CONCLUDED = "concluded", "待验收"
    ACCEPTED = "accepted", "已验收"
    STOPPED = "stopped", "已终止"


_P = PilotState
_STATED = ("title", "content", "lead", "starts_on", "ends_on")

PILOT = Lifecycle(
    PilotState,
    # move       label          from              to             by                needs
    ("propose",  "申报试点",    (None,),          _P.PROPOSED,   (AUTHORITY,),     _STATED),
    ("revise",   "修改后重报",  (_P.RETURNED,),   _P.PROPOSED,   (AUTHORITY,),     _STATED),
    ("approve",  "批准试点",    (_P.PROPOSED,),   _P.RUNNING,    (CITY,)),
    ("send_back", "退回",       (_P.PROPOSED,),   _P.RETURNED,   (CITY,)),
    ("note",     "记录进展",    (_P.RUNNING,),    STAYS,         (ANYBODY,)),
    ("conclude", "报送总结",    (_P.RUNNING,),    _P.CONCLUDED,  (HEAD,),          ("result", "has_notes")),
    ("extend",   "延长期限",    (_P.RUNNING,),    STAYS,         (CITY,)),
    ("accept",   "验收通过",    (_P.CONCLUDED,),  _P.ACCEPTED,   (CITY,)),
    ("reopen",   "退回总结",    (_P.CONCLUDED,),  _P.RUNNING,    (CITY,)),
    ("share",    "编入经验库",  (_P.ACCEPTED,),   STAYS,         (CITY,),          ("practice",)),
    ("stop",     "终止试点",    (_P.PROPOSED, _P.RETURNED, _P.RUNNING), _P.STOPPED, (CITY,)),
    asks={"has_notes": "还没有记录过进展，请先“记录进展”。"},
)  # fmt: skip


class PilotQuerySet(ScopedQuerySet):
    def proposed(self):
        return self.filter(state=_P.PROPOSED)

    def returned(self):
        return self.filter(state=_P.RETURNED)

    def running(self):
        return self.filter(state=_P.RUNNING)

    def concluded(self):
        return self.filter(state=_P.CONCLUDED)

    def accepted(self):
        return self.filter(state=_P.ACCEPTED)

    def late(self, on):
        """Past their term without a summary."""
        return self.running().filter(ends_on__lt=on)

    def with_last_note(self):
        """With `told_on`, the day of the last note, or that of the approval where there is none."""
        return self.annotate(told_on=Coalesce(models.Max("notes__on"), F("approved_on")))

    def silent(self, on):
        """Running, and longer without a note than the term allows."""
        found = self.running().with_last_note().values_list("pk", "told_on")
        return self.filter(pk__in=[pk for pk, told_on in found if criteria.note_due(told_on) < on])


@holder("pilot", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
@audited
class Pilot(Case):
    district_path = "district"
    lifecycle = PILOT
    State = PilotState

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=10, choices=PilotState, default=_P.PROPOSED)
    since_on = models.DateField("进入本环节日期", help_text="since when somebody is to act")
    title = models.CharField("试点主题", max_length=60)
    content = models.TextField("试点内容和预期目标", max_length=2000)
    lead = models.CharField("责任单位", max_length=60)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("截止日期")
    approved_on = models.DateField("批准日期", null=True, blank=True)
    result = models.TextField("试点总结", max_length=3000, blank=True)
    concluded_on = models.DateField("报送总结日期", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    practice = models.ForeignKey(
        Practice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="入库经验"
    )

    objects = PilotQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = "改革试点"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("ends_on")), name="a_pilot_ends_after_it_starts",
                violation_error_message="截止日期应当晚于开始日期。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:pilot", args=[self.pk])

    @property
    def has_notes(self):
        return self.notes.exists()

    def told(self):
        """What the library is offered: the measures are those that were noted."""
        steps = self.notes.filter(kind=PilotNote.Kind.MEASURE).order_by("on", "pk")
        return {
            "title": self.title, "background": self.content, "result": self.result, "lessons": "",
            "measures": "\n".join(step.text for step in steps),
        }  # fmt: skip

    def moves_for(self, user):
        """What is in the library is corrected there, and not put in again."""
        return [move for move in super().moves_for(user) if move.name != "share" or self.practice_id is None]

    def propose(self, *, by, on, version=None):
        self.campaign, self.since_on = Campaign.objects.running(on), on
        with self.deed("propose", by=by, on=on, note=self.content):
            pass

    def revise(self, *, by, on, version=None, **fields):
        with self.deed("revise", by=by, on=on, version=version) as row:
            row.since_on = on
            for name, value in fields.items():
                setattr(row, name, value)

    def approve(self, *, by, on, version=None, opinion=""):
        with self.deed("approve", by=by, on=on, version=version, note=opinion) as row:
            row.approved_on = row.since_on = on

    def send_back(self, *, by, on, version=None, reason):
        with self.deed("send_back", by=by, on=on, version=version, note=reason) as row:
            row.since_on = on

    def note(self, *, by, on, version=None, kind, text):
        words = f"{PilotNote.Kind(kind).label}：{text}"
        with self.deed("note", by=by, on=on, version=version, note=words) as row:
            row.notes.create(kind=kind, text=text, by=by, on=on)

    def extend(self, *, by, on, version=None, ends_on, reason):
        with self.deed("extend", by=by, on=on, version=version, note=f"延长至{ends_on:%Y-%m-%d}。{reason}") as row:
            if ends_on <= max(row.ends_on, on):
                raise MoveRefused("新的截止日期应当晚于今天和原截止日期。")
            row.ends_on = ends_on

    def conclude(self, *, by, on, version=None, result):
        with self.deed("conclude", by=by, on=on, version=version, note=result) as row:
            row.result, row.concluded_on, row.since_on = result, on, on

    def reopen(self, *, by, on, version=None, reason):
        with self.deed("reopen", by=by, on=on, version=version, note=reason) as row:
            row.concluded_on, row.since_on = None, on

    def accept(self, *, by, on, version=None, opinion=""):
        with self.deed("accept", by=by, on=on, version=version, note=opinion) as row:
            row.accepted_on = row.since_on = on

    def share(self, *, by, on, version=None, **story):
        """Put what can be copied into the library of the whole city."""
        with self.deed("share", by=by, on=on, version=version) as row:
            if row.practice_id is not None:
                raise MoveRefused("已经编入经验库，需要修改的请在经验库中更正。")
            row.practice = enter(
                row, kind=Practice.Kind.PILOT, subject=row.district.name, names=(), by=by, on=on, **story
            )

    def stop(self, *, by, on, version=None, reason):
        with self.deed("stop", by=by, on=on, version=version, note=reason) as row:
            row.since_on = on


@audited
class PilotNote(models.Model):
    """What happened in a pilot. Never changed."""

    class Kind(models.TextChoices):
        MEASURE = "measure", "推出举措"
        PROGRESS = "progress", "工作进展"
        RESULT = "result", "阶段成效"

    district_path = "pilot__district"

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="notes")
    kind = models.CharField("类别", max_length=8, choices=Kind)
    text = models.TextField("内容", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    on = models.DateField("日期")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = "试点进展"

    def __str__(self):
        return f"{self.on} {self.get_kind_display()}"
