"""Two tables that only grow: what was changed (by triggers alone), and who looked at what."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from casework import wall

# What a row says, in one form whatever the session's settings. A column more is a new function under the next number,
# and rows of before keep theirs.
STAMP = """
CREATE FUNCTION casework_digest(c casework_change) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        c.id, (extract(epoch FROM c.at) * 1000000)::bigint, c.transaction, c.login, c.district_id, c.by_id, c.request,
        c.place, c.model, c.record, c.deed, c.before, c.after)::text, 'UTF8'))
$$;
CREATE FUNCTION casework_digest(c casework_accessrecord) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        c.id, (extract(epoch FROM c.at) * 1000000)::bigint, c.transaction, c.login, c.district_id, c.by_id, c.request,
        c.place, c.model, c.record, c.kind, host(c.address), c.rows, c.note)::text, 'UTF8'))
$$;
CREATE FUNCTION casework_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := clock_timestamp();
    NEW.transaction := pg_current_xact_id()::text::bigint;
    NEW.login := session_user;
    NEW.hash := casework_digest(NEW);
    RETURN NEW;
END
$$;
CREATE TRIGGER stamp BEFORE INSERT ON casework_change FOR EACH ROW EXECUTE FUNCTION casework_stamp();
CREATE TRIGGER stamp BEFORE INSERT ON casework_accessrecord FOR EACH ROW EXECUTE FUNCTION casework_stamp();
"""
UNSTAMP = "DROP FUNCTION casework_stamp() CASCADE; DROP FUNCTION casework_digest(casework_change);"
UNSTAMP += "DROP FUNCTION casework_digest(casework_accessrecord)"

# By the time and by the number of the transaction rows lie as they came: an index that costs next to nothing.
AS_THEY_CAME = """
CREATE INDEX changes_as_they_came ON casework_change USING brin (at, transaction) WITH (pages_per_range = 16);
CREATE INDEX access_as_it_came ON casework_accessrecord USING brin (at, transaction) WITH (pages_per_range = 16);
CREATE INDEX changes_of_a_request ON casework_change (request) WHERE request <> '';
CREATE INDEX access_of_a_request ON casework_accessrecord (request) WHERE request <> '';
"""
NOT_AS_THEY_CAME = "DROP INDEX changes_as_they_came, access_as_it_came, changes_of_a_request, access_of_a_request"

# Nobody but the owner changes or empties them; nobody but the triggers, with the owner's rights, writes a change.
GRANTS = """
DO $$
DECLARE
    holder regrole;
BEGIN
    FOR holder IN
        SELECT DISTINCT right_.grantee::regrole FROM pg_class, aclexplode(relacl) AS right_
        WHERE pg_class.oid = 'casework_change'::regclass AND right_.grantee NOT IN (relowner, 0)
    LOOP
        EXECUTE format('REVOKE ALL ON casework_change, casework_accessrecord FROM %s', holder);
        EXECUTE format('GRANT SELECT ON casework_change, casework_accessrecord TO %s', holder);
        EXECUTE format('GRANT INSERT ON casework_accessrecord TO %s', holder);
    END LOOP;
END
$$
"""


def fence(table):
    """A district reads what concerns it; rows are added whatever the reach, and no policy lets anybody change one."""
    up, down = wall.fence(table, "district_id")
    up = up.replace(" USING ", " FOR SELECT USING ").partition(" WITH CHECK ")[0]
    return f"{up}; CREATE POLICY added ON {table} FOR INSERT WITH CHECK (true)", f"DROP POLICY added ON {table}; {down}"


def kept():
    person = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name="人员",
    )
    district = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="accounts.district",
        verbose_name="区市",
    )
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("at", models.DateTimeField(editable=False, verbose_name="时间")),
        ("transaction", models.BigIntegerField(editable=False)),
        ("login", models.CharField(editable=False, max_length=63, verbose_name="数据库登录名")),
        ("hash", models.BinaryField(max_length=32)),
        ("request", models.CharField(blank=True, max_length=36, verbose_name="请求编号")),
        ("place", models.CharField(blank=True, max_length=200, verbose_name="页面或任务")),
        ("model", models.CharField(blank=True, max_length=60, verbose_name="记录种类")),
        ("record", models.CharField(blank=True, max_length=64, verbose_name="记录编号")),
        ("by", person),
        ("district", district),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_deeds_stay"),
        ("casework", "0003_entries_tell_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                *kept(),
                (
                    "deed",
                    models.CharField(
                        choices=[("insert", "新增"), ("update", "修改"), ("delete", "删除"), ("truncate", "清空")],
                        max_length=8,
                        verbose_name="操作",
                    ),
                ),
                (
                    "before",
                    models.JSONField(help_text="of a change the changed columns alone", null=True, verbose_name="原值"),
                ),
                ("after", models.JSONField(null=True, verbose_name="新值")),
            ],
            options={"verbose_name": "数据变更记录", "ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="AccessRecord",
            fields=[
                *kept(),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("login", "登录"),
                            ("logout", "退出"),
                            ("login_failed", "登录失败"),
                            ("locked", "登录锁定"),
                            ("proved", "再次验证身份"),
                            ("proof_failed", "再次验证身份失败"),
                            ("credential", "口令和第二重验证变动"),
                            ("view", "查看敏感数据"),
                            ("download", "下载文件"),
                            ("export", "导出"),
                            ("api", "接口读取"),
                            ("refused", "拒绝访问"),
                            ("audit", "查看审计记录"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True, verbose_name="网络地址")),
                ("rows", models.PositiveIntegerField(null=True, verbose_name="行数")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
            ],
            options={"verbose_name": "访问记录", "ordering": ["-id"]},
        ),
        migrations.AddIndex("change", models.Index(fields=["model", "record", "-id"], name="changes_of_a_record")),
        migrations.AddIndex("change", models.Index(fields=["by", "-id"], name="changes_by_a_person")),
        migrations.AddIndex("accessrecord", models.Index(fields=["by", "-id"], name="access_by_a_person")),
        migrations.AddIndex("accessrecord", models.Index(fields=["model", "record", "-id"], name="access_to_a_record")),
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(AS_THEY_CAME, NOT_AS_THEY_CAME),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(*fence("casework_change")),
        migrations.RunSQL(*fence("casework_accessrecord")),
    ]
