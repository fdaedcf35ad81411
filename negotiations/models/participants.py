"""Which enterprises take part in the consultation of an industry or an area."""

from django.db import models

from accounts.models import District
from casework.audit import audited
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .votes import Vote


class ParticipantQuerySet(ScopedQuerySet):
    def staying(self):
        return self.filter(left_on=None)

    def not_passed(self):
        """Those whose own staff have not passed the draft."""
        return self.staying().exclude(vote__passed=True)


@audited
class Participant(models.Model):
    """An enterprise at a table of many. Its staff may vote on the draft; its seal comes with the contract."""

    district_path = "district"

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="participants")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    joined_on = models.DateField("参加日期")
    left_on = models.DateField("退出日期", null=True, blank=True)
    vote = models.ForeignKey(Vote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本企业表决")

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["joined_on", "id"]
        verbose_name = "参加协商的企业"
        constraints = [
            models.UniqueConstraint(fields=["consultation", "enterprise"], name="a_firm_takes_part_once"),
        ]

    def __str__(self):
        return self.enterprise.name
