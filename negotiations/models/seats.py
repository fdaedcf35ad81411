"""Who sits on which side of the table."""

from django.db import models
from django.db.models import Q

from accounts.models import District
from casework import deadlines
from casework.audit import audited
from casework.scope import ScopedQuerySet

from .. import representatives
from .stages import Side


class SeatQuerySet(ScopedQuerySet):
    def taken(self):
        """Representatives who sit now: no advisers, nobody who left."""
        return self.filter(adviser=False, left_on=None)


@audited
class Seat(models.Model):
    """A representative of a consultation, or an adviser (协商顾问), who does not vote and is not counted."""

    district_path = "district"

    consultation = models.ForeignKey("Consultation", models.CASCADE, related_name="seats")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    side = models.CharField("一方", max_length=10, choices=Side)
    name = models.CharField("姓名", max_length=30)
    post = models.CharField("职务", max_length=60, blank=True)
    chief = models.BooleanField("首席代表", default=False)
    adviser = models.BooleanField("协商顾问", default=False)
    front_line = models.BooleanField("一线职工", default=False)
    outsider = models.BooleanField("非本企业人员", default=False)
    union_officer = models.BooleanField("工会负责人", default=False)
    manager = models.BooleanField("经营管理人员或出资人", default=False)
    kin = models.BooleanField("管理人员或出资人的近亲属", default=False)
    legal_representative = models.BooleanField("法定代表人", default=False)
    mandate = models.BooleanField("有书面委托或指派", default=False)
    since = models.DateField("产生日期")
    left_on = models.DateField("离任日期", null=True, blank=True)
    replace_due_on = models.DateField("接替期限", null=True, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="接替"
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["side", "-chief", "adviser", "id"]
        verbose_name = "协商代表"
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "side"],
                condition=Q(chief=True, left_on=None),
                name="a_side_has_one_chief",
                violation_error_message="每方首席代表只有1人。",
            ),
            models.CheckConstraint(
                condition=Q(chief=False) | Q(adviser=False),
                name="an_adviser_is_no_chief",
                violation_error_message="协商顾问不能担任首席代表。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def replacing_due(self):
        """When a successor is due; of a representative who left, whichever kind of contract is bargained for."""
        if self.left_on is None or self.adviser:
            return None
        return deadlines.due("general_national.replace_representative", self.left_on)

    @property
    def replaced_on(self):
        successor = getattr(self, "replaced_by", None)
        return successor and successor.since

    @property
    def as_the_law_sees_it(self):
        return representatives.Seat(
            person=self.name, side=self.side, chief=self.chief, front_line=self.front_line, outsider=self.outsider,
            union_officer=self.union_officer, manager=self.manager, kin=self.kin,
            legal_representative=self.legal_representative, mandate=self.mandate,
        )  # fmt: skip
