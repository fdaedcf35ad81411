"""The portal's day. Only the edge (view, command, task) asks for it; everything below takes the day as a parameter."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


def today():
    """The day set for a demonstration, or the local date in Asia/Shanghai."""
    return settings.PORTAL_DAY or timezone.localdate()


def end_of(day):
    """The moment at which the day `day` is over where the portal is: what is in before it is in on that day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
