"""The level of the latest run stands in the register, which knows nothing of runs."""

from datetime import date

import pytest
from django.urls import reverse

from risks.models import Level

from .. import make

pytestmark = pytest.mark.django_db
REGISTER = reverse("enterprises:list")


@pytest.fixture
def scored():
    """Red, blue and unscored in the latest run; in the run before all were orange."""
    enterprises = {name: make.enterprise(f"威海{name}水产有限公司") for name in ("甲红", "乙蓝", "丙未")}
    before, latest = make.run(date(2023, 9, 1)), make.run(date(2023, 10, 1))
    for enterprise in enterprises.values():
        make.score(enterprise, before, level=Level.ORANGE)
    make.score(enterprises["甲红"], latest, level=Level.RED)
    make.score(enterprises["乙蓝"], latest, level=Level.BLUE, score=3.0)
    return enterprises


@pytest.mark.parametrize(("level", "found"), [("red", "甲红"), ("blue", "乙蓝"), ("none", "丙未"), ("orange", None)])
def test_the_register_is_narrowed_by_the_level_of_the_latest_run(client, huancui_union, scored, level, found):
    client.force_login(huancui_union)
    rows = client.get(REGISTER, {"level": level}).context["page"].rows
    assert rows == ([scored[found]] if found else [])


def test_the_register_shows_the_level(client, huancui_union, scored):
    client.force_login(huancui_union)
    levels = {row.name[2:4]: row.level for row in client.get(REGISTER).context["page"].rows}
    assert levels == {"甲红": Level.RED, "乙蓝": Level.BLUE, "丙未": None}


def test_without_a_run_nobody_has_a_level(client, huancui_union):
    make.enterprise()
    client.force_login(huancui_union)
    response = client.get(REGISTER)
    assert [row.level for row in response.context["page"].rows] == [None]
    assert "未评" in response.content.decode()
