"""Two rows of the register that are one enterprise become one, and nothing that was delivered is lost."""

from datetime import date

import pytest
from django.urls import reverse

from enterprises import signals
from enterprises.models import Enterprise, Feed, FormerCode, Signal, SignalBlock, Stale

from .. import make

pytestmark = pytest.mark.django_db

MAY, JUNE = date(2023, 5, 1), date(2023, 6, 1)


@pytest.fixture
def pair():
    here = make.enterprise("威海听澜针织有限公司", phone="", heads=None)
    double = make.enterprise("威海听澜针织厂", phone="0630-001234", heads=35, contact="丛砚舟")
    return here, double


def merge(here, double, by):
    here.merge(double, by=by, on=make.ON, note="更名换照")
    here.refresh_from_db()
    double.refresh_from_db()


def block_of(enterprise, feed, month):
    block = SignalBlock.objects.get(block_no=enterprise.pk // signals.BLOCK, feed=feed, month=month)
    present, columns = signals.decode_block(feed, bytes(block.body))
    place = enterprise.pk % signals.BLOCK
    return {name: int(column[place]) for name, column in columns.items()} if present[place] else None


def test_the_code_of_the_double_leads_to_the_survivor(pair, city_office):
    here, double = pair
    code = double.uscc
    merge(here, double, city_office)
    assert double.merged_into == here
    assert FormerCode.objects.get(uscc=code).enterprise == here
    assert list(Enterprise.objects.current().matching(code)) == [here]
    assert list(Enterprise.objects.current()) == [here]


def test_what_is_not_known_is_taken_from_the_double_and_the_rest_is_kept(pair, city_office):
    here, double = pair
    merge(here, double, city_office)
    assert (here.phone, here.heads, here.contact) == ("0630-001234", 35, "丛砚舟")
    assert here.name == "威海听澜针织有限公司"
    assert "补充：从业人数、联系人、联系电话" in here.timeline.get().note


def test_both_timelines_tell_of_it(pair, city_office):
    here, double = pair
    merge(here, double, city_office)
    assert here.timeline.get().note.startswith(f"并入 威海听澜针织厂（{double.uscc}）")
    assert double.timeline.get().note == f"并入 威海听澜针织有限公司（{here.uscc}）。更名换照"


def test_signals_of_the_double_count_for_the_survivor_where_it_had_none(pair, city_office):
    here, double = pair
    delivery = make.delivery("tax")
    make.signal(here, Feed.TAX, JUNE, delivery, due=100, paid=100)
    make.signal(double, Feed.TAX, JUNE, delivery, due=7, paid=7)
    make.signal(double, Feed.TAX, MAY, delivery, due=200, paid=50)
    for month in (MAY, JUNE):
        signals.refresh_blocks(Feed.TAX, [month])
    merge(here, double, city_office)
    known = Signal.objects.in_force().filter(enterprise=here).values_list("month", "due", "paid")
    assert {month: (due, paid) for month, due, paid in known} == {MAY: (200, 50), JUNE: (100, 100)}
    assert block_of(here, Feed.TAX, MAY) == {"due": 200, "paid": 50}
    assert block_of(here, Feed.TAX, JUNE) == {"due": 100, "paid": 100}
    assert Signal.objects.filter(enterprise=double).count() == 2


def test_a_chain_of_merges_leads_to_its_end(pair, city_office):
    here, double = pair
    last = make.enterprise("威海听澜服饰有限公司")
    merge(here, double, city_office)
    merge(last, here, city_office)
    double.refresh_from_db()
    assert double.merged_into == here.merged_into == last
    assert {former.uscc for former in last.former_codes.all()} == {double.uscc, here.uscc}
    assert list(Enterprise.objects.current().matching(double.uscc)) == [last]


def test_a_row_is_merged_once(pair, city_office):
    here, double = pair
    other = make.enterprise()
    merge(here, double, city_office)
    with pytest.raises(Stale):
        other.merge(double, by=city_office, on=make.ON)
    with pytest.raises(Stale):
        double.merge(other, by=city_office, on=make.ON)


def test_what_was_merged_is_not_amended_any_more(pair, city_office):
    here, double = pair
    merge(here, double, city_office)
    with pytest.raises(Stale):
        double.amend({"name": "新名"}, version=double.version, by=city_office, on=make.ON)


def test_the_survivor_keeps_its_district(city_office):
    here, double = make.enterprise(), make.enterprise(district="371082")
    merge(here, double, city_office)
    assert here.district_id == "371002"
    assert double.district_id == "371082"


def test_a_district_does_not_learn_the_name_of_the_other_district_s_survivor(client, city_office, rongcheng_officer):
    here, double = make.enterprise("威海听澜针织有限公司"), make.enterprise(district="371082")
    merge(here, double, city_office)
    client.force_login(rongcheng_officer)
    shown = client.get(reverse("enterprises:detail", args=[double.pk])).content.decode()
    assert "已并入其他区市的一家企业" in shown
    assert "并入 环翠区的一家企业" in shown
    assert here.name not in shown
    assert here.uscc not in shown
