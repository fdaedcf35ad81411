"""Signs of a lay-off in falling insured heads, by the numbers of 劳动合同法 §41; a person asks and flags."""

import re

import pytest

from casework import thresholds
from risks import layoffs
from risks.models import MajorRisk
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def falls():
    """`falls(heads, percent)`: a score of the latest run whose insured heads fell by so much to so many."""
    run = make.run()

    def fallen(heads, percent, *, district="371002"):
        features = [percent if item.key == "heads_fall" else 0.0 for item in make.CARD.items]
        sentence = (
            f"参保人数月均 {heads} 人（2023-08 至 2023-10），较上年 999 人（2022-08 至 2022-10）减少 {percent}%，+4 分"
        )
        marks = [make.CARD.place("heads_fall"), 2, 0b111 << 21]
        enterprise = make.enterprise(district=district, heads=heads)
        return make.score(enterprise, run, features=features, reasons=[sentence], marks=marks)

    return fallen


def signs(user):
    return [score.enterprise_id for score in layoffs.signs(user, on=make.ON)]


@pytest.mark.parametrize(
    ("heads", "percent", "is_sign"),
    [
        (380, 5.0, True),  # twenty of four hundred
        (381, 4.5, False),  # eighteen, and less than a tenth
        (90, 10.0, True),  # ten of a hundred
        (91, 9.9, False),
        (7, 12.5, False),  # one of eight
        (20, 20.0, True),  # five of twenty-five
        (80, None, False),
    ],
)
def test_a_sign_is_twenty_people_or_a_tenth_but_not_one_who_leaves_a_small_firm(
    falls, huancui_officer, heads, percent, is_sign
):
    falls(heads, percent)
    assert bool(signs(huancui_officer)) == is_sign


def test_the_most_people_come_first_and_another_districts_not_at_all(falls, huancui_officer, city_office):
    few, many = falls(90, 10.0), falls(300, 25.0)
    foreign = falls(500, 30.0, district="371082")
    assert signs(huancui_officer) == [many.enterprise_id, few.enterprise_id]
    assert signs(city_office) == [foreign.enterprise_id, many.enterprise_id, few.enterprise_id]


def test_what_was_flagged_or_dismissed_since_is_no_sign_any_more(falls, huancui_officer, huancui_supervisor):
    score = falls(300, 25.0)
    risk = MajorRisk(
        enterprise=score.enterprise, district_id="371002", kind=MajorRisk.Kind.LAYOFF, grounds="已向企业核实"
    )
    risk.flag(by=huancui_officer, on=make.ON)
    assert signs(huancui_officer) == []
    risk.dismiss(by=huancui_supervisor, on=make.ON, outcome="职工转至同一集团的另一企业")
    assert signs(huancui_officer) == []


def test_the_union_sees_who_and_no_figure(client, falls, huancui_union, huancui_officer):
    score = falls(300, 25.0)
    for person, knows in ((huancui_officer, True), (huancui_union, False)):
        client.force_login(person)
        page = client.get("/risks/majors/signs/").content.decode()
        assert score.enterprise.name in page
        row = client.get("/api/layoff-signs/").json()["results"][0]
        assert ("较上年 999 人" in page) == ("people" in row) == knows
    assert row["heads"] == 300


def test_the_form_of_a_sign_is_begun_as_a_lay_off_without_its_figures(client, falls, huancui_union):
    score = falls(300, 25.0)
    client.force_login(huancui_union)
    page = client.get(f"/risks/enterprises/{score.enterprise_id}/majors/flag/").content.decode()
    assert '<option value="layoff" selected>' in page
    assert "参保人数较上年明显减少" in page
    assert not re.search(r"(?<!\w)999(?!\w)", page)


def test_the_numbers_are_the_laws_of_the_day():
    kind = MajorRisk.Kind.LAYOFF
    assert (thresholds.least_people(kind, on=make.ON), thresholds.least_share(kind, on=make.ON)) == (20, 10)


def test_without_a_run_there_is_no_sign(client, huancui_officer):
    client.force_login(huancui_officer)
    assert "还没有记录" in client.get("/risks/majors/signs/").content.decode()
