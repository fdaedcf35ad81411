"""Days in which a consultation rests."""

from django.db import models
from django.db.models import F, Q

from accounts.models import District
from casework.audit import audited
from casework.scope import ScopedQuerySet


@audited
class Suspension(models.Model):
    """Days in which a consultation rests. Those of force majeure do not count towards the signature."""

    district_path = "district"

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="suspensions")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    begins_on = models.DateField("中止日期")
    ends_on = models.DateField("恢复日期", null=True, blank=True)
    force_majeure = models.BooleanField("不可抗力", default=False)
    reason = models.CharField("原因", max_length=300)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["begins_on"]
        verbose_name = "中止"
        constraints = [
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(ends_on=None), name="a_consultation_rests_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="a_rest_ends_after_it_begins"
            ),
        ]
