"""The first page: what each role finds there, and that its figures are those of the lists."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from campaigns.models import Campaign
from enterprises.models import DeliveryMonth, Feed
from enterprises.signals import refresh_blocks
from reports import levels
from reports.indicators import tables
from reports.indicators.catalogue import CATALOGUE
from reports.views import HOMES
from tests import make

HOME, LIST = reverse("reports:home"), reverse("risks:list")
READERS = ["city_office", "steward", "huancui_officer", "huancui_union", "rongcheng_officer"]


def figures_of(context):
    """Every figure of the page that opens a list: (number, query)."""
    rows = [*context["rows"], context["total"]]
    counts = [(count.number, count.query) for row in rows for count in row.counts.values()]
    return counts + [(number, f"?{query}") for _, number, query in context["moves"]]


def test_every_role_has_a_first_page():
    assert set(HOMES) == set(Role)


@pytest.mark.parametrize("username", make.cast())
def test_the_first_page_opens_for_everybody_before_the_first_run(request, client, username):
    client.force_login(request.getfixturevalue(username))
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize(
    "username", ["city_office", "steward", "huancui_officer", "huancui_union", "rongcheng_officer"]
)
def test_each_figure_opens_as_many_rows(request, client, sweep, username):
    client.force_login(request.getfixturevalue(username))
    context = client.get(HOME).context
    assert len(context["moves"]) == 3
    for number, query in figures_of(context):
        assert client.get(LIST + query).context["page"].total == number, query


def test_the_city_sees_all_districts_side_by_side(client, sweep, city_office):
    client.force_login(city_office)
    context = client.get(HOME).context
    assert len(context["rows"]) == 8
    assert context["total"].counts["all"].number == sweep.enterprises


def test_a_district_sees_its_levels_with_their_change_and_its_ten_worst(client, sweep, huancui_officer):
    client.force_login(huancui_officer)
    page = client.get(HOME)
    red, before = (run.tallies["371002"]["red"] for run in (sweep, sweep.previous))
    assert (page.context["total"].counts["red"].number, page.context["total"].counts["red"].change) == (
        red,
        red - before,
    )
    top = [(score.level, score.score) for score in page.context["top"]]
    assert len(top) == 10
    assert top == sorted(top, reverse=True)
    assert {score.district_id for score in page.context["top"]} == {"371002"}


@pytest.mark.parametrize("username", ["huancui_union", "huancui_employer"])
def test_members_see_levels_and_no_figures(request, client, sweep, username):
    client.force_login(request.getfixturevalue(username))
    page = client.get(HOME).content.decode()
    assert "评分卡" in page
    assert "%" not in page
    assert "社保实缴率偏低" in page


@pytest.mark.parametrize("username", ["auditor", "administrator"])
def test_who_may_not_read_levels_finds_none_on_the_first_page(request, client, sweep, username):
    client.force_login(request.getfixturevalue(username))
    page = client.get(HOME).content.decode()
    assert "level-red" not in page
    assert LIST not in page


def test_the_first_page_says_which_month_each_feed_has_reached(client, huancui_officer):
    enterprise, delivery = make.enterprise(), make.delivery("tax")
    make.signal(enterprise, Feed.TAX, date(2023, 9, 1), delivery, due=100, paid=100)
    DeliveryMonth.objects.create(delivery=delivery, feed=Feed.TAX, month=date(2023, 9, 1), enterprises=1)
    refresh_blocks(Feed.TAX, [date(2023, 9, 1)])
    client.force_login(huancui_officer)
    page = client.get(HOME).content.decode()
    assert "2023年9月" in page
    assert "还差 1 个月" in page


def test_the_phase_of_the_day_is_marked(client, huancui_officer):
    client.force_login(huancui_officer)
    phases = client.get(HOME).context["phases"]
    assert [phase.name for phase, under_way, _ in phases if under_way] == ["指导服务"]


def test_where_nobody_decided_the_levels_of_the_first_page_are_those_of_the_report(client, sweep, city_office):
    """The page tells what the last run scored, the report a person's word before it: apart from that they are one."""
    client.force_login(city_office)
    context = client.get(HOME).context
    campaign, on = Campaign.objects.running(make.ON), make.ON
    asked = {level: CATALOGUE[f"risk.level_{level}"] for level in levels.NAMES}
    told = tables.of(asked.values(), campaign, on=on)
    for row in (*context["rows"], context["total"]):
        district = row.district and row.district.pk
        shown = {level: row.counts[level].number for level in asked}
        assert shown == {level: told.value(each.code, district) for level, each in asked.items()}


STATEMENTS = {  # each kind of matter that may wait for the role asks once or twice
    "city_office": 40,
    "steward": 20,
    "huancui_officer": 57,
    "huancui_supervisor": 71,
    "huancui_union": 57,
    "huancui_employer": 34,
}


def test_the_first_page_asks_the_database_a_bounded_number_of_times_for_each_role(
    request, client, sweep, django_assert_max_num_queries
):
    for username, most in STATEMENTS.items():
        client.force_login(request.getfixturevalue(username))
        client.get(HOME)
        with django_assert_max_num_queries(most):
            client.get(HOME)
