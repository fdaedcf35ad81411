"""A ranked list by heads walks this index too, and its scores may be of enterprises that were merged since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0008_what_the_city_alone_reads")]

    operations = [
        migrations.RemoveIndex("enterprise", "current_enterprises_by_heads"),
        migrations.AddIndex(
            "enterprise",
            models.Index(
                models.OrderBy(models.F("heads"), descending=True, nulls_last=True),
                models.F("id"),
                include=("district", "merged_into"),
                name="enterprises_by_heads",
            ),
        ),
    ]
