"""How often an open page is used from one address: what stands without a login is not for machines to try out."""

import contextlib
import time

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from redis.exceptions import RedisError

WINDOW = 600  # seconds


def is_over(what, request, most):
    """Count one use of `what` from this address, and tell whether there were more than `most` within the window.

    With the cache away nothing is counted: an open page rather stays open.
    """
    key = f"bounds:{what}:{get_client_ip(request)}:{int(time.time()) // WINDOW}"
    with contextlib.suppress(RedisError):
        cache.add(key, 0, 2 * WINDOW)
        return cache.incr(key) > most
    return False
