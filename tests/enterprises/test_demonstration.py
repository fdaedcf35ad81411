"""The invented economy: nobody real in it, the same every time, and as uneven as a real one."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from django.core.management import call_command
from stdnum.cn import uscc

from accounts.reference import DISTRICTS
from enterprises.demonstration import FEEDS, arrears_between, codes, files, generate, generate_blocks, names
from enterprises.demonstration.manners import as_written
from enterprises.demonstration.trades import SEASONS, TRADES

GB_11714_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@pytest.fixture(scope="module")
def population():
    return generate(5, 6000)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    population = generate(6, 600)
    plan = files.as_departments_deliver(population)
    return list(files.write(population, plan, tmp_path_factory.mktemp("deliveries"), seed=6, dirt=0.02))


def test_every_code_is_right_in_both_check_characters_and_can_belong_to_nobody(population):
    for code in population.register["code"].head(500):
        assert uscc.is_valid(code)
        assert code[2:8] == codes.AREA
        total = sum(
            weight * (ord(c) - 48 if c < "A" else ord(c) - 55)
            for weight, c in zip(GB_11714_WEIGHTS, code[8:16], strict=True)
        )
        assert code[16] == {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def test_a_spoiled_code_is_wrong():
    assert not uscc.is_valid(codes.spoiled("91371099MAXDEMA17A"))


def test_no_two_enterprises_share_a_code_or_a_name():
    register = generate(5, 60_000, months=1).register
    assert register["code"].is_unique().all()
    assert register["name"].is_unique().all()
    assert names.brands(np.arange(names.BRANDS), 5).is_unique().all()


def test_more_enterprises_than_brands_are_refused():
    with pytest.raises(ValueError, match=str(names.BRANDS)):
        names.brands(np.array([names.BRANDS]), 5)


def test_the_same_seed_makes_the_same_enterprises_however_many_follow():
    few, many = generate(8, 300), generate(8, 5000)
    assert few.register.equals(many.register[:300])
    assert few.truth.equals(many.truth[:300])
    for feed, columns in few.signals.items():
        for name, values in columns.items():
            assert np.array_equal(values, many.signals[feed][name][:, :300])
    assert not generate(9, 300).register.equals(few.register)


def test_blocks_are_the_whole_cut_in_pieces():
    blocks = list(generate_blocks(8, 5000))
    assert [len(block) for block in blocks] == [4096, 904]
    assert pl.concat([block.register for block in blocks]).equals(generate(8, 5000).register)


def test_all_trades_districts_and_kinds_of_enterprise_occur(population):
    register = population.register
    assert set(register["industry_code"]) == {trade.code for trade in TRADES}
    assert set(register["district"]) == {code for code, *_ in DISTRICTS}
    assert set(register["kind"]) == {1, 2, 3}
    assert set(register["platform"]) == {"", "freight", "ride_hailing", "delivery"}
    assert set(register["status"]) == {"存续", "注销"}
    assert 0.1 < register["union"].mean() < 0.4


def test_most_enterprises_are_small_and_some_are_large(population):
    heads = population.register["heads"].to_numpy()
    assert np.median(heads) < 12
    assert heads.max() > 500
    assert (population.register["founded_on"] >= date(2023, 1, 1)).mean() > 0.05


def test_absent_is_not_zero_and_no_feed_begins_before_the_founding(population):
    founded = population.register["founded_on"].dt.month_start().to_numpy()
    for feed, columns in population.signals.items():
        present = columns["present"]
        assert 0 < present.mean() < 1
        assert set(columns) == {"present", *FEEDS[feed]}
        for name in FEEDS[feed]:
            assert not columns[name][~present].any()
            assert (columns[name] >= 0).all()
        for month, row in zip(population.months, present, strict=True):
            assert not row[founded > np.datetime64(month)].any()


def test_seafood_falls_every_summer_and_pays_all_the_same(population):
    seafood = population.register["industry_code"].is_in(["C1361", "A0421"]).to_numpy()
    healthy = seafood & (population.truth["strain"] == 0).to_numpy()
    tax = {name: population.signals["tax"][name][:, healthy].sum(axis=1) for name in ("due", "paid")}
    month_of = np.array([month.month for month in population.months])
    assert tax["due"][np.isin(month_of, (6, 7, 8))].mean() < 0.6 * tax["due"][np.isin(month_of, (10, 11, 12))].mean()
    assert tax["paid"].sum() > 0.97 * tax["due"].sum()


def test_seasons_are_shares_of_a_usual_month():
    assert all(abs(sum(season) / 12 - 1) < 0.11 for season in SEASONS.values())


def test_distress_shows_in_the_feeds_and_ends_in_arrears_more_often(population):
    distressed = population.truth["distressed"].to_numpy()
    arrears = arrears_between(population, date(2023, 11, 1), date(2024, 4, 1))
    assert 0.03 < arrears.mean() < 0.06
    assert arrears[distressed].mean() > 10 * arrears[~distressed].mean()
    social = population.signals["social"]
    short = ((social["paid"] < social["due"]) & social["present"])[-6:].mean(axis=0)
    assert short[distressed].mean() > 5 * short[~distressed].mean()


def test_amounts_are_written_exactly_in_yuan_and_in_ten_thousand_yuan():
    cents = pl.Series([0, 5, 120, 123_456, 990_000_000])
    assert as_written(cents, 2).to_list() == ["0", "0.05", "1.2", "1234.56", "9900000"]
    assert as_written(cents, 6).to_list() == ["0", "0.000005", "0.00012", "0.123456", "990"]


def test_departments_deliver_month_by_month_and_logistics_come_late(written):
    by_kind = {kind: [file.delivery for file in written if file.delivery.kind == kind] for kind in files.COLUMNS}
    assert [delivery.last for delivery in by_kind["social"]][-1] == date(2023, 10, 1)
    assert [delivery.last for delivery in by_kind["logistics"]][-1] == date(2023, 9, 1)
    assert sum(delivery.correction for delivery in by_kind["social"]) == 1
    days = [file.delivery.delivered_on for file in written]
    assert days == sorted(days)
    assert max(days) <= date(2023, 11, 20)


def test_a_long_feed_comes_as_text_because_a_workbook_would_be_too_large(monkeypatch, tmp_path):
    monkeypatch.setattr(files, "WORKBOOK_ROWS", 1000)
    population = generate(6, 100)
    suffixes = {file.delivery.kind: file.path.suffix for file in _write(population, tmp_path)}
    assert suffixes["tax"] == ".csv"
    assert suffixes["loan"] == ".xlsx"


def test_the_command_writes_files_truth_and_what_to_expect(tmp_path, capsys):
    call_command(
        "make_deliveries", str(tmp_path / "files"), "--enterprises", "60", "--months", "3", "--until", "2023-06",
        "--truth", str(tmp_path / "truth.csv"), "--expected", str(tmp_path / "expected.json"),
    )  # fmt: skip
    assert len(list((tmp_path / "files").iterdir())) == 5
    truth = pl.read_csv(tmp_path / "truth.csv")
    assert truth.columns[:3] == ["uscc", "distressed", "arrears_next_half_year"]
    assert len(truth) == 60
    assert '"rejected"' in (tmp_path / "expected.json").read_text("utf-8")


def _write(population, folder):
    return files.write(population, files.one_file_each(population), folder)


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    population = generate(6, 50, months=3)
    first, second = (
        [file.path.read_bytes() for file in _write(population, tmp_path / folder)] for folder in ("one", "two")
    )
    assert first == second
