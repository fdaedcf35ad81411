"""The register: one row an enterprise, the district that answers for it, and the codes it had before."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from casework import attachments, deadlines, moving
from casework.audit import audited
from casework.models import WithTimeline
from casework.scope import ScopedQuerySet

from .. import industries, search, sizes
from ..newness import newness

FIGURES = {"revenue", "assets"}


class EnterpriseQuerySet(ScopedQuerySet):
    def current(self):
        """Without the rows that were merged into another."""
        return self.filter(merged_into=None)

    def active(self):
        return self.current().filter(status=Enterprise.Status.ACTIVE)

    def new(self, on):
        return self.filter(founded_on__gt=new_since(on), founded_on__lte=on)

    def matching(self, text):
        """Enterprises with `text` in their name, its pinyin initials or their code. One character matches none."""
        wanted = search.needle(text)
        if len(wanted) < search.SHORTEST:
            return self.none()
        return self.filter(search_text__fragment=FormerCode.now(wanted))

    def nearest_ids(self, text, most):
        """Ids as a person looks for `text`: the earlier it stands in the name, the nearer; then initials, then codes.

        At most `most`: of more matches some are compared. One statement finds, counts and orders them.
        """
        some = self.order_by().annotate(near=_nearness(text)).values("pk", "near")[:most]
        return some.aggregate(ids=ArrayAgg("pk", order_by=("near", "pk")))["ids"] or []

    def nearest(self, text):
        """What a person who is still typing most likely means; of very common fragments only some are compared."""
        some = self.matching(text).order_by().values("pk")[: search.MOST]
        return self.model.objects.filter(pk__in=some).order_by(_nearness(text), "id")


def _nearness(text):
    """Where `text` stands in what an enterprise is found by."""
    return StrIndex("search_text", Value(search.needle(text)))


@audited(left_out=["search_text", "search_grams"], figures=FIGURES)
@attachments.holder("enterprise", read=Can.READ_REGISTER, add=Can.EDIT_REGISTER)
class Enterprise(WithTimeline, models.Model):
    district_path = "district"

    class Status(models.TextChoices):
        ACTIVE = "active", "存续"
        SUSPENDED = "suspended", "歇业"
        REVOKED = "revoked", "吊销"
        CANCELLED = "cancelled", "注销"
        MOVED = "moved", "迁出"

    class Size(models.TextChoices):
        LARGE = "large", "大型"
        MEDIUM = "medium", "中型"
        SMALL = "small", "小型"
        MICRO = "micro", "微型"

    class Platform(models.TextChoices):
        FREIGHT = "freight", "货运"
        RIDE_HAILING = "ride_hailing", "网约车"
        DELIVERY = "delivery", "网约配送"
        OTHER = "other", "其他平台"

    id = models.AutoField(primary_key=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    district = models.ForeignKey(District, models.PROTECT, verbose_name="所属区市", related_name="+")
    industry = models.CharField("行业代码", max_length=5, blank=True, help_text="GB/T 4754，门类字母加数字，如 C1361")
    industry_name = models.CharField("行业", max_length=60, blank=True)
    size = models.CharField("规模", max_length=6, choices=Size, blank=True, help_text="国统字〔2017〕213号")
    heads = models.PositiveIntegerField("从业人数", null=True, blank=True)
    revenue = models.BigIntegerField("营业收入（元）", null=True, blank=True)
    assets = models.BigIntegerField("资产总额（元）", null=True, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    status = models.CharField("经营状态", max_length=9, choices=Status, default=Status.ACTIVE)
    address = models.CharField("地址", max_length=200, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=60, blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    has_union = models.BooleanField("已建工会", null=True, blank=True)
    platform = models.CharField("平台类型", max_length=12, choices=Platform, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="doubles"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    search_text = models.CharField(max_length=500, editable=False, default="", help_text="search.text_of(name, uscc)")

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "企业"
        indexes = [
            # Holds what the register is filtered and sorted by, so that counts and orders read it alone.
            models.Index(
                fields=["district", "id"],
                include=["industry", "size", "status", "platform", "has_union", "heads", "founded_on"],
                condition=Q(merged_into=None),
                name="current_enterprises",
            ),
            models.Index(search.INITIALS, "id", condition=Q(merged_into=None), name="current_enterprises_by_name"),
            models.Index(
                F("heads").desc(nulls_last=True),
                "id",
                include=["district", "merged_into"],
                name="enterprises_by_heads",
            ),
            # A major risk asks who else in the city bears the name (risks_relatives).
            models.Index(fields=["legal_representative"], name="enterprises_by_representative"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="an_enterprise_is_not_merged_into_itself"),
            # Cases refer to both columns; lists of scores read the others here, without the register's wide rows.
            models.UniqueConstraint(
                fields=["id", "district"],
                include=["industry", "size", "heads"],
                name="an_enterprise_lies_in_one_district",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.search_text = search.text_of(self.name, self.uscc)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("enterprises:detail", args=[self.pk])

    @property
    def trade(self):
        """The section (门类) of GB/T 4754 in words."""
        return industries.section_name(self.industry)

    def is_new(self, on):
        return self.founded_on is not None and new_since(on) < self.founded_on <= on

    def age_in_years(self, on):
        if self.founded_on is None:
            return None
        return on.year - self.founded_on.year - ((on.month, on.day) < (self.founded_on.month, self.founded_on.day))

    @property
    def is_double(self):
        return self.merged_into_id is not None

    def classify(self):
        """The size class that the figures give, or the one noted where they give none."""
        found = sizes.size_class(self.industry, heads=self.heads, revenue=self.revenue, assets=self.assets)
        return found or self.size

    @transaction.atomic
    def amend(self, changes, *, version, by, on):
        """Change facts of the register, {field: value}; the size class follows from the figures. Returns what changed.

        `version` is the one that the person saw; when it is no longer so, Stale. The timeline keeps each old value.
        """
        now = self._locked(version)
        before = {name: now.wording(name) for name in changes}
        for name, value in changes.items():
            setattr(now, name, value)
        if {"industry", "heads", "revenue", "assets"} & changes.keys():
            before.setdefault("size", now.wording("size"))
            now.size = now.classify()
        changed = [name for name, old in before.items() if now.wording(name) != old]
        if changed:
            now._keep(changed)
            note = "；".join(_change(name, before[name], now.wording(name)) for name in changed)
            now.note_deed("修改企业信息", by=by, on=on, note=note, district=now.district)
        return changed

    @transaction.atomic
    def move(self, district, *, version, by, on, note):
        """Hand the enterprise to another district, which answers for it and sees it from now on."""
        now = self._locked(version)
        old, now.district = now.district, district
        now._keep(["district"])
        moving.take_along(now)
        now.note_deed("调整所属区市", by=by, on=on, note=f"{old.name} → {district.name}。{note}", district=district)

    @transaction.atomic
    def merge(self, double, *, by, on, note="", versions=None):
        """Take `double` in as the same enterprise: its code leads here from now on, its signals count here.

        Its row stays as the trail; what is not known here is taken from it. `versions` of both, as the person saw
        them; when one has changed, Stale.
        """
        from ..signals import take_over

        seen = dict(zip((self.pk, double.pk), versions or (self.version, double.version), strict=True))
        pair = Enterprise.objects.select_for_update(of=["self"]).order_by("pk").in_bulk(seen)
        for row in pair.values():
            if row.is_double or row.version != seen[row.pk]:
                raise Stale(row)
        here, double = pair[self.pk], pair[double.pk]
        gained = [name for name in _FILLED_BY_MERGE if getattr(here, name) in ("", None) and getattr(double, name)]
        for name in gained:
            setattr(here, name, getattr(double, name))
        here._keep(gained)
        FormerCode.objects.filter(enterprise=double).update(enterprise=here)
        FormerCode.objects.create(uscc=double.uscc, enterprise=here, since=on)
        take_over(double.pk, here.pk)
        Enterprise.objects.filter(merged_into=double).update(merged_into=here)
        Enterprise.objects.filter(pk=double.pk).update(merged_into=here, version=F("version") + 1)
        # Another district's enterprise does not exist for the double's one: its timeline names the district alone.
        same = here.district_id == double.district_id
        into = f"{here.name}（{here.uscc}）" if same else f"{here.district.name}的一家企业"
        double.note_deed("并入其他企业", by=by, on=on, note=f"并入 {into}。{note}", district=double.district)
        taken = f"补充：{'、'.join(label_of(name) for name in gained)}。" if gained else ""
        here.note_deed(
            "合并重复企业",
            by=by,
            on=on,
            note=f"并入 {double.name}（{double.uscc}）。{taken}{note}",
            district=here.district,
        )

    def wording(self, name):
        """A field as a person reads it."""
        field = self._meta.get_field(name)
        if field.choices:
            return getattr(self, f"get_{name}_display")()
        value = getattr(self, name)
        if isinstance(value, bool):
            return "是" if value else "否"
        return "" if value is None else str(value)

    def _locked(self, version):
        now = Enterprise.objects.select_for_update(of=["self"]).select_related("district").get(pk=self.pk)
        if now.version != version or now.is_double:
            raise Stale(now)
        return now

    def _keep(self, names):
        self.version += 1
        self.save(update_fields=[*names, "version", "search_text"])


# Facts that a merge takes from the double where the surviving row has none.
_FILLED_BY_MERGE = (
    "industry", "industry_name", "size", "heads", "revenue", "assets", "founded_on", "address",
    "legal_representative", "contact", "phone", "has_union", "platform",
)  # fmt: skip


class Stale(Exception):
    """Somebody changed the enterprise since the person saw it. `now` is how it stands."""

    def __init__(self, now):
        super().__init__(f"“{now.name}”刚刚被其他人修改过。")
        self.now = now


@audited
class FormerCode(models.Model):
    """A credit code that now means another row of the register, after a merge. Deliveries under it are stored there."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="former_codes")
    since = models.DateField("日期")

    district_path = "enterprise__district"
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "曾用代码"

    def __str__(self):
        return self.uscc

    @classmethod
    def now(cls, uscc):
        """The code under which an enterprise stands now: `uscc` itself, unless a merge led it elsewhere."""
        led = cls.objects.filter(uscc=uscc).values_list("enterprise__uscc", flat=True) if len(uscc) == 18 else []
        return next(iter(led), uscc)


Enterprise._meta.get_field("search_text").register_lookup(search.Fragment)


def _change(name, old, new):
    # The timeline is read by all three parties; the figures of the annual report are not.
    return f"{label_of(name)}已更新" if name in FIGURES else f"{label_of(name)}：{old or '（空）'} → {new or '（空）'}"


def label_of(name):
    return Enterprise._meta.get_field(name).verbose_name


def new_since(on):
    """The last founding date that is too old to be new on that day."""
    return deadlines.months_after(on, -newness(on).months)
