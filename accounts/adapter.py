"""allauth's door: nobody registers themselves; the administrators make each account."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import get_pending_stage
from allauth.core import context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from . import lockout, proof, signals


class ClosedRegistration(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "enter_current_password": "原密码不正确。",
        "same_password": "新密码不能与原密码相同。",
        "incorrect_password": "密码不正确。",
        "too_many_login_attempts": "验证码错误次数过多，请稍后再试，或联系安全管理员。",
        "secret_lost": "第二重验证的密钥无法读取，请联系安全管理员重置。",
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """allauth locks a name wherever it is tried from; here the count belongs to a name at one address."""
        self._name, self._address = credentials["username"], self.get_client_ip(request)
        if not lockout.count_attempt(self._name, self._address):
            raise ValidationError(_locked_sentence(), code="locked")

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        if user:
            lockout.forgive(self._name, self._address)
        return user

    def validation_error(self, code, *args):
        if code == "username_password_mismatch":
            return ValidationError(self._mismatch_sentence(), code=code)
        if code == "too_many_login_attempts":
            self._tell_of_guessed_codes()
        return super().validation_error(code, *args)

    def _tell_of_guessed_codes(self):
        """Second factors alone are counted by allauth; whoever guesses has given the password, or sits at the desk."""
        request = context.request
        stage = get_pending_stage(request)
        user = stage.login.user if stage else request.user
        signals.locked_out.send(sender=None, name=user.get_username(), address=self.get_client_ip(request))

    def _mismatch_sentence(self):
        left = lockout.attempts_left(self._name, self._address)
        return f"用户名或密码不正确，还可以尝试 {left} 次。" if left else _locked_sentence()

    def clean_password(self, password, user=None):
        if user and user.check_password(password):
            raise self.validation_error("same_password")
        return super().clean_password(password, user)

    def is_reauthentication_required(self, *, app, **_context):
        """A log-in of a moment ago is proof enough; allauth would ask again at once."""
        return not proof.recent(self.request or context.request)

    def reauthenticate(self, user, password):
        right = super().reauthenticate(user, password)
        if not right:
            signals.proved.send(sender=type(user), request=context.request, user=user, method=None)
        return right

    def get_reauthentication_methods(self, user):
        words = {
            "reauthenticate": "输入密码",
            "mfa_reauthenticate": "输入验证码",
            "mfa_reauthenticate:webauthn": "使用安全密钥",
        }
        return [method | {"description": words[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Nobody has a mail address here; what was done stands on the page and in the access log."""

    def set_password(self, user, password):
        user.must_change_password = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request):
        return self.get_login_redirect_url(request)

    def get_logout_redirect_url(self, request):
        return reverse("account_login")


def _locked_sentence():
    return f"登录失败次数过多，请 {settings.LOGIN_LOCK_MINUTES} 分钟后再试，或联系系统管理员重置密码。"
