"""What every case has: a timeline, background jobs, saved views, prepared exports."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import QueryDict

from accounts.models import District

from .arrivals import Arrival, Disagreement, Piece  # noqa: F401 - models of this app
from .attachments import Attachment  # noqa: F401 - a model of this app
from .audit import audited
from .comments import Comment, Mention  # noqa: F401 - models of this app
from .digests import Digest  # noqa: F401 - a model of this app
from .jobs import JobQuerySet, JobVerbs
from .scope import ScopedQuerySet
from .tokens import Token
from .trail import AccessRecord, Change  # noqa: F401 - models of this app
from .webhooks import Message, Subscription  # noqa: F401 - models of this app


@audited
class Entry(models.Model):
    """One line of a record's timeline: who did what, when. Written inside the verb, never changed."""

    district_path = "district"

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+")
    deed = models.CharField("事项", max_length=40)
    before = models.CharField("原状态", max_length=20, blank=True, help_text="of a move, in words")
    after = models.CharField("现状态", max_length=20, blank=True)
    note = models.TextField("说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="经办人", related_name="+")
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "经过"
        indexes = [models.Index(fields=["subject_type", "subject_id", "-at"], name="timeline_of_a_record")]

    def __str__(self):
        return f"{self.on} {self.deed}"


class WithTimeline(models.Model):
    """A record that keeps a timeline. `note_deed` is called inside the record's verbs."""

    class Meta:
        abstract = True

    @property
    def timeline(self):
        kind = ContentType.objects.get_for_model(type(self))
        return Entry.objects.filter(subject_type=kind, subject_id=self.pk).select_related("by__organisation")

    def note_deed(self, deed, *, by, on, note="", **fields):
        """`fields`: the district that may read it, and for a move the states before and after."""
        return Entry.objects.create(subject=self, deed=deed, by=by, on=on, note=note, **fields)


class Job(JobVerbs, models.Model):
    """A piece of background work. This row is the truth; Celery and Redis only ring the bell (casework.jobs)."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待处理"
        RUNNING = "running", "正在处理"
        DONE = "done", "已完成"
        FAILED = "failed", "未能完成"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True, help_text="the same work asked twice is one job")
    arguments = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "后台任务"
        indexes = [models.Index(fields=["state", "leased_until"], name="jobs_not_heard")]

    def __str__(self):
        return f"{self.kind} {self.get_state_display()}"


class SavedView(models.Model):
    """A filter that a person keeps for a list: the query string of the page, under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField("清单", max_length=60, help_text="URL name of the list")
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=1000)

    class Meta:
        ordering = ["name"]
        verbose_name = "我的视图"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="one_view_of_a_name",
                violation_error_message="已有同名视图，请换一个名称。",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def parameters(self):
        return QueryDict(self.query)


@audited
class Export(models.Model):
    """A list, or another file (casework.exports), written for the person who asked and kept for some days."""

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel 工作簿"
        CSV = "csv", "CSV 文本"
        DOCX = "docx", "Word 文档"
        ZIP = "zip", "ZIP 压缩包"

    LIST_FORMATS = (Format.XLSX, Format.CSV)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    page = models.CharField("清单", max_length=60)
    title = models.CharField("名称", max_length=80)
    query = models.CharField("条件", max_length=1000, blank=True)
    format = models.CharField("格式", max_length=4, choices=Format)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")
    file = models.FileField(upload_to="exports/%Y%m%d", blank=True)
    rows = models.PositiveIntegerField("行数", null=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    token = models.ForeignKey(Token, models.PROTECT, null=True, related_name="exports", help_text="asked by a client")

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = "导出文件"

    def __str__(self):
        return self.title

    @property
    def reader(self):
        """For whose eyes it is: its owner, or the owner as far as a client's token goes."""
        return self.token.person if self.token else self.owner


class KeptAnswerQuerySet(models.QuerySet):
    def stale(self, now):
        """Past keeping."""
        return self.filter(at__lt=now - timedelta(hours=settings.IDEMPOTENCY_HOURS))


class KeptAnswer(models.Model):
    """What a POST was answered, for who may send it again (casework.idempotency). Its fence is `reach`."""

    client = models.CharField(max_length=80, help_text="a token, or a person with the rights of that time")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, address and content")
    reach = models.CharField(max_length=6, help_text="how far the client saw (casework.wall)")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "已答复的办理"
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="a_key_is_used_once")]
