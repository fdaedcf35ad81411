"""A delivery: one file of one department, what was recognised in it, what was stored and what was refused."""

from pathlib import PurePath

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from casework.audit import audited
from casework.jobs import Refused
from casework.models import Job

from .. import deliveries
from .enterprise import Enterprise
from .signal import Feed

UNDONE_AT_ONCE = 20_000  # rows, about a second


class Department(models.TextChoices):
    MARKET = "market", "市场监管局"
    TAX = "tax", "税务局"
    SOCIAL = "social", "社保中心"
    BANK = "bank", "人民银行"
    POST = "post", "邮政管理局"
    OTHER = "other", "其他部门"


class DeliveryQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(state=Delivery.State.STORED)

    def same_file(self, sha256):
        return self.in_force().filter(sha256=sha256)

    def for_page(self):
        """With the people and the work that a page shows beside each delivery."""
        return self.select_related("job", "by__organisation", "repeats__by__organisation", "undone_by__organisation")


@audited
class Delivery(models.Model):
    class Kind(models.TextChoices):
        REGISTER = "register", "企业登记"
        TAX = "tax", "缴税"
        SOCIAL = "social", "缴费"
        LOAN = "loan", "还贷"
        LOGISTICS = "logistics", "物流"

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        ASKING = "asking", "待确认"
        STORED = "stored", "已入库"
        REFUSED = "refused", "未入库"
        REPEATED = "repeated", "重复文件"
        UNDONE = "undone", "已撤销"

    id = models.AutoField(primary_key=True)
    name = models.CharField("文件名", max_length=200)
    # Empty where the file could not be read: that it came and why it was refused is kept, the file is not.
    file = models.FileField("文件", upload_to="deliveries/%Y%m", max_length=300)
    sha256 = models.CharField(max_length=64, db_index=True)
    bytes = models.BigIntegerField("大小")
    state = models.CharField("状态", max_length=8, choices=State, default=State.RECEIVED)
    kind = models.CharField("种类", max_length=10, choices=Kind, blank=True)
    department = models.CharField("来源部门", max_length=6, choices=Department, blank=True)
    encoding = models.CharField("编码", max_length=12, blank=True)
    unit = models.CharField("金额单位", max_length=12, blank=True, help_text="多个单位以、分隔")
    layout = models.JSONField("识别结果", default=dict, blank=True)
    answers = models.JSONField("人工确认", default=dict, blank=True)
    question = models.JSONField("待确认事项", default=dict, blank=True)
    rows = models.PositiveIntegerField("数据行", default=0)
    accepted = models.PositiveIntegerField("接收", default=0)
    exact_duplicates = models.PositiveIntegerField("重复行", default=0)
    changed = models.PositiveIntegerField("新增或更正", default=0)
    rejected = models.JSONField("退回原因", default=dict, blank=True)
    error_file = models.FileField("退回文件", upload_to="deliveries/%Y%m", max_length=300, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="更正"
    )
    repeats = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    message = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="deliveries", verbose_name="经办人"
    )
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField("收到时间")
    stored_at = models.DateTimeField("入库时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "部门数据"

    def __str__(self):
        return self.name

    @property
    def rejected_rows(self):
        return sum(self.rejected.values())

    @property
    def at_work(self):
        """Whether a worker has it, or will: the page shows progress and asks again."""
        return self.job is not None and not self.job.over

    @property
    def is_stuck(self):
        """Taken in, but the work failed or was cancelled: it can be put to work again."""
        return self.state == self.State.RECEIVED and not self.at_work

    @property
    def is_asking(self):
        return self.state == self.State.ASKING and not self.at_work

    @property
    def is_stored(self):
        return self.state == self.State.STORED

    @property
    def may_be_undone(self):
        return self.is_stored and not self.at_work

    @property
    def may_be_read_anew(self):
        """Whether another word on what the file means would change anything."""
        readable = {self.State.STORED, self.State.ASKING, self.State.REFUSED}
        return not self.at_work and bool(self.file) and self.state in readable

    @property
    def may_be_corrected(self):
        """Whether the refused rows may come back put right."""
        return not self.at_work and bool(self.error_file) and self.state in {self.State.STORED, self.State.REFUSED}

    @property
    def error_file_name(self):
        """What the error file is called when it goes back: the department's own name, and how many rows."""
        return f"{PurePath(self.name).stem}（退回{self.rejected_rows}行）{PurePath(self.error_file.name or '').suffix}"

    @property
    def columns(self):
        """What the columns were recognised as: {meaning: header}."""
        return self._sheet.get("columns", {})

    @property
    def headers(self):
        """The headers as delivered, from left to right."""
        return self._sheet.get("headers", [])

    @property
    def _sheet(self):
        return next(iter(self.layout.get("sheets", [])), {})

    def answer(self, answers, *, by, at, remember=False):
        """Say what the file means; it is read again, under a new delivery when this one was stored already."""
        return deliveries.answer(self, answers, by=by, at=at, remember=remember)

    def recheck(self, *, by, at):
        """Read the file again: after a failure, or because the register has grown since."""
        return deliveries.recheck(self, by=by, at=at)

    def undo(self, *, by, at):
        deliveries.undo(self, by=by, at=at)

    def ask_to_undo(self, *, by, at):
        """Undo at once, or in the background where so much was stored that a person would wait for it."""
        if not self.may_be_undone:
            raise Refused("这份数据不在已入库状态，或正在处理，不能撤销。")
        if self.changed <= UNDONE_AT_ONCE:
            self.undo(by=by, at=at)
            return
        key = f"undo-delivery-{self.pk}-after-{self.job_id or 0}"
        self.job = Job.objects.ask("undo-delivery", key=key, by=by, delivery=self.pk)
        self.save(update_fields=["job"])

    def chain(self):
        """The first delivery and all corrections of it, in the order they came."""
        root = self
        while root.corrects is not None:
            root = root.corrects
        found, newest = {root.pk}, {root.pk}
        while newest := set(Delivery.objects.filter(corrects__in=newest).values_list("pk", flat=True)) - found:
            found |= newest
        return Delivery.objects.for_page().filter(pk__in=found).order_by("pk")


class DeliveryMonth(models.Model):
    """How many enterprises a stored delivery covers in one month: what the page of freshness shows."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="months")
    feed = models.SmallIntegerField("数据", choices=Feed)
    month = models.DateField("月份")
    enterprises = models.PositiveIntegerField("企业数")

    class Meta:
        ordering = ["feed", "month"]
        verbose_name = "数据月份"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "feed", "month"], name="a_delivery_counts_a_month_once")
        ]


class DeliverySample(models.Model):
    """One of the first rows of a file as delivered, for the person who checks what was recognised.

    Apart from the delivery itself, whose name and day all districts see: these rows are of firms anywhere in the city.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="samples")
    sheet = models.PositiveSmallIntegerField("工作表", help_text="its place in the layout, from 0")
    row = models.PositiveIntegerField("行")
    cells = ArrayField(models.TextField(), verbose_name="内容")

    class Meta:
        ordering = ["sheet", "row"]
        verbose_name = "样例行"


class DeliveryFault(models.Model):
    """A row that was refused: where it stands, what is wrong, what to do."""

    class Reason(models.TextChoices):
        INVALID_USCC = "invalid_uscc", "信用代码有误"
        UNKNOWN_DISTRICT = "unknown_district", "区市不明"
        UNKNOWN_ENTERPRISE = "unknown_enterprise", "企业未登记"
        NEGATIVE_AMOUNT = "negative_amount", "负数"
        NOT_A_NUMBER = "not_a_number", "不是数字"
        INVALID_PERIOD = "invalid_period", "所属期有误"
        FUTURE_PERIOD = "future_period", "所属期在将来"
        MISSING_COLUMN = "missing_column", "缺少列"
        CONFLICTING_DUPLICATE = "conflicting_duplicate", "前后矛盾"

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="faults")
    sheet = models.CharField("工作表", max_length=80, blank=True)
    row = models.PositiveIntegerField("行")
    column = models.CharField("列", max_length=80, blank=True)
    value = models.CharField("内容", max_length=200, blank=True)
    reason = models.CharField("原因", max_length=21, choices=Reason)
    sentence = models.CharField("处理办法", max_length=300)

    class Meta:
        ordering = ["id"]
        verbose_name = "退回行"


@audited
class RememberedLayout(models.Model):
    """What a person confirmed about a department's layout, used again when the same header comes."""

    department = models.CharField("来源部门", max_length=6, choices=Department)
    fingerprint = models.CharField(max_length=64)
    answers = models.JSONField("人工确认")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "已记住的格式"
        constraints = [models.UniqueConstraint(fields=["department", "fingerprint"], name="one_memory_of_a_layout")]


class ConfirmedSignals(models.Model):
    """Where a delivery only repeated what was known, and stored nothing: a bit for each of 4,096 enterprises.

    When the earlier delivery is undone, the word of this one still stands (enterprises.signals).
    """

    pk = models.CompositePrimaryKey("delivery_id", "feed", "month", "block_no")
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+", db_index=False)
    feed = models.SmallIntegerField("数据", choices=Feed)
    month = models.DateField("月份")
    block_no = models.IntegerField()
    bits = models.BinaryField()

    class Meta:
        verbose_name = "重复确认的数据"


@audited(inserts=False)
class RegisterChange(models.Model):
    """What a register delivery changed in one enterprise, so that it can be undone and read back."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="register_changes")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="register_changes")
    created = models.BooleanField("新增")
    before = models.JSONField("原值", default=dict)
    after = models.JSONField("新值", default=dict)

    class Meta:
        verbose_name = "登记变更"
