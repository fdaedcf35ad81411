"""The report of a district on a campaign: written, confirmed by its three bodies, submitted by the lead."""

import hashlib
import json
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import District, Organisation
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import PORTAL, STAYS, Lifecycle, MoveRefused, Part
from casework.scope import ScopedQuerySet

from .. import drafting
from .sections import Key

_OFFICER, _SUPERVISOR, _CITY = Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.CITY_OFFICE
_WRITERS = (_OFFICER, _SUPERVISOR, Role.UNION_COORDINATOR)
_SPEAKERS = {_SUPERVISOR, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER}


class State(models.TextChoices):
    DRAFTING = "drafting", "起草中"
    CONFIRMED = "confirmed", "三方已确认"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已接收"


_DRAFTING, _CONFIRMED, _SUBMITTED, _RETURNED, _ACCEPTED = State
WRITABLE = (_DRAFTING, _RETURNED)
HANDED_IN = (_SUBMITTED, _ACCEPTED)
MOST_CASES = 3

# 三方 of a district answer for one report: each body confirms the text as it stands, once.
BODY = Part(
    "尚未确认现有文本的一方（人社部门为负责人）",
    lambda report, user: (
        user is not None and user.role in _SPEAKERS and not report.is_confirmed_by(user.organisation.side)
    ),
)

REPORT = Lifecycle(
    State,
    # move        label             from               to           by                        needs
    ("begin",     "开始起草",        (None,),           _DRAFTING,   (_OFFICER, _SUPERVISOR)),
    ("write",     "编辑文本",        WRITABLE,          STAYS,       _WRITERS),
    ("submit",    "报送市三方办",    (_CONFIRMED,),     _SUBMITTED,  (_SUPERVISOR,)),
    ("accept",    "接收",            (_SUBMITTED,),     _ACCEPTED,   (_CITY,)),
    ("give_back", "退回修改",        (_SUBMITTED,),     _RETURNED,   (_CITY,),                 ("has_remarks",)),
    ("confirm",   "确认",            WRITABLE,          STAYS,       (BODY,),                  ("is_written",)),
    ("conclude",  "三方确认完毕",    WRITABLE,          _CONFIRMED,  (PORTAL,),                ("is_confirmed",)),
    ("pick",      "选用典型案例",    WRITABLE,          STAYS,       _WRITERS),
    ("drop",      "移除典型案例",    WRITABLE,          STAYS,       _WRITERS),
    ("take_back", "撤回确认，继续修改", (_CONFIRMED,),  _DRAFTING,   (_SUPERVISOR,)),
    ("correct",   "接收后更正",      (_ACCEPTED,),      _DRAFTING,   (_SUPERVISOR,)),
    asks={
        "has_remarks": "请至少对一个部分写明退回意见。",
        "is_written": "还有必写的部分没有内容，请先写完各部分再确认。",
        "is_confirmed": "三方还没有全部确认。",
    },
)  # fmt: skip


class ReportQuerySet(ScopedQuerySet):
    def handed_in(self):
        return self.filter(state__in=HANDED_IN)

    def to_confirm(self):
        return self.filter(state__in=WRITABLE)


@audited
@holder("report", read=Can.READ_REPORTS, add=Can.WRITE_REPORTS)
class Report(Case):
    district_path = "district"
    lifecycle = REPORT
    State = State

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="区市")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFTING)
    round = models.PositiveSmallIntegerField("轮次", default=1, help_text="each return and each correction begins one")
    begun_on = models.DateField("起草日期", null=True)
    remarks = models.JSONField("退回意见", default=dict, blank=True, help_text="{section: words} of the last return")
    accepted_on = models.DateField("接收日期", null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["district__rank"]
        verbose_name = "总结报告"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "district"],
                name="a_district_reports_once_on_a_campaign",
                violation_error_message="本区市的总结已经开始起草，请打开已有的总结。",
            )
        ]

    def __str__(self):
        return f"{self.district.name}总结"

    def get_absolute_url(self):
        return reverse("reports:report", args=[self.pk])

    # Questions

    @property
    def is_writable(self):
        return self.state in WRITABLE

    @property
    def takes_attachments(self):
        return self.is_writable

    @property
    def due_at(self):
        return self.campaign.report_due_at

    @property
    def cut_off_on(self):
        return self.campaign.cut_off_on

    @property
    def last_submission(self):
        return self.submissions.order_by("-number").first()

    @property
    def accepted_submission(self):
        """What counts for the city: the last one accepted, also while a correction of it is being written."""
        return self.submissions.filter(accepted=True).order_by("-number").first()

    @property
    def has_remarks(self):
        return any(self.remarks.values())

    @property
    def is_written(self):
        return not self.sections.filter(text="").exclude(key__in=Key.may_be_empty()).exists()

    @property
    def is_confirmed(self):
        return all(self.is_confirmed_by(side) for side in Organisation.Side.values)

    def is_confirmed_by(self, side):
        """Whether the body of that side has confirmed, in this round, the text as it stands now."""
        return self.pk is not None and any(each.side == side for each in self.confirmations_now())

    def confirmations_now(self):
        digest = self.digest()
        return [each for each in self.confirmations.filter(round=self.round) if each.digest == digest]

    def digest(self):
        """SHA-256 of all that the bodies confirm."""
        texts = list(self.sections.order_by("place").values_list("key", "text"))
        cases = list(self.cases.order_by("place").values_list("title", "background", "action", "result"))
        return hashlib.sha256(json.dumps([texts, cases], ensure_ascii=False).encode()).hexdigest()

    def bodies(self):
        """The three organisations of the district that sign, government first, with their own names."""
        return bodies_of(self.district_id)

    # Verbs

    @transaction.atomic
    def begin(self, *, by, on, version=None):
        """With a draft of every section, written from the figures as of `on`."""
        self.begun_on = on
        with self.deed("begin", by=by, on=on):
            pass
        drafts = drafting.drafts(self, on=on)
        for place, key in enumerate(Key, start=1):
            section = self.sections.create(district_id=self.district_id, key=key, place=place)
            if drafts[key]:
                section.put(drafts[key], by=by, at=moment(on))

    def write(self, *, by, on, version=None, key, text):
        """Put a text into a section; `version` is that of the section as the person saw it. Returns the section."""
        return self.sections.get(key=key).write(text, version=version, by=by, at=moment(on))

    def pick(self, *, by, on, version=None, **case):
        with self.deed("pick", by=by, on=on, version=version, note=case["title"]) as row:
            if row.cases.count() >= MOST_CASES:
                raise MoveRefused("典型案例最多选用三个，请先移除一个。")
            last = row.cases.aggregate(last=models.Max("place"))["last"] or 0
            row.cases.create(district_id=row.district_id, place=last + 1, **case)

    def drop(self, *, by, on, version=None, case):
        with self.deed("drop", by=by, on=on, version=version, note=case.title) as row:
            row.cases.filter(pk=case.pk).delete()

    @transaction.atomic
    def confirm(self, *, by, on, version=None, values=None):
        """The body of `by` confirms the text as it stands; the last of the three closes the draft."""
        with self.deed("confirm", by=by, on=on, version=version, note=by.organisation.name) as row:
            row.confirmations.create(
                district_id=row.district_id, round=row.round, side=by.organisation.side, by=by, on=on,
                digest=row.digest(), values=values or {},
            )  # fmt: skip
        if self.is_confirmed:
            self.conclude(by=None, on=on)

    def conclude(self, *, by, on, version=None):
        """The portal's own deed, when the last of the three has confirmed."""
        with self.deed("conclude", by=by, on=on, version=version):
            pass

    @transaction.atomic
    def submit(self, *, by, on, version=None, note="", at=None):
        """Hand the report in, its text and its figures as they stand at this moment. Late is said, never refused."""
        from .submissions import Submission

        with self.deed("submit", by=by, on=on, version=version, note=note) as row:
            Submission.of(row, by=by, at=at or moment(on))

    @transaction.atomic
    def accept(self, *, by, on, version=None, note=""):
        with self.deed("accept", by=by, on=on, version=version, note=note) as row:
            row.accepted_on = on
            row.submissions.filter(pk=row.last_submission.pk).update(accepted=True)

    def give_back(self, *, by, on, version=None, remarks):
        told = "；".join(f"{Key(key).label}：{words}" for key, words in remarks.items() if words)
        with self.deed("give_back", by=by, on=on, version=version, note=told) as row:
            row.remarks, row.round = remarks, row.round + 1

    def take_back(self, *, by, on, version=None, note=""):
        with self.deed("take_back", by=by, on=on, version=version, note=note) as row:
            row.round += 1

    def correct(self, *, by, on, version=None, reason):
        """Write an accepted report anew; what was accepted stays in force until the correction is."""
        with self.deed("correct", by=by, on=on, version=version, note=reason) as row:
            row.round, row.remarks = row.round + 1, {}

    def _note_move(self, move, before, *, by, on, note):
        from ..announcements import report_moved

        super()._note_move(move, before, by=by, on=on, note=note)
        if self.stage != before:
            report_moved(self, on=on)


@audited
class Confirmation(models.Model):
    """That one of the three bodies confirmed the text, in a round, and the figures that it saw then."""

    district_path = "district"

    report = models.ForeignKey(Report, models.CASCADE, related_name="confirmations")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField("轮次")
    side = models.CharField("三方", max_length=12, choices=Organisation.Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="确认人")
    on = models.DateField("确认日期")
    digest = models.CharField("文本指纹", max_length=64)
    values = models.JSONField("所见数值", default=dict)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "三方确认"
        constraints = [
            models.UniqueConstraint(fields=["report", "round", "side", "digest"], name="a_body_confirms_a_text_once")
        ]


def moment(on):
    """The moment of a deed done now on the portal's day `on`: in a demonstration its day with the clock's time."""
    now = timezone.localtime()
    return now if now.date() == on else datetime.combine(on, now.time(), now.tzinfo)


def bodies_of(district):
    """The organisations of a district's code, or of the city (None), government first."""
    order = {side: place for place, side in enumerate(Organisation.Side.values)}
    return sorted(Organisation.objects.filter(district=district), key=lambda body: (order[body.side], body.pk))
