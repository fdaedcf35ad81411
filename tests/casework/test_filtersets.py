import django_filters

from accounts.models import District
from casework.filtersets import FilterSet


class Districts(FilterSet):
    kind = django_filters.ChoiceFilter(choices=[("county_city", "县级市")])
    named = django_filters.CharFilter(method="by_name")

    class Meta:
        model = District
        fields = []

    def by_name(self, districts, name, text):
        return districts.filter(short_name=self.called + text)


def test_what_one_list_sets_on_its_filters_no_other_list_meets():
    first, second = Districts({}), Districts({})
    first.filters["kind"].extra["choices"] = [("national_zone", "国家级开发区")]
    assert [*second.form.fields["kind"].choices][-1] == ("county_city", "县级市")
    assert [*Districts({}).form.fields["kind"].choices][-1] == ("county_city", "县级市")


def test_a_method_is_asked_of_the_list_that_filters(db):
    first, second = Districts({"named": "山"}), Districts({"named": "成"})
    first.called, second.called = "乳", "荣"
    assert [*first.qs, *second.qs] == [
        *District.objects.filter(code__in=["371083"]),
        *District.objects.filter(code="371082"),
    ]
