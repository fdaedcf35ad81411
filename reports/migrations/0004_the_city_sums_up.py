import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from casework import wall

OF_THE_CITY = (
    "summary", "summarysection", "summarytext", "chosencase", "issue", "issuedsubmission", "bundle", "bundledfile",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_letters_a_person_wants"),
        ("campaigns", "0004_joint_cases_transfers_and_warnings"),
        ("casework", "0008_field_records"),
        ("reports", "0003_revisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("made_at", models.DateTimeField(null=True, verbose_name="制作时间")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="文件名")),
                ("file", models.FileField(blank=True, upload_to="bundles/%Y%m", verbose_name="文件")),
                ("bytes", models.PositiveBigIntegerField(null=True, verbose_name="大小")),
                (
                    "rows",
                    models.PositiveIntegerField(default=0, help_text="items of ledgers in it", verbose_name="台账事项"),
                ),
                ("sha256", models.CharField(blank=True, db_index=True, max_length=64, verbose_name="散列")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制作人",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.job"
                    ),
                ),
            ],
            options={
                "verbose_name": "汇总文件包",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="BundledFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("path", models.CharField(max_length=200, verbose_name="文件")),
                ("bytes", models.PositiveBigIntegerField(verbose_name="大小")),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="散列")),
                ("source", models.CharField(help_text="what it holds, in words", max_length=120, verbose_name="来源")),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="reports.bundle"
                    ),
                ),
            ],
            options={
                "verbose_name": "包内文件",
                "ordering": ["place"],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次印发")),
                ("at", models.DateTimeField(verbose_name="印发时间")),
                ("texts", models.JSONField(help_text="{section: text}", verbose_name="文字")),
                ("cases", models.JSONField(help_text="[{title, background, action, result}]", verbose_name="典型案例")),
                ("bodies", models.JSONField(help_text="[name], in the order of signing", verbose_name="署名单位")),
                (
                    "lacking",
                    models.JSONField(help_text="[[district, where its report stood]]", verbose_name="没有汇总的区市"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="印发人",
                    ),
                ),
            ],
            options={
                "verbose_name": "全市总结的印发",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="bundle",
            name="issue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bundles", to="reports.issue"
            ),
        ),
        migrations.CreateModel(
            name="IssuedSubmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.issue"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "汇总的报送",
            },
        ),
        migrations.AddField(
            model_name="issue",
            name="submissions",
            field=models.ManyToManyField(related_name="+", through="reports.IssuedSubmission", to="reports.submission"),
        ),
        migrations.CreateModel(
            name="Summary",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[("drafting", "起草中"), ("issued", "已印发")],
                        default="drafting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("begun_on", models.DateField(null=True, verbose_name="起草日期")),
                ("issued_on", models.DateField(null=True, verbose_name="印发日期")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                        verbose_name="行动",
                    ),
                ),
            ],
            options={
                "verbose_name": "全市总结",
                "ordering": ["-campaign__starts_on"],
            },
        ),
        migrations.AddField(
            model_name="issue",
            name="summary",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="reports.summary"
            ),
        ),
        migrations.CreateModel(
            name="ChosenCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("background", models.TextField(max_length=1000, verbose_name="背景")),
                ("action", models.TextField(max_length=1500, verbose_name="做法")),
                ("result", models.TextField(max_length=1000, verbose_name="成效")),
                (
                    "told_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="区市",
                    ),
                ),
                (
                    "summary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="reports.summary"
                    ),
                ),
            ],
            options={
                "verbose_name": "全市典型案例",
                "ordering": ["place", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SummarySection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("organisation", "组织部署情况"),
                            ("screening", "风险摸排情况"),
                            ("bargaining", "协商要约情况"),
                            ("guidance", "指导服务情况"),
                            ("examples", "示范引领情况"),
                            ("cooperation", "区域协同与宣传"),
                            ("problems", "存在问题"),
                            ("plans", "下一步打算"),
                        ],
                        max_length=16,
                        verbose_name="部分",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("text", models.TextField(blank=True, verbose_name="文字")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("kept_at", models.DateTimeField(null=True, verbose_name="修改时间")),
                (
                    "kept_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="最后修改",
                    ),
                ),
                (
                    "summary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="reports.summary"
                    ),
                ),
            ],
            options={
                "verbose_name": "全市总结的部分",
                "ordering": ["place"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SummaryText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("text", models.TextField(blank=True, verbose_name="文字")),
                ("begun_at", models.DateTimeField(verbose_name="开始时间")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="reports.summarysection"
                    ),
                ),
            ],
            options={
                "verbose_name": "全市总结的文字版本",
                "ordering": ["-version"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="issuedsubmission",
            constraint=models.UniqueConstraint(fields=("issue", "submission"), name="a_submission_is_summed_up_once"),
        ),
        migrations.AddConstraint(
            model_name="summary",
            constraint=models.UniqueConstraint(
                fields=("campaign",),
                name="the_city_sums_a_campaign_up_once",
                violation_error_message="这次行动的全市总结已经开始起草，请打开已有的总结。",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.UniqueConstraint(fields=("summary", "number"), name="issues_are_counted_through"),
        ),
        migrations.AddConstraint(
            model_name="summarysection",
            constraint=models.UniqueConstraint(fields=("summary", "key"), name="a_summary_has_each_section_once"),
        ),
        *(migrations.RunSQL(*wall.fence_city(f"reports_{table}")) for table in OF_THE_CITY),
    ]
