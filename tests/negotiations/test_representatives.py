"""Who may sit on which side of the table, and how many."""

from dataclasses import replace
from datetime import date

import pytest

from negotiations import law, representatives
from negotiations.law import Kind
from negotiations.representatives import EMPLOYERS, WORKERS, Seat

ON = date(2023, 8, 10)
SEATS = [
    Seat("工会主席", WORKERS, chief=True, union_officer=True),
    Seat("车间职工", WORKERS, front_line=True),
    Seat("班组长", WORKERS),
    Seat("法定代表人", EMPLOYERS, chief=True, legal_representative=True, manager=True),
    Seat("财务负责人", EMPLOYERS, manager=True, mandate=True),
    Seat("人事负责人", EMPLOYERS, manager=True, mandate=True),
]


def faults_of(seats, kind=Kind.WAGE, **more):
    return representatives.faults(
        seats,
        seating=law.rule("representatives", kind, ON),
        outsiders=law.rule("representatives", kind, ON, speaks_of="outsiders"),
        places=law.spoken("places", kind, ON),
        mandates=law.spoken("mandates", kind, ON),
        **more,
    )


def with_seat(place, **changes):
    return [replace(seat, **changes) if number == place else seat for number, seat in enumerate(SEATS)]


@pytest.mark.parametrize("kind", Kind)
def test_three_a_side_with_a_chief_each_are_seated_rightly(kind):
    assert faults_of(SEATS, kind) == []


@pytest.mark.parametrize(
    ("seats", "sentence"),
    [
        (SEATS[:2] + SEATS[3:], "职工方协商代表现有2人，每方不得少于3人"),
        ([*SEATS, Seat("副总", EMPLOYERS, manager=True, mandate=True)], "应当对等，现职工方3人、企业方4人"),
        (with_seat(1, front_line=False), "一线职工代表现有0人，不得少于三分之一，即1人"),
        (with_seat(0, chief=False), "职工方首席代表应为1人，现为0人"),
        (with_seat(1, chief=True), "职工方首席代表应为1人，现为2人"),
        (with_seat(3, legal_representative=False), "担任企业方首席代表须有书面委托"),
        (with_seat(4, person="班组长"), "班组长不得同时担任双方的协商代表"),
        (with_seat(4, union_officer=True), "财务负责人是工会负责人，不得担任企业方协商代表"),
        (with_seat(2, manager=True), "班组长是企业经营管理人员或出资人，不得担任职工方协商代表"),
        (with_seat(2, kin=True), "班组长是企业经营管理人员或出资人的近亲属"),
        (with_seat(3, outsider=True), "法定代表人不是本企业人员，不能担任首席代表"),
        (with_seat(0, union_officer=False), "职工方首席代表应由工会主席"),
        (with_seat(4, mandate=False), "企业方代表财务负责人应由首席代表书面指派"),
    ],
)
def test_a_seat_that_the_law_forbids_is_named_with_its_article(seats, sentence):
    found = [fault for fault in faults_of(seats) if sentence in fault]
    assert found
    assert "《" in found[0] or "首席代表应为" in found[0]


def test_a_delegate_of_the_legal_representative_is_chief_by_a_written_mandate():
    assert faults_of(with_seat(3, legal_representative=False, mandate=True)) == []


def test_a_third_of_the_front_line_is_rounded_up():
    seven = [Seat(f"职工{n}", WORKERS, chief=n == 0, front_line=0 < n <= 2) for n in range(7)]
    seven += [Seat(f"经理{n}", EMPLOYERS, chief=n == 0, legal_representative=n == 0) for n in range(7)]
    assert "即3人" in faults_of(seven)[0]


def test_a_general_contract_asks_for_no_front_line():
    assert faults_of(with_seat(1, front_line=False), Kind.GENERAL) == []


def test_outsiders_are_at_most_a_third_of_a_side():
    assert faults_of(with_seat(1, outsider=True)) == []
    two = with_seat(1, outsider=True)
    two[2] = replace(two[2], outsider=True)
    assert any("有2名代表不是本企业人员，最多1人" in fault for fault in faults_of(two))


def test_where_there_is_no_union_the_workers_choose_their_chief():
    chosen = with_seat(0, union_officer=False)
    assert faults_of(chosen, has_union=False) == []


def test_the_rule_on_general_contracts_asks_for_no_union_chief_and_no_written_appointment():
    seats = [replace(seat, union_officer=False, mandate=False) for seat in SEATS]
    assert faults_of(seats, Kind.GENERAL) == []


def test_at_a_table_of_many_union_and_employers_organisation_send_whom_they_choose():
    sent = [replace(seat, outsider=True, legal_representative=False, mandate=seat.side == EMPLOYERS) for seat in SEATS]
    assert faults_of(sent, of_many=True) == []
    unsent = [replace(seat, mandate=False) for seat in sent]
    assert any("应由企业代表组织派出或参加企业推选" in fault for fault in faults_of(unsent, of_many=True))


def test_another_province_does_not_cite_shandong(settings):
    settings.PROVINCE = "320000"
    wrong = [replace(seat, person="同一人", kin=True, manager=True, mandate=False) for seat in SEATS]
    assert faults_of(wrong)
    assert not [fault for fault in faults_of(wrong) if "山东" in fault]
