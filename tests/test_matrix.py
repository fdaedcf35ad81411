"""Every address, method and person of the cast, with the own record, another's and none: as tests/matrix.csv says."""

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from casework.comments import takes_comments
from tests import matrix, test_locks

LINES = matrix.read()
NAMES = sorted({name for name, _ in LINES})
# Addresses of whatever record has files or comments: the record names the capability, the view has none.
OF_A_HOLDER = {
    "casework:attachment", "casework:attachment_small", "casework:attachments", "api:attachments-file",
    "casework:comments", "casework:comments_read",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), matrix.world_of(LINES) as world:
        yield world


def test_every_address_stands_in_the_file(world):
    """With each method that the API's routers take; what else a page takes, its lines say."""
    unlisted = [
        (address, method)
        for name, address in sorted(matrix.ADDRESSES.items())
        for method in address.methods
        if name not in NAMES or (address.is_routed and (name, method) not in LINES)
    ]
    drafts = [matrix.draft(world, address, method) for address, method in unlisted]
    assert not unlisted, "Look these lines through and add them to tests/matrix.csv:\n" + "\n".join(drafts)


def test_the_file_names_no_address_that_is_gone_and_each_by_its_route():
    assert {(name, line.route) for (name, _), line in LINES.items()} <= {
        (name, address.route) for name, address in matrix.ADDRESSES.items()
    }


def test_each_permission_is_the_one_that_the_view_asks_for():
    """Not what somebody guessed: `may` and the API's views say it. What has no guard is for whoever is logged in."""
    wrong = []
    for (name, method), line in LINES.items():
        asked = matrix.ADDRESSES[name].guard(method)
        if line.capability != (asked or matrix.LOGGED_IN) and name not in test_locks.OPEN.keys() | OF_A_HOLDER:
            wrong.append(f"{method} {name}: {line.capability} in the file, {asked or matrix.LOGGED_IN} at the view")
    assert not wrong, "\n".join(wrong)


def test_open_are_the_addresses_that_the_locks_list():
    assert {name for (name, _), line in LINES.items() if line.capability == matrix.OPEN} == test_locks.OPEN.keys()


@pytest.mark.parametrize("name", NAMES)
def test_each_answer_is_as_the_file_says_and_tells_nothing_of_others(world, name):
    faults = matrix.faults_in(world, matrix.cells_of(name, LINES))
    assert not faults, "\n".join(faults)


def test_beside_every_record_that_takes_comments_there_are_comments(world):
    """The address is one for all of them: of each kind it is asked here, by those who open the record's page."""
    asked = {}
    for record in world.made.values():
        if isinstance(record, Model) and takes_comments(type(record)):
            kind = record._meta.label_lower
            answers = [
                world.askers[actor].get(reverse("casework:comments", args=[kind, record.pk])).status_code
                for actor in ("city_office", "huancui_officer", "rongcheng_officer")
            ]
            asked.setdefault(kind, set()).update(answers)
    assert asked.keys() == {model._meta.label_lower for model in filter(takes_comments, apps.get_models())}
    assert {kind: answers for kind, answers in asked.items() if 200 not in answers or answers - {200, 403, 404}} == {}


def test_ten_thousand_cells_and_more_are_asked_and_each_role_for_each_address():
    cells = [cell for name in NAMES for cell in matrix.cells_of(name, LINES)]
    assert len(set(cells)) >= 10_000
    asked = {(cell.name, cell.method, matrix.role_of(cell.actor)) for cell in cells if cell.actor != matrix.NOBODY}
    assert asked >= {(*line, role) for line in LINES for role in matrix.ROLES}
    foreign = {
        (cell.name, cell.method, matrix.role_of(cell.actor)) for cell in cells if cell.case == matrix.OTHER_DISTRICT
    }
    assert foreign >= {
        (*key, matrix.role_of(actor)) for key, line in LINES.items() if matrix.is_of_a_district(line)
        for actor in matrix.ACTORS if matrix.district_of(actor) and line.is_for(actor)
    }  # fmt: skip
