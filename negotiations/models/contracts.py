"""A collective contract: filed, reviewed, in force, published, performed; changed, dissolved or ended."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import deadlines
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import PORTAL, STAYS, Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import law
from ..dates import happened
from ..law import Kind
from .votes import Vote

_OFFICER, _SUPERVISOR, _UNION = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR
_WRITERS = (_UNION, _OFFICER, _SUPERVISOR)
_REVIEWERS = (_OFFICER, _SUPERVISOR)  # only the labour authority reviews: 劳动合同法 第五十四条
SOON_DAYS = 3


class State(models.TextChoices):
    SIGNED = "signed", "已签订待报送"
    FILED = "filed", "审查中"
    OBJECTED = "objected", "审查有异议"
    EFFECTIVE = "effective", "已生效待公布"
    PERFORMED = "performed", "履行中"
    REPLACED = "replaced", "已由新合同替代"
    DISSOLVED = "dissolved", "已解除"
    ENDED = "ended", "已终止"


_S = State
_ALIVE = (_S.SIGNED, _S.FILED, _S.OBJECTED, _S.EFFECTIVE, _S.PERFORMED)

CONTRACT = Lifecycle(
    State,
    # move        label               from                                    to            by           needs
    ("register",  "登记合同",          (None,),                                _S.SIGNED,    _WRITERS,
     ("signed_on", "begins_on", "ends_on")),
    ("take_over", "登记已有合同",      (None,),                                _S.PERFORMED, _WRITERS,
     ("signed_on", "begins_on", "ends_on")),
    ("join",      "登记企业盖章",      (_S.SIGNED, _S.OBJECTED, _S.EFFECTIVE, _S.PERFORMED), STAYS, _WRITERS,
     ("covers_many",)),
    ("adopt",     "登记职代会表决",    (_S.SIGNED, _S.OBJECTED),               STAYS,        _WRITERS,
     ("covers_many", "is_adopted")),
    ("file",      "报送审查",          (_S.SIGNED, _S.OBJECTED),               _S.FILED,     _WRITERS,
     ("filed_on", "package_is_complete", "has_firms")),
    ("object",    "提出审查异议",      (_S.FILED,),                            _S.OBJECTED,  _REVIEWERS,
     ("reviewed_on", "opinion")),
    ("approve",   "审查通过",          (_S.FILED,),                            _S.EFFECTIVE, _REVIEWERS,
     ("reviewed_on",)),
    ("deem",      "登记期满生效",      (_S.FILED,),                            _S.EFFECTIVE, _WRITERS,
     ("in_force_on",)),
    ("publish",   "登记公布",          (_S.EFFECTIVE,),                        _S.PERFORMED, _WRITERS,
     ("published_on",)),
    ("tell_union", "登记报上级工会",   (_S.EFFECTIVE, _S.PERFORMED),           STAYS,        _WRITERS,
     ("told_union_on",)),
    ("report",    "登记履行情况报告",  (_S.PERFORMED,),                        STAYS,        _WRITERS),
    ("replace",   "由新合同替代",      (_S.EFFECTIVE, _S.PERFORMED),           _S.REPLACED,  (PORTAL,), ("closed_on",)),
    ("dissolve",  "解除合同",          (_S.EFFECTIVE, _S.PERFORMED),           _S.DISSOLVED, _WRITERS, ("closed_on",)),
    ("end",       "终止合同",          _ALIVE,                                 _S.ENDED,     _WRITERS,
     ("closed_on",)),
    ("report_ending", "登记解除报备",  (_S.DISSOLVED,),                        STAYS,        _WRITERS),
    asks={
        "covers_many": "只有行业性、区域性合同才登记参加企业和行业、区域职工代表大会的表决。",
        "is_adopted": "按登记的票数，草案没有通过，请核对票数或者重新协商。",
        "package_is_complete": "报送材料还不齐，请逐项核对后再报送。",
        "has_firms": "行业性、区域性合同请先登记盖章的参加企业，再报送审查。",
    },
)  # fmt: skip


class Ground(models.TextChoices):
    """Why a contract ends before its time. Merger changes or dissolves it; bankruptcy and closure end it (§40, §42)."""

    CONSENSUS = "consensus", "双方协商一致"
    LAW_CHANGED = "law_changed", "所依据的法律法规修改，合同与之抵触"
    MERGER = "merger", "兼并、重组等致使合同无法履行"
    FORCE_MAJEURE = "force_majeure", "不可抗力致使合同无法履行"
    AGREED = "agreed", "约定的变更、解除条件出现"
    EXPIRY = "expiry", "期限届满"
    BANKRUPTCY = "bankruptcy", "依法宣告破产"
    REVOCATION = "revocation", "吊销营业执照、责令关闭、撤销"
    DISSOLUTION = "dissolution", "企业决定解散"
    AGREED_END = "agreed_end", "约定的终止条件出现"


PACKAGE = {  # which of them a kind of contract needs: law.toml, table `package`
    "statement": "协商情况说明",
    "text": "合同文本",
    "copies": "合同文本一式三份",
    "resolution": "职工代表大会或全体职工通过草案的决议",
    "seats": "双方协商代表名单及首席代表身份证复印件",
    "licence": "营业执照复印件",
}

REVIEWED = {  # what a review looks at: 集体合同规定 第四十四条, 山东省企业工资集体协商条例 第三十条
    "subjects": "双方主体和协商代表的资格",
    "procedure": "协商的程序",
    "content": "合同内容的合法性",
}


# The date in `waits_for`, in SQL.
_UNTIL = models.Case(
    models.When(state=_S.SIGNED, then="file_due_on"),
    models.When(state=_S.FILED, then="review_due_on"),
    models.When(state=_S.EFFECTIVE, then="publish_due_on"),
    models.When(state=_S.DISSOLVED, ending__filed_on=None, then="ending__file_due_on"),
)


class ContractQuerySet(ScopedQuerySet):
    def in_force(self, on):
        """One that a later contract replaces is in force until that one is."""
        alive = Q(state__in=[_S.EFFECTIVE, _S.PERFORMED]) | Q(state=_S.REPLACED, closed_on__gt=on)
        return self.filter(alive, begins_on__lte=on, ends_on__gte=on)

    def binding(self, enterprise, on):
        """Industry and area wage contracts that `enterprise` has sealed: its own may not pay less."""
        return self.in_force(on).filter(kind=Kind.WAGE, members__enterprise=enterprise, members__sealed_on__lte=on)

    def not_filed(self, on):
        """Signed and not submitted in time. What is submitted again after an objection has no limit by law."""
        return self.filter(state=_S.SIGNED, file_due_on__lt=on)

    def under_review(self):
        return self.filter(state=_S.FILED)

    def review_over(self, on):
        """In review, and the days of the review are over: without an objection they are in force."""
        return self.filter(state=_S.FILED, review_due_on__lt=on)

    def untold(self):
        """In force and not filed with the upper union. The law names no number of days for it."""
        return self.filter(state__in=[_S.EFFECTIVE, _S.PERFORMED], told_union_on=None).exclude(filed_on=None)

    def due_soon(self, on):
        """To be filed, reviewed, published or reported within the next days."""
        return self.annotate(until=_UNTIL).filter(until__range=(on, on + timedelta(days=SOON_DAYS)))

    def not_published(self, on):
        return self.filter(state=_S.EFFECTIVE, publish_due_on__lt=on)

    def to_renew(self, on):
        """In force, and within the time before the end in which renewal is to be proposed."""
        return self.filter(state=_S.PERFORMED, renew_from__lte=on, ends_on__gte=on)

    def expired(self, on):
        """Past their term and not yet entered as ended."""
        return self.filter(state__in=[_S.EFFECTIVE, _S.PERFORMED], ends_on__lt=on)

    def dissolution_not_filed(self, on):
        """Dissolved, and the labour authority not told in time (工资集体协商条例 第四十一条)."""
        return self.filter(state=_S.DISSOLVED, ending__file_due_on__lt=on, ending__filed_on=None)

    def by_turn(self):
        """What falls due first on top; of those that wait for nothing the one that ends first."""
        return self.annotate(until=_UNTIL).order_by(F("until").asc(nulls_last=True), "ends_on", "id")

    def report_missing(self, on):
        """Wage contracts without a report on performance in the last year (工资集体协商条例 第三十一条)."""
        year_ago = on - timedelta(days=365)
        told = PerformanceReport.objects.filter(contract=models.OuterRef("pk"), told_on__gt=year_ago)
        return self.filter(state=_S.PERFORMED, kind=Kind.WAGE, begins_on__lte=year_ago).exclude(models.Exists(told))


@holder("contract", read=Can.READ_CONSULTED, add=Can.BARGAIN)
@audited
class Contract(Case):
    district_path = "district"
    lifecycle = CONTRACT
    State = State

    class Reach(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INDUSTRY = "industry", "行业性"
        AREA = "area", "区域性"

    title = models.CharField("名称", max_length=120)
    kind = models.CharField("合同类型", max_length=10, choices=Kind)
    reach = models.CharField("适用范围", max_length=10, choices=Reach, default=Reach.ENTERPRISE)
    trade = models.CharField("行业或区域", max_length=60, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="contracts", verbose_name="企业"
    )
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    consultation = models.OneToOneField(
        "Consultation", models.PROTECT, null=True, blank=True, related_name="result", verbose_name="协商"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="所替代的合同"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.SIGNED)
    workers = models.PositiveIntegerField("覆盖职工人数", null=True, blank=True)
    signed_on = models.DateField("签订日期")
    begins_on = models.DateField("起始日期")
    ends_on = models.DateField("届满日期")
    file_due_on = models.DateField("报送期限", null=True, editable=False)
    filed_on = models.DateField("报送日期", null=True, blank=True)
    package = models.JSONField("报送材料", default=list, blank=True, help_text="keys of PACKAGE that were handed in")
    review_due_on = models.DateField("审查期限", null=True, editable=False)
    reviewed_on = models.DateField("审查日期", null=True, blank=True)
    opinion = models.TextField("审查意见", blank=True)
    in_force_on = models.DateField("生效日期", null=True, blank=True)
    deemed = models.BooleanField("期满无异议生效", default=False)
    publish_due_on = models.DateField("公布期限", null=True, editable=False)
    published_on = models.DateField("公布日期", null=True, blank=True)
    told_union_on = models.DateField("报上级工会备案日期", null=True, blank=True)
    renew_from = models.DateField("可提出续订之日", null=True, editable=False)
    closed_on = models.DateField("解除、终止或替代日期", null=True, blank=True)
    vote = models.ForeignKey(
        Vote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行业、区域职工代表大会表决"
    )

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-id"]
        verbose_name = "集体合同"
        indexes = [
            models.Index(fields=["district", "state", "ends_on"], name="contracts_by_state"),
            models.Index(fields=["enterprise"], name="contracts_of_a_firm"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("begins_on")),
                name="a_contract_ends_after_it_begins",
                violation_error_message="合同届满日期应晚于起始日期，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(reach="enterprise", enterprise__isnull=False)
                | (~Q(reach="enterprise") & Q(enterprise__isnull=True)),
                name="a_contract_is_of_one_firm_or_of_many",
                violation_error_message="企业合同须选择企业；行业性、区域性合同请逐户登记参加企业。",
            ),
            models.CheckConstraint(
                condition=Q(filed_on=None) | Q(filed_on__gte=F("signed_on")),
                name="a_contract_is_filed_after_it_was_signed",
                violation_error_message="报送日期不能早于签订日期，请核对。",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("negotiations:contract", args=[self.pk])

    @classmethod
    def begun(cls, enterprise):
        """A contract of `enterprise` from before, not saved yet."""
        return cls(enterprise=enterprise, district_id=enterprise.district_id, title=f"{enterprise.name}集体合同")

    @property
    def is_over(self):
        return self.stage in (_S.REPLACED, _S.DISSOLVED, _S.ENDED)

    def clocks(self, on):
        """(what is due, Due or None, when it was done or None), in the order of the way."""
        ending = getattr(self, "ending", None)
        is_old = self.stage != _S.SIGNED and not self.filed_on  # taken over: filed before the campaign
        return (
            ("报送审查", None if is_old else self.file_due, self.filed_on),
            ("审查", self.review_due, self.reviewed_on or (self.in_force_on if self.deemed else None)),
            ("公布", self.publish_due, self.published_on),
            ("报告履行情况", self.report_due, None),
            ("提出续订（自该日起）", self.renewal if self.state == _S.PERFORMED else None, None),
            ("解除报备", ending and ending.filing_due, ending and ending.filed_on),
        )

    @classmethod
    def of(cls, consultation, *, begins_on, ends_on, workers, title=""):
        """The contract that a consultation came to, not saved yet."""
        return cls(
            title=title or f"{consultation.party}{consultation.get_kind_display()}",
            reach=consultation.reach, trade=consultation.trade,
            vote=consultation.vote if consultation.covers_many else None,
            kind=consultation.kind, enterprise=consultation.enterprise, district_id=consultation.district_id,
            campaign_id=consultation.campaign_id, consultation=consultation, replaces=consultation.contract,
            workers=workers, signed_on=consultation.signed_on, begins_on=begins_on, ends_on=ends_on,
        )  # fmt: skip

    # Clocks

    @property
    def file_due(self):
        return law.due("submit", self.kind, self.signed_on)

    @property
    def review_due(self):
        return self.filed_on and law.due("review", self.kind, self.filed_on)

    @property
    def publish_due(self):
        """None where the rule only says “in time”."""
        return self.in_force_on and self._due("publish", self.in_force_on)

    @property
    def renewal(self):
        return law.due("renew", self.kind, self.ends_on, on=self.begins_on)

    @property
    def report_due(self):
        """Within a year of the last report, of wage contracts alone; the general rule names no number."""
        if self.state != _S.PERFORMED:
            return None
        last = self.reports.order_by("-told_on").values_list("told_on", flat=True).first()
        return self._due("report", last or self.in_force_on or self.begins_on)

    def _due(self, step, start):
        try:
            return law.due(step, self.kind, start)
        except law.Silent:
            return None

    # Questions

    @property
    def waits_for(self):
        """(who, for what, until when): whose turn it is now; None while it is performed and after its end."""
        return {
            _S.SIGNED: ("企业", "报送审查", self.file_due_on),
            _S.FILED: ("人社部门", "审查", self.review_due_on),
            _S.OBJECTED: ("双方", "协商修改后重新报送", None),
            _S.EFFECTIVE: ("双方", "向全体职工公布", self.publish_due_on),
            _S.DISSOLVED: self._waits_for_filing(),
        }.get(self.stage)

    def _waits_for_filing(self):
        ending = getattr(self, "ending", None)
        due = ending and not ending.filed_on and ending.file_due_on
        return ("企业", "向人社部门报备解除", due) if due else None

    def is_moot(self, move):
        """Whether there is nothing that the move could be made on, although the table allows it."""
        return {
            "join": not self.covers_many,
            "adopt": not self.covers_many or self.is_adopted or self.came_from_firms,
            "tell_union": self.told_union_on is not None or not law.says("upper_union", self.kind, self.signed_on),
            "report_ending": self._is_ending_told(),
        }.get(move.name, False)

    @property
    def is_alive(self):
        """In force, or its term over and not entered as ended: to be renewed or changed."""
        return self.stage in (_S.EFFECTIVE, _S.PERFORMED)

    @property
    def is_adopted(self):
        return self.vote is not None and self.vote.passed

    @property
    def covers_many(self):
        return self.reach != self.Reach.ENTERPRISE

    @property
    def came_from_firms(self):
        """Whether it was talked over by enterprises, each of whose staff passed the draft."""
        return self.consultation is not None and self.covers_many and self.vote is None

    @property
    def has_firms(self):
        return not self.covers_many or self.members.exists()

    @property
    def unsealed(self):
        """Enterprises that took part in the consultation and have not sealed yet."""
        if self.consultation is None:
            return ()
        sealed = self.members.values("enterprise")
        return self.consultation.participants.staying().exclude(enterprise__in=sealed).select_related("enterprise")

    @property
    def package_needed(self):
        """{key: label} of what is handed in with a contract of this kind."""
        return {key: PACKAGE[key] for key in law.rule("package", self.kind, self.signed_on).items}

    @property
    def package_missing(self):
        """What of the filing package is not there, in words."""
        return [label for key, label in self.package_needed.items() if key not in self.package]

    def grounds(self, on):
        """The rule that says which grounds dissolve and which end a contract of this kind."""
        return law.rule("grounds", self.kind, on)

    def _is_ending_told(self):
        ending = getattr(self, "ending", None)
        return ending is None or (ending.told_union_on is not None and (ending.filed_on or ending.filing_due is None))

    @property
    def package_is_complete(self):
        return not self.package_missing

    def is_in_force(self, on):
        alive = self.state in (_S.EFFECTIVE, _S.PERFORMED) or (self.state == _S.REPLACED and on < self.closed_on)
        return alive and self.begins_on <= on <= self.ends_on

    def days_to_end(self, on):
        return (self.ends_on - on).days

    # Verbs

    def register(self, *, by, on, version=None):
        self._belong(on)
        with self.deed("register", by=by, on=on, version=version) as row:
            row._check_term()
            row._count()

    def take_over(self, *, by, on, version=None):
        """A contract from before the campaign, with its dates as they were."""
        self._belong(on)
        with self.deed("take_over", by=by, on=on, version=version) as row:
            row._check_term()
            row._count()

    def join(self, *, by, on, version=None, enterprise, sealed_on, workers=None, ballot=None):
        """A firm seals. Its own staff have passed the draft (`ballot`: the numbers), or the industry's congress has."""
        with self.deed("join", by=by, on=on, version=version, note=enterprise.name) as row:
            if enterprise.district_id != row.district_id:
                raise MoveRefused("参加企业应在本区市。")
            if row.covers_many and ballot is None and not row.is_passed_for(enterprise):
                raise MoveRefused(
                    "请填写本企业职工（职工代表）的表决人数，或先登记行业性、区域性职工代表大会的表决。"
                    f"{law.says('joint', row.kind, row.signed_on)}"
                )
            vote = row._counted(on, **ballot) if ballot else row._vote_at_the_table(enterprise)
            if vote and not vote.passed:
                raise MoveRefused(vote.sentence)
            row.members.update_or_create(
                enterprise=enterprise,
                defaults={
                    "district_id": row.district_id, "sealed_on": happened(sealed_on, on),
                    "workers": workers, "vote": vote,
                },
            )  # fmt: skip

    def is_passed_for(self, enterprise):
        """Whether the congress of all or, at the table, this enterprise's own staff have passed the draft."""
        return self.vote is not None or self._vote_at_the_table(enterprise) is not None

    def _vote_at_the_table(self, enterprise):
        if self.consultation is None:
            return None
        here = self.consultation.participants.filter(enterprise=enterprise, vote__passed=True)
        return getattr(here.select_related("vote").first(), "vote", None)

    def adopt(self, *, by, on, version=None, **ballot):
        """The congress of the industry or area passes the draft for all firms that seal it."""
        with self.deed("adopt", by=by, on=on, version=version) as row:
            row.vote = row._counted(on, body=Vote.Body.JOINT, **ballot)

    def file(self, *, by, on, version=None, filed_on, package):
        """Submitting starts the clock of the review."""
        with self.deed("file", by=by, on=on, version=version) as row:
            row.filed_on, row.package = happened(filed_on, on), sorted(package)
            row.reviewed_on, row.opinion = None, ""
            row._count()

    def object(self, *, by, on, version=None, reviewed_on, opinion, objected=()):
        """`objected`: keys of REVIEWED that the opinion is about."""
        with self.deed("object", by=by, on=on, version=version, note=opinion) as row:
            row._review(reviewed_on, on, opinion, by=by, objected=objected, passed=False)

    def approve(self, *, by, on, version=None, reviewed_on, opinion=""):
        with self.deed("approve", by=by, on=on, version=version, note=opinion) as row:
            row._review(reviewed_on, on, opinion, by=by, passed=True)
            row._take_effect(reviewed_on, on=on)

    def deem(self, *, by, on, version=None):
        """No objection within the days of the review: in force from the day after (劳动合同法 第五十四条)."""
        with self.deed("deem", by=by, on=on, version=version) as row:
            if not row.review_due.is_over(on):
                raise MoveRefused(f"审查期限到{row.review_due.on:%Y年%m月%d日}，期满没有异议的方可登记生效。")
            row.deemed = True
            row._take_effect(row.review_due.on + timedelta(days=1), on=on)

    def publish(self, *, by, on, version=None, published_on):
        with self.deed("publish", by=by, on=on, version=version) as row:
            row.published_on = happened(published_on, on)
            if published_on < row.in_force_on:
                raise MoveRefused("公布日期不能早于生效日期，请核对。")

    def tell_union(self, *, by, on, version=None, told_union_on):
        """Filed with the union above (山东省企业工资集体协商条例 第三十一条, 山东省劳动合同条例 第四十四条)."""
        with self.deed("tell_union", by=by, on=on, version=version) as row:
            row.told_union_on = happened(told_union_on, on)
            if told_union_on < row.in_force_on if row.in_force_on else False:
                raise MoveRefused("报上级工会备案的日期不能早于合同生效日期，请核对。")

    def report(self, *, by, on, version=None, told_on, body, summary):
        with self.deed("report", by=by, on=on, version=version, note=summary) as row:
            row.reports.create(
                district_id=row.district_id, told_on=happened(told_on, on), body=body, summary=summary, by=by
            )

    def replace(self, *, by, on, version=None, closed_on, new):
        """A contract that renews or changes this one has come into force; this one holds until that one begins."""
        with self.deed("replace", by=by, on=on, version=version, note=new.title) as row:
            row.closed_on = closed_on

    def dissolve(self, *, by, on, version=None, ground, closed_on, reason, body, held_on, **numbers):
        """By more than half of all; to be filed with the labour authority within the days of §41."""
        with self.deed("dissolve", by=by, on=on, version=version, note=reason) as row:
            rule = row.grounds(on)
            if ground not in rule.dissolving:
                raise MoveRefused(
                    f"{Ground(ground).label}的，合同终止，不需要表决解除，请办理“终止合同”（{rule.source}）。"
                    if ground in rule.ending
                    else "这不是解除合同的情形，请核对理由。"
                )
            vote = Vote.counted(
                law.rule("dissolution", row.kind, held_on), district_id=row.district_id, body=body,
                held_on=happened(held_on, on), **numbers,
            )  # fmt: skip
            if not vote.passed:
                raise MoveRefused(vote.sentence)
            row._close(closed_on, on, ground=ground, reason=reason, vote=vote)

    def end(self, *, by, on, version=None, ground, closed_on, reason=""):
        """Without a vote: the law or the contract itself ends it (§42)."""
        with self.deed("end", by=by, on=on, version=version, note=reason) as row:
            rule = row.grounds(on)
            if ground not in rule.ending:
                raise MoveRefused(
                    f"{Ground(ground).label}的，变更或者解除合同，不属于终止情形（{rule.source}）。"
                    if ground in rule.dissolving
                    else "这不是终止合同的情形，请核对理由。"
                )
            if ground == Ground.EXPIRY and closed_on < row.ends_on:
                raise MoveRefused(f"合同到{row.ends_on:%Y年%m月%d日}才届满，请核对终止理由或日期。")
            row._close(closed_on, on, ground=ground, reason=reason)

    def report_ending(self, *, by, on, version=None, filed_on=None, told_union_on=None):
        """What is to be done after a dissolution (§41): the authority and the upper union are told."""
        with self.deed("report_ending", by=by, on=on, version=version) as row:
            ending = row.ending
            ending.filed_on = happened(filed_on, on) or ending.filed_on
            ending.told_union_on = happened(told_union_on, on) or ending.told_union_on
            ending.save(update_fields=["filed_on", "told_union_on"])

    # What several verbs have in common

    def _belong(self, on):
        if self.campaign_id is None:
            self.campaign = Campaign.objects.running(on)

    def _count(self):
        """The due dates that follow from the dates that stand."""
        self.file_due_on = self.file_due.on
        self.review_due_on = self.review_due and self.review_due.on
        self.publish_due_on = self.publish_due and self.publish_due.on
        self.renew_from = self.renewal.on

    def _check_term(self):
        term = law.rule("term", self.kind, self.signed_on)
        if term.most_months and self.ends_on > deadlines.months_after(self.begins_on, term.most_months):
            raise MoveRefused(f"合同期限最长不超过{term.most_months // 12}年（{term.source}），请核对起止日期。")
        if term.least_months and self.ends_on < deadlines.months_after(self.begins_on, term.least_months) - timedelta(
            1
        ):
            raise MoveRefused(f"合同期限不少于{term.least_months // 12}年（{term.source}），请核对起止日期。")

    def _take_effect(self, day, *, on):
        """From `day` on. Only now is the contract that it renews or changes replaced: signed is not yet in force."""
        self.in_force_on = day
        self._count()
        if self.replaces and self.replaces.stage in (_S.EFFECTIVE, _S.PERFORMED):
            self.replaces.replace(by=None, on=on, closed_on=max(day, self.begins_on), new=self)

    def _counted(self, on, *, body, held_on, **numbers):
        rule = law.of_a_draft(self.kind, held_on, of_many=True)
        return Vote.counted(rule, district_id=self.district_id, body=body, held_on=happened(held_on, on), **numbers)

    def _review(self, reviewed_on, on, opinion, *, by, objected=(), passed):
        if reviewed_on < self.filed_on:
            raise MoveRefused("审查日期不能早于收到合同的日期，请核对。")
        self.reviewed_on, self.opinion = happened(reviewed_on, on), opinion
        self.reviews.create(
            district_id=self.district_id, number=self.reviews.count() + 1, filed_on=self.filed_on,
            reviewed_on=reviewed_on, passed=passed, objected=sorted(objected), opinion=opinion, by=by,
        )  # fmt: skip

    def _close(self, closed_on, on, **why):
        self.closed_on = happened(closed_on, on)
        ending = Ending(contract=self, district_id=self.district_id, closed_on=closed_on, **why)
        ending.file_due_on = ending.filing_due and ending.filing_due.on
        ending.save()


@audited
class ContractMember(models.Model):
    """An enterprise that takes part in an industry's or area's contract, bound from the day of its seal."""

    district_path = "district"

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="members")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    sealed_on = models.DateField("盖章日期")
    workers = models.PositiveIntegerField("覆盖职工人数", null=True, blank=True)
    vote = models.ForeignKey(Vote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本企业表决")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["sealed_on", "id"]
        verbose_name = "参加企业"
        constraints = [
            models.UniqueConstraint(fields=["contract", "enterprise"], name="a_firm_joins_a_contract_once"),
        ]

    def __str__(self):
        return self.enterprise.name


@audited
class Review(models.Model):
    """What the labour authority found of a contract as it was filed then; after an objection there is a next one."""

    district_path = "district"

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="reviews")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("第几次")
    filed_on = models.DateField("收到合同的日期")
    reviewed_on = models.DateField("作出意见的日期")
    passed = models.BooleanField("没有异议")
    objected = models.JSONField("有异议的方面", default=list, blank=True, help_text="keys of REVIEWED")
    opinion = models.TextField("审查意见", blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="审查人")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = "合同审查"
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="reviews_are_counted_through"),
        ]

    def __str__(self):
        return f"第{self.number}次审查"

    def findings(self):
        """(what was looked at, whether it was objected to), in the order of the law."""
        return [(label, key in self.objected) for key, label in REVIEWED.items()]


@audited
class PerformanceReport(models.Model):
    """The employer's report on performance to the staff or their congress, at least once a year."""

    district_path = "district"

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="reports")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    told_on = models.DateField("报告日期")
    body = models.CharField("报告对象", max_length=10, choices=Vote.Body)
    summary = models.TextField("履行情况")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="经办人")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-told_on"]
        verbose_name = "履行情况报告"


@audited
class Ending(models.Model):
    """How a contract came to its end: dissolved by a vote, or ended by law, with what is to be filed."""

    district_path = "district"

    contract = models.OneToOneField(Contract, models.CASCADE, related_name="ending")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    ground = models.CharField("理由", max_length=16, choices=Ground)
    reason = models.TextField("情况说明", blank=True)
    closed_on = models.DateField("日期")
    vote = models.ForeignKey(Vote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="表决")
    file_due_on = models.DateField("报备期限", null=True, editable=False)
    filed_on = models.DateField("报备日期", null=True, blank=True)
    told_union_on = models.DateField("报告上级工会日期", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-closed_on"]
        verbose_name = "合同解除、终止"

    @property
    def filing_due(self):
        """After a dissolution alone, and of wages alone (工资集体协商条例 第四十一条)."""
        return self.contract._due("dissolution", self.closed_on) if self.vote_id else None
