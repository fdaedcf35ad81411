"""What of the campaign may wait for a person: the districts owe plans and answers, the city looks them through."""

from accounts.roles import Role
from casework.reminders import Kind, Matter, register

from . import criteria
from .models import Answer, Exemplar, Pilot, Plan, SpreadWarning, Supervision, Transfer
from .models.parts import THE_THREE

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


# ── Measure four ─────────────────────────────────────────────────────────────────────────────


def exemplars_to_judge(people, on):
    """Nominations in review, for the bodies that have given no opinion yet."""
    for row in Exemplar.objects.in_review().select_related("district").prefetch_related("opinions"):
        heard = row.sides_heard
        for person in people:
            if person.organisation.district_id == row.district_id and person.organisation.side not in heard:
                yield Matter(
                    person, "exemplar_opine", str(row), str(row.district), row.get_absolute_url(), row.since_on,
                    awaited=True,
                )  # fmt: skip


def exemplars_to_write(people, on):
    """Nominations that lack their material, or came back: for the body that nominates."""
    for row in Exemplar.objects.in_hand().select_related("district", "nominated_by"):
        for person in people:
            if person.organisation_id == row.nominated_by.organisation_id:
                yield Matter(
                    person, "exemplar_write", str(row), str(row.district), row.get_absolute_url(), row.since_on,
                    awaited=True,
                )  # fmt: skip


def _since(row):
    return row.since_on


register(Kind("exemplar_write", "推荐典型待填写材料", exemplars_to_write, THE_THREE))
register(Kind("exemplar_opine", "推荐典型待提出意见", exemplars_to_judge, THE_THREE))
_kind("exemplar_recommend", "推荐典型待报送市级", _HEAD, lambda on: Exemplar.objects.heard(), _since, awaited=True)
_kind("exemplar_decide", "推荐典型待评定", _CITY, lambda on: Exemplar.objects.recommended(), _since, awaited=True)
_kind("exemplar_settle", "公示异议待处理", _CITY, lambda on: Exemplar.objects.disputed(), lambda row: row.objected_on,
      awaited=True)  # fmt: skip
_kind("exemplar_publish", "公示期满待公布", _CITY, lambda on: Exemplar.objects.notice_over(on),
      lambda row: row.notice_until, awaited=True)  # fmt: skip
_kind("pilot_approve", "改革试点待批准", _CITY, lambda on: Pilot.objects.proposed(), _since, awaited=True)
_kind("pilot_revise", "改革试点待修改重报", _AUTHORITY, lambda on: Pilot.objects.returned(), _since, awaited=True)
_kind("pilot_note", "改革试点待记录进展", _AUTHORITY, lambda on: Pilot.objects.running().with_last_note(),
      lambda row: criteria.note_due(row.told_on))  # fmt: skip
_kind("pilot_conclude", "改革试点待报送总结", _HEAD, lambda on: Pilot.objects.running(), lambda row: row.ends_on)
_kind("pilot_accept", "改革试点待验收", _CITY, lambda on: Pilot.objects.concluded(), _since, awaited=True)
