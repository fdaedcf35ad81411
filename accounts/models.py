"""Districts, the three parties' organisations, the people who work in them, and how they come by their rights."""

from collections.abc import Mapping
from functools import cache

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import lockout, passwords, signals
from .roles import CITY_ROLES, WHO_MAY, Can, Role


class District(models.Model):
    """One of the eight areas of the campaign.

    It is never read out of an enterprise's credit code: GB 32100 names the registering authority there, not the area.
    """

    class Kind(models.TextChoices):
        DISTRICT = "district", "区"
        COUNTY_CITY = "county_city", "县级市"
        NATIONAL_ZONE = "national_zone", "国家级开发区"
        MUNICIPAL_NEW_AREA = "municipal_new_area", "市属新区"

    class Scheme(models.TextChoices):
        GBT2260 = "GBT2260", "GB/T 2260 行政区划代码"
        NBS_STAT = "NBS_STAT", "统计用区划代码"
        INTERNAL = "INTERNAL", "本平台内部代码"

    code = models.CharField("代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40, unique=True)
    short_name = models.CharField("简称", max_length=10, unique=True)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    scheme = models.CharField("代码标准", max_length=10, choices=Scheme)
    territory = models.CharField("所在行政区划", max_length=6, blank=True, help_text="仅收国标代码的部门使用")
    aliases = ArrayField(models.CharField(max_length=40), verbose_name="其他写法", default=list, blank=True)
    rank = models.PositiveSmallIntegerField("排序", unique=True)
    active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["rank"]
        verbose_name = "区市"

    def __str__(self):
        return self.short_name

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        _districts.cache_clear()

    @classmethod
    def choices(cls):
        """[(code, short name), …] in the order of rank, as this process first found them: every list asks for them."""
        if not _districts():
            _districts.cache_clear()  # the reference data are not there yet
        return [*_districts()]


@cache
def _districts():
    return tuple(District.objects.values_list("code", "short_name"))


class Organisation(models.Model):
    """A body addressed by the notice: one side of three, in a district or at the city. Documents print its own name."""

    class Side(models.TextChoices):
        GOVERNMENT = "government", "政府方"
        WORKERS = "workers", "工会方"
        EMPLOYERS = "employers", "企业方"

    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="区市",
        help_text="空：市级",
        related_name="organisations",
    )
    side = models.CharField("方", max_length=12, choices=Side)
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)

    class Meta:
        ordering = ["district__rank", "id"]
        verbose_name = "单位"

    def __str__(self):
        return self.name


class Users(UserManager):
    def get_by_natural_key(self, username):
        """The person with their organisation, since every request asks where they belong."""
        return self.select_related("organisation__district").get(username=username)


class User(AbstractUser):
    """A person with one role in one organisation; the organisation says which district they see.

    A session is good for the password, the role and the organisation that it was opened with: when one of them
    changes, by whatever hand, every session of the person ends.
    """

    # What a client's token leaves of what the role may; None: all of it (casework.tokens).
    narrowed_to = None

    first_name = last_name = None
    is_staff = is_superuser = groups = user_permissions = None

    name = models.CharField("姓名", max_length=30)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="单位", related_name="people")
    role = models.CharField("岗位", max_length=24, choices=Role)
    phone = models.CharField("电话", max_length=20, blank=True)
    password_set_at = models.DateTimeField("密码设置时间", null=True, blank=True, editable=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    rights_granted_at = models.DateTimeField("核准时间", null=True, default=timezone.now, editable=False)
    sessions_ended = models.PositiveIntegerField("结束登录的次数", default=0, editable=False)
    quiet_kinds = ArrayField(
        models.CharField(max_length=40), verbose_name="不写入提醒信的事项", default=list, blank=True, editable=False
    )

    REQUIRED_FIELDS = []
    objects = Users()

    class Meta:
        ordering = ["organisation__district__rank", "organisation_id", "username"]
        verbose_name = "人员"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="a_person_has_a_known_role"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(rights_granted_at__isnull=False),
                name="nobody_works_before_their_rights_are_granted",
            ),
        ]

    def __str__(self):
        return f"{self.organisation.short_name} · {self.name}"

    def get_full_name(self):
        return self.name

    def clean(self):
        super().clean()
        if self.organisation_id and (problem := role_misplaced(self.role, self.organisation)):
            raise ValidationError({"role": problem})

    @property
    def district(self):
        """The one district this person sees; None for the city, which sees all."""
        return self.organisation.district

    @property
    def sees_whole_city(self):
        return self.organisation.district_id is None

    def may(self, capability):
        narrowed = self.narrowed_to is not None and capability not in self.narrowed_to
        return self.is_active and self.role in WHO_MAY[capability] and not narrowed

    @property
    def can(self):
        """What this person may do, for templates: `{% if user.can.export %}`."""
        return _Capabilities(self)

    @property
    def waiting_change(self):
        """The change of rights that waits for the security administrator, or None."""
        return self.rights_changes.filter(state=RightsChange.State.WAITING).first()

    def _get_session_auth_hash(self, secret=None):
        bound = f"{self.password} {self.role} {self.organisation_id} {self.sessions_ended}"
        return salted_hmac("accounts.models.User.session", bound, secret=secret, algorithm="sha256").hexdigest()

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    # ── What administrators do ──

    def open(self, *, by, at):
        """Save a new account, which sleeps until the security administrator grants its rights. Returns a password."""
        self.is_active, self.rights_granted_at = False, None
        with transaction.atomic():
            password = self._set_first_password()
            self.note(Deed.What.OPENED, by=by, at=at)
            self.ask_rights(self.role, self.organisation, by=by, at=at)
        return password

    def ask_rights(self, role, organisation, *, by, at):
        """Ask for another role or place; what is in force stays until it is granted. An earlier request lapses."""
        if problem := role_misplaced(role, organisation):
            raise ValidationError({"role": problem})
        if self == by:
            raise ValidationError({"role": "不能为自己申请变动岗位或单位，请由另一名系统管理员办理。"})
        with transaction.atomic():
            waiting = self.rights_changes.filter(state=RightsChange.State.WAITING)
            waiting.update(state=RightsChange.State.WITHDRAWN, decided_at=at)
            change = self.rights_changes.create(role=role, organisation=organisation, asked_by=by, asked_at=at)
            self.note(Deed.What.RIGHTS_ASKED, by=by, at=at, note=str(change))
        return change

    def give_password(self, *, by=None, at=None):
        """Set a password to be changed at the next log-in, and return it: it is kept nowhere in clear."""
        with transaction.atomic():
            password = self._set_first_password()
            self.note(Deed.What.PASSWORD_GIVEN, by=by, at=at or timezone.now())
        lockout.unlock(self.username)
        return password

    def _set_first_password(self):
        password = passwords.first_password()
        self.set_password(password)
        self.must_change_password = True
        self.save()
        return password

    def disable(self, *, by, at=None):
        """Shut this person out, from the next request of every session they have open."""
        if self == by:
            raise ValidationError("不能停用自己的账号，请由另一名系统管理员办理。")
        with transaction.atomic():
            self.is_active = False
            self.end_sessions()
            self.save(update_fields=["is_active"])
            self.note(Deed.What.DISABLED, by=by, at=at or timezone.now())

    def enable(self, *, by=None, at=None):
        if self.rights_granted_at is None:
            raise ValidationError("这个账号的岗位尚未经安全管理员核准，不能启用。")
        with transaction.atomic():
            self.is_active = True
            self.save(update_fields=["is_active"])
            self.note(Deed.What.ENABLED, by=by, at=at or timezone.now())

    def unlock(self, *, by, at):
        """Let this person try again at once, passwords and second factors."""
        from . import second_factor  # which knows allauth's models, and they know this one

        lockout.unlock(self.username)
        second_factor.forgive_guesses(self)
        self.note(Deed.What.UNLOCKED, by=by, at=at)

    def reset_second_factor(self, *, by, at):
        """For a person who lost phone and key: they enrol anew at the next log-in."""
        from . import second_factor

        if self == by:
            raise ValidationError("不能重置自己的第二重验证，请由另一名安全管理员办理。")
        with transaction.atomic():
            number = second_factor.take_away(self)
            self.end_sessions()
            self.note(Deed.What.SECOND_FACTOR_RESET, by=by, at=at, note=f"共 {number} 种")
        return number

    def end_sessions(self):
        """End every session of this person, wherever it is open; it is written at once."""
        User.objects.filter(pk=self.pk).update(sessions_ended=F("sessions_ended") + 1)
        self.refresh_from_db(fields=["sessions_ended"])

    def note(self, what, *, by, at, note=""):
        deed = Deed.objects.create(person=self, what=what, by=by, at=at, note=note)
        signals.deed_done.send(sender=Deed, deed=deed)


class _Capabilities(Mapping):
    """{capability: whether the person has it}, each asked when it is looked up: a page asks for a few of them."""

    def __init__(self, person):
        self._person = person

    def __getitem__(self, name):
        return self._person.may(Can(name))

    def __iter__(self):
        return (capability.value for capability in Can)

    def __len__(self):
        return len(Can)


class RightsChange(models.Model):
    """A role in a place, asked for by the system administrator, in force once the security administrator grants it."""

    class State(models.TextChoices):
        WAITING = "waiting", "待核准"
        GRANTED = "granted", "已核准"
        REFUSED = "refused", "未核准"
        WITHDRAWN = "withdrawn", "已撤回"

    person = models.ForeignKey(User, models.PROTECT, related_name="rights_changes", verbose_name="人员")
    role = models.CharField("岗位", max_length=24, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核准人")
    decided_at = models.DateTimeField("核准时间", null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = "权限变动"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="waiting"), name="one_change_of_rights_waits"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="nobody_grants_what_they_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
                name="nobody_grants_rights_to_themselves",
            ),
        ]

    def __str__(self):
        return f"{self.organisation.name} · {self.get_role_display()}"

    def grant(self, *, by, at):
        """Put the change in force. Sessions of the person end: they were opened with other rights."""
        with transaction.atomic():
            self._decide(self.State.GRANTED, by=by, at=at)
            person = User.objects.select_for_update().get(pk=self.person_id)
            if problem := role_misplaced(self.role, self.organisation):
                raise ValidationError(problem)
            if person.rights_granted_at is None:
                person.is_active = True
            person.role, person.organisation, person.rights_granted_at = self.role, self.organisation, at
            person.save(update_fields=["role", "organisation", "rights_granted_at", "is_active"])
            person.note(Deed.What.RIGHTS_GRANTED, by=by, at=at, note=str(self))

    def refuse(self, *, by, at):
        with transaction.atomic():
            self._decide(self.State.REFUSED, by=by, at=at)
            self.person.note(Deed.What.RIGHTS_REFUSED, by=by, at=at, note=str(self))

    def _decide(self, state, *, by, at):
        fresh = RightsChange.objects.select_for_update().get(pk=self.pk)
        if fresh.state != self.State.WAITING:
            raise ValidationError(f"这项变动{fresh.get_state_display()}，没有再次办理。")
        if by.pk in (fresh.asked_by_id, fresh.person_id):
            raise ValidationError("不能核准自己申请的或与自己有关的变动。")
        self.state, self.decided_by, self.decided_at = state, by, at
        self.save(update_fields=["state", "decided_by", "decided_at"])


class Deed(models.Model):
    """What administrators did to an account: one line a deed, never changed."""

    class What(models.TextChoices):
        OPENED = "opened", "开设账号"
        RIGHTS_ASKED = "rights_asked", "申请岗位、单位"
        RIGHTS_GRANTED = "rights_granted", "核准岗位、单位"
        RIGHTS_REFUSED = "rights_refused", "未核准岗位、单位"
        AMENDED = "amended", "修改姓名、电话"
        PASSWORD_GIVEN = "password_given", "重置密码"
        DISABLED = "disabled", "停用账号"
        ENABLED = "enabled", "启用账号"
        UNLOCKED = "unlocked", "解除登录锁定"
        SECOND_FACTOR_RESET = "second_factor_reset", "重置第二重验证"
        TOKEN_ISSUED = "token_issued", "签发接口令牌"
        TOKEN_ENDED = "token_ended", "收回接口令牌"

    person = models.ForeignKey(User, models.PROTECT, related_name="deeds", verbose_name="人员")
    what = models.CharField("事项", max_length=20, choices=What)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人")  # null: the server
    at = models.DateTimeField("时间")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "账号办理记录"

    def __str__(self):
        return f"{self.get_what_display()} {self.note}".rstrip()


class PastPassword(models.Model):
    """A password that a person had, as its hash: it is not taken again."""

    person = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-id"]


def role_misplaced(role, organisation):
    """A sentence that says why `role` cannot be held in `organisation`, or None."""
    if organisation is None:
        return "请选择单位。"
    if role in CITY_ROLES:
        return None if organisation.district_id is None else "该岗位只设在市级单位。"
    if role == Role.UNION_COORDINATOR:
        return None if organisation.side == Organisation.Side.WORKERS else "工会协调员须属于工会。"
    if role == Role.EMPLOYER_MEMBER:
        return None if organisation.side == Organisation.Side.EMPLOYERS else "企业方代表须属于企业方单位。"
    if organisation.side != Organisation.Side.GOVERNMENT or organisation.district_id is None:
        return "区市经办人、负责人须属于区市人社部门。"
    return None
