"""What the employer tells of itself before both sides talk."""

from django.db import models

from accounts.models import District
from casework.audit import audited
from casework.scope import ScopedQuerySet


@audited(figures=("revenue", "taxes", "profit", "wages", "average_wage", "insurance"))
class Figures(models.Model):
    """The six figures of last year that the employer gives (山东省企业工资集体协商条例 第二十三条), in 分."""

    district_path = "district"

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="figures")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    given_on = models.DateField("提供日期")
    revenue = models.BigIntegerField("营业收入", null=True, blank=True)
    taxes = models.BigIntegerField("上缴税收", null=True, blank=True)
    profit = models.BigIntegerField("净利润", null=True, blank=True)
    wages = models.BigIntegerField("职工工资总额", null=True, blank=True)
    average_wage = models.BigIntegerField("职工平均工资", null=True, blank=True)
    insurance = models.BigIntegerField("社会保险费用缴纳", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        verbose_name = "协商资料"
        constraints = [models.UniqueConstraint(fields=["consultation", "year"], name="one_set_of_figures_a_year")]

    SIX = ("revenue", "taxes", "profit", "wages", "average_wage", "insurance")

    @property
    def missing(self):
        """Which of the six are not given, in words."""
        return [self._meta.get_field(name).verbose_name for name in self.SIX if getattr(self, name) is None]
