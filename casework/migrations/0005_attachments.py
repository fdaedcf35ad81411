"""Files on records, behind the fence between districts."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from casework import wall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_deeds_stay"),
        ("casework", "0004_trail"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="may be made by who sends it",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=100, verbose_name="文件名")),
                ("media_type", models.CharField(max_length=80, verbose_name="类型")),
                ("came_sha256", models.CharField(max_length=64, verbose_name="收到时的散列")),
                ("sha256", models.CharField(max_length=64, verbose_name="保存的散列")),
                ("came_bytes", models.PositiveIntegerField(verbose_name="收到时的大小")),
                ("bytes", models.PositiveIntegerField(verbose_name="大小")),
                ("file", models.FileField(max_length=200, upload_to="attachments/%Y%m", verbose_name="文件")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="拍摄时间")),
                ("latitude", models.DecimalField(decimal_places=6, max_digits=8, null=True, verbose_name="纬度")),
                ("longitude", models.DecimalField(decimal_places=6, max_digits=9, null=True, verbose_name="经度")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.district"
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
                "verbose_name": "附件",
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["subject_type", "subject_id", "at"], name="attachments_of_a_record")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            models.Q(("latitude", None), ("longitude", None)),
                            _connector="OR",
                        ),
                        name="a_place_is_on_earth",
                    )
                ],
            },
        ),
        migrations.RunSQL(*wall.fence("casework_attachment", "district_id")),
    ]
