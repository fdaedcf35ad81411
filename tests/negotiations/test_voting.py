"""Votes at their boundaries: halves of even and odd numbers, with and without a quorum."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations import law, voting
from negotiations.law import Kind
from negotiations.voting import Count, ImpossibleVote

ON = date(2023, 8, 10)
GENERAL = law.rule("vote", Kind.GENERAL, ON)
WAGE = law.rule("vote", Kind.WAGE, ON)
DISSOLUTION = law.named("dissolution", "wage_shandong", ON)


@pytest.mark.parametrize(
    ("rule", "entitled", "present", "in_favour", "passed"),
    [
        # general contract: two thirds present, half of ALL is enough
        (GENERAL, 40, 27, 20, True),
        (GENERAL, 40, 27, 19, False),
        (GENERAL, 40, 26, 26, False),  # 26 of 40 is less than two thirds, however they vote
        (GENERAL, 39, 26, 20, True),
        (GENERAL, 39, 26, 19, False),
        (GENERAL, 3, 2, 2, True),
        (GENERAL, 1, 1, 1, True),
        # wage contract: no quorum, more than half of ALL
        (WAGE, 40, 21, 21, True),
        (WAGE, 40, 40, 20, False),
        (WAGE, 39, 20, 20, True),
        (WAGE, 39, 39, 19, False),
        (WAGE, 2, 2, 1, False),
        # dissolving a wage contract: the same majority
        (DISSOLUTION, 100, 51, 51, True),
        (DISSOLUTION, 100, 100, 50, False),
    ],
)
def test_a_draft_passes_at_the_boundary_that_the_law_draws(rule, entitled, present, in_favour, passed):
    assert voting.outcome(rule, Count(entitled, present, in_favour)).passed is passed


def test_the_same_votes_pass_a_general_contract_and_not_a_wage_contract():
    count = Count(entitled=40, present=30, in_favour=20, against=10)
    assert voting.outcome(GENERAL, count).passed
    assert not voting.outcome(WAGE, count).passed


def test_the_outcome_says_how_it_was_reached():
    assert voting.outcome(GENERAL, Count(40, 30, 20)).sentence == (
        "全体40人，出席30人（须27人以上，已达到），赞成20人（须20人以上，已达到），集体合同草案获得通过。"
        "依据：《山东省劳动合同条例》第四十条。"
    )


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((40, 41, 20), "出席41人，多于全体40人"),
        ((40, 30, 31), "合计31人，多于出席的30人"),
        ((40, 30, 20, 9, 2), "合计31人，多于出席的30人"),
        ((0, 0, 0), "应大于0"),
        ((40, -1, 0), "不能为负数"),
    ],
)
def test_an_impossible_vote_is_refused_with_a_sentence(numbers, sentence):
    with pytest.raises(ImpossibleVote, match=sentence):
        Count(*numbers)


@given(st.sampled_from([GENERAL, WAGE, DISSOLUTION]), st.integers(1, 5_000), st.data())
def test_one_vote_more_never_turns_a_passed_draft_down(rule, entitled, data):
    present = data.draw(st.integers(1, entitled))
    votes = data.draw(st.integers(0, present - 1))
    if voting.outcome(rule, Count(entitled, present, votes)).passed:
        assert voting.outcome(rule, Count(entitled, present, votes + 1)).passed


@given(st.sampled_from([GENERAL, WAGE, DISSOLUTION]), st.integers(1, 5_000))
def test_as_many_votes_as_are_needed_pass_and_one_fewer_does_not(rule, entitled):
    _, votes = voting.needed(rule, entitled)
    assert voting.outcome(rule, Count(entitled, entitled, votes)).passed
    assert not voting.outcome(rule, Count(entitled, entitled, votes - 1)).passed
