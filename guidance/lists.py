"""How a list of the guidance is shown: with its tabs, figures, filters, saved views and export."""

from django.urls import reverse

from casework.pages import page_of, query_without, render_list
from casework.today import today

from .tabs import tabs


def shown(request, listing, filters, rows, empty, **more):
    """`rows`: the template of the rows; `empty`: what to do where there is none yet; `more` goes to the template."""
    page = page_of(filters.qs, request.GET, total=filters.total())
    context = {
        "section": "guidance", "tabs": tabs(request, listing.page), "listing": listing, "filters": filters,
        "page": page, "page_name": listing.page, "views": request.user.saved_views.filter(page=listing.page),
        "rows": rows, "address": reverse(listing.page), "empty": empty, "on": today(),
    }  # fmt: skip
    response = render_list(request, "guidance/list.html", "enterprises/_case_list.html", context | more)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response
