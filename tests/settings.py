"""The portal's settings on the tests' own PostgreSQL and Redis under var/test, never on the demonstration's.

Several test runs may go on side by side: each holds a slot, which is a database of PostgreSQL and a pair of databases
of Redis. Processes that a test starts find the slot in the environment and share it.
"""

import fcntl
import os

from config.embedded import ROOT, PostgreSQL, Redis

HOME = ROOT / "var" / "test"
POSTGRESQL = PostgreSQL(HOME / "postgresql", durable=False)
REDIS = Redis(HOME / "redis", durable=False)


def take_slot():
    HOME.mkdir(parents=True, exist_ok=True)
    for slot in range(REDIS.databases // 2):
        handle = os.open(HOME / f"slot-{slot}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held until this run ends, however it ends
            return slot
        except BlockingIOError:
            os.close(handle)
    raise RuntimeError("Too many test runs side by side")


# What a process of tests starts shares its slot; each of several that run the tests together has one of its own.
HOLDER = os.environ.get("PYTEST_XDIST_WORKER", "")
SLOT = int(os.environ["TEST_SLOT"]) if os.environ.get("TEST_SLOT_OF") == HOLDER else take_slot()
os.environ |= {
    "TEST_SLOT": str(SLOT),
    "TEST_SLOT_OF": HOLDER,
    "DATABASE_URL": POSTGRESQL.url_of(f"test_{SLOT}", "portal_worker"),
    "DATABASE_WEB_URL": POSTGRESQL.url_of(f"test_{SLOT}", "portal_web"),
    "DATABASE_OWNER_URL": POSTGRESQL.url_of(f"test_{SLOT}", "portal"),
    "DATABASE_BACKUP_URL": POSTGRESQL.url_of(f"test_{SLOT}", "portal_backup"),
    "REDIS_URL": REDIS.url_of(2 * SLOT),
    "REDIS_CACHE_URL": REDIS.url_of(2 * SLOT + 1),
    "MEDIA_ROOT": str(HOME / f"media-{SLOT}"),
    "AUDIT_SEAL_DIR": str(HOME / f"seals-{SLOT}"),
    "AUDIT_SEAL_KEY": "tests",
    "DEBUG": "false",
    "DEMONSTRATION": "false",
    "HTTPS": "false",
    "MFA_REQUIRED": "false",  # tests of accounts ask for it themselves
    "PORTAL_DAY": "2023-11-20",  # a day on which the campaign's deadlines are alive; each run tests the same day
    # Playwright keeps an event loop in the thread of the test; Django takes that for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}

from config.settings import *  # noqa: E402, F403

# What a test asks in its own process needs no collected files; the web server that `portal` starts collects them.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_AUTOREFRESH = True

PASSWORD_HASHERS = ["tests.passwords.Quick"]
