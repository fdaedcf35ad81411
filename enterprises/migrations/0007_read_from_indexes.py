from django.db import migrations, models

from casework import wall


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_wall")]

    operations = [
        migrations.RemoveConstraint("enterprise", "an_enterprise_lies_in_one_district"),
        migrations.AddConstraint(
            "enterprise",
            models.UniqueConstraint(
                fields=("id", "district"),
                include=("industry", "size", "heads"),
                name="an_enterprise_lies_in_one_district",
            ),
        ),
        migrations.AddIndex(
            "enterprise",
            models.Index(
                models.OrderBy(models.F("heads"), descending=True, nulls_last=True),
                models.F("id"),
                include=("district",),
                condition=models.Q(("merged_into", None)),
                name="current_enterprises_by_heads",
            ),
        ),
        *(
            migrations.RunSQL(wall.anew(fence), migrations.RunSQL.noop)
            for fence in (
                wall.fence("enterprises_enterprise", "district_id"),
                wall.fence_by("enterprises_formercode", "enterprise_id", "enterprises_enterprise"),
                wall.fence_by("enterprises_signal", "enterprise_id", "enterprises_enterprise"),
                wall.fence_by("enterprises_registerchange", "enterprise_id", "enterprises_enterprise"),
                wall.fence_city("enterprises_deliveryfault"),
                wall.fence_city("enterprises_confirmedsignals"),
            )
        ),
    ]
