"""What the consultations tell of an enterprise's history: offers and answers, contracts, mechanisms of platforms."""

from django.db.models import Q

from accounts.roles import Can
from enterprises.chronicle import Event, rows, tell

from .models import Consultation, Contract, Mechanism


@tell("offers", "协商要约", Can.READ_CONSULTATIONS)
def offers(enterprise, user):
    for row in rows(Consultation, enterprise, user):
        about = f"{row.get_kind_display()}{row.get_purpose_display()}"
        here, who = row.get_absolute_url(), f"{row.get_offered_by_display()}提出"
        yield Event(row.sent_on, f"发出协商要约：{about}", here, who)
        yield Event(row.replied_on, f"答复协商要约：{about}", here, row.get_state_display())


@tell("contracts", "集体合同", Can.READ_CONSULTATIONS)
def contracts(enterprise, user):
    of_the_firm = Q(enterprise=enterprise) | Q(members__enterprise=enterprise)
    for row in Contract.objects.visible_to(user).filter(of_the_firm).distinct():
        until = f"{row.begins_on:%Y-%m-%d} 至 {row.ends_on:%Y-%m-%d}"
        yield Event(row.signed_on, f"签订{row.title}", row.get_absolute_url(), until)
        yield Event(row.closed_on, f"{row.get_state_display()}：{row.title}", row.get_absolute_url())
    for row in rows(Mechanism, enterprise, user):
        yield Event(row.set_up_on, f"建立{row.get_trade_display()}协商机制", row.get_absolute_url())
