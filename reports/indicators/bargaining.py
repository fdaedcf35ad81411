"""（二）协商要约情况: offers and answers, meetings, contracts, their changes and ends, platform mechanisms."""

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, When

from accounts.roles import Can
from enterprises.models import Enterprise
from negotiations.law import Kind
from negotiations.models import (
    Consultation,
    Contract,
    ContractMember,
    Ending,
    FirmClass,
    Mechanism,
    Meeting,
    Side,
    Term,
)
from negotiations.models.contracts import Ground

from .catalogue import Heading, Indicator, Rate, Unit, declare, firms, happened, narrowed

_B, _READ = Heading.BARGAINING, Can.READ_CONSULTATIONS


def _told(code, name, unit, rule, rows, day=None, **more):
    return Indicator(code, name, unit, _B, rule, rows, day, capability=_READ, **more)


# ── Offers ───────────────────────────────────────────────────────────────────────────────────

_sent = happened(Consultation, "sent_on")
_received = happened(Consultation, "received_on")
_replied = happened(Consultation, "replied_on")


def _late(campaign, on):
    """Whether an answer came afterwards or not: on the evening of `on` it was overdue."""
    rows = _received(campaign, on).filter(reply_due_on__lt=on).exclude(state=Consultation.State.WITHDRAWN)
    return rows.filter(Q(replied_on=None) | Q(replied_on__gt=on))


declare(
    _told("bargain.offers", "发出要约", Unit.CASES, "已发出的协商要约；按发出日期", _sent, "sent_on"),
    _told("bargain.offers_workers", "其中工会（职工方）提出", Unit.CASES, "由工会或职工方发出的要约；按发出日期",
          narrowed(_sent, offered_by=Side.WORKERS), "sent_on", part_of="bargain.offers"),
    _told("bargain.offers_employers", "其中企业方提出", Unit.CASES, "由企业方发出的要约；按发出日期",
          narrowed(_sent, offered_by=Side.EMPLOYERS), "sent_on", part_of="bargain.offers"),
    *(
        _told(f"bargain.offers_{kind.value}", f"其中{kind.label}", Unit.CASES, f"企业类别为“{kind.label}”；按发出日期",
              narrowed(_sent, firm_class=kind), "sent_on", part_of="bargain.offers")
        for kind in FirmClass
    ),
    _told("bargain.firms", "要约企业", Unit.FIRMS, "发出或者收到要约的企业，每户计一次；按发出日期", firms(_sent)),
    _told("bargain.received", "签收要约", Unit.CASES, "对方已签收的要约；按签收日期", _received, "received_on"),
    _told("bargain.answered", "答复要约", Unit.CASES, "对方已答复的要约；按答复日期", _replied, "replied_on"),
    _told("bargain.answered_in_time", "其中按期答复", Unit.CASES, "在法定答复期限内答复的要约；按答复日期",
          narrowed(_replied, replied_on__lte=F("reply_due_on")), "replied_on", part_of="bargain.answered"),
    Rate("bargain.in_time_rate", "按期答复率", _B, "按期答复占签收要约",
         "bargain.answered_in_time", "bargain.received"),
    _told("bargain.refused", "其中拒绝协商", Unit.CASES, "答复拒绝、此后也没有同意协商的要约；按答复日期",
          narrowed(_replied, state=Consultation.State.REFUSED), "replied_on", part_of="bargain.answered"),
    _told("bargain.unanswered", "逾期未答复", Unit.CASES, "答复期限已过而未答复的要约，撤回的不计；按答复期限",
          _late, "reply_due_on"),
    _told("bargain.meetings", "召开协商会议", Unit.TIMES, "双方召开的协商会议；按会议日期",
          lambda campaign, on: Meeting.objects.filter(consultation__campaign=campaign, held_on__lte=on), "held_on"),
)  # fmt: skip


# ── Contracts ────────────────────────────────────────────────────────────────────────────────


def _signed(campaign, on):
    """Signed during the campaign; contracts of before that were only taken over into the portal do not count."""
    return Contract.objects.filter(campaign=campaign, signed_on__range=(campaign.starts_on, on))


def _members(campaign, on):
    return ContractMember.objects.filter(contract__in=_signed(campaign, on), sealed_on__lte=on)


def _covered(campaign, on):
    own, joined = _signed(campaign, on).exclude(enterprise=None), _members(campaign, on)
    return Enterprise.objects.current().filter(
        Q(pk__in=own.order_by().values("enterprise")) | Q(pk__in=joined.order_by().values("enterprise"))
    )


def _workers(campaign, on):
    """Each contract with the workers whom it covers: its own, or those of the enterprises that sealed it."""
    joined = ContractMember.objects.filter(contract=OuterRef("pk"), sealed_on__lte=on).order_by()
    several = joined.values("contract").annotate(number=Sum("workers")).values("number")
    own = When(reach=Contract.Reach.ENTERPRISE, then=F("workers"))
    return _signed(campaign, on).annotate(covered=Case(own, default=Subquery(several)))


def _filed(campaign, on):
    return _signed(campaign, on).filter(filed_on__lte=on)


def _changed(campaign, on):
    return happened(Consultation, "signed_on", purpose=Consultation.Purpose.CHANGE)(campaign, on)


def _ended(*conditions, **more):
    def rows(campaign, on):
        period = (campaign.starts_on, on)
        endings = Ending.objects.filter(*conditions, contract=OuterRef("pk"), closed_on__range=period, **more)
        return Contract.objects.filter(Exists(endings))

    return rows


_OF_KIND = "行动期间签订；按签订日期"

declare(
    _told("contract.signed", "签订集体合同", Unit.COPIES, "行动期间签订的各类集体合同，以前签订补录的不计；按签订日期",
          _signed, "signed_on"),
    *(
        _told(f"contract.{kind.value}", f"其中{kind.label}", Unit.COPIES, _OF_KIND, narrowed(_signed, kind=kind),
              "signed_on", part_of="contract.signed")
        for kind in Kind
    ),
    _told("contract.industry", "其中行业性", Unit.COPIES, _OF_KIND,
          narrowed(_signed, reach=Contract.Reach.INDUSTRY), "signed_on", part_of="contract.signed"),
    _told("contract.area", "其中区域性", Unit.COPIES, _OF_KIND,
          narrowed(_signed, reach=Contract.Reach.AREA), "signed_on", part_of="contract.signed"),
    _told("contract.firms", "覆盖企业", Unit.FIRMS, "所签合同的企业和已盖章的参加企业，每户计一次；按签订、盖章日期",
          _covered),
    _told("contract.workers", "覆盖职工", Unit.PEOPLE, "所签合同覆盖的职工人数之和，多份合同分别计算；按签订、盖章日期",
          _workers, "signed_on", sums=F("covered")),
    _told("contract.filed", "报送审查", Unit.COPIES, "所签合同中已报送审查的；按报送日期", _filed, "filed_on"),
    _told("contract.reviewed", "完成审查", Unit.COPIES, "所签合同中已作出审查意见的；按审查日期",
          lambda campaign, on: _filed(campaign, on).filter(reviewed_on__lte=on), "reviewed_on"),
    _told("contract.effective", "生效", Unit.COPIES, "所签合同中已生效的，含审查期满无异议生效的；按生效日期",
          lambda campaign, on: _filed(campaign, on).filter(in_force_on__lte=on), "in_force_on"),
    _told("contract.changed", "变更集体合同", Unit.CASES, "以变更合同为目的、已签订的协商；按签订日期",
          _changed, "signed_on"),
    _told("contract.dissolved", "解除集体合同", Unit.COPIES, "行动期间解除的合同；按解除日期",
          narrowed(_ended(), state=Contract.State.DISSOLVED), "closed_on"),
    _told("contract.dissolved_merger", "其中因兼并重组", Unit.COPIES, "因兼并、重组无法履行而解除；按解除日期",
          _ended(ground=Ground.MERGER), "closed_on", part_of="contract.dissolved"),
    _told("contract.ended", "终止集体合同", Unit.COPIES, "行动期间终止的合同；按终止日期",
          narrowed(_ended(), state=Contract.State.ENDED), "closed_on"),
    _told("contract.ended_dissolution", "其中因企业解散", Unit.COPIES, "因企业决定解散、吊销、关闭而终止；按终止日期",
          _ended(ground__in=[Ground.DISSOLUTION, Ground.REVOCATION]), "closed_on", part_of="contract.ended"),
    _told("contract.ended_bankruptcy", "其中因企业破产", Unit.COPIES, "因依法宣告破产而终止；按终止日期",
          _ended(ground=Ground.BANKRUPTCY), "closed_on", part_of="contract.ended"),
)  # fmt: skip


# ── Platforms ────────────────────────────────────────────────────────────────────────────────

_mechanisms = happened(Mechanism, "set_up_on")


def _on_topic(topic):
    def rows(campaign, on):
        agreed = Term.objects.filter(mechanism=OuterRef("pk"), topic=topic, from_on__lte=on)
        return _mechanisms(campaign, on).filter(Exists(agreed))

    return rows


declare(
    _told("platform.mechanisms", "建立平台协商机制", Unit.PIECES, "建立的平台企业协商机制；按建立日期",
          _mechanisms, "set_up_on"),
    *(
        _told(f"platform.{trade.value}", f"其中{trade.label}", Unit.PIECES, "按建立日期",
              narrowed(_mechanisms, trade=trade), "set_up_on", part_of="platform.mechanisms")
        for trade in Mechanism.Trade
    ),
    *(
        _told(f"platform.topic_{topic.value}", f"就{topic.label}达成标准", Unit.PIECES,
              f"就{topic.label}商定过标准的协商机制；按标准执行日期", _on_topic(topic), "set_up_on",
              part_of="platform.mechanisms")
        for topic in Mechanism.Topic
    ),
)  # fmt: skip
