"""The table of the law, cell by cell: the number of a kind of contract in Shandong, and in another province."""

from datetime import date

import pytest

from negotiations import forms, hints, law
from negotiations.contract_forms import OF_A_CONTRACT
from negotiations.law import Kind
from negotiations.models import Consultation, Contract, Vote
from tests import make
from tests.negotiations import cases

ON = date(2023, 8, 10)
SHANDONG, ELSEWHERE = "370000", "320000"
G, W = Kind.GENERAL, Kind.WAGE
CELLS = [  # step, then its length: general Shandong, wage Shandong, general national, wage national; "": no number
    ("publish_representatives", "", "5日", "", ""),
    ("reply", "10日", "10日", "20日", "20日"),
    ("exchange", "", "10日", "", "5日"),
    ("tell_upper_union", "", "5日", "", ""),
    ("conclude", "", "60日", "", ""),
    ("submit", "10日", "10日", "10日", "7日"),
    ("review", "15日", "15日", "15日", "15日"),
    ("publish", "7日", "7日", "", "5日"),
    ("renew", "3个月", "60日", "3个月", "60日"),
    ("report", "", "12个月", "", ""),
    ("dissolution", "", "7日", "", ""),
    ("coordination", "30日", "30日", "30日", "30日"),
    ("replace_representative", "15日", "15日", "15日", "15日"),
]


@pytest.mark.parametrize(("step", "general", "wage", "general_national", "wage_national"), CELLS)
def test_each_time_limit_is_that_of_its_cell(step, general, wage, general_national, wage_national, settings):
    for province, lengths in ((SHANDONG, (general, wage)), (ELSEWHERE, (general_national, wage_national))):
        settings.PROVINCE = province
        found = [law.limit(step, kind, ON) for kind in (G, W)]
        assert tuple(rule.length if rule else "" for rule in found) == lengths
        if province == ELSEWHERE:
            assert not [rule for rule in found if rule and rule.instrument.startswith("山东")]


@pytest.mark.parametrize(
    ("matter", "general", "wage", "general_national", "wage_national"),
    [
        ("offer", "第三十八条", "第二十一条", "第三十二条", "第十七条"),
        ("information", "第三十五条", "第二十三条", "", ""),
        ("chair", "第三十九条", "第二十五条", "第三十四条", "第三十四条"),
        ("minutes", "第三十三条", "第二十六条", "第三十三条", "第三十三条"),
        ("signature", "第四十条", "第二十七条", "第三十七条", "第三十七条"),
        ("upper_union", "第四十四条", "第三十一条", "", ""),
        ("performance", "第四十五条", "第三十一条", "", ""),
        ("change", "第四十三条", "第四十条、第四十一条", "第四十一条", "第四十一条"),
        ("package", "第四十二条", "第二十九条", "第四十二条", "第二十一条"),
        ("protection", "第三十七条", "第十五条", "第二十八条", "第二十八条"),
    ],
)
def test_each_duty_is_cited_by_the_article_of_its_cell(
    matter, general, wage, general_national, wage_national, settings
):
    for province, articles in ((SHANDONG, (general, wage)), (ELSEWHERE, (general_national, wage_national))):
        settings.PROVINCE = province
        found = [law.spoken(matter, kind, ON) for kind in (G, W)]
        assert tuple(rule.article if rule else "" for rule in found) == articles


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.django_db
def test_in_another_province_no_form_speaks_of_shandong_and_a_contract_goes_its_whole_way(
    kind, settings, huancui_union, huancui_officer, huancui_supervisor
):
    settings.PROVINCE = ELSEWHERE
    offer = cases.consultation(state=Consultation.State.TALKING, kind=kind)
    supervision = {"opine", "propose", "deliver", "note_answer", "answer"}  # the union's own rule is Shandong's
    for form in forms.OF_A_CONSULTATION:
        if form.move not in supervision:
            assert "山东" not in str(form(record=offer, by=huancui_union, on=ON).hint or ""), form.move
    contract = cases.contract(state=None, kind=kind)
    contract.register(by=huancui_union, on=date(2023, 9, 1))
    for form in OF_A_CONTRACT:
        assert "山东" not in str(form(record=contract, by=huancui_union, on=ON).hint or ""), form.move
    contract.file(
        by=huancui_union, on=date(2023, 9, 5), filed_on=date(2023, 9, 5), package=list(contract.package_needed)
    )
    contract.approve(by=huancui_officer, on=date(2023, 9, 8), reviewed_on=date(2023, 9, 8))
    contract.publish(by=huancui_union, on=date(2023, 9, 8), published_on=date(2023, 9, 8))
    assert contract.publish_due is None or contract.publish_due.rule.length == "5日"
    assert "登记报上级工会" not in [
        move.label for move in contract.moves_for(huancui_union) if not contract.is_moot(move)
    ]
    contract.dissolve(
        by=huancui_union, on=date(2023, 9, 20), ground="bankruptcy", closed_on=date(2023, 9, 20), reason="破产",
        body=Vote.Body.STAFF, held_on=date(2023, 9, 19), entitled=40, present=40, in_favour=40,
    )  # fmt: skip
    assert Contract.objects.get(pk=contract.pk).ending.filing_due is None


def test_hints_say_the_numbers_of_the_kind():
    assert hints.limits("reply", ON, "{length}内答复") == (
        "10日内答复（《山东省劳动合同条例》第三十八条、《山东省企业工资集体协商条例》第二十一条）。"
    )
    assert "职工方一线职工不少于三分之一" in hints.seating(W, ON)
    assert "一线" not in hints.seating(G, ON)


@pytest.mark.parametrize(("kind", "keys"), [(W, 5), (G, 2)])
@pytest.mark.django_db
def test_the_filing_package_is_that_of_the_kind(kind, keys):
    contract = cases.contract(kind=kind)
    assert len(contract.package_needed) == keys
    assert contract.package_missing == list(contract.package_needed.values())


@pytest.mark.django_db
def test_a_general_contract_is_dissolved_by_the_procedure_of_its_conclusion_and_filed_nowhere(huancui_union):
    contract = cases.contract(state=Contract.State.PERFORMED, kind=G)
    ballot = {"body": "staff", "held_on": make.ON, "entitled": 40, "present": 40}
    contract.dissolve(
        by=huancui_union, on=make.ON, ground="merger", closed_on=make.ON, reason="重组", in_favour=20, **ballot
    )
    assert "《集体合同规定》第四十一条" in contract.ending.vote.sentence
    assert contract.ending.filing_due is None
    contract.report_ending(by=huancui_union, on=make.ON, told_union_on=make.ON)
