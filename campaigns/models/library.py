"""The library of good practice: what was published, for every district to read. A copy, and no way back to the case."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import District
from casework.audit import audited
from casework.lifecycle import STAYS, Lifecycle
from casework.masking import masked
from casework.scope import PublicQuerySet

from .campaign import Campaign, CityCase
from .parts import CITY

STORY = ("background", "measures", "result", "lessons")


class PracticeState(models.TextChoices):
    KEPT = "kept", "在库"
    WITHDRAWN = "withdrawn", "已撤下"


_KEPT, _WITHDRAWN = PracticeState

PRACTICE = Lifecycle(
    PracticeState,
    # move       label           from      to          by        needs
    ("enter",    "编入经验库",   (None,),  _KEPT,      (CITY,),  ("title", "measures", "result")),
    ("correct",  "更正",         (_KEPT,), STAYS,      (CITY,),  ("title", "measures", "result")),
    ("withdraw", "撤下",         (_KEPT,), _WITHDRAWN, (CITY,),  ("reason",)),
)  # fmt: skip


class PracticeQuerySet(PublicQuerySet):
    def kept(self):
        return self.filter(state=_KEPT)

    def withdrawn(self):
        return self.filter(state=_WITHDRAWN)


class Story(models.Model):
    """How practice is told: what there was, what was done, what came of it, what others can copy."""

    title = models.CharField("名称", max_length=80)
    background = models.TextField("背景", max_length=1000, blank=True)
    measures = models.TextField("做法", max_length=3000, blank=True)
    result = models.TextField("成效", max_length=1500, blank=True)
    lessons = models.TextField("可复制、可推广之处", max_length=1000, blank=True)

    class Meta:
        abstract = True


@audited
class Practice(CityCase, Story):
    """An entry. What is withdrawn keeps its title and the reason; its text is gone, and stays in the audit trail."""

    class Kind(models.TextChoices):
        FIRM = "firm", "企业典型"
        PERSON = "person", "个人典型"
        PILOT = "pilot", "改革试点"

    lifecycle = PRACTICE
    State = PracticeState

    state = models.CharField("状态", max_length=10, choices=PracticeState, default=_KEPT)
    kind = models.CharField("类别", max_length=8, choices=Kind)
    subject = models.CharField("典型", max_length=160, help_text="an enterprise, a person without the name, a district")
    trade = models.CharField("行业", max_length=60, blank=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="推荐区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    published_on = models.DateField("公布日期")
    reason = models.TextField("撤下理由", max_length=500, blank=True)
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-id"]
        verbose_name = "典型经验"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=_KEPT, withdrawn_on=None)
                | Q(state=_WITHDRAWN, withdrawn_on__isnull=False, measures="", result=""),
                name="what_is_withdrawn_is_read_no_more",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:practice", args=[self.pk])

    def enter(self, *, by, on, version=None):
        self.published_on = on
        with self.deed("enter", by=by, on=on, note=self.subject):
            pass

    def correct(self, *, by, on, version=None, reason="", **story):
        from .exemplars import Exemplar  # which knows the library

        source = Exemplar.objects.filter(practice=self).select_related("enterprise").first()
        with self.deed("correct", by=by, on=on, version=version, note=reason) as row:
            for name, text in story.items():
                setattr(row, name, masked(text, names=source.names if source else ()))

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason) as row:
            row.reason, row.withdrawn_on = reason, on
            for name in STORY:
                setattr(row, name, "")


def enter(record, *, kind, subject, names, by, on, trade="", **story):
    """Put a copy of what `record` tells, as `story` words it, into the library. Returns the Practice."""
    story = {name: masked(text, names=names) for name, text in story.items()}
    practice = Practice(
        kind=kind, subject=subject, trade=trade, district_id=record.district_id, campaign_id=record.campaign_id, **story
    )
    practice.enter(by=by, on=on)
    return practice
