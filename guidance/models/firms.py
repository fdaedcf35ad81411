"""What cases of one enterprise have in common."""

from django.db import models

from accounts.models import District
from accounts.roles import Role
from campaigns.models import Campaign
from casework.cases import Case
from casework.lifecycle import MoveRefused
from enterprises.models import Enterprise

# All three parties guide and serve (威人社函〔2023〕39号 三、组织实施).
PARTIES = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER)


class OfAFirm(Case):
    """A case of an enterprise, which lies where the enterprise does."""

    district_path = "district"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")

    class Meta:
        abstract = True

    @classmethod
    def begun(cls, enterprise):
        """A record of `enterprise` that is not there yet."""
        return cls(enterprise=enterprise, district_id=enterprise.district_id)

    def begin(self, on):
        self.campaign = Campaign.objects.running(on)


def must_have_come(day, on):
    """What is entered as done cannot lie ahead."""
    if day is not None and day > on:
        raise MoveRefused(f"{day.year}年{day.month}月{day.day}日还没有到，请填写实际日期。")
