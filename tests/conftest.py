"""The fixed cast whom everybody knows, and the districts that every test stands on."""

from collections import Counter

import pytest
from django.core.management import call_command
from hypothesis import settings as properties

from accounts.models import District
from tests import make

pytest_plugins = ["tests.services"]
# A property that holds does not fail because the machine is busy with something else.
properties.register_profile("portal", deadline=None)
properties.load_profile("portal")


@pytest.fixture(autouse=True)
def _districts(request):
    """Districts and organisations wherever a test touches the database: a test that commits ends by emptying it."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db" if _transactional(request) else "db")
        if not District.objects.exists():
            call_command("load_reference", verbosity=0)


# Begun first, since they wait more than they work: the other tests fill the time. The browser's come last, for the
# worker and the web server that they share would take the work of others.
_PATIENT = ("faults", "config/test_first_start.py")
_LAST = ("browser",)


def pytest_collection_modifyitems(config, items):
    """Whole files, the ones of many tests before those of few, so that the processes of a run end together."""
    tests = config.rootpath / "tests"
    names = {item.path: item.path.relative_to(tests).as_posix() for item in items}
    many = Counter(item.path for item in items)

    def turn(item):
        name = names[item.path]
        return not name.startswith(_PATIENT), name.startswith(_LAST), -many[item.path], name

    items.sort(key=turn)


def _transactional(request):
    marker = request.node.get_closest_marker("django_db")
    return "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))


def _as_fixture(username):
    @pytest.fixture(name=username)
    def member(db, _districts):
        return make.member_of_the_cast(username)

    return member


for _username in make.cast():
    globals()[_username] = _as_fixture(_username)


@pytest.fixture
def on():
    """The day on which the tests take place."""
    return make.ON
