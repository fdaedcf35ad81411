from django.db import migrations, models

INITIALS = models.Func(
    models.F("search_text"), models.Value(" "), models.Value(2),
    function="split_part", output_field=models.CharField(),
)  # fmt: skip


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
        migrations.AddIndex(
            model_name="enterprise",
            index=models.Index(
                INITIALS,
                models.F("id"),
                condition=models.Q(("merged_into", None)),
                name="current_enterprises_by_name",
            ),
        ),
    ]
