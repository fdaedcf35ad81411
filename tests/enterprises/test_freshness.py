"""What the page of freshness counts: enterprises in business for whom a delivery in force has a word."""

from datetime import date

import numpy as np
import pytest
from django.urls import reverse

from enterprises.freshness import freshness, months_until
from enterprises.models import Delivery, DeliveryMonth, Enterprise, Feed, SignalBlock
from tests import make

pytestmark = pytest.mark.django_db

ON = date(2023, 11, 20)
OCTOBER, SEPTEMBER, AUGUST = date(2023, 10, 1), date(2023, 9, 1), date(2023, 8, 1)


def known(feed, month, enterprises, delivery=None):
    """Blocks as the import leaves them: presence bits first, then as many bytes as there may be figures."""
    blocks = {}
    for enterprise in enterprises:
        blocks.setdefault(enterprise.pk // 4096, np.zeros(4096, bool))[enterprise.pk % 4096] = True
    for block_no, present in blocks.items():
        body = np.packbits(present, bitorder="little").tobytes() + bytes([255]) * 4096
        SignalBlock.objects.create(block_no=block_no, feed=feed, month=month, body=body)
    if delivery:
        DeliveryMonth.objects.create(delivery=delivery, feed=feed, month=month, enterprises=len(enterprises))


def cell_of(user, feed, month, on=ON):
    found = next(line for line in freshness(user, on=on) if line.feed == feed)
    return next(cell for cell in found.cells if cell.month == month)


def test_the_24_months_end_with_the_last_whole_month(steward):
    months = [cell.month for cell in freshness(steward, on=ON)[0].cells]
    assert (months[0], months[-1], len(months)) == (date(2021, 11, 1), OCTOBER, 24)
    assert months_until(date(2023, 1, 1), 2) == [date(2022, 12, 1), date(2023, 1, 1)]


def test_an_enterprise_told_of_twice_is_counted_once_and_the_latest_delivery_is_named(steward):
    one, other = make.enterprise(), make.enterprise()
    first, second = make.delivery(department="tax"), make.delivery(department="tax", by=steward)
    known(Feed.TAX, OCTOBER, [one, other], first)
    DeliveryMonth.objects.create(delivery=second, feed=Feed.TAX, month=OCTOBER, enterprises=1)
    cell = cell_of(steward, Feed.TAX, OCTOBER)
    assert (cell.covered, cell.expected, cell.percent, cell.delivery) == (2, 2, 100, second)


def test_a_delivery_that_was_undone_is_not_named(steward):
    known(Feed.TAX, OCTOBER, [make.enterprise()], make.delivery())
    undone = make.delivery(state=Delivery.State.UNDONE)
    DeliveryMonth.objects.create(delivery=undone, feed=Feed.TAX, month=OCTOBER, enterprises=1)
    assert cell_of(steward, Feed.TAX, OCTOBER).delivery.pk < undone.pk


def test_a_district_counts_its_own_enterprises_only(huancui_officer, city_office):
    own, foreign = make.enterprise(), make.enterprise(district="371082")
    known(Feed.SOCIAL, OCTOBER, [own, foreign])
    assert (
        cell_of(huancui_officer, Feed.SOCIAL, OCTOBER).covered,
        cell_of(city_office, Feed.SOCIAL, OCTOBER).covered,
    ) == (1, 2)
    assert cell_of(huancui_officer, Feed.SOCIAL, OCTOBER).expected == 1


def test_an_enterprise_is_not_expected_before_its_founding_nor_after_it_closed(steward):
    make.enterprise(founded_on=date(2023, 10, 31))
    closed = make.enterprise(status=Enterprise.Status.CANCELLED)
    old = make.enterprise(founded_on=None)
    known(Feed.TAX, SEPTEMBER, [closed, old])
    assert (cell_of(steward, Feed.TAX, OCTOBER).expected, cell_of(steward, Feed.TAX, SEPTEMBER).expected) == (2, 1)
    assert cell_of(steward, Feed.TAX, SEPTEMBER).covered == 1


def test_enterprises_of_a_later_block_are_found(steward):
    far = make.enterprise(id=4096 * 3 + 4095)
    near = make.enterprise(id=4096)
    known(Feed.LOAN, OCTOBER, [far])
    known(Feed.LOAN, SEPTEMBER, [near])
    assert [cell_of(steward, Feed.LOAN, month).covered for month in (SEPTEMBER, OCTOBER)] == [1, 1]


def test_a_month_that_was_passed_over_is_a_gap_and_a_month_to_come_is_awaited(steward):
    one = make.enterprise()
    known(Feed.TAX, SEPTEMBER, [one])
    known(Feed.TAX, date(2023, 7, 1), [one])
    line = next(line for line in freshness(steward, on=ON) if line.feed == Feed.TAX)
    assert (line.newest.month, line.gaps, line.behind) == (SEPTEMBER, [AUGUST], 1)


def test_a_month_far_below_the_usual_is_marked(steward):
    firms = [make.enterprise() for _ in range(10)]
    for month in (date(2023, 7, 1), AUGUST, SEPTEMBER):
        known(Feed.TAX, month, firms)
    known(Feed.TAX, OCTOBER, firms[:4])
    october = cell_of(steward, Feed.TAX, OCTOBER)
    assert (october.sparse, october.below_usual) == (True, 60)
    assert not cell_of(steward, Feed.TAX, SEPTEMBER).sparse


def test_the_page_says_gaps_in_words_and_links_the_steward_to_the_deliveries(client, steward, huancui_union):
    firm = make.enterprise()
    known(Feed.TAX, OCTOBER, [firm], make.delivery(department="tax", by=steward))
    known(Feed.TAX, AUGUST, [firm], make.delivery(department="tax", by=steward))
    client.force_login(steward)
    text = client.get(reverse("enterprises:freshness")).content.decode()
    assert text.count('<span class="gap">缺</span>') == 1
    assert "kind=tax&amp;month=2023-10" in text
    assert "税务局" in text
    client.force_login(huancui_union)
    assert "kind=tax" not in client.get(reverse("enterprises:freshness")).content.decode()


def test_without_any_delivery_the_page_stands(client, huancui_officer):
    client.force_login(huancui_officer)
    assert "近 24 个月没有收到" in client.get(reverse("enterprises:freshness")).content.decode()


@pytest.mark.parametrize("username", ["auditor", "administrator"])
def test_who_may_not_read_the_register_may_not_read_its_freshness(client, username):
    client.force_login(make.member_of_the_cast(username))
    assert client.get(reverse("enterprises:freshness")).status_code == 403
