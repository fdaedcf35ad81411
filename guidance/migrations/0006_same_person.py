"""Who stands on two lists of lay-offs is found without being read."""

from django.db import migrations

import casework.personal


def liken(apps, schema_editor):
    for person in apps.get_model("guidance", "LaidOff").objects.iterator():
        person.save(update_fields=["likeness"])


class Migration(migrations.Migration):
    dependencies = [("guidance", "0005_leaflets_by_number")]

    operations = [
        migrations.AddField(
            model_name="laidoff",
            name="likeness",
            field=casework.personal.Likeness(
                db_index=True, default="", editable=False, max_length=64, of="id_number", verbose_name="同一人"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(liken, migrations.RunPython.noop, elidable=True),
    ]
