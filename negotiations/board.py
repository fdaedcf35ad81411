"""What of the bargaining is overdue or to be pressed where a person works, counted by the lists' own filters."""

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse

from .listings import contracts_of, mechanisms_of, offers_of

_LISTS = (  # the list, its page, which of its figures
    (offers_of, "negotiations:list", ("open", "late", "soon", "refused", "unsigned", "credit")),
    (contracts_of, "negotiations:contracts", ("force", "unfiled", "over", "unpublished", "renew")),
    (mechanisms_of, "negotiations:mechanisms", ("overdue", "unplanned")),
)
_STANDING = {  # said even where there are none
    "open": "协商办理中",
    "force": "有效的集体合同",
}


def figures(user):
    """[(label, number, address of the list with these rows, whether it is to be pressed)]: a query a list."""
    return [
        (_STANDING.get(name, label), number, f"{reverse(page)}?show={name}", name not in _STANDING)
        for listed, page, names in _LISTS
        for name, label, number in _counted(listed(user, QueryDict()), names)
        if number or name in _STANDING
    ]


def _counted(filters, names):
    """What the list's page shows above its rows, without its form and the figures that are not asked for."""
    meant = filters.meant()
    counted = filters.queryset.model.objects.aggregate(
        **{name: Count("pk", filter=Q(pk__in=meant[name].order_by().values("pk"))) for name in names}
    )
    return [(name, filters.lists[name], counted[name]) for name in names]
