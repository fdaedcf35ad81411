"""The 体检 of an enterprise: answers to a checklist, what became of the score's reasons, and what was found."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import District, Organisation
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import drafts
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.field import Wrong
from casework.lifecycle import STAYS, Lifecycle, Part
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from ..limits import Kind, least_inspectors
from .checklists import ChecklistVersion, Item, RiskClass, Severity
from .scores import ScoreRun
from .sweeps import PlannedVisit

_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    WITHDRAWN = "withdrawn", "已作废"


_DRAFT, _SUBMITTED, _WITHDRAWN = State


class Outcome(models.TextChoices):
    """How the visit went. Only a 体检 that was done needs answers."""

    DONE = "done", "已体检"
    ABSENT = "absent", "未遇到负责人"
    GONE = "gone", "已停产或搬离"
    DECLINED = "declined", "企业不予配合"


INSPECTOR = Part(
    "检查人员",
    lambda record, user: (
        user is not None and record.pk is not None and any(person.pk == user.pk for person in record.inspectors.all())
    ),
)

INSPECTION = Lifecycle(
    State,
    # move       label       from                   to           by                              needs
    ("open",     "开始体检", (None,),               _DRAFT,      (_OFFICER, _SUPERVISOR, _UNION)),
    ("keep",     "保存草稿", (_DRAFT,),             STAYS,       (INSPECTOR,)),
    ("accompany", "调整检查人员", (_DRAFT,),         STAYS,       (INSPECTOR, _SUPERVISOR)),
    ("submit",   "提交",     (_DRAFT,),             _SUBMITTED,  (INSPECTOR,),
     ("outcome", "visited_on", "met_somebody", "has_answers", "has_enough_inspectors")),
    ("withdraw", "作废",     (_DRAFT, _SUBMITTED),  _WITHDRAWN,  (_SUPERVISOR,), ("nothing_rests_on_it",)),
    asks={
        "met_somebody": "请填写会见人员。",
        "has_answers": "还没有填写任何检查项，请至少填写一项；未能体检的请选择走访情况。",
        "has_enough_inspectors": "检查人员不足：工会劳动法律监督现场检查、劳动保障监察检查须有两人以上参加。",
        "nothing_rests_on_it": "所发现的问题已开具处方，不能作废；处方尚未送达的，请先作废处方。",
    },
)  # fmt: skip


_HEAD = ("outcome", "visited_on", "people_met", "situation")
_LENGTHS = {"people_met": 200, "situation": 5000, "evidence": 2000, "note": 200}


class InspectionQuerySet(ScopedQuerySet):
    def readable_by(self, user):
        """A draft is read by those who examine; the others read what was submitted."""
        rows = self.visible_to(user)
        return rows if user.may(Can.INSPECT) else rows.exclude(state=State.DRAFT)

    def submitted(self):
        return self.filter(state=State.SUBMITTED)

    def done(self):
        """Enterprises that were examined, as reports count 体检."""
        return self.submitted().filter(outcome=Outcome.DONE)

    def of_kind(self, kind):
        return self.filter(kind=kind)


@audited
@holder("inspection", read=Can.READ_EVIDENCE, add=Can.INSPECT)
class Inspection(Case):
    """One visit to one enterprise. `uid` is given where the record is begun, on a phone without a network too."""

    district_path = "district"
    lifecycle = INSPECTION
    State, Outcome = State, Outcome

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="+")
    district = models.ForeignKey(District, models.PROTECT, verbose_name="区市", related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    kind = models.CharField("走访类型", max_length=10, choices=Kind, default=Kind.CHECKUP)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="检查单位")
    checklist = models.ForeignKey(ChecklistVersion, models.PROTECT, related_name="+", verbose_name="体检清单")
    visit = models.OneToOneField(
        PlannedVisit, models.PROTECT, null=True, related_name="inspection", verbose_name="走访安排"
    )
    run = models.ForeignKey(ScoreRun, models.PROTECT, null=True, related_name="+", verbose_name="评分轮次")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    outcome = models.CharField("走访情况", max_length=10, choices=Outcome, default=Outcome.DONE)
    visited_on = models.DateField("走访日期", null=True, blank=True)
    people_met = models.CharField("会见人员", max_length=200, blank=True)
    situation = models.TextField("情况与建议", blank=True)
    inspectors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="检查人员")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    opened_at = models.DateTimeField("开始时间", auto_now_add=True)
    kept_at = models.DateTimeField("保存时间", null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-id"]
        verbose_name = "体检记录"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(visited_on__isnull=False),
                name="a_submitted_inspection_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-visited_on"], name="inspections_of_an_enterprise")]

    def __str__(self):
        return f"{self.enterprise.name}体检"

    def get_absolute_url(self):
        return reverse("risks:inspection", args=[self.pk])

    # What moves need

    @property
    def met_somebody(self):
        return self.outcome != Outcome.DONE or bool(self.people_met.strip())

    @property
    def has_answers(self):
        return self.outcome != Outcome.DONE or self.answers.exclude(value="").exists()

    @property
    def has_enough_inspectors(self):
        return self.inspectors.count() >= least_inspectors(self.kind, self.organisation.side, on=self.visited_on)

    @property
    def nothing_rests_on_it(self):
        return self.findings.without_advice().count() == self.findings.count()

    # A draft as named values, as its form and a phone send them (risks.drafts)

    def values(self):
        """{"people_met": …, "answer-12": "no", "evidence-12": …, "verdict-3": "confirmed", …}, "" where nothing is."""
        found = {name: getattr(self, name) for name in _HEAD}
        found["visited_on"] = self.visited_on.isoformat() if self.visited_on else ""
        for item in self.checklist.items.all():
            found[f"answer-{item.pk}"] = found[f"evidence-{item.pk}"] = ""
        for answer in self.answers.all():
            found[f"answer-{answer.item_id}"], found[f"evidence-{answer.item_id}"] = answer.value, answer.evidence
        for check in self.reason_checks.all():
            found[f"verdict-{check.pk}"], found[f"note-{check.pk}"] = check.verdict, check.note
        return found

    def labels(self):
        """What these values are called: {name: label}."""
        found = {name: self._meta.get_field(name).verbose_name for name in _HEAD}
        for item in self.checklist.items.all():
            found[f"answer-{item.pk}"], found[f"evidence-{item.pk}"] = str(item), f"{item}（说明）"
        for check in self.reason_checks.all():
            found[f"verdict-{check.pk}"], found[f"note-{check.pk}"] = check.title, f"{check.title}（说明）"
        return found

    def told(self, name, value):
        return told(name, value)

    def with_both(self, values, name, mine):
        """{name: text} that says both values of a field; of one that holds one only, mine is noted in words."""
        theirs, words = values[name], name.split("-")[0] in _LENGTHS
        if words:
            return {name: "\n".join(filter(None, (theirs, mine))) if name != "people_met" else f"{theirs}；{mine}"}
        beside = f"（{self.labels()[name]}另记为：{told(name, mine)}）"
        return {"situation": f"{values['situation']}\n{beside}".strip()}

    # Verbs

    @transaction.atomic
    def open(self, *, by, on, version=None, inspectors=(), questions=()):
        """Begin, with the reasons of the score that are to be asked about. `self` is not saved yet."""
        with self.deed("open", by=by, on=on) as row:
            row.opened_by = by
            row.visited_on = row.visited_on or on
        self.inspectors.set({by, *inspectors})
        ReasonCheck.objects.bulk_create(ReasonCheck(inspection=self, **question) for question in questions)

    @transaction.atomic
    def accompany(self, *, by, on, version=None, inspectors):
        """Say who goes on the visit."""
        names = "、".join(person.name for person in inspectors)
        with self.deed("accompany", by=by, on=on, version=version, note=names):
            self.inspectors.set(inspectors)

    @transaction.atomic
    def keep(self, typed, base, *, by, on, choices=None):
        """Write what `by` changed in the draft since `base`. Returns (Merge, {name: why it cannot be written}).

        Saved every few seconds, so that it is no line of the timeline; a choice between two people's words is one.
        """
        row = self._locked()
        row.require(self.lifecycle["keep"], by=by)
        typed = {name: value.replace("\r\n", "\n").strip() for name, value in typed.items()}
        merged = drafts.merge(row.values(), typed, base, choices)
        refused = {name: why for name, value in merged.changed.items() if (why := _refused(name, value, on))}
        changed = {name: value for name, value in merged.changed.items() if name not in refused}
        if changed:
            row._write(changed)
        for name, (taken, left) in merged.settled.items():
            note = f"{row.labels()[name]}：采用“{told(name, taken)}”，未采用“{told(name, left)}”"
            row.note_deed("核对两处填写", by=by, on=on, note=note, district_id=row.district_id)
        self._become(row)
        return merged, refused

    @transaction.atomic
    def merge(self, typed, base, *, by, on):
        """The same from a phone (casework.field), all or nothing. Returns the Merge; raises Wrong."""
        merged, refused = self.keep(typed, base, by=by, on=on)
        if refused:
            raise Wrong(refused)
        return merged

    @transaction.atomic
    def settle(self, texts, *, by, on, version=None, note=""):
        """What was chosen between what two people wrote (casework.field.settle)."""
        self.require(self.lifecycle["keep"], by=by, version=version)
        self.merge(texts, self.values(), by=by, on=on)
        self.note_deed("核对两处填写", by=by, on=on, note=note, district_id=self.district_id)

    def _write(self, values):
        answers, checks = {}, {}
        for name, value in values.items():
            kind, _, number = name.partition("-")
            if kind in ("answer", "evidence"):
                answers.setdefault(int(number), {})["value" if kind == "answer" else kind] = value
            elif kind in ("verdict", "note"):
                checks.setdefault(int(number), {})[kind] = value
            else:
                setattr(self, name, date.fromisoformat(value) if name == "visited_on" else value)
        for item, fields in answers.items():
            self.answers.update_or_create(item_id=item, defaults=fields)
        for number, fields in checks.items():
            self.reason_checks.filter(pk=number).update(**fields)
        self.version, self.kept_at = self.version + 1, timezone.now()
        self.save(update_fields=[*_HEAD, "version", "kept_at"])

    def submit(self, *, by, on, version=None):
        """What does not conform becomes a finding, what conforms in part one of a lighter severity."""
        with self.deed("submit", by=by, on=on, version=version) as row:
            if row.outcome == Outcome.DONE:
                Finding.objects.bulk_create(row.found())

    @transaction.atomic
    def withdraw(self, *, by, on, version=None, note=""):
        """Its findings go with it. The lines of a withdrawn prescription keep what they say, in their own words."""
        with self.deed("withdraw", by=by, on=on, version=version, note=note):
            pass
        for finding in self.findings.all():
            finding.prescription_lines.update(finding=None)
            finding.delete()

    def found(self):
        """The findings that the answers amount to, not saved."""
        for answer in self.answers.select_related("item"):
            if answer.value in Answer.FOUND:
                yield Finding.of(answer, self)


@audited
class Answer(models.Model):
    """What was seen of one item; an item without an answer was not looked at."""

    class Value(models.TextChoices):
        YES = "yes", "符合"
        PARTLY = "partly", "部分符合"
        NO = "no", "不符合"
        NOT_APPLICABLE = "na", "不适用"
        UNSEEN = "unseen", "未查"

    FOUND = (Value.NO, Value.PARTLY)
    district_path = "inspection__district"

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    value = models.CharField("结果", max_length=6, choices=Value, blank=True)
    evidence = models.TextField("说明", blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "体检答案"
        constraints = [models.UniqueConstraint(fields=["inspection", "item"], name="an_item_is_answered_once")]


@audited(figures=("sentence",))
class ReasonCheck(models.Model):
    """What a visit found out about one reason of the score."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", "属实"
        REFUTED = "refuted", "不属实"
        UNSEEN = "unseen", "未见"

    district_path = "inspection__district"

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="reason_checks")
    key = models.CharField(max_length=60, help_text="of the card's item, or the title of its rule")
    title = models.CharField("依据", max_length=60)
    sentence = models.CharField("评分依据", max_length=400, help_text="with figures: for those who may see figures")
    question = models.CharField("核实问题", max_length=200)
    verdict = models.CharField("核实结果", max_length=10, choices=Verdict, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "依据核实"
        constraints = [models.UniqueConstraint(fields=["inspection", "key"], name="a_reason_is_checked_once")]

    def get_absolute_url(self):
        return self.inspection.get_absolute_url()


class FindingQuerySet(ScopedQuerySet):
    def without_advice(self):
        """Of which no prescription speaks that was not withdrawn."""
        advised = self.filter(prescription_lines__isnull=False)
        return self.exclude(pk__in=advised.exclude(prescription_lines__prescription__state="withdrawn").values("pk"))


@audited
class Finding(models.Model):
    """A risk that a visit found: what a prescription gives advice on. Words of law are copied as they were."""

    district_path = "district"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings", verbose_name="体检记录")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name="检查项")
    answer = models.CharField("结果", max_length=6, choices=Answer.Value)
    severity = models.PositiveSmallIntegerField("程度", choices=Severity)
    risk_class = models.CharField("归类", max_length=10, choices=RiskClass)
    facts = models.TextField("情况", blank=True)
    basis = models.CharField("法律依据", max_length=300)
    consequence = models.CharField("可能后果", max_length=300, blank=True)
    advice = models.CharField("改进建议", max_length=300, blank=True)
    found_on = models.DateField("发现日期")

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-severity", "item__place", "id"]
        verbose_name = "发现的问题"
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="an_answer_is_one_finding"),
            models.CheckConstraint(condition=Q(answer__in=["no", "partly"]), name="a_finding_does_not_conform"),
        ]
        indexes = [models.Index(fields=["enterprise", "-found_on"], name="findings_of_an_enterprise")]

    def __str__(self):
        return self.item.title

    def get_absolute_url(self):
        return self.inspection.get_absolute_url()

    @classmethod
    def of(cls, answer, inspection):
        item, severity = answer.item, Severity(answer.item.severity)
        return cls(
            inspection=inspection,
            enterprise_id=inspection.enterprise_id,
            district_id=inspection.district_id,
            campaign_id=inspection.campaign_id,
            item=item,
            answer=answer.value,
            severity=severity.lighter if answer.value == Answer.Value.PARTLY else severity,
            risk_class=item.risk_class,
            facts=answer.evidence,
            basis=item.basis,
            consequence=item.consequence,
            advice=item.advice,
            found_on=inspection.visited_on,
        )


# Who was there is part of the record, though no model of ours names the table.
audited(Inspection.inspectors.through, district="inspection__district")._meta.verbose_name = "体检的检查人员"


# ── A draft's values ───────────────────────────────────────────────────────────────────────────

_CHOICES = {"outcome": Outcome, "answer": Answer.Value, "verdict": ReasonCheck.Verdict}


def told(name, value):
    """A value as a person reads it."""
    choices = _CHOICES.get(name.split("-")[0])
    return (choices(value).label if choices and value else value) or "（空）"


def _refused(name, value, on):
    """Why a value cannot be written; "" where it can."""
    kind = name.split("-")[0]
    if len(value) > _LENGTHS.get(kind, len(value)):
        return f"最多 {_LENGTHS[kind]} 字，现有 {len(value)} 字，请精简。"
    if kind == "visited_on":
        return _refused_day(value, on)
    if kind in _CHOICES and value not in _CHOICES[kind].values and (value or kind == "outcome"):
        return "请从所列结果中选择。"
    return ""


def _refused_day(value, on):
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "请按 2023-11-20 的形式填写日期。"
    return "走访日期不能晚于今天。" if day > on else ""
