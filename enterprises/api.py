"""The register for machine clients."""

from casework.api import ListingViewSet

from .delivery_api import ROUTES as DELIVERIES
from .listings import REGISTER


class Register(ListingViewSet):
    listing = REGISTER


ROUTES = (("enterprises", Register), *DELIVERIES)
