"""What a report on the consultations needs, each figure with the list behind it. Counted in 件, 户 or 人 as it says."""

from dataclasses import dataclass

from django.db.models import Count, Sum
from django.urls import reverse

from .law import Kind
from .models import (
    Consultation,
    Contract,
    ContractMember,
    FirmClass,
    Ground,
    Mechanism,
    Meeting,
    Round,
    Side,
    Term,
)
from .models.contracts import State as Standing
from .models.platforms import Topic
from .models.stages import State as Stage


@dataclass(frozen=True)
class Figure:
    label: str
    value: int
    unit: str
    address: str = ""  # the list that holds exactly these rows


@dataclass(frozen=True)
class Group:
    label: str
    figures: list


def of(user, on):
    """[Group] of what `user` may see, as of the day `on`. Shape: a list of groups of figures; units 件, 份, 户, 人."""
    offers = Consultation.objects.visible_to(user)
    contracts = Contract.objects.visible_to(user)
    return [_offers(offers, on), _classes(offers), _contracts(contracts, on), _closed(contracts), _mechanisms(user, on)]


def _offers(offers, on):
    sent = offers.offered()
    return Group("要约和答复", [
        Figure("发出要约", sent.count(), "件", _offer_list("sent")),
        Figure("其中工会（职工方）提出", sent.filter(offered_by=Side.WORKERS).count(), "件",
               _offer_list("sent", offered_by=Side.WORKERS)),
        Figure("其中企业方提出", sent.filter(offered_by=Side.EMPLOYERS).count(), "件",
               _offer_list("sent", offered_by=Side.EMPLOYERS)),
        *(Figure(f"其中{label}", sent.filter(reach=reach).count(), "件", _offer_list("sent", reach=reach))
          for reach, label in Consultation.Reach.choices[1:]),
        Figure("已签收", offers.received().count(), "件", _offer_list("received")),
        Figure("按期答复", offers.answered_in_time().count(), "件", _offer_list("in_time")),
        Figure("逾期未答复", offers.unanswered(on).count(), "件", _offer_list("late")),
        Figure("拒绝协商", offers.refused().count(), "件", _offer_list("refused")),
        Figure("协商中", offers.under_way().count(), "件", _offer_list("talking")),
        Figure("协商会议", Meeting.objects.filter(consultation__in=offers).count(), "次"),
        Figure("已签订", offers.filter(state=Stage.SIGNED).count(), "件", _offer_list("signed")),
    ])  # fmt: skip


def _classes(offers):
    counted = offers.offered().order_by().values("firm_class").annotate(number=Count("pk"))
    by_class = {row["firm_class"]: row["number"] for row in counted}
    return Group("按企业类别（已发出）", [
        Figure(label, by_class.get(value, 0), "件", _offer_list("sent", firm_class=value))
        for value, label in FirmClass.choices
    ])  # fmt: skip


def _contracts(contracts, on):
    force = contracts.in_force(on)
    own = force.filter(reach=Contract.Reach.ENTERPRISE)
    joined = ContractMember.objects.filter(contract__in=force, sealed_on__lte=on)
    firms = set(own.values_list("enterprise_id", flat=True)) | set(joined.values_list("enterprise_id", flat=True))
    workers = (own.aggregate(n=Sum("workers"))["n"] or 0) + (joined.aggregate(n=Sum("workers"))["n"] or 0)
    figures = [
        Figure(label, force.filter(kind=kind).count(), "份", _contract_list("force", kind=kind))
        for kind, label in Kind.choices
    ]
    return Group("有效的集体合同", [
        *figures,
        Figure("其中行业性", force.filter(reach=Contract.Reach.INDUSTRY).count(), "份",
               _contract_list("force", reach="industry")),
        Figure("其中区域性", force.filter(reach=Contract.Reach.AREA).count(), "份",
               _contract_list("force", reach="area")),
        Figure("覆盖企业", len(firms), "户"),
        Figure("覆盖职工", workers, "人"),
        Figure("审查中", contracts.under_review().count(), "份", _contract_list("review")),
    ])  # fmt: skip


def _closed(contracts):
    """Contracts that were changed or renewed, dissolved or ended; the last two by ground."""
    closed = contracts.filter(state__in=[Standing.DISSOLVED, Standing.ENDED]).order_by()
    counted = dict(closed.values_list("ending__ground").annotate(number=Count("pk")))
    return Group("变更、解除和终止", [
        Figure("已由新合同替代（变更、续订）", contracts.filter(state=Standing.REPLACED).count(), "份",
               _contract_list("changed")),
        Figure("已解除", contracts.filter(state=Standing.DISSOLVED).count(), "份", _contract_list("dissolved")),
        Figure("已终止", contracts.filter(state=Standing.ENDED).count(), "份", _contract_list("ended")),
        *(Figure(f"其中{label}", counted[value], "份", _contract_list("all", ground=value))
          for value, label in Ground.choices if counted.get(value)),
    ])  # fmt: skip


def _mechanisms(user, on):
    rows = Mechanism.objects.visible_to(user).working()
    counted = {row["trade"]: row["number"] for row in rows.order_by().values("trade").annotate(number=Count("pk"))}
    terms = Term.objects.filter(mechanism__in=rows, from_on__lte=on).order_by()
    agreed = dict(terms.values_list("topic").annotate(number=Count("mechanism", distinct=True)))
    held = Round.objects.filter(mechanism__in=rows).exclude(held_on=None)
    address = reverse("negotiations:mechanisms")
    return Group("平台协商机制（运行中）", [
        *(Figure(label, counted.get(trade, 0), "个", f"{address}?trade={trade}")
          for trade, label in Mechanism.Trade.choices),
        Figure("已开展定期协商", held.count(), "次"),
        *(Figure(f"已约定{label}", agreed.get(topic, 0), "个") for topic, label in Topic.choices),
    ])  # fmt: skip


def _offer_list(show, **conditions):
    return _list("negotiations:list", show, conditions)


def _contract_list(show, **conditions):
    return _list("negotiations:contracts", show, conditions)


def _list(page, show, conditions):
    more = "".join(f"&{name}={value}" for name, value in conditions.items())
    return f"{reverse(page)}?show={show}{more}"
