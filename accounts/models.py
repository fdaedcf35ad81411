"""Districts, the three parties' organisations, and the people who work in them."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from . import lockout, passwords
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
    """A person with one role in one organisation; the organisation says which district they see."""

    first_name = last_name = None
    is_staff = is_superuser = groups = user_permissions = None

    name = models.CharField("姓名", max_length=30)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="单位", related_name="people")
    role = models.CharField("岗位", max_length=20, choices=Role)
    phone = models.CharField("电话", max_length=20, blank=True)
    password_set_at = models.DateTimeField("密码设置时间", null=True, blank=True, editable=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)

    REQUIRED_FIELDS = []
    objects = Users()

    class Meta:
        ordering = ["organisation__district__rank", "organisation_id", "username"]
        verbose_name = "人员"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="a_person_has_a_known_role")
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
        return self.is_active and self.role in WHO_MAY[capability]

    @property
    def can(self):
        """What this person may do, for templates: `{% if user.can.export %}`."""
        return {capability.value: self.may(capability) for capability in Can}

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    def give_password(self):
        """Set a password to be changed at the next log-in, and return it: it is kept nowhere in clear."""
        password = passwords.first_password()
        self.set_password(password)
        self.must_change_password = True
        self.save()
        lockout.unlock(self.username)
        return password

    def disable(self, *, by):
        """Shut this person out, from the next request of every session they have open."""
        if self == by:
            raise ValidationError("不能停用自己的账号，请由另一名系统管理员办理。")
        self.is_active = False
        self.save(update_fields=["is_active"])

    def enable(self):
        self.is_active = True
        self.save(update_fields=["is_active"])


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
