"""Pages of the register: what each person gets to see and may do there."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import District
from enterprises.models import Enterprise, Feed, FormerCode

from .. import make

pytestmark = pytest.mark.django_db

REGISTER = reverse("enterprises:list")


@pytest.fixture
def huancui():
    return make.enterprise("威海听澜栖禾针织有限公司", legal_representative="丛砚舟", phone="0630-001234")


@pytest.fixture
def rongcheng():
    return make.enterprise("荣成渔隐墨渔水产有限公司", "371082")


def page(client, user, url, **query):
    client.force_login(user)
    return client.get(url, query)


def names(response):
    return [enterprise.name for enterprise in response.context["page"].rows]


# ── The list ─────────────────────────────────────────────────────────────────────────────────


def test_a_district_sees_its_own_enterprises_only(client, huancui_officer, huancui, rongcheng):
    response = page(client, huancui_officer, REGISTER)
    assert names(response) == [huancui.name]
    assert rongcheng.name not in response.content.decode()


def test_the_city_sees_all_and_may_choose_a_district(client, city_office, huancui, rongcheng):
    assert names(page(client, city_office, REGISTER)) == [huancui.name, rongcheng.name]
    assert names(page(client, city_office, REGISTER, district="371082")) == [rongcheng.name]


def test_a_district_cannot_ask_for_another_one(client, huancui_officer, huancui, rongcheng):
    assert names(page(client, huancui_officer, REGISTER, district="371082")) == [huancui.name]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"trade": "E"}, {"industry": "E4710"}),
        ({"size": "micro"}, {"size": "micro"}),
        ({"size": "none"}, {"size": ""}),
        ({"union": "yes"}, {"has_union": True}),
        ({"union": "no"}, {"has_union": False}),
        ({"union": "unknown"}, {"has_union": None}),
        ({"platform": "any"}, {"platform": "freight"}),
        ({"platform": "freight"}, {"platform": "freight"}),
        ({"new": "yes"}, {"founded_on": date(2022, 11, 21)}),
        ({"status": "suspended"}, {"status": "suspended"}),
        ({"q": "拾光"}, {}),
    ],
)
def test_each_condition_narrows_the_list(client, huancui_officer, query, fields):
    other = {
        "industry": "C1361", "size": "large", "has_union": not fields.get("has_union", True),
        "platform": "", "founded_on": date(2022, 11, 20), "status": "active",
    }  # fmt: skip
    wanted = make.enterprise("威海拾光砚川有限公司", **other | fields)
    make.enterprise("威海青砾栌青有限公司", **other)
    assert names(page(client, huancui_officer, REGISTER, **query)) == [wanted.name]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("heads", "甲乙丙"), ("-heads", "乙甲丙"), ("founded", "乙甲丙"), ("-founded", "甲乙丙"), ("name", "丙甲乙")],
)
def test_each_order_puts_the_unknown_last(client, huancui_officer, sort, order):
    make.enterprise("海甲有限公司", heads=10, founded_on=date(2020, 1, 1))
    make.enterprise("海乙有限公司", heads=20, founded_on=date(2010, 1, 1))
    make.enterprise("海丙有限公司", heads=None, founded_on=None)
    assert "".join(name[1] for name in names(page(client, huancui_officer, REGISTER, sort=sort))) == order


def test_a_condition_that_is_not_understood_lists_nothing(client, huancui_officer, huancui):
    response = page(client, huancui_officer, REGISTER, size="giant")
    assert names(response) == []
    assert "有一项筛选条件不认识" in response.content.decode()


def test_one_character_is_answered_with_a_sentence(client, huancui_officer, huancui):
    assert "请至少输入两个字符" in page(client, huancui_officer, REGISTER, q="听").content.decode()


def test_htmx_gets_the_list_alone(client, huancui_officer, huancui):
    client.force_login(huancui_officer)
    response = client.get(REGISTER, {"q": "听澜", "size": ""}, headers={"HX-Request": "true"})
    assert response.content.decode().strip().startswith("<section")
    assert response.headers["HX-Push-Url"] == f"{REGISTER}?q=%E5%90%AC%E6%BE%9C"


def test_the_nearest_name_stands_first_unless_another_order_is_asked_for(client, huancui_officer):
    make.enterprise("威海栖禾听澜商贸有限公司", heads=500)
    make.enterprise("听澜（威海）针织有限公司", heads=5)
    assert names(page(client, huancui_officer, REGISTER, q="听澜"))[0].startswith("听澜")
    assert names(page(client, huancui_officer, REGISTER, q="听澜", sort="-heads"))[0].startswith("威海栖禾")


def test_a_list_of_many_asks_no_more_of_the_database(client, huancui_officer, django_assert_max_num_queries):
    for _ in range(60):
        make.enterprise()
    client.force_login(huancui_officer)
    client.get(REGISTER)
    with django_assert_max_num_queries(8 + 4):
        assert len(client.get(REGISTER).context["page"].rows) == 50


def test_a_search_that_very_many_match_is_counted_no_further(client, huancui_officer, monkeypatch):
    monkeypatch.setattr("enterprises.search.MOST", 2)
    made = [make.enterprise(f"威海{letter}字水产有限公司") for letter in "甲乙丙丁"]
    response = page(client, huancui_officer, REGISTER, q="有限公司")
    shown = names(response)
    assert len(set(shown)) == len(shown) == 2
    assert set(shown) < {firm.name for firm in made}
    assert names(page(client, huancui_officer, REGISTER, q="有限公司")) == shown  # which two is open, not changing
    assert "超过 2 户" in response.content.decode()
    assert len(names(page(client, huancui_officer, REGISTER, q="丙字"))) == 1
    assert client.get("/api/enterprises/", {"q": "有限公司"}).json()["results"][3]["name"] == made[3].name


def test_a_count_of_many_is_remembered_for_its_district(client, huancui_officer, rongcheng_officer, monkeypatch):
    monkeypatch.setattr("casework.pages.MANY", 1)

    def total(user, **query):
        return page(client, user, REGISTER, **query).context["page"].total

    for _ in range(3):
        make.enterprise()
    assert (total(huancui_officer), total(rongcheng_officer)) == (3, 0)
    make.enterprise()
    assert (total(huancui_officer), total(huancui_officer, status="active"), total(rongcheng_officer)) == (3, 4, 0)
    assert total(huancui_officer, size="giant") == 0


def test_suggestions_come_while_typing_from_the_own_district(client, huancui_officer, huancui, rongcheng):
    found = page(client, huancui_officer, reverse("enterprises:suggest"), q="whtl").content.decode()
    assert huancui.name in found
    assert (
        rongcheng.name not in page(client, huancui_officer, reverse("enterprises:suggest"), q="渔隐").content.decode()
    )
    assert "请至少输入两个字符" in page(client, huancui_officer, reverse("enterprises:suggest"), q="w").content.decode()


# ── One enterprise ───────────────────────────────────────────────────────────────────────────


def detail(enterprise):
    return reverse("enterprises:detail", args=[enterprise.pk])


def test_an_enterprise_of_another_district_is_not_there(client, rongcheng_officer, huancui):
    foreign = page(client, rongcheng_officer, detail(huancui))
    missing = page(client, rongcheng_officer, reverse("enterprises:detail", args=[huancui.pk + 1000]))
    assert foreign.status_code == missing.status_code == 404
    assert same_words(foreign) == same_words(missing)


def same_words(response):
    """A page without the token that differs on every page."""
    return re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode())


def test_figures_are_shown_to_those_whose_duty_needs_them(client, huancui_officer, huancui_union, huancui):
    delivery = make.delivery(Feed.SOCIAL.name.lower())
    make.signal(huancui, Feed.SOCIAL, date(2023, 10, 1), delivery, due=12_345_600, paid=6_172_800, count=77)
    delivery.months.create(feed=Feed.SOCIAL, month=date(2023, 10, 1), enterprises=1)
    Enterprise.objects.filter(pk=huancui.pk).update(revenue=98_765_432)
    shown = page(client, huancui_officer, detail(huancui)).content.decode()
    assert "12.35" in shown
    assert "98,765,432" in shown
    hidden = page(client, huancui_union, detail(huancui)).content.decode()
    assert huancui.name in hidden
    for figure in ("12.35", "6.17", "98,765,432", "data-chart"):
        assert figure not in hidden


def test_an_unknown_month_is_a_gap_and_not_a_zero(client, huancui_officer, huancui):
    delivery = make.delivery("tax")
    make.signal(huancui, Feed.TAX, date(2023, 8, 1), delivery, due=100, paid=0)
    delivery.months.create(feed=Feed.TAX, month=date(2023, 10, 1), enterprises=1)
    tax = {chart.key: chart for chart in page(client, huancui_officer, detail(huancui)).context["charts"]}["tax"]
    assert tax.months[-3:] == ["2023-08", "2023-09", "2023-10"]
    assert tax.lines[-1].points[-3:] == [0.0, None, None]
    assert tax.rows[0] == ("2023-10", ["—", "—", "—"])


def test_last_year_lies_behind_the_same_month(client, huancui_officer, huancui):
    delivery = make.delivery("social")
    make.signal(huancui, Feed.SOCIAL, date(2022, 10, 1), delivery, due=1, paid=1, count=90)
    make.signal(huancui, Feed.SOCIAL, date(2023, 10, 1), delivery, due=1, paid=1, count=60)
    delivery.months.create(feed=Feed.SOCIAL, month=date(2023, 10, 1), enterprises=1)
    heads = {chart.key: chart for chart in page(client, huancui_officer, detail(huancui)).context["charts"]}["heads"]
    assert {line.name: line.points[-1] for line in heads.lines} == {"去年同期": 90, "参保人数": 60}


# ── Deeds ────────────────────────────────────────────────────────────────────────────────────


def amendment(enterprise, **changes):
    fields = ("name", "industry", "industry_name", "status", "founded_on", "heads", "revenue", "assets", "size",
              "legal_representative", "contact", "phone", "address", "platform")  # fmt: skip
    posted = {name: "" if (value := getattr(enterprise, name)) is None else value for name in fields}
    return posted | {"has_union": "", "version": enterprise.version} | changes


def test_an_officer_amends_the_facts_and_the_timeline_keeps_the_old_ones(client, huancui_officer, huancui):
    client.force_login(huancui_officer)
    url = reverse("enterprises:amend", args=[huancui.pk])
    response = client.post(url, amendment(huancui, phone="0630-009999", has_union="true"))
    assert response.status_code == 302
    huancui.refresh_from_db()
    assert (huancui.phone, huancui.has_union, huancui.version) == ("0630-009999", True, 2)
    entry = huancui.timeline.get()
    assert entry.note == "联系电话：0630-001234 → 0630-009999；已建工会：（空） → 是"
    assert entry.by == huancui_officer
    assert "联系电话：0630-001234" in page(client, huancui_officer, detail(huancui)).content.decode()


def test_the_size_follows_from_the_figures(client, huancui_officer, huancui):
    client.force_login(huancui_officer)
    client.post(reverse("enterprises:amend", args=[huancui.pk]), amendment(huancui, heads=1200, revenue=500_000_000))
    huancui.refresh_from_db()
    assert huancui.size == "large"
    assert "500,000,000" not in huancui.timeline.get().note
    assert "营业收入（元）已更新" in huancui.timeline.get().note


def test_a_stale_page_is_refused_with_both_values(client, huancui_officer, huancui_supervisor, huancui):
    url = reverse("enterprises:amend", args=[huancui.pk])
    old = amendment(huancui, contact="旧页面填的人")
    client.force_login(huancui_supervisor)
    client.post(url, amendment(huancui, contact="先保存的人"))
    client.force_login(huancui_officer)
    response = client.post(url, old)
    assert response.status_code == 409
    assert "旧页面填的人" in response.content.decode()
    assert "先保存的人" in response.content.decode()
    huancui.refresh_from_db()
    assert huancui.contact == "先保存的人"


@pytest.mark.parametrize(("field", "value"), [("industry", "Z9999"), ("founded_on", "2024-01-01"), ("revenue", "-1")])
def test_what_cannot_be_is_sent_back_with_a_sentence(client, huancui_officer, huancui, field, value):
    client.force_login(huancui_officer)
    response = client.post(reverse("enterprises:amend", args=[huancui.pk]), amendment(huancui, **{field: value}))
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    huancui.refresh_from_db()
    assert huancui.version == 1


def test_a_district_is_changed_by_the_city_alone_and_noted(client, city_office, huancui_officer, huancui):
    url = reverse("enterprises:move", args=[huancui.pk])
    client.force_login(huancui_officer)
    assert client.get(url).status_code == 403
    client.force_login(city_office)
    client.post(url, {"version": 1, "district": "371082", "note": "住所迁移登记"})
    huancui.refresh_from_db()
    assert huancui.district == District.objects.get(pk="371082")
    assert huancui.timeline.get().note == "环翠区 → 荣成市。住所迁移登记"
    assert page(client, huancui_officer, detail(huancui)).status_code == 404


def test_the_city_merges_a_double_after_seeing_both_sides(client, city_office, huancui, rongcheng):
    client.force_login(city_office)
    found = client.get(reverse("enterprises:find-double", args=[huancui.pk]), {"q": "渔隐"})
    assert rongcheng.name in found.content.decode()
    url = reverse("enterprises:merge", args=[huancui.pk, rongcheng.pk])
    sides = client.get(url).content.decode()
    assert huancui.uscc in sides
    assert rongcheng.uscc in sides
    response = client.post(url, {"version": 1, "double_version": 1, "note": "重复登记"})
    assert response.status_code == 302
    assert FormerCode.objects.get(enterprise=huancui).uscc == rongcheng.uscc
    assert names(page(client, city_office, REGISTER)) == [huancui.name]
    assert "已并入" in page(client, city_office, detail(rongcheng)).content.decode()
    assert rongcheng.uscc in page(client, city_office, detail(huancui)).content.decode()


def test_a_merge_on_a_stale_page_is_refused(client, city_office, huancui, rongcheng):
    client.force_login(city_office)
    url = reverse("enterprises:merge", args=[huancui.pk, rongcheng.pk])
    rongcheng.amend({"contact": "丛军"}, version=1, by=city_office, on=make.ON)
    assert client.post(url, {"version": 1, "double_version": 1, "note": "重复登记"}).status_code == 409
    assert not FormerCode.objects.exists()


def test_an_enterprise_is_not_merged_into_itself(client, city_office, huancui):
    url = reverse("enterprises:merge", args=[huancui.pk, huancui.pk])
    assert page(client, city_office, url).status_code == 404


@pytest.mark.parametrize("deed", ["amend", "move", "find-double"])
def test_the_union_reads_and_does_not_write(client, huancui_union, huancui, deed):
    assert page(client, huancui_union, reverse(f"enterprises:{deed}", args=[huancui.pk])).status_code == 403
