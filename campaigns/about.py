"""Which record a person means who gives the address of its page."""

from urllib.parse import urlsplit

from django.apps import apps
from django.urls import Resolver404, resolve


def record_at(address, user):
    """The district record whose page has the address (whole, or as a path), as far as `user` sees it; else None."""
    path = urlsplit(address.strip()).path
    try:
        match = resolve(path)
    except Resolver404:
        return None
    number = match.kwargs.get("pk")
    if not isinstance(number, int) or match.namespace not in apps.app_configs:
        return None
    for model in apps.get_app_config(match.namespace).get_models():
        if hasattr(model, "district_path") and hasattr(model, "get_absolute_url"):
            found = model.objects.visible_to(user).filter(pk=number).first()
            if found is not None and found.get_absolute_url() == path:
                return found
    return None
