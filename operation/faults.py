"""The answer when a page could not be made. What passes by itself is 503 with Retry-After, no fault of the portal."""

import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSilent

from .health import RETRY_SECONDS
from .logs import request_id

AWAY = "平台的数据库暂时连不上，正在恢复。已经保存的内容不受影响；刚才提交的内容可能没有保存，恢复后请先查看。"
SLOW = "这一页要查的数据太多，没有在规定时间内取完。刚才提交的内容可能没有保存，请先查看。"
_SLOW_STATES = {"57014", "55P03", "40P01"}  # statement too long, lock not given, deadlock


def answer(request):
    """Django's handler500: called while the exception is handled, wherever in the middleware it rose."""
    passing = _passing(sys.exc_info()[1])
    status, template = (503, "503.html") if passing else (500, "500.html")
    if request.path_info.startswith("/api/"):
        detail = passing or "平台没有完成这次操作，错误已经记录。"
        response = JsonResponse({"detail": detail, "request": request_id.get()}, status=status)
    else:
        response = HttpResponse(render_to_string(template, {"why": passing, "mark": request_id.get()}), status=status)
    if passing:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _passing(error):
    """The sentence for an exception that passes by itself, or None. One on the way out may hide the one that began."""
    found = None
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError) or _torn(error):
            found = SLOW if getattr(error.__cause__, "pgcode", None) in _SLOW_STATES else AWAY
        elif isinstance(error, RedisAway | RedisSilent):
            found = AWAY
        error = error.__cause__ or error.__context__
    return found


def _torn(error):
    """PostgreSQL died over this very statement: psycopg2 has no class of its own for that, and no code."""
    return type(error) is DatabaseError and getattr(error.__cause__, "pgcode", None) is None
