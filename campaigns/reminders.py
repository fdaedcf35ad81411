"""What of the campaign may wait for a person: the districts owe plans and answers, the city looks them through."""

from accounts.roles import Role
from casework.reminders import Kind, Matter, register

from .models import Answer, Plan, SpreadWarning, Supervision, Transfer

_AUTHORITY = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)
_HEAD = (Role.DISTRICT_SUPERVISOR,)
_UNION = (Role.UNION_COORDINATOR,)
_EMPLOYERS = (Role.EMPLOYER_MEMBER,)
_CITY = (Role.CITY_OFFICE,)


def _kind(key, label, roles, rows, day, *, awaited=False, related=("district",)):
    """`rows(on)` wait for the people of `roles`: of their district, or, of the city's office, for all of them.

    `day(row)` is by when, or since when where it is `awaited`.
    """

    def matters(people, on):
        for row in rows(on).select_related(*related):
            for person in people:
                if person.role in roles and (roles is _CITY or person.organisation.district_id == row.district_id):
                    yield Matter(
                        person, key, str(row), str(row.district), row.get_absolute_url(), day(row), awaited=awaited
                    )

    return register(Kind(key, label, matters, roles))


_ROUND = ("district", "dispatch")

_kind("plan_submit", "实施方案待修改提交", _HEAD, lambda on: Plan.objects.filter(state=Plan.State.RETURNED),
      lambda plan: plan.submitted_on, awaited=True)  # fmt: skip
_kind("plan_union", "实施方案待工会确认", _UNION, lambda on: Plan.objects.waiting().filter(union_confirmed_by=None),
      lambda plan: plan.submitted_on, awaited=True)  # fmt: skip
_kind("plan_employers", "实施方案待企业方确认", _EMPLOYERS,
      lambda on: Plan.objects.waiting().filter(employers_confirmed_by=None),
      lambda plan: plan.submitted_on, awaited=True)  # fmt: skip
_kind("plan_review", "实施方案待审核", _CITY, lambda on: Plan.objects.waiting().exclude(pk__in=_unjoint()),
      lambda plan: plan.submitted_on, awaited=True)  # fmt: skip
_kind("dispatch_answer", "调度答复到期", _AUTHORITY, lambda on: Answer.objects.owed(), lambda row: row.until,
      related=_ROUND)  # fmt: skip
_kind("dispatch_review", "调度答复待审核", _CITY, lambda on: Answer.objects.waiting(), lambda row: row.submitted_on,
      awaited=True, related=_ROUND)  # fmt: skip
_kind("dispatch_missing", "区市逾期未答复调度", _CITY, lambda on: Answer.objects.late(on), lambda row: row.until,
      awaited=True, related=_ROUND)  # fmt: skip
_kind("supervision_answer", "督促答复到期", _AUTHORITY, lambda on: Supervision.objects.owed(), lambda row: row.until)
_kind("supervision_review", "督促答复待审核", _CITY, lambda on: Supervision.objects.waiting(),
      lambda row: row.replied_on, awaited=True)  # fmt: skip
_kind("supervision_missing", "区市逾期未答复督促", _CITY, lambda on: Supervision.objects.late(on),
      lambda row: row.until, awaited=True)  # fmt: skip


def _unjoint():
    return Plan.objects.unconfirmed().values("pk")


def transfers_to_answer(people, on):
    """What was handed to a district and waits to be taken or refused."""
    for row in Transfer.objects.waiting().select_related("district"):
        for person in people:
            if person.role in _AUTHORITY and person.organisation.district_id == row.receiver_id:
                yield Matter(
                    person, "transfer_answer", str(row), f"{row.district}移送", row.get_absolute_url(), row.due_on
                )


def warnings_to_answer(people, on):
    """Warnings of neighbours to which a district has not answered."""
    for row in SpreadWarning.objects.standing().select_related("district").prefetch_related("receipts"):
        owing = set(row.districts) - {row.district_id} - {receipt.district_id for receipt in row.receipts.all()}
        for person in people:
            if person.role in _AUTHORITY and person.organisation.district_id in owing:
                yield Matter(
                    person, "warning_answer", str(row), f"{row.district}发出", row.get_absolute_url(), row.sent_on,
                    awaited=True,
                )  # fmt: skip


register(Kind("transfer_answer", "移送事项待接收", transfers_to_answer, _AUTHORITY))
register(Kind("warning_answer", "风险提示待回复", warnings_to_answer, _AUTHORITY))
