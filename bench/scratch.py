"""A database of its own for a measure, on the embedded PostgreSQL."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def servers():
    """The embedded servers, and Django on them: what is measured runs where a newcomer would run it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["MFA_REQUIRED"] = "false"  # who asks for pages here has a password only
    from config.services import joined

    with joined():
        import django

        django.setup()
        yield


@contextlib.contextmanager
def database(name):
    """A migrated database for the length of the block. Yields the address that candidates log in with, as workers.

    This process itself is the superuser in it, because it builds registers faster than any import may.
    """
    from django.core.management import call_command
    from django.db import connection

    from config.services import POSTGRESQL

    kept, environment = dict(connection.settings_dict), dict(os.environ)
    _anew(name)
    os.environ["DATABASE_OWNER_URL"] = POSTGRESQL.url_of(name, "portal")
    os.environ["DATABASE_WEB_URL"] = POSTGRESQL.url_of(name, "portal_web")
    connection.close()
    connection.settings_dict |= {"NAME": name, "USER": "postgres", "HOST": str(POSTGRESQL.sockets)}
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
        call_command("load_reference", verbosity=0)
        yield POSTGRESQL.url_of(name, "portal_worker")
    finally:
        connection.close()
        connection.settings_dict |= kept
        os.environ.clear()
        os.environ |= environment
        _drop(name)


def _anew(name):
    _drop(name)
    _as_superuser(f"CREATE DATABASE {name} OWNER portal")


def _drop(name):
    _as_superuser(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _as_superuser(statement):
    from config.services import POSTGRESQL

    with contextlib.closing(POSTGRESQL.connect("postgres", "postgres")) as server, server.cursor() as cursor:
        cursor.execute(statement)


def superuser(url):
    """The same database for the floors, whose tables are no part of the portal."""
    return url.replace("//portal_worker@", "//postgres@")
