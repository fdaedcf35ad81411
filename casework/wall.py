"""The second wall between districts: PostgreSQL itself hides the rows of others.

The first wall is the application's scope (casework.scope). This one holds when a filter was forgotten: each request and
each job says in its transaction how far the person may see, and policies on every table with a district compare. A
table's fence is put up in the migration of its app:

    migrations.RunSQL(*wall.fence("enterprises_enterprise", "district_id"))

`portal.district` is a district's code, `*` for the whole city, or empty for nothing. Workers and commands see the city
unless they narrow themselves; the web sees nothing until a request says otherwise (config/settings.py). Who may log in
to the database as what stands in config/roles.sql.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from . import acting

SETTING, CONTEXT = "portal.district", "portal.context"
WHOLE_CITY, NOTHING = "*", ""

# The sub-selects are worked out once a query, not once a row. PostgreSQL takes "the whole city", as a truth of its own,
# for as likely as not; an outer `reach = '*'` it would take for one chance in two hundred, and join lists row by row.
_REACH = f"(SELECT current_setting('{SETTING}', true))"
_CITY = f"(SELECT current_setting('{SETTING}', true) = '{WHOLE_CITY}')"


_reach_now = ContextVar("reach", default=WHOLE_CITY)  # as a command or a worker that says nothing


def reach_now():
    """How far PostgreSQL lets this request or job see: part of the key of whatever is remembered of its rows."""
    return _reach_now.get()


def reach_of(person):
    """How far `person` may see: a district's code, `*`, or nothing."""
    if not (person.is_authenticated and person.is_active):
        return NOTHING
    return WHOLE_CITY if person.sees_whole_city else person.organisation.district_id


@contextmanager
def within(reach):
    """A transaction in which PostgreSQL shows and takes only rows within `reach`. Then what held before holds again."""
    nested, kept = connection.in_atomic_block, _reach_now.get()
    try:
        with transaction.atomic():
            before = tell(reach)
            yield
            if nested:  # else the end of the transaction does it, as a rollback does after an exception
                tell(before)
    finally:
        _reach_now.set(kept)


def tell(reach):
    """For the rest of the transaction PostgreSQL shows and takes only rows within `reach`. Returns what held before.

    The same statement says on whose behalf, for the trail of changes.
    """
    _reach_now.set(reach)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting(%s, true), set_config(%s, %s, true), set_config(%s, %s, true)",
            [SETTING, SETTING, reach, CONTEXT, acting.as_told_to_postgresql()],
        )
        return cursor.fetchone()[0] or NOTHING


def copy(cursor, into, source, form="binary"):
    """COPY `source` (binary, text or csv) into the fenced table and columns `into`, e.g. "a_table (one, two)".

    PostgreSQL refuses this to every role that a policy holds. Workers may take the role portal_bulk for the one
    statement, the web may not. Where there is no such role the rows go through a table of the transaction's own.
    """
    cursor.execute("SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = 'portal_bulk'")
    if cursor.fetchone() == (True,):
        cursor.execute("SET LOCAL ROLE portal_bulk")
        cursor.copy_expert(f"COPY {into} FROM STDIN (FORMAT {form})", source, 2**20)
        cursor.execute("RESET ROLE")
    else:
        table, columns = into.split(" ", 1)
        columns = columns.strip("()")
        cursor.execute(f"CREATE TEMPORARY TABLE waiting AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608
        cursor.copy_expert(f"COPY waiting ({columns}) FROM STDIN (FORMAT {form})", source, 2**20)
        cursor.execute(f"INSERT INTO {into} SELECT {columns} FROM waiting; DROP TABLE waiting")  # noqa: S608


def fence(table, district):
    """SQL that fences `table` in, and SQL that takes the fence down. `district`: the column that holds the code."""
    return _fence(table, f"{_CITY} OR {district} = {_REACH}")


def fence_by(table, column, parent):
    """The same for a table whose district is that of the row of `parent` that `column` points to.

    The parent's own fence decides: a row whose parent is hidden can be neither seen nor written.
    """
    return _fence(table, f"{_CITY} OR EXISTS (SELECT FROM {parent} parent WHERE parent.id = {table}.{column})")


def fence_between(table, one, other):
    """The same for a table whose rows two districts share. `one`, `other`: the columns that hold their codes."""
    return _fence(table, f"{_CITY} OR {one} = {_REACH} OR {other} = {_REACH}")


def fence_among(table, districts):
    """The same for a table whose rows several districts share. `districts`: the array that holds their codes."""
    return _fence(table, f"{_CITY} OR {_REACH} = ANY ({districts})")


def fence_with(table, district, districts):
    """The same for a table whose rows lie in one district, and are shared by those of an array, which may be empty."""
    return _fence(table, f"{_CITY} OR {district} = {_REACH} OR {_REACH} = ANY ({districts})")


def fence_city(table):
    """The same for a table that only the city's people see, whole or not at all."""
    return _fence(table, _CITY)


def placed(table, name):
    """SQL by which a row of `table` lies in the district of its enterprise, and SQL that takes it away.

    A foreign key over both columns, so that a hidden enterprise cannot be referred to. `name`: the record, in singular.
    """
    rule = f"{name}_lies_where_its_enterprise_does"
    up = (
        f"ALTER TABLE {table} ADD CONSTRAINT {rule} FOREIGN KEY (enterprise_id, district_id) "
        "REFERENCES enterprises_enterprise (id, district_id) ON UPDATE CASCADE"
    )
    return up, f"ALTER TABLE {table} DROP CONSTRAINT {rule}"


def anew(fence):
    """SQL that takes down the fence that stands and puts up `fence`, where the rule is told in other words."""
    up, down = fence
    return f"{down}; {up}"


def _fence(table, condition):
    up = (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
        f"CREATE POLICY own_district ON {table} USING ({condition}) WITH CHECK ({condition})"
    )
    down = (
        f"DROP POLICY own_district ON {table}; "
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
    )
    return up, down
