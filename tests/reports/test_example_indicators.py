"""Measure four in the reports: what was recommended, published and tried out, each as its list holds it."""

import pytest
from django.urls import reverse

from accounts.models import District
from campaigns import coverage
from campaigns.models import Campaign
from casework.listings import parameters_of
from reports import casebook, drafting
from reports.indicators import tables
from reports.indicators.catalogue import readable_by
from reports.listings import rows_of
from reports.models import Report
from tests import make
from tests.campaigns import undertakings

pytestmark = pytest.mark.django_db
ON = make.ON
HUANCUI = "371002"


@pytest.fixture
def examples(city_office):
    """Of Huancui: an enterprise and a person published, one turned down, one in review; two pilots, one stopped."""
    on = ON.replace(month=10, day=9)
    undertakings.published(undertakings.exemplar(enterprise=make.enterprise("威海听澜针织有限公司")), on=on)
    undertakings.published(undertakings.exemplar(person="李建国", unit="工会主席", honour="city"), on=on)
    undertakings.on_notice(undertakings.exemplar(), on=on).decline(by=city_office, on=on, reason="名额所限")
    undertakings.judged(undertakings.exemplar())
    pilot = undertakings.pilot(on=on)
    for kind in ("measure", "measure", "progress"):
        pilot.note(by=undertakings.officer(HUANCUI), on=on, kind=kind, text="设立窗口")
    undertakings.pilot(on=on).stop(by=city_office, on=on, reason="并入省试点")
    return Campaign.objects.running(ON)


def test_examples_and_pilots_are_counted_as_their_lists_hold_them(examples, huancui_union):
    ours = [each for each in readable_by(huancui_union) if each.code.startswith(("example.", "pilot."))]
    table = tables.of(ours, examples, on=ON, user=huancui_union)
    assert {each.code: table.value(each.code) for each in ours} == {
        "example.candidates": 1, "example.candidates_firm": 1, "example.candidates_person": 0, "example.published": 2,
        "example.published_firm": 1, "example.published_person": 1, "pilot.approved": 1, "pilot.accepted": 0,
        "pilot.measures": 2,
    }  # fmt: skip
    for each in ours:
        listed = rows_of(huancui_union, parameters_of(f"code={each.code}&on={ON}")).qs
        assert sum(found.share for found in listed) == table.value(each.code), each.code


def test_the_duties_of_measure_four_show_them_as_evidence(client, examples, city_office):
    place = District.objects.get(pk=HUANCUI)
    told = {duty.title: [(piece.name, piece.number) for piece in cells[0]]
            for duty, cells in coverage.of(city_office, examples, [place], ON)}  # fmt: skip
    assert ("公布典型", 2) in told["宣传典型经验"]
    assert told["改革创新试点"] == [("改革创新试点", 1), ("试点举措", 2)]
    assert told["形成可复制案例"] == [("公布典型", 2)]
    client.force_login(city_office)
    page = client.get(reverse("reports:rows"), {"code": "pilot.measures", "on": ON.isoformat()})
    assert "零工驿站劳动关系服务" in page.text


def test_the_report_drafts_the_section_and_offers_the_published_as_cases(examples):
    report = Report(campaign=examples, district_id=HUANCUI)
    section = drafting.drafts(report, on=ON)["examples"]
    assert "推荐全国和谐劳动关系创建先进1个，其中企业1个、个人0个。" in section
    assert "开展区域和谐劳动关系高质量发展改革创新试点1项，推出试点举措2项，已验收0项。" in section
    offered = [each for each in casebook.offered(report) if each.kind == "示范引领"]
    assert len(offered) == 2
    assert not any("建国" in " ".join((each.title, each.background, each.action, each.result)) for each in offered)
