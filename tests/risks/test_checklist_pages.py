"""The checklist: read by those who visit, revised by administrators, in use as it was published."""

import pytest
from django.urls import reverse

from risks.models import Checklist, ChecklistVersion
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(client, administrator):
    client.force_login(administrator)
    assert client.post(reverse("risks:checklist_revise")).status_code == 302
    return ChecklistVersion.objects.get(published_on=None)


def fields(item, **changed):
    names = ("number", "subject", "title", "question", "method", "severity", "risk_class", "basis", "consequence",
             "advice")  # fmt: skip
    return {name: getattr(item, name) for name in names} | changed


def test_a_draft_copies_the_version_in_use_and_there_is_one_draft(client, draft):
    client.post(reverse("risks:checklist_revise"))
    assert ChecklistVersion.objects.filter(published_on=None).count() == 1
    assert draft.items.count() == make.checklist().items.count()
    assert draft.questions == make.checklist().questions


def test_an_item_is_changed_added_and_taken_out_and_the_draft_put_in_use(client, draft, settings):
    settings.PORTAL_DAY = make.ON
    item, other = draft.items.get(number="4.1"), draft.items.get(number="12.1")
    change = reverse("risks:checklist_item", args=[draft.pk, item.pk])
    assert client.post(change, fields(item, question="工资是否按月足额支付？")).status_code == 302
    add = reverse("risks:checklist_item_add", args=[draft.pk])
    assert client.post(add, fields(item, number="4.8", title="高温津贴")).status_code == 302
    assert client.post(reverse("risks:checklist_item_remove", args=[draft.pk, other.pk])).status_code == 302
    publish = reverse("risks:checklist_publish", args=[draft.pk])
    assert client.post(publish, {"note": ""}).status_code == 422
    assert client.post(publish, {"note": "增加高温津贴"}).status_code == 302
    now = Checklist.objects.get().current(make.ON)
    assert now == draft
    numbers = list(now.items.values_list("number", flat=True))
    assert numbers.index("4.8") == numbers.index("4.7") + 1
    assert "12.1" not in numbers
    assert client.get(change).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "4.2"}, "已有这个编号"),
        ({"number": "5.9"}, "编号的科目序号应与所选科目一致"),
        ({"number": "四点一"}, "编号写作 4.8"),
        ({"advice": "责令立即支付"}, "不能使用命令性用语"),
    ],
)
def test_what_is_wrong_with_an_item_is_said(client, draft, changed, said):
    item = draft.items.get(number="4.1")
    answer = client.post(reverse("risks:checklist_item", args=[draft.pk, item.pk]), fields(item, **changed))
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("username", ["huancui_officer", "huancui_union", "huancui_employer"])
def test_who_visits_reads_the_checklist_and_revises_nothing(client, request, username):
    client.force_login(request.getfixturevalue(username))
    assert client.get(reverse("risks:checklist")).status_code == 200
    assert client.post(reverse("risks:checklist_revise")).status_code == 403


def test_a_draft_is_thrown_away_whole(client, draft):
    client.post(reverse("risks:checklist_discard", args=[draft.pk]))
    assert ChecklistVersion.objects.count() == 1
