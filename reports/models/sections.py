"""The text of a report, section by section, each with its versions: a district's, and by the same hand the city's."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from accounts.models import District
from casework.audit import audited
from casework.lifecycle import MoveRefused
from casework.scope import ScopedQuerySet

MOST_CHARACTERS = 20_000
# What one person types within some minutes is one version: a section keeps itself every few seconds.
ONE_VERSION = timedelta(minutes=5)


class Key(models.TextChoices):
    """The sections in their order, by the notice's measures (二（一） to 三)."""

    ORGANISATION = "organisation", "组织部署情况"
    SCREENING = "screening", "风险摸排情况"
    BARGAINING = "bargaining", "协商要约情况"
    GUIDANCE = "guidance", "指导服务情况"
    EXAMPLES = "examples", "示范引领情况"
    COOPERATION = "cooperation", "区域协同与宣传"
    PROBLEMS = "problems", "存在问题"
    PLANS = "plans", "下一步打算"

    @classmethod
    def may_be_empty(cls):
        return (cls.EXAMPLES, cls.COOPERATION)


class Overtaken(MoveRefused):
    """Somebody else wrote the section meanwhile: `now` is the section as it stands."""

    status = 409

    def __init__(self, now):
        who = f"{now.kept_by.organisation.short_name}{now.kept_by.name}" if now.kept_by else "他人"
        super().__init__(f"“{now.get_key_display()}”刚刚由{who}修改过，您的文字没有保存，请对照后合并。")
        self.now = now


class Written(models.Model):
    """A section of a report as it stands. `of` names the field that leads to the report."""

    of = ""
    key = models.CharField("部分", max_length=16, choices=Key)
    place = models.PositiveSmallIntegerField("序号")
    text = models.TextField("文字", blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="最后修改"
    )
    kept_at = models.DateTimeField("修改时间", null=True)

    class Meta:
        abstract = True
        ordering = ["place"]

    def __str__(self):
        return self.get_key_display()

    @property
    def where(self):
        """What its versions lie in beside the section itself."""
        return {}

    @transaction.atomic
    def write(self, text, *, version, by, at):
        """Put `text` in the place of the version that the person saw. Raises Overtaken, NotYours, Stale, MoveRefused.

        Saved every few seconds, so that it is no line of the timeline: the versions tell who wrote what.
        """
        now = type(self).objects.select_for_update(of=["self"]).select_related(self.of).get(pk=self.pk)
        report = getattr(now, self.of)
        report.require(report.lifecycle["write"], by=by)
        text = text.replace("\r\n", "\n").strip()
        if len(text) > MOST_CHARACTERS:
            raise MoveRefused(f"一个部分最多 {MOST_CHARACTERS:,} 字，现有 {len(text):,} 字，请精简。")
        if text != now.text:
            if version != now.version:
                raise Overtaken(now)
            now.put(text, by=by, at=at)
        return now

    def put(self, text, *, by, at):
        self.text, self.kept_by, self.kept_at = text, by, at
        self.version += 1
        self.save(update_fields=["text", "kept_by", "kept_at", "version"])
        last = self.texts.first()
        if last and last.by_id == by.pk and at - last.begun_at < ONE_VERSION:
            last.text, last.at, last.version = text, at, self.version
            last.save(update_fields=["text", "at", "version"])
        else:
            self.texts.create(text=text, version=self.version, by=by, begun_at=at, at=at, **self.where)


class KeptText(models.Model):
    """A version of a section."""

    version = models.PositiveIntegerField("版本")
    text = models.TextField("文字", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")
    begun_at = models.DateTimeField("开始时间")
    at = models.DateTimeField("时间")

    class Meta:
        abstract = True
        ordering = ["-version"]


@audited
class Section(Written):
    district_path = "district"
    of = "report"

    report = models.ForeignKey("reports.Report", models.CASCADE, related_name="sections")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta(Written.Meta):
        verbose_name = "总结的部分"
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="a_report_has_each_section_once")]

    def get_absolute_url(self):
        return reverse("reports:section", args=[self.report_id, self.key])

    @property
    def where(self):
        return {"district_id": self.district_id}


@audited
class SectionText(KeptText):
    district_path = "district"

    section = models.ForeignKey(Section, models.CASCADE, related_name="texts")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta(KeptText.Meta):
        verbose_name = "文字版本"

    def get_absolute_url(self):
        return reverse("reports:section_text", args=[self.section.report_id, self.section.key, self.version])
