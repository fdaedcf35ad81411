"""Background work of the reports: a worker that reads this module knows it."""

from . import bundles  # noqa: F401 - registers the making of bundles
