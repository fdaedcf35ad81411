"""The clause coverage map: each duty of the notice, by district, with the pieces of evidence that the portal holds.

A duty names codes (Duty.evidence): of the reports' figures, or of what the campaign itself counts (`campaign.…`). An
upper app adds what is no figure of a report by `count(code, Own(…))`, once, at start.
"""

from dataclasses import dataclass

from django.urls import reverse

from . import figures
from .models import Answer, JointCase, Plan, SpreadWarning, Supervision, Transfer


@dataclass(frozen=True)
class Piece:
    """What one code counts in one district, and the rows behind it."""

    name: str
    number: int
    address: str


@dataclass(frozen=True)
class Own:
    """A count of records. `rows(campaign)` have a district, by which they are told apart; `page`: of their list."""

    name: str
    rows: object
    page: str
    query: str


OWN = {
    "campaign.plans": Own(
        "已通过的实施方案",
        lambda campaign: Plan.objects.filter(campaign=campaign, state=Plan.State.ACCEPTED), "campaigns:plans",
        "show=accepted",
    ),
    "campaign.answers": Own(
        "调度答复",
        lambda campaign: Answer.objects.filter(dispatch__campaign=campaign, answered_on__isnull=False),
        "campaigns:answers", "show=all",
    ),
    "campaign.replies": Own(
        "督促答复",
        lambda campaign: Supervision.objects.filter(campaign=campaign, answered_on__isnull=False),
        "campaigns:supervisions", "show=all",
    ),
    "campaign.joint_cases": Own(
        "牵头的联合办案", lambda campaign: JointCase.objects.filter(campaign=campaign), "campaigns:jointcases",
        "show=all",
    ),
    "campaign.transfers": Own(
        "移送事项", lambda campaign: Transfer.objects.filter(campaign=campaign), "campaigns:transfers", "show=all"
    ),
    "campaign.warnings": Own(
        "发出的风险提示", lambda campaign: SpreadWarning.objects.filter(campaign=campaign), "campaigns:warnings",
        "show=all",
    ),
}  # fmt: skip


def count(code, own):
    OWN[code] = own


def known():
    """{code: name} of all that may be named as evidence."""
    return {code: own.name for code, own in OWN.items()} | {
        each.code: each.name.removeprefix("其中") for each in figures.catalogue()
    }  # fmt: skip


def of(user, campaign, districts, on):
    """[(Duty, [the Pieces of a district, none where there are none])] of what `user` may see, by the day."""
    duties = list(campaign.duties.select_related("phase", "campaign"))
    named = known()
    wanted = {code for duty in duties for code in duty.evidence if code in named}
    counted = {place.pk: _counted(user, wanted, campaign, place, min(on, campaign.ends_on)) for place in districts}
    return [
        (duty, [[_piece(code, counted[place.pk][code], named, place, user) for code in duty.evidence
                 if counted[place.pk].get(code)] for place in districts])
        for duty in duties
    ]  # fmt: skip


def _counted(user, codes, campaign, district, on):
    others = sorted(code for code in codes if code not in OWN)
    told = figures.values(others, campaign=campaign, district=district.pk, on=on) if others else {}
    for code in codes & OWN.keys():
        rows = OWN[code].rows(campaign)
        told[code] = rows.filter(pk__in=rows.model.objects.visible_to(user).values("pk"), district=district).count()
    return told


def _piece(code, number, named, district, user):
    if code not in OWN:
        return Piece(named[code], number, figures.rows_url(code, district.pk))
    own = OWN[code]
    place = f"&district={district.pk}" if user.sees_whole_city else ""
    return Piece(own.name, number, f"{reverse(own.page)}?{own.query}{place}")
