"""A 用工处方 advises: order words are refused with a sentence that says what to write instead."""

import pytest

from risks import tone


@pytest.mark.parametrize(
    "text",
    [
        "责令你单位改正",
        "責令改正",
        "责 令 改 正",
        "责\u200b令改正",
        "“责”令改正",
        "请限期整改到位",
        "如不改正将予以处罚",
    ],
)
def test_an_order_is_found_however_it_is_written(text):
    assert tone.order_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "建议于12月5日前与3名职工补签书面劳动合同，并将文本交职工本人。",
        "提示：自用工之日起超过一个月不满一年未签书面劳动合同的，应当每月支付二倍工资。",
        "建议建立工资支付台账，按月向职工提供工资清单。",
    ],
)
def test_advice_is_let_through(text):
    assert tone.objection(text) is None


def test_the_sentence_names_the_word_and_what_to_write_instead():
    sentence = tone.objection("责令你公司支付拖欠的工资")
    assert "“责令”可改为“建议”" in sentence
    assert "劳动保障监察" in sentence
