"""The one filter of the register: it serves page, saved view, export and API, so that their counts agree."""

from dataclasses import dataclass, replace

import django_filters
from django.db.models import F

from accounts.models import District
from casework.filtersets import FilterSet, twin_of
from casework.listings import Column
from casework.pages import counted, page_of

from . import search
from .industries import SECTION_CHOICES
from .models import Enterprise


@dataclass(frozen=True)
class Addition:
    """What an upper app adds to the register's list: filters, columns, and their cells on the page."""

    filters: dict[str, django_filters.Filter]
    annotate: object  # (queryset) -> queryset with what the columns read
    columns: tuple[Column, ...]
    cell: object  # (enterprise) -> HTML of the columns' <td>


ADDITIONS = []


def add(addition):
    """The register knows nothing of what is added to it, so that it need not import from above."""
    ADDITIONS.append(addition)


class RegisterFilter(FilterSet):
    q = django_filters.CharFilter(label="查找", method="named", max_length=60)
    district = django_filters.ChoiceFilter(label="区市", choices=(), field_name="district")
    trade = django_filters.ChoiceFilter(
        label="行业", choices=SECTION_CHOICES, field_name="industry", lookup_expr="startswith"
    )
    size = django_filters.ChoiceFilter(
        label="规模", choices=[*Enterprise.Size.choices, ("none", "未划型")], method="of_size"
    )
    union = django_filters.ChoiceFilter(
        label="工会", choices=[("yes", "已建"), ("no", "未建"), ("unknown", "不详")], method="with_union"
    )
    platform = django_filters.ChoiceFilter(
        label="平台", choices=[("any", "全部平台企业"), *Enterprise.Platform.choices], method="of_platform"
    )
    new = django_filters.ChoiceFilter(label="新办", choices=[("yes", "成立一年内")], method="founded_lately")
    status = django_filters.ChoiceFilter(label="状态", choices=Enterprise.Status)
    sort = django_filters.ChoiceFilter(label="排序", empty_label="默认排序", choices=(), method="sorted_by")

    SORTS = {
        "name": ("按名称拼音", search.INITIALS.asc()),
        "-heads": ("从业人数多的在前", F("heads").desc(nulls_last=True)),
        "heads": ("从业人数少的在前", F("heads").asc(nulls_last=True)),
        "-founded": ("新成立的在前", F("founded_on").desc(nulls_last=True)),
        "founded": ("成立早的在前", F("founded_on").asc(nulls_last=True)),
    }

    class Meta:
        model = Enterprise
        fields = []

    def __init__(self, data=None, queryset=None, *, request=None, prefix=None, user=None, on=None):
        self.user, self.on = user or request.user, on
        super().__init__(data, queryset, request=request, prefix=prefix)
        added = {name: twin_of(it) for addition in ADDITIONS for name, it in addition.filters.items()}
        for it in added.values():
            it.parent, it.model = self, Enterprise
        self.filters = {"q": self.filters.pop("q")} | added | self.filters
        self.filters["sort"].extra["choices"] = [(key, label) for key, (label, _) in self.SORTS.items()]
        if self.user.sees_whole_city:
            self.filters["district"].extra["choices"] = District.choices()
        else:
            del self.filters["district"]
        for name in self.filters.keys() - {"q", "sort"}:
            self.filters[name].extra["empty_label"] = f"{self.filters[name].label}：全部"

    @property
    def qs(self):
        """The rows asked for; none when a condition cannot be understood."""
        if not hasattr(self, "_rows"):
            self._rows = self.filter_queryset(self.queryset) if self.form.is_valid() else self.queryset.none()
        return self._rows

    @property
    def text(self):
        """What is searched for by name or code; empty when nothing is, or too little."""
        return (self.form.is_valid() and self.form.cleaned_data["q"]) or ""

    @property
    def too_short(self):
        return bool(self.text) and len(search.needle(self.text)) < search.SHORTEST

    @property
    def narrowed(self):
        return self.form.is_valid() and any(value for name, value in self.form.cleaned_data.items() if name != "sort")

    def page(self, parameters):
        """One page of the rows; those of a search with the nearest first, unless another order was asked for.

        First which rows stand on the page, where an index alone can tell, then these rows.
        """
        sort = self.form.is_valid() and self.form.cleaned_data["sort"]
        if self.text and not sort:
            found = self.qs.nearest_ids(self.text, search.MOST + 1)
            more, found = len(found) > search.MOST, found[: search.MOST]
            numbers = page_of(found, parameters, total=len(found), more=more)
            return replace(numbers, rows=self._read(numbers.rows))
        total, more = self.total()
        if sort:
            numbers = page_of(self.qs.values_list("pk", flat=True), parameters, total=total, more=more)
            return replace(numbers, rows=self._read(numbers.rows))
        return page_of(self.qs, parameters, total=total, more=more)

    def total(self):
        """(rows, more): how many rows there are; matches of a search are counted to `search.MOST`."""
        numbers = self.qs.values("pk")  # without the columns, which are a good part of writing the statement
        return counted(numbers, most=search.MOST if self.text or not self.form.is_valid() else None)

    def _read(self, numbers):
        rows = self.queryset.order_by().in_bulk(numbers)
        return [rows[number] for number in numbers if number in rows]

    def named(self, queryset, name, value):
        return queryset.matching(value)

    def of_size(self, queryset, name, value):
        return queryset.filter(size="" if value == "none" else value)

    def with_union(self, queryset, name, value):
        return queryset.filter(has_union={"yes": True, "no": False, "unknown": None}[value])

    def of_platform(self, queryset, name, value):
        return queryset.exclude(platform="") if value == "any" else queryset.filter(platform=value)

    def founded_lately(self, queryset, name, value):
        return queryset.new(self.on)

    def sorted_by(self, queryset, name, value):
        return queryset.order_by(self.SORTS[value][1], "id")
