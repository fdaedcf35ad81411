"""What of the bargaining is overdue or to be pressed where a person works, counted by the lists' own filters."""

from django.http import QueryDict
from django.urls import reverse

from .listings import contracts_of, mechanisms_of, offers_of

_LISTS = (  # the list, its page, which of its figures
    (offers_of, "negotiations:list", ("open", "late", "soon", "refused", "unsigned", "credit")),
    (contracts_of, "negotiations:contracts", ("force", "unfiled", "over", "unpublished", "renew")),
    (mechanisms_of, "negotiations:mechanisms", ("overdue", "unplanned")),
)
_STANDING = {
    "open": "协商办理中",
    "force": "有效的集体合同",
}  # said even where there are none


def figures(user):
    """[(label, number, address of the list with these rows, whether it is to be pressed)]."""
    return [
        (_STANDING.get(name, filters.lists[name]), number, f"{reverse(page)}?show={name}", name not in _STANDING)
        for filters, page, names in ((listed(user, QueryDict()), page, names) for listed, page, names in _LISTS)
        for name in names
        if (number := filters.figures[name]) or name in _STANDING
    ]
