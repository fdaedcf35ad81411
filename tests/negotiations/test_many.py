"""Consultations of an industry or area: one table, many enterprises, one contract with a seal of each."""

from datetime import date

import pytest

from accounts.models import Organisation
from casework.lifecycle import Incomplete, MoveRefused
from negotiations.law import Kind
from negotiations.models import Consultation, Contract, FirmClass, Side
from tests import make
from tests.negotiations import cases

pytestmark = pytest.mark.django_db
S = Consultation.State
ON = date(2023, 9, 20)
VOTE = {"body": "staff", "held_on": date(2023, 9, 15), "entitled": 40, "present": 40}


def of_many(firms=3, *, state=S.DRAFT, **fields):
    """A consultation in the trade of Huancui, with the firms that take part."""
    offer = cases.consultation(
        make.enterprise(district="371002"), state=None, reach="industry", trade="水产品加工",
        sender="环翠区水产品加工行业工会联合会", addressee="环翠区工商业联合会", **fields,
    )  # fmt: skip
    offer.enterprise, offer.state = None, state
    offer.number, offer.sent_on, offer.meet_on, offer.place = (
        "协要〔2023〕901号",
        cases.SENT_ON,
        cases.MEET_ON,
        "会议室",
    )
    offer.save()
    for _ in range(firms):
        firm = make.enterprise(district="371002")
        offer.participants.create(enterprise=firm, district_id="371002", joined_on=cases.SENT_ON)
    return offer


def test_an_offer_in_an_industry_is_drafted_between_its_union_and_the_employers_organisation(client, huancui_union):
    Organisation.objects.get_or_create(
        district_id="371002", side=Organisation.Side.EMPLOYERS, name="环翠区工商业联合会"
    )
    client.force_login(huancui_union)
    told = {"reach": "industry", "trade": "水产品加工", "kind": "wage", "firm_class": "normal", "offered_by": "workers",
            "chosen": ["计时工资、计件单价、劳动定额"], "reasons": "计件单价高低不一"}  # fmt: skip
    answer = client.post("/negotiations/draft/", told)
    offer = Consultation.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, offer.get_absolute_url())
    assert (offer.sender, offer.addressee) == ("环翠区水产品加工行业工会联合会", "环翠区工商业联合会")
    assert str(offer) == "环翠区水产品加工行业 工资专项集体合同订立"
    assert client.post("/negotiations/draft/", told | {"trade": ""}).status_code == 422
    assert Consultation.objects.count() == 1


def test_the_offer_leaves_when_two_enterprises_take_part(huancui_union):
    offer = of_many(firms=0)
    letter = {"number": "1号", "sent_on": ON, "meet_on": date(2023, 10, 20), "place": "会议室", "reasons": "单价"}
    with pytest.raises(Incomplete, match="至少两户"):
        offer.send(by=huancui_union, on=ON, **letter)
    for _ in range(2):
        offer.enlist(by=huancui_union, on=ON, enterprise=make.enterprise(district="371002"), joined_on=ON)
    with pytest.raises(MoveRefused, match="应在本区市"):
        offer.enlist(by=huancui_union, on=ON, enterprise=make.enterprise(district="371082"), joined_on=ON)
    offer.send(by=huancui_union, on=ON, **letter)
    with pytest.raises(MoveRefused, match="不能少于2户"):
        offer.release(by=huancui_union, on=ON, participant=offer.participants.first(), left_on=ON)
    assert offer.participants.staying().count() == 2


def test_a_draft_is_passed_when_the_staff_of_each_enterprise_that_stays_are_for_it(huancui_union):
    offer = of_many(state=S.SETTLED)
    first, second, third = offer.participants.all()
    for firm in (first, second):
        offer.vote_in_firm(by=huancui_union, on=ON, participant=firm, in_favour=21, **VOTE)
    offer.vote_in_firm(by=huancui_union, on=ON, participant=third, in_favour=20, **VOTE)  # half is not more than half
    with pytest.raises(Incomplete, match="还有参加企业没有表决通过"):
        offer.pass_by_firms(by=huancui_union, on=ON)
    offer.release(by=huancui_union, on=ON, participant=third, left_on=ON)
    offer.pass_by_firms(by=huancui_union, on=ON)
    contract = offer.sign(
        by=huancui_union, on=ON, signed_on=ON, begins_on=ON, ends_on=date(2024, 9, 19), workers_covered=120
    )
    assert (contract.reach, contract.enterprise, contract.trade) == ("industry", None, "水产品加工")
    assert contract.title == "环翠区水产品加工行业工资专项集体合同"
    assert [each.enterprise_id for each in contract.unsealed] == [first.enterprise_id, second.enterprise_id]
    with pytest.raises(Incomplete, match="先登记盖章的参加企业"):
        contract.file(by=huancui_union, on=ON, filed_on=ON, package=cases.PACKAGE)
    contract.join(by=huancui_union, on=ON, enterprise=first.enterprise, sealed_on=ON)  # voted at the table
    assert contract.members.get().vote.passed
    assert [each.enterprise_id for each in contract.unsealed] == [second.enterprise_id]
    contract.file(by=huancui_union, on=ON, filed_on=ON, package=cases.PACKAGE)


def test_or_by_the_congress_of_the_industry(huancui_union):
    offer = of_many(state=S.SETTLED)
    ballot = {"body": "joint", "held_on": date(2023, 9, 15), "entitled": 61, "present": 61}
    with pytest.raises(Incomplete, match="草案没有通过"):
        offer.pass_draft(by=huancui_union, on=ON, in_favour=30, **ballot)
    offer.pass_draft(by=huancui_union, on=ON, in_favour=31, **ballot)
    assert "行业性、区域性工资专项集体合同草案获得通过" in offer.vote.sentence
    contract = offer.sign(
        by=huancui_union, on=ON, signed_on=ON, begins_on=ON, ends_on=date(2024, 9, 19), workers_covered=120
    )
    assert contract.is_adopted
    contract.join(by=huancui_union, on=ON, enterprise=offer.participants.first().enterprise, sealed_on=ON)


def test_no_vote_on_the_workers_representatives_is_asked_of_an_industry_whose_union_sends_them():
    offer = of_many(state=S.AGREED)
    cases.seat(offer)
    offer.seats_vote = None
    assert offer.nomination is None
    assert offer.seat_faults(ON) == []


def test_a_general_contract_of_an_area_is_passed_as_general_contracts_are(huancui_union):
    offer = of_many(state=S.SETTLED, kind=Kind.GENERAL)
    offer.vote_in_firm(by=huancui_union, on=ON, participant=offer.participants.first(), in_favour=20, **VOTE)
    assert offer.participants.first().vote.passed  # half of all is enough


def test_the_case_page_and_the_enterprises_page_tell_of_the_table(client, huancui_union, rongcheng_officer):
    offer = of_many(state=S.AGREED)
    firm = offer.participants.first().enterprise
    client.force_login(huancui_union)
    page = client.get(offer.get_absolute_url()).content.decode()
    assert "参加企业" in page
    assert firm.name in page
    assert "环翠区水产品加工" in client.get("/negotiations/").content.decode()
    assert "参加行业性协商" in client.get(f"/negotiations/enterprises/{firm.pk}/").content.decode()
    client.force_login(rongcheng_officer)
    assert client.get(offer.get_absolute_url()).status_code == 404


def test_a_consultation_is_of_one_enterprise_or_of_a_trade(huancui_union):
    offer = Consultation.begun_for_many("371002")
    offer.kind, offer.firm_class, offer.topics = Kind.WAGE, FirmClass.NORMAL, ["计件单价"]
    with pytest.raises(Incomplete, match="请填写行业或区域"):
        offer.draft(by=huancui_union, on=ON)
    offer.trade, offer.offered_by = "餐饮服务", Side.WORKERS
    offer.draft(by=huancui_union, on=ON)
    with pytest.raises(Incomplete, match="只有行业性、区域性协商"):
        cases.consultation().enlist(by=huancui_union, on=ON, enterprise=make.enterprise(), joined_on=ON)


def test_a_contract_taken_over_for_many_still_takes_its_own_votes(huancui_union):
    contract = Contract(
        title="餐饮服务行业集体合同", kind=Kind.WAGE, reach="area", trade="餐饮服务", district_id="371002",
        signed_on=ON, begins_on=ON, ends_on=date(2024, 9, 19),
    )  # fmt: skip
    contract.register(by=huancui_union, on=ON)
    assert list(contract.unsealed) == []
    with pytest.raises(MoveRefused, match="请填写本企业职工（职工代表）的表决人数"):
        contract.join(by=huancui_union, on=ON, enterprise=make.enterprise(district="371002"), sealed_on=ON)
