"""Votes of all staff or their congress, as they were counted."""

from django.db import models
from django.db.models import F, Q

from accounts.models import District
from casework.audit import audited
from casework.lifecycle import MoveRefused
from casework.scope import ScopedQuerySet

from .. import voting


@audited
class Vote(models.Model):
    """What was counted, and what follows from it by the rule of the day; the sentence is kept as it was said then."""

    district_path = "district"

    class Body(models.TextChoices):
        CONGRESS = "congress", "职工代表大会"
        STAFF = "staff", "全体职工大会"
        JOINT = "joint", "行业性、区域性职工代表大会"

    OF_A_FIRM, OF_MANY = Body.choices[:2], Body.choices[2:]

    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    body = models.CharField("表决主体", max_length=10, choices=Body)
    held_on = models.DateField("表决日期")
    entitled = models.PositiveIntegerField("应到人数", help_text="全体职工代表或全体职工")
    present = models.PositiveIntegerField("实到人数")
    in_favour = models.PositiveIntegerField("赞成")
    against = models.PositiveIntegerField("反对", default=0)
    abstained = models.PositiveIntegerField("弃权", default=0)
    passed = models.BooleanField("通过", editable=False)
    sentence = models.CharField("结论", max_length=300, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-id"]
        verbose_name = "表决"
        constraints = [
            models.CheckConstraint(
                condition=Q(entitled__gt=0)
                & Q(present__lte=F("entitled"))
                & Q(present__gte=F("in_favour") + F("against") + F("abstained")),
                name="no_more_votes_than_people",
                violation_error_message="票数多于出席人数，或出席人数多于全体人数，请核对。",
            )
        ]

    def __str__(self):
        return self.sentence

    @classmethod
    def counted(cls, rule, *, district_id, body, held_on, **numbers):
        """The vote under `rule`, kept. Raises MoveRefused for numbers that no meeting can have had."""
        try:
            outcome = voting.outcome(rule, voting.Count(**numbers))
        except voting.ImpossibleVote as impossible:
            raise MoveRefused(str(impossible)) from None
        return cls.objects.create(
            district_id=district_id, body=body, held_on=held_on, passed=outcome.passed, sentence=outcome.sentence,
            **numbers,
        )  # fmt: skip
