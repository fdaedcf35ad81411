"""The way of an offer, who may take each step, and the clocks that run on it."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from casework.lifecycle import Incomplete, MoveRefused, NotYours, Stale
from negotiations.law import Kind
from negotiations.models import Consultation, Side, Urging
from tests import make
from tests.casework import lifecycles
from tests.negotiations import cases

pytestmark = pytest.mark.django_db
S = Consultation.State
UNION, OFFICER, SUPERVISOR = Role.UNION_COORDINATOR, Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR
EMPLOYER = Role.EMPLOYER_MEMBER
WRITERS = (UNION, OFFICER, SUPERVISOR)
BEFORE = (S.DRAFT, S.SENT, S.RECEIVED, S.AGREED, S.TALKING)
AFTER_THE_LETTER = (
    S.RECEIVED, S.REFUSED, S.AGREED, S.TALKING, S.SUSPENDED, S.COORDINATED, S.SETTLED, S.PASSED, S.CLOSED,
)  # fmt: skip
WRITTEN_ABOUT = (S.RECEIVED, S.REFUSED, S.AGREED, S.TALKING)


def each(states, move, roles):
    return {(state, move, role) for state in states for role in roles}


ALLOWED = set().union(
    each([None], "draft", WRITERS),
    each([S.DRAFT], "edit", WRITERS),
    *(each(BEFORE, move, WRITERS) for move in ("seat", "unseat", "announce", "write_clauses", "endorse", "enlist")),
    each([*BEFORE, S.SETTLED], "release", WRITERS),
    each([S.SETTLED], "vote_in_firm", WRITERS),
    each([S.SETTLED], "pass_by_firms", WRITERS),
    each([S.TALKING, S.SUSPENDED, S.COORDINATED, S.SETTLED, S.PASSED], "sign_minutes", WRITERS),
    each([S.RECEIVED, S.REFUSED], "order", [OFFICER, SUPERVISOR]),
    each([S.RECEIVED, S.REFUSED], "discredit", [OFFICER, SUPERVISOR]),
    each([S.DRAFT], "send", WRITERS),
    each([S.SENT], "receive", (*WRITERS, EMPLOYER)),
    each([S.RECEIVED, S.REFUSED], "agree", WRITERS),
    each([S.RECEIVED], "refuse", WRITERS),
    each([S.AGREED, S.REFUSED], "confirm", [EMPLOYER]),
    each([S.RECEIVED, S.REFUSED], "urge", WRITERS),
    each(WRITTEN_ABOUT, "opine", [UNION]),
    each(WRITTEN_ABOUT, "propose", [UNION]),
    each(AFTER_THE_LETTER, "deliver", [UNION]),
    each(AFTER_THE_LETTER, "note_answer", [UNION]),
    each(AFTER_THE_LETTER, "answer", [OFFICER, SUPERVISOR]),
    each([S.AGREED, S.TALKING], "tell_union", WRITERS),
    each([S.AGREED, S.TALKING], "inform", WRITERS),
    each([S.AGREED, S.TALKING], "meet", WRITERS),
    each([S.AGREED, S.TALKING], "suspend", WRITERS),
    each([S.SUSPENDED], "resume", WRITERS),
    each([S.REFUSED, S.TALKING], "coordinate", WRITERS),
    each([S.COORDINATED], "prolong", [SUPERVISOR]),
    each([S.COORDINATED], "go_on", [OFFICER, SUPERVISOR]),
    each([S.TALKING], "settle", WRITERS),
    each([S.SETTLED], "pass_draft", WRITERS),
    each([S.SETTLED], "turn_down", WRITERS),
    each([S.PASSED], "sign", WRITERS),
    each([S.DRAFT, S.SENT, S.RECEIVED], "withdraw", WRITERS),
    each([S.REFUSED, S.TALKING, S.SUSPENDED, S.COORDINATED], "close", WRITERS),
)


def test_a_consultation_moves_as_its_table_says_and_nobody_of_another_district_moves_it(
    huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, steward, auditor,
    rongcheng_officer,
):  # fmt: skip
    people = lifecycles.by_role(
        huancui_officer, huancui_supervisor, huancui_union, huancui_employer, city_office, steward, auditor
    )
    made = {state: cases.consultation(state=state) for state in (None, *S)}
    assert lifecycles.allowed(made.get, people | {"stranger": rongcheng_officer}) == ALLOWED


# ── Clocks ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2023, 8, 2), date(2023, 8, 14)),  # the tenth day is a Saturday: Monday
        (date(2023, 8, 4), date(2023, 8, 14)),
        (date(2023, 9, 20), date(2023, 10, 7)),  # 30 September is within the holidays; Saturday 7 October is worked
        (date(2023, 9, 27), date(2023, 10, 7)),
        (date(2024, 2, 1), date(2024, 2, 18)),  # Spring Festival; Sunday 18 February is worked
    ],
)
def test_receipt_starts_ten_days_to_the_reply(received_on, due_on, huancui_union):
    offer = cases.consultation(state=S.SENT, received_on=None, received_by="", sent_on=date(2023, 8, 1))
    offer.receive(by=huancui_union, on=received_on, received_on=received_on, received_by="办公室")
    assert offer.reply_due_on == due_on
    assert "《山东省企业工资集体协商条例》第二十一条" in offer.reply_due.sentence


def test_an_offer_unanswered_after_ten_days_is_listed_for_urging(huancui_union):
    offer = cases.consultation(state=S.RECEIVED)
    assert offer not in Consultation.objects.to_urge(date(2023, 8, 14))
    assert offer in Consultation.objects.to_urge(date(2023, 8, 15))
    assert offer in Consultation.objects.due_soon(date(2023, 8, 12))


def test_a_wage_contract_is_signed_sixty_days_after_the_reply_that_agrees(huancui_union):
    offer = cases.consultation(state=S.RECEIVED)
    offer.agree(by=huancui_union, on=date(2023, 8, 10), replied_on=date(2023, 8, 10), meet_on=date(2023, 8, 28))
    assert offer.conclude_due_on == date(2023, 10, 9)
    assert offer in Consultation.objects.unsigned(date(2023, 10, 10))
    assert offer not in Consultation.objects.unsigned(date(2023, 10, 9))


@pytest.mark.parametrize(("force_majeure", "due_on"), [(True, date(2023, 10, 19)), (False, date(2023, 10, 9))])
def test_days_of_force_majeure_alone_stop_the_clock_of_the_signature(force_majeure, due_on, huancui_union):
    offer = cases.consultation(state=S.AGREED, replied_on=date(2023, 8, 10), conclude_due_on=date(2023, 10, 9))
    offer.suspend(
        by=huancui_union, on=date(2023, 8, 20), begins_on=date(2023, 8, 20), force_majeure=force_majeure, reason="台风"
    )
    (told,) = [due.on for label, due, _ in offer.clocks(date(2023, 8, 30)) if label == "签订合同"]
    assert told == due_on  # the page counts the days while it lasts
    offer.resume(by=huancui_union, on=date(2023, 8, 30), ends_on=date(2023, 8, 30))
    assert offer.conclude_due_on == due_on


def test_a_general_contract_has_no_limit_to_the_signature(huancui_union):
    offer = cases.consultation(state=S.RECEIVED, kind=Kind.GENERAL)
    offer.agree(by=huancui_union, on=date(2023, 8, 10), replied_on=date(2023, 8, 10), meet_on=date(2023, 8, 28))
    assert offer.conclude_due is None
    assert offer.conclude_due_on is None


def test_the_six_figures_are_due_ten_days_before_the_meeting():
    offer = cases.consultation(state=S.AGREED, meet_on=date(2023, 8, 28))
    assert offer.exchange_due.on == date(2023, 8, 18)
    assert offer.upper_union_due.on == date(2023, 8, 23)


def test_coordination_takes_thirty_days_and_fifteen_more_with_approval(huancui_supervisor):
    offer = cases.consultation(state=S.COORDINATED, coordinated_on=date(2023, 9, 1))
    assert offer.coordination_due.on == date(2023, 10, 7)  # 1 October is a holiday
    offer.prolong(by=huancui_supervisor, on=date(2023, 9, 25), reason="双方分歧较大")
    assert offer.coordination_due.on == date(2023, 10, 16)
    with pytest.raises(MoveRefused, match="只能延长一次"):
        offer.prolong(by=huancui_supervisor, on=date(2023, 9, 26), reason="再延")


# ── What is refused, with a sentence and nothing stored ────────────────────────────────────────


def test_a_refused_offer_is_urged_then_opined_upon_then_proposed_to_the_authority(huancui_union, huancui_officer):
    offer = cases.consultation(state=S.RECEIVED)
    on = date(2023, 8, 11)
    offer.refuse(by=huancui_union, on=on, replied_on=on, reply_reason="暂无协商必要")
    offer.urge(by=huancui_union, on=on, text="请依法答复", way="电话")
    with pytest.raises(MoveRefused, match="应先向企业发出意见书"):
        offer.propose(by=huancui_union, on=on, text="请责成改正")
    offer.opine(by=huancui_union, on=on, text="拒绝协商不符合规定", received_on=on)
    offer.propose(by=huancui_union, on=date(2023, 9, 5), text="建议依法处理", received_on=date(2023, 9, 5))
    opinion, proposal = (offer.urgings.get(what=what) for what in (Urging.What.OPINION, Urging.What.PROPOSAL))
    assert opinion.answer_due_on == date(2023, 9, 1)  # fifteen working days
    assert "第十八条" in proposal.due.sentence
    offer.answer(by=huancui_officer, on=date(2023, 9, 12), urging=proposal, text="已责令限期改正")
    assert not Urging.objects.filter(what=Urging.What.PROPOSAL).unanswered(date(2023, 12, 1))


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"received_on": date(2023, 7, 31)}, "签收日期不能早于发出日期"),
        ({"received_on": date(2023, 8, 20)}, "还没有到"),
    ],
)
def test_an_impossible_receipt_is_refused_and_nothing_is_stored(dates, sentence, huancui_union):
    offer = cases.consultation(state=S.SENT, received_on=None, received_by="", reply_due_on=None)
    with pytest.raises(MoveRefused, match=sentence):
        offer.receive(by=huancui_union, on=date(2023, 8, 10), received_by="办公室", **dates)
    offer.refresh_from_db()
    assert (offer.state, offer.received_on, offer.reply_due_on) == (S.SENT, None, None)
    assert not offer.timeline.exists()


def test_no_meeting_is_held_before_both_sides_are_seated(huancui_union):
    offer = cases.consultation(state=S.AGREED, replied_on=date(2023, 8, 10))
    minutes = {
        "held_on": date(2023, 8, 28), "place": "会议室", "chair": Side.WORKERS, "recorder": "文书",
        "workers_present": 3, "employers_present": 3, "minutes": "就支付周期交换意见", "signed_by_all": True,
    }  # fmt: skip
    with pytest.raises(MoveRefused):
        offer.meet(by=huancui_union, on=date(2023, 8, 28), **minutes)
    cases.seat(offer)
    with pytest.raises(MoveRefused, match="班组长是协商代表，会议记录员应由"):
        offer.meet(by=huancui_union, on=date(2023, 8, 28), **minutes | {"recorder": "班组长"})
    with pytest.raises(MoveRefused, match="到会4人，多于该方代表3人"):
        offer.meet(by=huancui_union, on=date(2023, 8, 28), **minutes | {"workers_present": 4})
    assert not offer.meetings.exists()
    offer.meet(by=huancui_union, on=date(2023, 8, 28), **minutes)
    assert offer.state == S.TALKING
    assert offer.meetings.get().number == 1


def test_a_draft_needs_every_clause_agreed_and_a_vote_that_passes(huancui_union):
    offer = cases.consultation(state=S.TALKING, seated=True, replied_on=date(2023, 8, 10))
    on = date(2023, 9, 1)
    with pytest.raises(Incomplete, match="还没有协商条款"):
        offer.settle(by=huancui_union, on=on)
    clause = offer.clauses.create(district_id=offer.district_id, number=1, topic="工资支付周期")
    clause.say("workers", "每月10日前发放", by=huancui_union)
    with pytest.raises(Incomplete, match="还有条款没有商定"):
        offer.settle(by=huancui_union, on=on)
    clause.agree("每月15日前发放上月工资", by=huancui_union, on=on)
    offer.settle(by=huancui_union, on=on)
    ballot = {"body": "congress", "held_on": on, "entitled": 40, "present": 40}
    with pytest.raises(Incomplete, match="草案没有通过"):
        offer.pass_draft(by=huancui_union, on=on, in_favour=20, **ballot)
    with pytest.raises(MoveRefused, match="多于出席"):
        offer.pass_draft(by=huancui_union, on=on, in_favour=41, **ballot)
    assert offer.state == S.SETTLED
    offer.pass_draft(by=huancui_union, on=on, in_favour=21, **ballot)
    contract = offer.sign(
        by=huancui_union, on=on, signed_on=on, begins_on=on, ends_on=date(2024, 8, 31), workers_covered=86
    )
    assert (contract.state, contract.file_due_on) == ("signed", date(2023, 9, 11))


def test_a_side_that_speaks_anew_opens_its_clause_again_and_the_old_text_stays(huancui_union):
    offer = cases.consultation(state=S.TALKING)
    clause = offer.clauses.create(district_id=offer.district_id, number=1, topic="薪酬水平")
    clause.say("workers", "上调8%", by=huancui_union)
    clause.agree("上调5%", by=huancui_union, on=date(2023, 9, 1))
    clause.say("workers", "上调7%", by=huancui_union)
    assert clause.agreed_on is None
    assert [text.text for text in clause.texts.filter(column="workers")] == ["上调7%", "上调8%"]


def test_only_the_employers_organisation_confirms_its_members_reply(huancui_union, huancui_employer):
    offer = cases.consultation(state=S.RECEIVED)
    on = date(2023, 8, 10)
    offer.agree(by=huancui_union, on=on, replied_on=on, meet_on=date(2023, 8, 28))
    with pytest.raises(NotYours, match="企业方代表"):
        offer.confirm(by=huancui_union, on=on)
    offer.confirm(by=huancui_employer, on=on)
    with pytest.raises(MoveRefused, match="已经确认过"):
        offer.confirm(by=huancui_employer, on=on)


def test_a_stale_page_is_told_who_was_first(huancui_union, huancui_officer):
    offer = cases.consultation(state=S.RECEIVED)
    seen = offer.version
    offer.urge(by=huancui_officer, on=date(2023, 8, 16), text="请尽快答复", way="电话")
    with pytest.raises(Stale, match="督促"):
        offer.urge(by=huancui_union, on=date(2023, 8, 16), version=seen, text="请尽快答复", way="上门")
    assert offer.urgings.count() == 1


# ── Lists of what is overdue beside the way ────────────────────────────────────────────────────


def after(day):
    return day + timedelta(days=1)


def test_a_place_left_empty_for_fifteen_days_is_listed_and_its_clock_says_the_article(huancui_union):
    offer = cases.consultation(state=S.TALKING, seated=True)
    on = date(2023, 9, 1)
    gone = offer.seats.get(name="班组长")
    offer.unseat(by=huancui_union, on=on, seat=gone, left_on=on)
    gone.refresh_from_db()
    assert gone.replace_due_on == date(2023, 9, 18)  # the fifteenth day is a Saturday
    assert offer not in Consultation.objects.vacant(gone.replace_due_on)
    assert offer in Consultation.objects.vacant(after(gone.replace_due_on))
    (due,) = [due for label, due, _ in offer.clocks(make.ON) if label == "接替代表班组长"]
    assert "《集体合同规定》第三十一条" in due.sentence
    with pytest.raises(MoveRefused, match="已登记离任"):
        offer.unseat(by=huancui_union, on=on, seat=gone, left_on=on)
    offer.seat(by=huancui_union, on=on, side="workers", name="新代表", since=date(2023, 9, 10), replaces=gone)
    assert offer not in Consultation.objects.vacant(date(2023, 12, 1))


def test_figures_and_names_that_are_not_there_in_time_are_listed(huancui_union):
    offer = cases.consultation(state=S.RECEIVED)
    on = date(2023, 8, 10)
    offer.agree(by=huancui_union, on=on, replied_on=on, meet_on=date(2023, 8, 28))
    assert offer not in Consultation.objects.uninformed(date(2023, 8, 18))
    assert offer in Consultation.objects.uninformed(date(2023, 8, 19))
    offer.inform(by=huancui_union, on=date(2023, 8, 18), year=2022, given_on=date(2023, 8, 18), wages=1)
    assert offer not in Consultation.objects.uninformed(date(2023, 8, 19))
    offer.seat(by=huancui_union, on=on, side="workers", name="工会主席", since=on)
    assert offer.seats_due_on == date(2023, 8, 15)
    assert offer in Consultation.objects.unannounced(date(2023, 8, 16))
    offer.announce(by=huancui_union, on=date(2023, 8, 16), seats_published_on=date(2023, 8, 15))
    assert offer not in Consultation.objects.unannounced(date(2023, 8, 16))


def test_coordination_that_takes_too_long_is_listed(huancui_union, huancui_supervisor):
    offer = cases.consultation(state=S.REFUSED, replied_on=date(2023, 8, 11))
    offer.coordinate(by=huancui_union, on=date(2023, 9, 1), coordinated_on=date(2023, 9, 1))
    assert offer not in Consultation.objects.uncoordinated(date(2023, 10, 7))
    assert offer in Consultation.objects.uncoordinated(date(2023, 10, 8))
    offer.prolong(by=huancui_supervisor, on=date(2023, 9, 25), reason="分歧较大")
    assert offer not in Consultation.objects.uncoordinated(date(2023, 10, 8))
    assert offer in Consultation.objects.uncoordinated(date(2023, 10, 17))


def test_one_that_refused_and_agrees_in_coordination_has_sixty_days_from_then(huancui_union, huancui_officer):
    offer = cases.consultation(state=S.REFUSED, replied_on=date(2023, 8, 11))
    offer.coordinate(by=huancui_union, on=date(2023, 9, 1), coordinated_on=date(2023, 9, 1))
    assert offer.conclude_due is None
    offer.go_on(by=huancui_officer, on=date(2023, 9, 20), result="企业同意协商")
    assert offer.conclude_due_on == date(2023, 11, 20)  # the sixtieth day is a Sunday


def test_letters_are_listed_in_the_order_of_the_law(huancui_union, huancui_officer):
    offer = cases.consultation(state=S.RECEIVED)
    on = date(2023, 8, 11)
    offer.refuse(by=huancui_union, on=on, replied_on=on, reply_reason="暂无协商必要")
    listed = Consultation.objects

    def lists(day):
        return [offer in rows for rows in (listed.to_opine(day), listed.to_propose(day), listed.letter_unanswered(day))]

    assert lists(on) == [False, False, False]
    offer.urge(by=huancui_officer, on=on, text="请依法答复", way="电话")
    assert lists(on) == [True, False, False]
    offer.opine(by=huancui_union, on=on, text="请改正")
    opinion = offer.urgings.get(what="opinion")
    assert opinion.answer_due_on is None  # not received yet: no clock
    assert lists(date(2023, 12, 1)) == [False, False, False]
    offer.deliver(by=huancui_union, on=date(2023, 8, 15), urging=opinion, received_on=date(2023, 8, 14))
    opinion.refresh_from_db()
    assert opinion.answer_due_on == date(2023, 9, 4)
    assert lists(date(2023, 9, 5)) == [False, True, True]
    answer = {"by": huancui_union, "urging": opinion, "text": "仍不同意"}
    with pytest.raises(MoveRefused, match="不能早于文书签收日期"):
        offer.note_answer(on=date(2023, 9, 5), answered_on=date(2023, 8, 13), **answer)
    offer.note_answer(on=date(2023, 9, 5), answered_on=date(2023, 9, 4), **answer)
    assert lists(date(2023, 9, 5)) == [False, True, False]  # it answered, and refuses still
    offer.propose(by=huancui_union, on=date(2023, 9, 6), text="建议依法处理", received_on=date(2023, 9, 6))
    assert lists(date(2023, 9, 6)) == [False, False, False]
    assert lists(date(2023, 10, 10)) == [False, False, True]


def test_the_board_puts_on_top_what_falls_due_first(huancui_union):
    agreed = cases.consultation(state=S.AGREED, meet_on=date(2023, 8, 12))
    draft = cases.consultation()
    received = cases.consultation(state=S.RECEIVED)
    talking = cases.consultation(state=S.TALKING, conclude_due_on=date(2023, 10, 9))
    rows = list(Consultation.objects.open().by_turn())
    assert rows == [agreed, received, talking, draft]
    assert [row.until for row in rows] == [row.waits_for[2] for row in rows]


# ── What the table asks for besides ────────────────────────────────────────────────────────────


def test_in_shandong_the_workers_representatives_on_wages_are_passed_by_more_than_half_of_all(huancui_union):
    offer = cases.consultation(state=S.AGREED, seated=True)
    Consultation.objects.filter(pk=offer.pk).update(seats_vote=None)
    offer.refresh_from_db()
    assert any("第八条" in fault and "过半数" in fault for fault in offer.seat_faults(make.ON))
    count = {"body": "congress", "held_on": date(2023, 8, 12), "entitled": 40, "present": 40}
    with pytest.raises(Incomplete, match="人选没有通过"):
        offer.endorse(by=huancui_union, on=make.ON, in_favour=20, **count)
    offer.endorse(by=huancui_union, on=make.ON, in_favour=21, **count)
    assert offer.seat_faults(make.ON) == []
    with pytest.raises(MoveRefused, match="没有要求代表人选经职工"):
        cases.consultation(state=S.AGREED, kind=Kind.GENERAL).endorse(
            by=huancui_union, on=make.ON, in_favour=21, **count
        )


def test_an_adviser_needs_a_written_mandate(huancui_union):
    offer = cases.consultation(seated=True)
    lawyer = {"side": "workers", "name": "某律师", "since": make.ON, "adviser": True}
    with pytest.raises(MoveRefused, match="协商顾问应有书面委托"):
        offer.seat(by=huancui_union, on=make.ON, **lawyer)
    offer.seat(by=huancui_union, on=make.ON, mandate=True, **lawyer)
    assert offer.seat_faults(make.ON) == []


def test_meetings_are_chaired_in_turn_and_minutes_may_be_signed_later(huancui_union):
    offer = cases.consultation(state=S.TALKING, seated=True)
    assert [offer.chair_of(number) for number in (1, 2, 3)] == ["workers", "employers", "workers"]
    minutes = {"place": "会议室", "recorder": "文员", "workers_present": 3, "employers_present": 3, "minutes": "记录"}
    on = date(2023, 8, 28)
    for _ in range(2):
        offer.meet(by=huancui_union, on=on, held_on=on, chair="workers", **minutes)
    first, second = offer.meetings.all()
    assert (first.is_chaired_in_turn, second.is_chaired_in_turn) == (True, False)
    with pytest.raises(MoveRefused, match="不能早于会议日期"):
        offer.sign_minutes(by=huancui_union, on=on, meeting=first, signed_on=date(2023, 8, 27))
    offer.sign_minutes(by=huancui_union, on=date(2023, 8, 30), meeting=first, signed_on=date(2023, 8, 30))
    first.refresh_from_db()
    assert (first.signed_by_all, first.signed_on) == (True, date(2023, 8, 30))


def test_while_force_majeure_lasts_nothing_is_overdue_for_signature(huancui_union):
    offer = cases.consultation(state=S.AGREED, replied_on=date(2023, 8, 10), conclude_due_on=date(2023, 10, 9))
    begins = date(2023, 9, 30)
    offer.suspend(by=huancui_union, on=begins, begins_on=begins, force_majeure=True, reason="台风")
    assert offer not in Consultation.objects.unsigned(date(2023, 10, 20))
    offer.resume(by=huancui_union, on=date(2023, 10, 20), ends_on=date(2023, 10, 20))
    assert offer.conclude_due_on == date(2023, 10, 30)  # the 29th is a Sunday
    with pytest.raises(MoveRefused, match="不能早于2023年10月20日"):
        offer.suspend(
            by=huancui_union, on=make.ON, begins_on=date(2023, 10, 15), force_majeure=True, reason="与前一次重叠"
        )


def test_an_upper_union_that_is_not_told_five_days_before_is_listed(huancui_union):
    offer = cases.consultation(state=S.RECEIVED)
    on = date(2023, 8, 10)
    offer.agree(by=huancui_union, on=on, replied_on=on, meet_on=date(2023, 8, 28), place="工会会议室")
    assert (offer.tell_union_due_on, offer.place) == (date(2023, 8, 23), "工会会议室")
    assert offer not in Consultation.objects.untold(date(2023, 8, 23))
    assert offer in Consultation.objects.untold(date(2023, 8, 24))
    offer.tell_union(by=huancui_union, on=date(2023, 8, 24), told_union_on=date(2023, 8, 24))
    assert offer not in Consultation.objects.untold(date(2023, 8, 24))


def test_who_refuses_still_after_the_authoritys_order_goes_into_the_credit_file(huancui_officer, huancui_union):
    offer = cases.consultation(state=S.REFUSED, replied_on=date(2023, 8, 11), reply_reason="暂不协商")
    on, until = date(2023, 8, 20), date(2023, 9, 4)
    with pytest.raises(MoveRefused, match="应先责令限期改正"):
        offer.discredit(by=huancui_officer, on=on, text="拒不改正")
    with pytest.raises(MoveRefused, match="改正期限应晚于今天"):
        offer.order(by=huancui_officer, on=on, text="责令改正", correct_by=on)
    offer.order(by=huancui_officer, on=on, text="责令改正", correct_by=until)
    with pytest.raises(MoveRefused, match="期满仍不改正"):
        offer.discredit(by=huancui_officer, on=until, text="拒不改正")
    assert offer not in Consultation.objects.to_discredit(until)
    after = date(2023, 9, 5)
    assert offer in Consultation.objects.to_discredit(after)
    offer.discredit(by=huancui_officer, on=after, text="责令改正期满仍拒绝协商")
    assert offer not in Consultation.objects.to_discredit(after)
