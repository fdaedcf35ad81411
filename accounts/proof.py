"""Step-up: before a deed of weight a person proves again who they are, unless they did so a short while ago.

A log-in is a proof, and so is the password or the second factor entered again. What was typed waits in the session and
is sent again, as it was, by a page that follows: nothing is lost, with script or without.
"""

import time
from functools import wraps
from urllib.parse import parse_qsl, urlsplit

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, stash_and_reauthenticate
from allauth.account.signals import authentication_step_completed
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from . import signals

_PROVED = "proved_at"


def recent(request):
    return time.time() - request.session.get(_PROVED, 0) < settings.STEP_UP_MINUTES * 60


def step_up(deed):
    """Guard a view: `deed` says on the page what the person is about to do. GET shows the form and needs no proof."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.method != "POST" or recent(request):
                return view(request, *args, **kwargs)
            return ask(request, deed)

        guarded.deed_of_weight = deed
        return guarded

    return guard


def ask(request, deed, *, downloads=False):
    """Send the person to prove who they are; what they asked for, and posted, is kept and goes on afterwards.

    `downloads`: the answer will be a file, which leaves the page under it as it is.
    """
    posted = request.POST.copy()
    posted.pop("csrfmiddlewaretoken", None)
    state = {"path": request.get_full_path(), "method": request.method.lower(), "posted": posted.urlencode()}
    state |= {"deed": deed, "back": _back(request), "downloads": downloads, "asked_at": time.time()}
    response = stash_and_reauthenticate(request, state, "accounts.proof.go_on")
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response


def demand(request):
    """For deeds of weight asked of the API: who comes by a session has a page on which to prove who they are.

    A client's token cannot prove anything anew: whoever issued it said whether it may do such things.
    """
    if request.auth is None:
        if not recent(request):
            raise PermissionDenied("距上次确认身份已久，请先在网页上办理，或重新登录。")
    elif not request.auth.weighty:
        raise PermissionDenied("这个令牌不能办理须确认身份的事项；如需办理请向安全管理员申请。")


def drop_stale(request):
    """Before a proof: forget a deed that was given up, so that a proof for something else does not set it going.

    Given up is what waited too long, and what was left for a page that asks for a proof of its own, which says `next`.
    """
    kept = request.session.get(STATE_SESSION_KEY, {})
    if "callback" not in kept:
        return
    late = time.time() - kept["state"]["asked_at"] > settings.STEP_UP_MINUTES * 60
    if late:
        messages.info(request, f"等待时间过长，“{kept['state']['deed']}”没有办理，请重新提交。")
    if late or REDIRECT_FIELD_NAME in request.GET or REDIRECT_FIELD_NAME in request.POST:
        del request.session[STATE_SESSION_KEY]


def awaited(request):
    """What the person is asked to prove themselves for, in words; empty when it is a page that they go back to."""
    return request.session.get(STATE_SESSION_KEY, {}).get("state", {}).get("deed", "")


def go_on(request, state):
    """After the proof: back to the page, or a form that sends again what was typed."""
    if state["method"] == "get" and not state["downloads"]:
        return redirect(state["path"])
    context = {"fields": parse_qsl(state["posted"], keep_blank_values=True), **state}
    response = render(request, "account/go_on.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(request):
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return "/"
    return urlsplit(referer)._replace(scheme="", netloc="").geturl()


@receiver(user_logged_in)
def _came_in(sender, request, **_signal):
    request.session[_PROVED] = time.time()


@receiver(authentication_step_completed)
def _proved_again(sender, request, user, method, reauthenticated=False, **_signal):
    if reauthenticated:
        request.session[_PROVED] = time.time()
        signals.proved.send(sender=type(user), request=request, user=user, method=method)
