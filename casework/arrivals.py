"""What came in from phones, as it came: records and the photos and signatures that belong to them (casework.field).

Nobody changes these rows: PostgreSQL takes neither UPDATE nor DELETE of them from the portal's own logins.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from accounts.models import District

from . import intake
from .audit import audited
from .scope import ScopedQuerySet


class Arrival(models.Model):
    """One edition of a record, word for word. The same content of the same record is kept once, however often it comes.

    `applied` is False for an edition that came when a later one was already here.
    """

    district_path = "district"

    uid = models.UUIDField("编号", help_text="of the record, made on the phone")
    sha256 = models.CharField("散列", max_length=64)
    edition = models.PositiveIntegerField("第几稿")
    kind = models.CharField("类型", max_length=20)
    device = models.UUIDField("设备", null=True)
    body = models.TextField("内容")
    made_at = models.DateTimeField("填写时间")
    applied = models.BooleanField("已采用")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报送人")
    at = models.DateTimeField("收到时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "外勤报送"
        constraints = [models.UniqueConstraint(fields=["uid", "sha256"], name="an_edition_arrives_once")]


class Piece(models.Model):
    """A photo or signature of a record, which may not be here yet. What is kept of it is not what came: two hashes."""

    class What(models.TextChoices):
        PHOTO = "photo", "照片"
        SIGNATURE = "signature", "签名"

    district_path = "district"

    id = models.UUIDField(primary_key=True, editable=False, help_text="made on the phone")
    record = models.UUIDField("所属记录")
    what = models.CharField("类型", max_length=10, choices=What)
    name = models.CharField("文件名", max_length=intake.LONGEST_NAME)
    media_type = models.CharField("格式", max_length=80)
    came_sha256 = models.CharField("收到时的散列", max_length=64)
    came_bytes = models.PositiveIntegerField("收到时的大小")
    sha256 = models.CharField("保存的散列", max_length=64)
    bytes = models.PositiveIntegerField("大小")
    file = models.FileField("文件", upload_to="field/%Y%m", max_length=200)
    taken_at = models.DateTimeField("拍摄时间", null=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报送人")
    at = models.DateTimeField("收到时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "外勤照片和签名"
        indexes = [models.Index(fields=["record"], name="pieces_of_a_record")]

    def __str__(self):
        return self.name


class DisagreementQuerySet(ScopedQuerySet):
    def on(self, record):
        kind = ContentType.objects.get_for_model(type(record))
        return self.filter(subject_type=kind, subject_id=record.pk).select_related("by__organisation", "chosen_by")

    def open(self):
        return self.filter(chosen="")


@audited
class Disagreement(models.Model):
    """Two people gave a field of a record differently: both values stay, also after one of them was chosen."""

    class Chosen(models.TextChoices):
        THEIRS = "theirs", "采用平台上的"
        MINE = "mine", "采用手机上的"
        BOTH = "both", "两者都保留"

    district_path = "district"

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    name = models.CharField("字段", max_length=40)
    label = models.CharField("栏目", max_length=120)
    theirs = models.TextField("平台上的", blank=True)
    mine = models.TextField("手机上的", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="手机填写人")
    at = models.DateTimeField("时间", default=timezone.now)
    chosen = models.CharField("结果", max_length=6, choices=Chosen, blank=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核对人"
    )
    chosen_at = models.DateTimeField("核对时间", null=True)

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "两处填写"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "name"],
                condition=models.Q(chosen=""),
                name="a_field_waits_for_one_choice",
            )
        ]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        return self.subject.get_absolute_url()

    @property
    def theirs_told(self):
        return self.subject.told(self.name, self.theirs) or "（空）"

    @property
    def mine_told(self):
        return self.subject.told(self.name, self.mine) or "（空）"

    def settle(self, chosen, *, by, at):
        self.chosen, self.chosen_by, self.chosen_at = chosen, by, at
        self.save(update_fields=["chosen", "chosen_by", "chosen_at"])
