"""The register: one row an enterprise, the district that answers for it, and the codes it had before."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import F, Func, Q

from accounts.models import District
from casework.models import WithTimeline
from casework.scope import ScopedQuerySet

from .. import industries, search

# 威人社函〔2023〕39号 二（三） speaks of 新办企业 and names no age: a year from the founding date is our choice.
NEW_FOR_MONTHS = 12


class EnterpriseQuerySet(ScopedQuerySet):
    def current(self):
        """Without the rows that were merged into another."""
        return self.filter(merged_into=None)

    def active(self):
        return self.current().filter(status=Enterprise.Status.ACTIVE)

    def new(self, on):
        return self.filter(founded_on__gt=_months_before(on, NEW_FOR_MONTHS), founded_on__lte=on)

    def matching(self, text):
        """Enterprises whose name, pinyin initials or code hold `text`; fewer than two characters match none."""
        needle = search.normal(text)
        if len(needle) < 2:
            return self.none()
        return self.filter(search_grams__contains=search.grams(needle), search_text__contains=needle)


class Enterprise(WithTimeline, models.Model):
    district_path = "district"

    class Status(models.TextChoices):
        ACTIVE = "active", "存续"
        SUSPENDED = "suspended", "歇业"
        REVOKED = "revoked", "吊销"
        CANCELLED = "cancelled", "注销"
        MOVED = "moved", "迁出"

    class Size(models.TextChoices):
        LARGE = "large", "大型"
        MEDIUM = "medium", "中型"
        SMALL = "small", "小型"
        MICRO = "micro", "微型"

    class Platform(models.TextChoices):
        FREIGHT = "freight", "货运"
        RIDE_HAILING = "ride_hailing", "网约车"
        DELIVERY = "delivery", "网约配送"
        OTHER = "other", "其他平台"

    id = models.AutoField(primary_key=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="所属区市", related_name="+")
    industry = models.CharField("行业代码", max_length=5, blank=True, help_text="GB/T 4754，门类字母加数字，如 C1361")
    industry_name = models.CharField("行业", max_length=60, blank=True)
    size = models.CharField("规模", max_length=6, choices=Size, blank=True, help_text="国统字〔2017〕213号")
    heads = models.PositiveIntegerField("从业人数", null=True, blank=True)
    revenue = models.BigIntegerField("营业收入（元）", null=True, blank=True)
    assets = models.BigIntegerField("资产总额（元）", null=True, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    status = models.CharField("经营状态", max_length=9, choices=Status, default=Status.ACTIVE)
    address = models.CharField("地址", max_length=200, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=60, blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    has_union = models.BooleanField("已建工会", null=True, blank=True)
    platform = models.CharField("平台类型", max_length=12, choices=Platform, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="doubles"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    search_text = models.CharField(max_length=500, editable=False, default="", help_text="search.text_of(name, uscc)")
    search_grams = models.GeneratedField(
        expression=Func(F("search_text"), function="enterprises_grams"),
        output_field=ArrayField(models.TextField()), db_persist=True,
    )  # fmt: skip

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "企业"
        indexes = [
            GinIndex(fields=["search_grams"], name="enterprises_by_fragment"),
            models.Index(fields=["district", "id"], name="enterprises_of_a_district"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="an_enterprise_is_not_merged_into_itself"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.search_text = search.text_of(self.name, self.uscc)
        super().save(*args, **kwargs)

    @property
    def trade(self):
        """The section (门类) of GB/T 4754 in words."""
        return industries.section_name(self.industry)

    def is_new(self, on):
        return self.founded_on is not None and _months_before(on, NEW_FOR_MONTHS) < self.founded_on <= on

    def age_in_years(self, on):
        if self.founded_on is None:
            return None
        return on.year - self.founded_on.year - ((on.month, on.day) < (self.founded_on.month, self.founded_on.day))

    @transaction.atomic
    def merge(self, double, *, by, on, note=""):
        """Take `double` in as the same enterprise.

        Its code leads here from now on, its signals count here, and its row stays as the trail.
        """
        from ..signals import take_over

        double = Enterprise.objects.select_for_update().get(pk=double.pk, merged_into=None)
        FormerCode.objects.filter(enterprise=double).update(enterprise=self)
        FormerCode.objects.create(uscc=double.uscc, enterprise=self, since=on)
        take_over(double.pk, self.pk)
        Enterprise.objects.filter(pk=double.pk).update(merged_into=self, version=F("version") + 1)
        double.note_deed(
            "并入其他企业", by=by, on=on, note=f"并入 {self.name}（{self.uscc}）。{note}", district=double.district
        )
        self.note_deed(
            "合并重复企业", by=by, on=on, note=f"并入 {double.name}（{double.uscc}）。{note}", district=self.district
        )


class FormerCode(models.Model):
    """A credit code that now means another row of the register, after a merge. Deliveries under it are stored there."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="former_codes")
    since = models.DateField("日期")

    district_path = "enterprise__district"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "曾用代码"

    def __str__(self):
        return self.uscc


def _months_before(on, months):
    """The same day `months` earlier, or the last day of that month."""
    month = on.year * 12 + on.month - 1 - months
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first.replace(day=min(on.day, (following - first).days))
