"""Major risks, looks across the border of districts, and hand-overs; with what PostgreSQL lets through of a firm
in another district: a masked name to whoever handles a risk here, and some facts to whoever was allowed to look."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from casework import wall

OF_AN_ENTERPRISE = (("majorrisk", "district_id"), ("handover", "district_id"), ("disclosure", "holder_id"))
PLACED = "; ".join(
    f"ALTER TABLE risks_{table} ADD CONSTRAINT {table}_lies_where_its_enterprise_does"
    f" FOREIGN KEY (enterprise_id, {column}) REFERENCES enterprises_enterprise (id, district_id) ON UPDATE CASCADE"
    for table, column in OF_AN_ENTERPRISE
)
UNPLACED = "; ".join(
    f"ALTER TABLE risks_{table} DROP CONSTRAINT {table}_lies_where_its_enterprise_does" for table, _ in OF_AN_ENTERPRISE
)
# The first two characters and the legal form are left of a name.
MASKED = """
CREATE FUNCTION risks_masked(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT left(name, 2) || '＊＊＊＊' || coalesce(substring(name FROM
        '(股份有限公司|有限责任公司|有限公司|分公司|合伙企业|合作社|经营部|工作室|商行|厂|店|中心|公司)$'), '')
$$
"""
# Enterprises of other districts with the same legal representative or controller as that of a risk which whoever asks
# may see. Nothing else leaves: no name in clear, no code, no figure.
RELATIVES = """
CREATE FUNCTION risks_relatives(risk bigint)
RETURNS TABLE (enterprise_id int, district_id varchar, masked_name text, shared text)
LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('portal.district', true), '');
    home varchar;
    representative varchar;
    controlled_by varchar;
BEGIN
    SELECT r.district_id, e.legal_representative, r.controller INTO home, representative, controlled_by
        FROM risks_majorrisk r JOIN enterprises_enterprise e ON e.id = r.enterprise_id WHERE r.id = risk;
    IF home IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('portal.district', '*', true);
    RETURN QUERY SELECT e.id, e.district_id, risks_masked(e.name),
            CASE WHEN e.legal_representative = representative THEN '法定代表人同名' ELSE '实际控制人同名' END
        FROM enterprises_enterprise e
        WHERE e.merged_into_id IS NULL AND e.district_id <> home
            AND (e.legal_representative IN (nullif(representative, ''), nullif(controlled_by, ''))
                OR e.id IN (SELECT o.enterprise_id FROM risks_majorrisk o
                    WHERE o.controller IN (nullif(representative, ''), nullif(controlled_by, ''))))
        ORDER BY e.district_id, e.id LIMIT 50;
    PERFORM set_config('portal.district', before, true);
END
$$
"""
# The enterprise that a permission is for, as long as it holds, and as far as dealing with a risk needs: no figures of
# taxes, insurance, loans or logistics, which were shared for one district's own duty.
DISCLOSED = """
CREATE FUNCTION risks_disclosed(permission bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    before text := coalesce(current_setting('portal.district', true), '');
    wanted int;
    told jsonb;
BEGIN
    SELECT d.enterprise_id INTO wanted FROM risks_disclosure d
        WHERE d.id = permission AND d.state = 'allowed' AND d.allowed_until > clock_timestamp();
    IF wanted IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('portal.district', '*', true);
    SELECT jsonb_build_object('name', e.name, 'uscc', e.uscc, 'industry', e.industry_name, 'heads', e.heads,
            'status', e.status, 'address', e.address, 'legal_representative', e.legal_representative,
            'contact', e.contact, 'phone', e.phone,
            'level', (SELECT s.level FROM risks_score s WHERE s.enterprise_id = e.id AND s.run_id = (SELECT run.id
                FROM risks_scorerun run WHERE run.finished_at IS NOT NULL ORDER BY run.as_of DESC, run.id DESC LIMIT 1)),
            'majors', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'state', m.state,
                'people', m.people, 'flagged_on', m.flagged_on) ORDER BY m.flagged_on DESC), '[]')
                FROM risks_majorrisk m WHERE m.enterprise_id = e.id),
            'arrears', (SELECT coalesce(jsonb_agg(jsonb_build_object('state', a.state, 'workers', a.workers,
                'months', a.months, 'amount', a.amount, 'found_on', a.found_on) ORDER BY a.found_on DESC), '[]')
                FROM risks_arrears a WHERE a.enterprise_id = e.id AND a.state IN ('owed', 'paid')))
        INTO told FROM enterprises_enterprise e WHERE e.id = wanted;
    PERFORM set_config('portal.district', before, true);
    RETURN told;
END
$$
"""
FUNCTIONS = (
    (MASKED, "DROP FUNCTION risks_masked(text)"),
    (RELATIVES, "DROP FUNCTION risks_relatives(bigint)"),
    (DISCLOSED, "DROP FUNCTION risks_disclosed(bigint)"),
)
FENCES = (
    wall.fence("risks_majorrisk", "district_id"),
    wall.fence("risks_handover", "district_id"),
    wall.fence_between("risks_disclosure", "district_id", "holder_id"),
    wall.fence_by("risks_measure", "risk_id", "risks_majorrisk"),
    wall.fence_by("risks_dailynote", "risk_id", "risks_majorrisk"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_machine_clients"),
        ("campaigns", "0001_initial"),
        ("enterprises", "0009_by_heads"),
        ("risks", "0007_prescriptions_and_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MajorRisk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "kind",
                    models.CharField(
                        choices=[("layoff", "大规模裁员"), ("stoppage", "集体停工"), ("wages", "集体讨薪")],
                        max_length=10,
                        verbose_name="可能引发",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("rule", "达到标准"), ("hand", "人工研判")],
                        editable=False,
                        max_length=6,
                        verbose_name="标记依据",
                    ),
                ),
                ("rules", models.TextField(blank=True, editable=False, verbose_name="达到的标准")),
                ("grounds", models.TextField(max_length=1000, verbose_name="情况")),
                ("people", models.PositiveIntegerField(blank=True, null=True, verbose_name="涉及人数")),
                ("staff", models.PositiveIntegerField(blank=True, null=True, verbose_name="职工总数")),
                ("amount", models.BigIntegerField(blank=True, null=True, verbose_name="涉及金额（分）")),
                ("controller", models.CharField(blank=True, max_length=40, verbose_name="实际控制人")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("flagged", "待处置"),
                            ("engaged", "处置中"),
                            ("settled", "已化解"),
                            ("dismissed", "已排除"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("flagged_on", models.DateField(verbose_name="标记日期")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="处置时限")),
                ("outcome", models.TextField(blank=True, max_length=1000, verbose_name="结果")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="办结日期")),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="牵头人",
                    ),
                ),
            ],
            options={
                "verbose_name": "重大风险",
                "ordering": ["-flagged_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("rules", "制定内部劳动保障规章制度"),
                            ("contract", "与劳动者订立劳动合同"),
                            ("child", "禁止使用童工"),
                            ("protected", "女职工和未成年工特殊劳动保护"),
                            ("hours", "工作时间和休息休假"),
                            ("wages", "支付劳动者工资和执行最低工资标准"),
                            ("insurance", "参加各项社会保险和缴纳社会保险费"),
                            ("agency", "职业介绍、职业技能培训和考核鉴定"),
                            ("other", "法律、法规规定的其他事项"),
                        ],
                        max_length=10,
                        verbose_name="移交事项",
                    ),
                ),
                ("facts", models.TextField(max_length=3000, verbose_name="基本事实")),
                ("legal_basis", models.TextField(blank=True, max_length=1000, verbose_name="涉嫌违反的规定")),
                ("done_so_far", models.TextField(blank=True, max_length=2000, verbose_name="前期指导和整改情况")),
                ("workers", models.PositiveIntegerField(blank=True, null=True, verbose_name="涉及人数")),
                ("amount", models.BigIntegerField(blank=True, null=True, verbose_name="涉及金额（分）")),
                ("recipient", models.CharField(blank=True, max_length=60, verbose_name="接收单位")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "拟移交"),
                            ("sent", "已移交"),
                            ("received", "已接收"),
                            ("filed", "已立案"),
                            ("declined", "不予受理"),
                            ("concluded", "已办结"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_on", models.DateField(verbose_name="拟稿日期")),
                ("sent_on", models.DateField(null=True, verbose_name="移交日期")),
                ("received_on", models.DateField(null=True, verbose_name="接收日期")),
                ("received_by", models.CharField(blank=True, max_length=40, verbose_name="接收人")),
                ("accept_by", models.DateField(null=True, verbose_name="受理时限")),
                ("filed_on", models.DateField(null=True, verbose_name="立案日期")),
                ("case_number", models.CharField(blank=True, max_length=60, verbose_name="案号")),
                ("investigate_by", models.DateField(null=True, verbose_name="调查时限")),
                ("is_extended", models.BooleanField(default=False, verbose_name="已延长")),
                (
                    "ruling",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ordered", "责令改正，已改正"),
                            ("treated", "作出行政处理决定"),
                            ("fined", "作出行政处罚决定"),
                            ("police", "移送公安机关"),
                            ("dropped", "撤销立案"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="处理结果",
                    ),
                ),
                ("result", models.TextField(blank=True, max_length=2000, verbose_name="结果说明")),
                ("concluded_on", models.DateField(null=True, verbose_name="办结日期")),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="risks.majorrisk",
                        verbose_name="重大风险",
                    ),
                ),
            ],
            options={
                "verbose_name": "移交劳动保障监察",
                "ordering": ["-drafted_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("masked_name", models.CharField(max_length=40, verbose_name="企业")),
                ("shared", models.CharField(max_length=40, verbose_name="关联")),
                ("reason", models.TextField(max_length=500, verbose_name="事由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待答复"),
                            ("allowed", "已同意"),
                            ("refused", "未同意"),
                            ("ended", "已终止"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="申请日期")),
                ("answer", models.TextField(blank=True, max_length=500, verbose_name="答复")),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="答复日期")),
                ("allowed_until", models.DateTimeField(null=True, verbose_name="可查阅至")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="答复人",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="提出协查的区市",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.district",
                        verbose_name="企业所在区市",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="risks.majorrisk",
                        verbose_name="重大风险",
                    ),
                ),
            ],
            options={
                "verbose_name": "跨区市协查",
                "ordering": ["-asked_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DailyNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="日期")),
                ("words", models.TextField(max_length=1000, verbose_name="处置情况")),
                ("people", models.PositiveIntegerField(null=True, verbose_name="当日涉及人数")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="risks.majorrisk"
                    ),
                ),
            ],
            options={
                "verbose_name": "处置日志",
                "ordering": ["-on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=200, verbose_name="措施")),
                ("person", models.CharField(max_length=40, verbose_name="责任人")),
                ("due_on", models.DateField(verbose_name="完成时限")),
                ("done_on", models.DateField(null=True, verbose_name="落实日期")),
                ("outcome", models.CharField(blank=True, max_length=300, verbose_name="落实情况")),
                (
                    "risk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="measures", to="risks.majorrisk"
                    ),
                ),
            ],
            options={
                "verbose_name": "处置措施",
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="majorrisk",
            index=models.Index(fields=["district", "state", "-flagged_on"], name="major_risks_of_a_district"),
        ),
        migrations.AddConstraint(
            model_name="majorrisk",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["flagged", "engaged"])),
                fields=("enterprise", "kind"),
                name="one_open_major_risk_of_a_kind",
                violation_error_message="这家企业同类的重大风险正在处置，请在原记录上办理。",
            ),
        ),
        migrations.AddConstraint(
            model_name="majorrisk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("people", None), ("staff", None), ("people__lte", models.F("staff")), _connector="OR"
                ),
                name="no_more_people_than_staff",
                violation_error_message="涉及人数不能多于职工总数。",
            ),
        ),
        migrations.AddConstraint(
            model_name="majorrisk",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["flagged", "engaged"]), ("ended_on__isnull", False), _connector="OR"),
                name="an_ended_major_risk_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="majorrisk",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                name="an_amount_is_not_negative",
                violation_error_message="金额不能为负数。",
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["district", "state", "-drafted_on"], name="handovers_of_a_district"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("received_on", None), ("received_on__gte", models.F("sent_on")), _connector="OR"),
                name="received_after_it_was_sent",
                violation_error_message="接收日期不能早于移交日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("filed_on", None), ("filed_on__gte", models.F("received_on")), _connector="OR"),
                name="filed_after_it_was_received",
                violation_error_message="立案日期不能早于接收日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("concluded_on", None), ("concluded_on__gte", models.F("filed_on")), _connector="OR"
                ),
                name="concluded_after_it_was_filed",
                violation_error_message="办结日期不能早于立案日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("risk", "enterprise"),
                name="one_request_waits_for_an_enterprise",
                violation_error_message="对这家企业的协查申请正在等待答复。",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "allowed"), _negated=True), ("allowed_until__isnull", False), _connector="OR"
                ),
                name="a_permission_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="dailynote",
            index=models.Index(fields=["risk", "-on"], name="notes_on_a_major_risk"),
        ),
        migrations.RunSQL(PLACED, UNPLACED),
        *(migrations.RunSQL(*function) for function in FUNCTIONS),
        *(migrations.RunSQL(*fence) for fence in FENCES),
    ]
