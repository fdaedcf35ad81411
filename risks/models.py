"""Scorecards, runs and scores. A score never decides: a person confirms a level."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import District
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise


class Level(models.IntegerChoices):
    BLUE = 0, "蓝"
    YELLOW = 1, "黄"
    ORANGE = 2, "橙"
    RED = 3, "红"


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


class ScoreRun(models.Model):
    """One scoring of the whole register as of a month, cut into partitions."""

    as_of = models.DateField("截至月份", help_text="first day of the last month that counts")
    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="runs")
    previous = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", verbose_name="上轮")
    parts = models.PositiveSmallIntegerField("分片")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    enterprises = models.PositiveIntegerField("企业数", default=0)
    tallies = models.JSONField("各区市各等级户数", default=dict, help_text='{"371002": {"red": 61, …}, …}')

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "评分轮次"

    def __str__(self):
        return f"{self.as_of:%Y-%m} #{self.pk}"


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
    coverage = models.SmallIntegerField("数据覆盖", help_text="bit 0 tax, 1 social, 2 loan, 3 logistics")
    features = ArrayField(
        models.FloatField(null=True), verbose_name="特征值", help_text="in the card's order; NULL unknown"
    )
    points = ArrayField(models.FloatField(), verbose_name="各项分值", help_text="in the card's order")
    reasons = ArrayField(models.TextField(), verbose_name="依据", default=list)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "评分"
        indexes = [
            models.Index(
                fields=["run", "district", "-level", "-score", "enterprise"], name="ranked_list_of_a_district"
            ),
            models.Index(fields=["run", "-level", "-score", "enterprise"], name="ranked_list_of_the_city"),
        ]

    def __str__(self):
        return f"{self.enterprise_id} {self.get_level_display()} {self.score}"

    @property
    def change(self):
        """Points more or less than in the previous run; None when there is none."""
        return None if self.previous_score is None else self.score - self.previous_score
