"""Figures of the consultations: those of the campaign, as the report counts them, and how things stand today.

What the report's catalogue knows is asked of it (campaigns.figures), so that a figure has one rule on every page; here
are counted only things that stand at the moment, each with the list that holds exactly these rows.
"""

from dataclasses import dataclass

from django.db.models import Count, Sum
from django.urls import reverse

from campaigns import figures
from campaigns.models import Campaign

from .law import Kind
from .models import Consultation, Contract, ContractMember, Ground, Mechanism, Round
from .models.contracts import State as Standing

_HEADINGS = {
    "bargain": "要约和答复（行动期间）",
    "contract": "集体合同（行动期间）",
    "platform": "平台协商机制（行动期间）",
}


@dataclass(frozen=True)
class Figure:
    label: str
    value: int | float | None
    unit: str
    address: str = ""  # the list that holds exactly these rows
    rule: str = ""

    @property
    def shown(self):
        if self.value is None:
            return "—"
        return f"{self.value:,.1f}" if isinstance(self.value, float) else f"{self.value:,}"


@dataclass(frozen=True)
class Group:
    label: str
    figures: list


def of(user, on):
    """[Group] of what `user` may see, as of the day `on`; units 件, 份, 户, 人, 次, 个, %."""
    contracts = Contract.objects.visible_to(user)
    standing = [_offers(user), _contracts(contracts, on), _closed(contracts), _mechanisms(user)]
    return _of_the_report(user, on) + standing


def _of_the_report(user, on):
    campaign, district = Campaign.objects.running(on), user.organisation.district_id
    found = {room: [] for room in _HEADINGS}
    for figure in figures.catalogue():
        if (room := figure.code.split(".")[0]) in found:
            found[room].append(figure)
    codes = [figure.code for each in found.values() for figure in each]
    counted = figures.values(codes, campaign=campaign, district=district, on=min(on, campaign.cut_off_on))
    return [
        Group(label, [
            Figure(each.name, counted[each.code], each.unit, figures.rows_url(each.code, district), each.rule)
            for each in found[room]
        ])
        for room, label in _HEADINGS.items()
    ]  # fmt: skip


def _offers(user):
    offers = Consultation.objects.visible_to(user)
    under_way = offers.under_way()
    return Group("正在进行的协商", [
        Figure("办理中", offers.open().count(), "件", _offer_list("open")),
        Figure("协商中", under_way.count(), "件", _offer_list("talking")),
        *(Figure(f"其中{label}", under_way.filter(reach=reach).count(), "件", _offer_list("talking", reach=reach))
          for reach, label in Consultation.Reach.choices[1:]),
    ])  # fmt: skip


def _contracts(contracts, on):
    force = contracts.in_force(on)
    own = force.filter(reach=Contract.Reach.ENTERPRISE)
    joined = ContractMember.objects.filter(contract__in=force, sealed_on__lte=on)
    firms = set(own.values_list("enterprise_id", flat=True)) | set(joined.values_list("enterprise_id", flat=True))
    workers = (own.aggregate(n=Sum("workers"))["n"] or 0) + (joined.aggregate(n=Sum("workers"))["n"] or 0)
    kinds = [
        Figure(label, force.filter(kind=kind).count(), "份", _contract_list("force", kind=kind))
        for kind, label in Kind.choices
    ]
    return Group("现行有效的集体合同", [
        *kinds,
        Figure("其中行业性", force.filter(reach=Contract.Reach.INDUSTRY).count(), "份",
               _contract_list("force", reach="industry")),
        Figure("其中区域性", force.filter(reach=Contract.Reach.AREA).count(), "份",
               _contract_list("force", reach="area")),
        Figure("覆盖企业", len(firms), "户", rule="有效合同的企业和已盖章的参加企业，每户计一次"),
        Figure("覆盖职工", workers, "人", rule="有效合同覆盖的职工人数之和，多份合同分别计算"),
        Figure("审查中", contracts.under_review().count(), "份", _contract_list("review")),
    ])  # fmt: skip


def _closed(contracts):
    """Contracts that hold no more, of before the campaign too: renewed or changed; dissolved or ended by ground."""
    closed = contracts.filter(state__in=[Standing.DISSOLVED, Standing.ENDED]).order_by()
    counted = dict(closed.values_list("ending__ground").annotate(number=Count("pk")))
    return Group("不再履行的集体合同", [
        Figure("已由新合同替代（变更、续订）", contracts.filter(state=Standing.REPLACED).count(), "份",
               _contract_list("changed")),
        Figure("已解除", contracts.filter(state=Standing.DISSOLVED).count(), "份", _contract_list("dissolved")),
        Figure("已终止", contracts.filter(state=Standing.ENDED).count(), "份", _contract_list("ended")),
        *(Figure(f"其中{label}", counted[value], "份", _contract_list("all", ground=value))
          for value, label in Ground.choices if counted.get(value)),
    ])  # fmt: skip


def _mechanisms(user):
    rows = Mechanism.objects.visible_to(user).working()
    counted = {row["trade"]: row["number"] for row in rows.order_by().values("trade").annotate(number=Count("pk"))}
    held = Round.objects.filter(mechanism__in=rows).exclude(held_on=None)
    address = reverse("negotiations:mechanisms")
    return Group("运行中的平台协商机制", [
        *(Figure(label, counted.get(trade, 0), "个", f"{address}?trade={trade}")
          for trade, label in Mechanism.Trade.choices),
        Figure("已开展定期协商", held.count(), "次"),
    ])  # fmt: skip


def _offer_list(show, **conditions):
    return _list("negotiations:list", show, conditions)


def _contract_list(show, **conditions):
    return _list("negotiations:contracts", show, conditions)


def _list(page, show, conditions):
    more = "".join(f"&{name}={value}" for name, value in conditions.items())
    return f"{reverse(page)}?show={show}{more}"
