"""The first page of the guidance."""

import pytest
from django.urls import reverse

from accounts.models import District
from accounts.roles import Can
from guidance import home
from guidance.models import JointVisit
from tests import make
from tests.guidance import cases, layoff_cases


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_the_guidance_opens_for_the_three_parties_and_nobody_else(client, request, username):
    person = request.getfixturevalue(username)
    client.force_login(person)
    response = client.get(reverse("guidance:home"))
    assert response.status_code == (200 if person.may(Can.READ_GUIDANCE) else 403)


@pytest.fixture
def work(huancui_officer, huancui_union, rongcheng_officer):
    firm = make.enterprise()
    visits = [make.visit(firm, by=by, follow_up_on=make.ON) for by in (huancui_officer, huancui_union)]
    JointVisit.of(visits[0]).confirm(by=huancui_officer, on=make.ON)
    make.visit(make.enterprise(district="371082"), by=rongcheng_officer)
    cases.inquiry(huancui_union)
    layoff_cases.layoff(firm)


@pytest.mark.parametrize("username", ["huancui_union", "huancui_employer", "rongcheng_officer", "city_office"])
def test_each_figure_of_the_first_page_opens_a_list_of_as_many_rows(client, request, work, username):
    person = request.getfixturevalue(username)
    client.force_login(person)
    assert client.get(reverse("guidance:home")).status_code == 200
    figures = [line for _, _, _, lines in home.blocks(person) for line in lines]
    if person.sees_whole_city:
        districts = home.by_district(person, District.objects.filter(pk__in=("371002", "371082")))
        cells = {district.pk: [rows for rows, _, _ in row] for district, row in districts}
        assert (cells["371002"][0], cells["371082"][0]) == (2, 1)
    told = [(rows, address) for _, rows, address, _ in figures if rows]
    assert told
    for rows, address in told:
        assert client.get(address).context["filters"].total() == rows, address


def test_the_first_page_shows_what_waits_for_the_person_and_nobody_elses(client, work, huancui_union, huancui_employer):
    client.force_login(huancui_union)
    assert "约定回访" in client.get(reverse("guidance:home")).content.decode()
    client.force_login(huancui_employer)
    assert "现在没有等待您办理的事项" in client.get(reverse("guidance:home")).content.decode()
