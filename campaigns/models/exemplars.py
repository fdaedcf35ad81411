"""示范引领: enterprises and persons that a district holds up as an example, from nomination to publication."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from accounts.models import District, Organisation
from accounts.roles import Can
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.masking import masked
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .. import criteria
from .campaign import Campaign
from .library import STORY, Practice, Story, enter
from .parts import ANYBODY, CITY, HEAD, THE_THREE

Side = Organisation.Side


class State(models.TextChoices):
    DRAFT = "draft", "准备材料"
    REVIEW = "review", "三方评议"
    RECOMMENDED = "recommended", "待市级评定"
    RETURNED = "returned", "已退回"
    NOTICE = "notice", "公示中"
    PUBLISHED = "published", "已公布"
    DECLINED = "declined", "未入选"
    DROPPED = "dropped", "已撤回"


_S = State
_IN_HAND = (_S.DRAFT, _S.RETURNED)
_OPEN = (*_IN_HAND, _S.REVIEW, _S.RECOMMENDED)


def _owes_an_opinion(record, user):
    return (
        user is not None
        and user.role in THE_THREE
        and user.organisation.district_id is not None
        and user.organisation.district_id == record.district_id
        and user.organisation.side not in record.sides_heard
    )


def _settles(record, user):
    return user is not None and user.role == CITY and record.is_disputed


OWING = Part("尚未提出意见的一方", _owes_an_opinion)
SETTLING = Part("市三方办（有待处理的异议时）", _settles)

EXEMPLAR = Lifecycle(
    State,
    # move        label            from               to              by                needs
    ("nominate",  "推荐典型",      (None,),           _S.DRAFT,       (ANYBODY,),       ("title", "is_named")),
    ("write",     "填写材料",      _IN_HAND,          STAYS,          (ANYBODY,),       ("title",)),
    ("submit",    "提请三方评议",  _IN_HAND,          _S.REVIEW,      (ANYBODY,),       ("measures", "result")),
    ("opine",     "提出意见",      (_S.REVIEW,),      STAYS,          (OWING,)),
    ("recommend", "推荐至市级",    (_S.REVIEW,),      _S.RECOMMENDED, (HEAD,),          ("is_agreed",)),
    ("rework",    "退回修改",      (_S.REVIEW,),      _S.RETURNED,    (HEAD,)),
    ("announce",  "评定并公示",    (_S.RECOMMENDED,), _S.NOTICE,      (CITY,),          ("decision",)),
    ("send_back", "退回区市",      (_S.RECOMMENDED,), _S.RETURNED,    (CITY,)),
    ("settle",    "处理异议",      (_S.NOTICE,),      STAYS,          (SETTLING,)),
    ("publish",   "公布并入库",    (_S.NOTICE,),      _S.PUBLISHED,   (CITY,),          ("is_undisputed",)),
    ("object",    "登记异议",      (_S.NOTICE,),      STAYS,          (ANYBODY, CITY)),
    ("decline",   "不予入选",      (_S.RECOMMENDED, _S.NOTICE), _S.DECLINED, (CITY,)),
    ("drop",      "撤回推荐",      _OPEN,             _S.DROPPED,     (HEAD,)),
    asks={
        "is_named": "请写明推荐的企业或者个人。",
        "is_agreed": "人社、工会、企业方都提出意见并同意后，才能推荐至市级。",
        "is_undisputed": "公示期间的异议还没有处理，请先“处理异议”。",
    },
)  # fmt: skip


class ExemplarQuerySet(ScopedQuerySet):
    def in_hand(self):
        return self.filter(state__in=_IN_HAND)

    def in_review(self):
        return self.filter(state=_S.REVIEW)

    def heard(self):
        """In review, with an opinion of each of the three: the head of the district decides."""
        heard = Opinion.objects.values("exemplar").annotate(number=Count("pk")).filter(number=len(Side.choices))
        return self.in_review().filter(pk__in=heard.values("exemplar"))

    def recommended(self):
        return self.filter(state=_S.RECOMMENDED)

    def on_notice(self):
        return self.filter(state=_S.NOTICE)

    def disputed(self):
        return self.on_notice().exclude(objection="").filter(finding="")

    def notice_over(self, on):
        return self.on_notice().filter(notice_until__lt=on)

    def published(self):
        return self.filter(state=_S.PUBLISHED)

    def ended(self):
        return self.filter(state__in=[_S.DECLINED, _S.DROPPED])

    def candidates(self):
        """Recommended to the city and neither turned down nor taken back."""
        return self.filter(recommended_on__isnull=False).exclude(state__in=[_S.DECLINED, _S.DROPPED])


@holder("exemplar", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
@audited
class Exemplar(Case, Story):
    """A nomination. A person is named because a public notice names them; number and telephone are not asked for."""

    class Kind(models.TextChoices):
        FIRM = "firm", "企业"
        PERSON = "person", "个人"

    class Honour(models.TextChoices):
        NATIONAL = "national", "全国和谐劳动关系创建先进"
        CITY = "city", "全市典型经验"

    district_path = "district"
    lifecycle = EXEMPLAR
    State = State

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    since_on = models.DateField("进入本环节日期", help_text="since when somebody is to act")
    kind = models.CharField("推荐对象", max_length=8, choices=Kind)
    honour = models.CharField("推荐为", max_length=8, choices=Honour)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    person = models.CharField("姓名", max_length=30, blank=True)
    unit = models.CharField("单位和职务", max_length=80, blank=True)
    criteria = models.JSONField("符合条件的依据", default=list, blank=True)
    nominated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="推荐人")
    nominated_on = models.DateField("推荐日期")
    recommended_on = models.DateField("区市推荐日期", null=True, blank=True)
    recommendation = models.TextField("区市推荐意见", max_length=1000, blank=True)
    decision = models.TextField("市级评定意见", max_length=1000, blank=True)
    announced_on = models.DateField("公示日期", null=True, blank=True)
    notice_until = models.DateField("公示截止日期", null=True, blank=True)
    objection = models.TextField("异议", max_length=1000, blank=True)
    objected_on = models.DateField("异议日期", null=True, blank=True)
    finding = models.TextField("异议处理结果", max_length=1000, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)
    practice = models.ForeignKey(
        Practice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="入库经验"
    )

    objects = ExemplarQuerySet.as_manager()

    class Meta:
        ordering = ["-nominated_on", "-id"]
        verbose_name = "典型推荐"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="firm", enterprise__isnull=False, person="") | (Q(kind="person") & ~Q(person="")),
                name="an_exemplar_is_an_enterprise_or_a_person",
                violation_error_message="请写明推荐的企业或者个人。",
            ),
            models.CheckConstraint(
                condition=Q(announced_on=None) | Q(notice_until__gt=F("announced_on")),
                name="a_notice_lasts_until_after_its_first_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_on__gt=F("notice_until"), practice__isnull=False),
                name="an_exemplar_is_published_after_its_notice",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:exemplar", args=[self.pk])

    # ── What it is ──

    @property
    def subject(self):
        """Who is held up as an example."""
        return self.enterprise.name if self.kind == self.Kind.FIRM else self.person

    @property
    def public_subject(self):
        """The same without a person's name and post."""
        return self.subject if self.kind == self.Kind.FIRM else masked(self.person, names=[self.person])

    @property
    def trade(self):
        """Of an enterprise; of a person nothing beside the district is told."""
        return (self.enterprise.industry_name or self.enterprise.trade) if self.kind == self.Kind.FIRM else ""

    @property
    def names(self):
        """People whom its text may name, and a published one must not."""
        firm = self.enterprise
        return [self.person, *([firm.legal_representative, firm.contact] if firm else [])]

    def told(self):
        """{field: text} as the library is offered it."""
        return {name: masked(getattr(self, name), names=self.names) for name in ("title", *STORY)}

    @property
    def is_named(self):
        return bool(self.enterprise_id if self.kind == self.Kind.FIRM else self.person)

    @property
    def sides_heard(self):
        return {opinion.side for opinion in self.opinions.all()}

    def opinions_by_side(self):
        """(side in words, its Opinion or None) of the three."""
        told = {opinion.side: opinion for opinion in self.opinions.select_related("by__organisation")}
        return [(side.label, told.get(side)) for side in Side]

    @property
    def is_agreed(self):
        told = self.opinions.all()
        return len(told) == len(Side) and all(opinion.agrees for opinion in told)

    @property
    def is_disputed(self):
        return bool(self.objection and not self.finding)

    @property
    def is_undisputed(self):
        return not self.is_disputed

    def unmet(self, on):
        """The criteria of the day for which no ground is given."""
        given = {told["key"] for told in self.criteria}
        return [criterion for criterion in criteria.criteria(self.kind, on) if criterion.key not in given]

    # ── What is done ──

    def nominate(self, *, by, on, version=None):
        self.campaign, self.nominated_by = Campaign.objects.running(on), by
        self.nominated_on = self.since_on = on
        with self.deed("nominate", by=by, on=on, note=f"{self.get_kind_display()}：{self.subject}"):
            pass

    def write(self, *, by, on, version=None, rows, **story):
        """`rows`: {key of a criterion: {grounds}}. What is met keeps the words and source of the day."""
        with self.deed("write", by=by, on=on, version=version) as row:
            for name, text in story.items():
                setattr(row, name, text)
            row.criteria = [
                {"key": each.key, "text": each.text, "source": each.source, "grounds": rows[each.key]["grounds"]}
                for each in criteria.criteria(row.kind, on)
                if rows.get(each.key, {}).get("grounds")
            ]

    def submit(self, *, by, on, version=None):
        """The opinions of a round before are gone from the page and stay in the history."""
        with self.deed("submit", by=by, on=on, version=version) as row:
            if unmet := row.unmet(on):
                asked = "；".join(criterion.text for criterion in unmet)
                raise MoveRefused(f"请先“填写材料”，写明符合下列条件的依据：{asked}。")
            row.since_on = on
            row.opinions.all().delete()

    def opine(self, *, by, on, version=None, agrees, text=""):
        with self.deed("opine", by=by, on=on, version=version, note=f"{'同意' if agrees else '不同意'}。{text}") as row:
            if not agrees and not text:
                raise MoveRefused("不同意的，请写明理由。")
            row.opinions.create(side=by.organisation.side, agrees=agrees, text=text, by=by, on=on)

    def recommend(self, *, by, on, version=None, recommendation):
        with self.deed("recommend", by=by, on=on, version=version, note=recommendation) as row:
            row.recommendation, row.recommended_on, row.since_on = recommendation, on, on

    def rework(self, *, by, on, version=None, reason):
        with self.deed("rework", by=by, on=on, version=version, note=reason) as row:
            row.since_on = on

    def announce(self, *, by, on, version=None, decision):
        """The public notice begins the day after."""
        with self.deed("announce", by=by, on=on, version=version, note=decision) as row:
            row.decision, row.announced_on, row.since_on = decision, on, on
            row.notice_until = criteria.notice_until(on)
            row.objection, row.objected_on, row.finding = "", None, ""

    def send_back(self, *, by, on, version=None, reason):
        with self.deed("send_back", by=by, on=on, version=version, note=reason) as row:
            row.recommended_on, row.since_on = None, on

    def object(self, *, by, on, version=None, objection):
        with self.deed("object", by=by, on=on, version=version, note=objection) as row:
            if row.is_disputed:
                raise MoveRefused("上一件异议还没有处理，请处理后再登记。")
            row.objection, row.objected_on, row.finding = objection, on, ""

    def settle(self, *, by, on, version=None, finding):
        with self.deed("settle", by=by, on=on, version=version, note=finding) as row:
            row.finding = finding

    def publish(self, *, by, on, version=None, **story):
        """Announce it for good, and put what is published into the library of the whole city."""
        with self.deed("publish", by=by, on=on, version=version) as row:
            if on <= row.notice_until:
                raise MoveRefused(f"公示期到{row.notice_until:%Y-%m-%d}，期满后才能公布。")
            row.published_on = row.since_on = on
            row.practice = enter(
                row, kind=row.kind, subject=row.public_subject, names=row.names, trade=row.trade, by=by, on=on, **story
            )

    def decline(self, *, by, on, version=None, reason):
        with self.deed("decline", by=by, on=on, version=version, note=reason) as row:
            row.since_on = on

    def drop(self, *, by, on, version=None, reason):
        with self.deed("drop", by=by, on=on, version=version, note=reason) as row:
            row.since_on = on


@audited
class Opinion(models.Model):
    """What one of the three bodies of the district says of a nomination. Never changed."""

    district_path = "exemplar__district"

    exemplar = models.ForeignKey(Exemplar, models.CASCADE, related_name="opinions")
    side = models.CharField("方", max_length=10, choices=Side)
    agrees = models.BooleanField("同意")
    text = models.TextField("意见", max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    on = models.DateField("日期")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["on", "id"]
        verbose_name = "评议意见"
        constraints = [
            models.UniqueConstraint(fields=["exemplar", "side"], name="a_body_gives_one_opinion_of_a_nomination"),
        ]

    def __str__(self):
        return f"{self.get_side_display()}{'同意' if self.agrees else '不同意'}"
