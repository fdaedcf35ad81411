"""A filter that a person keeps: used from the list, renamed, deleted, and seen by nobody else."""

import pytest
from django.urls import reverse

from casework.models import SavedView

from .. import make

pytestmark = pytest.mark.django_db

SAVE, MINE, REGISTER = reverse("casework:save-view"), reverse("casework:views"), reverse("enterprises:list")


@pytest.fixture
def at_the_desk(client, huancui_officer):
    client.force_login(huancui_officer)
    return client


@pytest.fixture
def kept(huancui_officer):
    return SavedView.objects.create(owner=huancui_officer, page="enterprises:list", name="重点建筑", query="trade=E")


def test_a_filter_is_kept_under_a_name_and_brings_back_its_list(at_the_desk, huancui_officer):
    wanted = make.enterprise("威海砚川建筑有限公司", industry="E4710")
    make.enterprise()
    query = {"page": "enterprises:list", "name": "建筑业小型", "query": "trade=E&size=&page=7"}
    response = at_the_desk.post(SAVE, query, follow=True)
    assert response.redirect_chain[-1][0] == f"{REGISTER}?trade=E"
    view = SavedView.objects.get(owner=huancui_officer)
    assert (view.name, view.query) == ("建筑业小型", "trade=E")
    assert f"?{view.query}" in response.content.decode()
    assert response.context["page"].rows == [wanted]


def test_two_views_of_a_list_cannot_have_one_name(at_the_desk, kept):
    query = {"page": "enterprises:list", "name": "重点建筑", "query": "trade=C"}
    assert "已有同名视图" in at_the_desk.post(SAVE, query, follow=True).content.decode()
    assert SavedView.objects.get().query == "trade=E"


@pytest.mark.parametrize("name", ["", "很" * 31])
def test_a_view_needs_a_name_of_bearable_length(at_the_desk, name):
    at_the_desk.post(SAVE, {"page": "enterprises:list", "name": name, "query": "trade=C"})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("page", ["", "nothing:here", "https://example.org/"])
def test_only_declared_lists_have_views(at_the_desk, page):
    assert at_the_desk.post(SAVE, {"page": page, "name": "甲", "query": ""}).status_code == 404


def test_a_view_is_renamed_and_deleted_by_its_owner(at_the_desk, kept):
    at_the_desk.post(reverse("casework:rename-view", args=[kept.pk]), {"name": "建筑企业"})
    assert "建筑企业" in at_the_desk.get(MINE).content.decode()
    at_the_desk.post(reverse("casework:delete-view", args=[kept.pk]))
    assert not SavedView.objects.exists()


def test_nobody_else_sees_or_changes_it(client, huancui_supervisor, kept):
    client.force_login(huancui_supervisor)
    assert kept.name not in client.get(MINE).content.decode()
    assert kept.name not in client.get(REGISTER).content.decode()
    for deed in ("rename-view", "delete-view"):
        assert client.post(reverse(f"casework:{deed}", args=[kept.pk]), {"name": "别人"}).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "重点建筑"
