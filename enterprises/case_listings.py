"""Lists of cases with figures on top: each figure is a question of the model and opens the rows behind it."""

from functools import cached_property

import django_filters
from django.db.models import Count, Q
from django.http import QueryDict

from accounts.models import District
from casework.pages import query_with, query_without

from .models import Enterprise


class Shown(django_filters.FilterSet):
    """A list with figures on top: `show` says which of them is listed, and each is counted by the model's own question.

    A subclass names its figures in SHOWN, the first being what is listed unasked, and tells in `meant` what each means.
    """

    show = django_filters.ChoiceFilter(label="范围", choices=(), method="of_kind")
    district = django_filters.ModelChoiceFilter(label="区市", empty_label="区市：全部", queryset=District.objects.all())
    q = django_filters.CharFilter(label="查找", method="named", max_length=60)

    SHOWN = {}
    CALLED = {}  # further lists: what is to be written or looked after, beside the way
    COUNTED = {}  # lists behind a figure of the statistics, shown when asked for
    SELDOM = ()  # conditions that come with such a figure

    def __init__(self, data=None, queryset=None, *, user, on):
        self.user, self.on = user, on
        asked = QueryDict(mutable=True)
        asked.update(data or {})
        asked["show"] = asked.get("show") or self.unasked
        super().__init__(asked, queryset)
        self.filters["show"].extra["choices"] = list(self.lists.items())
        if not user.sees_whole_city:
            del self.filters["district"]

    @property
    def lists(self):
        return self.SHOWN | self.CALLED | self.COUNTED

    @property
    def unasked(self):
        return next(iter(self.SHOWN))

    @property
    def qs(self):
        """None where a condition cannot be understood."""
        if not self.form.is_valid():
            return self.queryset.none()
        return self.in_order(self.of_kind(self._regardless, "show", self.form.cleaned_data["show"]))

    def in_order(self, rows):
        return rows.by_turn()

    @cached_property
    def _regardless(self):
        rows = self.queryset
        for name, value in self.form.cleaned_data.items():
            if name != "show":
                rows = self.filters[name].filter(rows, value)
        return rows

    def of_kind(self, queryset, name, value):
        return queryset.filter(self._meaning[value])

    @cached_property
    def _meaning(self):
        return {name: Q(pk__in=rows.order_by().values("pk")) for name, rows in self.meant().items()}

    def meant(self):
        raise NotImplementedError

    def named(self, queryset, name, value):
        return queryset.filter(enterprise__in=self.firms(value))

    def firms(self, value):
        return Enterprise.objects.visible_to(self.user).matching(value)

    # ── What the page shows beside the rows ──

    @cached_property
    def figures(self):
        """{name of a list: rows} under all other conditions."""
        if not self.form.is_valid():
            return dict.fromkeys(self.lists, 0)
        counted = {name: Count("pk", filter=meaning) for name, meaning in self._meaning.items()}
        rows = self._regardless.order_by()
        if rows.query.annotations:  # over rows that are grouped, one list that must be empty would empty them all
            rows = rows.model._base_manager.filter(pk__in=rows.values("pk"))
        return rows.aggregate(**counted)

    def segments(self):
        """(name, label, rows, query, whether chosen) of each figure."""
        return [self._segment(name, label) for name, label in self.SHOWN.items()]

    def calls(self):
        """The same of the further lists: those with rows, and the one that is chosen."""
        called = [self._segment(name, label) for name, label in self.CALLED.items()]
        counted = [self._segment(name, label) for name, label in self.COUNTED.items()]
        return [segment for segment in called if segment[2] or segment[4]] + [each for each in counted if each[4]]

    def _segment(self, name, label):
        chosen = self.form.cleaned_data["show"] if self.form.is_valid() else None
        return name, label, self.figures[name], self._query_with("show", name), name == chosen

    def by_district(self, names):
        """{code of a district: {name of a list: rows}} of the lists `names`."""
        if not self.form.is_valid():
            return {}
        counted = {name: Count("pk", filter=self._meaning[name], distinct=True) for name in names}
        rows = self._regardless.order_by().values("district").annotate(**counted)
        return {row["district"]: row for row in rows}

    def total(self):
        return self.figures[self.form.cleaned_data["show"]] if self.form.is_valid() else 0

    def narrowed(self):
        return bool(query_without(self.data, "show", "page"))

    def choosers(self):
        """The drop-down lists of the filter bar; the seldom ones only where they are chosen."""
        hidden = {"show", "q"} | {name for name in self.SELDOM if not self.data.get(name)}
        return [field for field in self.form if field.name not in hidden]

    def _query_with(self, name, value):
        return "?" + query_with(self.data, name, value, {"show": self.unasked})
