"""What the pages of the sweep share: a list drawn from its Listing, with filters, saved views and export."""

from casework.pages import page_of, query_without, render_list

from .tabs import tabs


def listed(request, listing, *, about="", begin=None, heading=None, tab=None):
    """The page of a Listing whose rows know their own address (`get_absolute_url`).

    about    a sentence below the heading
    begin    (address, label) of the deed that opens a record, for those who may
    """
    found = listing.filtered(request.user, request.GET)
    page = page_of(found.qs, request.GET)
    columns = listing.columns(request.user)
    context = {
        "section": "risks",
        "tabs": tabs(request, tab or listing.page),
        "listing": listing,
        "about": about,
        "begin": begin,
        "heading": heading or listing.title,
        "found": found,
        "narrowed": bool(query_without(request.GET, "page")),
        "columns": columns,
        "rows": [(row, [_Cell(column, row) for column in columns]) for row in page.rows],
        "page": page,
        "page_name": listing.page,
        "views": request.user.saved_views.filter(page=listing.page),
    }
    response = render_list(request, "risks/cases.html", "risks/_cases.html", context)
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{query_without(request.GET)}"
    return response


class _Cell:
    """A cell as the page shows it."""

    def __init__(self, column, row):
        self.key, self.heading, self.kind = column.key, column.heading, column.kind.name.lower()
        self.value, self.label = column.value(row), column.cell(row)
        if self.kind == "money" and self.label is not None:
            self.label = f"{self.label:,.2f}"

    @property
    def is_short(self):
        return len(str(self.label or "")) <= 8

    @property
    def is_level(self):
        return self.key in ("level", "scored_level")
