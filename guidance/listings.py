"""The lists of guidance, found at start."""

from . import layoff_listings, service_listings, visits_listings  # noqa: F401
