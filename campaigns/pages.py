"""What the pages of a campaign share: a list with figures on top, and the page of a deed."""

from django.urls import reverse

from accounts.roles import Can, may
from casework import deeds
from casework.pages import page_of, query_without, render_list
from casework.scope import visible_or_404
from casework.today import today

from .tabs import tabs

SECTION = {"section": "campaigns"}


def list_page(request, listing, filtered, rows, empty, **context):
    """A list: `rows` is the template of its table, `empty` what to do where there is nothing."""
    filters = filtered(request.user, request.GET)
    page = page_of(filters.qs, request.GET, total=filters.total())
    context |= SECTION | {
        "tabs": tabs(listing.page), "listing": listing, "filters": filters, "page": page, "page_name": listing.page,
        "views": request.user.saved_views.filter(page=listing.page), "rows": rows, "address": reverse(listing.page),
        "empty": empty, "on": today(),
    }  # fmt: skip
    response = render_list(request, "campaigns/list.html", "enterprises/_case_list.html", context)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


def deed_of(model, form_class, *related, **more):
    """Who may make the move says the lifecycle."""

    @may(Can.READ_CAMPAIGN)
    def view(request, pk):
        rows = model.objects.select_related(*related) if related else model.objects
        return deeds.page(request, visible_or_404(request.user, rows, pk), form_class, **SECTION, **more)

    return view


def begin(begun, form_class, back):
    """The page of a deed that creates a record; `begun(user)` is the record, not saved yet."""

    @may(Can.READ_CAMPAIGN)
    def view(request):
        return deeds.page(request, begun(request.user), form_class, back=reverse(back), **SECTION)

    return view
