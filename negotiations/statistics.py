"""What a report on the consultations needs, each figure with the list behind it. Counted in 件, 户 or 人 as it says."""

from dataclasses import dataclass

from django.db.models import Count, F, Sum
from django.urls import reverse

from .law import Kind
from .models import Consultation, Contract, ContractMember, FirmClass, Mechanism, Side
from .models.consultations import State as Stage
from .models.contracts import State as Standing


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
    return [_offers(offers, on), _classes(offers), _contracts(contracts, on), _mechanisms(user)]


def _offers(offers, on):
    sent = offers.offered()
    in_time = sent.filter(replied_on__lte=F("reply_due_on"))
    return Group("要约和答复", [
        Figure("发出要约", sent.count(), "件"),
        Figure("其中工会（职工方）提出", sent.filter(offered_by=Side.WORKERS).count(), "件"),
        Figure("其中企业方提出", sent.filter(offered_by=Side.EMPLOYERS).count(), "件"),
        Figure("已签收", sent.exclude(received_on=None).count(), "件"),
        Figure("按期答复", in_time.count(), "件"),
        Figure("逾期未答复", offers.unanswered(on).count(), "件", _offer_list("late")),
        Figure("拒绝协商", offers.refused().count(), "件", _offer_list("refused")),
        Figure("协商中", offers.under_way().count(), "件", _offer_list("talking")),
        Figure("已签订", offers.filter(state=Stage.SIGNED).count(), "件", _offer_list("signed")),
    ])  # fmt: skip


def _classes(offers):
    counted = offers.offered().order_by().values("firm_class").annotate(number=Count("pk"))
    by_class = {row["firm_class"]: row["number"] for row in counted}
    return Group("按企业类别（已发出）", [
        Figure(label, by_class.get(value, 0), "件") for value, label in FirmClass.choices
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
        Figure("已解除", contracts.filter(state=Standing.DISSOLVED).count(), "份"),
        Figure("已终止", contracts.filter(state=Standing.ENDED).count(), "份"),
    ])  # fmt: skip


def _mechanisms(user):
    rows = Mechanism.objects.visible_to(user).working()
    counted = {row["trade"]: row["number"] for row in rows.order_by().values("trade").annotate(number=Count("pk"))}
    address = reverse("negotiations:mechanisms")
    return Group("平台协商机制（运行中）", [
        Figure(label, counted.get(trade, 0), "个", f"{address}?trade={trade}")
        for trade, label in Mechanism.Trade.choices
    ])  # fmt: skip


def _offer_list(show):
    return f"{reverse('negotiations:list')}?show={show}"


def _contract_list(show, **conditions):
    more = "".join(f"&{name}={value}" for name, value in conditions.items())
    return f"{reverse('negotiations:contracts')}?show={show}{more}"
