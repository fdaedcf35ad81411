"""What every API twin shares: the same rights and the same scope as the pages."""

from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated


class MayRead(IsAuthenticated):
    """The view names the capability that its page needs; without one it is refused."""

    def has_permission(self, request, view):
        capability = getattr(view, "capability", None)
        return super().has_permission(request, view) and capability is not None and request.user.may(capability)


class Pages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering = "pk"
