"""Files in ever new shapes and with ever new dirt: what must come out of each is known when it is made."""

import pytest

from enterprises.models import Enterprise, Signal
from tests import make
from tests.enterprises import dirty_files
from tests.enterprises.deliveries import deliver

pytestmark = pytest.mark.django_db
SEEDS = range(8)


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def outcome(delivery):
    counts = (delivery.accepted, delivery.exact_duplicates, delivery.rejected)
    return delivery.kind, delivery.encoding, delivery.unit or None, *counts


def expected(file):
    return file.kind, file.encoding, file.unit, file.accepted, file.exact_duplicates, file.rejected


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", dirty_files.KINDS)
def test_a_feed_is_read_by_what_it_means(seed, kind):
    firms = dirty_files.firms(seed)
    for firm in firms:
        make.enterprise(uscc=firm.uscc, name=firm.name, district=firm.district)
    file = dirty_files.make(seed, kind, firms)
    delivery = deliver(file.content, file.name, on=dirty_files.ON)
    assert outcome(delivery) == expected(file), file.shape
    stored = {
        (row.enterprise.uscc, row.month.year, row.month.month): row
        for row in Signal.objects.filter(delivery=delivery).select_related("enterprise")
    }
    told = {key: {name: getattr(stored[key], name) for name in values} for key, values in file.stored.items()}
    assert told == file.stored, file.shape


@pytest.mark.parametrize("seed", SEEDS)
def test_a_register_is_read_by_what_it_means(seed):
    file = dirty_files.make_register(seed, dirty_files.firms(seed))
    delivery = deliver(file.content, file.name, on=dirty_files.ON)
    assert outcome(delivery) == expected(file), file.shape
    assert dict(Enterprise.objects.filter(uscc__in=file.stored).values_list("uscc", "district_id")) == file.stored


@pytest.mark.parametrize("seed", SEEDS)
def test_the_error_file_delivered_again_uncorrected_is_refused_for_the_same_reasons(seed):
    kind = dirty_files.KINDS[seed % 4]
    firms = dirty_files.firms(seed)
    for firm in firms:
        make.enterprise(uscc=firm.uscc, name=firm.name, district=firm.district)
    file = dirty_files.make(seed, kind, firms)
    delivery = deliver(file.content, file.name, on=dirty_files.ON)
    if not delivery.rejected:
        return
    with delivery.error_file.open("rb") as returned:
        again = deliver(returned.read(), delivery.error_file.name, corrects=delivery, on=dirty_files.ON)
    assert (again.rejected, again.accepted) == (delivery.rejected, 0), file.shape
