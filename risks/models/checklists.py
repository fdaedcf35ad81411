"""Checklists of the 体检: versioned, so that an old record keeps the questions that were put."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Max, Q

from casework.audit import audited


class Subject(models.IntegerChoices):
    """山东省工会劳动法律监督条例 §13: what a union supervises, in its order."""

    EQUALITY = 1, "平等就业"
    CONTRACTS = 2, "劳动合同"
    BARGAINING = 3, "集体协商与集体合同"
    WAGES = 4, "工资、最低工资、加班工资、福利"
    HOURS = 5, "工时与休息休假"
    SAFETY = 6, "安全生产与职业病防护"
    INSURANCE = 7, "社会保险"
    PROTECTED = 8, "女职工、未成年工、残疾职工保护"
    CHILDREN = 9, "禁止使用童工"
    HARASSMENT = 10, "预防和制止性骚扰"
    DEMOCRACY = 11, "职工代表大会等民主管理"
    TRAINING = 12, "职业培训与教育经费"
    RULES = 13, "规章制度和重大事项决定程序"
    OTHER = 14, "其他"


class Severity(models.IntegerChoices):
    HINT = 1, "提示"
    ORDINARY = 2, "一般"
    GRAVE = 3, "重大"

    @property
    def lighter(self):
        return Severity(max(self - 1, Severity.HINT))


class RiskClass(models.TextChoices):
    """How the district reports count risks: 工资、合同、社保、工时、规章、其他."""

    WAGES = "wages", "工资"
    CONTRACTS = "contracts", "合同"
    INSURANCE = "insurance", "社保"
    HOURS = "hours", "工时"
    RULES = "rules", "规章"
    OTHER = "other", "其他"


class Published(Exception):
    """A version in use is not changed: a new one is drafted."""


@audited
class Checklist(models.Model):
    title = models.CharField("名称", max_length=60, unique=True)

    class Meta:
        verbose_name = "体检清单"

    def __str__(self):
        return self.title

    def current(self, on):
        """The version that visits of the day use; None before the first."""
        return self.versions.filter(published_on__lte=on).order_by("-number").first()

    @property
    def draft(self):
        return self.versions.filter(published_on=None).first()

    @transaction.atomic
    def revise(self, *, by):
        """Draft the next version as a copy of the last; the draft that there is, where there is one."""
        Checklist.objects.select_for_update().get(pk=self.pk)
        if draft := self.draft:
            return draft
        last = self.versions.order_by("-number").first()
        number = (self.versions.aggregate(most=Max("number"))["most"] or 0) + 1
        draft = self.versions.create(number=number, questions=last.questions if last else {}, made_by=by)
        for item in last.items.all() if last else ():
            item.pk, item._state.adding, item.version = None, True, draft
            item.save()
        return draft


@audited
class ChecklistVersion(models.Model):
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    note = models.CharField("修订说明", max_length=300, blank=True)
    questions = models.JSONField(
        "评分依据的核实问题", default=dict, help_text="by the key of a card's item or the title of a rule"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("起草时间", auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_on = models.DateField("启用日期", null=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = "体检清单版本"
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="a_checklist_numbers_its_versions"),
            models.UniqueConstraint(
                fields=["checklist"], condition=Q(published_on=None), name="one_draft_of_a_checklist"
            ),
        ]

    def __str__(self):
        return f"{self.checklist.title}第{self.number}版"

    @property
    def is_draft(self):
        return self.published_on is None

    @transaction.atomic
    def publish(self, *, by, on, note=""):
        """Visits from `on` use this version; what was begun with another keeps that one."""
        if not self.is_draft:
            raise Published(f"{self}已经启用，如需修改请起草新版本。")
        if not self.items.exists():
            raise Published("清单还没有检查项，不能启用。")
        self.published_by, self.published_on, self.note = by, on, note
        self.save(update_fields=["published_by", "published_on", "note"])

    def discard(self):
        if not self.is_draft:
            raise Published(f"{self}已经启用，不能删除。")
        self.items.all().delete()
        self.delete()

    def by_subject(self):
        """[(Subject, [Item, …])] in the order of the regulation."""
        found = {}
        for item in self.items.all():
            found.setdefault(Subject(item.subject), []).append(item)
        return sorted(found.items())


@audited
class Item(models.Model):
    """One question. Rows of a published version are never changed: the database refuses (migration)."""

    version = models.ForeignKey(ChecklistVersion, models.PROTECT, related_name="items")
    number = models.CharField("编号", max_length=8)
    place = models.PositiveSmallIntegerField("排序", default=0)
    subject = models.PositiveSmallIntegerField("科目", choices=Subject)
    title = models.CharField("检查项", max_length=40)
    question = models.CharField("问题", max_length=200)
    method = models.CharField("核查方法", max_length=300, blank=True)
    severity = models.PositiveSmallIntegerField("不符合时的程度", choices=Severity)
    risk_class = models.CharField("统计归类", max_length=10, choices=RiskClass)
    basis = models.CharField("法律依据", max_length=300)
    consequence = models.CharField("可能后果", max_length=300, blank=True)
    advice = models.CharField("改进建议", max_length=300, blank=True)
    reasons = ArrayField(
        models.CharField(max_length=60), verbose_name="相关评分依据", default=list, blank=True,
        help_text="keys of a card's items, titles of its rules",
    )  # fmt: skip

    class Meta:
        ordering = ["place", "id"]
        verbose_name = "检查项"
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="a_version_numbers_its_items")]

    def __str__(self):
        return f"{self.number} {self.title}"

    def save(self, *args, **kwargs):
        self.place = place_of(self.number)
        super().save(*args, **kwargs)


def place_of(number):
    """Where an item stands by its number: 4.8 after 4.7 and before 4.10 and 5.1."""
    subject, _, place = number.partition(".")
    return int(subject) * 100 + int(place)
