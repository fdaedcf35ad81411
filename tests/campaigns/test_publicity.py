"""Publicity: what the bodies of a district published and held, counted once each."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import District
from campaigns import coverage
from campaigns.models import Campaign, Publicity
from casework.lifecycle import Incomplete, MoveRefused, NotYours
from casework.today import today
from reports.indicators import tables
from reports.indicators.catalogue import CATALOGUE
from tests import make
from tests.campaigns import undertakings
from tests.campaigns.undertakings import ON

pytestmark = pytest.mark.django_db

HUANCUI = "371002"
TYPED = {
    "title": "一图读懂工资支付", "channel": "press", "theme": "policy", "medium": "威海日报",
    "published_on": "2023-11-13", "link": "", "reach": "30000", "text": "",
}  # fmt: skip


def test_what_was_published_online_names_its_link():
    with pytest.raises(Incomplete) as missing:
        undertakings.publicity(link="")
    assert "请填写链接" in missing.value.missing["is_traceable"]
    assert undertakings.publicity(channel="event", link="").state == "recorded"


def test_an_article_counts_once_in_a_district_and_again_in_another():
    first = undertakings.publicity()
    with pytest.raises(MoveRefused, match="已登记过这个链接"):
        undertakings.publicity()
    undertakings.publicity(undertakings.officer("371082"))
    first.withdraw(by=undertakings.officer(HUANCUI), on=ON, reason="重复")
    undertakings.publicity()


def test_nothing_is_published_tomorrow():
    with pytest.raises(MoveRefused, match="不能晚于今天"):
        undertakings.publicity(published_on=ON + timedelta(days=1))


def test_it_belongs_to_the_campaign_of_its_day(city_office):
    assert undertakings.publicity().campaign == Campaign.objects.running(ON)


def test_a_body_amends_its_own_and_the_authority_any_of_the_district(
    huancui_union, huancui_employer, huancui_officer, city_office
):
    item = undertakings.publicity(huancui_union)
    for other in (huancui_employer, city_office):
        with pytest.raises(NotYours):
            item.withdraw(by=other, on=ON, reason="重复")
    item.amend(by=huancui_union, on=ON, reach=1500)
    item.withdraw(by=huancui_officer, on=ON, reason="重复登记")
    assert [entry.deed for entry in item.timeline] == ["撤销", "修改", "登记宣传信息"]


THREE = ("huancui_officer", "huancui_supervisor", "huancui_union", "huancui_employer")
ALLOWED = {
    *((None, "record", who) for who in THREE),
    *(("recorded", move, who) for move in ("amend", "withdraw") for who in THREE[:3]),
}


def test_it_is_moved_by_whom_the_table_names(request, huancui_union):
    item = undertakings.publicity(huancui_union)
    for username in make.cast():
        person = request.getfixturevalue(username)
        found = {(None, move.name) for move in Publicity(district_id=HUANCUI).moves_for(person)}
        for state in Publicity.State:
            item.state = state
            found |= {(state.value, move.name) for move in item.moves_for(person)}
        assert found == {(state, move) for state, move, who in ALLOWED if who == username}, username


def test_a_union_records_amends_and_withdraws_through_the_pages(client, huancui_union):
    client.force_login(huancui_union)
    address = reverse("campaigns:publicity_record")
    refused = client.post(address, TYPED | {"channel": "web", "published_on": "2099-01-01", "link": "javascript:1"})
    assert refused.status_code == 422
    assert "发布日期不能晚于今天。" in refused.text
    assert "请填写完整的网址" in refused.text
    refused = client.post(address, TYPED | {"channel": "web"})
    assert "请填写链接" in refused.text
    assert client.post(address, TYPED).status_code == 303
    item = Publicity.objects.get()
    page = client.get(item.get_absolute_url()).text
    assert "30,000" in page
    amend = reverse("campaigns:publicity_amend", args=[item.pk])
    assert 'value="2023-11-13"' in client.get(amend).text
    assert client.post(amend, TYPED | {"version": 1, "reach": "31000"}).status_code == 303
    withdraw = reverse("campaigns:publicity_withdraw", args=[item.pk])
    assert client.post(withdraw, {"version": 2, "reason": ""}).status_code == 422
    assert client.post(withdraw, {"version": 2, "reason": "登记错误"}).status_code == 303
    item.refresh_from_db()
    assert (item.reach, item.state) == (31000, "withdrawn")


def test_the_citys_office_records_none(client, city_office):
    client.force_login(city_office)
    assert client.post(reverse("campaigns:publicity_record"), TYPED).status_code == 403


def test_a_machine_records_and_amends(client, huancui_employer):
    client.force_login(huancui_employer)
    made = client.post("/api/publicity/", TYPED, "application/json")
    assert (made.status_code, made.json()["reach"]) == (201, 30000)
    address = f"/api/publicity/{made.json()['id']}/amend/"
    headers = {"If-Match": made["ETag"]}
    told = client.post(address, TYPED | {"reach": 9}, "application/json", headers=headers).json()
    assert (told["reach"], told["organisation"]) == (9, huancui_employer.organisation.name)


@pytest.fixture
def autumn(huancui_union):
    """Of Huancui three and one withdrawn, of Rongcheng one."""
    undertakings.publicity(huancui_union)
    undertakings.publicity(channel="event", theme="ideas", link="", reach=80)
    undertakings.publicity(channel="press", theme="policy", link="", reach=None, published_on=date(2023, 8, 1))
    undertakings.publicity(channel="press", link="").withdraw(by=undertakings.officer(HUANCUI), on=ON, reason="重复")
    undertakings.publicity(undertakings.officer("371082"), reach=7)


def test_the_figures_over_the_list_are_its_rows_and_those_of_the_file(client, autumn, huancui_officer):
    client.force_login(huancui_officer)
    address = reverse("campaigns:publicity_list")
    for show, rows in (("all", 3), ("media", 2), ("spot", 1), ("practice", 1), ("ideas", 1), ("withdrawn", 1)):
        page = client.get(address, {"show": show})
        assert page.context["page"].total == page.context["filters"].figures[show] == rows
        assert len(client.get("/api/publicity/", {"show": show}).json()["results"]) == rows
    assert "1,280" in client.get(address).text
    assert client.get(address, {"channel": "press"}).context["page"].total == 1
    file = client.post(reverse("casework:export"), {"page": "campaigns:publicity_list", "format": "csv"})
    assert b"".join(file).decode().count("把问题解决在萌芽") == 3


def test_the_report_counts_them_by_channel_theme_and_reach(autumn, city_office):
    campaign = Campaign.objects.running(ON)
    codes = [code for code in CATALOGUE if code.startswith("publicity.")]
    told = tables.of([CATALOGUE[code] for code in codes], campaign, on=ON, user=city_office)
    assert {code.removeprefix("publicity."): told.value(code, HUANCUI) for code in codes} == {
        "media": 2, "press": 1, "broadcast": 0, "web": 0, "account": 1, "video": 0, "practice": 1, "items": 3,
        "spot": 1, "ideas": 1, "reach": 1280,
    }  # fmt: skip
    before = tables.of([CATALOGUE["publicity.items"]], campaign, on=date(2023, 8, 31))
    assert before.value("publicity.items") == 1


def test_the_map_of_duties_knows_publicity_guidance_and_the_report(client, autumn, city_office):
    places = list(District.objects.filter(pk__in=[HUANCUI, "371083"]))
    found = coverage.of(city_office, Campaign.objects.running(ON), places, today())
    rows = {duty.title: cells for duty, cells in found}
    for title, number in (("宣传引导", 3), ("发动职工建言献策", 1), ("宣传典型经验", 1)):
        (piece,), of_rushan = rows[title]
        assert (piece.number, of_rushan) == (number, [])
        client.force_login(city_office)
        assert client.get(piece.address).context["total"] == f"{number}"
    bare = {duty.title for duty, _ in found if not duty.evidence}
    assert not bare & {"新办企业指导", "指导完善规章制度", "规范经济性裁员", "被裁减人员就业帮扶", "报送总结"}


def test_a_list_without_a_row_says_what_to_do(client, huancui_officer):
    client.force_login(huancui_officer)
    assert "点击“登记宣传信息”" in client.get(reverse("campaigns:publicity_list")).text
