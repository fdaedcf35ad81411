"""What a person sees of a district's records: their own district, or the whole city, and nothing once disabled."""

import pytest
from django.http import Http404, QueryDict
from django.urls import reverse

from casework.pages import counted, page_of, query_without
from casework.scope import visible_or_404
from enterprises.models import Enterprise

from .. import make

pytestmark = pytest.mark.django_db

EVERYBODY = sorted(make.cast())
# Who gets which page of an enterprise of Huancui.
_CITY = {"city_office", "steward"}
_OFFICERS = _CITY | {"huancui_officer", "huancui_supervisor"}
PAGES = {
    "enterprises:detail": _OFFICERS | {"huancui_union", "huancui_employer"},
    "enterprises:amend": _OFFICERS,
    "enterprises:move": _CITY,
    "enterprises:find-double": _CITY,
}


@pytest.fixture
def huancui():
    return make.enterprise("威海听澜针织有限公司")


@pytest.mark.parametrize("username", EVERYBODY)
def test_rows_are_those_of_the_district_or_of_the_city(request, huancui, username):
    rongcheng = make.enterprise(district="371082")
    user = request.getfixturevalue(username)
    seen = {"371002": {huancui}, "371082": {rongcheng}, None: {huancui, rongcheng}}[user.organisation.district_id]
    assert set(Enterprise.objects.visible_to(user)) == seen
    user.is_active = False
    assert not Enterprise.objects.visible_to(user).exists()


def test_a_foreign_record_is_as_missing_as_a_missing_one(huancui, rongcheng_officer):
    for pk in (huancui.pk, huancui.pk + 1):
        with pytest.raises(Http404, match="没有找到这条记录"):
            visible_or_404(rongcheng_officer, Enterprise.objects, pk)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("username", EVERYBODY)
def test_each_page_of_an_enterprise_answers_each_person_as_it_should(client, request, huancui, page, username):
    client.force_login(request.getfixturevalue(username))
    status = client.get(reverse(page, args=[huancui.pk])).status_code
    missing = client.get(reverse(page, args=[huancui.pk + 99])).status_code
    if username in PAGES[page]:
        assert (status, missing) == (200, 404)
    else:
        assert status in {403, 404}
        assert status == missing  # whether it exists cannot be told from the answer


@pytest.mark.parametrize("username", EVERYBODY)
def test_the_api_answers_as_the_page_does(client, request, huancui, username):
    client.force_login(request.getfixturevalue(username))
    page = client.get(reverse("enterprises:detail", args=[huancui.pk])).status_code
    assert client.get(f"/api/enterprises/{huancui.pk}/").status_code == page
    assert client.get("/api/enterprises/").status_code == client.get(reverse("enterprises:list")).status_code


def test_the_api_tells_figures_to_those_who_may_know_them(client, huancui, huancui_union, huancui_officer):
    Enterprise.objects.update(revenue=98_765_432)
    for user, knows in ((huancui_officer, True), (huancui_union, False)):
        client.force_login(user)
        assert ("revenue" in client.get(f"/api/enterprises/{huancui.pk}/").json()) is knows


def test_a_machine_is_told_which_condition_it_got_wrong(client, city_office):
    client.force_login(city_office)
    response = client.get("/api/enterprises/", {"size": "giant"})
    assert response.status_code == 400
    assert response.json()["errors"].keys() == {"size"}


def test_a_machine_pages_through_all_rows(client, city_office):
    made = {make.enterprise().pk for _ in range(7)}
    client.force_login(city_office)
    url, fetched = "/api/enterprises/?page_size=3", []
    while url:
        answer = client.get(url).json()
        fetched += [row["id"] for row in answer["results"]]
        url = answer["next"]
    assert set(fetched) == made
    assert len(fetched) == 7


# ── Pages of a list ──────────────────────────────────────────────────────────────────────────


def test_a_page_lies_within_the_list():
    for _ in range(7):
        make.enterprise()
    rows = Enterprise.objects.order_by("id")
    first, second, last = (1, 1, 3), (2, 4, 6), (3, 7, 7)
    asked = {"": first, "2": second, "3": last, "9": last, "0": first, "-1": first, "x": first, "9" * 5000: last}
    for number, expected in asked.items():
        page = page_of(rows, QueryDict(f"page={number}&trade=C"), per_page=3)
        assert (page.number, page.first, page.last) == expected
        assert (page.total, page.pages, page.query) == (7, 3, "trade=C")


def test_an_empty_list_has_one_empty_page():
    page = page_of(Enterprise.objects.order_by("id"), QueryDict("page=4"))
    assert (page.number, page.first, page.last, page.total) == (1, 0, 0, 0)
    assert page.next_query == page.previous_query == ""


def test_rows_are_counted_no_further_than_asked():
    for _ in range(7):
        make.enterprise()
    rows = Enterprise.objects.order_by("id")
    assert [counted(rows), counted(rows, 7), counted(rows, 6)] == [(7, False), (7, False), (6, True)]


def test_a_query_is_kept_without_what_is_empty():
    query = QueryDict("q=&trade=C&page=3&level=red&level=")
    assert query_without(query, "page") == "trade=C&level=red"
