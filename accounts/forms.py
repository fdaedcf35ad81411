from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from .models import Deed, Organisation, User
from .roles import Role


class LogIn(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (("login", "用户名"), ("password", "密码")):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autocapitalize"] = "none"
        self.fields["password" if self.is_bound else "login"].widget.attrs["autofocus"] = True


class ChangePassword(ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in (("oldpassword", "原密码"), ("password1", "新密码"), ("password2", "再输一次新密码")):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["oldpassword"].widget.attrs["autofocus"] = True
        self.fields["password1"].help_text = (
            f"至少 {settings.PASSWORD_MIN_LENGTH} 位，须含大写字母、小写字母、数字、符号中的至少"
            f" {settings.PASSWORD_MIN_CLASSES} 类，不能与用户名相近，不能是常见密码，"
            f"也不能与最近 {settings.PASSWORD_HISTORY} 次用过的相同。"
        )


_OF_THE_PERSON = {"name", "phone", "email"}


class _RoleInPlace(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "organisation", "role", "phone", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "邮箱"
        self.fields["email"].help_text = "每日提醒发往这里；不填则只在平台提示。"
        self.fields["organisation"].widget.choices = [("", "请选择"), *_organisations_by_district()]
        self.fields["role"].choices = [("", "请选择"), *Role.choices]


class PersonForm(_RoleInPlace):
    """Name, phone and mail change at once; another role or organisation is asked for."""

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        if waiting := self.instance.waiting_change:
            self.initial |= {"role": waiting.role, "organisation": waiting.organisation_id}
        self.fields["role"].help_text = "岗位或单位的变动须经安全管理员核准，核准前按原来的办理。"

    def clean(self):
        if self.asks_for_rights and self.instance == self.by:
            raise ValidationError("不能变动自己的岗位或单位，请由另一名系统管理员办理。")
        return super().clean()

    @property
    def asks_for_rights(self):
        return bool({"organisation", "role"} & set(self.changed_data))

    def save(self, *, at):
        """Returns the change of rights that was asked for, or None."""
        person = User.objects.get(pk=self.instance.pk)
        with transaction.atomic():
            if _OF_THE_PERSON & set(self.changed_data):
                for name in _OF_THE_PERSON:
                    setattr(person, name, self.cleaned_data[name])
                person.save(update_fields=_OF_THE_PERSON)
                person.note(Deed.What.AMENDED, by=self.by, at=at)
            if self.asks_for_rights:
                role, organisation = self.cleaned_data["role"], self.cleaned_data["organisation"]
                return person.ask_rights(role, organisation, by=self.by, at=at)
        return None


class AddPersonForm(_RoleInPlace):
    class Meta(_RoleInPlace.Meta):
        fields = ["username", *_RoleInPlace.Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["username"].help_text = "登录时使用，如姓名拼音 yumin；保存后不能更改。"
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "autocomplete": "off"}

    def clean_username(self):
        username = self.cleaned_data["username"].strip()
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError("这个用户名已有人使用，请换一个。")
        return username

    def save(self, *, by, at):
        """The person, and in `first_password` what to hand to them."""
        person = super().save(commit=False)
        self.first_password = person.open(by=by, at=at)
        return person


class ConfirmPassword(ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "密码"
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs["autofocus"] = True


def _as_code(field, label="验证码", hint=""):
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {"autofocus": True, "inputmode": "numeric", "autocapitalize": "none", "maxlength": 12}


class LogInCode(AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], hint="打开手机上的验证器查看 6 位数字；手机不在身边时，可输入一个备用码。")


class ConfirmCode(MFAReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], hint="验证器上的 6 位数字，或一个备用码。")


class AddApp(ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], label="验证器显示的 6 位数字")


class AddKey(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "名称"
        self.fields["name"].help_text = "便于区分，如“办公室 U 盾”。"
        self.fields["name"].max_length = 40

    def clean_credential(self):
        return _answer(self, RegistrationResponse, "安全密钥没有登记成功，请重试。")


class _ByKey:
    def clean_credential(self):
        _answer(self, AuthenticationResponse, "安全密钥没有通过验证，请重试。")
        return super().clean_credential()


class LogInKey(_ByKey, AuthenticateWebAuthnForm):
    pass


class ConfirmKey(_ByKey, ReauthenticateWebAuthnForm):
    pass


def _answer(form, kind, refusal):
    """What a key answered, once it reads as such: of 0 and false allauth makes a key, on half an object it fails."""
    answer = form.cleaned_data["credential"]
    try:
        kind.from_dict(answer)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValidationError(refusal) from None
    return answer


def _organisations_by_district():
    """Choices in groups: the city first, then each district in its order."""
    groups = {}
    for organisation in Organisation.objects.select_related("district").order_by("district__rank", "id"):
        name = organisation.district.name if organisation.district else "市级"
        groups.setdefault(name, []).append((organisation.pk, organisation.name))
    return sorted(groups.items(), key=lambda group: group[0] != "市级")
