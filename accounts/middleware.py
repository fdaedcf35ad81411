"""Idle sessions end; a first or outdated password is changed, a second factor added, before anything else."""

import time
from datetime import timedelta

from allauth.mfa.signals import authenticator_removed
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.dispatch import receiver
from django.shortcuts import redirect
from django.utils import timezone

from . import second_factor

# A part that asks again by itself (a job's progress) sends this: a page left open must not keep its session alive.
UNATTENDED = "X-Unattended"

_SEEN = "seen_at"
_NOTE_EVERY_SECONDS = 60  # so that a page of many requests writes its session once a minute, not each time


class IdleTimeout:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now, seen = time.time(), request.session.get(_SEEN)
            if seen is not None and now - seen > settings.IDLE_MINUTES * 60:
                logout(request)
                messages.info(request, f"已超过 {settings.IDLE_MINUTES} 分钟没有操作，为安全起见请重新登录。")
            elif UNATTENDED not in request.headers and (seen is None or now - seen > _NOTE_EVERY_SECONDS):
                request.session[_SEEN] = now
        return self.get_response(request)


class FirstPassword:
    """Sends a person whose password was given to them, or is too old, to the page where they choose their own."""

    OPEN = {"account_change_password", "account_logout"}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not user.is_authenticated or request.resolver_match.view_name in self.OPEN:
            return None
        if user.must_change_password or password_outdated(user, timezone.now()):
            return redirect("account_change_password")
        return None


class SecondFactor:
    """Sends a person whose role asks for a second factor, and who has none, to the page where they add one."""

    ALWAYS_OPEN = FirstPassword.OPEN | {"account_reauthenticate"}
    _HAD = "second_factor"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user, name = request.user, request.resolver_match.view_name
        if not user.is_authenticated or name in self.ALWAYS_OPEN or name.startswith("mfa_"):
            return None
        if not second_factor.asked_of(user) or self._has(request):
            return None
        return redirect("mfa_index")

    def _has(self, request):
        """Asked of the database until it is so; a reset ends the session in which this is noted."""
        if not request.session.get(self._HAD):
            request.session[self._HAD] = second_factor.had_by(request.user)
        return request.session[self._HAD]


@receiver(authenticator_removed)
def _removed(sender, request, **_signal):
    request.session.pop(SecondFactor._HAD, None)


def password_outdated(user, now):
    limit = settings.PASSWORD_MAX_DAYS
    return bool(limit and user.password_set_at and now - user.password_set_at > timedelta(days=limit))
