"""The access log: who looked at sensitive figures, exported, downloaded, was refused, logged in or failed to.

    @watched(Kind.VIEW, "企业的税、费、贷、物流数据", "enterprises.enterprise")
    def enterprise_page(request, pk): ...

writes a line when the page was shown; `record(…)` writes one from anywhere. Within a request lines wait for the
answer and are written then, whatever became of the request's own transaction; if they cannot be written the person gets
an error instead of the page. 网络安全法 §21 asks to keep such logs for six months at least.
"""

from functools import wraps
from urllib.parse import unquote

from allauth.account.signals import password_changed
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection
from django.dispatch import receiver

from accounts import signals
from accounts.roles import Can

from . import acting
from .trail import AccessRecord

Kind = AccessRecord.Kind
_COLUMNS = ("kind", "by_id", "district_id", "model", "record", "rows", "note", "request", "place", "address")
_SHOWN = {200, 206}
_NOT_THERE = "没有这条记录，或属于其他区市"
_REFUSED = {403: "岗位没有这项权限，或表单失效", 429: "请求过于频繁"}
# What a GET tells the log may be lost when the server dies within half a second; its answer need not wait for the disk.
_UNHURRIED = "SELECT set_config('synchronous_commit', 'off', true);"


def record(kind, *, by=None, subject=None, model="", record="", rows=None, note=""):
    """Write one line. `subject`: the record looked at; or `model` and `record`. `by`: whoever acts, unless given.

    Its district is that of the person who acted, or, before anybody is known, of the account that was tried.
    """
    here = acting.now()
    by = by or here.by
    known = by if by is not None and by.is_authenticated else None
    if subject is not None:
        model, record = subject._meta.label_lower, subject.pk
    whose = known or (subject if isinstance(subject, get_user_model()) else None)
    line = (
        kind, known and known.pk, whose and whose.organisation.district_id, model, str(record or "")[:64], rows,
        note[:500], acting.mark(), here.place,
    )  # fmt: skip
    if here.waiting is None:
        _write([line], None)
    else:
        here.waiting.append(line)


def watched(kind, what="", model="", *, needs=None):
    """Guard a view: each time that it shows something, a line says who saw `what` of which record of `model`.

    `needs`: the right without which the page shows nothing of the kind.
    """

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            shown = response.status_code in _SHOWN and request.method != "HEAD"
            if shown and (needs is None or request.user.may(needs)):
                record(kind, model=model, record=kwargs.get("pk"), note=what)
            return response

        guarded.watched = kind
        return guarded

    return guard


def refused(user, model, pk):
    """A record was asked for that is not there or is another district's: what is told apart here nobody can measure."""
    record(Kind.REFUSED, by=user, model=model._meta.label_lower, record=pk, note=_NOT_THERE)


def read_by_api(request, listing, answer):
    """A page of a list, or a row of the trail itself, was handed to a machine client."""
    of_audit = listing.capability == Can.READ_AUDIT
    if "results" in answer or of_audit:
        asked = unquote(request.META.get("QUERY_STRING", ""))
        rows = len(answer.get("results", [answer]))
        record(Kind.AUDIT if of_audit else Kind.API, rows=rows, note=f"接口：{listing.title}　{asked}".rstrip())


class Recorded:
    """Around each request: notes who asks from where, and writes what the log is to hold once the answer is there."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with acting.from_place(f"{request.method} {request.path}", waiting=[]) as here:
            response = self.get_response(request)
            if response.status_code in _REFUSED:
                record(Kind.REFUSED, note=_REFUSED[response.status_code])
            elif response.status_code == 404 and not here.waiting and (asked := _asked_for(request)):
                record(Kind.REFUSED, record=asked, note=_NOT_THERE)
            if here.waiting:
                _write(here.waiting, get_client_ip(request), unhurried=request.method in {"GET", "HEAD"})
        return response


def _asked_for(request):
    """The number of the record in a page's address."""
    return request.resolver_match.kwargs.get("pk") if request.resolver_match else None


def _write(lines, address, unhurried=False):
    places = ", ".join(["(" + ", ".join(["%s"] * len(_COLUMNS)) + ")"] * len(lines))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_UNHURRIED if unhurried else ''}"  # noqa: S608
            f"INSERT INTO casework_accessrecord ({', '.join(_COLUMNS)}) VALUES {places}",
            [_storable(value) for line in lines for value in (*line, address)],
        )


def _storable(value):
    """PostgreSQL keeps no NUL in a text, and whoever asks may put one into an address or a condition."""
    return value.replace("\x00", "�") if isinstance(value, str) else value


# ── Coming in ──────────────────────────────────────────────────────────────────────────────────


@receiver(user_logged_in)
def _logged_in(sender, user, **_signal):
    record(Kind.LOGIN, by=user, subject=user)


@receiver(user_logged_out)
def _logged_out(sender, user, **_signal):
    if user is not None:
        record(Kind.LOGOUT, by=user, subject=user)


@receiver(user_login_failed)
def _failed(sender, credentials, **_signal):
    _tried(Kind.LOGIN_FAILED, credentials.get("username") or "")


@receiver(signals.locked_out)
def _locked_out(sender, name, **_signal):
    _tried(Kind.LOCKED, name or "")


@receiver(signals.stranger_refused)
def _turned_away(sender, name, why, **_signal):
    _tried(Kind.LOGIN_FAILED, name or "", why=f"统一身份认证：{why}")


@receiver(signals.proved)
def _proved(sender, user, method, **_signal):
    record(Kind.PROVED if method else Kind.PROOF_FAILED, by=user, subject=user)


@receiver([password_changed, authenticator_added, authenticator_removed, authenticator_reset])
def _credential_changed(sender, user, signal, **_signal):
    words = {
        password_changed: "修改口令",
        authenticator_added: "添加第二重验证",
        authenticator_removed: "停用第二重验证",
    }
    record(Kind.CREDENTIAL, by=user, subject=user, note=words.get(signal, "重新生成备用码"))


def _tried(kind, name, why=""):
    """Whoever types may have put a password where the name belongs: of a name that nobody bears a letter is kept."""
    person = get_user_model().objects.select_related("organisation").filter(username__iexact=name.strip()).first()
    note = why if person else f"{why} 用户名不存在：{name[:1]}…（{len(name)} 个字）".strip()
    record(kind, subject=person, note=note)
