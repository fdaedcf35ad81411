"""What the services tell of an enterprise's history."""

from accounts.roles import Can
from enterprises.chronicle import Event, rows, tell

from .models import Attendance, Benefit, Handout, Inquiry, Newcomer, RuleSystem
from .models.systems import STEPS


@tell("services", "指导服务", Can.READ_GUIDANCE)
def services(enterprise, user):
    for row in rows(Newcomer, enterprise, user, "server").standing():
        yield Event(row.taken_on, "新办企业认领服务", row.get_absolute_url(), row.server.name)
        yield Event(row.served_on, "新办企业服务", row.get_absolute_url(), row.result)
    for row in rows(Handout, enterprise, user, "leaflet").given().filter(source=None):  # the others with their visit
        yield Event(row.given_on, f"发放{row.leaflet.title}", row.get_absolute_url(), f"{row.copies} 份")
    for row in rows(Attendance, enterprise, user, "lecture").counted():
        yield Event(row.attended_on, f"参加讲座：{row.lecture.title}", row.get_absolute_url(), f"{row.people} 人")
    for row in rows(RuleSystem, enterprise, user):
        for name, label, _ in STEPS:
            yield Event(getattr(row, name), f"{row.title}：{label}", row.get_absolute_url(), row.get_kind_display())


@tell("policies", "惠企政策", Can.READ_GUIDANCE)
def policies(enterprise, user):
    for row in rows(Benefit, enterprise, user, "policy"):
        yield Event(row.offered_on, f"送达政策：{row.policy.title}", row.get_absolute_url())
        yield Event(row.taken_on, f"享受政策：{row.policy.title}", row.get_absolute_url())


@tell("inquiries", "企业求助", Can.READ_GUIDANCE)
def inquiries(enterprise, user):
    for row in rows(Inquiry, enterprise, user):
        yield Event(row.asked_on, f"提出{row.get_topic_display()}求助", row.get_absolute_url(), row.question)
        yield Event(row.answered_on, f"答复{row.get_topic_display()}求助", row.get_absolute_url(), row.answer_text)
