"""The joint visit (联合走访): what HR, the union and the federation each wrote of one visit they made together."""

from django.db import models
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import Lifecycle, MoveRefused
from casework.scope import ScopedQuerySet
from enterprises.models import Enterprise

from .visits import GuidanceVisit

_DECIDERS = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR)


class State(models.TextChoices):
    JOINT = "joint", "联合走访"
    SEPARATE = "separate", "分别走访"


JOINT_VISIT = Lifecycle(
    State,
    # move       label              from                                   to               by          needs
    ("confirm",  "认定为联合走访",   (None, State.SEPARATE, State.JOINT),   State.JOINT,     _DECIDERS,
     ("has_several_sides",)),
    ("separate", "认定为分别走访",   (None, State.JOINT, State.SEPARATE),   State.SEPARATE,  _DECIDERS),
    asks={"has_several_sides": "至少须有两方登记的走访，才能认定为联合走访。"},
)  # fmt: skip


class JointVisitQuerySet(ScopedQuerySet):
    def joint(self):
        return self.filter(state=State.JOINT)


@audited
@holder("joint-visit", read=Can.READ_GUIDANCE, add=Can.WRITE_GUIDANCE)
class JointVisit(Case):
    """What a person decided on the visits of one day to one enterprise; the portal only proposes.

    Each visit keeps its own record and signatures; one that was made together counts once (GuidanceVisit.counted).
    """

    district_path = "district"
    lifecycle = JOINT_VISIT
    State = State

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    visited_on = models.DateField("走访日期")
    state = models.CharField("状态", max_length=10, choices=State)

    objects = JointVisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-id"]
        verbose_name = "联合走访"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "visited_on"], name="a_day_at_a_firm_is_decided_once",
                violation_error_message="这一天的走访已经认定过，请刷新后查看。",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.enterprise.name} {self.visited_on:%Y-%m-%d} 走访"

    def get_absolute_url(self):
        return reverse("guidance:joint", args=[self.pk])

    @classmethod
    def of(cls, visit):
        """The decision on the day of a visit, or one that is not there yet."""
        known = cls.objects.filter(enterprise=visit.enterprise_id, visited_on=visit.visited_on).first()
        return known or cls(
            enterprise=visit.enterprise, district_id=visit.district_id, campaign_id=visit.campaign_id,
            visited_on=visit.visited_on,
        )  # fmt: skip

    @property
    def is_joint(self):
        return self.state == State.JOINT

    @property
    def visits_of_the_day(self):
        rows = GuidanceVisit.objects.standing().filter(enterprise=self.enterprise_id, visited_on=self.visited_on)
        return rows.select_related("organisation", "logged_by__organisation").order_by("visited_at", "id")

    @property
    def has_several_sides(self):
        return len({visit.organisation.side for visit in self.visits_of_the_day}) > 1

    def move_url(self, move):
        """It is decided from any of the visits of the day."""
        return reverse(f"guidance:jointvisit_{move.name}", args=[self.visits_of_the_day[0].pk])

    def confirm(self, *, by, on, version=None):
        """All visits of the day are one; also those that were written down after it was first said."""
        self._decide("confirm", by=by, on=on, version=version)

    def separate(self, *, by, on, version=None):
        self._decide("separate", by=by, on=on, version=version)

    def _decide(self, move, *, by, on, version):
        note = "；".join(f"{visit.organisation.short_name} {visit.logged_by.name}" for visit in self.visits_of_the_day)
        with self.deed(move, by=by, on=on, version=version, note=note) as row:
            if not row.visits_of_the_day.exists():
                raise MoveRefused("这一天没有登记的走访。")
        self.visits_of_the_day.update(joint=self)
