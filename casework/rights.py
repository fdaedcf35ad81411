"""Who may ask the API, and how often. A module of its own: the settings name it, and it is imported while the
framework is."""

import contextlib
import time

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.throttling import BaseThrottle

_WINDOW = 60  # seconds: rates are told a minute


class Bearer(BaseAuthentication):
    """`Authorization: Bearer <token>`; the account and its rights are read anew at each request."""

    def authenticate(self, request):
        from .tokens import Token

        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = Token.objects.of(text.strip(), now)
        if token is None:
            raise AuthenticationFailed("令牌无效、已过期或已收回，请向安全管理员申请新的令牌。")
        token.note_use(now, get_client_ip(request))
        return token.person, token

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class LoggedIn(IsAuthenticated):
    """Somebody who is known; a token that only reads may only read."""

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        if request.auth is not None and not request.auth.writes and request.method not in SAFE_METHODS:
            self.message = "这个令牌只能读取，不能办理；如需办理请向安全管理员申请。"
            return False
        return True


class MayRead(LoggedIn):
    """The view names the capability that its page needs; without one it is refused."""

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        capability = getattr(view, "capability", None)
        if capability is None or not request.user.may(capability):
            self.message = f"没有“{capability.label}”的权限。" if capability else None
            return False
        return True


class Rate(BaseThrottle):
    """So many requests a minute as a token's issuer allowed. With the cache away nothing is counted: lists go on."""

    def allow_request(self, request, view):
        if request.auth is None:
            return True
        key = f"api-rate:{request.auth.pk}:{int(time.time()) // _WINDOW}"
        with contextlib.suppress(RedisError):
            cache.add(key, 0, 2 * _WINDOW)
            return cache.incr(key) <= request.auth.rate
        return True

    def wait(self):
        return _WINDOW - time.time() % _WINDOW
