"""The desk of every role: its lines are the records that wait for the person, told here one by one, and no others.

And the morning's letters are what was previewed, with the real kinds of every room.
"""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.models import Answer
from casework import comments, reminders
from casework.desk import Desk
from guidance.models import Layoff
from negotiations.models import Consultation, Contract
from reports.models import State
from risks.models.prescriptions import PrescriptionState
from risks.models.rectifications import RectificationState
from tests import make, remedies
from tests.campaigns import undertakings
from tests.guidance import cases as services
from tests.guidance import layoff_cases
from tests.negotiations import cases
from tests.reports import written

pytestmark = pytest.mark.django_db

HUANCUI, RONGCHENG, RUSHAN = "371002", "371082", "371083"
OFFICER, HEAD, UNION, EMPLOYER = "huancui_officer", "huancui_supervisor", "huancui_union", "huancui_employer"
ELSEWHERE, UNION_ELSEWHERE, CITY = "rongcheng_officer", "rongcheng_union", "city_office"
AUTHORITY = (OFFICER, HEAD)
ASSIGNED, SUBMITTED = RectificationState.ASSIGNED, RectificationState.SUBMITTED


@pytest.fixture
def people(request):
    return {username: request.getfixturevalue(username) for username in make.cast()}


@pytest.fixture
def world(people):
    """[(record, {kind: who is waited for})]: of each room something, by the state in which it stands on the day."""
    officer, head, union = people[OFFICER], people[HEAD], people[UNION]
    return [
        *_ledger(officer, head, union), *_bargaining(), *_guidance(officer, head), *_campaign(people, officer, head),
        (written.report(HUANCUI), {"report_due": AUTHORITY}),
        (written.report(RUSHAN, state=State.SUBMITTED), {"report_accept": (CITY,)}),
    ]  # fmt: skip


def _ledger(officer, head, union):
    named = remedies.rectification(ASSIGNED, owner=officer, due_on=make.ON - timedelta(days=2))
    comments.comment(named, "请核对工资表", by=officer, on=make.ON, mentions=[union])
    yield named, {"rectification_due": (OFFICER,)}
    yield f"{named.get_absolute_url()}#comments", {"mention": (UNION,)}
    yield remedies.rectification(SUBMITTED, owner=officer), {"rectification_submitted": (HEAD,)}
    yield remedies.rectification(), {"rectification_unassigned": (HEAD,)}
    yield remedies.rectification(RectificationState.CLOSED, owner=officer, closed_by=head), {}
    yield remedies.rectification(district=RUSHAN), {}  # whose people are none of the cast
    yield remedies.prescription(union, PrescriptionState.PROPOSED), {"prescription_sign": (UNION,)}
    yield remedies.prescription(officer, PrescriptionState.PROPOSED), {"prescription_sign": (HEAD,)}
    yield remedies.prescription(officer, PrescriptionState.GIVEN), {}
    yield make.major(make.enterprise(), by=officer), {"major_flagged": (HEAD,)}


def _bargaining():
    received, told = Consultation.State.RECEIVED, {"told_union_on": date(2023, 9, 18)}
    yield cases.consultation(state=received), {"offer_reply": (UNION,), "offer_reply_of_member": (EMPLOYER,)}
    elsewhere = cases.consultation(make.enterprise(district=RONGCHENG), state=received)
    yield elsewhere, {"offer_reply": (UNION_ELSEWHERE,)}
    yield cases.consultation(), {}  # a draft waits for nobody
    yield cases.contract(**told), {"contract_file": (UNION,)}
    yield cases.contract(state=Contract.State.FILED, **told), {"contract_review": AUTHORITY}


def _guidance(officer, head):
    yield layoff_cases.layoff(), {
        "layoff_receipt": AUTHORITY, "layoff_advise": AUTHORITY, "layoff_begin": AUTHORITY, "layoff_union": (UNION,),
    }  # fmt: skip
    yield layoff_cases.layoff(state=Layoff.State.CLOSED), {}
    yield services.newcomer(officer), {"newcomer_serve": (OFFICER,)}
    yield services.inquiry(officer), {"inquiry_assign": (HEAD,)}


def _campaign(people, officer, head):
    plan = undertakings.plan(officer)
    plan.submit(by=head, on=undertakings.ON)
    yield plan, {"plan_union": (UNION,), "plan_employers": (EMPLOYER,)}
    late = {HUANCUI: AUTHORITY, RONGCHENG: (ELSEWHERE,)}
    answers = {row.district_id: row for row in Answer.objects.filter(dispatch=undertakings.dispatch())}
    answers[RUSHAN].answer(by=undertakings.officer(RUSHAN), on=undertakings.ON, progress="按计划推进")
    yield answers.pop(RUSHAN), {"dispatch_review": (CITY,)}
    for district, row in answers.items():
        yield row, {"dispatch_missing": (CITY,), "dispatch_answer": late.get(district, ())}
    yield undertakings.supervision(HUANCUI), {"supervision_answer": AUTHORITY, "supervision_missing": (CITY,)}
    replied = undertakings.supervision(HUANCUI)
    replied.answer(by=officer, on=undertakings.ON, reply="已核实")
    yield replied, {"supervision_review": (CITY,)}
    yield undertakings.transfer(RUSHAN, HUANCUI), {"transfer_answer": AUTHORITY}
    yield undertakings.transfer(RUSHAN, RONGCHENG), {"transfer_answer": (ELSEWHERE,)}
    warning = undertakings.warning(RUSHAN, HUANCUI, RONGCHENG)
    warning.acknowledge(by=officer, on=undertakings.ON, measures="已排查")
    yield warning, {"warning_answer": (ELSEWHERE,)}


def waits_for(username, world):
    """[(kind, address)] of what the records have for a person."""
    report = reverse("reports:list")  # where it is begun
    begun = [("report_due", report)] if username == ELSEWHERE else []
    return sorted(begun + [
        (kind, record if isinstance(record, str) else record.get_absolute_url())
        for record, kinds in world for kind, those in kinds.items() if username in those
    ])  # fmt: skip


def test_the_desks_lines_are_the_records_that_wait_for_every_role(client, world, people):
    for username, person in people.items():
        lines = Desk(person, make.ON).lines
        assert sorted((matter.kind, matter.href) for matter, _ in lines) == waits_for(username, world), username
    waiting = {username: waits_for(username, world) for username in people}
    assert {username for username, lines in waiting.items() if not lines} == {
        "steward", "auditor", "administrator", "security_administrator",
    }  # fmt: skip
    for username in (HEAD, UNION, CITY):
        client.force_login(people[username])
        first = dict(waiting[username])
        for kind, address in first.items():
            assert client.get(address).status_code == 200, (username, kind)
        page = client.get(reverse("casework:waiting")).context["desk"].lines
        assert len(page) == len(client.get("/api/waiting/").json()) == len(waiting[username])


def test_the_letters_are_those_that_were_previewed_and_what_is_done_is_in_none(client, world, people):
    day = reminders.next_sending_day(make.ON)
    client.force_login(people[CITY])
    previewed = client.get(reverse("casework:reminders")).context["letters"]
    everybody = reminders.everybody()
    sent = [digest for person in everybody if (digest := reminders.send(person, day))]
    assert {digest.person.username for digest in sent} >= {OFFICER, HEAD, UNION, EMPLOYER, ELSEWHERE, CITY}
    assert [(letter.person, letter.subject, letter.text) for letter in previewed] == [
        (digest.person, digest.subject, digest.text) for digest in sent
    ]

    officer, head = people[OFFICER], people[HEAD]
    (submitted,) = [record for record, kinds in world if "rectification_submitted" in kinds]
    remedies.with_evidence(submitted, officer)
    submitted.close(by=head, on=make.ON)
    expected = [line for line in waits_for(HEAD, world) if line[0] != "rectification_submitted"]
    assert sorted((matter.kind, matter.href) for matter, _ in Desk(head, make.ON).lines) == expected
    assert "rectification_submitted" not in {each.kind for each in reminders.digests([head], day)[0].matters}
