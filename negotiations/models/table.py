"""What lies on the table: meetings with their minutes, and the clauses with what each side wants of them."""

from django.db import models
from django.utils import timezone

from accounts.models import District
from casework.audit import audited
from casework.scope import ScopedQuerySet

from .stages import Side


@audited
class Meeting(models.Model):
    """A meeting of both sides. Who keeps the minutes is no representative; all representatives sign."""

    district_path = "district"

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="meetings")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("第几次")
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=100)
    chair = models.CharField("主持", max_length=10, choices=Side)
    recorder = models.CharField("记录员", max_length=30)
    workers_present = models.PositiveSmallIntegerField("职工方到会代表")
    employers_present = models.PositiveSmallIntegerField("企业方到会代表")
    minutes = models.TextField("会议记录")
    signed_by_all = models.BooleanField("全体代表已签字", default=False)
    signed_on = models.DateField("签字日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = "协商会议"
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="meetings_are_counted_through"),
        ]

    def __str__(self):
        return f"第{self.number}次协商会议"

    @property
    def is_chaired_in_turn(self):
        """By the side whose turn it was: first by the one that offered, then in turn."""
        return self.chair == self.consultation.chair_of(self.number)


class ClauseQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(agreed_on=None)


@audited
class Clause(models.Model):
    """A clause in two columns: the workers' position and the employer's, and the text that both agree to."""

    district_path = "district"

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="clauses")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("序号")
    topic = models.CharField("议题", max_length=60)
    workers = models.TextField("职工方意见", blank=True)
    employers = models.TextField("企业方意见", blank=True)
    agreed = models.TextField("商定文本", blank=True)
    agreed_on = models.DateField("商定日期", null=True, blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = "协商条款"
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="clauses_are_counted_through"),
            models.CheckConstraint(
                condition=models.Q(agreed_on=None) | ~models.Q(agreed=""),
                name="an_agreed_clause_has_a_text",
                violation_error_message="请填写商定文本。",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.topic}"

    def say(self, column, text, *, by):
        """Put `text` into a column (workers, employers, agreed); what stood there stays among the versions."""
        if getattr(self, column) == text:
            return
        setattr(self, column, text)
        if column != "agreed":
            self.agreed_on = None  # a side that speaks anew opens the clause again
        self.save()
        self.texts.create(column=column, text=text, by=by, district_id=self.district_id)

    def agree(self, text, *, by, on):
        if self.agreed_on is None or text != self.agreed:
            self.agreed_on = on
            self.say("agreed", text, by=by)
            self.save(update_fields=["agreed_on"])

    def reopen(self, text, *, by):
        """`text` is a draft that is not agreed to, or no longer."""
        if self.agreed_on is not None:
            self.agreed_on = None
            self.save(update_fields=["agreed_on"])
        self.say("agreed", text, by=by)


@audited
class ClauseText(models.Model):
    """A version of one column of a clause. Never changed."""

    district_path = "district"

    class Column(models.TextChoices):
        WORKERS = "workers", "职工方意见"
        EMPLOYERS = "employers", "企业方意见"
        AGREED = "agreed", "商定文本"

    clause = models.ForeignKey(Clause, models.CASCADE, related_name="texts")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    column = models.CharField("一栏", max_length=10, choices=Column)
    text = models.TextField("文本", blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "条款版本"
