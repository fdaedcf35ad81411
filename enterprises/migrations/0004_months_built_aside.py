"""The first delivery of a feed for a month is loaded into a table of its own, which gets its key last and joins then.

That is half the work of filling a table under its key, and readers of other months never wait. A month holds one such
table a feed, so that each feed's first delivery of a month goes this way, not only the first of all.
"""

from django.db import migrations

# As before: makes the month's tables for whoever inserts row by row.
ENSURE_MONTH = """
CREATE OR REPLACE FUNCTION enterprises_ensure_month(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first_day date := date_trunc('month', wanted);
    month_table text := 'enterprises_signal_' || to_char(first_day, 'YYYYMM');
    kind "char";
BEGIN
    PERFORM pg_advisory_xact_lock(3, to_char(first_day, 'YYYYMM')::integer);
    kind := (SELECT relkind FROM pg_class WHERE oid = to_regclass(month_table));
    IF kind IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF enterprises_signal FOR VALUES IN (%L)', month_table, first_day);
        PERFORM casework_seclude(month_table::regclass);
    ELSIF kind = 'p' THEN
        FOR feed IN 1..4 LOOP
            CONTINUE WHEN to_regclass(month_table || '_' || feed) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%L)', month_table || '_' || feed, month_table, feed);
            PERFORM casework_seclude((month_table || '_' || feed)::regclass);
        END LOOP;
    END IF;
END
$$
"""

# The name of an empty table to fill by COPY, or null where the month has rows of the feed already.
BEGIN_MONTH = """
CREATE FUNCTION enterprises_begin_month(wanted date, wanted_feed integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first_day date := date_trunc('month', wanted);
    month_table text := 'enterprises_signal_' || to_char(first_day, 'YYYYMM');
    feed_table text := month_table || '_' || wanted_feed;
    kind "char";
BEGIN
    PERFORM pg_advisory_xact_lock(3, to_char(first_day, 'YYYYMM')::integer);
    kind := (SELECT relkind FROM pg_class WHERE oid = to_regclass(month_table));
    IF kind = 'r' OR to_regclass(feed_table) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    IF kind IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE enterprises_signal INCLUDING CONSTRAINTS,'
                       ' PRIMARY KEY (enterprise_id, feed, month, delivery_id)) PARTITION BY LIST (feed)', month_table);
        EXECUTE format('ALTER TABLE enterprises_signal ATTACH PARTITION %I FOR VALUES IN (%L)', month_table, first_day);
        PERFORM casework_seclude(month_table::regclass);
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE enterprises_signal INCLUDING CONSTRAINTS)', feed_table);
    PERFORM casework_seclude(feed_table::regclass);
    IF session_user <> current_user THEN
        EXECUTE format('GRANT INSERT ON %I TO %I', feed_table, session_user);
    END IF;
    RETURN feed_table;
END
$$
"""

FINISH_MONTH = """
CREATE FUNCTION enterprises_finish_month(wanted date, wanted_feed integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    month_table text := 'enterprises_signal_' || to_char(date_trunc('month', wanted), 'YYYYMM');
    feed_table text := month_table || '_' || wanted_feed;
BEGIN
    IF session_user <> current_user THEN
        EXECUTE format('REVOKE INSERT ON %I FROM %I', feed_table, session_user);
    END IF;
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (enterprise_id, feed, month, delivery_id)', feed_table);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', month_table, feed_table, wanted_feed);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_wall"), ("enterprises", "0003_confirmed_signals")]

    operations = [
        migrations.RunSQL(ENSURE_MONTH, migrations.RunSQL.noop),
        migrations.RunSQL(BEGIN_MONTH, "DROP FUNCTION enterprises_begin_month(date, integer)"),
        migrations.RunSQL(FINISH_MONTH, "DROP FUNCTION enterprises_finish_month(date, integer)"),
    ]
