"""Who may ask the API. A module of its own: the settings name it, and it is imported while the framework is."""

from rest_framework.permissions import IsAuthenticated


class MayRead(IsAuthenticated):
    """The view names the capability that its page needs; without one it is refused."""

    def has_permission(self, request, view):
        capability = getattr(view, "capability", None)
        return super().has_permission(request, view) and capability is not None and request.user.may(capability)
