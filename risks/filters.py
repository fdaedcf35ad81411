"""The one filter of the ranked list: it serves page, saved view, export and API, so that their counts agree."""

from functools import cached_property

import django_filters
from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.http import QueryDict

from accounts.models import District
from accounts.roles import Can
from casework.filtersets import FilterSet
from casework.pages import query_with, query_without, remembered
from enterprises.industries import SECTION_CHOICES
from enterprises.models import Enterprise, Feed

from .explanations import card_of
from .models import Level, Score

AT_RISK, EVERYONE = "risk", "all"
LEVELS = {"red": Level.RED, "orange": Level.ORANGE, "yellow": Level.YELLOW, "blue": Level.BLUE}
_COLOUR = {level: name for name, level in LEVELS.items()}
_NOT_NARROWING = {"level", "district", "sort"}


def filter_for(user):
    """The filter that fits what `user` may know: who may not see figures can neither filter nor sort by them."""
    return ScoreFilter if user.may(Can.READ_FIGURES) else LevelFilter


def scores_in(run, user):
    """The scores of `run` that `user` may see."""
    if run is None:
        return Score.objects.none()
    return run.scores.all().visible_to(user).select_related("enterprise", "district")  # each knows `run` as it is here


class LevelFilter(FilterSet):
    """Filters that tell nothing beyond levels and the register. Without a level the list holds those at risk."""

    level = django_filters.ChoiceFilter(
        label="等级",
        choices=[(AT_RISK, "有风险"), *((name, level.label) for name, level in LEVELS.items()), (EVERYONE, "全部")],
        method="of_level",
    )
    district = django_filters.ChoiceFilter(label="区市", empty_label="区市：全部", choices=(), field_name="district")
    trade = django_filters.ChoiceFilter(
        label="行业",
        empty_label="行业：全部",
        choices=SECTION_CHOICES,
        field_name="enterprise__industry",
        lookup_expr="startswith",
    )
    size = django_filters.ChoiceFilter(
        label="规模", empty_label="规模：全部", choices=Enterprise.Size.choices, field_name="enterprise__size"
    )
    reason = django_filters.ChoiceFilter(label="依据", empty_label="依据：全部", choices=(), method="for_reason")
    trend = django_filters.ChoiceFilter(
        label="变化",
        empty_label="变化：全部",
        choices=[("up", "等级上升或新列入"), ("down", "等级下降"), ("new", "上轮没有评分")],
        method="moved",
    )
    was = django_filters.ChoiceFilter(
        label="上轮等级",
        empty_label="上轮等级：全部",
        choices=[(name, f"上轮{level.label}") for name, level in LEVELS.items()],
        method="of_previous_level",
    )
    q = django_filters.CharFilter(label="查找", method="named", max_length=60)
    sort = django_filters.ChoiceFilter(label="排序", empty_label="按风险排序", choices=(), method="sorted_by")

    figures = False
    RANK = ("-level", "enterprise_id")  # not by score: the order within a level would tell what the figures are
    SORTS = {"-heads": "职工多的在前", "heads": "职工少的在前"}
    SORT_FIELDS = {"heads": F("enterprise__heads")}

    class Meta:
        model = Score
        fields = []

    def __init__(self, data=None, queryset=None, *, request=None, prefix=None, user=None, run=None):
        self.user, self.run = user or request.user, run
        asked = QueryDict(mutable=True)
        asked.update(data or {})
        asked["level"] = asked.get("level") or AT_RISK
        super().__init__(asked, queryset, request=request, prefix=prefix)
        self.filters["reason"].extra["choices"] = _reasons_of(run)
        self.filters["sort"].extra["choices"] = list(self.SORTS.items())
        if self.user.sees_whole_city:
            self.filters["district"].extra["choices"] = District.choices()
        else:
            del self.filters["district"]

    @property
    def qs(self):
        """The rows asked for, in the order asked for; none when a condition cannot be understood."""
        if not hasattr(self, "_rows"):
            self._rows = self._chosen(self.form.cleaned_data) if self.form.is_valid() else self.queryset.none()
        return self._rows

    @cached_property
    def level_counts(self):
        """Rows of each level under all conditions but the level itself: {"red": 61, …, "risk": 208, "all": 680}."""
        if not self.form.is_valid():
            return self._with_totals({})
        tallied = self._tallied()
        return self._with_totals(self._counted() if tallied is None else tallied)

    def area_counts(self):
        """What the run holds of all that the person sees, whatever is filtered."""
        return self._with_totals(self._tallies(self.user.organisation.district_id))

    def segments(self):
        """The buttons of the levels: (label, rows, query, whether chosen)."""
        chosen = self.form.cleaned_data["level"] if self.form.is_valid() else None
        return [
            (label, self.level_counts[name], self._query_with("level", name), name == chosen)
            for name, label in self.filters["level"].extra["choices"]
        ]

    def everyone_query(self):
        return self._query_with("level", EVERYONE)

    def sorting(self):
        """For each column that can be sorted: the query that does, and how it is sorted now."""
        now = self.form.cleaned_data.get("sort", "") if self.form.is_valid() else ""
        return {
            field: {
                "query": self._query_with("sort", field if now == f"-{field}" else f"-{field}"),
                "direction": {f"-{field}": "descending", field: "ascending"}.get(now, ""),
            }
            for field in self.SORT_FIELDS
        }

    def narrowed(self):
        """Whether a condition other than level and order is set."""
        return bool(query_without(self.data, "level", "sort", "run", "page"))

    def total(self):
        """How many rows `qs` holds, without counting again what is known."""
        return self.level_counts[self.form.cleaned_data["level"]] if self.form.is_valid() else 0

    def of_level(self, queryset, name, value):
        if value == EVERYONE:
            return queryset
        return queryset.filter(level__gt=Level.BLUE) if value == AT_RISK else queryset.filter(level=LEVELS[value])

    def for_reason(self, queryset, name, value):
        card = card_of(self.run)
        told_from = max(1, card.reason_from) / 10  # tenths to points; fewer are no reason that a page names
        return queryset.filter(**{f"points__{card.place(value)}__gte": told_from})

    def moved(self, queryset, name, value):
        if value == "new":
            return queryset.filter(previous_level=None)
        before = Coalesce(F("previous_level"), Level.BLUE)
        return queryset.filter(level__gt=before) if value == "up" else queryset.filter(level__lt=before)

    def of_previous_level(self, queryset, name, value):
        return queryset.filter(previous_level=LEVELS[value])

    def named(self, queryset, name, value):
        return queryset.filter(enterprise__in=Enterprise.objects.matching(value))

    def sorted_by(self, queryset, name, value):
        field = self.SORT_FIELDS[value.removeprefix("-")]
        direction = field.desc(nulls_last=True) if value.startswith("-") else field.asc(nulls_last=True)
        return queryset.order_by(direction, "enterprise_id")

    def _chosen(self, asked):
        rows = self.of_level(self._regardless_of_level(asked), "level", asked["level"])
        return rows if asked.get("sort") else rows.order_by(*self.RANK)

    def _regardless_of_level(self, asked):
        rows = self.queryset
        for name, value in asked.items():
            if name != "level":
                rows = self.filters[name].filter(rows, value)
        return rows

    def _tallied(self):
        """From the run's own tallies where no condition narrows the list: counting is what makes lists slow."""
        asked = self.form.cleaned_data
        if self.run is None or any(value and name not in _NOT_NARROWING for name, value in asked.items()):
            return None
        return self._tallies(asked.get("district") or self.user.organisation.district_id)

    def _tallies(self, district):
        tallies = [self.run.tallies.get(district, {})] if district else list(self.run.tallies.values())
        return {name: sum(tally.get(name, 0) for tally in tallies) for name in LEVELS}

    def _counted(self):
        rows = self._regardless_of_level(self.form.cleaned_data).order_by().values_list("level")
        rows = rows.annotate(number=Count("enterprise_id"))

        def count():
            return {_COLOUR[level]: number for level, number in rows}

        return remembered("levels", rows, count, rows=lambda found: sum(found.values()))

    def _with_totals(self, counts):
        counts = {name: counts.get(name, 0) for name in LEVELS}
        every = sum(counts.values())
        return counts | {AT_RISK: every - counts["blue"], EVERYONE: every}

    def _query_with(self, name, value):
        return "?" + query_with(self.data, name, value, {"level": AT_RISK})


class ScoreFilter(LevelFilter):
    """For those who may see figures: also by what is known of an enterprise, by score and by its change."""

    coverage = django_filters.ChoiceFilter(
        label="数据",
        empty_label="数据：全部",
        choices=[
            ("full", "四类齐全"),
            ("partial", "部分缺少"),
            ("none", "四类都没有"),
            *((f"no-{feed.name.lower()}", f"没有{feed.label}数据") for feed in Feed),
        ],
        method="covered",
    )

    figures = True
    RANK = ("-level", "-score", "enterprise_id")
    SORTS = {"-score": "评分高的在前", "-change": "上升多的在前", "change": "下降多的在前"} | LevelFilter.SORTS
    SORT_FIELDS = LevelFilter.SORT_FIELDS | {"score": F("score"), "change": F("score") - F("previous_score")}

    def covered(self, queryset, name, value):
        if value.startswith("no-"):
            bit = 1 << (Feed[value.removeprefix("no-").upper()] - 1)
            return queryset.alias(known=F("coverage").bitand(bit)).filter(known=0)
        every = (1 << len(Feed)) - 1
        return {
            "full": queryset.filter(coverage=every),
            "partial": queryset.exclude(coverage__in=[0, every]),
            "none": queryset.filter(coverage=0),
        }[value]


def _reasons_of(run):
    return [(item.key, item.title) for item in card_of(run).items] if run else []
