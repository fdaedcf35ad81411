"""The ledger: its figures are its rows are its file, for every role; grouping, many at once, and the paper layout."""

import io
import random
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import WHO_MAY, Can, Role
from casework import exports
from risks.ledger import GROUPS, LEDGER, LedgerFilter, ledger_of
from risks.models import Rectification
from risks.models.rectifications import RectificationState
from tests import make
from tests.remedies import rectification

pytestmark = pytest.mark.django_db

OPEN, ASSIGNED, SUBMITTED, CLOSED = RectificationState
CONDITIONS = (
    "",
    "q=虚构",
    "q=补订",
    "due_from=2023-11-18&due_to=2023-11-24",
    "group=enterprise",
    "group=owner",
    "owner=0",
)
NARROWING = {Role.CITY_OFFICE, Role.DISTRICT_SUPERVISOR}  # one who sees the city, one who sees a district


@pytest.fixture
def cast():
    """The whole cast, by username."""
    return {username: make.member_of_the_cast(username) for username in make.cast()}


@pytest.fixture
def ledger(cast):
    """Sixty items of two districts in every state, late and not, some with more time asked for; by a fixed seed."""
    chance = random.Random(39)
    enterprises = {
        district: [make.enterprise(district=district) for _ in range(6)] for district in ("371002", "371082")
    }
    people = {
        "371002": (cast["huancui_officer"], cast["huancui_union"]),
        "371082": (cast["rongcheng_officer"], cast["rongcheng_union"]),
    }
    for _ in range(60):
        district, state = chance.choice(["371002", "371082"]), chance.choice(list(RectificationState))
        owner = None if state == OPEN else chance.choice(people[district])
        item = rectification(
            state,
            enterprise=chance.choice(enterprises[district]),
            owner=owner,
            due_on=make.ON + timedelta(days=chance.randrange(-12, 12)),
            matter=chance.choice(["补订书面劳动合同", "公示工资支付制度", "补缴社会保险费"]),
            closed_by=cast["huancui_supervisor"] if state == CLOSED else None,
        )
        if state == ASSIGNED and chance.random() < 0.3:
            asked = {"asked_by": owner, "asked_on": make.ON, "due_on": item.due_on}
            item.extensions.create(until=item.due_on + timedelta(days=9), reason="停产检修", **asked)
    User.objects.filter(pk=cast["rongcheng_union"].pk).update(is_active=False)
    return cast


def read_back(user, query):
    """What the exported workbook says: (rows counted in its head, rows)."""
    file = io.BytesIO()
    exports.write(file, LEDGER, query, "xlsx", by=user, at=timezone.now())
    sheet = openpyxl.load_workbook(file).active
    lines = list(sheet.iter_rows(values_only=True))
    first = next(number for number, line in enumerate(lines) if line[0] == "序号")
    told = next(line[0] for line in lines if str(line[0]).startswith("行数："))
    return int(told.removeprefix("行数：").removesuffix(" 件").replace(",", "")), lines[first + 1 :]


# ── Figures, rows, file ──────────────────────────────────────────────────────────────────────


def test_each_figure_is_the_rows_it_opens_and_the_rows_of_the_file_for_every_role(ledger):
    """Not one of them may differ, whatever the role, the condition and the grouping."""
    readers = [user for user in ledger.values() if user.may(Can.READ_LEDGER)]
    assert {user.role for user in readers} == WHO_MAY[Can.READ_LEDGER]
    for user in readers:
        for condition in CONDITIONS if user.role in NARROWING else CONDITIONS[:1]:
            for name, figure in ledger_of(user, make.query(condition)).figures.items():
                found = ledger_of(user, make.query(f"{condition}&show={name}"))
                rows = [row.pk for row in found.qs]
                assert figure == found.total() == len(rows) == len(set(rows)), (user, condition, name)
        for name, figure in ledger_of(user, make.query()).figures.items() if user.may(Can.EXPORT) else ():
            told, lines = read_back(user, f"show={name}")
            assert (told, len(lines)) == (figure, figure)
            assert [line[0] for line in lines] == list(range(1, figure + 1))


def test_who_has_nothing_to_do_with_the_ledger_sees_none_of_it(client, ledger):
    for user in User.objects.filter(is_active=True):
        client.force_login(user)
        answer = client.get("/risks/ledger/")
        assert answer.status_code == (200 if user.may(Can.READ_LEDGER) else 403)


def test_the_figures_tell_something(ledger, city_office_figures):
    assert all(city_office_figures[name] for name in LedgerFilter.SHOWN)
    assert city_office_figures["all"] == 60 == city_office_figures["outstanding"] + city_office_figures["closed"]


@pytest.fixture
def city_office_figures(ledger):
    return ledger_of(ledger["city_office"], make.query()).figures


def test_the_sum_of_the_districts_is_the_city(ledger, city_office_figures):
    huancui = ledger_of(ledger["huancui_supervisor"], make.query()).figures
    rongcheng = ledger_of(ledger["rongcheng_officer"], make.query()).figures
    assert city_office_figures == {name: huancui[name] + rongcheng[name] for name in LedgerFilter.SHOWN}


def test_the_late_ones_come_first_and_the_most_overdue_on_top(ledger):
    rows = list(ledger_of(ledger["city_office"], make.query("show=all")).qs)
    late = [row for row in rows if row.is_overdue(make.ON)]
    assert rows[: len(late)] == late
    assert [row.due_on for row in late] == sorted(row.due_on for row in late)
    assert [row.state for row in rows[-3:]] == [CLOSED] * 3


@pytest.mark.parametrize("by", GROUPS)
def test_the_headings_of_groups_count_what_stands_below_them(ledger, by):
    found = ledger_of(ledger["city_office"], make.query(f"show=all&group={by}"))
    rows = list(found.qs)
    headings = [(place, group) for place, (group, _) in enumerate(found.with_headings(rows)) if group]
    ends = [place for place, _ in headings[1:]] + [len(rows)]
    for (place, group), end in zip(headings, ends, strict=True):
        below = rows[place:end]
        assert (group.total, group.overdue) == (len(below), sum(row.is_overdue(make.ON) for row in below))
    assert len({group.label for _, group in headings}) == len(headings)


@pytest.mark.parametrize("by", ["enterprise", "owner"])
def test_groups_without_an_order_of_their_own_begin_with_the_latest(ledger, by):
    found = ledger_of(ledger["city_office"], make.query(f"group={by}"))
    headings = {}
    for row in found.qs:
        days = headings.setdefault(row.enterprise_id if by == "enterprise" else row.owner_id, [])
        days.extend([row.due_on] if row.is_to_put_right else [])
    nobodys = headings.pop(None, None)
    assert (nobodys is not None) == (by == "owner")
    soonest = [min(days) for days in headings.values() if days]
    assert soonest == sorted(soonest)


def test_a_condition_that_is_not_understood_lists_nothing(ledger):
    found = ledger_of(ledger["city_office"], make.query("due_from=昨天"))
    assert (list(found.qs), found.total()) == ([], 0)


def test_the_number_of_queries_does_not_grow_with_the_rows(client, ledger, django_assert_max_num_queries):
    client.force_login(ledger["city_office"])
    with django_assert_max_num_queries(30):
        assert client.get("/risks/ledger/?show=all&group=enterprise").status_code == 200


# ── On paper ─────────────────────────────────────────────────────────────────────────────────


def test_the_file_has_the_ledgers_own_layout(ledger):
    file = io.BytesIO()
    exports.write(file, LEDGER, "show=overdue", "xlsx", by=ledger["huancui_supervisor"], at=timezone.now())
    sheet = openpyxl.load_workbook(file).active
    assert sheet.page_setup.orientation == "landscape"
    text = [line[0] for line in sheet.iter_rows(max_row=6, values_only=True)]
    assert text[0] == "劳动用工风险整改台账"
    assert "范围：环翠区　条件：范围：已逾期" in text[1]
    headings = next(line for line in sheet.iter_rows(values_only=True) if line[0] == "序号")
    assert list(headings)[:9] == [
        "序号", "企业", "统一社会信用代码", "区市", "整改事项", "整改时限", "整改负责人", "承办人", "进展",
    ]  # fmt: skip
    assert "销号日期" in headings


# ── Many at once ─────────────────────────────────────────────────────────────────────────────


def ticked(*items, **fields):
    return {"item": [item.pk for item in items], **{f"version_{item.pk}": item.version for item in items}} | fields


def test_a_supervisor_gives_many_items_to_one_person(client, huancui_supervisor, huancui_officer, huancui_union):
    items = [rectification(), rectification(), rectification(ASSIGNED, owner=huancui_union)]
    client.force_login(huancui_supervisor)
    shown = client.get(reverse("risks:assign_many"), {"item": [item.pk for item in items]})
    assert shown.content.decode().count('name="item"') == 3
    answer = client.post(
        reverse("risks:assign_many"), ticked(*items, owner=huancui_officer.pk, due_on="", reason="王某调离")
    )
    assert answer.status_code == 302
    assert {(item.state, item.owner) for item in Rectification.objects.all()} == {(ASSIGNED, huancui_officer)}
    assert {item.due_on for item in Rectification.objects.all()} == {items[0].due_on}


def test_when_one_of_many_has_changed_none_is_given_and_it_is_named(
    client, huancui_supervisor, huancui_officer, huancui_union, on
):
    items = [rectification(), rectification(enterprise=make.enterprise("威海虚构晚到有限公司"))]
    data = ticked(*items, owner=huancui_officer.pk, due_on="", reason="统一承办")
    items[1].assign(by=huancui_supervisor, on=on, owner=huancui_union, due_on=items[1].due_on)
    client.force_login(huancui_supervisor)
    answer = client.post(reverse("risks:assign_many"), data)
    assert answer.status_code == 409
    assert "威海虚构晚到有限公司：" in answer.content.decode()
    assert f'name="version_{items[1].pk}" value="2"' in answer.content.decode()
    items[0].refresh_from_db()
    assert (items[0].state, items[0].owner) == (OPEN, None)


def test_many_items_of_another_district_are_not_there(client, huancui_supervisor, huancui_officer):
    foreign = rectification(district="371082")
    client.force_login(huancui_supervisor)
    answer = client.post(reverse("risks:assign_many"), ticked(foreign, owner=huancui_officer.pk))
    assert answer.status_code == 302
    foreign.refresh_from_db()
    assert foreign.state == OPEN


def test_only_the_supervisor_gives_out_many(client, huancui_officer, city_office):
    item = rectification()
    for user in (huancui_officer, city_office):
        client.force_login(user)
        assert client.get(reverse("risks:assign_many"), {"item": item.pk}).status_code == 403


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def test_an_item_is_moved_by_its_pages(client, huancui_supervisor, huancui_officer):
    item = rectification()
    client.force_login(huancui_supervisor)
    page = client.get(item.get_absolute_url()).content.decode()
    assert reverse("risks:rectification_assign", args=[item.pk]) in page
    assert reverse("risks:rectification_close", args=[item.pk]) not in page
    address = reverse("risks:rectification_assign", args=[item.pk])
    answer = client.post(address, {"version": 1, "owner": huancui_officer.pk, "due_on": "2023-12-01"})
    assert answer.status_code == 303
    again = client.post(address, {"version": 1, "owner": huancui_officer.pk, "due_on": "2023-12-09"})
    assert again.status_code == 409
    item.refresh_from_db()
    assert (item.state, item.due_on) == (ASSIGNED, date(2023, 12, 1))


def test_who_decides_on_more_time_reads_what_was_asked_for(client, huancui_supervisor, huancui_officer, on):
    item = rectification(ASSIGNED, owner=huancui_officer)
    item.ask_extension(by=huancui_officer, on=on, until=date(2023, 12, 20), reason="职工外出，12月返岗")
    client.force_login(huancui_supervisor)
    page = client.get(reverse("risks:rectification_grant_extension", args=[item.pk])).content.decode()
    assert "延至 2023-12-20：职工外出，12月返岗" in page


def test_another_districts_officer_finds_nothing_of_it(client, rongcheng_officer, huancui_officer):
    item = rectification(ASSIGNED, owner=huancui_officer)
    client.force_login(rongcheng_officer)
    for name in ("", *(f"_{move.name}" for move in Rectification.lifecycle if not move.creates)):
        assert client.get(reverse(f"risks:rectification{name}", args=[item.pk])).status_code == 404
    assert item.enterprise.name not in client.get("/risks/ledger/?show=all").content.decode()
    assert client.get(reverse("risks:ledger_of_enterprise", args=[item.enterprise_id])).status_code == 404


def test_the_employers_side_reads_the_ledger_and_no_evidence(client, huancui_employer):
    item = rectification()
    client.force_login(huancui_employer)
    page = client.get(item.get_absolute_url()).content.decode()
    assert "attachments-rectification" not in page
    assert client.get(reverse("casework:attachments", args=["rectification", item.pk])).status_code == 403
    assert client.get(reverse("risks:rectification_assign", args=[item.pk])).status_code == 403


def test_an_item_is_put_into_the_ledger_by_hand(client, huancui_officer):
    enterprise = make.enterprise()
    client.force_login(huancui_officer)
    address = reverse("risks:rectification_open", args=[enterprise.pk])
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"matter": "责令补发工资", "due_on": "2023-12-01", "person": "王某"})
    assert wrong.status_code == 422
    assert "可改为“建议”" in wrong.content.decode()
    assert client.post(address, {"matter": "补发加班工资", "due_on": "2023-12-01", "person": "王某"}).status_code == 303
    assert Rectification.objects.get().enterprise == enterprise
