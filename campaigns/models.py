"""A campaign is data: its notice, its period and its phases. Next year's is another row."""

from django.db import models
from django.db.models import F, Q

from casework.audit import audited


class CampaignQuerySet(models.QuerySet):
    def running(self, on):
        """The campaign that the day belongs to; outside of every period the one marked current: work goes on after it.

        Raises Campaign.DoesNotExist where there is none, which `manage.py load_reference` mends.
        """
        return self.filter(starts_on__lte=on, ends_on__gte=on).order_by("-starts_on").first() or self.get(current=True)


@audited
class Campaign(models.Model):
    title = models.CharField("名称", max_length=120)
    document_number = models.CharField("文号", max_length=40, unique=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    report_due_at = models.DateTimeField("总结报送时限", help_text="the report is in before this moment")
    cut_off_on = models.DateField("数据截止日", help_text="the last day that counts in the report")
    current = models.BooleanField("当前行动", default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = "专项行动"
        constraints = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="one_campaign_is_current"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="a_campaign_ends_after_it_starts"),
        ]

    def __str__(self):
        return self.title


@audited
class Phase(models.Model):
    """What the campaign is about on given days. Phases overlap: two of the notice begin on one day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    name = models.CharField("阶段", max_length=20)
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    article = models.CharField("依据", max_length=60)

    class Meta:
        ordering = ["begins_on", "id"]
        verbose_name = "阶段"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="a_phase_stands_once_in_a_campaign"),
            models.CheckConstraint(condition=Q(begins_on__lte=F("ends_on")), name="a_phase_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.name

    def has_begun(self, on):
        return self.begins_on <= on

    def is_over(self, on):
        return self.ends_on < on

    def is_under_way(self, on):
        return self.has_begun(on) and not self.is_over(on)

    def days_left(self, on):
        return (self.ends_on - on).days
