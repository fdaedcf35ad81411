from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0004_months_built_aside")]

    operations = [
        migrations.RemoveIndex(model_name="enterprise", name="enterprises_of_a_district"),
        migrations.AddIndex(
            model_name="enterprise",
            index=models.Index(
                condition=models.Q(("merged_into", None)),
                fields=["district", "id"],
                include=("industry", "size", "status", "platform", "has_union", "heads", "founded_on"),
                name="current_enterprises",
            ),
        ),
    ]
