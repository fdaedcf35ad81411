"""The score of one enterprise, the runs and what moved between them, the scorecard."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse

from casework.models import Job
from enterprises.models import DeliveryMonth, Feed
from risks.models import Level, ScoreRun
from tests import make


def page_of(enterprise):
    return reverse("risks:for_enterprise", args=[enterprise.pk])


@pytest.fixture
def red(db):
    """A red enterprise of Huancui with two reasons, one of them a rule, and no word from banks and post."""
    enterprise, run = make.enterprise("威海虚构砚川建筑工程有限公司"), make.run()
    card, points = make.CARD, [0.0] * len(make.CARD.items)
    points[card.place("social_pay_rate")], points[card.place("heads_fall")] = 9.0, 1.4
    features = [58.0 if item.definition.feed in (Feed.TAX, Feed.SOCIAL) else None for item in card.items]
    rule = next(place for place, rule in enumerate(card.rules) if rule.level == Level.RED)
    make.score(
        enterprise, run, level=Level.RED, score=10.4, coverage=0b0011, points=points, features=features,
        reasons=[
            "已确认拖欠工资 3 个月，按规则不低于红色",
            "近6个月社保实缴率 58%（2023-05 至 2023-10），低于 95%，+9 分",
        ],
        marks=[len(card.items) + rule, 0, 0, card.place("social_pay_rate"), Feed.SOCIAL, 0b111111 << 18],
    )  # fmt: skip
    make.tallied(run)
    return enterprise


def test_the_reasons_of_a_score_stand_with_their_points(client, red, huancui_officer):
    client.force_login(huancui_officer)
    page = client.get(page_of(red)).content.decode()
    assert "为什么是红色" in page
    assert "近6个月社保实缴率 <b>58%</b>（2023-05 至 2023-10），低于 95%</div>" in page
    assert "+9</div>" in page
    assert "另有几项合计 +1.4 分" in page
    assert "评分只供研判，等级须由工作人员确认。" in page


def test_an_absent_feed_is_said_to_be_unknown(client, red, huancui_officer):
    client.force_login(huancui_officer)
    page = client.get(page_of(red)).content.decode()
    assert "还贷：没有数据，未计分。" in page
    assert "物流：没有数据，未计分。" in page
    assert "数据覆盖 2/4" in page


def test_the_months_that_reasons_name_are_given_to_the_charts(client, red, huancui_officer):
    client.force_login(huancui_officer)
    part = client.get(page_of(red), headers={"HX-Request": "true"}).content.decode()
    marks = json.loads(re.search(r'data-marks="([^"]*)"', part)[1].replace("&quot;", '"'))
    assert marks == {"social": [f"2023-{month:02d}" for month in range(5, 11)]}
    assert "<html" not in part


def test_the_union_reads_what_a_level_rests_on_without_a_figure(client, red, huancui_union):
    client.force_login(huancui_union)
    part = client.get(page_of(red), headers={"HX-Request": "true"}).content.decode()
    assert "社保实缴率偏低" in part
    assert not re.search(r"58|\+9|10\.4|数据覆盖|data-marks", part)


def test_the_score_of_another_district_does_not_exist(client, red, rongcheng_officer):
    client.force_login(rongcheng_officer)
    assert client.get(page_of(red)).status_code == 404


def test_an_enterprise_without_a_score_says_why(client, red, huancui_officer):
    client.force_login(huancui_officer)
    assert "只对评分时在册存续的企业评分" in client.get(page_of(make.enterprise())).content.decode()


def test_blue_without_any_data_is_not_called_safe(client, red, huancui_officer):
    unknown = make.enterprise()
    nothing = [None] * len(make.CARD.items)
    make.score(unknown, ScoreRun.objects.latest(), level=Level.BLUE, score=0, coverage=0, features=nothing,
               points=[0.0] * len(nothing), reasons=[], marks=[])  # fmt: skip
    client.force_login(huancui_officer)
    assert "蓝色不代表没有风险" in client.get(page_of(unknown)).content.decode()


def test_the_history_lists_the_scores_of_every_run(client, red, huancui_officer):
    earlier = make.run(as_of=date(2023, 9, 1))
    make.score(red, earlier, level=Level.YELLOW, score=21)
    client.force_login(huancui_officer)
    page = client.get(page_of(red))
    assert [(past.run.as_of.month, past.level) for past in page.context["history"]] == [(10, 3), (9, 1)]
    assert "2023-09 21 分，2023-10 10.4 分" in page.content.decode()


def test_an_earlier_score_can_be_read_with_its_own_card_and_month(client, red, huancui_officer):
    earlier = make.run(as_of=date(2023, 9, 1))
    make.score(red, earlier, level=Level.YELLOW, score=21)
    client.force_login(huancui_officer)
    assert "为什么是黄色" in client.get(f"{page_of(red)}?run={earlier.pk}").content.decode()


# ── Runs ───────────────────────────────────────────────────────────────────────────────────────


def told(feed, *months):
    delivery = make.delivery(feed.name.lower())
    for month in months:
        DeliveryMonth.objects.create(delivery=delivery, feed=feed, month=date(2023, month, 1), enterprises=1)


def test_a_run_is_suggested_for_the_latest_month_that_all_feeds_cover(client, city_office):
    for feed in Feed:
        told(feed, 8, 9, *([10] if feed != Feed.LOGISTICS else []))
    client.force_login(city_office)
    form = client.get(reverse("risks:runs")).context["form"]
    assert form.initial["as_of"] == "2023-09"
    assert form.fields["as_of"].choices[0] == ("2023-10", "2023年10月（缺物流）")


def test_the_button_asks_for_a_run_in_the_background(client, steward):
    for feed in Feed:
        told(feed, 10)
    make.enterprise()
    client.force_login(steward)
    answer = client.post(reverse("risks:start_run"), {"as_of": "2023-10"})
    run = ScoreRun.objects.get()
    assert answer.headers["Location"] == reverse("risks:run", args=[run.pk])
    assert (run.as_of, run.asked_by) == (date(2023, 10, 1), steward)
    assert {job.state for job in run.jobs} == {Job.State.WAITING}
    page = client.get(answer.headers["Location"]).content.decode()
    assert "等待评分" in page
    assert f'hx-get="{reverse("risks:run", args=[run.pk])}"' in page


def test_a_run_is_not_asked_for_a_month_of_which_nothing_is_known(client, steward):
    told(Feed.TAX, 10)
    client.force_login(steward)
    client.post(reverse("risks:start_run"), {"as_of": "2023-11"})
    assert not ScoreRun.objects.exists()


def test_a_run_can_be_cancelled_and_gone_on_with(client, steward):
    told(Feed.TAX, 10)
    make.enterprise()
    client.force_login(steward)
    client.post(reverse("risks:start_run"), {"as_of": "2023-10"})
    run = ScoreRun.objects.get()
    assert "评分已取消" in client.post(reverse("risks:cancel_run", args=[run.pk]), follow=True).content.decode()
    assert "等待评分" in client.post(reverse("risks:retry_run", args=[run.pk]), follow=True).content.decode()


@pytest.mark.parametrize(
    "username", ["huancui_officer", "huancui_supervisor", "huancui_union", "auditor", "administrator"]
)
@pytest.mark.parametrize("name", ["runs", "start_run"])
def test_only_the_city_office_and_the_steward_run_scores(request, client, username, name):
    client.force_login(request.getfixturevalue(username))
    ask = client.post if name == "start_run" else client.get
    assert ask(reverse(f"risks:{name}")).status_code == 403


def test_each_figure_of_what_moved_opens_as_many_rows(client, sweep, city_office):
    client.force_login(city_office)
    moves = client.get(reverse("risks:run", args=[sweep.pk])).context["moves"]
    assert sum(row.total for row in moves) == sweep.enterprises
    assert len(moves) == 5
    for row in moves:
        for cell in row.cells:
            assert client.get(reverse("risks:list") + cell.query).context["page"].total == cell.number


def test_the_list_of_runs_shows_levels_and_who_asked(client, sweep, city_office):
    client.force_login(city_office)
    page = client.get(reverse("risks:runs")).content.decode()
    assert "2023年10月" in page
    assert f'href="{reverse("risks:list")}?run={sweep.pk}&amp;level=red">{sweep.levels["red"]}</a>' in page


# ── The card ───────────────────────────────────────────────────────────────────────────────────


def test_the_card_is_shown_whole_to_all_who_may_read_levels(client, red, huancui_union):
    client.force_login(huancui_union)
    page = client.get(reverse("risks:card")).content.decode()
    for item in make.CARD.items:
        assert item.name in page
        assert item.title in page
    for rule in make.CARD.rules:
        assert rule.title in page
    assert make.CARD.sha256[:16] in page


def test_before_the_first_run_the_card_that_would_be_used_is_shown(client, city_office):
    client.force_login(city_office)
    assert "还没有用它评过分" in client.get(reverse("risks:card")).content.decode()
