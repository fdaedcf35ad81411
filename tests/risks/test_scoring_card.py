"""A card is checked when it is loaded, and what is odd in it is said in Chinese to those who mend it."""

import hashlib

import pytest

from risks import scoring

TEXT = scoring.DEFAULT.read_text()
SMALL = """
[card]
name = "小卡"
reason_from = 2
[measure]
tolerance_percent = 1
tolerance_yuan = 1
least_tax_yuan = 300
least_parcels = 10
heads_leeway = 1
worsening_tax_fall_percent = 30
worsening_heads_fall_percent = 15
worsening_parcels_fall_percent = 30
[levels]
yellow = 15
orange = 30
red = 60
[[item]]
key = "social_pay_rate"
name = "近6个月社保实缴率"
title = "社保实缴率偏低"
sentence = "近6个月社保实缴率 {value}%（{months}），低于 {line}%"
bins = [
  { from = 0, to = 60, points = 18 },
  { from = 60, to = 90, points = [18, 0] },
  { from = 90, to = 100, points = 0 },
]
"""


def faults(text):
    with pytest.raises(scoring.CardError) as error:
        scoring.parse(text.encode())
    return error.value.faults


def changed(old, new, text=SMALL):
    assert old in text
    return text.replace(old, new)


def test_the_card_that_comes_with_the_portal_is_sound_and_its_points_add_up_to_100():
    card = scoring.load()
    assert sum(item.most for item in card.items) == 1000
    assert {item.key for item in card.items} == set(scoring.FEATURES)
    assert card.sha256 == hashlib.sha256(scoring.DEFAULT.read_bytes()).hexdigest()
    assert card.text == TEXT


def test_points_go_from_bin_to_bin_and_evenly_within_one():
    (item,) = scoring.parse(SMALL.encode()).items
    at = {percent: int(item.table[int(percent * 10)]) for percent in (0, 59.9, 60, 61, 75, 89.9, 90, 100)}
    assert at == {0: 180, 59.9: 180, 60: 180, 61: 174, 75: 90, 89.9: 1, 90: 0, 100: 0}
    assert item.table[scoring.UNKNOWN] == 0
    assert item.line == "90"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("from = 60, to = 90", "from = 65, to = 90", "起处 65 与上一档止处 60 有空档"),
        ("from = 60, to = 90", "from = 55, to = 90", "起处 55 与上一档止处 60 重叠"),
        ("from = 90, to = 100", "from = 90, to = 99", "各档只到 99，须到 100"),
        ("to = 100, points = 0", "to = 120, points = 0", "止处须大于起处，且不超过 100"),
        ("from = 0, to = 60, points = 18", "from = 0, to = 60, points = 10", "情况越差分数不能越低"),
        ("points = [18, 0]", "points = [18, 9, 0]", "写一个数，或写起止两个数"),
        ("points = 18", "points = 118", "118 须不小于 0，不超过 100"),
        ("points = 18", "points = -1", "-1 须不小于 0"),
        ("points = 18", "points = 17.55", "最细到 0.1"),
        ("points = 18", 'points = "18"', "须为数字"),
        ('key = "social_pay_rate"', 'key = "social_rate"', "没有名为 'social_rate' 的特征"),
        ("低于 {line}%", "低于 {limit}%", "不认识 {limit}"),
        ("{value}%", "{value%", "花括号不成对"),
        ("{value}%", "{0}%", "不认识 {0}"),
        ("{value}%", "{value:.2f}%", "只写名称，不写格式"),
        ('title = "社保实缴率偏低"', 'title = "近6个月社保实缴率偏低"', "不能含数字"),
        ('title = "社保实缴率偏低"\n', "", "缺少 title"),
        ("orange = 30", "orange = 10", "等级界限须依次升高"),
        ("red = 60", "red = 160", "160 须不小于 0，不超过 100"),
        ("tolerance_yuan = 1", "tolerance_yaun = 1", "不认识 'tolerance_yaun'"),
        ("tolerance_yuan = 1\n", "", "tolerance_yuan（少缴不超过几元视为足额）：须为数字"),
        ("heads_leeway = 1", "heads_leeway = 0.5", "最细到 1"),
        ("[levels]", "[level]", "缺少 [levels] 一节"),
        ("[[item]]", "[item]", "须写作逐条列出的表"),
        ('name = "小卡"', "name = 小卡", "不合 TOML 格式"),
    ],
)
def test_an_odd_card_is_refused_with_a_sentence_that_says_where(old, new, fault):
    assert any(fault in said for said in faults(changed(old, new)))


def test_all_faults_are_told_at_once():
    text = changed("tolerance_yuan = 1\n", "", changed("{line}", "{limit}"))
    assert len(faults(text)) == 2


def test_a_feature_counts_once():
    item = SMALL[SMALL.index("[[item]]") :]
    assert any("列了两次" in said for said in faults(SMALL + item.replace("points = 18", "points = 18")))


def test_more_than_100_points_in_all_are_refused():
    item = SMALL[SMALL.index("[[item]]") :].replace("18", "90").replace("social_pay_rate", "tax_pay_rate")
    assert any("合计 108 分，超过 100 分" in said for said in faults(SMALL + item))


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ('level = "black"', "level 须为 yellow、orange、red 之一"),
        ('level = "red"', "须有 all"),
        ('level = "red"\nall = [{ what = "wage", at_least = 1 }]', "没有名为 'wage' 的特征或事实"),
        ('level = "red"\nall = [{ what = "arrears_months" }]', "须写 at_least 或 at_most"),
        (
            'level = "red"\nall = [{ what = "arrears_months", at_least = 1 }]\nsentence = "{workers}"',
            "不认识 {workers}",
        ),
    ],
)
def test_an_odd_hard_rule_is_refused(rule, fault):
    text = "\n".join(line for line in ('[[rule]]\ntitle = "甲"', rule))
    text += "" if "sentence" in rule else '\nsentence = "甲"'
    assert any(fault in said for said in faults(SMALL + text))


def test_a_file_that_is_no_text_is_refused():
    with pytest.raises(scoring.CardError, match="UTF-8"):
        scoring.parse("小卡".encode("gb18030"))


def test_another_byte_makes_another_version():
    assert scoring.parse(SMALL.encode()).sha256 != scoring.parse((SMALL + "\n").encode()).sha256
