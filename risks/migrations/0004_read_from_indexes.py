"""Counts over scores and orders by what the register holds read the key alone."""

from django.db import migrations

from casework import wall

KEY = "ALTER TABLE risks_score DROP CONSTRAINT risks_score_pkey, ADD PRIMARY KEY (enterprise_id, run_id)"


class Migration(migrations.Migration):
    dependencies = [("risks", "0003_wall")]

    operations = [
        migrations.RunSQL(f"{KEY} INCLUDE (district_id, level)", KEY),
        migrations.RunSQL(wall.anew(wall.fence("risks_score", "district_id")), migrations.RunSQL.noop),
    ]
