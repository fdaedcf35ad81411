"""Drawing lots: risk first, a share at random, the same again with the same seed."""

import hashlib
import random

import pytest

from risks.drawing import Candidate, assign, draw, lot, share_of

SEEDS = [f"2023-{number}" for number in range(60)]


def district(seed, most=120):
    """Candidates of a district: few ranks, so that there are ties."""
    chance = random.Random(seed)
    return [Candidate(key, (chance.randrange(4), chance.randrange(6))) for key in range(chance.randrange(1, most))]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_draws_the_same_in_whatever_order_the_rows_come(seed):
    candidates, chance = district(seed), random.Random(seed)
    size, percent = chance.randrange(0, 60), chance.choice([0, 5, 10, 30, 100])
    first = draw(candidates, size, percent, seed)
    chance.shuffle(candidates)
    assert draw(candidates, size, percent, seed) == first


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_are_drawn_as_asked_for_nobody_twice_and_the_share_to_the_visit(seed):
    candidates, chance = district(seed), random.Random(seed)
    size, percent = chance.randrange(0, 150), chance.randrange(101)
    drawn = draw(candidates, size, percent, seed)
    assert len(drawn.keys) == len(set(drawn.keys)) == min(size, len(candidates))
    assert len(drawn.by_lot) == share_of(min(size, len(candidates)), percent)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_left_out_ranks_above_anybody_taken_by_risk_and_ties_are_told(seed):
    candidates = district(seed)
    rank = {candidate.key: candidate.rank for candidate in candidates}
    drawn = draw(candidates, len(candidates) // 2, 10, seed)
    left = set(rank) - set(drawn.by_risk)
    assert [rank[key] for key in drawn.by_risk] == sorted((rank[key] for key in drawn.by_risk), reverse=True)
    assert all(rank[key] <= drawn.cut_off for key in left)
    at_the_cut = {key for key in rank if rank[key] == drawn.cut_off}
    assert drawn.tied == (at_the_cut if at_the_cut & left else set())
    assert set(drawn.tied_in) | drawn.tied_out == drawn.tied


def test_what_is_taken_by_lot_does_not_depend_on_rank():
    """Over many seeds each of the others comes about equally often: 900 draws of 1 in 9, within five deviations."""
    candidates = [Candidate(key, (10 - key,)) for key in range(10)]
    found = [draw(candidates, 2, 50, f"seed {number}").by_lot[0] for number in range(900)]
    assert all(abs(found.count(key) - 100) < 50 for key in range(1, 10))
    assert 0 not in found


def test_ties_are_decided_by_lot_and_not_by_who_comes_first_in_the_register():
    candidates = [Candidate(key, (1,)) for key in range(20)]
    taken = {key for number in range(60) for key in draw(candidates, 3, 0, str(number)).by_risk}
    assert taken == set(range(20))


def test_the_share_is_rounded_half_up_to_whole_visits():
    assert [share_of(size, 10) for size in (40, 44, 45, 4, 5, 0)] == [4, 4, 5, 0, 1, 0]


def test_a_lot_is_a_hash_that_anybody_can_compute():
    assert lot("环翠2023-30", "share", 1207) == hashlib.sha256("环翠2023-30:share:1207".encode()).hexdigest()


@pytest.mark.parametrize(("size", "percent"), [(-1, 10), (3, 101), (3, -1)])
def test_what_cannot_be_drawn_is_refused(size, percent):
    with pytest.raises(ValueError, match="size"):
        draw([Candidate(1, (1,))], size, percent, "x")


def test_a_candidate_that_comes_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        draw([Candidate(1, (1,)), Candidate(1, (2,))], 1, 0, "x")


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_are_shared_out_evenly_and_nobody_goes_twice_on_one(seed):
    chance = random.Random(seed)
    people, visits = list(range(chance.randrange(2, 9))), list(range(100, 100 + chance.randrange(1, 50)))
    each = chance.randrange(1, len(people) + 1)
    sent = assign(visits, people, each, seed)
    assert sent.keys() == set(visits)
    assert all(len(set(pair)) == each for pair in sent.values())
    load = [sum(person in pair for pair in sent.values()) for person in people]
    assert max(load) - min(load) <= 1
    chance.shuffle(people)
    chance.shuffle(visits)
    assert assign(visits, people, each, seed) == sent


def test_fewer_inspectors_than_go_on_a_visit_are_refused():
    with pytest.raises(ValueError, match="fewer"):
        assign([1], [7, 7], 2, "x")
