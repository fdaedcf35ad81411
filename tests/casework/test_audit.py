"""The audit trail: PostgreSQL writes down every change of a case table, by whatever hand, and nobody rewrites it."""

import pytest
from django.db import connection

from casework.models import Change
from enterprises.models import Enterprise
from tests import make

pytestmark = pytest.mark.django_db


def changes(model="enterprises.enterprise"):
    return Change.objects.filter(model=model).order_by("id")


def test_a_row_that_is_added_changed_and_deleted_is_written_down_with_what_it_was():
    enterprise = make.enterprise(name="威海虚构甲公司", heads=80)
    enterprise.heads = 95
    enterprise.save()
    enterprise.delete()
    added, changed, deleted = changes()
    assert added.deed == "insert"
    assert added.before is None
    assert added.after["name"] == "威海虚构甲公司"
    assert (changed.before, changed.after) == ({"heads": 80}, {"heads": 95})
    assert deleted.deed == "delete"
    assert deleted.before["heads"] == 95
    assert deleted.after is None
    assert {row.district_id for row in changes()} == {"371002"}
    assert {row.record for row in changes()} == {added.record}


def test_bulk_updates_and_raw_sql_are_written_down_row_by_row():
    rows = [make.enterprise(heads=number) for number in (10, 20, 30)]
    Enterprise.objects.filter(heads__gt=10).update(heads=5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enterprises_enterprise SET id = id + 100000, phone = '0631' WHERE id = %s", [rows[0].pk])
    written = changes().order_by("id")[3:]
    told = [(row.deed, row.record) for row in written]
    # One statement takes its rows in whatever order they lie.
    assert sorted(told[:2]) == sorted(("update", str(row.pk)) for row in rows[1:])
    assert told[2:] == [
        ("delete", str(rows[0].pk)),  # under another key it is another row
        ("insert", str(rows[0].pk + 100000)),
    ]
    assert [row.after for row in written[:2]] == [{"heads": 5}, {"heads": 5}]
