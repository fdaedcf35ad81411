"""Rule systems of enterprises (工资支付、民主管理): set up by the procedure of 劳动合同法 第四条, step by step."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.roles import Can
from casework.attachments import holder
from casework.audit import audited
from casework.lifecycle import STAYS, Lifecycle
from casework.scope import ScopedQuerySet

from .firms import PARTIES, OfAFirm, must_have_come


class State(models.TextChoices):
    DRAFTED = "drafted", "起草中"
    DISCUSSED = "discussed", "已讨论"
    AGREED = "agreed", "已协商确定"
    PUBLISHED = "published", "已建立"
    DROPPED = "dropped", "已中止"


_DRAFTED, _DISCUSSED, _AGREED, _PUBLISHED, _DROPPED = State
_UNDER_WAY = (_DRAFTED, _DISCUSSED, _AGREED)

SYSTEM = Lifecycle(
    State,
    # move       label            from           to           by        needs
    ("draft",    "指导建立制度",  (None,),       _DRAFTED,    PARTIES,  ("kind", "title")),
    ("discuss",  "登记讨论",      (_DRAFTED,),   _DISCUSSED,  PARTIES,  ("discussed_on",)),
    ("agree",    "登记平等协商",  (_DISCUSSED,), _AGREED,     PARTIES,  ("agreed_on",)),
    ("publish",  "登记公示告知",  (_AGREED,),    _PUBLISHED,  PARTIES,  ("published_on", "way")),
    ("redraft",  "重新起草",      (_DISCUSSED, _AGREED), _DRAFTED, PARTIES),
    ("drop",     "中止",          _UNDER_WAY,    _DROPPED,    PARTIES),
    ("take_over", "登记已有制度", (None,),       _PUBLISHED,  PARTIES,
     ("kind", "title", "discussed_on", "agreed_on", "published_on", "way")),
    ("note",     "备注",          (*_UNDER_WAY, _PUBLISHED), STAYS, PARTIES),
)  # fmt: skip

# 劳动合同法 第四条 第二款、第四款
STEPS = (
    ("discussed_on", "讨论", "经职工代表大会或者全体职工讨论，提出方案和意见"),
    ("agreed_on", "平等协商", "与工会或者职工代表平等协商确定"),
    ("published_on", "公示告知", "公示，或者告知劳动者"),
)


class SystemQuerySet(ScopedQuerySet):
    def under_way(self):
        return self.filter(state__in=_UNDER_WAY)

    def published(self):
        return self.filter(state=State.PUBLISHED)


@audited
@holder("rule-system", read=Can.READ_GUIDANCE, add=Can.WRITE_GUIDANCE)
class RuleSystem(OfAFirm):
    """A written rule of an enterprise that touches its workers' own interests."""

    class Kind(models.TextChoices):
        """The first two are those of 威人社函〔2023〕39号 二（三）."""

        WAGES = "wages", "工资支付制度"
        DEMOCRACY = "democracy", "民主管理制度"
        HOURS = "hours", "工时和休息休假制度"
        DISCIPLINE = "discipline", "劳动纪律和奖惩制度"
        OTHER = "other", "其他规章制度"

    class Body(models.TextChoices):
        CONGRESS = "congress", "职工代表大会"
        STAFF = "staff", "全体职工"

    class Partner(models.TextChoices):
        UNION = "union", "工会"
        DELEGATES = "delegates", "职工代表"

    class Way(models.TextChoices):
        NOTICE = "notice", "公示栏、内部网站公示"
        HANDBOOK = "handbook", "印发员工手册并签收"
        TRAINING = "training", "培训告知并签到"
        OTHER = "other", "其他方式"

    lifecycle = SYSTEM
    State = State

    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFTED)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    title = models.CharField("制度名称", max_length=80)
    guide = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="指导人")
    begun_on = models.DateField("开始日期")
    discussed_on = models.DateField("讨论日期", null=True, blank=True)
    discussed_by = models.CharField("由谁讨论", max_length=10, choices=Body, blank=True)
    agreed_on = models.DateField("协商确定日期", null=True, blank=True)
    agreed_with = models.CharField("与谁协商", max_length=10, choices=Partner, blank=True)
    published_on = models.DateField("公示告知日期", null=True, blank=True)
    way = models.CharField("公示告知方式", max_length=10, choices=Way, blank=True)

    objects = SystemQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_on", "-id"]
        verbose_name = "规章制度"
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_on=None) | Q(discussed_on__lte=F("agreed_on")),
                name="a_rule_is_discussed_before_it_is_agreed",
                violation_error_message="协商确定日期不能早于讨论日期（《劳动合同法》第四条：先讨论，再平等协商确定）。",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(agreed_on__lte=F("published_on")),
                name="a_rule_is_agreed_before_it_is_published",
                violation_error_message="公示告知日期不能早于协商确定日期（《劳动合同法》第四条）。",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(discussed_on__isnull=False, agreed_on__isnull=False, published_on__isnull=False),
                name="a_rule_in_force_went_all_the_way",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.enterprise.name}：{self.title}"

    def get_absolute_url(self):
        return reverse("guidance:system", args=[self.pk])

    @property
    def steps(self):
        """(name, what the law asks, day, how) of each step."""
        how = {
            "discussed_on": self.get_discussed_by_display(), "agreed_on": self.get_agreed_with_display(),
            "published_on": self.get_way_display(),
        }  # fmt: skip
        return [(label, asked, getattr(self, name), how[name]) for name, label, asked in STEPS]

    def draft(self, *, by, on, version=None):
        self.begin(on)
        self.guide, self.begun_on = by, on
        with self.deed("draft", by=by, on=on, version=version):
            pass

    def take_over(self, *, by, on, version=None):
        for name, _, _ in STEPS:
            must_have_come(getattr(self, name), on)
        self.begin(on)
        self.guide, self.begun_on = by, on
        with self.deed("take_over", by=by, on=on, version=version):
            pass

    def discuss(self, *, by, on, version=None, discussed_on, discussed_by):
        self._step("discuss", by=by, on=on, version=version, discussed_on=discussed_on, discussed_by=discussed_by)

    def agree(self, *, by, on, version=None, agreed_on, agreed_with):
        self._step("agree", by=by, on=on, version=version, agreed_on=agreed_on, agreed_with=agreed_with)

    def publish(self, *, by, on, version=None, published_on, way):
        self._step("publish", by=by, on=on, version=version, published_on=published_on, way=way)

    def redraft(self, *, by, on, version=None, reason):
        with self.deed("redraft", by=by, on=on, version=version, note=reason) as row:
            row.discussed_on = row.agreed_on = None
            row.discussed_by = row.agreed_with = ""

    def drop(self, *, by, on, version=None, reason):
        with self.deed("drop", by=by, on=on, version=version, note=reason):
            pass

    def note(self, *, by, on, version=None, words):
        with self.deed("note", by=by, on=on, version=version, note=words):
            pass

    def _step(self, move, *, by, on, version, **changes):
        day = next(value for name, value in changes.items() if name.endswith("_on"))
        must_have_come(day, on)
        with self.deed(move, by=by, on=on, version=version) as row:
            for name, value in changes.items():
                setattr(row, name, value)
