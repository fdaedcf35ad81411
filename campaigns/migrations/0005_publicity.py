import django.db.models.deletion
from django.db import migrations, models

from casework import wall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_letters_a_person_wants"),
        ("campaigns", "0004_joint_cases_transfers_and_warnings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Publicity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[("recorded", "已登记"), ("withdrawn", "已撤销")],
                        default="recorded",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("press", "报刊"),
                            ("broadcast", "广播电视"),
                            ("web", "网站"),
                            ("account", "微信公众号"),
                            ("video", "短视频等新媒体"),
                            ("leaflet", "宣传资料"),
                            ("event", "现场活动"),
                            ("screen", "屏幕和横幅"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("practice", "典型经验"),
                            ("policy", "法规政策"),
                            ("progress", "行动进展"),
                            ("ideas", "职工建言献策"),
                        ],
                        max_length=10,
                        verbose_name="主题",
                    ),
                ),
                ("medium", models.CharField(max_length=60, verbose_name="媒体、账号或者地点")),
                ("published_on", models.DateField(verbose_name="发布日期")),
                ("link", models.URLField(blank=True, max_length=400, verbose_name="链接")),
                ("reach", models.PositiveIntegerField(blank=True, null=True, verbose_name="覆盖人次")),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="内容摘要")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                        verbose_name="行动",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="区市",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="登记单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "宣传信息",
                "ordering": ["-published_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "recorded"), models.Q(("link", ""), _negated=True)),
                        fields=("campaign", "district", "link"),
                        name="a_link_counts_once_in_a_district",
                        violation_error_message="本区市已登记过这个链接，请勿重复登记。",
                    )
                ],
            },
        ),
        migrations.RunSQL(*wall.fence("campaigns_publicity", "district_id")),
    ]
