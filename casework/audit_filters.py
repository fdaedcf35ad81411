"""The filters of the auditor's two lists: each serves page, file and API."""

from datetime import datetime, time, timedelta

import django_filters
from django.db.models import Q
from django.utils import timezone

from accounts.models import District, User

from . import wording
from .trail import AccessRecord, Change

CITY = "city"


class _TrailFilter(django_filters.FilterSet):
    person = django_filters.CharFilter(label="人员", method="by_person", max_length=60)
    record = django_filters.CharFilter(label="记录", method="of_record", max_length=120)
    district = django_filters.ChoiceFilter(label="区市", empty_label="区市：全部", method="of_district")
    since = django_filters.DateFilter(label="自", method="from_day")
    until = django_filters.DateFilter(label="至", method="to_day")
    request = django_filters.CharFilter(label="请求编号", method="of_request", max_length=36)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["district"].extra["choices"] = [*District.choices(), (CITY, "市级和不分区市")]

    def by_person(self, rows, name, text):
        people = User.objects.filter(Q(name__icontains=text) | Q(username__iexact=text)).values("pk")
        return rows.filter(by__in=people)

    def of_record(self, rows, name, text):
        return rows.filter(wording.records_called(text.strip()))

    def of_district(self, rows, name, code):
        return rows.filter(district=None if code == CITY else code)

    def from_day(self, rows, name, day):
        return rows.filter(at__gte=_midnight(day))

    def to_day(self, rows, name, day):
        return rows.filter(at__lt=_midnight(day + timedelta(days=1)))

    def of_request(self, rows, name, text):
        return rows.filter(request=text.strip().lower())


class ChangeFilter(_TrailFilter):
    kind = django_filters.ChoiceFilter(label="种类", empty_label="种类：全部", field_name="model")
    deed = django_filters.ChoiceFilter(label="操作", empty_label="操作：全部", choices=Change.Deed.choices)

    class Meta:
        model = Change
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = wording.kinds()


class AccessFilter(_TrailFilter):
    kind = django_filters.ChoiceFilter(label="事项", empty_label="事项：全部", choices=AccessRecord.Kind.choices)
    address = django_filters.CharFilter(label="网络地址", method="from_address", max_length=45)

    class Meta:
        model = AccessRecord
        fields = []

    def from_address(self, rows, name, text):
        return rows.extra(where=["host(address) = %s"], params=[text.strip()])


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
