"""The city's summary of a campaign: from what the districts submitted, written and issued by the city's office.

It lies behind a fence of its own: what eight districts submitted stands in it side by side, and each knows its own.
"""

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import District
from accounts.roles import Role
from campaigns.models import Campaign, CityCase
from casework.audit import audited
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.models import Job

from .. import drafting, gathering
from .reports import bodies_of, moment
from .sections import KeptText, Key, Written
from .submissions import Submission

_CITY = (Role.CITY_OFFICE,)
MOST_CHOSEN = 8


class Stage(models.TextChoices):
    DRAFTING = "drafting", "起草中"
    ISSUED = "issued", "已印发"


_DRAFTING, _ISSUED = Stage

SUMMARY = Lifecycle(
    Stage,
    # move       label            from           to          by      needs
    ("begin",    "开始起草",      (None,),       _DRAFTING,  _CITY),
    ("write",    "编辑文本",      (_DRAFTING,),  STAYS,      _CITY),
    ("issue",    "印发",          (_DRAFTING,),  _ISSUED,    _CITY,  ("is_written", "has_submissions")),
    ("pick",     "选用典型案例",  (_DRAFTING,),  STAYS,      _CITY),
    ("drop",     "移除典型案例",  (_DRAFTING,),  STAYS,      _CITY),
    ("correct",  "印发后更正",    (_ISSUED,),    _DRAFTING,  _CITY),
    asks={
        "is_written": "还有必写的部分没有内容，请先写完各部分再印发。",
        "has_submissions": "还没有已接收的区市总结，不能印发。",
    },
)  # fmt: skip


class OfTheCity(models.QuerySet):
    def visible_to(self, user):
        """What the whole city's office alone reads. The database's own wall says the same (casework.wall)."""
        return self if user.is_active and user.sees_whole_city else self.none()


@audited
class Summary(CityCase):
    lifecycle = SUMMARY
    Stage = Stage

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=10, choices=Stage, default=_DRAFTING)
    begun_on = models.DateField("起草日期", null=True)
    issued_on = models.DateField("印发日期", null=True)

    objects = OfTheCity.as_manager()

    class Meta:
        ordering = ["-campaign__starts_on"]
        verbose_name = "全市总结"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                name="the_city_sums_a_campaign_up_once",
                violation_error_message="这次行动的全市总结已经开始起草，请打开已有的总结。",
            )
        ]

    def __str__(self):
        return "全市总结"

    def get_absolute_url(self):
        return reverse("reports:summary", args=[self.pk])

    # Questions

    @property
    def is_writable(self):
        return self.state == _DRAFTING

    @property
    def last_issue(self):
        return self.issues.order_by("-number").first()

    @property
    def is_written(self):
        return not self.sections.filter(text="").exclude(key__in=Key.may_be_empty()).exists()

    @property
    def has_submissions(self):
        return Submission.objects.counting(self.campaign).exists()

    def gathered(self, on):
        """What the districts submitted, as it counts on the day `on`."""
        return gathering.of(self.campaign, on=on)

    def bodies(self):
        """The organisations of the city that sign, government first."""
        return bodies_of(None)

    # Verbs

    @transaction.atomic
    def begin(self, *, by, on, version=None):
        """With a draft of every section, written from the figures that were submitted."""
        self.begun_on = on
        with self.deed("begin", by=by, on=on):
            pass
        drafts = drafting.of_the_city(self.gathered(on))
        for place, key in enumerate(Key, start=1):
            section = self.sections.create(key=key, place=place)
            if drafts[key]:
                section.put(drafts[key], by=by, at=moment(on))

    def write(self, *, by, on, version=None, key, text):
        """Put a text into a section; `version` is that of the section as the person saw it. Returns the section."""
        return self.sections.get(key=key).write(text, version=version, by=by, at=moment(on))

    @transaction.atomic
    def issue(self, *, by, on, version=None, note=""):
        """Fix the text, and the submissions that it was made from, as they stand at this moment."""
        with self.deed("issue", by=by, on=on, version=version, note=note) as row:
            row.issued_on = on
            Issue.of(row, by=by, at=moment(on))

    def pick(self, *, by, on, version=None, **case):
        with self.deed("pick", by=by, on=on, version=version, note=case["title"]) as row:
            if row.cases.count() >= MOST_CHOSEN:
                raise MoveRefused(f"典型案例最多选用 {MOST_CHOSEN} 个，请先移除一个。")
            last = row.cases.aggregate(last=models.Max("place"))["last"] or 0
            row.cases.create(place=last + 1, **case)

    def drop(self, *, by, on, version=None, case):
        with self.deed("drop", by=by, on=on, version=version, note=case.title) as row:
            row.cases.filter(pk=case.pk).delete()

    def correct(self, *, by, on, version=None, reason):
        """Write an issued summary anew; what was issued stays as it was."""
        with self.deed("correct", by=by, on=on, version=version, note=reason):
            pass


@audited
class SummarySection(Written):
    of = "summary"

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="sections")

    objects = OfTheCity.as_manager()

    class Meta(Written.Meta):
        verbose_name = "全市总结的部分"
        constraints = [models.UniqueConstraint(fields=["summary", "key"], name="a_summary_has_each_section_once")]

    def get_absolute_url(self):
        return reverse("reports:summary_section", args=[self.summary_id, self.key])


@audited
class SummaryText(KeptText):
    section = models.ForeignKey(SummarySection, models.CASCADE, related_name="texts")

    objects = OfTheCity.as_manager()

    class Meta(KeptText.Meta):
        verbose_name = "全市总结的文字版本"

    def get_absolute_url(self):
        return reverse("reports:summary_text", args=[self.section.summary_id, self.section.key, self.version])


@audited
class ChosenCase(models.Model):
    """A typical case taken over from what a district submitted."""

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="cases")
    place = models.PositiveSmallIntegerField("序号")
    told_by = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    title = models.CharField("标题", max_length=80)
    background = models.TextField("背景", max_length=1000)
    action = models.TextField("做法", max_length=1500)
    result = models.TextField("成效", max_length=1000)

    objects = OfTheCity.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = "全市典型案例"

    def __str__(self):
        return self.title


@audited
class Issue(models.Model):
    """The summary as it was issued: its text, and the submissions whose figures it adds up. Never changed."""

    summary = models.ForeignKey(Summary, models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField("第几次印发")
    at = models.DateTimeField("印发时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="印发人")
    texts = models.JSONField("文字", help_text="{section: text}")
    cases = models.JSONField("典型案例", help_text="[{title, background, action, result}]")
    bodies = models.JSONField("署名单位", help_text="[name], in the order of signing")
    lacking = models.JSONField("没有汇总的区市", help_text="[[district, where its report stood]]")
    submissions = models.ManyToManyField(Submission, through="IssuedSubmission", related_name="+")

    objects = OfTheCity.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "全市总结的印发"
        constraints = [models.UniqueConstraint(fields=["summary", "number"], name="issues_are_counted_through")]

    def __str__(self):
        return f"{self.summary}第{self.number}次印发"

    def get_absolute_url(self):
        return reverse("reports:issue", args=[self.summary_id, self.number])

    @property
    def issued_on(self):
        return timezone.localdate(self.at)

    def gathered(self):
        """The figures of the submissions that it was made from."""
        return gathering.of_submissions(self.summary.campaign, self.submissions.all())

    @classmethod
    def of(cls, summary, *, by, at):
        gathered = summary.gathered(timezone.localdate(at))
        made = cls.objects.create(
            summary=summary, number=summary.issues.count() + 1, at=at, by=by,
            texts=dict(summary.sections.values_list("key", "text")),
            cases=list(summary.cases.values("title", "background", "action", "result")),
            bodies=[body.name for body in summary.bodies()],
            lacking=[[standing.district.name, standing.words] for standing in gathered.lacking],
        )  # fmt: skip
        IssuedSubmission.objects.bulk_create(
            IssuedSubmission(issue=made, submission=submission) for submission in gathered.submissions
        )
        return made


@audited
class IssuedSubmission(models.Model):
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")

    objects = OfTheCity.as_manager()

    class Meta:
        verbose_name = "汇总的报送"
        constraints = [models.UniqueConstraint(fields=["issue", "submission"], name="a_submission_is_summed_up_once")]


@audited
class Bundle(models.Model):
    """All that belongs to an issue in one ZIP, made in the background (reports.bundles)."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="bundles")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制作人")
    asked_at = models.DateTimeField("申请时间")
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("制作时间", null=True)
    name = models.CharField("文件名", max_length=100, blank=True)
    file = models.FileField("文件", upload_to="bundles/%Y%m", blank=True)
    bytes = models.PositiveBigIntegerField("大小", null=True)
    rows = models.PositiveIntegerField("台账事项", default=0, help_text="items of ledgers in it")
    sha256 = models.CharField("散列", max_length=64, blank=True, db_index=True)

    objects = OfTheCity.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "汇总文件包"

    def __str__(self):
        return self.name or "汇总文件包"


@audited
class BundledFile(models.Model):
    """A file of a bundle with its hash, and which versions of which records it was made from."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="files")
    place = models.PositiveSmallIntegerField("序号")
    path = models.CharField("文件", max_length=200)
    bytes = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField("散列", max_length=64, db_index=True)
    source = models.CharField("来源", max_length=120, help_text="what it holds, in words")

    objects = OfTheCity.as_manager()

    class Meta:
        ordering = ["place"]
        verbose_name = "包内文件"

    def __str__(self):
        return self.path
