import pytest

from casework import wall
from casework.pages import counted
from enterprises.models import Enterprise
from tests import make


@pytest.mark.django_db
def test_turning_pages_does_not_count_again_and_nobody_gets_the_count_of_another_reach(monkeypatch):
    monkeypatch.setattr("casework.pages.MANY", 0)
    make.enterprise(district="371002")
    make.enterprise(district="371082")
    everything = Enterprise.objects.all()  # as if the scope had been forgotten
    with wall.within("371002"):
        assert counted(everything) == (1, False)
    make.enterprise(district="371002")
    with wall.within("371002"):
        assert counted(everything) == (1, False)
        assert counted(everything.filter(heads=80)) == (2, False)
    with wall.within("371082"):
        assert counted(everything) == (1, False)
    with wall.within(wall.WHOLE_CITY):
        assert counted(everything) == (3, False)
