"""A file on a record that several districts share is seen by all of them."""

import django.contrib.postgres.fields
from django.db import migrations, models

from casework import wall

OF_ONE = wall.fence("casework_attachment", "district_id")
OF_SEVERAL = wall.fence_with("casework_attachment", "district_id", "districts")


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_comments")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="districts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=6),
                blank=True,
                default=list,
                help_text="all that see the record, where several share it",
                verbose_name="共同办理的区市",
            ),
        ),
        migrations.RunSQL(wall.anew(OF_SEVERAL), wall.anew(OF_ONE)),
    ]
