"""Consultations and contracts as the tests need them."""

from datetime import date
from itertools import count

from campaigns.models import Campaign
from negotiations import law
from negotiations.law import Kind
from negotiations.models import Consultation, Contract, FirmClass, Mechanism, Side, Vote
from tests import make

_numbers = count(1)
SENT_ON, RECEIVED_ON, MEET_ON = date(2023, 8, 1), date(2023, 8, 2), date(2023, 8, 28)


def consultation(enterprise=None, *, state=Consultation.State.DRAFT, seated=False, **fields):
    """A wage consultation of Huancui as it stands in `state`, its letter filled in; not saved with `state` None."""
    enterprise = enterprise or make.enterprise(district="371002")
    fields = {
        "enterprise": enterprise, "district_id": enterprise.district_id, "campaign": Campaign.objects.running(make.ON),
        "kind": Kind.WAGE, "firm_class": FirmClass.DIFFICULT, "topics": ["调整薪酬水平", "工资支付周期"],
        "reasons": "订单减少，需就支付周期协商一致", "sender": "企业工会", "addressee": enterprise.name,
    } | fields  # fmt: skip
    if state not in (None, Consultation.State.DRAFT):
        fields |= {
            "number": f"协要〔2023〕{next(_numbers)}号", "sent_on": SENT_ON, "meet_on": MEET_ON, "place": "会议室",
            "received_on": RECEIVED_ON, "received_by": "办公室主任", "reply_due_on": date(2023, 8, 14),
        } | fields  # fmt: skip
    made = Consultation(**fields)
    if state is not None:
        made.state = state
        made.save()
    if seated:
        seat(made)
    return made


def seat(consultation):
    """Three a side, as the law wants them."""
    common = {"district_id": consultation.district_id, "since": date(2023, 7, 25)}
    for number, name in enumerate(("工会主席", "车间职工", "班组长")):
        consultation.seats.create(
            side=Side.WORKERS, name=name, chief=number == 0, union_officer=number == 0, front_line=number == 1, **common
        )
    for number, name in enumerate(("法定代表人", "财务负责人", "人事负责人")):
        consultation.seats.create(
            side=Side.EMPLOYERS, name=name, chief=number == 0, legal_representative=number == 0, manager=True,
            mandate=number > 0, **common
        )  # fmt: skip
    consultation.seats_vote = Vote.counted(
        law.rule("nomination", Kind.WAGE, make.ON), district_id=consultation.district_id, body=Vote.Body.CONGRESS,
        held_on=date(2023, 7, 25), entitled=40, present=40, in_favour=38,
    )  # fmt: skip
    type(consultation).objects.filter(pk=consultation.pk).update(seats_vote=consultation.seats_vote)


def contract(enterprise=None, *, state=Contract.State.SIGNED, **fields):
    enterprise = enterprise or make.enterprise(district="371002")
    fields = {
        "title": "工资专项集体合同", "kind": Kind.WAGE, "enterprise": enterprise,
        "district_id": enterprise.district_id, "campaign": Campaign.objects.running(make.ON), "workers": 86,
        "signed_on": date(2023, 9, 1), "begins_on": date(2023, 9, 1), "ends_on": date(2024, 8, 31),
    } | fields  # fmt: skip
    if state not in (None, Contract.State.SIGNED):
        fields = {"filed_on": date(2023, 9, 5), "package": sorted(PACKAGE)} | fields
    if state in (Contract.State.EFFECTIVE, Contract.State.PERFORMED):
        fields = {"in_force_on": date(2023, 9, 15)} | fields
    made = Contract(**fields)
    if state is not None:
        made._count()
        made.state = state
        made.save()
    return made


def mechanism(enterprise=None, *, state=Mechanism.State.WORKING, **fields):
    enterprise = enterprise or make.enterprise(district="371002")
    made = Mechanism(
        **{
            "enterprise": enterprise, "district_id": enterprise.district_id,
            "campaign": Campaign.objects.running(make.ON), "trade": Mechanism.Trade.DELIVERY, "every_months": 6,
            "set_up_on": date(2023, 8, 1),
        } | fields
    )  # fmt: skip
    if state is not None:
        made.state = state
        made.save()
    return made


PACKAGE = ["statement", "text", "resolution", "seats", "licence"]
