"""District scope: which rows a person may see. The first three of the five locks that keep districts apart.

Each model with a district says the way home in `district_path`. A record of another district does not exist for a
person: it answers 404, exactly like a missing one, never 403.
"""

from django.db import models
from django.http import Http404


class ScopedQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rows of this person's district; all rows for the city."""
        if not user.is_active:
            return self.none()
        return self if user.sees_whole_city else self.of_district(user.organisation.district_id)

    def of_district(self, code):
        """What a district sees: the rows that lie in it, unless a model's own queryset says otherwise."""
        return self.filter(**{self.model.district_path: code})


class PublicQuerySet(models.QuerySet):
    """Of what the whole city reads, whoever's it is."""

    def visible_to(self, user):
        return self if user.is_active else self.none()


def visible_or_404(user, queryset, pk):
    """The one door through which a request fetches a record. `queryset` may be a manager."""
    row = queryset.all().visible_to(user).filter(pk=pk).first()
    if row is None:
        from . import access  # whose models are scoped themselves

        access.refused(user, queryset.model, pk)
        raise Http404("没有找到这条记录，它可能已被合并，或不属于您所在的区市。")
    return row
