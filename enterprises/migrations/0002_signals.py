"""The table of signals, partitioned by month, and the one deed of DDL that an import needs: making a month's partition."""

from django.db import migrations

SIGNALS = """
CREATE TABLE enterprises_signal (
    enterprise_id integer NOT NULL,
    feed smallint NOT NULL,
    month date NOT NULL,
    delivery_id integer NOT NULL,
    due bigint,
    paid bigint,
    balance bigint,
    count integer,
    PRIMARY KEY (enterprise_id, feed, month, delivery_id),
    CONSTRAINT a_signal_belongs_to_a_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT a_signal_is_of_a_known_feed CHECK (feed BETWEEN 1 AND 4),
    CONSTRAINT amounts_are_not_negative CHECK (due >= 0 AND paid >= 0 AND balance >= 0 AND count >= 0)
) PARTITION BY LIST (month)
"""

# SECURITY DEFINER: whoever imports need not own the table to open a new month of it.
ENSURE_MONTH = """
CREATE FUNCTION enterprises_ensure_month(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first_day date := date_trunc('month', wanted);
    partition text := 'enterprises_signal_' || to_char(first_day, 'YYYYMM');
BEGIN
    IF to_regclass(partition) IS NULL THEN
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF enterprises_signal FOR VALUES IN (%L)', partition, first_day);
    END IF;
END
$$
"""

# Packed numbers do not compress; EXTERNAL lets PostgreSQL hand out a slice of a block without reading the whole.
BLOCKS = "ALTER TABLE enterprises_signalblock ALTER COLUMN body SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0001_initial")]

    operations = [
        migrations.RunSQL(SIGNALS, "DROP TABLE enterprises_signal"),
        migrations.RunSQL(ENSURE_MONTH, "DROP FUNCTION enterprises_ensure_month(date)"),
        migrations.RunSQL(BLOCKS, migrations.RunSQL.noop),
    ]
