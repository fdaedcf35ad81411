"""The list of 用工处方 as page, file and API."""

import django_filters
from django.db.models import Count, Q

from accounts.models import District
from accounts.roles import Can
from casework.listings import Column, Kind, Listing, register
from enterprises.models import Enterprise

from .models import Prescription
from .models.prescriptions import PrescriptionState
from .models.rectifications import RectificationState


class PrescriptionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", empty_label="状态：全部", choices=PrescriptionState)
    district = django_filters.ModelChoiceFilter(label="区市", empty_label="区市：全部", queryset=District.objects.all())
    signed_from = django_filters.DateFilter(label="签发不早于", field_name="signed_on", lookup_expr="gte")
    signed_to = django_filters.DateFilter(label="签发不晚于", field_name="signed_on", lookup_expr="lte")
    q = django_filters.CharFilter(label="查找", method="named", max_length=60)

    class Meta:
        model = Prescription
        fields = []

    def __init__(self, data=None, queryset=None, *, request=None, prefix=None, user=None):
        super().__init__(data or {}, queryset, request=request, prefix=prefix)
        if not user.sees_whole_city:
            del self.filters["district"]

    @property
    def qs(self):
        return super().qs if self.form.is_valid() else self.queryset.none()

    def named(self, queryset, name, value):
        return queryset.filter(enterprise__in=Enterprise.objects.matching(value))


def prescriptions_of(user, parameters):
    """The filter over the prescriptions that `user` may see, the newest first."""
    closed = Q(rectifications__state=RectificationState.CLOSED)
    rows = Prescription.objects.visible_to(user).annotate(
        matters=Count("rectifications"), closed=Count("rectifications", filter=closed)
    )
    rows = rows.select_related("enterprise", "district", "organisation", "drafter__organisation", "signer")
    return PrescriptionFilter(parameters, rows.order_by("-id"), user=user)


_COLUMNS = (
    Column("reference", "编号", Kind.TEXT, lambda row: row.reference),
    Column("enterprise", "企业", Kind.LONG_TEXT, lambda row: row.enterprise.name),
    Column("uscc", "统一社会信用代码", Kind.CODE, lambda row: row.enterprise.uscc),
    Column("district", "区市", Kind.TEXT, lambda row: row.district_id, lambda row: str(row.district)),
    Column("organisation", "出具单位", Kind.LONG_TEXT, lambda row: row.organisation.name),
    Column("state", "状态", Kind.TEXT, lambda row: row.state, lambda row: row.get_state_display()),
    Column("written_on", "拟稿日期", Kind.DATE, lambda row: row.written_on),
    Column("signed_on", "签发日期", Kind.DATE, lambda row: row.signed_on),
    Column("given_on", "送达日期", Kind.DATE, lambda row: row.given_on),
    Column("receiver", "签收人", Kind.TEXT, lambda row: row.receiver),
    Column("matters", "整改事项数", Kind.WHOLE, lambda row: row.matters),
    Column("closed", "已销号", Kind.WHOLE, lambda row: row.closed),
)  # fmt: skip

PRESCRIPTIONS = register(
    Listing(
        page="risks:prescriptions",
        title="用工处方",
        capability=Can.READ_LEDGER,
        filtered=prescriptions_of,
        columns=lambda user: _COLUMNS,
        unit="份",
    )
)
