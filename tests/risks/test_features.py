"""What a feature says of the paths that enterprises take."""

import numpy as np
import pytest

from enterprises.models.signal import Feed
from risks import scoring
from tests.risks import invent

SETTINGS = scoring.load().settings


def value(name, signals, column=0):
    return int(scoring.measure(signals, SETTINGS)[name].value[column])


def months(name, signals):
    """The months that a feature names, by their row."""
    bits = int(scoring.measure(signals, SETTINGS)[name].months[0])
    return [row for row in range(scoring.MONTHS) if bits >> row & 1]


def test_who_pays_everything_has_nothing_to_be_told():
    features = scoring.measure(invent.steady(), SETTINGS)
    told = {name: int(feature.value[0]) for name, feature in features.items()}
    assert told == {
        "tax_months_short": 0, "tax_months_late": 0, "tax_pay_rate": 1000, "tax_fall": 0, "tax_year_fall": 0,
        "social_months_short": 0, "social_months_late": 0, "social_pay_rate": 1000, "heads_fall": 0,
        "heads_off_peak": 0, "loan_months_short": 0, "loan_days_overdue": 0, "parcels_fall": 0, "feeds_worsening": 0,
    }  # fmt: skip


def test_an_absent_feed_is_unknown_and_not_zero():
    features = scoring.measure(scoring.empty(1), SETTINGS)
    assert {int(feature.value[0]) for feature in features.values()} == {scoring.UNKNOWN}


def test_the_pay_rate_is_what_was_paid_of_what_was_due_in_half_a_year():
    signals = invent.steady(social=1_000_000)
    signals[Feed.SOCIAL]["paid"][-6:, 0] = [390_000, 390_000, 390_000, 390_000, 1_000_000, 1_000_000]
    assert value("social_pay_rate", signals) == 593
    assert value("social_months_short", signals) == 4
    assert months("social_months_short", signals) == [18, 19, 20, 21]
    assert months("social_pay_rate", signals) == [18, 19, 20, 21, 22, 23]


def test_what_was_paid_later_settles_the_earlier_month_but_the_month_was_late():
    signals = invent.steady(tax=1_000_000)
    signals[Feed.TAX]["paid"][-4, 0] = 0
    signals[Feed.TAX]["paid"][-3, 0] = 2_000_000
    assert value("tax_months_short", signals) == 0
    assert value("tax_pay_rate", signals) == 1000
    assert value("tax_months_late", signals) == 1
    assert value("feeds_worsening", signals) == 0


def test_paying_in_advance_does_not_settle_a_month_that_comes_after():
    signals = invent.steady(tax=1_000_000)
    signals[Feed.TAX]["paid"][-3, 0] = 2_000_000
    signals[Feed.TAX]["paid"][-2, 0] = 0
    assert value("tax_months_short", signals) == 1


@pytest.mark.parametrize(("paid", "short"), [(990_000, 0), (989_999, 1)])
def test_a_shortfall_of_one_percent_is_paid_in_full(paid, short):
    signals = invent.steady(tax=1_000_000)
    signals[Feed.TAX]["paid"][-1, 0] = paid
    assert value("tax_months_short", signals) == short


def test_a_shortfall_of_one_yuan_is_paid_in_full():
    signals = invent.steady(tax=500)
    signals[Feed.TAX]["paid"][-1, 0] = 400
    assert value("tax_months_short", signals) == 0


def test_where_nothing_is_due_there_is_no_rate():
    assert value("tax_pay_rate", invent.steady(tax=0)) == scoring.UNKNOWN
    assert value("tax_months_short", invent.steady(tax=0)) == 0


def test_the_summer_of_a_seasonal_trade_is_no_fall():
    signals = invent.steady()
    season = np.array([0.4, 0.4, 1.3, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 0.6, 0.4] * 2)  # July … June, twice
    for feed, column, base in ((Feed.TAX, "due", 900_000), (Feed.LOGISTICS, "count", 400), (Feed.SOCIAL, "count", 90)):
        signals[feed][column][:, 0] = (base * season).astype(int)
    signals[Feed.TAX]["paid"][:] = signals[Feed.TAX]["due"]
    for name in ("tax_fall", "tax_year_fall", "parcels_fall", "heads_fall"):
        assert value(name, signals) == 0


def test_a_fall_counts_only_as_far_as_it_lies_below_last_year_and_below_the_half_year_before():
    signals = invent.steady(parcels=400)
    signals[Feed.LOGISTICS]["count"][-3:, 0] = 100
    assert value("parcels_fall", signals) == 750
    signals[Feed.LOGISTICS]["count"][9:12, 0] = 200  # these months were low last year, too
    assert value("parcels_fall", signals) == 500
    signals[Feed.LOGISTICS]["count"][9:12, 0] = 100
    assert value("parcels_fall", signals) == 0


def test_a_firm_that_grew_all_year_and_stops_growing_has_not_fallen():
    signals = invent.steady()
    signals[Feed.LOGISTICS]["count"][:, 0] = [*range(100, 2200, 100), 1500, 1500, 1500]
    assert value("parcels_fall", signals) == 0


def test_quarterly_filers_are_compared_quarter_by_quarter():
    signals = invent.steady()
    signals[Feed.TAX]["due"][:, 0] = [0, 0, 300_000] * 8
    assert value("tax_fall", signals) == 0
    signals[Feed.TAX]["due"][-1, 0] = 90_000
    assert value("tax_fall", signals) == 700


def test_without_last_year_a_fall_is_unknown():
    signals = invent.steady()
    for feed in Feed:
        signals[feed]["has"][:14] = False
    assert value("tax_fall", signals) == scoring.UNKNOWN
    assert value("heads_fall", signals) == scoring.UNKNOWN
    assert value("social_pay_rate", signals) == 1000


def test_few_parcels_are_noise():
    signals = invent.steady(parcels=9)
    signals[Feed.LOGISTICS]["count"][-3:, 0] = 0
    assert value("parcels_fall", signals) == scoring.UNKNOWN


def test_one_person_leaving_a_small_firm_is_no_fall():
    signals = invent.steady(heads=4)
    signals[Feed.SOCIAL]["count"][-3:, 0] = 3
    assert value("heads_fall", signals) == 0
    assert value("heads_off_peak", signals) == 0
    signals[Feed.SOCIAL]["count"][-3:, 0] = 2
    assert value("heads_fall", signals) == 500


def test_heads_that_fell_more_than_a_year_ago_are_still_seen():
    signals = invent.steady(heads=100)
    signals[Feed.SOCIAL]["count"][9:, 0] = 40
    assert value("heads_off_peak", signals) == 600
    assert value("heads_fall", signals) == 529  # 12 × 40 against 9 × 100 + 3 × 40


def test_the_peak_names_its_months():
    signals = invent.steady(heads=100)
    signals[Feed.SOCIAL]["count"][4:7, 0] = 160
    feature = scoring.measure(signals, SETTINGS)["heads_off_peak"]
    assert int(feature.figures["before_months"][0]) == 0b111 << 4
    assert int(feature.figures["before"][0]) == 1600  # tenths
    assert int(feature.value[0]) == 375


def test_days_overdue_are_the_most_of_the_last_three_months():
    signals = invent.steady()
    signals[Feed.LOAN]["count"][-4:, 0] = [200, 12, 74, 0]
    assert value("loan_days_overdue", signals) == 74
    assert months("loan_days_overdue", signals) == [22]


def test_feeds_that_get_worse_are_counted_among_those_that_tell():
    signals = invent.steady()
    signals[Feed.TAX]["paid"][-1, 0] = 0
    signals[Feed.LOAN]["count"][-1, 0] = 20
    signals[Feed.LOGISTICS]["count"][-3:, 0] = 30
    assert value("feeds_worsening", signals) == 3
    signals[Feed.LOGISTICS]["has"][:] = False
    assert value("feeds_worsening", signals) == 2


def test_a_firm_that_shrinks_and_pays_is_not_failing_on_all_sides():
    signals = invent.steady(heads=100)
    for feed, column in ((Feed.TAX, "due"), (Feed.TAX, "paid"), (Feed.SOCIAL, "count"), (Feed.LOGISTICS, "count")):
        signals[feed][column][-3:, 0] //= 2
    assert value("tax_fall", signals) == value("heads_fall", signals) == value("parcels_fall", signals) == 500
    assert value("feeds_worsening", signals) == 0
    signals[Feed.TAX]["paid"][-1, 0] = 0
    assert value("feeds_worsening", signals) == 3


def test_one_feed_alone_agrees_with_nothing():
    signals = invent.steady()
    for feed in (Feed.SOCIAL, Feed.LOAN, Feed.LOGISTICS):
        signals[feed]["has"][:] = False
    assert value("feeds_worsening", signals) == scoring.UNKNOWN


def test_a_feed_that_stopped_three_months_ago_no_longer_covers():
    signals = invent.steady()
    assert scoring.coverage(signals)[0] == 0b1111
    signals[Feed.SOCIAL]["has"][-3:] = False
    assert scoring.coverage(signals)[0] == 0b1101
    assert scoring.coverage(scoring.empty(1))[0] == 0
