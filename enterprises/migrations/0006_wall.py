"""Fences around the register and what departments say of it."""

from django.db import migrations, models

from casework import wall

# Imports COPY as this role (casework.wall.copy); it may do nothing else. Where an installation lives with one login of
# its own there is no such role, and nothing to grant.
BULK = """
DO $$
BEGIN
    IF to_regrole('portal_bulk') IS NOT NULL THEN
        GRANT INSERT ON enterprises_enterprise, enterprises_registerchange, enterprises_signal,
            enterprises_signalblock, enterprises_deliveryfault TO portal_bulk;
        GRANT USAGE ON SEQUENCE enterprises_enterprise_id_seq, enterprises_registerchange_id_seq,
            enterprises_deliveryfault_id_seq TO portal_bulk;
    END IF;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0005_current_enterprises")]

    operations = [
        migrations.RunSQL(BULK, migrations.RunSQL.noop),
        migrations.RunSQL(*wall.fence("enterprises_enterprise", "district_id")),
        migrations.RunSQL(*wall.fence_by("enterprises_formercode", "enterprise_id", "enterprises_enterprise")),
        migrations.RunSQL(*wall.fence_by("enterprises_signal", "enterprise_id", "enterprises_enterprise")),
        migrations.RunSQL(*wall.fence_by("enterprises_registerchange", "enterprise_id", "enterprises_enterprise")),
        migrations.RunSQL(*wall.fence_city("enterprises_deliveryfault")),
        migrations.RunSQL(*wall.fence_city("enterprises_confirmedsignals")),
        # Without a list of what is yet to be put into the index, which each search after an import would read through.
        migrations.RunSQL(
            "ALTER INDEX enterprises_by_fragment SET (fastupdate = off)",
            "ALTER INDEX enterprises_by_fragment RESET (fastupdate)",
        ),
        # What a record of a case refers to, so that it cannot name the enterprise of another district.
        migrations.AddConstraint(
            "enterprise",
            models.UniqueConstraint(fields=["id", "district"], name="an_enterprise_lies_in_one_district"),
        ),
    ]
