"""After the wages are paid an enterprise is watched until it was clean for six months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks import watch
from risks.models import Arrears
from risks.visits_listings import ARREARS
from tests import make


def paid(enterprise, paid_on, *, by, **fields):
    made = make.arrears(enterprise, by=by, found_on=paid_on - timedelta(days=20), **fields)
    made.settle(by=by, on=paid_on, paid_on=paid_on)
    return made


@pytest.mark.parametrize(
    ("paid_on", "on", "months"),
    [
        (date(2023, 8, 31), date(2023, 9, 29), 0),
        (date(2023, 8, 31), date(2023, 9, 30), 1),
        (date(2023, 8, 10), date(2023, 11, 20), 3),
        (date(2023, 8, 10), date(2024, 2, 9), 5),
    ],
)
def test_only_whole_months_count(paid_on, on, months):
    assert watch.clean_months(paid_on, on) == months


def test_the_watch_ends_six_months_after_full_payment_and_says_after_whose_law():
    told = watch.sentence(date(2023, 8, 31), False, on=date(2023, 11, 20))
    assert "付清后已满 2 个月" in told
    assert "2024-02-29移出" in told
    assert "《江苏省工资支付条例》第四十条" in told
    assert watch.sentence(date(2023, 8, 31), False, on=date(2024, 2, 29)) == ""
    assert "重新计算 6 个月" in watch.sentence(date(2023, 8, 31), True, on=date(2024, 2, 29))
    assert "付清并连续 6 个月" in watch.sentence(None, False, on=date(2023, 11, 20))


@given(st.dates(date(2023, 7, 1), date(2027, 12, 31)), st.integers(0, 400))
def test_the_list_and_the_day_of_release_agree(paid_on, later):
    on = paid_on + timedelta(days=later)
    assert (paid_on > watch.clean_since(on)) == (on < watch.released_on(paid_on))


@pytest.mark.django_db
def test_watched_are_who_owe_who_paid_lately_and_who_paid_long_ago_and_owe_anew(huancui_officer):
    on, by = date(2024, 3, 1), huancui_officer
    owing, lately = make.arrears(by=by), paid(make.enterprise(), date(2023, 10, 9), by=by)
    paid(make.enterprise(), date(2023, 8, 31), by=by)  # released
    before = paid(make.enterprise(), date(2023, 8, 31), by=by)
    anew = make.arrears(before.enterprise, by=by, found_on=date(2024, 2, 20))
    delay = make.arrears(by=by, kind=Arrears.Kind.DELAY, months=0, delay_days=20)
    assert set(Arrears.objects.watched(on)) == {owing, lately, before, anew}
    assert "另有拖欠尚未付清" in before.watch_sentence(on)
    assert delay.watch_sentence(on) == ""


@pytest.mark.django_db
def test_the_list_of_arrears_is_narrowed_to_the_watch_list_and_says_until_when(client, huancui_officer):
    here = paid(make.enterprise(), date(2023, 8, 31), by=huancui_officer)
    paid(make.enterprise(), date(2023, 1, 31), by=huancui_officer)
    found = ARREARS.filtered(huancui_officer, make.query("state=watched")).qs
    assert list(found) == [here]
    client.force_login(huancui_officer)
    page = client.get("/risks/arrears/?state=watched").content.decode()
    assert "2024-02-29" in page
    assert "在监测名单：付清后已满 2 个月" in client.get(here.get_absolute_url()).content.decode()
    assert "在监测名单" in client.get(f"/risks/enterprises/{here.enterprise_id}/visits/").content.decode()
