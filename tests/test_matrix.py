"""Every address, method and person of the cast, with the own record, another's and none: as tests/matrix.csv says."""

import pytest

from tests import matrix

LINES = matrix.read()
NAMES = sorted({name for name, _ in LINES})


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), matrix.world_of(LINES) as world:
        yield world


def test_every_address_stands_in_the_file(world):
    unlisted = [address for name, address in sorted(matrix.ADDRESSES.items()) if name not in NAMES]
    drafts = [line for address in unlisted for line in matrix.draft(world, address)]
    assert not unlisted, "Look these lines through and add them to tests/matrix.csv:\n" + "\n".join(drafts)


def test_the_file_names_no_address_that_is_gone_and_each_by_its_route():
    assert {(name, line.route) for (name, _), line in LINES.items()} <= {
        (name, address.route) for name, address in matrix.ADDRESSES.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_answer_is_as_the_file_says_and_tells_nothing_of_others(world, name):
    faults = matrix.faults_in(world, matrix.cells_of(name, LINES))
    assert not faults, "\n".join(faults)


def test_there_are_ten_thousand_cells_and_more():
    assert sum(1 for name in NAMES for _ in matrix.cells_of(name, LINES)) >= 10_000
