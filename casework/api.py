"""What every API twin shares: the same rights and the same scope as the pages."""

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from . import wall


class Pages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering = "pk"


class Row(BaseSerializer):
    """A row of a list, with the columns that the person may know."""

    def to_representation(self, row):
        return {"id": row.pk} | {column.key: column.value(row) for column in self.context["columns"]}


class Walled:
    """For every API view: PostgreSQL shows what this client may see, whom only the framework knows by its token."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        wall.tell(wall.reach_of(request.user))


class ListingViewSet(Walled, ReadOnlyModelViewSet):
    """A list for machine clients: the same rows, conditions and columns as on its page and in its file."""

    listing = None
    serializer_class = Row
    pagination_class = Pages
    filter_backends = ()  # the list brings its own filter

    @property
    def capability(self):
        return self.listing.capability

    def get_queryset(self):
        found = self.listing.filtered(self.request.user, self.request.query_params)
        if not found.form.is_valid():
            raise ValidationError(found.form.errors)
        return found.qs

    def get_serializer_context(self):
        return super().get_serializer_context() | {"columns": self.listing.columns(self.request.user)}
