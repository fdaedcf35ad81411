"""The guidance visit (指导走访): who went where, whom they met, what was talked about and left there."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import District, Organisation
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import drafts
from casework.arrivals import Disagreement, Piece
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.field import Wrong
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .leaflets import Handout, Leaflet, hand_out

_OFFICER, _SUPERVISOR = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR
_WRITERS = (_OFFICER, _SUPERVISOR, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER)


class State(models.TextChoices):
    RECORDED = "recorded", "已登记"
    WITHDRAWN = "withdrawn", "已作废"


class Purpose(models.TextChoices):
    """威人社函〔2023〕39号 二（三），and what a visit is otherwise made for."""

    POLICY = "policy", "惠企政策"
    NEW_FIRM = "new_firm", "新办企业"
    RULES = "rules", "规章制度"
    BARGAINING = "bargaining", "协商指导"
    WAGES = "wages", "工资支付"
    LAYOFF = "layoff", "裁员规范"
    MAJOR = "major", "重大风险"
    OTHER = "other", "其他"


class Topic(models.TextChoices):
    CONTRACTS = "contracts", "劳动合同"
    WAGES = "wages", "工资支付"
    HOURS = "hours", "工时休假"
    INSURANCE = "insurance", "社会保险"
    COLLECTIVE = "collective", "集体协商"
    DEMOCRACY = "democracy", "民主管理"
    SAFETY = "safety", "劳动保护"
    LAYOFF = "layoff", "裁员安置"
    POLICIES = "policies", "惠企政策"
    PLATFORM = "platform", "平台用工"


COLLEAGUE = Part(
    "登记单位人员",
    lambda record, user: user is not None and record.organisation_id == user.organisation_id and user.role in _WRITERS,
)

GUIDANCE_VISIT = Lifecycle(
    State,
    # move        label          from                to                by                         needs
    ("record",    "登记走访",     (None,),            State.RECORDED,   _WRITERS,
     ("enterprise", "purpose", "visited_on", "has_visitors", "people_met")),
    ("amend",     "更正",         (State.RECORDED,),  STAYS,            (COLLEAGUE, _SUPERVISOR),
     ("purpose", "visited_on", "has_visitors", "people_met")),
    ("settle",    "核对两处填写", (State.RECORDED,),  STAYS,            (COLLEAGUE, _SUPERVISOR)),
    ("return_to", "登记回访",     (State.RECORDED,),  STAYS,            (COLLEAGUE, _OFFICER, _SUPERVISOR),
     ("follow_up_on",)),
    ("withdraw",  "作废",         (State.RECORDED,),  State.WITHDRAWN,  (COLLEAGUE, _SUPERVISOR), ("stands_alone",)),
    asks={
        "has_visitors": "请至少填写一名走访人员。",
        "follow_up_on": "这次走访没有约定回访，请先更正并填写回访日期。",
        "stands_alone": "这次走访已认定为联合走访，请先改为分别走访。",
    },
)  # fmt: skip

# 劳动关系协调员, 工会劳动法律监督员, 集体协商指导员: those whom the notice sends (二（一）).
VISITORS = ("coordinators", "supervisors", "instructors")
FIELDS = (
    "purpose", "visited_on", "visited_at", *VISITORS, "people_met", "topics", "leaflets", "leaflets_given", "notes",
    "findings", "follow_up_on", "follow_up", "place",
)  # fmt: skip
# What is chosen from: {value: label}. Leaflets are those of the city's catalogue, also those of before.
_LISTS = {"topics": lambda: dict(Topic.choices), "leaflets": Leaflet.objects.titles}
_LONG = {"notes", "findings"}
_WORDS = {*VISITORS, "people_met", "follow_up", *_LONG}
WORST_METRES, OLDEST_SECONDS = 100, 60  # of a fix, before it is said


@dataclass(frozen=True)
class Fix:
    """Where a phone said it was: degrees, metres and the moment of the fix."""

    latitude: float
    longitude: float
    accuracy: int
    at: datetime

    @classmethod
    def read(cls, text):
        """From "37.513000,122.120000,18,2023-11-20T14:02:00+08:00"; ValueError for what is none."""
        latitude, longitude, accuracy, at = text.split(",")
        fix = cls(float(latitude), float(longitude), round(float(accuracy)), parse_datetime(at))
        on_earth = abs(fix.latitude) <= 90 and abs(fix.longitude) <= 180 and 0 <= fix.accuracy < 10**7
        if not on_earth or fix.at is None or timezone.is_naive(fix.at):
            raise ValueError(text)
        return fix

    def __str__(self):
        return f"{self.latitude:.6f},{self.longitude:.6f},{self.accuracy},{self.at.isoformat()}"

    def doubts(self, at):
        """Sentences on a fix that is too coarse, or was too old at the moment `at`."""
        said, old = [], (at - self.at).total_seconds()
        if self.accuracy > WORST_METRES:
            said.append(f"误差 {self.accuracy} 米，超过 {WORST_METRES} 米")
        if old > OLDEST_SECONDS:
            said.append(f"定位早于保存 {round(old / 60)} 分钟")
        return said


class GuidanceVisitQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(state=State.RECORDED)

    def by_turn(self):
        return self.order_by("-visited_on", "-id")

    def to_return(self, on):
        """Return visits that were agreed on and not made, and are due by that day."""
        return self.standing().filter(returned_on=None, follow_up_on__lte=on)

    def returns_ahead(self):
        return self.standing().filter(returned_on=None, follow_up_on__isnull=False)

    def disagreed(self):
        """With a field that two people gave differently, and nobody chose yet."""
        waiting = Disagreement.objects.open().filter(
            subject_type__app_label="guidance", subject_type__model="guidancevisit"
        )
        return self.standing().filter(pk__in=waiting.values("subject_id"))

    def maybe_joint(self):
        """Visits of different sides to one enterprise on one day that nobody has yet called joint or separate."""
        others = GuidanceVisit.objects.standing().filter(
            enterprise=models.OuterRef("enterprise"), visited_on=models.OuterRef("visited_on")
        )
        others = others.exclude(organisation__side=models.OuterRef("organisation__side"))
        return self.standing().filter(joint=None).filter(models.Exists(others))

    def counted(self):
        """How many visits (户次): one that several sides made together counts once."""
        standing = self.standing()
        together = standing.filter(joint__state="joint")
        apart = standing.exclude(pk__in=together.values("pk")).count()
        return apart + together.order_by().values("joint").distinct().count()


@audited
@holder("guidance-visit", read=Can.READ_GUIDANCE, add=Can.WRITE_GUIDANCE)
class GuidanceVisit(Case):
    """`uid` is made where the visit is written down, on a phone without a network too."""

    district_path = "district"
    lifecycle = GUIDANCE_VISIT
    State, Purpose, Topic = State, Purpose, Topic

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="登记单位")
    joint = models.ForeignKey(
        "guidance.JointVisit", models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="联合走访"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECORDED)
    purpose = models.CharField("事由", max_length=12, choices=Purpose)
    visited_on = models.DateField("走访日期")
    visited_at = models.TimeField("时间", null=True, blank=True)
    coordinators = models.CharField("劳动关系协调员", max_length=100, blank=True)
    supervisors = models.CharField("工会劳动法律监督员", max_length=100, blank=True)
    instructors = models.CharField("集体协商指导员", max_length=100, blank=True)
    people_met = models.CharField("会见人员", max_length=200)
    topics = models.JSONField("指导内容", default=list, blank=True)
    leaflets = models.JSONField("发放资料", default=list, blank=True)
    leaflets_given = models.PositiveIntegerField("每种份数", null=True, blank=True)
    notes = models.TextField("走访情况", max_length=5000, blank=True)
    findings = models.TextField("发现的问题和建议", max_length=5000, blank=True)
    follow_up_on = models.DateField("回访日期", null=True, blank=True)
    follow_up = models.CharField("回访事项", max_length=500, blank=True)
    returned_on = models.DateField("实际回访日期", null=True, blank=True)
    returned = models.TextField("回访情况", max_length=2000, blank=True)
    place = models.CharField("定位", max_length=80, blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    logged_at = models.DateTimeField("填写时间", default=timezone.now)

    objects = GuidanceVisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-id"]
        verbose_name = "指导走访"
        indexes = [
            models.Index(fields=["enterprise", "visited_on"], name="guidance_visits_of_a_firm"),
            models.Index(fields=["district", "-visited_on"], name="guidance_visits_of_a_district"),
            models.Index(
                fields=["follow_up_on"], condition=Q(returned_on=None, follow_up_on__isnull=False),
                name="return_visits_ahead",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(follow_up_on=None) | Q(follow_up_on__gte=F("visited_on")),
                name="one_returns_after_the_visit",
                violation_error_message="回访日期不能早于走访日期。",
            ),
        ]

    def __str__(self):
        return f"{self.enterprise.name}走访"

    def get_absolute_url(self):
        return reverse("guidance:visit", args=[self.pk])

    @classmethod
    def begun(cls, enterprise):
        return cls(enterprise=enterprise, district_id=enterprise.district_id)

    # What moves need, and what pages tell

    @property
    def has_visitors(self):
        return any(getattr(self, name).strip() for name in VISITORS)

    @property
    def stands_alone(self):
        return self.joint is None or not self.joint.is_joint

    @property
    def visitors(self):
        """[(kind of person, names)] of those who went."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name)) for name in VISITORS if getattr(self, name)
        ]

    @property
    def topics_told(self):
        return self.told("topics", ",".join(self.topics))

    @property
    def leaflets_told(self):
        return self.told("leaflets", ",".join(self.leaflets))

    @property
    def fix(self):
        return Fix.read(self.place) if self.place else None

    @property
    def doubts(self):
        """What is doubtful of the place, in sentences."""
        return self.fix.doubts(self.logged_at) if self.place else []

    @property
    def signatures(self):
        return Piece.objects.filter(record=self.uid, what=Piece.What.SIGNATURE)

    # As named texts, as a phone sends them and drafts.merge compares them

    def values(self):
        """{"purpose": "policy", "topics": "wages,hours", "visited_on": "2023-11-20", …}, "" where nothing is."""
        return {name: self._as_text(name) for name in FIELDS}

    def labels(self):
        return {name: self._meta.get_field(name).verbose_name for name in FIELDS}

    def told(self, name, value):
        """A value as a person reads it."""
        if name in _LISTS:
            labels = _LISTS[name]() if value else {}
            return "、".join(labels[one] for one in value.split(",") if one in labels)
        if name == "purpose":
            return Purpose(value).label if value in Purpose.values else ""
        return value

    def _as_text(self, name):
        value = getattr(self, name)
        if name in _LISTS:
            return ",".join(value)
        if name == "visited_at":
            return f"{value:%H:%M}" if value else ""
        return "" if value is None else str(value)

    def with_both(self, values, name, mine):
        """{field: text} that says both values; of a field that holds one only, mine is noted beside it."""
        theirs = values[name]
        if name in _LISTS:
            return {name: ",".join(dict.fromkeys([*theirs.split(","), *mine.split(",")]))}
        if name in _WORDS:
            return {name: "\n".join(filter(None, (theirs, mine))) if name in _LONG else f"{theirs}；{mine}"}
        beside = f"（{self.labels()[name]}另记为：{self.told(name, mine)}）"
        return {"notes": f"{values['notes']}\n{beside}".strip()}

    # Verbs

    @transaction.atomic
    def record(self, *, by, on, version=None, logged_at=None, uid=None, **values):
        if uid:
            self.uid = uid
        self.campaign = Campaign.objects.running(on)
        self.organisation, self.logged_by = by.organisation, by
        self.logged_at = logged_at or timezone.now()
        with self.deed("record", by=by, on=on, version=version) as row:
            row._fill(values, on)
        self._hand_out(by=by, on=on)

    @transaction.atomic
    def amend(self, *, by, on, version=None, note="", **values):
        with self.deed("amend", by=by, on=on, version=version, note=note or self._changes(values)) as row:
            before = row._given
            row._fill(values, on)
        if self._given != before:
            self._hand_out(by=by, on=on)

    @transaction.atomic
    def merge(self, typed, base, *, by, on):
        """Take in what `by` wrote elsewhere since `base`. Returns a drafts.Merge; what differs is left as it stands."""
        row = self._locked()
        row.require(self.lifecycle["amend"], by=by)
        merged = drafts.merge(row.values(), typed, base)
        if merged.changed:
            row.amend(by=by, on=on, **values_of(merged.changed))
        self._become(row)
        return merged

    @transaction.atomic
    def settle(self, texts, *, by, on, version=None, note=""):
        """What was chosen between what two people wrote (casework.field.settle)."""
        with self.deed("settle", by=by, on=on, version=version, note=note) as row:
            before = row._given
            row._fill(values_of(texts), on)
        if self._given != before:
            self._hand_out(by=by, on=on)

    def return_to(self, *, by, on, version=None, returned_on, returned):
        with self.deed("return_to", by=by, on=on, version=version, note=returned) as row:
            if returned_on > on:
                raise MoveRefused(f"{returned_on:%Y年%m月%d日}还没有到，请填写实际日期。")
            if returned_on < row.visited_on:
                raise MoveRefused("回访日期不能早于走访日期。")
            row.returned_on, row.returned = returned_on, returned

    @transaction.atomic
    def withdraw(self, *, by, on, version=None, note):
        with self.deed("withdraw", by=by, on=on, version=version, note=note):
            pass
        self._hand_out(by=by, on=on)

    @property
    def _given(self):
        return self.leaflets, self.leaflets_given, self.visited_on

    def _hand_out(self, *, by, on):
        """The leaflets that the visit tells of are entered as handed out, once; what it tells no more is struck."""
        stands = self.state == State.RECORDED
        told = Leaflet.objects.filter(pk__in=self.leaflets if stands else ())
        so, copies = {leaflet.pk for leaflet in told}, self.leaflets_given or 1
        for row in Handout.objects.given().filter(source=self.uid):
            if row.leaflet_id not in so or (row.given_on, row.copies) != (self.visited_on, copies):
                row.strike(by=by, on=on, reason="随走访记录更正")
        hand_out(self.enterprise, told, by=by, on=on, given_on=self.visited_on, source=self.uid, copies=copies)

    def _fill(self, values, on):
        for name, value in values.items():
            setattr(self, name, value)
        if self.visited_on and self.visited_on > on:
            raise MoveRefused("走访日期不能晚于今天，请填写实际日期。")
        if self.joint and self.joint.visited_on != self.visited_on:
            self.joint = None  # what was said of another day

    def _changes(self, values):
        """Which fields a correction changes, in words: the trail has the values."""
        before = {name: getattr(self, name) for name in values}
        changed = [self._meta.get_field(name).verbose_name for name in values if values[name] != before[name]]
        return f"更正：{'、'.join(changed)}" if changed else ""


def values_of(texts):
    """{field: value} of {field: text}. Raises casework.field.Wrong with a sentence for each that cannot be one."""
    found, wrong = {}, {}
    for name, text in texts.items():
        try:
            found[name] = _value_of(name, text)
        except (ValidationError, ValueError) as error:
            wrong[name] = "".join(getattr(error, "messages", ["填写有误，请更正。"]))
    if wrong:
        raise Wrong(wrong)
    return found


def _value_of(name, text):
    if name in _LISTS:
        chosen = [one for one in text.split(",") if one]
        if chosen and set(chosen) - _LISTS[name]().keys():
            raise ValidationError("请从所列项目中选择。")
        return chosen
    if name == "place":
        return str(Fix.read(text)) if text else ""
    field = GuidanceVisit._meta.get_field(name)
    if not text:  # what must not be missing is asked for by the lifecycle
        return None if field.null else ""
    return field.clean(text, None)
