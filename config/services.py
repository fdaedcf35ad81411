"""Where PostgreSQL and Redis are: what the environment or .env names, else the embedded ones under var/."""

import contextlib
import os
from urllib.parse import urlsplit

from environs import Env

from config.embedded import ROOT, PostgreSQL, Redis

VAR = ROOT / "var"
web = False  # config.wsgi says otherwise: this process answers pages
POSTGRESQL = PostgreSQL(VAR / "postgresql")
REDIS = Redis(VAR / "redis")
CACHE_REDIS = Redis(VAR / "cache", durable=False)  # apart: what fills the cache must not stop the queue
QUEUE, CACHE = 0, 1  # two databases of REDIS_URL, unless REDIS_CACHE_URL gives the cache a server of its own

Env.read_env(str(ROOT / ".env"), recurse=False)
for name in (
    "DATABASE_URL",
    "DATABASE_WEB_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_BACKUP_URL",
    "REDIS_URL",
    "REDIS_CACHE_URL",
):
    if not os.environ.get(name):
        os.environ.pop(name, None)  # empty is not given


def login():
    """As what this process logs in to the database (config/roles.sql).

    web for the pages, owner for migrations, worker for background work and all other commands.
    """
    return "web" if web else os.environ.get("PORTAL_LOGIN", "worker")


def database_url():
    """The address of this process's own login; DATABASE_URL serves whoever is given none."""
    given = os.environ.get("DATABASE_URL")
    if login() == "web":
        return os.environ.get("DATABASE_WEB_URL") or given or POSTGRESQL.url_of("portal", "portal_web")
    if login() == "owner":
        return os.environ.get("DATABASE_OWNER_URL") or given or POSTGRESQL.url_of("portal", "portal")
    return given or POSTGRESQL.url_of("portal", "portal_worker")


def backup_url():
    return os.environ.get("DATABASE_URL") or POSTGRESQL.url_of("portal", "portal_backup")


def options_of(database, session):
    """The OPTIONS of a database, with its settings of each session added as libpq takes them: `-c name=value …`."""
    given = database.get("OPTIONS", {})
    session = " ".join(f"-c {name}={value}" for name, value in session.items())
    return {"connect_timeout": 5} | given | {"options": f"{given.get('options', '')} {session}".strip()}


def redis_url(database=QUEUE):
    """`redis://…`, `rediss://…` or `unix://…`, the way redis-py reads it."""
    given = os.environ.get("REDIS_URL")
    if not given:
        return (REDIS if database == QUEUE else CACHE_REDIS).url_of(QUEUE)
    if database == QUEUE:
        return given
    url = urlsplit(given)
    if url.scheme == "unix":
        return f"unix://{url.path}?db={database}"
    return url._replace(path=f"/{database}").geturl()


def broker_url(url):
    """The same address the way Celery reads it: it has a form of its own for a socket."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={parts.query.removeprefix('db=') or QUEUE}"


@contextlib.contextmanager
def joined(inherit=False):
    """The servers run for the length of the block, unless the environment names others. `inherit`: past an exec."""
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            stack.enter_context(POSTGRESQL.joined(inherit))
        if not os.environ.get("REDIS_URL"):
            stack.enter_context(REDIS.joined(inherit))
            stack.enter_context(CACHE_REDIS.joined(inherit))
        yield
