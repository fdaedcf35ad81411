"""Major risks: what may become a mass lay-off, a stoppage or a collective claim for wages.

威人社函〔2023〕39号 二（三） asks to intervene early where such a thing shows.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import District, User
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import thresholds
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import PORTAL, STAYS, Lifecycle, Part
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

_CITY, _OFFICER, _SUPERVISOR, _UNION = (
    Role.CITY_OFFICE, Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR,
)  # fmt: skip
LEAD = Part.of("lead", "牵头人")


class MajorState(models.TextChoices):
    FLAGGED = "flagged", "待处置"
    ENGAGED = "engaged", "处置中"
    SETTLED = "settled", "已化解"
    DISMISSED = "dismissed", "已排除"


_FLAGGED, _ENGAGED, _SETTLED, _DISMISSED = MajorState
OPEN, _ENDED = (_FLAGGED, _ENGAGED), (_SETTLED, _DISMISSED)

_FLAGGERS, _DECIDERS = (_OFFICER, _SUPERVISOR, _UNION, _CITY, PORTAL), (_SUPERVISOR, _CITY)
_HANDLERS = (LEAD, _OFFICER, _SUPERVISOR)
_PLAN, _PROOF = ("lead", "due_on", "has_measures"), ("outcome", "has_notes", "has_no_open_measure")

MAJOR = Lifecycle(
    MajorState,
    # move          label               from         to          by                   needs
    ("flag",        "标记重大风险",     (None,),     _FLAGGED,   _FLAGGERS,           ("grounds",)),
    ("engage",      "部署处置",         (_FLAGGED,), _ENGAGED,   _DECIDERS,           _PLAN),
    ("note",        "记处置日志",       (_ENGAGED,), STAYS,      (*_HANDLERS, _UNION)),
    ("carry_out",   "登记措施落实",     (_ENGAGED,), STAYS,      _HANDLERS),
    ("add_measure", "增加措施",         (_ENGAGED,), STAYS,      (LEAD, *_DECIDERS)),
    ("settle",      "化解办结",         (_ENGAGED,), _SETTLED,   _DECIDERS,           _PROOF),
    ("dismiss",     "排除",             (_FLAGGED,), _DISMISSED, _DECIDERS,           ("outcome",)),
    ("redirect",    "调整牵头人、时限", (_ENGAGED,), STAYS,      _DECIDERS,           ("lead", "due_on")),
    ("revise",      "更正情况",         OPEN,        STAYS,      _HANDLERS,           ("grounds",)),
    ("reopen",      "重新处置",         _ENDED,      _FLAGGED,   _DECIDERS),
    asks={
        "has_measures": "请至少写明一项处置措施。",
        "has_notes": "还没有处置日志，请先补记处置情况。",
        "has_no_open_measure": "还有未落实的措施，请先登记落实情况。",
    },
)  # fmt: skip


class MajorQuerySet(ScopedQuerySet):
    def unsettled(self):
        return self.filter(state__in=OPEN)

    def overdue(self, on):
        return self.filter(state=MajorState.ENGAGED, due_on__lt=on)

    def without_note(self, on):
        """Being handled, and nobody has noted yet how it stands on the day."""
        noted = DailyNote.objects.filter(risk=OuterRef("pk"), on=on)
        return self.filter(~Exists(noted), state=MajorState.ENGAGED)


@audited(figures=("amount",))
@holder("major", read=Can.HANDLE_MAJORS, add=Can.HANDLE_MAJORS)
class MajorRisk(Case):
    class Kind(models.TextChoices):
        LAYOFF = "layoff", "大规模裁员"
        STOPPAGE = "stoppage", "集体停工"
        WAGES = "wages", "集体讨薪"

    class Source(models.TextChoices):
        RULE = "rule", "达到标准"
        HAND = "hand", "人工研判"

    district_path = "district"
    lifecycle = MAJOR
    State = MajorState

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="+")
    district = models.ForeignKey(District, models.PROTECT, verbose_name="区市", related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, verbose_name="行动", related_name="+")
    kind = models.CharField("可能引发", max_length=10, choices=Kind)
    source = models.CharField("标记依据", max_length=6, choices=Source, editable=False)
    rules = models.TextField("达到的标准", blank=True, editable=False)
    grounds = models.TextField("情况", max_length=1000)
    people = models.PositiveIntegerField("涉及人数", null=True, blank=True)
    staff = models.PositiveIntegerField("职工总数", null=True, blank=True)
    amount = models.BigIntegerField("涉及金额（分）", null=True, blank=True)
    controller = models.CharField("实际控制人", max_length=40, blank=True)
    state = models.CharField("状态", max_length=10, choices=MajorState)
    flagged_on = models.DateField("标记日期")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="牵头人", related_name="+"
    )
    due_on = models.DateField("处置时限", null=True, blank=True)
    outcome = models.TextField("结果", max_length=1000, blank=True)
    ended_on = models.DateField("办结日期", null=True, blank=True)

    objects = MajorQuerySet.as_manager()

    class Meta:
        ordering = ["-flagged_on", "-id"]
        verbose_name = "重大风险"
        indexes = [models.Index(fields=["district", "state", "-flagged_on"], name="major_risks_of_a_district")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=Q(state__in=["flagged", "engaged"]),
                name="one_open_major_risk_of_a_kind",
                violation_error_message="这家企业同类的重大风险正在处置，请在原记录上办理。",
            ),
            models.CheckConstraint(
                condition=Q(people=None) | Q(staff=None) | Q(people__lte=F("staff")),
                name="no_more_people_than_staff",
                violation_error_message="涉及人数不能多于职工总数。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["flagged", "engaged"]) | Q(ended_on__isnull=False),
                name="an_ended_major_risk_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="an_amount_is_not_negative",
                violation_error_message="金额不能为负数。",
            ),
        ]

    def __str__(self):
        return f"{self.enterprise.name} {self.get_kind_display()}风险"

    def get_absolute_url(self):
        return reverse("risks:major", args=[self.pk])

    def possible_leads(self):
        """Who may lead: the district's officers, supervisors and union, or the city office."""
        here = Q(organisation__district=self.district_id, role__in=[_OFFICER, _SUPERVISOR, _UNION])
        people = User.objects.filter(here | Q(role=_CITY), is_active=True)
        return people.select_related("organisation").order_by("organisation_id", "name")

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def takes_attachments(self):
        return self.is_open

    @property
    def has_measures(self):
        return self.measures.exists()

    @property
    def has_no_open_measure(self):
        return not self.measures.filter(done_on=None).exists()

    @property
    def has_notes(self):
        return self.notes.exists()

    # Verbs

    def flag(self, *, by, on, version=None):
        """`self` says which enterprise, of what kind and how many people; the rules that it meets are worked out."""
        self._weigh(on)
        with self.deed("flag", by=by, on=on, note=self.rules or self.grounds) as row:
            row.flagged_on, row.campaign = on, Campaign.objects.running(on)

    @transaction.atomic
    def engage(self, *, by, on, version=None, lead, due_on, words, person, measure_due_on):
        """Who leads until when, with the first measure."""
        self.measures.create(words=words, person=person, due_on=measure_due_on)
        note = f"牵头人{lead.name if lead else '未定'}；措施：{words}"
        with self.deed("engage", by=by, on=on, version=version, note=note) as row:
            row.lead, row.due_on = lead, due_on

    def note(self, *, by, on, version=None, words, people=None):
        """How it stands on the day. Two people may note at once: what is added takes nothing away."""
        with self.deed("note", by=by, on=on, note=words):
            self.notes.create(on=on, words=words, people=people, by=by)

    def carry_out(self, *, by, on, version=None, measure, outcome):
        with self.deed("carry_out", by=by, on=on, version=version, note=f"{measure.words}：{outcome}"):
            measure.done_on, measure.outcome = on, outcome
            measure.save(update_fields=["done_on", "outcome"])

    def add_measure(self, *, by, on, version=None, words, person, due_on):
        with self.deed("add_measure", by=by, on=on, version=version, note=words):
            self.measures.create(words=words, person=person, due_on=due_on)

    def redirect(self, *, by, on, version=None, lead, due_on, reason):
        with self.deed("redirect", by=by, on=on, version=version, note=reason) as row:
            row.lead, row.due_on = lead, due_on

    def revise(self, *, by, on, version=None, reason, **facts):
        """Other figures or grounds; the rules are weighed anew."""
        with self.deed("revise", by=by, on=on, version=version, note=reason) as row:
            for name, value in facts.items():
                setattr(row, name, value)
            row._weigh(on)

    def settle(self, *, by, on, version=None, outcome):
        with self.deed("settle", by=by, on=on, version=version, note=outcome) as row:
            row.outcome, row.ended_on = outcome, on

    def dismiss(self, *, by, on, version=None, outcome):
        with self.deed("dismiss", by=by, on=on, version=version, note=outcome) as row:
            row.outcome, row.ended_on = outcome, on

    def reopen(self, *, by, on, version=None, reason):
        with self.deed("reopen", by=by, on=on, version=version, note=reason) as row:
            row.outcome, row.ended_on = "", None

    def _weigh(self, on):
        met = thresholds.met(self.kind, self.people, staff=self.staff, on=on)
        self.rules = "；".join(met)
        self.source = self.Source.RULE if met else self.Source.HAND


@audited
class Measure(models.Model):
    """What is to be done about a major risk, by whom, until when."""

    district_path = "risk__district"

    risk = models.ForeignKey(MajorRisk, models.CASCADE, related_name="measures")
    words = models.CharField("措施", max_length=200)
    person = models.CharField("责任人", max_length=40)
    due_on = models.DateField("完成时限")
    done_on = models.DateField("落实日期", null=True)
    outcome = models.CharField("落实情况", max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = "处置措施"

    def __str__(self):
        return self.words


@audited
class DailyNote(models.Model):
    """How a major risk stood on a day. Written once, never changed."""

    district_path = "risk__district"

    risk = models.ForeignKey(MajorRisk, models.CASCADE, related_name="notes")
    on = models.DateField("日期")
    words = models.TextField("处置情况", max_length=1000)
    people = models.PositiveIntegerField("当日涉及人数", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="记录人", related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = "处置日志"
        indexes = [models.Index(fields=["risk", "-on"], name="notes_on_a_major_risk")]

    def __str__(self):
        return f"{self.on} {self.words[:20]}"
