#!/usr/bin/env python
"""Every command of the portal. The embedded servers run for as long as the command needs them."""

import contextlib
import os
import sys

OWNERS = {"migrate", "makemigrations", "flush", "sqlmigrate"}
WITHOUT_SERVERS = {"collectstatic", "diffsettings", "findstatic", "help", "version", "--help", "-h", "--version"}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.embedded import EmbeddedError
    from config.services import joined

    if OWNERS.intersection(sys.argv[1:2]):
        os.environ["PORTAL_LOGIN"] = "owner"
    alone = len(sys.argv) < 2 or WITHOUT_SERVERS.intersection(sys.argv[1:])
    try:
        with contextlib.nullcontext() if alone else joined():
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
