"""A campaign is data: its notice, its period, its phases and duties. Next year's is another row."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Can, Role
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.today import end_of

from .. import figures

_CITY = (Role.CITY_OFFICE,)


class CityCase(Case):
    """A case of the whole city: every district reads it, the city's office moves it."""

    class Meta:
        abstract = True

    @property
    def place_id(self):
        return None


class State(models.TextChoices):
    PLANNED = "planned", "筹备中"
    RUNNING = "running", "实施中"
    ENDED = "ended", "已结束"


_PLANNED, _RUNNING, _ENDED = State
_OPEN = (_PLANNED, _RUNNING)

CAMPAIGN = Lifecycle(
    State,
    # move         label           from         to         by     needs
    ("prepare",    "筹备下一行动", (None,),     _PLANNED,  _CITY, ("title", "document_number")),
    ("amend",      "修改基本信息", _OPEN,       STAYS,     _CITY, ("title", "document_number")),
    ("set_phases", "修改阶段",     _OPEN,       STAYS,     _CITY),
    ("set_duties", "修改任务",     _OPEN,       STAYS,     _CITY),
    ("set_targets", "设定目标",    _OPEN,       STAYS,     _CITY),
    ("start",      "启动",         (_PLANNED,), _RUNNING,  _CITY, ("is_sound",)),
    ("end",        "结束",         (_RUNNING,), _ENDED,    _CITY),
    asks={"is_sound": "核对中还有问题，请先更正：阶段、任务、报送时限和数据截止日。"},
)  # fmt: skip


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One campaign for the whole city; what is being prepared is the city's own."""
        if not user.is_active:
            return self.none()
        return self if user.sees_whole_city else self.exclude(state=State.PLANNED)

    def running(self, on):
        """The campaign that the day belongs to; outside of every period the one marked current: work goes on after it.

        Raises Campaign.DoesNotExist where there is none, which `manage.py load_reference` mends.
        """
        within = self.exclude(state=State.PLANNED).filter(starts_on__lte=on, ends_on__gte=on)
        return within.order_by("-starts_on").first() or self.get(current=True)


@audited
@holder("campaign", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
class Campaign(CityCase):
    lifecycle = CAMPAIGN
    State = State

    title = models.CharField("名称", max_length=120)
    document_number = models.CharField("文号", max_length=40, unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RUNNING)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    report_due_at = models.DateTimeField("总结报送时限", help_text="the report is in before this moment")
    cut_off_on = models.DateField("数据截止日", help_text="the last day that counts in the report")
    current = models.BooleanField("当前行动", default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = "专项行动"
        constraints = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="one_campaign_is_current"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="a_campaign_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:campaign", args=[self.pk])

    @property
    def report_due_on(self):
        """The last day on which a report is in time: what is due at midnight is due on the day before."""
        return timezone.localdate(self.report_due_at - timedelta(microseconds=1))

    @property
    def is_sound(self):
        return not self.faults()

    def faults(self):
        """What does not fit together, in sentences: looked through before a campaign starts."""
        phases = list(self.phases.all())
        found = [
            f"“{phase}”（{phase.begins_on:%Y-%m-%d}至{phase.ends_on:%Y-%m-%d}）超出行动期间。"
            for phase in phases
            if phase.begins_on < self.starts_on or phase.ends_on > self.ends_on
        ]
        if not phases:
            found.append("还没有列出阶段。")
        if not self.duties.exists():
            found.append("还没有列出任务。")
        if self.cut_off_on >= self.report_due_on:
            found.append("数据截止日应当早于总结报送时限，否则报告的数字在报送后还会变动。")
        if not self.starts_on <= self.cut_off_on <= self.ends_on:
            found.append("数据截止日不在行动期间内。")
        return found

    # ── What the city's office does ──

    def prepare(self, *, source, by, on, version=None):
        """Like `source`, its phases and duties by as many years later as the campaign itself."""
        years = self.starts_on.year - source.starts_on.year
        self.state, self.current = State.PLANNED, False
        self.ends_on = years_later(source.ends_on, years)
        self.report_due_at = end_of(years_later(source.report_due_on, years))
        self.cut_off_on = years_later(source.cut_off_on, years)
        with self.deed("prepare", by=by, on=on, note=f"由“{source}”（{source.document_number}）拟定"):
            pass
        phases = {None: None}
        for phase in source.phases.all():
            phases[phase.pk] = self.phases.create(
                name=phase.name, article=self._cited(phase.article, source),
                begins_on=years_later(phase.begins_on, years), ends_on=years_later(phase.ends_on, years),
            )  # fmt: skip
        for duty in source.duties.all():
            self.duties.create(
                number=duty.number, article=self._cited(duty.article, source), title=duty.title, text=duty.text,
                owners=duty.owners, phase=phases[duty.phase_id], evidence=duty.evidence,
            )  # fmt: skip

    def _cited(self, article, source):
        return article.replace(source.document_number, self.document_number)

    def amend(self, *, by, on, version=None, **fields):
        with self.deed("amend", by=by, on=on, version=version) as row:
            for name, value in fields.items():
                setattr(row, name, value)

    def set_phases(self, *, by, on, version=None, rows):
        """`rows`: (Phase or None for a new one, {name, begins_on, ends_on, article} or None to take it out)."""
        with self.deed("set_phases", by=by, on=on, version=version) as row:
            _keep(row.phases, rows)

    def set_duties(self, *, by, on, version=None, rows):
        with self.deed("set_duties", by=by, on=on, version=version) as row:
            _keep(row.duties, rows)

    def set_targets(self, *, by, on, version=None, code, rows):
        """`rows`: {code of a district: the number it is to reach, or None}."""
        from .plans import Target  # which knows campaigns

        name = next((figure.name for figure in figures.catalogue() if figure.code == code), code)
        with self.deed("set_targets", by=by, on=on, version=version, note=name) as row:
            for district, value in rows.items():
                if value is None:
                    Target.objects.filter(campaign=row, code=code, district_id=district).delete()
                else:
                    named = {"campaign": row, "code": code, "district_id": district}
                    Target.objects.update_or_create(**named, defaults={"value": value})

    def start(self, *, by, on, version=None):
        """The campaign is the current one from now on; the one before stays open for what is still to be done."""
        with self.deed("start", by=by, on=on, version=version) as row:
            Campaign.objects.filter(current=True).update(current=False)
            row.current = True

    def end(self, *, by, on, version=None, summary=""):
        with self.deed("end", by=by, on=on, version=version, note=summary):
            pass


@audited
class Phase(models.Model):
    """What the campaign is about on given days. Phases overlap: two of the notice begin on one day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    name = models.CharField("阶段", max_length=20)
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    article = models.CharField("依据", max_length=60)

    class Meta:
        ordering = ["begins_on", "id"]
        verbose_name = "阶段"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="a_phase_stands_once_in_a_campaign"),
            models.CheckConstraint(
                condition=Q(begins_on__lte=F("ends_on")), name="a_phase_ends_after_it_begins",
                violation_error_message="阶段的结束日期不能早于开始日期。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def has_begun(self, on):
        return self.begins_on <= on

    def is_over(self, on):
        return self.ends_on < on

    def is_under_way(self, on):
        return self.has_begun(on) and not self.is_over(on)

    def days_left(self, on):
        return (self.ends_on - on).days

    @property
    def days(self):
        return (self.ends_on - self.begins_on).days + 1


@audited
class Duty(models.Model):
    """What the notice asks for, sentence by sentence, and where its evidence is counted."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="duties")
    phase = models.ForeignKey(Phase, models.SET_NULL, null=True, blank=True, related_name="duties", verbose_name="阶段")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("任务", max_length=60)
    text = models.TextField("要求", max_length=500, blank=True)
    article = models.CharField("依据", max_length=60)
    owners = models.CharField("责任方", max_length=60, blank=True)
    evidence = ArrayField(
        models.CharField(max_length=60), verbose_name="佐证", default=list, blank=True,
        help_text="codes of indicators that count what was done",
    )  # fmt: skip

    class Meta:
        ordering = ["number", "id"]
        verbose_name = "任务"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"], name="duties_are_counted_through", deferrable=models.Deferrable.DEFERRED,
                violation_error_message="两项任务的序号相同。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    @property
    def clause(self):
        """The article without the notice's number, where the page has told that already."""
        return self.article.removeprefix(self.campaign.document_number).strip()


def years_later(day, years):
    """The same day of another year; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) - timedelta(days=1)


def _keep(rows, told):
    """Store, change or take out rows of a campaign. Raises MoveRefused where one is still needed or does not fit."""
    for row, fields in told:
        if fields is None:
            try:
                row.delete()
            except models.ProtectedError:
                raise MoveRefused(f"“{row}”已有记录引用，不能删除；可以修改。") from None
            continue
        row = row or rows.model(campaign=rows.instance)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
