"""What is kept of changes and of access: two tables that only grow. Each row carries a hash, and is sealed (seals.py).

Both are written by PostgreSQL's own hand as far as it can be had: time, transaction, login and hash are filled in by a
trigger, whatever the writer says.
"""

from django.conf import settings
from django.db import models

from accounts.models import Deed as AccountDeed
from accounts.models import District, Organisation, RightsChange, User

from .audit import audited
from .scope import ScopedQuerySet

# accounts stands below and cannot ask for its own audit.
audited(District)
audited(Organisation, district="district")
audited(User, hidden=("password",), left_out=("last_login",), district="organisation__district")
audited(RightsChange, district="organisation__district")
audited(AccountDeed, district="person__organisation__district")


class _Kept(models.Model):
    """What both tables have. `transaction`: PostgreSQL's number of it, by which the sealer knows what is complete."""

    district_path = "district"

    at = models.DateTimeField("时间", editable=False)
    transaction = models.BigIntegerField(editable=False)
    login = models.CharField("数据库登录名", max_length=63, editable=False)
    hash = models.BinaryField(max_length=32, editable=False)
    district = models.ForeignKey(
        District,
        models.DO_NOTHING,
        null=True,
        verbose_name="区市",
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        verbose_name="人员",
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    request = models.CharField("请求编号", max_length=36, blank=True)
    place = models.CharField("页面或任务", max_length=200, blank=True)
    model = models.CharField("记录种类", max_length=60, blank=True)
    record = models.CharField("记录编号", max_length=64, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Change(_Kept):
    """One row that was added, changed or deleted, by whatever hand. Written by triggers alone (casework.audit)."""

    class Deed(models.TextChoices):
        INSERT = "insert", "新增"
        UPDATE = "update", "修改"
        DELETE = "delete", "删除"
        TRUNCATE = "truncate", "清空"

    deed = models.CharField("操作", max_length=8, choices=Deed)
    before = models.JSONField("原值", null=True, help_text="of a change the changed columns alone")
    after = models.JSONField("新值", null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "数据变更记录"
        indexes = [
            models.Index(fields=["model", "record", "-id"], name="changes_of_a_record"),
            models.Index(fields=["by", "-id"], name="changes_by_a_person"),
        ]


class AccessRecord(_Kept):
    """One look at what is sensitive, one export, one refusal, one log-in (casework.access)."""

    class Kind(models.TextChoices):
        LOGIN = "login", "登录"
        LOGOUT = "logout", "退出"
        LOGIN_FAILED = "login_failed", "登录失败"
        LOCKED = "locked", "登录锁定"
        PROVED = "proved", "再次验证身份"
        PROOF_FAILED = "proof_failed", "再次验证身份失败"
        CREDENTIAL = "credential", "口令和第二重验证变动"
        VIEW = "view", "查看敏感数据"
        DOWNLOAD = "download", "下载文件"
        EXPORT = "export", "导出"
        API = "api", "接口读取"
        REFUSED = "refused", "拒绝访问"
        AUDIT = "audit", "查看审计记录"

    kind = models.CharField("事项", max_length=12, choices=Kind)
    address = models.GenericIPAddressField("网络地址", null=True)
    rows = models.PositiveIntegerField("行数", null=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "访问记录"
        indexes = [
            models.Index(fields=["by", "-id"], name="access_by_a_person"),
            models.Index(fields=["model", "record", "-id"], name="access_to_a_record"),
        ]


# The hash of a row `c`, as the trigger works it out (migration 0004), in words of PostgreSQL's own: who verifies does
# not ask a function that whoever owns the tables could have changed.
_HEAD = "c.id, (extract(epoch FROM c.at) * 1000000)::bigint, c.transaction, c.login, c.district_id, c.by_id, c.request,"
_HEAD += " c.place, c.model, c.record"
DIGESTS = {
    table: f"sha256(convert_to(jsonb_build_array({_HEAD}, {rest})::text, 'UTF8'))"
    for table, rest in (
        (Change._meta.db_table, "c.deed, c.before, c.after"),
        (AccessRecord._meta.db_table, "c.kind, host(c.address), c.rows, c.note"),
    )
}
