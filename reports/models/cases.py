"""Typical cases of a report: what was done for an enterprise, told without the people in it."""

from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import District
from casework.audit import audited
from casework.scope import ScopedQuerySet


@audited
class TypicalCase(models.Model):
    district_path = "district"

    report = models.ForeignKey("reports.Report", models.CASCADE, related_name="cases")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField("序号")
    title = models.CharField("标题", max_length=80)
    background = models.TextField("背景", max_length=1000)
    action = models.TextField("做法", max_length=1500)
    result = models.TextField("成效", max_length=1000)
    source_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    source_id = models.BigIntegerField(help_text="the record that the case tells of")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = "典型案例"

    def __str__(self):
        return self.title
