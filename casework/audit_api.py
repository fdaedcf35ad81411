"""The auditor's lists for machine clients."""

from .api import ListingViewSet, Pages
from .audit_listings import ACCESSES, CHANGES


class NewestFirst(Pages):
    ordering = "-pk"


class Changes(ListingViewSet):
    listing, pagination_class = CHANGES, NewestFirst


class Accesses(ListingViewSet):
    listing, pagination_class = ACCESSES, NewestFirst


ROUTES = (("audit/changes", Changes), ("audit/access", Accesses))
