"""Pages of accounts: coming in and proving who one is, one's own log-ins, people and their rights."""

from allauth.account import views as allauth
from allauth.mfa.base import views as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from . import lockout, proof, second_factor
from .filters import PeopleFilter
from .forms import (
    AddApp,
    AddKey,
    AddPersonForm,
    ChangePassword,
    ConfirmCode,
    ConfirmKey,
    ConfirmPassword,
    LogIn,
    LogInCode,
    LogInKey,
    PersonForm,
)
from .middleware import password_outdated
from .models import RightsChange, User
from .proof import step_up
from .roles import CITY_ROLES, WHO_MAY, Can, Role, may

# ── Coming in ────────────────────────────────────────────────────────────────────────────────


class WholePage:
    """A page that stands in the way. Asked for by htmx, as a session ended under an open page, that page loads anew."""

    def get(self, request, *args, **kwargs):
        if request.htmx:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class LogInView(WholePage, allauth.LoginView):
    form_class = LogIn

    def get_context_data(self, **kwargs):
        provider = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        return super().get_context_data(provider=provider, **kwargs)


class LogInCodeView(factors.AuthenticateView):
    form_class = LogInCode
    webauthn_form_class = LogInKey
    template_name = "account/login_code.html"

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(), status=422)

    def get_context_data(self, **kwargs):
        mine = Authenticator.objects.filter(user=self.stage.login.user)
        kinds = set(mine.values_list("type", flat=True))
        return super().get_context_data(kinds=kinds, **kwargs) | {"kinds": kinds}


@method_decorator(never_cache, name="dispatch")
class ChangePasswordView(WholePage, allauth.PasswordChangeView):
    form_class = ChangePassword

    def get_context_data(self, **kwargs):
        user = self.request.user
        outdated = password_outdated(user, timezone.now())
        return super().get_context_data(first=user.must_change_password, outdated=outdated, **kwargs)


log_in = LogInView.as_view()
log_in_code = LogInCodeView.as_view()
change_password = ChangePasswordView.as_view()
log_out = require_POST(allauth.logout)

# ── Proving again who one is ─────────────────────────────────────────────────────────────────


class Proof(WholePage):
    def dispatch(self, request, *args, **kwargs):
        proof.drop_stale(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"deed": proof.awaited(self.request)}


@method_decorator(never_cache, name="dispatch")
class ConfirmPasswordView(Proof, allauth.ReauthenticateView):
    form_class = ConfirmPassword
    template_name = "account/confirm.html"


@method_decorator(never_cache, name="dispatch")
class ConfirmCodeView(Proof, factors.ReauthenticateView):
    form_class = ConfirmCode
    template_name = "account/confirm.html"


@method_decorator(never_cache, name="dispatch")
class ConfirmKeyView(Proof, webauthn.ReauthenticateWebAuthnView):
    form_class = ConfirmKey
    template_name = "account/confirm_key.html"

    def form_invalid(self, form):
        messages.error(self.request, "安全密钥没有通过验证，请重试。")
        return redirect(self.request.get_full_path())


confirm_password = ConfirmPasswordView.as_view()
confirm_code = ConfirmCodeView.as_view()
confirm_key = ConfirmKeyView.as_view()

# ── Second factors ───────────────────────────────────────────────────────────────────────────


class SecondFactorView(factors.IndexView):
    template_name = "account/second_factor.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        context = super().get_context_data(**kwargs)
        codes = context["authenticators"].get(Authenticator.Type.RECOVERY_CODES)
        return context | {
            "asked": second_factor.asked_of(user),
            "had": second_factor.had_by(user),
            "of_such_a_role": user.role in settings.MFA_ROLES,
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
        }


class AddAppView(WholePage, totp.ActivateTOTPView):
    form_class = AddApp
    template_name = "account/second_factor_app.html"


class RemoveAppView(totp.DeactivateTOTPView):
    template_name = "account/second_factor_remove.html"


class AddKeyView(WholePage, webauthn.AddWebAuthnView):
    form_class = AddKey
    template_name = "account/second_factor_key.html"

    def form_invalid(self, form):
        messages.error(self.request, "安全密钥没有登记成功，请重试。")
        return redirect("mfa_add_webauthn")


class RemoveKeyView(webauthn.RemoveWebAuthnView):
    template_name = "account/second_factor_remove.html"

    def get_success_url(self):
        return reverse("mfa_index")

    def form_valid(self, form):
        if not second_factor.SecondFactors().can_delete_authenticator(self.object):
            messages.error(self.request, second_factor.SecondFactors.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return super().form_valid(form)


@method_decorator(never_cache, name="dispatch")
class RecoveryCodesView(recovery_codes.ViewRecoveryCodesView):
    template_name = "account/recovery_codes.html"


class NewRecoveryCodesView(recovery_codes.GenerateRecoveryCodesView):
    template_name = "account/recovery_codes_new.html"


second_factors = SecondFactorView.as_view()
add_app = AddAppView.as_view()
remove_app = RemoveAppView.as_view()
add_key = AddKeyView.as_view()
remove_key = RemoveKeyView.as_view()
view_recovery_codes = RecoveryCodesView.as_view()
new_recovery_codes = NewRecoveryCodesView.as_view()

# ── One's own log-ins ────────────────────────────────────────────────────────────────────────


@never_cache
@require_GET
def my_logins(request):
    """Where I am logged in, and how."""
    sessions = sorted(UserSession.objects.purge_and_list(request.user), key=lambda each: each.created_at, reverse=True)
    context = {
        "sessions": [(each, each.session_key == request.session.session_key) for each in sessions],
        "had": second_factor.had_by(request.user),
        "password_days": settings.PASSWORD_MAX_DAYS,
    }
    return render(request, "accounts/logins.html", context)


@require_POST
def end_other_logins(request):
    request.user.end_sessions()
    UserSession.objects.filter(user=request.user).delete()
    update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)
    messages.success(request, "已退出其他设备，只有本机仍在登录。")
    return redirect("accounts:my-logins")


# ── People ───────────────────────────────────────────────────────────────────────────────────


@may(Can.SEE_USERS)
def people(request):
    everyone = User.objects.select_related("organisation__district")
    chosen = PeopleFilter(request.GET, everyone)
    rows = list(chosen.qs)
    context = {
        "filter": chosen,
        "people": rows,
        "locked": lockout.locked([person.username for person in rows]),
        "everyone": everyone.count(),
        "waiting": RightsChange.objects.filter(state=RightsChange.State.WAITING).count(),
        "section": "people",
    }
    return render(request, "accounts/people.html", context)


@may(Can.MANAGE_USERS)
@step_up("添加人员")
@sensitive_variables("form")
def add_person(request):
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.save(by=request.user, at=timezone.now())
        return _hand_over(request, person, form.first_password, "已添加")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person_add.html", {"form": form, "section": "people"}, status=status)


@require_GET
@may(Can.SEE_USERS)
def person(request, pk):
    person = _person_or_404(pk)
    return _person_page(request, person, PersonForm(instance=person, by=request.user))


@require_POST
@may(Can.MANAGE_USERS)
@step_up("修改人员信息")
def change_person(request, pk):
    form = PersonForm(request.POST, instance=_person_or_404(pk), by=request.user)
    if not form.is_valid():
        return _person_page(request, _person_or_404(pk), form, status=422)
    if change := form.save(at=timezone.now()):
        messages.success(request, f"已申请变动为“{change}”，待安全管理员核准后生效。")
    else:
        messages.success(request, "已保存。")
    return redirect("accounts:person", pk)


def _person_page(request, person, form, status=200):
    context = {
        "form": form,
        "person": person,
        "locked": lockout.locked([person.username]),
        "change": person.waiting_change,
        "factors": Authenticator.objects.filter(user=person, type__in=second_factor.KINDS).count(),
        "deeds": person.deeds.select_related("by__organisation")[:50],
        "section": "people",
    }
    return render(request, "accounts/person.html", context, status=status)


@require_POST
@may(Can.MANAGE_USERS)
@step_up("停用账号")
def disable_person(request, pk):
    person = _person_or_404(pk)
    return _do(
        request,
        lambda: person.disable(by=request.user, at=timezone.now()),
        f"已停用 {person.name} 的账号，其已登录的页面同时失效。",
        pk,
    )


@require_POST
@may(Can.MANAGE_USERS)
@step_up("启用账号")
def enable_person(request, pk):
    person = _person_or_404(pk)
    return _do(request, lambda: person.enable(by=request.user, at=timezone.now()), f"已启用 {person.name} 的账号。", pk)


@require_POST
@may(Can.MANAGE_USERS)
@step_up("重置密码")
@sensitive_variables()
def reset_password(request, pk):
    person = _person_or_404(pk)
    return _hand_over(request, person, person.give_password(by=request.user, at=timezone.now()), "已重置密码")


@require_POST
@may(Can.GUARD_LOGINS)
@step_up("解除登录锁定")
def unlock_person(request, pk):
    person = _person_or_404(pk)
    return _do(
        request, lambda: person.unlock(by=request.user, at=timezone.now()), f"已解除 {person.name} 的登录锁定。", pk
    )


@require_POST
@may(Can.GUARD_LOGINS)
@step_up("重置第二重验证")
def reset_second_factor(request, pk):
    person = _person_or_404(pk)
    return _do(
        request,
        lambda: person.reset_second_factor(by=request.user, at=timezone.now()),
        f"已重置 {person.name} 的第二重验证，其已登录的页面同时失效，下次登录时须重新设置。",
        pk,
    )


# ── Rights ───────────────────────────────────────────────────────────────────────────────────


@require_GET
@may(Can.GRANT_RIGHTS)
def rights(request):
    """What waits for the security administrator, and what was decided of late."""
    changes = RightsChange.objects.select_related(
        "person__organisation", "organisation", "asked_by__organisation", "decided_by__organisation"
    )
    waiting = changes.filter(state=RightsChange.State.WAITING).order_by("asked_at")
    decided = changes.exclude(state=RightsChange.State.WAITING).order_by("-decided_at")[:50]
    return render(request, "accounts/rights.html", {"waiting": waiting, "decided": decided, "section": "rights"})


@require_POST
@may(Can.GRANT_RIGHTS)
@step_up("核准权限变动")
def grant_rights(request, pk):
    change = _change_or_404(pk)
    return _decide(request, change.grant, f"已核准：{change.person.name}，{change}。")


@require_POST
@may(Can.GRANT_RIGHTS)
@step_up("不核准权限变动")
def refuse_rights(request, pk):
    change = _change_or_404(pk)
    return _decide(request, change.refuse, f"未核准 {change.person.name} 的权限变动，原来的权限不变。")


def _decide(request, verb, done):
    try:
        verb(by=request.user, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, done)
    return redirect("accounts:rights")


@never_cache
@require_GET
def roles(request):
    """What each role may see and do, read from the table that the portal itself asks."""
    context = {
        "roles": [(role, role in CITY_ROLES) for role in Role],
        "rows": [(capability, [role in WHO_MAY[capability] for role in Role]) for capability in Can],
        "section": "roles",
    }
    return render(request, "accounts/roles.html", context)


@require_GET
@may(Can.GUARD_LOGINS)
def security(request):
    """The rules of log-in as they are set on this server, and who does not meet them yet."""
    asked = User.objects.filter(is_active=True, role__in=settings.MFA_ROLES).select_related("organisation")
    without = asked.exclude(authenticator__type__in=second_factor.KINDS)
    return render(request, "accounts/security.html", {"rules": settings, "without": without, "section": "security"})


def _do(request, deed, done, pk):
    try:
        deed()
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, done)
    return redirect("accounts:person", pk)


@sensitive_variables()
def _hand_over(request, person, password, deed):
    """The only page that ever shows a password: an answer to POST, kept by nobody."""
    context = {"person": person, "password": password, "deed": deed, "section": "people"}
    response = render(request, "accounts/person_password.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _person_or_404(pk):
    return get_object_or_404(User.objects.select_related("organisation__district"), pk=pk)


def _change_or_404(pk):
    return get_object_or_404(RightsChange.objects.select_related("person", "organisation", "asked_by"), pk=pk)
