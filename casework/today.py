"""The portal's day. Only the edge (view, command, task) asks for it; everything below takes the day as a parameter."""

from django.conf import settings
from django.utils import timezone


def today():
    """The day set for a demonstration, or the local date in Asia/Shanghai."""
    return settings.PORTAL_DAY or timezone.localdate()
