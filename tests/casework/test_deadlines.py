"""Due dates over the holidays of 2023 and 2024, as the State Council's notices set them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from casework import deadlines
from casework.deadlines import due


def d(month_day, year=2023):
    month, day = month_day.split("-")
    return date(year, int(month), int(day))


# National Day 2023: off 29 September to 6 October; worked on Saturday 7 and Sunday 8 October.
# Spring Festival 2024: off 10 to 17 February; worked on Sunday 4 and Sunday 18 February.
@pytest.mark.parametrize(
    ("rule", "start", "ends"),
    [
        # Calendar days: the day of the event is not counted.
        ("wage_shandong.reply", d("08-01"), d("08-11")),
        # The last day is a holiday: it moves past the week to the Saturday that is worked instead.
        ("wage_shandong.reply", d("09-19"), d("10-07")),
        ("wage_shandong.reply", d("09-20"), d("10-07")),
        ("wage_shandong.reply", d("09-26"), d("10-07")),
        # It is that very Saturday or Sunday: it stays.
        ("wage_shandong.reply", d("09-27"), d("10-07")),
        ("wage_shandong.reply", d("09-28"), d("10-08")),
        # An ordinary weekend: to Monday.
        ("wage_shandong.reply", d("11-01"), d("11-13")),
        ("wage_shandong.reply", d("11-02"), d("11-13")),
        # Holidays in the middle count.
        ("general_shandong.review", d("09-25"), d("10-10")),
        ("wage_shandong.conclude", d("08-10"), d("10-09")),
        # Spring Festival, and its Eve, which was worked in 2024.
        ("wage_shandong.reply", d("01-30", 2024), d("02-09", 2024)),
        ("wage_shandong.reply", d("01-31", 2024), d("02-18", 2024)),
        ("wage_shandong.reply", d("02-07", 2024), d("02-18", 2024)),
        ("general_shandong.publish", d("02-10", 2024), d("02-18", 2024)),
        # Working days: holidays are left out, the weekends worked instead are counted.
        ("union_supervision.opinion_objection", d("09-28"), d("10-11")),
        ("union_supervision.opinion_answer", d("09-26"), d("10-23")),
        ("labour_inspection.accept", d("02-07", 2024), d("02-20", 2024)),
        ("labour_inspection.accept", d("02-02", 2024), d("02-08", 2024)),
        ("labour_inspection.investigate", d("09-01"), d("11-30")),
        ("labour_inspection.investigate", d("11-20"), d("02-18", 2024)),
        # Months end on the same day, or on the last of a shorter month.
        ("layoff.rehire", d("08-31"), d("02-29", 2024)),
        ("wage_shandong.report", d("11-20"), d("11-20", 2024)),
        # Counted back: such a date does not move.
        ("wage_shandong.exchange", d("10-12"), d("10-02")),
        ("wage_shandong.tell_upper_union", d("10-12"), d("10-07")),
        ("general_shandong.renew", d("05-31", 2024), d("02-29", 2024)),
        # A wait is over when it is over, on whatever day.
        ("layoff.explain", d("09-01"), d("10-01")),
    ],
)
def test_a_due_date_is_counted_as_the_law_counts(rule, start, ends):
    assert due(rule, start).on == ends


def test_working_days_agree_with_a_count_by_hand():
    off = {d("09-29"), *(date(2023, 10, day) for day in range(1, 7))}
    worked = {d("10-07"), d("10-08")}
    day, counted = d("09-20"), 0
    for number in range(1, 20):
        while counted < number:
            day += timedelta(days=1)
            counted += day in worked or (day.weekday() < 5 and day not in off)
        assert deadlines.working_days_after(d("09-20"), number) == day


def test_shandong_gives_ten_days_to_reply_and_the_nation_twenty():
    on = d("08-01")
    assert [deadlines.rule_of(f"{group}.reply", on).days for group in
            ("general_shandong", "wage_shandong", "general_national", "wage_national")] == [10, 10, 20, 20]  # fmt: skip


def test_approval_and_suspension_make_a_date_later():
    assert due("wage_shandong.coordination", d("11-20")).on == d("12-20")
    assert due("wage_shandong.coordination", d("11-20"), extended=True).on == d("01-04", 2024)
    assert due("wage_shandong.conclude", d("08-10"), suspended=10).on == d("10-19")
    ninety = deadlines.working_days_after(d("09-01"), 90)
    assert due("labour_inspection.investigate", d("09-01"), extended=True).on == ninety


def test_a_due_date_says_how_it_was_reached():
    assert due("wage_shandong.reply", d("09-21")).sentence == (
        "2023年9月21日收到要约书，自次日起计10日，2023年10月1日届满。该日为国庆节放假，顺延至下一工作日2023年10月7日。"
        "依据：《山东省企业工资集体协商条例》第二十一条；期间计算参照民法典第二百零一条至第二百零三条。"
    )
    assert "该日为休息日，顺延至下一工作日2023年11月13日" in due("wage_shandong.reply", d("11-01")).sentence
    assert (
        "自次日起计15个工作日（节假日、休息日不计，调休上班日计入）"
        in due("union_supervision.opinion_answer", d("09-26")).sentence
    )
    assert "至少提前10日，即不晚于2023年10月2日" in due("wage_shandong.exchange", d("10-12")).sentence
    assert "2023年10月1日期满后方可裁减人员" in due("layoff.explain", d("09-01")).sentence
    assert "经批准延长15日" in due("wage_shandong.coordination", d("11-20"), extended=True).sentence


def test_a_rule_that_nobody_looked_up_says_so():
    assert "该条文尚未核对" in due("labour_inspection.accept", d("11-20")).sentence
    assert "该条文尚未核对" not in due("labour_inspection.investigate", d("11-20")).sentence


def test_beyond_the_announced_holidays_a_date_is_an_estimate_and_says_so():
    year = deadlines.LAST_YEAR_KNOWN + 1
    estimate = due("wage_shandong.report", date(year - 1, 10, 1))
    assert estimate.is_estimate
    assert f"{year - 1}年以后的放假安排尚未公布" in estimate.sentence
    assert not due("wage_shandong.reply", d("08-01")).is_estimate


def test_before_the_first_notice_known_offices_work_from_monday_to_friday():
    friday = date(deadlines.FIRST_YEAR_KNOWN - 1, 1, 3)
    assert deadlines.working_days_after(friday, 1) == friday + timedelta(days=3)


def test_a_date_knows_how_many_days_are_left():
    last = due("wage_shandong.reply", d("11-20"))
    assert (last.days_left(d("11-20")), last.days_left(d("12-02"))) == (10, -2)
    assert not last.is_over(d("11-30"))
    assert last.is_over(d("12-01"))


def test_the_law_of_the_day_counts():
    with pytest.raises(deadlines.UnknownRule, match="2016年12月31日"):
        due("wage_shandong.reply", d("12-31", 2016))
    with pytest.raises(deadlines.UnknownRule):
        due("wage_shandong.reply_at_once", d("11-20"))


def test_every_rule_says_where_it_stands_and_how_far_it_was_checked():
    for name, versions in deadlines.rules().items():
        for rule in versions:
            assert all((rule.matter, rule.event, rule.instrument)), name
            assert rule.article.startswith("第"), name
            assert rule.checked in {"text", "report", "memory"}, name
        for earlier, later in pairwise(versions):
            assert earlier.ends < later.begins, name


def test_all_dates_of_all_rules_can_be_told():
    for name, versions in deadlines.rules().items():
        for offset in range(0, 400, 7):
            start = max(versions[-1].begins, d("07-01")) + timedelta(days=offset)
            reached = due(name, start)
            assert (reached.on < start) == versions[-1].before
            assert versions[-1].source in reached.sentence
