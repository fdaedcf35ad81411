"""The letters that went out: one a person a day, which the database holds to."""

from django.conf import settings
from django.db import models

from accounts.models import District

from .scope import ScopedQuerySet


class Digest(models.Model):
    """What one person was told on a day (casework.reminders). Written before the letter is handed over."""

    district_path = "district"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="收件人", related_name="+")
    on = models.DateField("日期")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+")
    subject = models.CharField("标题", max_length=200)
    text = models.TextField("内容")
    lines = models.PositiveIntegerField("事项数")
    address = models.EmailField("邮箱", blank=True)
    mailed_at = models.DateTimeField("发出时间", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = "提醒"
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="one_digest_a_person_a_day")]

    def __str__(self):
        return self.subject
