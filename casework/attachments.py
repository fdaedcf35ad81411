"""Files on any record: photos and documents as evidence, judged before they are kept (casework.intake).

A model that takes files says so, and who may read and add them:

    @holder("rectification", read=Can.READ_REGISTER, add=Can.RECTIFY)
    class Rectification(Case): ...

and its page shows them by

    {% include "_ui/_attachments.html" with key="rectification" record=item only %}

Its own deeds take a file in by `attach(record, upload, by=officer, on=today)`.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import District

from . import intake, wall
from .audit import audited
from .confined import NotTaken
from .scope import ScopedQuerySet

HOLDERS = {}
LEFT_FOR = timedelta(days=1)
SMALL = PurePath("small")  # a derived thing: no row tells of it, and a photo without it is shown by a sign
_OTHER_FILE = "这个编号下已有另一个文件，没有收下；请重新选择文件上传。"


@dataclass(frozen=True)
class Holder:
    """A model whose records take files. `key` stands for it in addresses; `read` and `add` are capabilities."""

    key: str
    model: type
    read: str
    add: str


def holder(key, *, read, add):
    """Class decorator: records of this model take files.

    A record that takes none any more says so by a property `takes_attachments`; one that several districts share tells
    their codes as `districts`, and calls `shared_anew` when they change.
    """

    def register(model):
        HOLDERS[key] = Holder(key, model, read, add)
        return model

    return register


class AttachmentQuerySet(ScopedQuerySet):
    def of_district(self, code):
        """Also what lies on a record that the district shares with others."""
        return self.filter(Q(district=code) | Q(districts__contains=[code]))

    def on(self, record):
        """The files of a record, in the order in which they came."""
        kind = ContentType.objects.get_for_model(type(record))
        return self.filter(subject_type=kind, subject_id=record.pk).select_related("by__organisation").order_by("at")


@audited
class Attachment(models.Model):
    """A file on a record. It is never changed; what is kept of a photo is not what came, so both have their hash."""

    district_path = "district"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False, help_text="may be made by who sends it")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+")
    districts = ArrayField(
        models.CharField(max_length=6), default=list, blank=True, verbose_name="共同办理的区市",
        help_text="all that see the record, where several share it",
    )  # fmt: skip
    name = models.CharField("文件名", max_length=intake.LONGEST_NAME)
    media_type = models.CharField("类型", max_length=80)
    came_sha256 = models.CharField("收到时的散列", max_length=64)
    sha256 = models.CharField("保存的散列", max_length=64)
    came_bytes = models.PositiveIntegerField("收到时的大小")
    bytes = models.PositiveIntegerField("大小")
    file = models.FileField("文件", upload_to="attachments/%Y%m", max_length=200)
    taken_at = models.DateTimeField("拍摄时间", null=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="上传人", related_name="+")
    at = models.DateTimeField("上传时间", default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "附件"
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="attachments_of_a_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)) | Q(latitude=None, longitude=None),
                name="a_place_is_on_earth",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def is_photo(self):
        return self.media_type.startswith("image/")

    @property
    def small_name(self):
        """Where the small picture of a photo lies: under the name of the file, in a folder of its own."""
        return str(SMALL / PurePath(self.file.name).relative_to("attachments"))

    @property
    def has_small(self):
        return self.is_photo and self.file.storage.exists(self.small_name)

    @property
    def holder(self):
        """How the model it hangs on takes files; None when it takes none any more."""
        model = self.subject_type.model_class()
        return next((found for found in HOLDERS.values() if found.model is model), None)


def attach(record, upload, *, by, on, id=None, note=""):
    """Judge `upload` (an UploadedFile) and keep it on `record`, with a line in its timeline. Returns the Attachment.

    `id`: a UUID made by who sends it: the same file sent twice under it is stored once. Of a photo the attachment tells
    taken_at, latitude and longitude, as the camera noted them. Raises NotTaken with a sentence; then nothing is kept.
    """
    if id is not None and (known := _sent_before(record, upload, id)):
        return known
    if Attachment.objects.on(record).count() >= settings.ATTACHMENTS_OF_A_RECORD:
        raise NotTaken(f"每条记录最多 {settings.ATTACHMENTS_OF_A_RECORD} 个附件，没有收下；请合并后上传。")
    taken = intake.take(upload)
    # The portal's day, the clock's hour.
    moment = timezone.localtime().replace(year=on.year, month=on.month, day=on.day)
    attachment = Attachment(
        id=id or uuid4(), subject=record, district_id=_home_of(record), by=by,
        name=taken.name, media_type=taken.sort.media_type, came_sha256=taken.came_sha256, came_bytes=upload.size,
        sha256=hashlib.sha256(taken.content).hexdigest(), bytes=len(taken.content),
        at=moment, **_noted(taken.facts),
    )  # fmt: skip
    # A name of our own: what people call their files is for people, not for the file system.
    attachment.file.save(uuid4().hex, ContentFile(taken.content), save=False)
    if taken.small:
        attachment.file.storage.save(attachment.small_name, ContentFile(taken.small))
    try:
        with transaction.atomic():
            attachment.districts = districts_of(_as_it_stands(record))
            attachment.save(force_insert=True)
            words = f"{taken.name}。{note}" if note else taken.name
            record.note_deed("添加附件", by=by, on=on, note=words, district=attachment.district)
    except IntegrityError as error:  # the same file arrived a second time while the first was being looked at
        _forget(attachment)
        if known := _sent_before(record, upload, attachment.id):
            return known
        raise NotTaken(_OTHER_FILE) from error  # where this person may not look
    except BaseException:
        _forget(attachment)
        raise
    return attachment


def _as_it_stands(record):
    """The record; one that several districts share is read anew and held until the file's row is committed, so that
    who joins at this moment sees the file, and who is released does not.
    """
    if not hasattr(record, "districts"):
        return record
    row = type(record)._base_manager.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if row is None or not getattr(row, "takes_attachments", True):
        raise NotTaken("这条记录刚刚办结，或者您的区市已不在其中，文件没有收下；请刷新页面查看。")
    return row


def _forget(attachment):
    for name in (attachment.file.name, attachment.small_name):
        attachment.file.storage.delete(name)


def _sent_before(record, upload, id):
    """The attachment that this very file became when it was sent before under the same id."""
    known = Attachment.objects.filter(pk=id).first()
    if known is None:
        return None
    upload.seek(0)
    digest = hashlib.sha256()
    for block in upload.chunks():
        digest.update(block)
    kind = ContentType.objects.get_for_model(type(record))
    if (known.subject_type_id, known.subject_id, known.came_sha256) != (kind.pk, record.pk, digest.hexdigest()):
        raise NotTaken(_OTHER_FILE)
    return known


def _noted(facts):
    if "taken_at" in facts:
        facts = facts | {"taken_at": datetime.fromisoformat(facts["taken_at"])}
    return facts


def district_of(record):
    """The district of a record, by its model's `district_path`; None for what is the whole city's."""
    if not hasattr(record, "district_path"):
        return None
    at = record
    for step in record.district_path.split("__"):
        at = getattr(at, step)
    return at


def _home_of(record):
    """The code of the district that answers for a record; None: the city."""
    if hasattr(record, "place_id"):
        return record.place_id
    home = district_of(record)
    return home and home.pk


def is_at_home(user, record):
    """Whether the record is one that the user's district answers for or shares; the city's people are everywhere."""
    here = user.organisation.district_id
    return user.sees_whole_city or here in (_home_of(record), *getattr(record, "districts", ()))


def districts_of(record):
    """The codes of the districts that see a record beside its own: who shares it, all for what is the city's."""
    if hasattr(record, "districts"):
        return list(record.districts)
    return [] if hasattr(record, "district_path") else list(District.objects.values_list("pk", flat=True))


def shared_anew(record):
    """The files of a record are for the districts that share it now."""
    Attachment.objects.on(record).update(districts=districts_of(record))


def forget_left_behind(now):
    """Delete files whose request broke off before its row was committed. Returns how many."""
    number, folders = 0, sorted((settings.MEDIA_ROOT / "attachments").glob("??????"))
    with wall.within(wall.WHOLE_CITY):  # a file whose row is only hidden must stay
        for folder in folders[-2:]:
            ours = Attachment.objects.filter(file__startswith=f"attachments/{folder.name}/")
            known = {PurePath(name).name for name in ours.values_list("file", flat=True)}
            small = settings.MEDIA_ROOT / SMALL / folder.name
            for path in (*folder.iterdir(), *(small.iterdir() if small.exists() else ())):
                if path.name not in known and path.stat().st_mtime < (now - LEFT_FOR).timestamp():
                    path.unlink()
                    number += 1
    return number
