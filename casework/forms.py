from django import forms

from .listings import LISTINGS, parameters_of
from .models import Export, SavedView
from .pages import query_without

TAKEN = "已有同名视图，请换一个名称。"


class ListQuery(forms.Form):
    """Which list under which conditions: what keeping a view and exporting have in common."""

    page = forms.CharField(max_length=60)
    query = forms.CharField(max_length=1000, required=False)

    def clean_page(self):
        page = self.cleaned_data["page"]
        if page not in LISTINGS:
            raise forms.ValidationError("没有这份清单。")
        return page

    def clean_query(self):
        return query_without(parameters_of(self.cleaned_data["query"]), "page")

    @property
    def listing(self):
        return LISTINGS[self.cleaned_data["page"]]


class ExportForm(ListQuery):
    format = forms.ChoiceField(choices=Export.Format)


class SaveView(ListQuery):
    name = forms.CharField(label="名称", max_length=30, error_messages={"required": "请填写视图名称。"})

    def __init__(self, *args, owner, **kwargs):
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean(self):
        kept = SavedView.objects.filter(owner=self.owner, page=self.cleaned_data.get("page"))
        if kept.filter(name=self.cleaned_data.get("name")).exists():
            self.add_error("name", TAKEN)

    def save(self):
        return SavedView.objects.create(owner=self.owner, **self.cleaned_data)


class RenameView(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name"]

    def clean_name(self):
        name, view = self.cleaned_data["name"], self.instance
        if SavedView.objects.filter(owner=view.owner, page=view.page, name=name).exclude(pk=view.pk).exists():
            raise forms.ValidationError(TAKEN)
        return name
