import pytest
from rest_framework.test import APIClient

from risks.listings import ranked
from tests import make

SCORES = "/api/scores/"


@pytest.fixture
def api():
    return APIClient()


def every_row(api, query=""):
    """All pages of the list, one after the other."""
    address, rows = f"{SCORES}?{query}", []
    while address:
        answer = api.get(address)
        assert answer.status_code == 200
        rows += answer.data["results"]
        address = answer.data["next"]
    return rows


@pytest.mark.parametrize("username", ["city_office", "huancui_officer", "huancui_union", "rongcheng_officer"])
@pytest.mark.parametrize("query", ["", "level=all", "level=all&trend=up"])
def test_a_machine_gets_the_rows_of_the_page(request, api, sweep, username, query):
    user = request.getfixturevalue(username)
    api.force_authenticate(user)
    expected = {score.enterprise_id for score in ranked(user, make.query(query)).qs}
    rows = every_row(api, query)
    assert len(rows) == len(expected)
    assert {row["id"] for row in rows} == expected


def test_an_officer_gets_score_change_coverage_and_reasons(api, sweep, huancui_officer):
    api.force_authenticate(huancui_officer)
    row = every_row(api)[0]
    score = sweep.scores.get(enterprise_id=row["id"])
    told = (row["run"], row["level"], row["score"], row["coverage"], row["reasons"])
    assert told == (sweep.pk, score.level, score.score, score.coverage, score.reasons)


def test_a_union_gets_levels_and_titles_without_figures(api, sweep, huancui_union):
    api.force_authenticate(huancui_union)
    row = every_row(api)[0]
    assert not {"score", "change", "coverage", "points", "features"} & set(row)
    assert row["reasons"] == "社保实缴率偏低"


def test_one_enterprise_is_found_whatever_its_level_and_only_in_its_district(
    api, sweep, huancui_officer, rongcheng_officer
):
    blue = sweep.scores.filter(district="371002", level=0).first()
    api.force_authenticate(huancui_officer)
    assert api.get(f"{SCORES}{blue.enterprise_id}/").data["level"] == 0
    api.force_authenticate(rongcheng_officer)
    assert api.get(f"{SCORES}{blue.enterprise_id}/").status_code == 404


def test_a_condition_that_is_not_understood_is_refused(api, sweep, city_office):
    api.force_authenticate(city_office)
    assert api.get(f"{SCORES}?level=purple").status_code == 400


def test_who_may_not_read_levels_is_refused(api, sweep, auditor):
    api.force_authenticate(auditor)
    assert api.get(SCORES).status_code == 403
