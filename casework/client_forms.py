from datetime import datetime, time, timedelta

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.roles import WHO_MAY, Can, Role

from . import outgoing
from .tokens import Token
from .webhooks import EVENTS, Message, Subscription

FASTEST = 6_000
# Accounts, rights and clients are looked after by people alone: no address of the API asks for these.
_BY_HAND = {Can.SEE_USERS, Can.MANAGE_USERS, Can.GRANT_RIGHTS, Can.GUARD_LOGINS, Can.MANAGE_CLIENTS}


class _ForAnAccount(forms.ModelForm):
    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        accounts = User.objects.filter(is_active=True).exclude(pk=by.pk).select_related("organisation")
        self.fields["holder"].queryset = accounts
        self.fields["holder"].label_from_instance = lambda user: f"{user} · {user.get_role_display()}"
        self.fields["holder"].empty_label = "请选择"


class TokenForm(_ForAnAccount):
    capabilities = forms.MultipleChoiceField(
        label="可用权限",
        choices=[(can.value, can.label) for can in Can if can not in _BY_HAND],
        widget=forms.CheckboxSelectMultiple,
        help_text="只选所需的；账号的岗位本来没有的权限，选了也不能签发。",
        error_messages={"required": "请至少选择一项权限。"},
    )
    rate = forms.IntegerField(
        label="每分钟请求数", min_value=1, max_value=FASTEST, initial=60, help_text="超过的请求答复 429。"
    )
    expires_on = forms.DateField(label="有效期至", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    field_order = ["name", "holder", "capabilities", "writes", "weighty", "rate", "expires_on"]

    class Meta:
        model = Token
        fields = ["name", "holder", "capabilities", "writes", "weighty", "rate"]

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["name"].help_text = "写明单位和系统，如“市大数据局数据共享交换”。"
        self.fields["holder"].help_text = "请为每个客户端单独开设账号；令牌看到的区市和内容以这个账号为限。"
        self.fields["expires_on"].initial = on + timedelta(days=min(180, settings.TOKEN_MAX_DAYS))
        self.fields["expires_on"].help_text = f"最长 {settings.TOKEN_MAX_DAYS} 天。"

    def clean_expires_on(self):
        expires_on = self.cleaned_data["expires_on"]
        if expires_on <= self.on:
            raise forms.ValidationError("有效期须在今天之后。")
        if expires_on > self.on + timedelta(days=settings.TOKEN_MAX_DAYS):
            raise forms.ValidationError(f"有效期最长 {settings.TOKEN_MAX_DAYS} 天，请改早。")
        return expires_on

    def clean(self):
        asked = super().clean()
        holder, chosen = asked.get("holder"), asked.get("capabilities", [])
        beyond = [Can(can).label for can in chosen if holder and holder.role not in WHO_MAY[Can(can)]]
        if beyond:
            role = Role(holder.role).label
            self.add_error("capabilities", f"{role}没有“{'、'.join(beyond)}”的权限，请去掉，或换一个账号。")
        return asked

    def save(self, *, at):
        """(token, its text). The text is shown once and kept nowhere."""
        asked = dict(self.cleaned_data)
        end_of_day = datetime.combine(asked.pop("expires_on"), time(23, 59, 59), timezone.get_current_timezone())
        return Token.objects.issue(by=self.by, at=at, expires_at=end_of_day, **asked)


class SubscriptionForm(_ForAnAccount):
    url = forms.URLField(
        label="推送到",
        max_length=300,
        assume_scheme="https",
        help_text="对方接收推送的 https 网址，须是外部网络的主机。",
    )
    events = forms.MultipleChoiceField(
        label="事件", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选择一种事件。"}
    )

    field_order = ["name", "holder", "url", "events"]

    class Meta:
        model = Subscription
        fields = ["name", "holder", "url", "events"]
        help_texts = {"name": "写明单位和系统。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [(event.name, event.label) for event in EVENTS.values()]

    def clean_url(self):
        url = self.cleaned_data["url"]
        if refusal := outgoing.why_not(url):
            raise forms.ValidationError(refusal)
        return url

    def clean(self):
        asked = super().clean()
        holder, chosen = asked.get("holder"), asked.get("events", [])
        beyond = [EVENTS[name].label for name in chosen if holder and not holder.may(EVENTS[name].needs)]
        if beyond:
            self.add_error("events", f"该账号的岗位不能查看“{'、'.join(beyond)}”，请去掉，或换一个账号。")
        return asked

    def save(self, *, at):
        """(subscription, its secret). The secret is shown once."""
        subscription = super().save(commit=False)
        subscription.made_by, subscription.made_at = self.by, at
        secret = subscription.new_secret()
        subscription.save()
        return subscription, secret


class MessageFilter(forms.Form):
    """Which messages of the log."""

    subscription = forms.ModelChoiceField(
        Subscription.objects.all(), label="推送", required=False, empty_label="推送：全部"
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "状态：全部"), *Message.State.choices])

    def rows(self):
        """None that do not fit what is asked; none at all when it cannot be understood."""
        messages = Message.objects.select_related("subscription").defer("content")
        if not self.is_valid():
            return messages.none()
        return messages.filter(**{name: value for name, value in self.cleaned_data.items() if value})
