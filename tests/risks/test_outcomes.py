"""What became of scores: labels, how well a run ordered, how often reasons proved true."""

import random
from datetime import timedelta

import pytest
from django.core.management import call_command

from risks import outcomes
from risks.models import Level, ReasonCheck
from tests import make


@pytest.mark.parametrize("seed", range(20))
def test_auc_is_the_share_of_pairs_in_the_right_order(seed):
    chance = random.Random(seed)
    scored = [(chance.randrange(6), chance.random() < 0.4) for _ in range(30)]
    pairs = [
        (high > low) + (high == low) / 2
        for high, positive in scored
        if positive
        for low, negative in scored
        if not negative
    ]
    assert outcomes.auc(scored) == pytest.approx(sum(pairs) / len(pairs))


def test_without_both_kinds_there_is_no_auc():
    assert outcomes.auc([(1, True), (2, True)]) is None


@pytest.mark.parametrize("seed", range(20))
def test_hits_among_the_first_are_the_mean_over_all_ways_to_break_ties(seed):
    chance = random.Random(seed)
    scored = [(chance.randrange(4), chance.random() < 0.4) for _ in range(20)]
    size, found = chance.randrange(1, 20), []
    for _ in range(4000):
        shuffled = sorted(scored, key=lambda pair: (-pair[0], chance.random()))
        found.append(sum(positive for _, positive in shuffled[:size]))
    assert outcomes.hits_among_first(scored, size) == pytest.approx(sum(found) / len(found), abs=0.12)


def test_wilson_as_his_paper_has_it():
    low, high = outcomes.wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


@pytest.mark.django_db
def test_labels_are_the_verified_arrears_of_the_days_and_the_visits(huancui_officer):
    start = make.ON - timedelta(40)
    early, inside, delay, doubted = (make.enterprise() for _ in range(4))
    make.arrears(early, found_on=start - timedelta(1))
    first = make.arrears(inside, found_on=start, workers=5, months=1, amount=100)
    make.arrears(inside, found_on=start + timedelta(3), workers=7, months=2, amount=50)
    make.arrears(delay, found_on=start, kind="delay", months=0, delay_days=20)
    make.arrears(doubted, found_on=start).dismiss(by=huancui_officer, on=make.ON, note="查无此事")
    visited = make.inspection(visited_on=start + timedelta(5)).enterprise
    first.settle(by=huancui_officer, on=make.ON, paid_on=make.ON)
    found = outcomes.labels(start, 30)
    assert found.keys() == {inside.pk, visited.pk}
    label = found[inside.pk]
    assert (label.arrears, label.workers, label.months, label.amount, label.paid_on) == (True, 12, 2, 150, None)
    assert (found[visited.pk].arrears, found[visited.pk].visited) == (False, True)


@pytest.mark.django_db
def test_a_run_is_held_against_what_became_known(tmp_path, capsys):
    run = make.run()
    firms = [make.enterprise() for _ in range(6)]
    for number, firm in enumerate(firms):
        make.score(firm, run, score=10.0 * number, level=Level.RED if number == 5 else Level.BLUE)
    make.arrears(firms[5])
    make.arrears(firms[2])
    file = tmp_path / "labels.csv"
    call_command("backtest", "latest", since=make.ON, labels=file)
    told = capsys.readouterr().out
    assert "全部评分企业：6 户，欠薪 2 户，AUC 0.750" in told
    assert "红 1/1，蓝 1/5" in told
    assert {line.split(",")[0] for line in file.read_text().splitlines()[1:]} == {firms[2].uscc, firms[5].uscc}


@pytest.mark.django_db
def test_the_scoreboard_counts_what_submitted_visits_found_and_few_make_no_rate(huancui_officer):
    for number in range(12):
        visit = make.inspection(by=huancui_officer)
        fields = {"inspection": visit, "sentence": "", "question": ""}
        verdict = "confirmed" if number < 9 else "refuted"
        ReasonCheck.objects.create(key="tax_fall", title="申报税额明显下降", verdict=verdict, **fields)
        if number < 4:
            ReasonCheck.objects.create(key="heads_fall", title="参保人数较上年减少", verdict="", **fields)
    often, seldom = outcomes.scoreboard(ReasonCheck.objects.all())
    assert (often.key, often.asked, often.confirmed, often.refuted, often.percent) == ("tax_fall", 12, 9, 3, 75)
    assert (seldom.blank, seldom.percent, seldom.interval) == (4, None, None)
