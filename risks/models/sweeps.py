"""A sweep: whom a district visits in a period, chosen by risk and by lot, and who goes there."""

import json
import zlib

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District, Organisation
from accounts.roles import Role
from campaigns.models import Campaign
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import drawing
from ..limits import Kind, least_inspectors
from .scores import Level, ScoreRun

_SUPERVISOR = Role.DISTRICT_SUPERVISOR


class State(models.TextChoices):
    PROPOSED = "proposed", "拟定"
    CONFIRMED = "confirmed", "已确定"
    CANCELLED = "cancelled", "已作废"


_PROPOSED, _CONFIRMED, _CANCELLED = State

SWEEP = Lifecycle(
    State,
    # move       label          from                      to          by             needs
    ("propose",  "拟定走访计划", (None,),                  _PROPOSED,  (_SUPERVISOR,)),
    ("deal",     "随机指派人员", (_PROPOSED,),             STAYS,      (_SUPERVISOR,)),
    ("send",     "调整检查人员", (_PROPOSED, _CONFIRMED),  STAYS,      (_SUPERVISOR,)),
    ("strike",   "移出企业",     (_PROPOSED, _CONFIRMED),  STAYS,      (_SUPERVISOR,)),
    ("add",      "补入企业",     (_PROPOSED, _CONFIRMED),  STAYS,      (_SUPERVISOR,)),
    ("confirm",  "确定计划",     (_PROPOSED,),             _CONFIRMED, (_SUPERVISOR,), ("is_staffed",)),
    ("cancel",   "作废计划",     (_PROPOSED, _CONFIRMED),  _CANCELLED, (_SUPERVISOR,), ("nobody_went",)),
    asks={
        "is_staffed": "还有企业没有指派足够的检查人员，请先随机指派或者逐户调整。",
        "nobody_went": "已有企业开始体检，不能作废整份计划；个别不去的可以移出。",
    },
)  # fmt: skip


class SweepQuerySet(ScopedQuerySet):
    def standing(self):
        return self.exclude(state=State.CANCELLED)


@audited(left_out=["pool"])
class Sweep(Case):
    """A plan of visits. What it was drawn from is kept whole, so that anybody can draw it again."""

    district_path = "district"
    lifecycle = SWEEP
    State = State

    title = models.CharField("名称", max_length=60)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="区市", related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="牵头单位")
    kind = models.CharField("走访类型", max_length=10, choices=Kind, default=Kind.CHECKUP)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    size = models.PositiveSmallIntegerField("走访户数")
    percent = models.PositiveSmallIntegerField("随机抽取比例", default=10, help_text="百分之几的名额不按风险、随机抽取")
    each = models.PositiveSmallIntegerField("每户检查人数", default=2)
    pause_days = models.PositiveSmallIntegerField("间隔天数", default=30, help_text="这些天内体检过的不再列入")
    seed = models.CharField("随机种子", max_length=40)
    deals = models.PositiveSmallIntegerField("指派次数", default=0, help_text="part of the seed for who goes where")
    inspectors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="检查人员名单")
    run = models.ForeignKey(ScoreRun, models.PROTECT, related_name="+", verbose_name="评分轮次")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    pool = models.BinaryField(help_text="what was drawn from: zlib of JSON [[enterprise, rank], …]", editable=False)
    pool_sha256 = models.CharField("抽取名单指纹", max_length=64, editable=False)
    candidates = models.PositiveIntegerField("可抽取户数", default=0, editable=False)
    paused = models.PositiveIntegerField("近期已走访或已安排", default=0, editable=False)
    cut_off = models.JSONField("末位", null=True, editable=False, help_text="the rank of the last one taken by risk")
    tied_in = models.PositiveIntegerField("同位列入", default=0, editable=False)
    tied_out = models.PositiveIntegerField("同位未列入", default=0, editable=False)

    objects = SweepQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = "走访计划"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_sweep_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=100),
                name="a_share_is_at_most_the_whole",
                violation_error_message="随机抽取比例应在 0 到 100 之间。",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("risks:sweep", args=[self.pk])

    # Questions

    @property
    def least(self):
        """How many inspectors go on each visit at least."""
        return least_inspectors(self.kind, self.organisation.side, on=self.starts_on)

    @property
    def is_staffed(self):
        visits = self.visits.standing().annotate(sent=models.Count("inspectors"))
        return visits.exists() and not visits.filter(sent__lt=self.least).exists()

    @property
    def nobody_went(self):
        return not self.visits.filter(inspection__isnull=False).exclude(inspection__state="withdrawn").exists()

    @property
    def cut_off_score(self):
        """The score of the last one taken by risk."""
        return self.cut_off and self.cut_off[2] / 10

    @property
    def drawn_counts(self):
        """Standing visits by risk, by lot, by hand."""
        how = list(self.visits.standing().values_list("how", flat=True))
        return [how.count(each) for each in PlannedVisit.How.values]

    def drawn_again(self):
        """The drawing, made once more from what was kept."""
        pool = [drawing.Candidate(key, tuple(rank)) for key, rank in json.loads(zlib.decompress(self.pool))]
        return drawing.draw(pool, self.size, self.percent, self.seed)

    # Verbs; whom to propose stands in risks.sweeps

    @transaction.atomic
    def propose(self, *, by, on, version=None, drawn, candidates, inspectors):
        """Keep a drawing as the plan. `self` is not saved; `candidates` {enterprise: what is known of it}."""
        with self.deed("propose", by=by, on=on, note=f"{len(drawn.keys)} 户，其中随机 {len(drawn.by_lot)} 户"):
            pass
        self.inspectors.set(inspectors)
        lots = set(drawn.by_lot)
        PlannedVisit.objects.bulk_create(
            PlannedVisit(
                sweep=self,
                enterprise_id=key,
                district_id=self.district_id,
                place=place,
                how=PlannedVisit.How.LOT if key in lots else PlannedVisit.How.RISK,
                tied=key in drawn.tied and key not in lots,
                **candidates[key],
            )
            for place, key in enumerate(drawn.keys, 1)
        )
        if len(set(inspectors)) >= self.each:
            self._deal()

    @transaction.atomic
    def deal(self, *, by, on, version=None):
        """Draw anew who goes where."""
        with self.deed("deal", by=by, on=on, version=version) as row:
            row.deals += 1
            row._deal()

    def _deal(self):
        people = list(self.inspectors.values_list("pk", flat=True))
        visits = {visit.pk: visit for visit in self.visits.standing()}
        if len(people) < self.each:
            raise MoveRefused(f"检查人员名单只有 {len(people)} 人，每户须去 {self.each} 人，请先补充名单。")
        dealt = drawing.assign(list(visits), people, self.each, f"{self.seed}/{self.deals}")
        going = PlannedVisit.inspectors.through
        going.objects.filter(plannedvisit__in=visits).delete()
        going.objects.bulk_create(
            going(plannedvisit_id=visit, user_id=person) for visit, sent in dealt.items() for person in sent
        )

    @transaction.atomic
    def send(self, *, by, on, version=None, visit, inspectors):
        """Say by hand who goes on a visit."""
        names = "、".join(person.name for person in inspectors)
        with self.deed("send", by=by, on=on, version=version, note=f"{visit.enterprise.name}：{names}"):
            if len(inspectors) < self.least:
                raise MoveRefused(f"每户至少须去 {self.least} 人。")
            visit.inspectors.set(inspectors)

    def strike(self, *, by, on, version=None, visit, why):
        """Take an enterprise off the plan; the row stays, with the reason."""
        with self.deed("strike", by=by, on=on, version=version, note=f"{visit.enterprise.name}：{why}"):
            if visit.has_begun:
                raise MoveRefused("这户企业已经开始体检，不能移出。")
            visit.struck_on, visit.struck_why = on, why
            visit.save(update_fields=["struck_on", "struck_why"])

    @transaction.atomic
    def add(self, *, by, on, version=None, enterprise, why, known=None):
        """Put an enterprise on the plan by hand; who goes there is drawn."""
        with self.deed("add", by=by, on=on, version=version, note=f"{enterprise.name}：{why}"):
            last = self.visits.aggregate(last=models.Max("place"))["last"] or 0
            if self.visits.standing().filter(enterprise=enterprise).exists():
                raise MoveRefused("这户企业已在计划中。")
            visit = PlannedVisit.objects.create(
                sweep=self, enterprise=enterprise, district_id=self.district_id, place=last + 1,
                how=PlannedVisit.How.HAND, added_why=why, **(known or {}),
            )  # fmt: skip
            people = list(self.inspectors.values_list("pk", flat=True))
            if len(people) >= self.each:
                seed = f"{self.seed}/{self.deals}/{visit.place}"
                visit.inspectors.set(drawing.assign([visit.pk], people, self.each, seed)[visit.pk])

    def confirm(self, *, by, on, version=None):
        with self.deed("confirm", by=by, on=on, version=version):
            pass

    def cancel(self, *, by, on, version=None, note=""):
        with self.deed("cancel", by=by, on=on, version=version, note=note):
            pass


class PlannedVisitQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(struck_on=None)

    def to_come(self):
        """Planned and neither begun nor given up."""
        return self.standing().exclude(sweep__state=State.CANCELLED).filter(inspection=None)


@audited
class PlannedVisit(models.Model):
    """An enterprise on a sweep's list: how it got there, and who goes."""

    class How(models.TextChoices):
        RISK = "risk", "按风险"
        LOT = "lot", "随机抽取"
        HAND = "hand", "人工补入"

    district_path = "district"

    sweep = models.ForeignKey(Sweep, models.PROTECT, related_name="visits", verbose_name="走访计划")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    place = models.PositiveSmallIntegerField("序号")
    how = models.CharField("来源", max_length=4, choices=How)
    level = models.PositiveSmallIntegerField("等级", choices=Level, null=True)
    decided = models.BooleanField("等级已确认", default=False)
    score = models.FloatField("评分", null=True)
    tied = models.BooleanField("与末位同位", default=False)
    added_why = models.CharField("补入原因", max_length=200, blank=True)
    struck_on = models.DateField("移出日期", null=True)
    struck_why = models.CharField("移出原因", max_length=200, blank=True)
    inspectors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="检查人员")

    objects = PlannedVisitQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]
        verbose_name = "走访安排"
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "enterprise"], condition=Q(struck_on=None), name="a_sweep_visits_an_enterprise_once"
            )
        ]
        indexes = [models.Index(fields=["enterprise"], name="visits_to_an_enterprise")]

    def __str__(self):
        return f"{self.sweep.title} {self.place}"

    @property
    def has_begun(self):
        return hasattr(self, "inspection")


# Who goes where is part of the record, though no model of ours names the tables.
audited(Sweep.inspectors.through, district="sweep__district")._meta.verbose_name = "走访计划的检查人员"
audited(PlannedVisit.inspectors.through, district="plannedvisit__district")._meta.verbose_name = "走访安排的检查人员"
