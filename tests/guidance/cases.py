"""Services as the tests need them, made by their own verbs."""

from datetime import date, time
from itertools import count

from accounts.models import User
from guidance.models import Attendance, Benefit, Handout, Inquiry, Leaflet, Lecture, Newcomer, Policy, RuleSystem
from tests import make

_numbers = count(1)
FOUNDED = date(2023, 6, 1)


def city():
    return User.objects.get(username="city_office")


def newcomer(by, **fields):
    firm = make.enterprise(district=by.organisation.district_id, founded_on=FOUNDED, **fields)
    row = Newcomer.begun(firm)
    row.take_on(by=by, on=make.ON)
    return row


def leaflet(by, **fields):
    row = Leaflet(**{"title": f"用工指南（第{next(_numbers)}辑）", "kind": Leaflet.Kind.GUIDE} | fields)
    row.publish(by=by, on=make.ON, issued_on=date(2023, 8, 1))
    return row


def handout(by, leaflet, firm=None, **fields):
    row = Handout.begun(firm or make.enterprise(district=by.organisation.district_id))
    for name, value in ({"leaflet": leaflet, "copies": 20, "given_on": date(2023, 9, 5)} | fields).items():
        setattr(row, name, value)
    row.give(by=by, on=make.ON)
    return row


def lecture(by, **fields):
    told = {"title": f"新办企业用工讲座{next(_numbers)}", "lecturer": "市人社局 林某", "held_on": make.ON}
    row = Lecture(**told | {"begins_at": time(14, 30)} | fields)
    row.announce(by=by, on=make.ON)
    return row


def attendance(by, lecture, firm=None, people=12):
    firm = firm or make.enterprise(district=by.organisation.district_id)
    row = Attendance(lecture=lecture, enterprise=firm, district_id=firm.district_id, people=people)
    row.enter(by=by, on=make.ON)
    return row


def system(by, firm=None, **fields):
    row = RuleSystem.begun(firm or make.enterprise(district=by.organisation.district_id))
    for name, value in ({"kind": RuleSystem.Kind.WAGES, "title": "工资支付管理办法"} | fields).items():
        setattr(row, name, value)
    row.draft(by=by, on=make.ON)
    return row


def policy(by, **fields):
    told = {"title": f"稳岗返还（第{next(_numbers)}批）", "kind": Policy.Kind.JOBS, "issuer": "市人力资源和社会保障局"}
    row = Policy(**told | {"benefit": "按规定返还失业保险费", "from_on": date(2023, 1, 1)} | fields)
    row.publish(by=by, on=make.ON)
    return row


def benefit(by, policy, firm=None):
    row = Benefit.begun(firm or make.enterprise(district=by.organisation.district_id))
    row.policy = policy
    row.offer(by=by, on=make.ON)
    return row


def inquiry(by, firm=None, **fields):
    row = Inquiry.begun(firm or make.enterprise(district=by.organisation.district_id))
    told = {"asked_on": date(2023, 11, 17), "asker": "人事经理", "topic": Inquiry.Topic.WAGES, "phone": "06310000000"}
    for name, value in (told | {"question": "停工期间工资怎样支付"} | fields).items():
        setattr(row, name, value)
    row.ask(by=by, on=make.ON)
    return row
