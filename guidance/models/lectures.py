"""Online lectures, open to the enterprises of the whole city, and who attended."""

import secrets

from django.core import signing
from django.db import models
from django.db.models import Count, Q, Sum
from django.urls import reverse

from accounts.models import District, Organisation
from accounts.roles import Can, Role
from campaigns.models import Campaign
from casework import wall
from casework.attachments import holder
from casework.audit import audited
from casework.cases import Case
from casework.lifecycle import PORTAL, STAYS, Lifecycle, MoveRefused, Part
from casework.scope import PublicQuerySet, ScopedQuerySet
from enterprises.models import Enterprise, FormerCode

from .. import terms
from .firms import PARTIES, must_have_come

_HOST = Part("主办单位", lambda record, user: user is not None and record.organisation_id == user.organisation_id)
_ALL = (Role.CITY_OFFICE, *PARTIES)
_TOLD = ("title", "lecturer", "held_on", "begins_at")
_SIGNER = signing.Signer(salt="guidance.lectures")  # without a moment: the link is printed, and stays the same
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
CODE_LENGTH = 6


class LectureState(models.TextChoices):
    ANNOUNCED = "announced", "已预告"
    HELD = "held", "已举办"
    CALLED_OFF = "called_off", "已取消"


_ANNOUNCED, _HELD, _CALLED_OFF = LectureState

LECTURE = Lifecycle(
    LectureState,
    # move        label          from                   to            by        needs
    ("announce",  "预告讲座",    (None,),               _ANNOUNCED,   _ALL,     _TOLD),
    ("amend",     "修改预告",    (_ANNOUNCED,),         STAYS,        (_HOST,), _TOLD),
    ("hold",      "登记举办",    (_ANNOUNCED,),         _HELD,        (_HOST,)),
    ("call_off",  "取消讲座",    (_ANNOUNCED,),         _CALLED_OFF,  (_HOST,)),
)  # fmt: skip


class LectureQuerySet(PublicQuerySet):
    def held(self):
        return self.filter(state=LectureState.HELD)

    def to_come(self):
        return self.filter(state=LectureState.ANNOUNCED)

    def to_enter(self, on):
        """The day has come and nobody has entered whether it was held."""
        return self.to_come().filter(held_on__lte=on)


@audited
@holder("lecture", read=Can.READ_GUIDANCE, add=Can.WRITE_GUIDANCE)
class Lecture(Case):
    """A lecture is public by nature: everybody may know of it. Who attended lies in each district."""

    class Way(models.TextChoices):
        ONLINE = "online", "线上"
        HALL = "hall", "现场"
        BOTH = "both", "线上和现场"

    lifecycle = LECTURE
    State = LectureState

    state = models.CharField("状态", max_length=10, choices=LectureState, default=LectureState.ANNOUNCED)
    title = models.CharField("主题", max_length=80)
    lecturer = models.CharField("主讲人", max_length=60, help_text="姓名和单位、职务")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="主办单位")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="行动")
    held_on = models.DateField("日期")
    begins_at = models.TimeField("开始时间")
    way = models.CharField("方式", max_length=8, choices=Way, default=Way.ONLINE)
    link = models.CharField("收看地址", max_length=300, blank=True)
    summary = models.TextField("内容提要", max_length=1000, blank=True)
    code = models.CharField("签到码", max_length=CODE_LENGTH, unique=True, editable=False)

    objects = LectureQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-begins_at", "-id"]
        verbose_name = "讲座"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("guidance:lecture", args=[self.pk])

    @property
    def place_id(self):
        """The host's district, where its timeline is read; a body of the city has none."""
        return self.organisation.district_id if self.organisation_id else None

    def is_placed_for(self, user):
        """A lecture is held for the city: each district enters who came of its own."""
        return user is None or user.is_active

    @property
    def token(self):
        """What stands in the link: nobody can make one for another lecture."""
        return _SIGNER.sign(self.pk)

    @classmethod
    def of_token(cls, token):
        """The lecture of a link, or None where the link is not ours."""
        try:
            return cls.objects.filter(pk=_SIGNER.unsign(token)).first()
        except signing.BadSignature:
            return None

    @property
    def attend_until(self):
        return terms.attendance_until(self.held_on)

    def takes_attendance(self, on):
        """By link or code: on the day of the lecture and as long after as the term says."""
        return self.state != _CALLED_OFF and self.held_on <= on <= self.attend_until

    def announce(self, *, by, on, version=None):
        self.organisation, self.campaign = by.organisation, Campaign.objects.running(on)
        self.code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
        with self.deed("announce", by=by, on=on, version=version):
            pass

    def amend(self, *, by, on, version=None, **changes):
        with self.deed("amend", by=by, on=on, version=version) as row:
            for name, value in changes.items():
                setattr(row, name, value)

    def hold(self, *, by, on, version=None, note=""):
        must_have_come(self.held_on, on)
        with self.deed("hold", by=by, on=on, version=version, note=note):
            pass

    def call_off(self, *, by, on, version=None, reason):
        with self.deed("call_off", by=by, on=on, version=version, note=reason):
            pass

    def attend(self, *, uscc, name, on):
        """Somebody of an enterprise signs in by the link, without an account. The answer tells nothing of the register.

        Done as the portal itself: an enterprise may be of any district, and who signs in may see none. What is stored
        names the enterprise where the register knows the code; a code that it does not know is kept for the city.
        """
        if not self.takes_attendance(on):
            raise MoveRefused(self.closed_sentence(on))
        with wall.within(wall.WHOLE_CITY):
            code = FormerCode.now(uscc)
            if Attendance.objects.counted().filter(lecture=self, uscc=code, name=name).exists():
                return
            firm = Enterprise.objects.current().filter(uscc=code).first()
            row = Attendance(lecture=self, enterprise=firm, district_id=firm and firm.district_id, uscc=code, name=name)
            row.sign(on=on)

    def closed_sentence(self, on):
        if self.state == _CALLED_OFF:
            return "这场讲座已取消，不再签到。"
        if on < self.held_on:
            return f"还没有到签到时间，请于{self.held_on.month}月{self.held_on.day}日讲座当日签到。"
        return "签到已经截止；如确已参加，请联系主办单位补登。"


class AttendanceState(models.TextChoices):
    COUNTED = "counted", "已计入"
    STRUCK = "struck", "已剔除"


_COUNTED, _STRUCK = AttendanceState

ATTENDANCE = Lifecycle(
    AttendanceState,
    # move      label           from          to         by          needs
    ("sign",    "签到",         (None,),      _COUNTED,  (PORTAL,),  ("uscc", "name")),
    ("enter",   "登记参加企业", (None,),      _COUNTED,  PARTIES,    ("enterprise", "people")),
    ("strike",  "剔除",         (_COUNTED,),  _STRUCK,   PARTIES),
)  # fmt: skip


class AttendanceQuerySet(ScopedQuerySet):
    def counted(self):
        return self.filter(state=AttendanceState.COUNTED)

    def counts(self):
        """{"people": 人次, "firms": 户}: people summed; an enterprise counts once, by its code."""
        told = self.order_by().aggregate(people=Sum("people"), firms=Count("uscc", distinct=True))
        return told | {"people": told["people"] or 0}


@audited(hidden=["name"])
class Attendance(Case):
    """Who attended: one person who signed in, or the people of an enterprise as an officer entered them."""

    district_path = "district"
    lifecycle = ATTENDANCE
    State = AttendanceState

    state = models.CharField("状态", max_length=8, choices=AttendanceState, default=AttendanceState.COUNTED)
    lecture = models.ForeignKey(Lecture, models.PROTECT, related_name="+", verbose_name="讲座")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="企业")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+", verbose_name="区市")
    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("签到人", max_length=30, blank=True)
    people = models.PositiveIntegerField("人数", default=1)
    attended_on = models.DateField("日期")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["-attended_on", "-id"]
        verbose_name = "讲座签到"
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "uscc", "name"], condition=Q(state="counted"),
                name="a_person_attends_a_lecture_once",
                violation_error_message="这家企业参加这场讲座已经登记过；人数有误的请先剔除原登记。",
            ),
            models.CheckConstraint(
                condition=Q(people__range=(1, 10_000)), name="some_people_attended",
                violation_error_message="参加人数应在1至10000之间，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(enterprise=None, district=None) | Q(enterprise__isnull=False, district__isnull=False),
                name="an_attendance_lies_where_its_enterprise_does",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.lecture.title}：{self.enterprise.name if self.enterprise else self.uscc}"

    def get_absolute_url(self):
        return reverse("guidance:attendance", args=[self.pk])

    def sign(self, *, on, by=None, version=None):
        self.attended_on = on
        with self.deed("sign", by=by, on=on, version=version):
            pass

    def enter(self, *, by, on, version=None):
        must_have_come(self.lecture.held_on, on)
        if self.lecture.state == LectureState.CALLED_OFF:
            raise MoveRefused("这场讲座已取消，不能登记参加企业。")
        self.uscc, self.attended_on, self.by = self.enterprise.uscc, self.lecture.held_on, by
        with self.deed("enter", by=by, on=on, version=version, note=f"{self.people}人"):
            pass

    def strike(self, *, by, on, version=None, reason):
        with self.deed("strike", by=by, on=on, version=version, note=reason):
            pass
