from allauth.account import views as allauth
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from . import lockout
from .filters import PeopleFilter
from .forms import AddPersonForm, ChangePassword, LogIn, PersonForm
from .middleware import password_outdated
from .models import User
from .roles import CITY_ROLES, WHO_MAY, Can, Role, may


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


@method_decorator(never_cache, name="dispatch")
class ChangePasswordView(WholePage, allauth.PasswordChangeView):
    form_class = ChangePassword

    def get_context_data(self, **kwargs):
        user = self.request.user
        outdated = password_outdated(user, timezone.now())
        return super().get_context_data(first=user.must_change_password, outdated=outdated, **kwargs)


log_in = LogInView.as_view()
change_password = ChangePasswordView.as_view()
log_out = require_POST(allauth.logout)


@may(Can.MANAGE_USERS)
def people(request):
    everyone = User.objects.select_related("organisation__district")
    chosen = PeopleFilter(request.GET, everyone)
    rows = list(chosen.qs)
    locked = lockout.locked([person.username for person in rows])
    context = {"filter": chosen, "people": rows, "locked": locked, "everyone": everyone.count(), "section": "people"}
    return render(request, "accounts/people.html", context)


@may(Can.MANAGE_USERS)
@sensitive_variables("form")
def add_person(request):
    form = AddPersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        return _hand_over(request, form.save(), form.first_password, "已添加")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person_add.html", {"form": form, "section": "people"}, status=status)


@may(Can.MANAGE_USERS)
def person(request, pk):
    person = _person_or_404(pk)
    form = PersonForm(request.POST or None, instance=person, by=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"已保存 {person.name} 的信息，下一次操作起按新的单位和岗位办理。")
        return redirect("accounts:people")
    context = {"form": form, "person": _person_or_404(pk), "locked": lockout.locked([person.username])}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person.html", context | {"section": "people"}, status=status)


@require_POST
@may(Can.MANAGE_USERS)
def disable_person(request, pk):
    person = _person_or_404(pk)
    try:
        person.disable(by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已停用 {person.name} 的账号，其已登录的页面同时失效。")
    return redirect("accounts:person", pk)


@require_POST
@may(Can.MANAGE_USERS)
def enable_person(request, pk):
    person = _person_or_404(pk)
    person.enable()
    messages.success(request, f"已启用 {person.name} 的账号。")
    return redirect("accounts:person", pk)


@require_POST
@may(Can.MANAGE_USERS)
def unlock_person(request, pk):
    person = _person_or_404(pk)
    lockout.unlock(person.username)
    messages.success(request, f"已解除 {person.name} 的登录锁定。")
    return redirect("accounts:person", pk)


@require_POST
@may(Can.MANAGE_USERS)
@sensitive_variables()
def reset_password(request, pk):
    person = _person_or_404(pk)
    return _hand_over(request, person, person.give_password(), "已重置密码")


@never_cache
def roles(request):
    """What each role may see and do, read from the table that the portal itself asks."""
    context = {
        "roles": [(role, role in CITY_ROLES) for role in Role],
        "rows": [(capability, [role in WHO_MAY[capability] for role in Role]) for capability in Can],
        "section": "roles",
    }
    return render(request, "accounts/roles.html", context)


@sensitive_variables()
def _hand_over(request, person, password, deed):
    """The only page that ever shows a password: an answer to POST, kept by nobody."""
    context = {"person": person, "password": password, "deed": deed, "section": "people"}
    response = render(request, "accounts/person_password.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _person_or_404(pk):
    return get_object_or_404(User.objects.select_related("organisation__district"), pk=pk)
