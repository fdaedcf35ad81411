"""The one table of who may do what, and the page that shows it."""

import pytest

from accounts.models import Organisation, role_misplaced
from accounts.roles import CITY_ROLES, WHO_MAY, Can, Role
from tests import make


def test_every_capability_is_given_to_somebody_and_every_role_may_something():
    assert set(WHO_MAY) == set(Can)
    assert set.union(*WHO_MAY.values()) == set(Role)


@pytest.mark.parametrize("username", sorted(make.cast()))
def test_the_page_of_roles_is_open_to_all_and_says_what_the_table_says(client, request, username):
    client.force_login(request.getfixturevalue(username))
    response = client.get("/roles/")
    for role in Role:
        assert f">{role.label}</th>" in response.text
    for capability in Can:
        assert f'<th scope="row">{capability.label}</th>' in response.text
    granted = sum(len(roles) for roles in WHO_MAY.values())
    assert response.text.count(">可以</span>") == granted
    assert response.text.count(">不可以</span>") == len(Can) * len(Role) - granted


def test_what_a_person_may_is_said_to_templates_by_the_same_table(huancui_union):
    assert {name for name, yes in huancui_union.can.items() if yes} == {
        capability.value for capability in Can if Role.UNION_COORDINATOR in WHO_MAY[capability]
    }


def test_a_disabled_person_may_nothing(administrator):
    administrator.is_active = False
    assert not any(administrator.can.values())


def test_a_union_sees_levels_and_no_tax_and_loan_figures(huancui_union):
    assert huancui_union.may(Can.READ_LEVELS)
    assert not huancui_union.may(Can.READ_FIGURES)


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_place(db, role):
    """Literally: which roles may be held where."""
    side = Organisation.Side
    places = {
        (body.district_id is None, body.side)
        for body in Organisation.objects.all()
        if role_misplaced(role, body) is None
    }
    expected = {
        Role.UNION_COORDINATOR: {(True, side.WORKERS), (False, side.WORKERS)},
        Role.EMPLOYER_MEMBER: {(True, side.EMPLOYERS), (False, side.EMPLOYERS)},
        Role.DISTRICT_OFFICER: {(False, side.GOVERNMENT)},
        Role.DISTRICT_SUPERVISOR: {(False, side.GOVERNMENT)},
    }
    if role in CITY_ROLES:
        expected[role] = {(True, side.GOVERNMENT), (True, side.WORKERS), (True, side.EMPLOYERS)}
    assert places == expected[role]
