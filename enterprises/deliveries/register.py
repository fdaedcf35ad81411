"""Entries of the register in the database: staged by COPY, checked against each other, then new or changed rows stored.

A delivery changes only what it says: a blank cell leaves the earlier value. What it changed is kept field by field
(RegisterChange), so that it can be read back and undone.
"""

import io
import json

import polars as pl
from django.db import connection
from psycopg2.extras import execute_values

from casework import wall

from .. import search, sizes
from ..models import Enterprise, RegisterChange

FIELDS = {
    "name": "text", "district": "text", "industry": "text", "industry_name": "text", "size": "text", "heads": "int",
    "revenue": "bigint", "assets": "bigint", "founded_on": "date", "status": "text", "address": "text",
    "legal_representative": "text", "contact": "text", "phone": "text", "has_union": "bool", "platform": "text",
}  # fmt: skip
_COLUMN = {name: "district_id" if name == "district" else name for name in FIELDS}
# what a new row holds where the delivery says nothing; the others are null
_UNSAID = {
    "industry": "", "industry_name": "", "size": "", "status": "active", "address": "", "legal_representative": "",
    "contact": "", "phone": "", "platform": "",
}  # fmt: skip
_AT_ONCE = 10_000


class Staging:
    """The good rows of one register file, until all of it is read."""

    def __init__(self):
        columns = ", ".join(f"{name} {kind}" for name, kind in FIELDS.items())
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS incoming_entries")
            cursor.execute(
                f"CREATE TEMP TABLE incoming_entries (sheet smallint, row int, uscc text, {columns}) ON COMMIT DROP"
            )

    def add(self, sheet, frame):
        """frame: polars frame with `row`, `uscc` and some of FIELDS."""
        frame = frame.with_columns(sheet=pl.lit(sheet, dtype=pl.Int16))
        text = io.BytesIO()
        frame.write_csv(text, include_header=False, null_value="", quote_style="non_numeric")
        text.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY incoming_entries ({', '.join(frame.columns)}) FROM STDIN (FORMAT csv)", text)

    def take_out_conflicts(self):
        """Rows for one enterprise that differ: [(sheet, row, code, other rows)], taken out of the staging."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE incoming_entries")
            cursor.execute(f"""
                WITH said AS (SELECT sheet, row, uscc, md5(ROW({", ".join(FIELDS)})::text) AS words
                              FROM incoming_entries),
                     torn AS (SELECT uscc, array_agg(row ORDER BY sheet, row) AS rows FROM said
                              GROUP BY uscc HAVING count(DISTINCT words) > 1)
                DELETE FROM incoming_entries i USING torn WHERE i.uscc = torn.uscc
                RETURNING i.sheet, i.row, i.uscc, torn.rows
            """)  # noqa: S608
            return [(sheet, row, uscc, [r for r in rows if r != row]) for sheet, row, uscc, rows in cursor.fetchall()]

    def take_out_repeats(self):
        """How many rows only repeat an earlier one; they are taken out."""
        with connection.cursor() as cursor:
            cursor.execute("""
                DELETE FROM incoming_entries i USING (
                    SELECT ctid, row_number() OVER (PARTITION BY uscc ORDER BY sheet, row) AS turn FROM incoming_entries
                ) turns WHERE i.ctid = turns.ctid AND turns.turn > 1
            """)
            return cursor.rowcount

    def store(self, delivery, progress=lambda done: None):
        """Store new and changed enterprises. Returns (rows, how many were new or changed)."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM incoming_entries")
            rows = cursor.fetchone()[0]
            # a code that was merged into another enterprise no longer leads: its entry changes nothing
            cursor.execute("DELETE FROM incoming_entries i USING enterprises_formercode f WHERE f.uscc = i.uscc")
            cursor.execute("CREATE INDEX ON incoming_entries (uscc)")
            changed, last = 0, ""
            while found := self._next(cursor, last):
                last = found[-1][0]
                changed += self._store(cursor, delivery, found)
                progress(changed)
            return rows, changed

    def _next(self, cursor, last):
        columns = ", ".join(
            [*(f"i.{name}" for name in FIELDS), "e.id", *(f"e.{column}" for column in _COLUMN.values())]
        )
        cursor.execute(
            f"SELECT i.uscc, {columns} FROM incoming_entries i LEFT JOIN enterprises_enterprise e ON e.uscc = i.uscc"  # noqa: S608
            " WHERE i.uscc > %s ORDER BY i.uscc LIMIT %s",
            [last, _AT_ONCE],
        )
        return cursor.fetchall()

    def _store(self, cursor, delivery, found):
        new, changes = [], []
        for uscc, *cells in found:
            said = dict(zip(FIELDS, cells[: len(FIELDS)], strict=True))
            if cells[len(FIELDS)] is None:
                new.append((uscc, _new_entry(said)))
                continue
            before = dict(zip(FIELDS, cells[len(FIELDS) + 1 :], strict=True))
            after = _changed_entry(before, said)
            if after:
                changes.append((cells[len(FIELDS)], uscc, before, after))
        _insert(cursor, delivery, new)
        _update(cursor, delivery, changes)
        return len(new) + len(changes)


def restore(delivery):
    """Undo what a register delivery changed, unless the value was changed again since.

    Returns how many entries were kept.
    """
    kept = 0
    changes = RegisterChange.objects.filter(delivery=delivery).order_by("-id")
    last = None
    while some := list((changes.filter(id__lt=last) if last else changes)[:_AT_ONCE]):
        last = some[-1].id
        kept += _restore(delivery, some)
    return kept


def _restore(delivery, changes):
    now = Enterprise.objects.in_bulk([change.enterprise_id for change in changes])
    used = _used([change.enterprise_id for change in changes if change.created], delivery)
    kept, back, gone = 0, [], []
    for change in changes:
        enterprise = now[change.enterprise_id]
        if change.created:
            if enterprise.version == 1 and enterprise.pk not in used:
                gone.append(change)
            else:
                kept += 1
            continue
        values = {name: getattr(enterprise, _COLUMN[name]) for name in FIELDS}
        values = {name: _plain(value) for name, value in values.items()}
        again = {name: old for name, old in change.before.items() if values[name] == change.after[name]}
        if len(again) < len(change.before):
            kept += 1
        if again:
            back.append((change.enterprise_id, enterprise.uscc, values, again))
    with connection.cursor() as cursor:
        _write(cursor, back)
    RegisterChange.objects.filter(pk__in=[change.pk for change in gone]).delete()
    Enterprise.objects.filter(pk__in=[change.enterprise_id for change in gone]).delete()
    return kept


def _used(ids, delivery):
    """Of which of these enterprises anything but the delivery itself speaks, in whatever table."""
    used = set()
    for relation in Enterprise._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if relation.related_model is RegisterChange:
            rows = rows.exclude(delivery=delivery)
        used |= set(rows.values_list(relation.field.attname, flat=True).distinct())
    return used


# ── Rows ───────────────────────────────────────────────────────────────────────────────────────


def _new_entry(said):
    entry = {name: _UNSAID.get(name) if value is None else value for name, value in said.items()}
    entry["size"] = _size(entry) or entry["size"]
    return entry


def _changed_entry(before, said):
    """The fields that a delivery changes, {name: new value}."""
    after = {
        name: value for name, value in said.items() if value is not None and value != before[name] and name != "size"
    }
    size = _size(before | after) or said["size"] or before["size"]
    if size != before["size"] and ({"industry", "heads", "revenue", "assets"} & set(after) or said["size"]):
        after["size"] = size
    return after


def _size(entry):
    return sizes.size_class(
        entry["industry"] or "", heads=entry["heads"], revenue=entry["revenue"], assets=entry["assets"]
    )


def _insert(cursor, delivery, new):
    columns = ["uscc", *_COLUMN.values(), "version", "search_text"]
    values = [[uscc, *(entry[name] for name in FIELDS), 1, search.text_of(entry["name"], uscc)] for uscc, entry in new]
    _copy(cursor, f"enterprises_enterprise ({', '.join(columns)})", values)
    cursor.execute(
        "INSERT INTO enterprises_registerchange (delivery_id, enterprise_id, created, before, after)"
        " SELECT %s, id, true, '{}', '{}' FROM enterprises_enterprise WHERE uscc = ANY(%s) ORDER BY uscc",
        [delivery.pk, [uscc for uscc, _ in new]],
    )


def _update(cursor, delivery, changes):
    _write(cursor, changes)
    rows = []
    for enterprise_id, _, before, after in changes:
        was = {name: _plain(before[name]) for name in after}
        now = {name: _plain(value) for name, value in after.items()}
        rows.append([delivery.pk, enterprise_id, False, _json(was), _json(now)])
    _copy(cursor, "enterprises_registerchange (delivery_id, enterprise_id, created, before, after)", rows)


def _write(cursor, changes):
    """changes: [(id, code, all values, {changed field: value})]"""
    if not changes:
        return
    rows = []
    for enterprise_id, uscc, before, after in changes:
        entry = before | after
        rows.append((enterprise_id, *(entry[name] for name in FIELDS), search.text_of(entry["name"], uscc)))
    sets = ", ".join(f"{_COLUMN[name]} = v.{name}::{kind}" for name, kind in FIELDS.items())
    execute_values(
        cursor,
        f"UPDATE enterprises_enterprise e SET {sets}, search_text = v.search_text, version = version + 1"  # noqa: S608
        f" FROM (VALUES %s) AS v (id, {', '.join(FIELDS)}, search_text) WHERE e.id = v.id",
        rows,
        page_size=1000,
    )


def _copy(cursor, into, rows):
    text = io.StringIO()
    for row in rows:
        text.write("\t".join(_cell(value) for value in row) + "\n")
    text.seek(0)
    wall.copy(cursor, into, text, "text")


def _cell(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n").replace("\r", "\\r")


def _plain(value):
    """A value as it stands in JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _json(values):
    return json.dumps(values, ensure_ascii=False)
