"""What is written to an employer who does not answer or refuses, by the union and by the labour authority."""

from django.conf import settings
from django.db import models

from accounts.models import District
from casework import deadlines
from casework.audit import audited
from casework.lifecycle import MoveRefused
from casework.scope import ScopedQuerySet


class UrgingQuerySet(ScopedQuerySet):
    def to_be_answered(self):
        """意见书 and 建议书; an order is put right, not answered."""
        return self.filter(what__in=[Urging.What.OPINION, Urging.What.PROPOSAL], answered_on=None)

    def unanswered(self, on):
        return self.to_be_answered().filter(answer_due_on__lt=on)


@audited
class Urging(models.Model):
    """What was written to an employer who does not answer, or to the labour authority about him.

    An order's `answer_due_on` is the day that the authority set for putting it right.
    """

    district_path = "district"

    class What(models.TextChoices):
        URGE = "urge", "督促"
        OPINION = "opinion", "工会劳动法律监督意见书"
        PROPOSAL = "proposal", "工会劳动法律监督建议书"
        ORDER = "order", "责令限期改正通知书"
        CREDIT = "credit", "记入诚信档案决定书"

    _ANSWER = {
        What.OPINION: "union_supervision.opinion_answer",
        What.PROPOSAL: "union_supervision.proposal_answer",
    }

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="urgings")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    what = models.CharField("文书", max_length=10, choices=What)
    text = models.TextField("内容")
    way = models.CharField("方式", max_length=30, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    sent_on = models.DateField("发出日期")
    received_on = models.DateField("签收日期", null=True, blank=True)
    answer_due_on = models.DateField("答复期限", null=True, editable=False)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answer = models.TextField("答复", blank=True)

    objects = UrgingQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_on", "-id"]
        verbose_name = "督促文书"

    def __str__(self):
        return f"{self.sent_on:%Y-%m-%d} {self.get_what_display()}"

    @property
    def short(self):
        """意见书, 建议书, 通知书, 决定书 or 督促."""
        return self.get_what_display()[-3:]

    @property
    def has_paper(self):
        """Whether it went out as a letter."""
        return self.what != self.What.URGE

    @property
    def is_of_the_authority(self):
        return self.what in (self.What.ORDER, self.What.CREDIT)

    @classmethod
    def answer_due(cls, what, received_on):
        rule = cls._ANSWER.get(what)
        return deadlines.due(rule, received_on).on if rule and received_on else None

    def answer_rule(self, on):
        """The rule by which it is to be answered, once it was received."""
        return deadlines.rule_of(self._ANSWER[self.what], on)

    def receive(self, received_on):
        if received_on < self.sent_on:
            raise MoveRefused("签收日期不能早于发出日期，请核对。")
        self.received_on, self.answer_due_on = received_on, self.answer_due(self.what, received_on)
        self.save(update_fields=["received_on", "answer_due_on"])

    @property
    def due(self):
        rule = self._ANSWER.get(self.what)
        return deadlines.due(rule, self.received_on) if rule and self.received_on else None
