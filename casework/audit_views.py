"""The auditor's pages: what was changed, who looked at what, whether anybody rewrote it; and one's own log-ins."""

from datetime import timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.roles import Can, may

from . import access, seals, wording
from .audit_listings import ACCESSES, CHANGES
from .listings import conditions
from .pages import MANY, counted, page_of, render_list
from .scope import visible_or_404
from .trail import AccessRecord, Change

_TABS = (("casework:changes", "数据变更"), ("casework:accesses", "访问记录"), ("casework:seals", "封存"))
_OWN = 30
_LATE = timedelta(minutes=10)
_OF_LOGINS = ("login", "login_failed", "locked", "proof_failed", "credential", "logout")


@require_GET
@may(Can.READ_AUDIT)
def changes(request):
    return _list(request, CHANGES, "casework/changes.html")


@require_GET
@may(Can.READ_AUDIT)
def accesses(request):
    return _list(request, ACCESSES, "casework/accesses.html")


@require_GET
@may(Can.READ_AUDIT)
@access.watched(access.Kind.AUDIT, "一条变更的内容", "casework.change")
def change(request, pk):
    found = visible_or_404(request.user, Change.objects.select_related("by__organisation", "district"), pk)
    same_record = Change.objects.visible_to(request.user).filter(model=found.model, record=found.record)
    same_request = Change.objects.visible_to(request.user).filter(request=found.request).exclude(pk=pk)
    return render(
        request,
        "casework/change.html",
        {
            "section": "audit",
            "change": found,
            "kind": wording.kind_of(found.model),
            "name": wording.names([found]).get((found.model, found.record), ""),
            "lines": wording.lines(found, request.user),
            "hash": bytes(found.hash).hex(),
            "earlier": same_record.filter(pk__lt=pk).order_by("-id").first(),
            "later": same_record.filter(pk__gt=pk).order_by("id").first(),
            "beside": same_request.count() if found.request else 0,
        },
    )


@require_GET
@may(Can.READ_AUDIT)
def seals_page(request):
    state = seals.state()
    late = state.since is not None and timezone.now() - state.since > _LATE
    context = {"section": "audit", "tabs": _tabs("casework:seals"), "state": state, "late": late}
    return render(request, "casework/seals.html", context)


@require_GET
def my_logins(request):
    """The last log-ins of one's own account, failed ones too: part of the page of log-ins."""
    mine = AccessRecord.objects.visible_to(request.user).filter(
        model=User._meta.label_lower, record=str(request.user.pk), kind__in=_OF_LOGINS
    )
    context = {"rows": mine.order_by("-id")[:_OWN]}
    return render_list(request, "casework/my_logins.html", "casework/_my_logins.html", context)


def _list(request, listing, template):
    found = listing.filtered(request.user, request.GET)
    rows = found.qs if found.form.is_valid() else found.queryset.none()
    total, more = counted(rows, MANY)
    page = page_of(rows, request.GET, total=total, more=more)
    names, known = wording.names(page.rows), {}
    access.record(access.Kind.AUDIT, note=f"{listing.title}：{conditions(found)}", rows=len(page.rows))
    context = {
        "section": "audit",
        "tabs": _tabs(listing.page),
        "filter": found,
        "page": page,
        "page_name": listing.page,
        "rows": [_Row(row, names, request.user, known) for row in page.rows],
    }
    return render(request, template, context)


class _Row:
    """A row of the trail with what the list says of it."""

    def __init__(self, row, names, reader, known):
        self.row = row
        self.kind = wording.kind_of(row.model) if row.model else ""
        self.name = names.get((row.model, row.record), f"#{row.record}" if row.record else "")
        if isinstance(row, Change):
            self.lines = wording.lines(row, reader, known) if row.deed == Change.Deed.UPDATE else []


def _tabs(current):
    return [{"href": reverse(name), "label": label, "count": None, "current": name == current} for name, label in _TABS]
