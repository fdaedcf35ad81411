"""Lock-out after failed log-ins (GB/T 22239-2019 8.1.4.1 b: 登录失败处理), counted for a name at one network address.

Counting a name and an address together keeps a stranger elsewhere from locking a director out. The count lives in the
cache and is taken before the password is looked at, so that guesses sent at the same time are counted too.
"""

import hashlib
import time

from django.conf import settings
from django.core.cache import cache

from . import signals


def count_attempt(name, address):
    """Note one attempt; True while it may still be tried. What is refused no longer prolongs the lock."""
    key = _key(name, address)
    cache.add(key, 0, _seconds())
    try:
        attempts = cache.incr(key)
    except ValueError:  # the lock ran out between the two
        cache.set(key, 1, _seconds())
        attempts = 1
    if attempts <= settings.LOGIN_ATTEMPTS:
        cache.touch(key, _seconds())
    if attempts == settings.LOGIN_ATTEMPTS:
        _note_lock(name, address)
    return attempts <= settings.LOGIN_ATTEMPTS


def attempts_left(name, address):
    return max(0, settings.LOGIN_ATTEMPTS - (cache.get(_key(name, address)) or 0))


def forgive(name, address):
    """After a right password: the count at this address starts anew."""
    cache.delete(_key(name, address))
    locks = cache.get(_locks_of(name)) or {}
    if locks.pop(address, None):
        cache.set(_locks_of(name), locks, _seconds())


def unlock(name):
    """An administrator lets this person try again from everywhere."""
    for address in cache.get(_locks_of(name)) or {}:
        cache.delete(_key(name, address))
    cache.delete(_locks_of(name))


def locked(names):
    """Those of `names` that are locked out at some address at this moment."""
    locks = cache.get_many([_locks_of(name) for name in names])
    now = time.time()
    return {name for name in names if any(until > now for until in locks.get(_locks_of(name), {}).values())}


def _note_lock(name, address):
    signals.locked_out.send(sender=None, name=name, address=address)
    locks = cache.get(_locks_of(name)) or {}
    cache.set(_locks_of(name), locks | {address: time.time() + _seconds()}, _seconds())


def _seconds():
    return settings.LOGIN_LOCK_MINUTES * 60


def _key(name, address):
    return f"login-attempts:{_digest(name)}:{address}"


def _locks_of(name):
    return f"login-locks:{_digest(name)}"


def _digest(name):
    """What is typed as a name may be anything, even a password; keys hold none of it."""
    return hashlib.sha256(name.strip().lower().encode()).hexdigest()[:32]
