"""A look across the border of districts, asked for and allowed (docs/adr/0015)."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.urls import reverse

from accounts.models import District
from accounts.roles import Role
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import Lifecycle, Part
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .majors import MajorRisk

_OFFICIALS = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)


def _of(district, *roles):
    return lambda record, user: (
        user is not None and user.role in roles and user.organisation.district_id == getattr(record, district)
    )


ASKER = Part("提出协查的区市", _of("district_id", *_OFFICIALS))
HOLDER = Part("企业所在区市负责人", _of("holder_id", Role.DISTRICT_SUPERVISOR))


class DisclosureState(models.TextChoices):
    ASKED = "asked", "待答复"
    ALLOWED = "allowed", "已同意"
    REFUSED = "refused", "未同意"
    ENDED = "ended", "已终止"


_ASKED, _ALLOWED, _REFUSED, _ENDED = DisclosureState

DISCLOSURE = Lifecycle(
    DisclosureState,
    # move       label       from         to         by         needs
    ("ask",      "申请协查", (None,),     _ASKED,    (ASKER,),  ("reason",)),
    ("allow",    "同意协查", (_ASKED,),   _ALLOWED,  (HOLDER,)),
    ("refuse",   "不同意",   (_ASKED,),   _REFUSED,  (HOLDER,), ("answer",)),
    ("withdraw", "撤回申请", (_ASKED,),   _ENDED,    (ASKER,)),
    ("revoke",   "收回同意", (_ALLOWED,), _ENDED,    (HOLDER,), ("answer",)),
)  # fmt: skip


class DisclosureQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Both districts see it, the one that asks and the one that answers."""
        if not user.is_active:
            return self.none()
        if user.sees_whole_city:
            return self
        here = user.organisation.district_id
        return self.filter(Q(district=here) | Q(holder=here))

    def waiting(self):
        return self.filter(state=DisclosureState.ASKED)


@audited
class Disclosure(Case):
    """A district asks another to let it look at one enterprise for a while. It knows it by a masked name until then."""

    district_path = "district"
    is_of_several_districts = True
    lifecycle = DISCLOSURE
    State = DisclosureState

    district = models.ForeignKey(District, models.PROTECT, verbose_name="提出协查的区市", related_name="+")
    risk = models.ForeignKey(MajorRisk, models.PROTECT, verbose_name="重大风险", related_name="disclosures")
    # Another district's row, which whoever asks cannot read: what may be known of it before stands beside it.
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="+")
    holder = models.ForeignKey(District, models.PROTECT, verbose_name="企业所在区市", related_name="+")
    masked_name = models.CharField("企业", max_length=40)
    shared = models.CharField("关联", max_length=40)
    reason = models.TextField("事由", max_length=500)
    state = models.CharField("状态", max_length=10, choices=DisclosureState)
    asked_on = models.DateField("申请日期")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="申请人", related_name="+")
    answer = models.TextField("答复", max_length=500, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="答复人", related_name="+"
    )
    allowed_until = models.DateTimeField("可查阅至", null=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-id"]
        verbose_name = "跨区市协查"
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "enterprise"],
                condition=Q(state="asked"),
                name="one_request_waits_for_an_enterprise",
                violation_error_message="对这家企业的协查申请正在等待答复。",
            ),
            models.CheckConstraint(
                condition=~Q(state="allowed") | Q(allowed_until__isnull=False), name="a_permission_ends"
            ),
        ]

    def __str__(self):
        return f"{self.masked_name}协查"

    def get_absolute_url(self):
        return reverse("risks:disclosure", args=[self.pk])

    def is_placed_for(self, user):
        """Two districts have a part in it; which part, the table says."""
        return (
            user is not None and user.is_active and user.organisation.district_id in (self.district_id, self.holder_id)
        )

    def note_deed(self, deed, *, by, on, note="", **fields):
        """Each district keeps the lines of its own people: a line for the other one it could not write."""
        return super().note_deed(deed, by=by, on=on, note=note, **fields | {"district_id": by.organisation.district_id})

    def is_open(self, at):
        """Whether the asking district may look at the moment."""
        return self.state == DisclosureState.ALLOWED and at < self.allowed_until

    def is_pending(self, at):
        """Whether an answer is to come, or a permission holds: nothing to ask for again."""
        return self.state == DisclosureState.ASKED or self.is_open(at)

    def shown(self):
        """What the asking district may see of the enterprise, as PostgreSQL lets it through; None when it may not.

        {"name", "uscc", …, "level", "majors": […], "arrears": […]}; no figures of taxes, loans and insurance.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT risks_disclosed(%s)", [self.pk])
            told = cursor.fetchone()[0]
        return told and json.loads(told)

    def ask(self, *, by, on, version=None):
        with self.deed("ask", by=by, on=on, note=self.reason) as row:
            row.asked_on, row.asked_by = on, by

    def allow(self, *, by, on, version=None, at, answer=""):
        """From the moment `at` on, for DISCLOSURE_HOURS."""
        with self.deed("allow", by=by, on=on, version=version, note=answer) as row:
            row._answer(answer, by, on)
            row.allowed_until = at + timedelta(hours=settings.DISCLOSURE_HOURS)

    def refuse(self, *, by, on, version=None, answer):
        with self.deed("refuse", by=by, on=on, version=version, note=answer) as row:
            row._answer(answer, by, on)

    def withdraw(self, *, by, on, version=None):
        with self.deed("withdraw", by=by, on=on, version=version):
            pass

    def revoke(self, *, by, on, version=None, answer):
        with self.deed("revoke", by=by, on=on, version=version, note=answer) as row:
            row._answer(answer, by, on)

    def _answer(self, answer, by, on):
        self.answer, self.answered_by, self.answered_on = answer, by, on
