import pytest

from enterprises.models import Feed
from risks.filters import LevelFilter, ScoreFilter, filter_for, scores_in
from risks.listings import ranked
from risks.models import Level
from tests import make

CONDITIONS = (
    "", "level=red", "level=blue", "level=all", "trade=C", "size=small", "reason=social_pay_rate", "trend=up",
    "level=all&trend=down", "level=all&trend=new", "level=all&was=red", "coverage=full", "level=all&coverage=none",
    "coverage=no-loan&trade=E", "q=虚构01", "q=xg0&level=all", "level=orange&trend=up&size=large", "sort=-change",
)  # fmt: skip


def found(user, query=""):
    return ranked(user, make.query(query))


@pytest.mark.parametrize("query", CONDITIONS)
@pytest.mark.parametrize("username", ["city_office", "huancui_officer", "rongcheng_officer"])
def test_the_number_above_the_list_is_the_number_of_its_rows(request, sweep, username, query):
    filters = found(request.getfixturevalue(username), query)
    assert filters.total() == len(filters.qs)
    for _, rows, segment, _ in filters.segments():
        assert rows == len(found(filters.user, segment.removeprefix("?")).qs)


def test_without_conditions_the_list_holds_those_at_risk_the_worst_first(sweep, huancui_officer):
    rows = [(score.level, score.score) for score in found(huancui_officer).qs]
    assert rows == sorted(rows, reverse=True)
    assert {level for level, _ in rows} == {Level.RED, Level.ORANGE, Level.YELLOW}


def test_a_district_sees_its_own_scores_and_cannot_ask_for_another_district(sweep, huancui_officer):
    rows = found(huancui_officer, "level=all&district=371082").qs
    assert {score.district_id for score in rows} == {"371002"}
    assert len(rows) == 60


def test_the_city_may_ask_for_one_district(sweep, city_office):
    assert {score.district_id for score in found(city_office, "level=all&district=371082").qs} == {"371082"}


def test_a_reason_finds_the_enterprises_whose_reasons_name_it(sweep, city_office):
    rows = found(city_office, "level=all&reason=social_pay_rate").qs
    assert rows
    assert all(make.CARD.place("social_pay_rate") in score.marks[0::3] for score in rows)
    assert not found(city_office, "level=all&reason=loan_days_overdue").qs


def test_risen_means_worse_than_before_or_at_risk_for_the_first_time(sweep, city_office):
    rows = found(city_office, "level=all&trend=up").qs
    assert rows
    assert all(score.level > (score.previous_level or Level.BLUE) for score in rows)


@pytest.mark.parametrize("feed", Feed)
def test_a_missing_feed_can_be_asked_for(sweep, city_office, feed):
    rows = found(city_office, f"level=all&coverage=no-{feed.name.lower()}").qs
    assert rows
    assert not any(score.coverage >> (feed - 1) & 1 for score in rows)


@pytest.mark.parametrize("text", ["虚构012", "wh", "12号"])
def test_an_enterprise_is_found_by_a_fragment_of_its_name_or_its_initials(sweep, city_office, text):
    assert found(city_office, f"level=all&q={text}").qs


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("-score", lambda score: -score.score),
        ("-change", lambda score: (score.change is None, -(score.change or 0))),
        ("change", lambda score: (score.change is None, score.change or 0)),
        ("-heads", lambda score: (score.enterprise.heads is None, -(score.enterprise.heads or 0))),
    ],
)
def test_the_list_can_be_sorted_and_the_unknown_comes_last(sweep, city_office, sort, key):
    rows = list(found(city_office, f"level=all&sort={sort}").qs)
    assert rows == sorted(rows, key=key)


@pytest.mark.parametrize("query", ["level=purple", "trade=Ω", "district=999999", "sort=-secret", "reason=nothing"])
def test_a_condition_that_is_not_understood_lists_nothing(sweep, city_office, query):
    filters = found(city_office, query)
    assert not filters.form.is_valid()
    assert (filters.total(), len(filters.qs)) == (0, 0)


def test_who_may_not_see_figures_can_neither_filter_nor_sort_by_them(sweep, huancui_union):
    filters = filter_for(huancui_union)
    assert filters is LevelFilter
    assert not {"coverage"} & set(filters.base_filters)
    assert set(LevelFilter.SORTS) < set(ScoreFilter.SORTS)
    for secret in ("sort=-score", "sort=-change"):
        assert not found(huancui_union, secret).form.is_valid()


def test_for_who_may_not_see_figures_the_order_does_not_tell_the_score(sweep, huancui_union):
    rows = [(-score.level, score.enterprise_id) for score in found(huancui_union, "level=all").qs]
    assert rows == sorted(rows)


def test_without_a_run_the_list_is_empty(db, city_office):
    assert (found(city_office).total(), list(found(city_office).qs)) == (0, [])


def test_a_run_that_is_not_there_lists_nothing(sweep, city_office):
    assert not found(city_office, "run=999999").qs
    assert not found(city_office, "run=x").qs


def test_an_earlier_run_can_be_listed(sweep, city_office):
    rows = found(city_office, f"run={sweep.previous_id}&level=all").qs
    assert {score.run_id for score in rows} == {sweep.previous_id}
    assert len(rows) == sweep.previous.enterprises


def test_scores_come_with_their_enterprise_in_one_query(sweep, city_office, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [score.enterprise.name for score in scores_in(sweep, city_office)]
