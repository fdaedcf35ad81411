"""The ledger as page, file and API: one filter, so that the figures on top, the rows and the file cannot differ."""

from dataclasses import dataclass

import django_filters
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Value, When, Window

from accounts.models import User
from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from casework.pages import query_without
from casework.today import today
from enterprises.case_listings import Shown

from .models import Extension, Rectification
from .models.rectifications import SOON_DAYS, RectificationState

_OPEN, _ASSIGNED, _SUBMITTED, _CLOSED = RectificationState
GROUPS = {"district": "按区市", "enterprise": "按企业", "owner": "按承办人", "state": "按进展"}
_GROUP_FIELDS = {
    "district": ("district__rank", "district__short_name"),
    "enterprise": ("enterprise_id", "enterprise__name"),
    "owner": ("owner_id", "owner__name"),
    "state": ("progress", "state"),
}
_PROGRESS = Case(
    When(state=_OPEN, then=0), When(state=_ASSIGNED, then=1), When(state=_SUBMITTED, then=2), default=Value(3)
)
# What is to be put right, by its day, so that the late ones lead; then what waits to be checked, then what is done.
_TURN = Case(When(state__in=[_OPEN, _ASSIGNED], then=0), When(state=_SUBMITTED, then=1), default=Value(2))
_HAS_OWNER = Case(When(owner=None, then=0), default=Value(1))
_TO_DO_BY = Case(When(state__in=[_OPEN, _ASSIGNED], then="due_on"))


def _overdue(on):
    return Q(state__in=[_OPEN, _ASSIGNED], due_on__lt=on)


@dataclass(frozen=True)
class Group:
    """A heading among the rows, with what it holds on all pages together."""

    label: str
    total: int
    overdue: int


class LedgerFilter(Shown):
    """What of the ledger is listed. Without `show` all that is not closed."""

    owner = django_filters.ModelChoiceFilter(label="承办人", empty_label="承办人：全部", queryset=User.objects.none())
    due_from = django_filters.DateFilter(label="时限不早于", field_name="due_on", lookup_expr="gte")
    due_to = django_filters.DateFilter(label="时限不晚于", field_name="due_on", lookup_expr="lte")
    group = django_filters.ChoiceFilter(
        label="分组", empty_label="不分组", choices=list(GROUPS.items()), method="grouped"
    )

    SHOWN = {
        "outstanding": "未销号", "overdue": "已逾期", "soon": f"{SOON_DAYS} 日内到期", "unassigned": "待分派",
        "submitted": "待复核", "extension": "延期待批", "closed": "已销号", "all": "全部",
    }  # fmt: skip

    class Meta:
        model = Rectification
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["owner"].queryset = User.objects.filter(pk__in=self.queryset.order_by().values("owner"))
        if not self.user.sees_whole_city:
            self.filters["group"].extra["choices"] = [(k, v) for k, v in GROUPS.items() if k != "district"]

    def meant(self):
        rows, on = Rectification.objects, self.on
        return {
            "outstanding": rows.outstanding(), "overdue": rows.overdue(on), "soon": rows.due_soon(on),
            "unassigned": rows.unassigned(), "submitted": rows.filter(state=_SUBMITTED),
            "extension": rows.with_extension_asked(), "closed": rows.filter(state=_CLOSED), "all": rows.all(),
        }  # fmt: skip

    def in_order(self, rows):
        """Group by group, the late ones first."""
        waiting = Extension.objects.filter(rectification=OuterRef("pk"), decided_on=None)
        rows = rows.annotate(progress=_PROGRESS, turn=_TURN, extension_waits=Exists(waiting))
        by = self.form.cleaned_data["group"]
        groups = [F(name).asc(nulls_first=True) for name in _GROUP_FIELDS.get(by, ())[:1]]
        if by in ("enterprise", "owner"):  # neither has an order of its own: who is latest leads, after what nobody has
            soonest = Window(Min(_TO_DO_BY), partition_by=F(_GROUP_FIELDS[by][0]))
            nobody = [_HAS_OWNER] if by == "owner" else []
            rows, groups = rows.annotate(soonest=soonest), [*nobody, F("soonest").asc(nulls_last=True), *groups]
        return rows.order_by(*groups, "turn", "due_on", "id")

    def named(self, queryset, name, value):
        return super().named(queryset, name, value) | queryset.filter(matter__icontains=value)

    def grouped(self, queryset, name, value):
        return queryset

    # ── What the page shows beside the rows ──

    def narrowed(self):
        return bool(query_without(self.data, "show", "group", "page"))

    def with_headings(self, rows):
        """(heading or None, row) of a page's rows: a Group before the first row of each."""
        by = self.form.cleaned_data.get("group") if self.form.is_valid() else None
        if not by:
            return [(None, row) for row in rows]
        groups, shown, last = self._groups(by), [], object()
        for row in rows:
            key = _key_of(row, by)
            shown.append((groups.get(key) if key != last else None, row))
            last = key
        return shown

    def _groups(self, by):
        key, label = _GROUP_FIELDS[by]
        rows = self.of_kind(self._regardless, "show", self.form.cleaned_data["show"]).order_by()
        rows = rows.annotate(progress=_PROGRESS).values(key, label)
        counts = rows.annotate(total=Count("pk"), late=Count("pk", filter=_overdue(self.on)))
        return {row[key]: Group(_words(by, row[label]), row["total"], row["late"]) for row in counts}


def _key_of(row, by):
    return {
        "district": lambda: row.district.rank,
        "enterprise": lambda: row.enterprise_id,
        "owner": lambda: row.owner_id,
        "state": lambda: row.progress,
    }[by]()


def _words(by, label):
    if by == "state":
        return RectificationState(label).label
    return label or "还没有承办人"


def ledger_of(user, parameters):
    """The filter over the items that `user` may see, on the portal's day."""
    rows = Rectification.objects.visible_to(user).select_related(
        "enterprise", "district", "owner__organisation", "prescription"
    )
    return LedgerFilter(parameters, rows, user=user, on=today())


def columns(user):
    return _COLUMNS


def notes(user, parameters):
    on = today()
    return (f"截至 {on.year}年{on.month}月{on.day}日；逾期指时限已过而尚未提交复核。内部资料，不对外公布。",)


def progress_in_words(item, on):
    """待复核, 整改中（逾期 3 天）, …"""
    late = f"（逾期 {-item.days_left(on)} 天）" if item.is_overdue(on) else ""
    return f"{item.get_state_display()}{late}"


_COLUMNS = (
    Column("enterprise", "企业", Kind.LONG_TEXT, lambda item: item.enterprise.name),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda item: item.enterprise.uscc),
    Column("district", "区市", Kind.TEXT, lambda item: item.district_id, lambda item: str(item.district)),
    Column("matter", "整改事项", Kind.LONG_TEXT, lambda item: item.matter),
    Column("due_on", "整改时限", Kind.DATE, lambda item: item.due_on),
    Column("person", "整改负责人", Kind.TEXT, lambda item: item.person),
    Column("owner", "承办人", Kind.TEXT, lambda item: item.owner_id, lambda item: str(item.owner or "")),
    Column("state", "进展", Kind.TEXT, lambda item: item.state, lambda item: progress_in_words(item, today())),
    Column("closed_on", "销号日期", Kind.DATE, lambda item: item.closed_on),
    Column("prescription", "用工处方", Kind.TEXT, lambda item: item.prescription and item.prescription.reference),
)  # fmt: skip

LEDGER = register(
    Listing(
        page="risks:ledger",
        title="劳动用工风险整改台账",
        capability=Can.READ_LEDGER,
        filtered=ledger_of,
        columns=columns,
        unit="件",
        notes=notes,
        on_paper=True,
    )
)
