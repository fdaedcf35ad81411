"""Reports as the tests need them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Organisation
from accounts.roles import Role
from campaigns.models import Campaign
from reports.models import Report, State
from tests import make

SHANGHAI = ZoneInfo("Asia/Shanghai")
IN_TIME = datetime(2023, 11, 20, 9, 30, tzinfo=SHANGHAI)
_ROLES = {
    Organisation.Side.GOVERNMENT: Role.DISTRICT_SUPERVISOR,
    Organisation.Side.WORKERS: Role.UNION_COORDINATOR,
    Organisation.Side.EMPLOYERS: Role.EMPLOYER_MEMBER,
}


def speakers(district="371002"):
    """A person of each of the three bodies of a district, by side."""
    return {
        side: make.person(f"{side}{make.uscc()[-8:-1]}", role, district=district, side=side)
        for side, role in _ROLES.items()
    }


def report(district="371002", *, state=State.DRAFTING, people=None, texts=None, at=IN_TIME):
    """A report of Huancui, moved by its deeds to where it is to stand."""
    people = people or speakers(district)
    lead = people[Organisation.Side.GOVERNMENT]
    made = Report(campaign=Campaign.objects.running(make.ON), district_id=district)
    made.begin(by=lead, on=make.ON)
    for key, text in (texts or {}).items():
        section = made.sections.get(key=key)
        section.write(text, version=section.version, by=lead, at=at)
    if state == State.DRAFTING:
        return made
    for section in made.sections.filter(text=""):
        section.write("已按要求开展。", version=section.version, by=lead, at=at)
    for person in people.values():
        made.confirm(by=person, on=make.ON)
    if state == State.CONFIRMED:
        return made
    made.submit(by=lead, on=make.ON, at=at)
    office = make.person(f"office{make.uscc()[-8:-1]}", Role.CITY_OFFICE)
    if state == State.RETURNED:
        made.give_back(by=office, on=make.ON, remarks={"screening": "请核对欠薪金额"})
    if state == State.ACCEPTED:
        made.accept(by=office, on=make.ON)
    return made
