"""The audit trail: whatever changes a row of a case, PostgreSQL itself writes down what it was and what it became.

    @audited
    class Inspection(Case): ...

Triggers catch single rows, bulk updates, COPY and raw SQL alike, and write to casework_change (casework.trail), which
no login of the portal may write to or change: the triggers' function runs with the rights of the tables' owner. Who
acted, for which request and from which page stands in `portal.context`, which casework.wall tells with the district.

`manage.py migrate` puts up the triggers of every audited model that has none, or an old one: a new model needs no
migration of its own for this. Why not django-pghistory: docs/adr/0012-one-trail-that-nobody-switches-off.md.
"""

import json
from dataclasses import dataclass

from django.db import connection

AUDITED = {}  # model: Watch
DEEDS = {"INSERT": "NEW TABLE AS new_rows", "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
         "DELETE": "OLD TABLE AS old_rows", "TRUNCATE": ""}  # fmt: skip


def audited(model=None, *, left_out=(), hidden=(), figures=(), district=None, inserts=True):
    """Put a model under audit.

    left_out  fields, or columns of no field, that follow from others or change with every click: never written down
    hidden    fields whose change is noted and whose value is not: passwords
    figures   fields whose values only those read who may read figures (Can.READ_FIGURES)
    district  the way to the district, where the model has no `district_path`
    inserts   False for rows that are themselves the record of a change, come by the hundred thousand and are never
              amended: only what should not happen to them is written down
    """

    def watch(model):
        AUDITED[model] = Watch(model, tuple(left_out), tuple(hidden), tuple(figures), district, inserts)
        return model

    return watch(model) if model else watch


@dataclass(frozen=True)
class Watch:
    """How one table is audited: the function that its triggers call, and the triggers."""

    model: type
    left_out: tuple
    hidden: tuple
    figures: tuple
    district: str | None
    inserts: bool

    @property
    def table(self):
        return self.model._meta.db_table

    @property
    def function(self):
        return f"audit_{self.table}"

    @property
    def triggers(self):
        return {f"audit_{deed.lower()}": deed for deed in DEEDS if self.inserts or deed != "INSERT"}

    def body(self):
        """Compares the rows as JSON, so that it goes on working while a migration changes the columns."""
        key = self.model._meta.pk.column
        return _BODY % {
            "label": self.model._meta.label_lower,
            "key": key,
            "left_out": "".join(f" - '{self._column(name)}'" for name in self.left_out),
            "of_new": self._district_of("n"),
            "of_old": self._district_of("o"),
            "of_pair": f"CASE WHEN n.{key} IS NULL THEN {self._district_of('o')} ELSE {self._district_of('n')} END",
            "before": self._masked("was - same"), "after": self._masked("now - same"), "whole": self._masked("whole"),
        }  # fmt: skip

    def _masked(self, row):
        for name in self.hidden:
            column = self._column(name)
            mask = json.dumps({column: "……"}, ensure_ascii=False)
            row = f"({row}) || CASE WHEN ({row}) ? '{column}' THEN '{mask}'::jsonb ELSE '{{}}' END"
        return row

    def _column(self, name):
        columns = {field.name: field.column for field in self.model._meta.fields}
        return columns.get(name, name)

    def _district_of(self, row):
        """SQL for the district of a row: its own column, or that of the row it belongs to."""
        path = self.district or getattr(self.model, "district_path", None)
        if path is None:
            return "NULL"
        first, *rest = [step for step in path.split("__") if step]
        field = self.model._meta.get_field(first)
        column, target = f"{row}.{field.column}", field.related_model
        for depth, step in enumerate(rest):
            following = target._meta.get_field(step)
            column = (
                f"(SELECT p{depth}.{following.column} FROM {target._meta.db_table} p{depth}"  # noqa: S608
                f" WHERE p{depth}.{target._meta.pk.column} = {column})"
            )
            target = following.related_model
        return column


_BODY = """
DECLARE
    said jsonb := coalesce(nullif(current_setting('portal.context', true), ''), '{}')::jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO casework_change (model, record, deed, district_id, after, by_id, request, place)
        SELECT '%(label)s', key, 'insert', district, %(whole)s,
            (said ->> 'by')::bigint, coalesce(said ->> 'request', ''), coalesce(said ->> 'place', '')
        FROM (
            SELECT n.%(key)s::text AS key, %(of_new)s AS district, to_jsonb(n)%(left_out)s AS whole FROM new_rows n
        ) r;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO casework_change (model, record, deed, district_id, before, by_id, request, place)
        SELECT '%(label)s', key, 'delete', district, %(whole)s,
            (said ->> 'by')::bigint, coalesce(said ->> 'request', ''), coalesce(said ->> 'place', '')
        FROM (
            SELECT o.%(key)s::text AS key, %(of_old)s AS district, to_jsonb(o)%(left_out)s AS whole FROM old_rows o
        ) r;
    ELSIF TG_OP = 'UPDATE' THEN
        -- A row whose key was changed has no partner: it is told as one that went and one that came.
        INSERT INTO casework_change (model, record, deed, district_id, before, after, by_id, request, place)
        SELECT '%(label)s', key, CASE WHEN now IS NULL THEN 'delete' WHEN was IS NULL THEN 'insert' ELSE 'update' END,
            district, %(before)s, %(after)s,
            (said ->> 'by')::bigint, coalesce(said ->> 'request', ''), coalesce(said ->> 'place', '')
        FROM (
            SELECT coalesce(n.%(key)s, o.%(key)s)::text AS key, %(of_pair)s AS district,
                to_jsonb(o)%(left_out)s AS was, to_jsonb(n)%(left_out)s AS now
            FROM old_rows o FULL JOIN new_rows n ON n.%(key)s = o.%(key)s
            OFFSET 0  -- else each mention of `was` and `now` would work the JSON out again
        ) pair, LATERAL (
            SELECT coalesce(array_agg(w.key), '{}') AS same FROM jsonb_each(was) w WHERE now -> w.key = w.value
        ) compared
        WHERE was IS DISTINCT FROM now;
    ELSE
        INSERT INTO casework_change (model, record, deed, by_id, request, place)
        VALUES ('%(label)s', '', 'truncate',
            (said ->> 'by')::bigint, coalesce(said ->> 'request', ''), coalesce(said ->> 'place', ''));
    END IF;
    RETURN NULL;
END
"""


# ── Putting them up, and looking whether they stand ────────────────────────────────────────────


def install(**_signal):
    """After each `migrate`: triggers and functions that are missing or differ, as the owner of the tables.

    Where the portal's own logins migrate nothing (tests empty the tables with them) there is nothing to do either.
    """
    with connection.cursor() as cursor:
        for watch, faults in wanting(cursor):
            if faults and _may(cursor, watch):
                _put_up(cursor, watch)


def wanting(cursor):
    """(watch, what is not as it should be) of every audited table that exists; an empty list where all is well."""
    functions, triggers, tables = _functions(cursor), _triggers(cursor), _tables(cursor)
    for watch in AUDITED.values():
        if watch.table not in tables:
            continue
        here, faults = triggers.get(watch.table, {}), []
        if functions.get(watch.function) != watch.body():
            faults.append(watch.function)
        faults += [name for name in watch.triggers if here.get(name) != "O"]
        faults += [name for name in here if name not in watch.triggers]
        yield watch, faults


def definitions():
    """All that `install` would put up, as one text: the tests copy a database in which it stands."""
    return "".join(f"{watch.table} {sorted(watch.triggers)} {watch.body()}" for watch in AUDITED.values())


def _put_up(cursor, watch):
    statements = [
        f"CREATE OR REPLACE FUNCTION {watch.function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $audit${watch.body()}$audit$",
        f"REVOKE EXECUTE ON FUNCTION {watch.function}() FROM PUBLIC",
        *(f"DROP TRIGGER IF EXISTS audit_{deed.lower()} ON {watch.table}" for deed in DEEDS),
    ]
    for name, deed in watch.triggers.items():
        seen = f" REFERENCING {DEEDS[deed]}" if DEEDS[deed] else ""
        statements.append(
            f"CREATE TRIGGER {name} AFTER {deed} ON {watch.table}{seen}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {watch.function}()"
        )
    for statement in statements:
        cursor.execute(statement)


def _may(cursor, watch):
    cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [watch.table])
    return cursor.fetchone()[0]


def _tables(cursor):
    cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    return {name for (name,) in cursor.fetchall()}


def _functions(cursor):
    cursor.execute(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'audit\\_%%' AND prosecdef"
    )
    return dict(cursor.fetchall())


def _triggers(cursor):
    """{table: {trigger: state}}; O is a trigger that fires for everybody but a superuser who says otherwise."""
    cursor.execute(
        "SELECT relname, tgname, tgenabled::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgname LIKE 'audit\\_%%' AND NOT tgisinternal"
    )
    found = {}
    for table, name, state in cursor.fetchall():
        found.setdefault(table, {})[name] = state
    return found
