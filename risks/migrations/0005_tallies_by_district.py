"""What a run counted in each district, out of the run's own row: a district's people read their district's."""

import django.db.models.deletion
from django.db import migrations, models

from casework import wall

MOVE = """
INSERT INTO risks_tally (run_id, district_id, blue, yellow, orange, red, unknown)
    SELECT run.id, district, coalesce((tally ->> 'blue')::int, 0), coalesce((tally ->> 'yellow')::int, 0),
        coalesce((tally ->> 'orange')::int, 0), coalesce((tally ->> 'red')::int, 0),
        coalesce((tally ->> 'unknown')::int, 0)
    FROM risks_scorerun run, jsonb_each(run.tallies) AS counted(district, tally)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_deeds_stay"), ("risks", "0004_read_from_indexes")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="by_district", to="risks.scorerun"
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.district"
                    ),
                ),
                ("blue", models.PositiveIntegerField(default=0, verbose_name="蓝")),
                ("yellow", models.PositiveIntegerField(default=0, verbose_name="黄")),
                ("orange", models.PositiveIntegerField(default=0, verbose_name="橙")),
                ("red", models.PositiveIntegerField(default=0, verbose_name="红")),
                (
                    "unknown",
                    models.PositiveIntegerField(default=0, help_text="these are blue, too", verbose_name="无数据"),
                ),
            ],
            options={
                "verbose_name": "各等级户数",
                "constraints": [
                    models.UniqueConstraint(fields=("run", "district"), name="a_run_counts_a_district_once")
                ],
            },
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField("scorerun", "tallies"),
        migrations.RunSQL(*wall.fence("risks_tally", "district_id")),
    ]
