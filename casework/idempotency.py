"""A POST under an Idempotency-Key is done once: sent again, it is answered as the first time and nothing is done.

The answer is kept in the transaction of the effect, so that there is never one without the other. Two at the same time
take turns. Only what was done is kept: after a refusal nothing has happened, and the key is free.
"""

import hashlib
import json
import time

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from rest_framework import exceptions, status
from rest_framework.response import Response

from . import wall
from .models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("ETag", "Location")


class KeyMissing(exceptions.APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = f"办理须带 {HEADER}：一次办理一个不重复的键（如 UUID），重发同一次办理时用同一个键。"


class KeyUnfit(exceptions.APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = f"{HEADER} 须是 1 至 255 个可见的 ASCII 字符。"


class KeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = f"这个 {HEADER} 已用于另一次内容不同的办理，请换一个键。"


class UnderWay(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "同一个键的办理正在进行，请稍后用同一个键重试。"
    wait = 2  # the framework answers with it as Retry-After


class Replayed(Exception):
    """Not an error: the request was done before, and this was the answer."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer


class Once:
    """One POST under its key, from the question whether it was done before to the keeping of its answer."""

    def __init__(self, client, key, digest):
        self.client, self.key, self.digest = client, key, digest

    @classmethod
    def of(cls, request):
        """None for a session that gives no key. Raises Replayed where it was done before; clients must give a key."""
        key = request.headers.get(HEADER, "")
        if not key:
            if request.auth is not None:
                raise KeyMissing
            return None
        if not (key.isascii() and key.isprintable() and len(key) <= 255):
            raise KeyUnfit
        once = cls(_client(request), key, _digest(request))
        once._take_turn()
        once._replay()
        return once

    def keep(self, response):
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        KeptAnswer.objects.create(
            client=self.client, key=self.key, request=self.digest, reach=wall.reach_now(),
            status=response.status_code, headers=headers, content=response.data, at=timezone.now(),
        )  # fmt: skip

    def _take_turn(self):
        """Whoever else is at this key ends first, with its transaction; UnderWay when that takes long."""
        until = time.monotonic() + settings.IDEMPOTENCY_WAIT_SECONDS
        with connection.cursor() as cursor:
            while True:
                name = f"once:{self.client}:{self.key}"
                cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
                if cursor.fetchone() == (True,):
                    return
                if time.monotonic() > until:
                    raise UnderWay
                time.sleep(0.05)

    def _replay(self):
        KeptAnswer.objects.stale(timezone.now()).filter(client=self.client, key=self.key).delete()
        kept = KeptAnswer.objects.filter(client=self.client, key=self.key).first()
        if kept is None:
            return
        if kept.request != self.digest:
            raise KeyReused
        raise Replayed(Response(kept.content, kept.status, headers=kept.headers | {"Idempotency-Replayed": "true"}))


def _client(request):
    """Whose key it is. Who was moved or given another role is another client: what was told before stays untold."""
    user = request.user
    who = f"token:{request.auth.pk}" if request.auth is not None else f"person:{user.pk}"
    return f"{who}:{user.role}:{user.organisation_id}"


def _digest(request):
    """The same for the same fields and files, however they were packed."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    content = request.data
    if isinstance(content, QueryDict):
        content = {name: list(map(_told, content.getlist(name))) for name in content}
    digest.update(json.dumps(content, sort_keys=True, ensure_ascii=True).encode())
    return digest.hexdigest()


def _told(value):
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return {"file": value.name, "sha256": digest.hexdigest()}
