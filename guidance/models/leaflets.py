"""Guides and leaflets (用工指南、政策宣传册): the city's catalogue with its versions, and who was given which when."""

import hashlib
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.roles import Can, Role
from casework import intake
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.confined import NotTaken
from casework.lifecycle import STAYS, Lifecycle, MoveRefused
from casework.scope import PublicQuerySet, ScopedQuerySet

from .firms import PARTIES, OfAFirm, must_have_come

_EDITORS = (Role.CITY_OFFICE,)


class LeafletState(models.TextChoices):
    OFFERED = "offered", "在用"
    WITHDRAWN = "withdrawn", "已停用"


_OFFERED, _WITHDRAWN = LeafletState

LEAFLET = Lifecycle(
    LeafletState,
    # move        label          from           to           by        needs
    ("publish",   "编入目录",    (None,),       _OFFERED,    _EDITORS, ("title", "kind")),
    ("revise",    "发布新版本",  (_OFFERED,),   STAYS,       _EDITORS),
    ("withdraw",  "停用",        (_OFFERED,),   _WITHDRAWN,  _EDITORS),
    ("restore",   "恢复使用",    (_WITHDRAWN,), _OFFERED,    _EDITORS),
)  # fmt: skip


class LeafletQuerySet(PublicQuerySet):
    def offered(self):
        """What may be handed out now."""
        return self.filter(state=LeafletState.OFFERED)

    def titles(self):
        """{"12": title}, by the numbers as a visit has them."""
        return {str(pk): title for pk, title in self.values_list("pk", "title")}


@audited
class Leaflet(Case):
    """An entry of the catalogue, the same for the whole city. What it says stands in its versions."""

    class Kind(models.TextChoices):
        GUIDE = "guide", "用工指南"
        POLICY = "policy", "政策汇编"
        TEMPLATE = "template", "合同和制度范本"
        NOTICE = "notice", "宣传单、明白纸"

    lifecycle = LEAFLET
    State = LeafletState
    place_id = None

    title = models.CharField("名称", max_length=80, unique=True, error_messages={"unique": "目录中已有同名资料。"})
    kind = models.CharField("类别", max_length=10, choices=Kind)
    audience = models.CharField("适用对象", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=LeafletState, default=LeafletState.OFFERED)

    objects = LeafletQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title"]
        verbose_name = "宣传资料"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("guidance:leaflet", args=[self.pk])

    def is_placed_for(self, user):
        return user is None or user.is_active

    @property
    def current(self):
        """The version that is handed out: the last."""
        return self.versions.first()

    def publish(self, *, by, on, version=None, issued_on, file=None, note=""):
        must_have_come(issued_on, on)
        with self.deed("publish", by=by, on=on, version=version, note=note) as row:
            row.save()
            row._add_version(1, issued_on, file, note)

    def revise(self, *, by, on, version=None, issued_on, file=None, note=""):
        must_have_come(issued_on, on)
        with self.deed("revise", by=by, on=on, version=version, note=note) as row:
            last = row.current
            if issued_on < last.issued_on:
                raise MoveRefused(f"新版本的日期不能早于上一版本 {last.issued_on:%Y-%m-%d}，请核对。")
            row._add_version(last.number + 1, issued_on, file, note)

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass

    def restore(self, *, by, on, version=None):
        with self.deed("restore", by=by, on=on, version=version):
            pass

    def _add_version(self, number, issued_on, upload, note):
        added = LeafletVersion(leaflet=self, number=number, issued_on=issued_on, note=note)
        if upload:
            try:
                taken = intake.take(upload)
            except NotTaken as refusal:
                raise MoveRefused(str(refusal)) from refusal
            added.name, added.media_type, added.bytes = taken.name, taken.sort.media_type, len(taken.content)
            added.sha256 = hashlib.sha256(taken.content).hexdigest()
            added.file.save(uuid4().hex, ContentFile(taken.content), save=False)
        added.save()


@audited
class LeafletVersion(models.Model):
    """What a leaflet said from a day on; never changed."""

    leaflet = models.ForeignKey(Leaflet, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    issued_on = models.DateField("印发日期")
    note = models.TextField("修订说明", blank=True)
    name = models.CharField("文件名", max_length=intake.LONGEST_NAME, blank=True)
    media_type = models.CharField("类型", max_length=80, blank=True)
    sha256 = models.CharField("散列", max_length=64, blank=True)
    bytes = models.PositiveIntegerField("大小", default=0)
    file = models.FileField("文件", upload_to="leaflets/%Y%m", max_length=200, blank=True)

    class Meta:
        ordering = ["leaflet", "-number"]
        verbose_name = "资料版本"
        constraints = [models.UniqueConstraint(fields=["leaflet", "number"], name="a_leaflet_has_one_version_a_number")]

    def __str__(self):
        return f"{self.leaflet.title} 第{self.number}版"


class HandoutState(models.TextChoices):
    GIVEN = "given", "已发放"
    STRUCK = "struck", "已撤销"


_GIVEN, _STRUCK = HandoutState

HANDOUT = Lifecycle(
    HandoutState,
    # move     label        from        to        by        needs
    ("give",   "发放资料",  (None,),    _GIVEN,   PARTIES,  ("leaflet", "copies", "given_on")),
    ("strike", "撤销登记",  (_GIVEN,),  _STRUCK,  PARTIES),
)  # fmt: skip


class HandoutQuerySet(ScopedQuerySet):
    def given(self):
        return self.filter(state=HandoutState.GIVEN)


@audited
@holder("handout", read=Can.READ_GUIDANCE, add=Can.WRITE_GUIDANCE)
class Handout(OfAFirm):
    """A leaflet given to an enterprise, in the version of that day."""

    class Way(models.TextChoices):
        VISIT = "visit", "走访发放"
        EVENT = "event", "会议、活动发放"
        COUNTER = "counter", "窗口领取"
        ONLINE = "online", "线上推送"

    lifecycle = HANDOUT
    State = HandoutState

    state = models.CharField("状态", max_length=10, choices=HandoutState, default=HandoutState.GIVEN)
    leaflet = models.ForeignKey(Leaflet, models.PROTECT, related_name="+", verbose_name="资料")
    number = models.PositiveSmallIntegerField("版本", editable=False)
    copies = models.PositiveIntegerField("份数", default=1)
    way = models.CharField("方式", max_length=8, choices=Way, default=Way.VISIT)
    given_on = models.DateField("发放日期")
    received_by = models.CharField("领取人", max_length=30, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="发放人")
    source = models.UUIDField("随访记录", null=True, editable=False, help_text="the visit during which it was given")

    objects = HandoutQuerySet.as_manager()

    class Meta:
        ordering = ["-given_on", "-id"]
        verbose_name = "资料发放"
        constraints = [
            models.CheckConstraint(
                condition=Q(copies__range=(1, 100_000)), name="some_copies_are_given",
                violation_error_message="份数应在1至100000之间，请核对。",
            ),
            models.UniqueConstraint(
                fields=["source", "leaflet"], condition=~Q(source=None) & Q(state=HandoutState.GIVEN),
                name="a_visit_gives_a_leaflet_once",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.enterprise.name}：{self.leaflet.title}"

    def get_absolute_url(self):
        return reverse("guidance:handout", args=[self.pk])

    def give(self, *, by, on, version=None):
        must_have_come(self.given_on, on)
        if self.leaflet.state != LeafletState.OFFERED and self.source is None:  # a visit may be told of later
            raise MoveRefused("这份资料已停用，请选择在用的资料。")
        self.begin(on)
        self.number, self.by = self._number_then(), by
        note = f"{self.leaflet.title} 第{self.number}版 {self.copies}份"
        with self.deed("give", by=by, on=on, version=version, note=note):
            pass

    def _number_then(self):
        """The version that was out on that day, else the first."""
        then = self.leaflet.versions.filter(issued_on__lte=self.given_on).first()
        return then.number if then else 1

    def strike(self, *, by, on, version=None, reason):
        with self.deed("strike", by=by, on=on, version=version, note=reason):
            pass


def hand_out(enterprise, leaflets, *, by, on, given_on, source=None, copies=1):
    """What a visit gave: one Handout a Leaflet, once a `source` (the visit's UUID). Returns those that are new."""
    known = set(Handout.objects.given().filter(source=source).values_list("leaflet", flat=True)) if source else set()
    new = []
    for leaflet in leaflets:
        if leaflet.pk not in known:
            row = Handout.begun(enterprise)
            row.leaflet, row.given_on, row.source, row.copies = leaflet, given_on, source, copies
            row.give(by=by, on=on)
            new.append(row)
    return new
