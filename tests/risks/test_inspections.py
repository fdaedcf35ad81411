"""The 体检: questions, drafts on which several write, findings."""

import pytest
from django.db import IntegrityError, transaction

from casework.lifecycle import Incomplete, NotYours
from risks.models import Item
from tests import make

pytestmark = pytest.mark.django_db


def test_what_does_not_conform_becomes_a_finding_and_what_conforms_in_part_a_lighter_one():
    found = make.inspection(answers={"4.1": ("no", "欠8月工资"), "7.1": "partly", "2.1": "yes", "9.1": "na"})
    told = {row.item.number: (row.get_severity_display(), row.facts) for row in found.findings.all()}
    assert told == {"4.1": ("重大", "欠8月工资"), "7.1": ("一般", "")}


def test_an_old_record_keeps_the_questions_that_were_put(administrator):
    found = make.finding()
    checklist = found.inspection.checklist.checklist
    draft = checklist.revise(by=administrator)
    draft.items.filter(number="4.1").update(question="改过的问题")
    draft.publish(by=administrator, on=make.ON, note="试改")
    assert checklist.current(make.ON) == draft
    assert found.inspection.checklist.number == 1
    assert found.item.question != "改过的问题"


def test_no_hand_changes_a_question_that_was_published():
    with pytest.raises(IntegrityError, match="published version"), transaction.atomic():
        Item.objects.filter(number="4.1").update(question="悄悄改掉")


# ── Drafts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def draft(huancui_officer, huancui_union):
    opened = make.inspection(by=huancui_officer, answers={}, submitted=False)
    opened.inspectors.add(huancui_union)
    return opened


def answer(draft, number):
    return f"answer-{draft.checklist.items.get(number=number).pk}"


def test_two_inspectors_write_on_one_draft_and_nothing_is_written_over(draft, huancui_officer, huancui_union):
    base, wages, contracts = draft.values(), answer(draft, "4.1"), answer(draft, "2.1")
    draft.keep({**base, wages: "no"}, base, by=huancui_officer, on=make.ON)
    merged, _ = draft.keep({**base, contracts: "yes"}, base, by=huancui_union, on=make.ON)
    assert not merged.conflicts
    assert (draft.values()[wages], draft.values()[contracts]) == ("no", "yes")


def test_where_two_differ_both_are_told_and_the_one_not_chosen_stays_in_the_timeline(
    draft, huancui_officer, huancui_union
):
    base, wages = draft.values(), answer(draft, "4.1")
    draft.keep({**base, wages: "no"}, base, by=huancui_officer, on=make.ON)
    mine = {**base, wages: "yes"}
    merged, _ = draft.keep(mine, base, by=huancui_union, on=make.ON)
    assert merged.conflicts == {wages: ("yes", "no")}
    assert draft.values()[wages] == "no"
    draft.keep(mine, base, by=huancui_union, on=make.ON, choices={wages: "mine"})
    assert draft.values()[wages] == "yes"
    assert "采用“符合”，未采用“不符合”" in draft.timeline.first().note


def test_what_cannot_be_is_refused_and_the_rest_is_kept(draft, huancui_officer):
    base = draft.values()
    typed = {"visited_on": "2023-11-21", "people_met": "厂长", "outcome": "fine", answer(draft, "4.1"): "maybe"}
    _, refused = draft.keep(typed, base, by=huancui_officer, on=make.ON)
    assert refused.keys() == typed.keys() - {"people_met"}
    assert (draft.people_met, draft.visited_on) == ("厂长", make.ON)


def test_who_is_not_on_the_visit_writes_nothing(draft, huancui_supervisor):
    with pytest.raises(NotYours):
        draft.keep({"people_met": "厂长"}, draft.values(), by=huancui_supervisor, on=make.ON)


def test_a_union_goes_by_two(huancui_union, huancui_officer):
    draft = make.inspection(by=huancui_union, submitted=False)
    with pytest.raises(Incomplete, match="两人以上"):
        draft.submit(by=huancui_union, on=make.ON)
    draft.inspectors.add(huancui_officer)
    draft.submit(by=huancui_union, on=make.ON)
    assert draft.state == "submitted"


def test_a_visit_that_found_nobody_needs_no_answers(huancui_officer):
    draft = make.inspection(by=huancui_officer, answers={}, submitted=False, people_met="")
    with pytest.raises(Incomplete) as lacking:
        draft.submit(by=huancui_officer, on=make.ON)
    assert lacking.value.missing.keys() == {"met_somebody", "has_answers"}
    draft.keep({"outcome": "absent"}, draft.values(), by=huancui_officer, on=make.ON)
    draft.submit(by=huancui_officer, on=make.ON)
    assert not draft.findings.exists()
