"""Who is told what of the bargaining, by the records as they stand at the moment of sending."""

from datetime import date, timedelta

import pytest

from casework import reminders
from negotiations.models import Consultation, Contract, Ground, Side
from tests.negotiations import cases

pytestmark = pytest.mark.django_db
S, C = Consultation.State, Contract.State
REPLY_DUE = date(2023, 8, 14)


@pytest.fixture(autouse=True)
def people(huancui_union, huancui_officer, huancui_supervisor, huancui_employer, rongcheng_officer):
    return reminders.everybody()


def told(on):
    """{username: kinds of all bargaining that waits for the person on the day}."""
    found = {}
    for matter in reminders.waiting(reminders.everybody(), on):
        if matter.href.startswith("/negotiations/"):
            found.setdefault(matter.person.username, set()).add(matter.kind)
    return found


def test_the_union_and_the_employers_side_are_told_of_the_reply_that_is_due():
    offer = cases.consultation(state=S.RECEIVED)
    assert told(REPLY_DUE) == {"huancui_union": {"offer_reply"}, "huancui_employer": {"offer_reply_of_member"}}
    letter = reminders.digests(reminders.everybody(), REPLY_DUE)[0]
    assert letter.matters[0].href == offer.get_absolute_url()


def test_a_reply_that_is_there_is_confirmed_by_the_employers_side_and_recalled_no_more(huancui_union, huancui_employer):
    offer = cases.consultation(state=S.RECEIVED, offered_by=Side.WORKERS)
    offer.refuse(by=huancui_union, on=REPLY_DUE, replied_on=REPLY_DUE, reply_reason="暂不协商")
    assert told(REPLY_DUE) == {"huancui_employer": {"offer_confirm"}, "huancui_union": {"offer_refused"}}
    offer.confirm(by=huancui_employer, on=REPLY_DUE)
    offer.urge(by=huancui_union, on=REPLY_DUE, text="请依法协商", way="上门")
    assert told(REPLY_DUE) == {"huancui_union": {"offer_opine"}}
    offer.opine(by=huancui_union, on=REPLY_DUE, text="请改正", received_on=REPLY_DUE)
    assert told(REPLY_DUE) == {"huancui_union": {"offer_letter"}}
    after = offer.urgings.get(what="opinion").answer_due_on + timedelta(days=1)
    assert told(after) == {"huancui_union": {"offer_letter", "offer_propose"}}
    offer.propose(by=huancui_union, on=after, text="请依法处理", received_on=after)
    assert told(after)["huancui_officer"] == {"offer_letter"}


def test_while_they_talk_the_figures_the_meeting_and_the_signature_are_recalled(huancui_union):
    offer = cases.consultation(state=S.RECEIVED)
    on = date(2023, 8, 10)
    offer.agree(by=huancui_union, on=on, replied_on=on, meet_on=date(2023, 8, 28))
    assert told(on)["huancui_union"] == {"offer_figures", "offer_meet", "offer_sign", "offer_tell_union"}
    offer.suspend(by=huancui_union, on=on, begins_on=on, force_majeure=False, reason="台风")
    assert told(on)["huancui_union"] == {"offer_sign"}


def test_an_empty_place_is_recalled_until_somebody_fills_it(huancui_union):
    offer = cases.consultation(state=S.TALKING, seated=True, conclude_due_on=None)
    offer.figures.create(district_id=offer.district_id, year=2022, given_on=date(2023, 8, 15))
    gone = offer.seats.get(name="班组长")
    offer.unseat(by=huancui_union, on=REPLY_DUE, seat=gone, left_on=REPLY_DUE)
    assert told(REPLY_DUE)["huancui_union"] == {"offer_vacant"}
    offer.seat(by=huancui_union, on=REPLY_DUE, side="workers", name="新班组长", since=REPLY_DUE, replaces=gone)
    assert "offer_vacant" not in told(REPLY_DUE)["huancui_union"]


@pytest.mark.parametrize(
    ("state", "username", "kind"),
    [
        (C.SIGNED, "huancui_union", "contract_file"),
        (C.FILED, "huancui_officer", "contract_review"),
        (C.FILED, "huancui_supervisor", "contract_review"),
        (C.EFFECTIVE, "huancui_union", "contract_publish"),
    ],
)
def test_each_step_of_a_contract_is_recalled_to_whoever_takes_it(state, username, kind):
    cases.contract(state=state, told_union_on=date(2023, 9, 18))
    assert told(date(2023, 9, 20))[username] == {kind}


def test_renewal_report_and_filing_of_a_dissolution_are_recalled(huancui_union):
    contract = cases.contract(state=C.PERFORMED, ends_on=date(2024, 11, 30))
    assert told(date(2024, 1, 10))["huancui_union"] == {"contract_tell_union"}
    contract.tell_union(by=huancui_union, on=date(2024, 1, 10), told_union_on=date(2024, 1, 10))
    assert told(date(2024, 9, 5))["huancui_union"] == {"contract_report"}
    assert told(date(2024, 10, 20))["huancui_union"] == {"contract_report", "contract_renew"}
    on = date(2023, 11, 20)
    contract.dissolve(
        by=huancui_union, on=on, ground=Ground.CONSENSUS, closed_on=on, reason="双方同意", body="staff", held_on=on,
        entitled=10, present=10, in_favour=6,
    )  # fmt: skip
    assert told(on) == {"huancui_union": {"contract_dissolved"}}


def test_a_round_of_a_platform_is_recalled_until_it_is_held(huancui_union):
    mechanism, on = cases.mechanism(), date(2023, 9, 1)
    mechanism.plan(by=huancui_union, on=on, planned_on=on, topics=["piece_rate"])
    assert told(on) == {"huancui_union": {"platform_round"}}
    meeting = mechanism.rounds.get()
    mechanism.hold(by=huancui_union, on=on, meeting=meeting, held_on=on, result="达成一致")
    assert told(on) == {}


def test_an_order_of_the_authority_waits_for_no_answer_and_is_recalled_when_its_day_is_over(huancui_officer):
    offer = cases.consultation(state=S.REFUSED, replied_on=date(2023, 8, 11), reply_reason="暂不协商")
    on, until = date(2023, 8, 20), date(2023, 9, 4)
    offer.order(by=huancui_officer, on=on, text="责令改正", correct_by=until)
    assert "offer_letter" not in {kind for kinds in told(on).values() for kind in kinds}
    assert "offer_credit" in told(date(2023, 9, 5))["huancui_officer"]
    assert offer not in Consultation.objects.letter_unanswered(date(2023, 9, 30))
