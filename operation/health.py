"""Whether the portal lives, and whether it can do its work: for the proxy, the containers and the monitoring."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from .worker import HEARD, RUNG

RETRY_SECONDS = 15
OK = "ok"


def lives(request):
    """The process answers. It asks nobody: a database that is away is no reason to end it."""
    return JsonResponse({"lives": True})


def ready(request):
    """What a page needs is there; else 503 and which part is wrong."""
    found = {part: look() for part, look in PARTS.items()}
    whole = set(found.values()) == {OK}
    return JsonResponse(
        {"ready": whole, "parts": found},
        status=200 if whole else 503,
        headers={} if whole else {"Retry-After": str(RETRY_SECONDS)},
        json_dumps_params={"ensure_ascii": False},
    )


def postgresql():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return "没有应答"
    return OK


def migrations():
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "没有应答"
    return f"有 {len(missing)} 项迁移没有执行" if missing else OK


def queue():
    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
        try:
            client.ping()
        except RedisError:
            return "没有应答"
    return OK


def worker():
    if cache.is_away():
        return "缓存没有应答"
    return OK if cache.get(HEARD) else "两分钟内没有收到后台进程的心跳"


def clock():
    """Without it nobody takes up the work of the dead, and it says nothing when it hangs."""
    if cache.is_away():
        return "缓存没有应答"
    return OK if cache.get(RUNG) else "两分钟内没有收到定时进程的信号"


PARTS = {"postgresql": postgresql, "migrations": migrations, "redis": queue, "worker": worker, "clock": clock}
