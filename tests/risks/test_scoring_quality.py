"""Does the card find whom it should, and leave alone whom it should not? On an invented city whose truth is known."""

from datetime import date

import numpy as np
import pytest

from enterprises import demonstration
from enterprises.models.signal import Feed
from risks import scoring
from tests.risks.invent import FEED_NAMES

AS_OF = date(2023, 6, 1)
N = 20_000


@pytest.fixture(scope="module")
def city():
    """20,000 enterprises, not those of the demonstration, their scores, and who owed wages in the half year after."""
    population = demonstration.generate(7, N, 24, AS_OF)
    signals = {}
    for feed in Feed:
        told = dict(population.signals[FEED_NAMES[feed]])
        signals[feed] = {"has": told.pop("present")} | told
    scores = scoring.score(signals, scoring.load(), AS_OF)
    owed = demonstration.arrears_between(population, date(2023, 7, 1), date(2023, 12, 1))
    return population, scores, owed


def test_those_who_will_owe_wages_stand_higher_than_those_who_will_not(city):
    _, scores, owed = city
    assert _area_under_curve(scores.score, owed) > 0.80


def test_of_as_many_as_will_owe_wages_the_highest_do_about_half_the_time(city):
    _, scores, owed = city
    highest = np.argsort(-scores.score, kind="stable")[: owed.sum()]
    assert owed.mean() < 0.05
    assert owed[highest].mean() > 0.45


def test_each_level_is_more_dangerous_than_the_one_below(city):
    _, scores, owed = city
    shares = [owed[scores.level == level].mean() for level in range(4)]
    assert shares == sorted(shares)
    assert shares[1] > 10 * shares[0]


@pytest.mark.parametrize("path", ["steady", "growing", "noisy", "hiccup", "careless"])
def test_those_who_stumble_once_or_grow_or_are_merely_careless_are_left_alone(city, path):
    population, scores, _ = city
    such = population.truth["path"].to_numpy() == path
    assert (scores.level[such] == 0).mean() > 0.98


def test_a_sound_firm_of_a_seasonal_trade_is_left_alone_in_its_slack_months(city):
    population, scores, _ = city
    sound = np.isin(population.truth["path"].to_numpy(), ["steady", "growing", "noisy", "hiccup"])
    seafood = population.register["industry_code"].str.starts_with("C136").to_numpy()
    assert (sound & seafood).sum() > 500
    assert (scores.level[sound & seafood] == 0).mean() > 0.985


def _area_under_curve(scores, owed):
    """The chance that one who owed stands above one who did not; a tie counts half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return (rank[owed].sum() - owed.sum() * (owed.sum() + 1) / 2) / (owed.sum() * (~owed).sum())
