from django.conf import settings

from .today import today


def portal(request):
    """What every page shows: the portal's day and whether its data are invented."""
    return {"portal_day": today(), "demonstration": settings.DEMONSTRATION}
