"""宣传引导 (三): what a district's bodies published or held, by channel, with its date, link and reach."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import District, Organisation
from accounts.roles import Can
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet

from .campaign import Campaign
from .parts import ANYBODY, AUTHORITY, THE_THREE


class Channel(models.TextChoices):
    PRESS = "press", "报刊"
    BROADCAST = "broadcast", "广播电视"
    WEB = "web", "网站"
    ACCOUNT = "account", "微信公众号"
    VIDEO = "video", "短视频等新媒体"
    LEAFLET = "leaflet", "宣传资料"
    EVENT = "event", "现场活动"
    SCREEN = "screen", "屏幕和横幅"


class Theme(models.TextChoices):
    PRACTICE = "practice", "典型经验"
    POLICY = "policy", "法规政策"
    PROGRESS = "progress", "行动进展"
    IDEAS = "ideas", "职工建言献策"


MEDIA = (Channel.PRESS, Channel.BROADCAST, Channel.WEB, Channel.ACCOUNT, Channel.VIDEO)
ONLINE = (Channel.WEB, Channel.ACCOUNT, Channel.VIDEO)


class State(models.TextChoices):
    RECORDED = "recorded", "已登记"
    WITHDRAWN = "withdrawn", "已撤销"


_RECORDED, _WITHDRAWN = State

RECORDER = Part(
    "登记单位",
    lambda record, user: user is not None and user.role in THE_THREE and user.organisation_id == record.organisation_id,
)

PUBLICITY = Lifecycle(
    State,
    # move       label           from          to           by                     needs
    ("record",   "登记宣传信息", (None,),      _RECORDED,   (ANYBODY,),            ("title", "medium", "is_traceable")),
    ("amend",    "修改",         (_RECORDED,), STAYS,       (RECORDER, AUTHORITY), ("title", "medium", "is_traceable")),
    ("withdraw", "撤销",         (_RECORDED,), _WITHDRAWN,  (RECORDER, AUTHORITY)),
    asks={"is_traceable": "网站、公众号、新媒体发布的，请填写链接，便于核对。"},
)  # fmt: skip


class PublicityQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(state=_RECORDED)

    def withdrawn(self):
        return self.filter(state=_WITHDRAWN)

    def in_media(self):
        return self.standing().filter(channel__in=MEDIA)

    def on_the_spot(self):
        return self.standing().exclude(channel__in=MEDIA)

    def about(self, theme):
        return self.standing().filter(theme=theme)


@holder("publicity", read=Can.READ_CAMPAIGN, add=Can.READ_CAMPAIGN)
@audited
class Publicity(Case):
    """One article, broadcast, leaflet or event. Its evidence is the link, or a file on the record."""

    district_path = "district"
    lifecycle = PUBLICITY
    State, Channel, Theme = State, Channel, Theme

    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="登记单位")
    state = models.CharField("状态", max_length=10, choices=State, default=_RECORDED)
    title = models.CharField("标题", max_length=80)
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    theme = models.CharField("主题", max_length=10, choices=Theme)
    medium = models.CharField("媒体、账号或者地点", max_length=60)
    published_on = models.DateField("发布日期")
    link = models.URLField("链接", max_length=400, blank=True)
    reach = models.PositiveIntegerField("覆盖人次", null=True, blank=True)
    text = models.TextField("内容摘要", max_length=1000, blank=True)

    objects = PublicityQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-id"]
        verbose_name = "宣传信息"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "district", "link"], condition=Q(state=_RECORDED) & ~Q(link=""),
                name="a_link_counts_once_in_a_district",
                violation_error_message="本区市已登记过这个链接，请勿重复登记。",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:publicity", args=[self.pk])

    @property
    def is_traceable(self):
        return self.channel not in ONLINE or bool(self.link)

    @property
    def takes_attachments(self):
        return self.state == _RECORDED

    def record(self, *, by, on, version=None, **fields):
        self.organisation = by.organisation
        self._take(fields, on)
        with self.deed("record", by=by, on=on, note=f"{self.get_channel_display()}　{self.title}"):
            pass

    def amend(self, *, by, on, version=None, **fields):
        with self.deed("amend", by=by, on=on, version=version) as row:
            row._take(fields, on)

    def withdraw(self, *, by, on, version=None, reason):
        with self.deed("withdraw", by=by, on=on, version=version, note=reason):
            pass

    def _take(self, fields, on):
        for name, value in fields.items():
            setattr(self, name, value)
        if self.published_on > on:
            raise MoveRefused("发布日期不能晚于今天。")
        self.campaign = Campaign.objects.running(self.published_on)
