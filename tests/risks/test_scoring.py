"""The score: what it adds up, that it is the same however it is cut, and that it says why."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises.models.signal import Feed
from risks import scoring
from tests.risks import invent, oracle

AS_OF = date(2023, 6, 1)
CARD = scoring.load()
TEXT = scoring.DEFAULT.read_text()


def scored(signals, facts=None):
    return scoring.score(signals, CARD, AS_OF, facts)


def columns_of(scores):
    return [scores.score, scores.level, scores.coverage, scores.values, scores.points, scores.rules]


def texts(signals, facts=None, column=0):
    return [reason.text for reason in scored(signals, facts).reasons().get(column, [])]


# ── The same as by hand ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_those_that_plain_arithmetic_gives(seed):
    n = 600
    signals, facts = invent.wild(seed, n), invent.facts(seed, n)
    scores = scored(signals, facts)
    by_hand = oracle.Card(TEXT)
    for column in range(n):
        known = {name: int(values[column]) for name, values in facts.items() if values[column] != scoring.UNKNOWN}
        total, level, values, points = by_hand.score(invent.one(signals, column), known)
        assert [None if v == scoring.UNKNOWN else v for v in scores.values[:, column].tolist()] == values
        assert scores.points[:, column].tolist() == points
        assert scores.score[column] == total
        assert scores.level[column] == level


def test_every_feature_of_the_card_varies_in_the_invented_signals():
    values = scored(invent.wild(0, 2000)).values
    for place, item in enumerate(CARD.items):
        assert len(np.unique(values[place])) > 3, item.key


# ── The same however it is cut ─────────────────────────────────────────────────────────────────


def test_one_enterprise_a_part_and_all_give_the_same_bytes_and_the_same_reasons():
    n = 500
    signals, facts = invent.wild(7, n), invent.facts(7, n)
    everybody = scored(signals, facts)
    all_reasons = everybody.reasons()
    for some in [[0], [499], [3], list(range(100, 300)), list(range(0, n, 3)), list(range(n))[::-1]]:
        few = scored(invent.only(signals, some), {name: values[some] for name, values in facts.items()})
        for whole, part in zip(columns_of(everybody), columns_of(few), strict=True):
            assert whole[..., some].tobytes() == part.tobytes()
        assert few.reasons() == {place: all_reasons[c] for place, c in enumerate(some) if c in all_reasons}


@given(seed=st.integers(0, 2**32 - 1), order=st.permutations(range(12)))
@settings(max_examples=30, deadline=None)
def test_the_order_of_enterprises_does_not_matter(seed, order):
    signals = invent.wild(seed, 12)
    straight, shuffled = scored(signals), scored(invent.only(signals, order))
    for a, b in zip(columns_of(straight), columns_of(shuffled), strict=True):
        assert np.array_equal(a[..., order], b)


def test_the_balance_of_a_loan_and_months_before_the_window_do_not_count():
    signals = invent.wild(3, 50)
    other = {feed: {name: array.copy() for name, array in content.items()} for feed, content in signals.items()}
    other[Feed.LOAN]["balance"][:] = 0
    other[Feed.TAX]["paid"][:12] = 0
    other[Feed.SOCIAL]["paid"][:12] = 0
    assert np.array_equal(scored(signals).points, scored(other).points)


# ── Which way it goes ──────────────────────────────────────────────────────────────────────────


@given(
    seed=st.integers(0, 2**32 - 1),
    feed=st.sampled_from([Feed.TAX, Feed.SOCIAL, Feed.LOAN]),
    month=st.integers(0, 23),
    share=st.floats(0, 1),
)
@settings(max_examples=150, deadline=None)
def test_paying_less_never_lowers_points_or_level(seed, feed, month, share):
    signals = invent.wild(seed, 20)
    before = scored(signals)
    paid = signals[feed]["paid"]
    paid[month] = np.floor(paid[month] * share)
    after = scored(signals)
    assert (after.points >= before.points).all()
    assert (after.level >= before.level).all()


@given(seed=st.integers(0, 2**32 - 1), month=st.integers(0, 23), days=st.integers(0, 2000))
@settings(max_examples=50, deadline=None)
def test_more_days_overdue_never_lower_points(seed, month, days):
    signals = invent.wild(seed, 20)
    before = scored(signals)
    signals[Feed.LOAN]["count"][month] += np.where(signals[Feed.LOAN]["has"][month], days, 0).astype(np.int32)
    assert (scored(signals).points >= before.points).all()


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1), feed=st.sampled_from([Feed.SOCIAL, Feed.LOGISTICS]))
@settings(max_examples=50, deadline=None)
def test_fewer_heads_or_parcels_in_the_last_month_never_lower_points(seed, share, feed):
    signals = invent.wild(seed, 20)
    before = scored(signals)
    signals[feed]["count"][-1] = np.floor(signals[feed]["count"][-1] * share)
    assert (scored(signals).points >= before.points).all()


@given(seed=st.integers(0, 2**32 - 1), feed=st.sampled_from(list(Feed)))
@settings(max_examples=100, deadline=None)
def test_a_feed_that_does_not_come_never_adds_points(seed, feed):
    signals = invent.wild(seed, 20)
    before = scored(signals)
    for array in signals[feed].values():
        array[:] = 0
    after = scored(signals)
    assert (after.points <= before.points).all()
    assert not (after.coverage >> (feed - 1) & 1).any()


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_points_add_up_to_a_score_between_0_and_100(seed):
    scores = scored(invent.wild(seed, 50))
    assert (scores.points >= 0).all()
    assert (scores.score == scores.points.sum(0)).all()
    assert (scores.score <= 1000).all()


def test_what_is_not_known_at_all_is_blue_with_no_points_and_no_coverage():
    scores = scored(scoring.empty(3))
    assert scores.score.tolist() == scores.level.tolist() == scores.coverage.tolist() == [0, 0, 0]
    assert scores.reasons() == {}


# ── Who is at risk and who is not ──────────────────────────────────────────────────────────────


def test_a_single_missed_month_leaves_an_enterprise_blue():
    signals = invent.steady()
    signals[Feed.SOCIAL]["paid"][-2, 0] = 0
    assert scored(signals).level[0] == 0


def test_two_missed_months_of_one_feed_make_it_yellow():
    signals = invent.steady()
    signals[Feed.SOCIAL]["paid"][[-2, -4], 0] = 0
    assert scored(signals).level[0] >= 1


def test_tax_and_social_insurance_overdue_two_months_make_it_orange():
    signals = invent.steady()
    for feed in (Feed.TAX, Feed.SOCIAL):
        signals[feed]["paid"][[-5, -6], 0] = signals[feed]["due"][-5, 0] * 9 // 10
    assert scored(signals).level[0] == 2
    assert any("按规则不低于橙色" in text for text in texts(signals))


def test_a_firm_that_fails_in_all_feeds_is_red():
    signals = invent.steady(heads=100)
    for feed in (Feed.TAX, Feed.SOCIAL, Feed.LOAN):
        signals[feed]["paid"][-6:, 0] = signals[feed]["due"][-6:, 0] * 3 // 10
    signals[Feed.SOCIAL]["count"][-6:, 0] = [90, 80, 70, 60, 50, 40]
    signals[Feed.LOAN]["count"][-3:, 0] = [60, 90, 120]
    assert scored(signals).level[0] == 3


@pytest.mark.parametrize(
    ("known", "level"),
    [
        ({"arrears_months": 1}, 1),
        ({"arrears_months": 2}, 2),
        ({"arrears_months": 3}, 3),
        ({"arrears_months": 1, "arrears_workers": 9}, 1),
        ({"arrears_months": 1, "arrears_workers": 10}, 3),
        ({"arrears_workers": 50}, 0),
        ({"agreed_delay_days": 30}, 1),
        ({"planned_cut_heads": 19}, 0),
        ({"planned_cut_heads": 20}, 2),
        ({"planned_cut_percent": 10}, 2),
        ({"stopped": 1}, 3),
        ({"stopped": 0}, 0),
        ({"collective_action": 1}, 3),
    ],
)
def test_what_people_found_out_lifts_the_level_whatever_the_points(known, level):
    facts = {name: np.array([value]) for name, value in known.items()}
    assert scored(invent.steady(), facts).level[0] == level


# ── What it says ───────────────────────────────────────────────────────────────────────────────


def test_a_reason_is_a_sentence_with_figures_months_and_points():
    signals = invent.steady(social=1_000_000)
    signals[Feed.SOCIAL]["paid"][-6:, 0] = [390_000, 390_000, 390_000, 390_000, 1_000_000, 1_000_000]
    assert texts(signals) == [
        "近6个月有 4 个月社保费欠缴（2023-01 至 2023-04），按规则不低于黄色",
        "近6个月有 4 个月未足额缴纳社保费（2023-01 至 2023-04），+13 分",
        "近6个月社保实缴率 59.3%（2023-01 至 2023-06），低于 95%，少缴 2.44 万元，+4.9 分",
        "近12个月有 4 个月未按期足额缴纳社保费（2023-01 至 2023-04），含事后补缴的，+4 分",
    ]


def test_months_that_do_not_follow_each_other_are_named_apart():
    signals = invent.steady()
    signals[Feed.TAX]["paid"][[-6, -4, -3], 0] = 0
    assert any("（2023-01、2023-03 至 2023-04）" in text for text in texts(signals))


def test_known_arrears_are_told_first():
    signals = invent.steady()
    signals[Feed.SOCIAL]["paid"][-6:, 0] = 0
    told = texts(signals, {"arrears_months": np.array([3])})
    assert told[0] == "已确认拖欠工资 3 个月，按规则不低于红色"


def test_reasons_stand_by_points_and_what_sums_up_comes_last():
    signals = invent.steady(heads=100)
    for feed in (Feed.TAX, Feed.SOCIAL):
        signals[feed]["paid"][-6:, 0] = 0
    scores = scored(signals)
    reasons = [reason for reason in scores.reasons()[0] if reason.item < len(CARD.items)]
    points = [scores.points[reason.item, 0] for reason in reasons[:-1]]
    assert all(a >= b for a, b in pairwise(points))
    assert reasons[-1].text == "缴税、缴费同时转差（2023-04 至 2023-06），+7 分"


def test_points_too_few_for_a_reason_are_still_in_the_sum():
    signals = invent.steady()
    signals[Feed.LOAN]["count"][-1, 0] = 3
    scores = scored(signals)
    assert scores.score[0] == 12
    assert scores.reasons() == {}


def test_titles_say_what_it_rests_on_without_a_figure():
    signals = invent.wild(5, 300)
    for reasons in scored(signals, invent.facts(5, 300)).reasons().values():
        for reason in reasons:
            title = CARD.title(reason.item)
            assert title
            assert not any(character.isdigit() for character in title)


def test_marks_name_the_months_that_charts_shade():
    signals = invent.steady()
    signals[Feed.TAX]["paid"][[-6, -4, -3], 0] = 0
    reasons = scored(signals).reasons()[0]
    marks = [number for reason in reasons if reason.item == CARD.place("tax_months_short") for number in reason.mark]
    assert scoring.marked_months(marks, AS_OF) == {Feed.TAX: [date(2023, 1, 1), date(2023, 3, 1), date(2023, 4, 1)]}


def test_every_reason_of_wild_signals_can_be_said_and_marked():
    scores = scored(invent.wild(11, 2000), invent.facts(11, 2000))
    told = scores.reasons()
    assert len(told) > 1000
    items = {reason.item for reasons in told.values() for reason in reasons}
    assert items >= set(range(len(CARD.items)))
    for reasons in told.values():
        marks = [number for reason in reasons for number in reason.mark]
        for months in scoring.marked_months(marks, AS_OF).values():
            assert set(months) <= set(scoring.month_rows(AS_OF))


def test_the_24_months_end_with_the_month_asked_for():
    rows = scoring.month_rows(date(2023, 3, 1))
    assert (rows[0], rows[-1], len(rows)) == (date(2021, 4, 1), date(2023, 3, 1), 24)
