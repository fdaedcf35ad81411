from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_letters_a_person_wants"),
        ("campaigns", "0004_joint_cases_transfers_and_warnings"),
        ("enterprises", "0010_by_representative"),
        ("guidance", "0003_services"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="handout",
            name="a_visit_gives_a_leaflet_once",
        ),
        migrations.AlterField(
            model_name="guidancevisit",
            name="leaflets_given",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="每种份数"),
        ),
        migrations.AddConstraint(
            model_name="handout",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("source", None), _negated=True), ("state", "given")),
                fields=("source", "leaflet"),
                name="a_visit_gives_a_leaflet_once",
            ),
        ),
    ]
