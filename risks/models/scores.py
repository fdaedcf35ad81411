"""Scorecards, runs and scores. A score never decides: a person confirms a level."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import District
from casework.audit import audited
from casework.models import Job
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from ..scoring import LEVELS

COUNTED = (*LEVELS, "unknown")  # what a run counts of each district


class Level(models.IntegerChoices):
    BLUE = 0, "蓝"
    YELLOW = 1, "黄"
    ORANGE = 2, "橙"
    RED = 3, "红"


@audited
class Scorecard(models.Model):
    """A version of the card as it was used, whole and hashed, so that any score can be explained years later."""

    sha256 = models.CharField("指纹", max_length=64, unique=True)
    name = models.CharField("版本", max_length=40)
    text = models.TextField("内容")
    first_used_at = models.DateTimeField("首次使用", auto_now_add=True)

    class Meta:
        verbose_name = "评分卡"

    def __str__(self):
        return self.name


class ScoreRunQuerySet(models.QuerySet):
    def finished(self):
        return self.filter(finished_at__isnull=False)

    def latest(self):
        """The run that pages show: the last one finished, or None."""
        return self.finished().select_related("card").order_by("-as_of", "-id").first()


@audited
class ScoreRun(models.Model):
    """One scoring of the whole register as of a month, cut into partitions. risks.runs has the verbs."""

    as_of = models.DateField("截至月份", help_text="first day of the last month that counts")
    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="runs")
    previous = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", verbose_name="上轮")
    parts = models.PositiveSmallIntegerField("分片")
    parts_done = ArrayField(models.SmallIntegerField(), verbose_name="已完成的分片", default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    pruned_at = models.DateTimeField("明细清理时间", null=True, help_text="the tallies stay, the scores are gone")
    enterprises = models.PositiveIntegerField("企业数", default=0)

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "评分轮次"

    def __str__(self):
        return f"{self.as_of:%Y-%m} #{self.pk}"

    @cached_property
    def tallies(self):
        """Enterprises of each level by district, as far as one may see: {"371002": {"red": 61, …, "unknown": 3}, …}."""
        rows = sorted(self.by_district.all(), key=lambda row: row.district_id)
        return {row.district_id: {name: getattr(row, name) for name in COUNTED} for row in rows}

    @property
    def levels(self):
        """Enterprises of each level in all these districts: {"blue": 36214, …, "unknown": 310}."""
        return {name: sum(tally[name] for tally in self.tallies.values()) for name in COUNTED}

    @property
    def jobs(self):
        """The background jobs that score its partitions; none for a run of the command line."""
        return Job.objects.filter(key__startswith=f"score:{self.pk}:")


class Tally(models.Model):
    """How many enterprises of a district stand at each level in a run. It stays when the scores are gone."""

    district_path = "district"

    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="by_district")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    blue = models.PositiveIntegerField("蓝", default=0)
    yellow = models.PositiveIntegerField("黄", default=0)
    orange = models.PositiveIntegerField("橙", default=0)
    red = models.PositiveIntegerField("红", default=0)
    unknown = models.PositiveIntegerField("无数据", default=0, help_text="these are blue, too")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "各等级户数"
        constraints = [models.UniqueConstraint(fields=["run", "district"], name="a_run_counts_a_district_once")]


class Score(models.Model):
    """An enterprise's score in one run, with all that it was made of. Written by COPY, never edited."""

    district_path = "district"

    pk = models.CompositePrimaryKey("run_id", "enterprise_id")
    run = models.ForeignKey(ScoreRun, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="scores")
    enterprise = models.ForeignKey(Enterprise, models.DO_NOTHING, db_constraint=False, related_name="scores")
    district = models.ForeignKey(District, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    level = models.SmallIntegerField("等级", choices=Level)
    score = models.FloatField("评分", help_text="0–100, one decimal")
    previous_level = models.SmallIntegerField("上轮等级", choices=Level, null=True)
    previous_score = models.FloatField("上轮评分", null=True)
    coverage = models.SmallIntegerField("数据覆盖", help_text="bit 0 tax, 1 social, 2 loan, 3 logistics; 0: 无数据")
    features = ArrayField(
        models.FloatField(null=True), verbose_name="特征值", help_text="in the card's order; NULL unknown"
    )
    points = ArrayField(models.FloatField(), verbose_name="各项分值", help_text="in the card's order")
    reasons = ArrayField(models.TextField(), verbose_name="依据", default=list)
    marks = ArrayField(
        models.IntegerField(),
        verbose_name="依据所指的月份",
        default=list,
        help_text="item, feed, months of each reason (risks.scoring.marked_months)",
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        managed = False  # made by hand in the migration: Django cannot partition
        db_table = "risks_score"
        verbose_name = "评分"

    def __str__(self):
        return f"{self.enterprise_id} {self.get_level_display()} {self.score}"

    def get_absolute_url(self):
        return reverse("enterprises:detail", args=[self.enterprise_id])

    @property
    def change(self):
        """Points more or less than in the previous run; None when there is none."""
        return None if self.previous_score is None else round(self.score - self.previous_score, 1)
