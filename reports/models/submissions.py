"""What was submitted: the text and the figures of that moment, with the rows behind each figure. Never changed."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery

from accounts.models import District
from casework.audit import audited
from casework.scope import ScopedQuerySet

from .. import freezing
from ..indicators.catalogue import Heading, Unit


class SubmissionQuerySet(ScopedQuerySet):
    def counting(self, campaign):
        """What counts for the city: of each district the last one accepted, also while it writes a correction."""
        last = self.filter(report=OuterRef("report"), accepted=True).order_by("-number").values("number")[:1]
        found = self.filter(report__campaign=campaign, accepted=True, number=Subquery(last))
        return found.order_by("district__rank")


@audited
class Submission(models.Model):
    district_path = "district"

    report = models.ForeignKey("reports.Report", models.PROTECT, related_name="submissions")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("第几次报送")
    round = models.PositiveSmallIntegerField("轮次", default=1, help_text="of the confirmations that it rests on")
    at = models.DateTimeField("报送时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报送人")
    due_at = models.DateTimeField("报送时限", help_text="as it stood at the moment of submission")
    cut_off_on = models.DateField("数据截止日")
    texts = models.JSONField("文字", help_text="{section: text}")
    cases = models.JSONField("典型案例", help_text="[{title, background, action, result}]")
    bodies = models.JSONField("署名单位", help_text="[name], in the order of signing")
    accepted = models.BooleanField("已接收", default=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "报送"
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="submissions_are_counted_through")]

    def __str__(self):
        return f"{self.report}第{self.number}次报送"

    @property
    def is_late(self):
        """The report is in before the moment: what comes with its last tick is too late."""
        return self.at >= self.due_at

    @property
    def confirmations(self):
        """The last of each body on which it rests, with the figures that the body saw."""
        found = self.report.confirmations.filter(round=self.round).select_related("by__organisation")
        return list({each.side: each for each in found}.values())

    @classmethod
    def of(cls, report, *, by, at):
        """Freeze a report as it stands. 98 statements or so; nobody else can write it meanwhile."""
        made = cls.objects.create(
            report=report, district_id=report.district_id, number=report.submissions.count() + 1, at=at, by=by,
            round=report.round, due_at=report.due_at, cut_off_on=freezing.cut_off(report, at),
            texts=dict(report.sections.values_list("key", "text")),
            cases=list(report.cases.values("title", "background", "action", "result")),
            bodies=[body.name for body in report.bodies()],
        )  # fmt: skip
        made.figures.bulk_create(
            FrozenFigure(submission=made, district_id=made.district_id, place=place, **fields)
            for place, fields in enumerate(freezing.frozen(report.campaign, report.district_id, on=made.cut_off_on))
        )
        return made


@audited(left_out=["behind"])
class FrozenFigure(models.Model):
    """A figure as it was submitted: its declaration of that day, its value, and which rows made it."""

    district_path = "district"

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="figures")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField("序号")
    code = models.CharField("指标", max_length=40)
    name = models.CharField("名称", max_length=40)
    unit = models.CharField("单位", max_length=12, choices=Unit)
    heading = models.CharField("部分", max_length=16, choices=Heading)
    rule = models.CharField("口径", max_length=200)
    value = models.DecimalField("数值", max_digits=20, decimal_places=4, null=True, help_text="元 in 分")
    rows = models.PositiveIntegerField("记录数", default=0)
    behind = models.BinaryField(help_text="ids, versions and shares of the rows (reports.freezing)", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        verbose_name = "报送的指标"
        constraints = [models.UniqueConstraint(fields=["submission", "code"], name="a_figure_is_submitted_once")]

    def __str__(self):
        return self.name
