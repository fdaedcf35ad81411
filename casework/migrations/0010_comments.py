import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from casework import wall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_letters_a_person_wants"),
        ("casework", "0009_files_beside_lists"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_id", models.BigIntegerField()),
                ("text", models.TextField(max_length=1000, verbose_name="留言")),
                ("on", models.DateField(verbose_name="日期")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="留言人",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        help_text="空：市级",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                    ),
                ),
                (
                    "subject_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
            ],
            options={
                "verbose_name": "留言",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_on", models.DateField(null=True, verbose_name="阅知日期")),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="casework.comment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提到的同事",
                    ),
                ),
            ],
            options={
                "verbose_name": "留言提醒",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["subject_type", "subject_id", "-at"], name="comments_on_a_record"),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(fields=("comment", "person"), name="a_comment_names_a_person_once"),
        ),
        migrations.RunSQL(*wall.fence("casework_comment", "district_id")),
        migrations.RunSQL(*wall.fence_by("casework_mention", "comment_id", "casework_comment")),
    ]
