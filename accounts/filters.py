import django_filters
from django.db.models import Q

from .models import District, User
from .roles import Role

CITY = "city"


class PeopleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="姓名或用户名", method="named")
    district = django_filters.ChoiceFilter(label="区市", empty_label="区市：全部", method="of_district")
    role = django_filters.ChoiceFilter(label="岗位", empty_label="岗位：全部", choices=Role.choices)
    state = django_filters.ChoiceFilter(
        label="状态",
        empty_label="状态：全部",
        choices=[("active", "在用"), ("disabled", "已停用"), ("waiting", "待核准权限"), ("first", "尚未改首次密码")],
        method="in_state",
    )

    class Meta:
        model = User
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["district"].extra["choices"] = [(CITY, "市级"), *District.choices()]

    def named(self, people, name, text):
        return people.filter(Q(name__icontains=text) | Q(username__icontains=text))

    def of_district(self, people, name, code):
        return people.filter(organisation__district=None if code == CITY else code)

    def in_state(self, people, name, state):
        if state == "first":
            return people.filter(is_active=True, must_change_password=True)
        if state == "waiting":
            return people.filter(rights_changes__state="waiting").distinct()
        return people.filter(is_active=state == "active")
