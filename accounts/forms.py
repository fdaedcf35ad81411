from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from .models import Organisation, User
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
            f" {settings.PASSWORD_MIN_CLASSES} 类，不能与用户名相近，也不能是常见密码。"
        )


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "organisation", "role", "phone"]

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["organisation"].widget.choices = [("", "请选择"), *_organisations_by_district()]
        self.fields["role"].choices = [("", "请选择"), *Role.choices]

    def clean_role(self):
        role = self.cleaned_data["role"]
        if self.instance == self.by and role != self.by.role:
            raise ValidationError("不能更改自己的岗位，请由另一名系统管理员办理。")
        return role


class AddPersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["username", *PersonForm.Meta.fields]

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

    def save(self):
        """The person, and in `first_password` what to hand to them."""
        person = super().save(commit=False)
        self.first_password = person.give_password()
        return person


def _organisations_by_district():
    """Choices in groups: the city first, then each district in its order."""
    groups = {}
    for organisation in Organisation.objects.select_related("district").order_by("district__rank", "id"):
        name = organisation.district.name if organisation.district else "市级"
        groups.setdefault(name, []).append((organisation.pk, organisation.name))
    return sorted(groups.items(), key=lambda group: group[0] != "市级")
