"""Lists as pages: fifty rows at a time, a count that says what it counts, and a part for htmx."""

import contextlib
import hashlib
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.shortcuts import render
from redis.exceptions import RedisError

from . import wall

PER_PAGE = 50
MANY = 10_000


@dataclass(frozen=True)
class Page:
    """`rows` of one page of `total`; `number` counts from 1."""

    rows: list
    number: int
    total: int
    per_page: int
    query: str  # the filter without the page number, as a query string
    more: bool = False  # there are more rows than were counted: 超过 `total`

    @property
    def first(self):
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self):
        return (self.number - 1) * self.per_page + len(self.rows)

    @property
    def pages(self):
        return max(1, -(-self.total // self.per_page))

    @property
    def next_query(self):
        return self._query_of(self.number + 1) if self.number < self.pages else ""

    @property
    def previous_query(self):
        return self._query_of(self.number - 1) if self.number > 1 else ""

    def _query_of(self, number):
        return f"?{self.query}&page={number}" if self.query else f"?page={number}"


def counted(queryset, most=None):
    """(rows, more): how many rows there are, counted to the end or, of more than `most`, no further than that."""
    rows = queryset.order_by() if most is None else queryset.order_by()[: most + 1]
    # What cannot become many is not remembered either: the statement would be written twice.
    total = rows.count() if most is not None and most < MANY else remembered("rows", rows, rows.count)
    return (total, False) if most is None or total <= most else (most, True)


def remembered(figure, queryset, count, rows=int):
    """`count()`, the `figure` of `queryset`; of many rows as it was at most COUNT_SECONDS ago.

    To count a hundred thousand rows is most of a page's work; who turns pages should not wait for it each time. What is
    remembered belongs to the very statement with all its conditions, and to who may see as far. `rows` says of a
    figure how many rows it counts. With the cache away it is counted.
    """
    try:
        statement = f"{figure} {wall.reach_now()} {queryset.query}"
    except EmptyResultSet:
        return count()
    key = f"count:{hashlib.sha256(statement.encode()).hexdigest()}"
    with contextlib.suppress(RedisError):
        found = cache.get(key)
        if found is None:
            found = count()
            if rows(found) > MANY:
                cache.set(key, found, settings.COUNT_SECONDS)
        return found
    return count()


def page_of(queryset, parameters, *, total=None, more=False, per_page=PER_PAGE):
    """Cut `queryset` by `parameters["page"]`. Give `total` where it is known: counting is what makes lists slow."""
    total = counted(queryset)[0] if total is None else total
    pages = max(1, -(-total // per_page))
    asked = parameters.get("page", "1")[:9]
    number = min(max(1, int(asked)), pages) if asked.isdecimal() else 1
    rows = list(queryset[(number - 1) * per_page : number * per_page])
    return Page(rows, number, total, per_page, query_without(parameters, "page"), more)


def query_without(parameters, *names):
    """The query string of a QueryDict without empty values and without `names`."""
    return _written(parameters, {}, names)


def query_with(parameters, name, value, unsaid):
    """The same of the first page, one condition changed; `unsaid`: {name: value} that is meant without being said."""
    return _written(parameters, {name: value}, {"page"}, unsaid)


def _written(parameters, changed, left_out, unsaid=MappingProxyType({})):
    asked = dict(parameters.lists()) | {name: [value] for name, value in changed.items()}
    return urlencode(
        [
            (name, value)
            for name, values in asked.items()
            if name not in left_out
            for value in values
            if value not in ("", unsaid.get(name))
        ]
    )


def render_list(request, page_template, part_template, context):
    """The whole page, or only its list when htmx asks for it (one URL, one view, one context)."""
    part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    return render(request, part_template if part else page_template, context)
