"""The register for machine clients."""

from casework.api import ListingViewSet

from .listings import REGISTER


class Register(ListingViewSet):
    listing = REGISTER


ROUTES = (("enterprises", Register),)
