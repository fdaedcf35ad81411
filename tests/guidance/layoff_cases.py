"""Lay-offs as the tests need them. The citizens' numbers are of the area 371099, which is given to nobody."""

from datetime import date
from itertools import count

from campaigns.models import Campaign
from casework import personal
from guidance.models import LaidOff, Layoff
from tests import make

_serial = count(1)
EXPLAINED, HEARD, REPORTED, STARTS = date(2023, 9, 1), date(2023, 9, 8), date(2023, 9, 12), date(2023, 10, 9)


def plan(**changes):
    """What a report says that nothing is wrong with, but for the list, which follows."""
    return {
        "planned_cut": 25, "total_staff": 200, "ground": Layoff.Ground.DIFFICULT, "reported_on": REPORTED,
        "explained_on": EXPLAINED, "explained_to": "staff", "heard_on": HEARD, "heard": "职工希望优先安排转岗",
        "starts_on": STARTS, "steps": "分两批办理解除手续", "compensation": "依法按工作年限支付",
        "budget": 120_000_000, "owes_wages": False, "owes_insurance": False, "keeps_preferred": True,
    } | changes  # fmt: skip


def layoff(enterprise=None, *, state=Layoff.State.REPORTED, people=0, **fields):
    """A statutory lay-off of Huancui as it stands in `state`, with `people` on its list."""
    enterprise = enterprise or make.enterprise(district="371002", heads=200)
    made = Layoff(
        **plan() | {"enterprise": enterprise, "district_id": enterprise.district_id,
                    "campaign": Campaign.objects.running(make.ON)} | fields
    )  # fmt: skip
    made.statutory = made.planned_cut >= 20 or made.planned_cut * 10 >= made.total_staff
    made.earliest_on = made.explained_on and date(2023, 10, 1)
    if state is None:
        return made
    made.state = state
    if state in (Layoff.State.CARRIED_OUT, Layoff.State.CLOSED):
        made.carried_out_on, made.laid_off = made.carried_out_on or STARTS, made.laid_off or made.planned_cut
        made.transfer_due_on, made.rehire_until = date(2023, 10, 24), date(2024, 4, 9)
    made.save()
    for number in range(1, people + 1):
        made.people.create(number=number, **person())
    return made


def person(**changes):
    number = next(_serial)
    return {
        "name": f"张试{number}", "id_number": citizen(number), "phone": f"1380000{number:04d}", "post": "操作工",
        "hired_on": date(2018, 3, 1),
    } | changes  # fmt: skip


def citizen(number):
    body = f"37109919900101{number:03d}"
    return body + personal.check_character(body)


def names(layoff):
    return [each.name for each in LaidOff.objects.filter(layoff=layoff)]
