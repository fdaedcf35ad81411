"""The figures of lay-offs: firms, people, help by kind and by result, as of a day; nobody is named behind them."""

from datetime import date

import pytest

from campaigns.models import Campaign
from guidance.models import Layoff
from reports.indicators import tables
from reports.indicators.catalogue import CATALOGUE, readable_by
from reports.indicators.rows import listed, words_of
from tests import make
from tests.guidance import layoff_cases as cases

pytestmark = pytest.mark.django_db
S = Layoff.State
HUANCUI = "371002"


def told(user, on, *codes):
    table = tables.of(readable_by(user), Campaign.objects.running(make.ON), on=on, user=user)
    return tuple(table.value(f"layoff.{code}") for code in codes)


@pytest.fixture
def autumn(huancui_officer):
    firm = make.enterprise(heads=200)
    cases.layoff(firm)
    cases.layoff(firm, planned_cut=30, reported_on=date(2023, 10, 20), starts_on=date(2023, 9, 20))
    cases.layoff(planned_cut=5)
    cases.layoff(make.enterprise(district="371082"))
    made = cases.layoff(state=S.CARRIED_OUT, people=3, laid_off=24)
    one, two, three = made.people.all()
    early, late = date(2023, 10, 20), date(2023, 11, 6)
    made.help(by=huancui_officer, on=early, kind="employment", helped_on=early, words="招聘会",
              people=[one, two, three], outcome="pending")  # fmt: skip
    made.help(by=huancui_officer, on=early, kind="training", helped_on=early, words="电工班", people=[one],
              outcome="trained")  # fmt: skip
    made.note_result(by=huancui_officer, on=late, helps=made.helps.filter(person=one, kind="employment"),
                     outcome="employed", outcome_on=late)  # fmt: skip
    made.rehire(by=huancui_officer, on=late, hired_on=late, posts="操作工", hired=2, notified=True, people=[one, two])
    return made


def test_plans_firms_and_people_are_counted_by_the_day_of_the_report(autumn, city_office, huancui_officer):
    codes = ("reports", "firms", "people", "early", "guided", "carried_out", "laid_off")
    assert told(city_office, make.ON, *codes) == (4, 3, 105, 1, 1, 1, 24)
    assert told(huancui_officer, make.ON, *codes) == (3, 2, 80, 1, 1, 1, 24)
    assert told(city_office, date(2023, 10, 1), *codes) == (3, 3, 75, 0, 1, 0, 0)


def test_help_is_counted_in_people_by_kind_and_in_times_and_by_what_came_of_it(autumn, city_office):
    codes = ("helped", "helped_employment", "helped_counselling", "helped_training", "helps", "came_to_trained",
             "came_to_employed", "placed", "rehired")  # fmt: skip
    assert told(city_office, make.ON, *codes) == (3, 3, 0, 1, 4, 1, 1, 2, 2)
    assert told(city_office, date(2023, 10, 31), *codes) == (3, 3, 0, 1, 4, 1, 0, 0, 0)
    assert told(city_office, date(2023, 10, 19), *codes) == (0,) * 9


def test_who_stands_on_two_lists_of_a_district_is_one_person(huancui_union, huancui_officer, city_office):
    known = cases.person()
    for district in ("371002", "371002", "371082"):
        firm = make.enterprise(district=district)
        made = cases.layoff(firm, state=S.CARRIED_OUT, people=1, carried_out_on=date(2023, 10, 9))
        person = made.people.create(number=2, **known)
        for one in made.people.all():
            made.helps.create(person=one, kind="employment", helped_on=make.ON, words="推荐岗位", by=huancui_officer)
        made.helps.filter(person=person).update(outcome="employed", outcome_on=make.ON)
    codes = ("helped", "helped_employment", "helps", "came_to_employed", "placed")
    assert told(huancui_officer, make.ON, *codes) == (3, 3, 4, 1, 1)
    assert told(city_office, make.ON, *codes) == (5, 5, 6, 2, 2)  # the districts add up to the city


def test_behind_each_figure_stand_reports_and_no_name(autumn, city_office):
    campaign = Campaign.objects.running(make.ON)
    secrets = [text for person in autumn.people.all() for text in (person.name, person.id_number, person.masked_name)]
    for code, indicator in CATALOGUE.items():
        if code.startswith("layoff."):
            rows = list(listed(indicator, indicator.counted(campaign, make.ON, user=city_office)))
            assert sum(row.share for row in rows) == told(city_office, make.ON, code.removeprefix("layoff."))[0], code
            assert not any(secret in words_of(row) for row in rows for secret in secrets)
