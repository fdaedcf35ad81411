"""The cache is Redis, shared by all processes; while Redis is away it is each process's own memory.

What lies in it may be lost, but not what it stands for: log-ins are let in only when they are counted, and they are to
go on without Redis. Each process then counts by itself, so that guesses are still held back, if by a larger number.
"""

import functools
import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as Away
from redis.exceptions import TimeoutError as Silent

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 3  # so that not every page waits for a Redis that is silent
_WORDS = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")


class _OneClient(RedisCacheClient):
    """Django makes a client anew for each word to Redis, and with it a table of a hundred and seventy answers."""

    def get_client(self, key=None, *, write=False):
        index = self._get_connection_pool_index(write)
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]

    @functools.cached_property
    def _clients(self):
        return {}


class RedisOrMemory(RedisCache):
    _away_until = 0.0  # of this process's clock, for all its threads

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = _OneClient
        self.memory = LocMemCache("while Redis is away", params)

    def is_away(self):
        try:
            return not self._cache.get_client().ping()
        except (Away, Silent):
            return True

    def ask(self, word, *args, **kwargs):
        if time.monotonic() >= RedisOrMemory._away_until:
            try:
                return getattr(super(), word)(*args, **kwargs)
            except (Away, Silent) as error:
                log.warning("the cache is away: %s", error)
                RedisOrMemory._away_until = time.monotonic() + ASK_AGAIN_SECONDS
        return getattr(self.memory, word)(*args, **kwargs)


for _word in _WORDS:
    setattr(RedisOrMemory, _word, functools.partialmethod(RedisOrMemory.ask, _word))
