"""The fence around timelines, and what keeps partitions from being a way round the fence of the table they belong to."""

from django.db import migrations

from casework import wall

# A policy of a partitioned table does not hold for who names a partition itself. So nobody
# but the owner may touch one.
SECLUDE = """
CREATE FUNCTION casework_seclude(partition regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    holder regrole;
BEGIN
    FOR holder IN
        SELECT DISTINCT right_.grantee::regrole FROM pg_class, aclexplode(relacl) AS right_
        WHERE pg_class.oid = partition AND right_.grantee NOT IN (relowner, 0)
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s', partition, holder);
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]

    operations = [
        migrations.RunSQL(SECLUDE, "DROP FUNCTION casework_seclude(regclass)"),
        migrations.RunSQL(*wall.fence("casework_entry", "district_id")),
    ]
