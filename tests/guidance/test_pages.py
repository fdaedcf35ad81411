"""Pages, files and API of the services, as each role meets them."""

import io
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from casework.listings import LISTINGS
from guidance import service_listings
from guidance.models import Benefit, Newcomer
from tests import make
from tests.guidance import cases

pytestmark = pytest.mark.django_db
OURS = sorted(page for page, listing in LISTINGS.items() if listing.filtered.__module__ == service_listings.__name__)


@cache
def docx():
    file = io.BytesIO()
    Document().save(file)
    return file.getvalue()


@pytest.fixture
def services(city_office, huancui_officer):
    """One of everything in Huancui, and the catalogues of the city."""
    leaflet, policy, lecture = cases.leaflet(city_office), cases.policy(city_office), cases.lecture(huancui_officer)
    newcomer = cases.newcomer(huancui_officer)
    firm = newcomer.enterprise
    return [
        leaflet, policy, lecture, newcomer, cases.handout(huancui_officer, leaflet, firm),
        cases.attendance(huancui_officer, lecture, firm), cases.system(huancui_officer, firm),
        cases.benefit(huancui_officer, policy, firm), cases.inquiry(huancui_officer, firm),
    ]  # fmt: skip


@pytest.mark.parametrize("username", ["huancui_officer", "huancui_union", "huancui_employer", "city_office"])
def test_every_list_and_record_opens_for_the_three_parties(client, request, services, username):
    client.force_login(request.getfixturevalue(username))
    for page in OURS:
        for show in ("", "all"):
            answer = client.get(reverse(page), {"show": show})
            assert answer.status_code == 200, page
    for record in services:
        answer = client.get(record.get_absolute_url())
        assert answer.status_code == 200, record
    enterprise = services[3].enterprise
    answer = client.get(f"/guidance/enterprises/{enterprise.pk}/")
    assert "工资支付管理办法" in answer.text
    assert "用工指南" in answer.text


def test_another_district_finds_none_of_it(client, rongcheng_officer, services):
    client.force_login(rongcheng_officer)
    for record in services[3:]:
        assert client.get(record.get_absolute_url()).status_code == 404, record
    name = services[3].enterprise.name
    for page in OURS:
        assert name not in client.get(reverse(page), {"show": "all"}).text


def test_what_one_firm_received_and_who_asked_is_not_told_to_the_employers_side(client, huancui_employer, services):
    inquiry, benefit = services[-1], services[-2]
    Benefit.objects.filter(pk=benefit.pk).update(state="taken", amount=58_213_47, taken_on=make.ON)
    client.force_login(huancui_employer)
    for address in (inquiry.get_absolute_url(), "/guidance/inquiries/", benefit.get_absolute_url(),
                    "/guidance/benefits/?show=all", "/api/policy-benefits/?show=all", "/api/inquiries/"):  # fmt: skip
        told = client.get(address).text
        assert "58,213.47" not in told
        assert "58213.47" not in told
        assert inquiry.phone not in told


def test_new_enterprises_are_taken_on_in_one_go_and_each_once(client, huancui_officer, huancui_union):
    firms = [make.enterprise(founded_on=cases.FOUNDED) for _ in range(3)]
    old, foreign = make.enterprise(), make.enterprise(district="371082", founded_on=cases.FOUNDED)
    taken = Newcomer.begun(firms[0])
    taken.take_on(by=huancui_union, on=make.ON)
    client.force_login(huancui_officer)
    answer = client.post(
        "/guidance/newcomers/take-on/", {"item": [row.pk for row in (*firms, old, foreign)]}, follow=True
    )
    assert "已认领 2 户" in answer.text
    assert "已由他人认领" in answer.text
    assert "已不是新办企业" in answer.text
    assert set(Newcomer.objects.values_list("enterprise", flat=True)) == {row.pk for row in firms}
    assert client.get("/guidance/newcomers/?show=mine").context["page"].total == 2


def test_a_policy_is_offered_in_one_go_to_those_it_suits(client, city_office, huancui_union):
    policy = cases.policy(city_office, heads_most=50)
    small, large = make.enterprise(heads=12), make.enterprise(heads=600)
    client.force_login(huancui_union)
    page = client.get("/guidance/matches/", {"policy": policy.pk})
    assert small.name in page.text
    assert large.name not in page.text
    answer = client.post("/guidance/matches/offer/", {"policy": policy.pk, "item": [small.pk, large.pk]}, follow=True)
    assert "已登记送达 1 户" in answer.text
    assert "不符合" in answer.text
    assert list(Benefit.objects.values_list("enterprise", flat=True)) == [small.pk]


def test_a_leaflet_with_a_file_is_published_by_the_city_and_downloaded_by_all(client, city_office, huancui_union):
    client.force_login(city_office)
    told = {"title": "用工指南", "kind": "guide", "audience": "新办企业", "issued_on": "2023-08-01"}
    bad = SimpleUploadedFile("指南.pdf", b"not a pdf")
    answer = client.post("/guidance/leaflets/publish/", told | {"file": bad})
    assert answer.status_code == 422
    assert "没有收下" in answer.text
    answer = client.post("/guidance/leaflets/publish/", told)
    assert answer.status_code == 303
    with_file = told | {"title": "工资支付指引", "file": SimpleUploadedFile("指引.docx", docx())}
    answer = client.post("/guidance/leaflets/publish/", with_file)
    client.force_login(huancui_union)
    assert client.post("/guidance/leaflets/publish/", told).status_code == 403
    assert "工资支付指引" in client.get("/guidance/leaflets/").text
    file = client.get(f"{answer['Location']}versions/1/")
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content) == docx()


def test_the_api_does_what_the_pages_do(client, huancui_officer):
    firm = make.enterprise(founded_on=cases.FOUNDED)
    client.force_login(huancui_officer)
    made = client.post(
        "/api/new-firm-services/", {"enterprise": firm.pk, "planned_on": "2023-11-28"}, content_type="application/json"
    )
    assert made.status_code == 201
    number = made.json()["id"]
    served = client.post(
        f"/api/new-firm-services/{number}/serve/", {"served_on": "2023-11-20", "result": "送达用工指南"},
        content_type="application/json", headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert served.status_code == 200
    assert served.json()["state"] == "served"
    assert client.get("/api/new-firms/?show=served").json()["results"][0]["id"] == firm.pk


# ── One line of time for an enterprise ───────────────────────────────────────────────────────


def test_an_enterprise_shows_all_that_happened_together_in_time(client, huancui_officer, services):
    firm = services[3].enterprise
    client.force_login(huancui_officer)
    page = client.get(f"/enterprises/{firm.pk}/chronicle/")
    days = [event.on for _, event in page.context["page"].rows]
    assert days == sorted(days, reverse=True)
    kinds = {kind.key for kind, _ in page.context["page"].rows}
    assert kinds == {"services", "policies", "inquiries"}
    only = client.get(f"/enterprises/{firm.pk}/chronicle/?kind=policies")
    assert {kind.key for kind, _ in only.context["page"].rows} == {"policies"}
    told = client.get(f"/api/enterprises/{firm.pk}/chronicle/?kind=policies").json()
    assert [each["what"] for each in told] == [f"送达政策：{services[1].title}"]


def test_the_line_of_time_tells_nobody_of_kinds_that_he_may_not_read(client, huancui_employer, huancui_union):
    firm = make.enterprise()
    make.arrears(firm)
    for person, seen in ((huancui_union, True), (huancui_employer, False)):
        client.force_login(person)
        assert ("欠薪" in client.get(f"/enterprises/{firm.pk}/chronicle/").text) is seen


def test_another_districts_enterprise_has_no_line_of_time(client, rongcheng_officer):
    client.force_login(rongcheng_officer)
    assert client.get(f"/enterprises/{make.enterprise().pk}/chronicle/").status_code == 404
