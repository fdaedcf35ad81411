"""Major risks: which the rules flag by themselves, and whose owners have firms elsewhere."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.http import Http404

from accounts.models import District
from casework import thresholds

from .models import Arrears, Disclosure, MajorRisk

# ── By rule ──────────────────────────────────────────────────────────────────────────────────


def flag_by_rule(*, on, enterprise_id=None):
    """Flag enterprises that owe wages to as many workers as make a group. Returns how many were flagged; repeatable.

    What people settled or dismissed is not flagged again for arrears that were known then.
    """
    least = thresholds.least_people(MajorRisk.Kind.WAGES, on=on)
    owed = Arrears.objects.owed().filter(kind=Arrears.Kind.ARREARS)
    if enterprise_id is not None:
        owed = owed.filter(enterprise_id=enterprise_id)
    summed = owed.order_by().values("enterprise_id", "district_id")
    summed = summed.annotate(workers=Sum("workers"), amount=Sum("amount"), paid=Sum("paid"), last=Max("found_on"))
    return sum(_flag(row, on) for row in summed.filter(workers__gte=least)) if least else 0


def _flag(row, on):
    known = MajorRisk.objects.filter(enterprise_id=row["enterprise_id"], kind=MajorRisk.Kind.WAGES)
    if known.unsettled().exists() or known.filter(ended_on__gte=row["last"]).exists():
        return False
    workers, owing = row["workers"], row["amount"] - row["paid"]
    risk = MajorRisk(
        enterprise_id=row["enterprise_id"], district_id=row["district_id"], kind=MajorRisk.Kind.WAGES,
        people=workers, amount=owing, grounds=f"已登记欠薪，涉及{workers}人，尚欠{owing / 100:,.2f}元。",
    )  # fmt: skip
    with transaction.atomic():
        risk.flag(by=None, on=on)
    return True


def flag_told(alarm, on):
    """Flag what another room came upon (enterprises.alarms), such as a lay-off reported; not twice at a time."""
    firm = alarm.enterprise
    if MajorRisk.objects.unsettled().filter(enterprise=firm, kind=alarm.kind).exists():
        return False
    risk = MajorRisk(
        enterprise=firm, district_id=firm.district_id, kind=MajorRisk.Kind(alarm.kind), people=alarm.people,
        staff=alarm.staff, grounds=alarm.grounds,
    )  # fmt: skip
    with transaction.atomic():
        risk.flag(by=None, on=on)
    return True


# ── Relatives ────────────────────────────────────────────────────────────────────────────────


MOST_RELATIVES = 50  # as the function in the database has it


@dataclass(frozen=True)
class Relative:
    """An enterprise of another district, as much as may be known of it without leave."""

    enterprise_id: int
    district: District
    masked_name: str
    shared: str

    def request(self, risk):
        """A request to look at it, not made yet."""
        return Disclosure(
            risk=risk, district_id=risk.district_id, enterprise_id=self.enterprise_id, holder=self.district,
            masked_name=self.masked_name, shared=self.shared,
        )  # fmt: skip


def request_for(risk, enterprise_id):
    """A request to look at a relative of the risk. Raises Http404 for who is none, so that no number can be guessed."""
    for relative in relatives_of(risk):
        if relative.enterprise_id == enterprise_id:
            return relative.request(risk)
    raise Http404("没有找到这家关联企业，它的登记信息可能已有变动。")


def relatives_of(risk):
    """Enterprises of other districts whose legal representative or controller bears the name of the risk's.

    PostgreSQL masks them before they leave it. Names are compared, and namesakes are no relatives: the other district
    tells them apart.
    """
    districts = District.objects.in_bulk()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM risks_relatives(%s)", [risk.pk])  # MOST_RELATIVES of them at most
        return [Relative(pk, districts[district], name, shared) for pk, district, name, shared in cursor.fetchall()]
