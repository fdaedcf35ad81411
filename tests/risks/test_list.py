"""The page of the ranked list, its file and its part for htmx."""

import csv
import io
import re
from datetime import date

import pytest
from django.urls import reverse

from enterprises.models import Delivery, DeliveryMonth, Feed
from tests import make

LIST = reverse("risks:list")
PEOPLE = ["city_office", "steward", "huancui_officer", "huancui_supervisor", "huancui_union", "rongcheng_officer"]
FIGURES = re.compile(r"\d+(\.\d+)?%|[+−]\d|\d/4|\d 分")  # of a score, its points, its change, its coverage


def names_on(page):
    return re.findall(r'<a class="name" href="/enterprises/\d+/">([^<]+)</a>', page.content.decode())


def exported(client, query=""):
    """The rows of the CSV file, as dictionaries, and the lines above them."""
    answer = client.post(reverse("casework:export"), {"page": "risks:list", "query": query, "format": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    head = next(place for place, line in enumerate(lines) if len(line) > 1)
    return [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]], [line[0] for line in lines[:head]]


@pytest.mark.parametrize("username", PEOPLE)
@pytest.mark.parametrize("query", ["", "level=all", "level=red", "level=all&trend=up&trade=C", "q=虚构01"])
def test_the_figure_on_a_button_is_the_number_of_rows_in_the_list_and_in_the_file(
    request, client, sweep, username, query
):
    client.force_login(request.getfixturevalue(username))
    page = client.get(f"{LIST}?{query}")
    (figure,) = (rows for _, rows, _, chosen in page.context["filters"].segments() if chosen)
    listed = sum(
        len(names_on(client.get(f"{LIST}?{query}&page={number}"))) for number in (1, 2) if number == 1 or figure > 50
    )
    rows, head = exported(client, query)
    assert figure == listed == len(rows)
    assert f"行数：{figure} 户" in head


def test_an_officer_of_huancui_sees_only_huancui(client, sweep, huancui_officer):
    client.force_login(huancui_officer)
    assert {score.district_id for score in client.get(f"{LIST}?level=all").context["page"].rows} == {"371002"}
    assert {row["区市"] for row in exported(client, "level=all")[0]} == {"环翠"}


def test_the_line_under_the_title_says_as_of_when_by_which_card_and_how_many(client, sweep, huancui_officer):
    client.force_login(huancui_officer)
    page = client.get(LIST)
    assert "截至 2023年10月数据" in page.content.decode()
    assert make.CARD.name in page.content.decode()
    at_risk = page.context["filters"].area_counts()["risk"]
    assert f"环翠区 60 户，其中有风险 {at_risk} 户" in page.content.decode()


def test_a_reason_stands_in_the_list_with_its_figure_in_bold_and_without_months(client, sweep, huancui_officer):
    client.force_login(huancui_officer)
    assert "近6个月社保实缴率 <b>58%</b>，低于 90%</div>" in client.get(LIST).content.decode()


@pytest.mark.parametrize("username", ["huancui_union", "huancui_employer"])
def test_the_union_and_the_employers_see_levels_and_reasons_in_words_but_no_figure(request, client, sweep, username):
    client.force_login(request.getfixturevalue(username))
    page = client.get(f"{LIST}?level=all").content.decode()
    table = page[page.index("<table") : page.index("</table>")]
    assert "社保实缴率偏低" in table
    assert not FIGURES.search(re.sub(r"<[^>]+>", " ", table))
    assert "评分" not in table


def test_the_file_of_the_union_holds_no_figure(client, sweep, huancui_union):
    client.force_login(huancui_union)
    rows, _ = exported(client, "level=all")
    assert {"评分", "较上轮", "有数据"} & set(rows[0]) == set()
    assert {row["依据"] for row in rows} == {"社保实缴率偏低", ""}


def test_the_employers_side_reads_but_takes_no_file(client, sweep, huancui_employer):
    client.force_login(huancui_employer)
    assert "导出" not in client.get(LIST).content.decode()
    answer = client.post(reverse("casework:export"), {"page": "risks:list", "query": "", "format": "csv"})
    assert answer.status_code == 403


@pytest.mark.parametrize("username", ["auditor", "administrator"])
def test_who_may_not_read_levels_is_refused(request, client, sweep, username):
    client.force_login(request.getfixturevalue(username))
    assert client.get(LIST).status_code == 403


def test_before_the_first_run_the_page_says_what_to_do(client, city_office, huancui_officer):
    client.force_login(city_office)
    assert reverse("risks:runs") in client.get(LIST).content.decode()
    client.force_login(huancui_officer)
    page = client.get(LIST).content.decode()
    assert "还没有评分结果" in page
    assert reverse("risks:runs") not in page


def test_a_run_that_is_gone_is_not_found(client, sweep, city_office):
    client.force_login(city_office)
    assert client.get(f"{LIST}?run=999999").status_code == 404


def test_a_search_that_finds_only_blue_enterprises_says_so(client, sweep, huancui_officer):
    blue = sweep.scores.filter(district="371002", level=0).select_related("enterprise").first().enterprise
    client.force_login(huancui_officer)
    page = client.get(LIST, {"q": blue.uscc}).content.decode()
    assert "另有 1 户属于其他等级" in page


def test_the_list_says_which_feed_is_behind_and_that_newer_data_wait(client, sweep, huancui_officer):
    for feed, month in ((Feed.TAX, 11), (Feed.SOCIAL, 11), (Feed.LOAN, 11), (Feed.LOGISTICS, 9)):
        delivery = make.delivery(feed.name.lower())
        DeliveryMonth.objects.create(delivery=delivery, feed=feed, month=date(2023, month, 1), enterprises=5)
    client.force_login(huancui_officer)
    assert "物流截至 2023年9月" in client.get(LIST).content.decode()
    DeliveryMonth.objects.create(
        delivery=Delivery.objects.get(kind="logistics"), feed=Feed.LOGISTICS, month=date(2023, 11, 1), enterprises=5
    )
    assert "已有 2023年11月数据，待重新评分" in client.get(LIST).content.decode()


def test_htmx_gets_the_list_alone_and_an_address_without_empty_fields(client, sweep, huancui_officer):
    client.force_login(huancui_officer)
    part = client.get(f"{LIST}?level=red&trade=&q=", headers={"HX-Request": "true"})
    assert part.headers["HX-Push-Url"] == f"{LIST}?level=red"
    assert part.content.decode().lstrip().startswith('<section class="card" id="list"')


def test_a_view_can_be_kept_and_opened_again(client, sweep, huancui_officer):
    client.force_login(huancui_officer)
    client.post(
        reverse("casework:save-view"), {"page": "risks:list", "query": "level=red&trade=E", "name": "建筑业红色"}
    )
    page = client.get(LIST).content.decode()
    assert 'href="?level=red&amp;trade=E"' in page
    assert "建筑业红色" in page


def test_as_many_queries_for_two_rows_as_for_fifty(client, sweep, huancui_officer, django_assert_max_num_queries):
    client.force_login(huancui_officer)
    client.get(LIST)
    with django_assert_max_num_queries(10 + 4) as few:
        assert len(client.get(f"{LIST}?q=虚构00&level=all").context["page"].rows) < 10
    with django_assert_max_num_queries(len(few)) as many:
        assert len(client.get(f"{LIST}?level=all").context["page"].rows) == 50
    # Without a condition the run's tallies say how many rows there are: nothing is counted.
    assert not [
        query["sql"] for query in many.captured_queries if "COUNT(" in query["sql"] and "risks_score" in query["sql"]
    ]
