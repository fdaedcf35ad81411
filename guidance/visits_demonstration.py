"""Guidance visits of a demonstration, week by week, by the verbs used in earnest. Everybody and everything is invented.

Each week the union and HR of every district go to a few firms; now and then both, and once the federation too, write
down the same visit, and somebody says that it was one.
"""

import random
from datetime import date, time, timedelta

from accounts.models import District, User
from accounts.roles import Role
from enterprises.models import Enterprise

from .models import GuidanceVisit, JointVisit, Leaflet
from .visits_forms import own_part

BEGINS, ENDS = date(2023, 7, 24), date(2023, 11, 20)
WEEKS = tuple(BEGINS + timedelta(days=7 * number) for number in range((ENDS - BEGINS).days // 7 + 1))
VISITS_A_WEEK = 2
_WRITERS = (Role.DISTRICT_OFFICER, Role.UNION_COORDINATOR)

_TALES = (  # purpose, topics, what was found, what was advised, what one comes back for
    ("wages", ["wages", "insurance"], "工资按月发放，加班工资计算口径不统一。",
     "建议书面明确加班工资计算基数。", "查看工资支付制度修订情况"),
    ("new_firm", ["contracts", "insurance"], "新办企业，已为全部职工办理用工登记。",
     "建议使用劳动合同示范文本。", ""),
    ("rules", ["democracy", "hours"], "规章制度未经职工代表大会讨论。",
     "建议履行民主程序后公示。", "查看规章制度公示情况"),
    ("bargaining", ["collective", "wages"], "职工希望就工资支付周期协商。",
     "指导双方推选协商代表。", "了解协商进展"),
    ("policy", ["policies"], "企业了解稳岗返还政策，尚未申领。", "已告知申领条件和材料。", ""),
    ("layoff", ["layoff", "collective"], "订单减少，企业考虑轮岗轮休。",
     "建议优先采取轮岗、在岗培训。", "了解用工人数变化"),
)  # fmt: skip
_MET = ("副总经理一名、职工代表两名", "人力资源负责人一名", "厂长、工会主席各一名", "法定代表人一名")


def week_of_visits(on):
    for district in District.objects.filter(active=True):
        chance = random.Random(f"{district.pk} {on}")  # noqa: S311 - a story, no secret
        people = [person for person in _people(district) if person.role in _WRITERS]
        firms = list(Enterprise.objects.active().filter(district=district).order_by("pk")[:400])
        if people and firms:
            for number in range(VISITS_A_WEEK):
                _visit(chance, chance.choice(firms), people, min(on + timedelta(days=number), ENDS))
    _return(on)


def _people(district):
    return User.objects.filter(organisation__district=district, is_active=True).select_related("organisation")


def _visit(chance, firm, people, on):
    purpose, topics, notes, findings, follow_up = chance.choice(_TALES)
    together = chance.random() < 0.3
    goes = people if together else [chance.choice(people)]
    visits, catalogue = [], sorted(Leaflet.objects.offered().titles())
    given = chance.sample(catalogue, min(2, len(catalogue)))
    for person in goes:
        visit = GuidanceVisit.begun(firm)
        visit.record(
            by=person, on=on, purpose=purpose, topics=topics, visited_on=on,
            visited_at=time(9 + chance.randrange(7), 30),
            people_met=chance.choice(_MET), notes=notes, findings=findings, leaflets=given,
            leaflets_given=chance.randrange(1, 20), follow_up=follow_up,
            follow_up_on=on + timedelta(days=chance.randrange(10, 28)) if follow_up else None,
            **{own_part(person): person.name},
        )  # fmt: skip
        visits.append(visit)
    if together and chance.random() < 0.7 and len({person.organisation.side for person in goes}) > 1:
        JointVisit.of(visits[0]).confirm(by=goes[0], on=on)


def _return(on):
    """Most come back in the week in which they said they would."""
    for visit in GuidanceVisit.objects.to_return(on).order_by("pk"):
        if random.Random(f"return {visit.pk} {on}").random() < 0.6:  # noqa: S311
            visit.return_to(by=visit.logged_by, on=on, returned_on=on, returned="已按建议办理。")
