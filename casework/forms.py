import copy

from django import forms
from django.db.models import QuerySet

from .fields import of_our_time
from .listings import LISTINGS, parameters_of
from .models import Export, SavedView
from .pages import query_without
from .reminders import kinds_of

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
    format = forms.ChoiceField(choices=[(it, it.label) for it in Export.LIST_FORMATS])


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


class DeedForm(forms.Form):
    """One deed on a case: `move` names the row of the lifecycle and the verb that `save` calls.

    Its fields are the verb's arguments; the hidden `version` is the one that the person saw. Put before
    forms.ModelForm it takes its fields from the record, which only the verb changes:

        class AssignForm(DeedForm, forms.ModelForm):
            move = "assign"

            class Meta:
                model, fields = Rectification, ["owner", "due_on"]
    """

    move = None
    template = "_ui/_form.html"  # how its fields are laid out
    hint = ""  # what to know before doing it
    doubts = ()  # [(sentence, address)] of what to look at again before doing it; none of them forbids it
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, files=None, *, record, by, on, **kwargs):
        self.record, self.by, self.on = record, by, on
        if isinstance(self, forms.ModelForm):
            kwargs["instance"] = copy.copy(record)  # what is checked against the model's rules before the verb runs
        super().__init__(data, files, **kwargs)
        self.initial["version"] = record.version
        for field in self.fields.values():
            if isinstance(field, forms.DateField) and of_our_time not in field.validators:  # one of the model's
                field.validators.append(of_our_time)

    def clean(self):
        """A deed on a record that is there says which version the person saw: the page always knows."""
        super().clean()
        if self.cleaned_data.get("version") is None and self.record.stage is not None:
            raise forms.ValidationError("缺少版本号，请刷新页面后重新办理。")
        return self.cleaned_data

    @property
    def arguments(self):
        """What the verb is given beside who and when."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def save(self, *, by, on):
        version = None if self.record.stage is None else self.cleaned_data["version"]
        getattr(self.record, self.move)(by=by, on=on, version=version, **self.arguments)
        return self.record

    def against(self, now):
        """What was typed beside what stands now: (label, here, there) of each field that differs."""
        fields = {field.name for field in now._meta.concrete_fields}
        for bound in self.visible_fields():
            mine = self._wording(bound)
            there = now.wording(bound.name) if bound.name in fields else ""
            if mine != there:
                yield bound.label, mine, there

    def renewed(self, now):
        """The same form with what was typed, for the record as it stands."""
        data = self.data.copy()
        data[self.add_prefix("version")] = now.version
        return type(self)(data, record=now, by=self.by, on=self.on)

    def _wording(self, bound):
        value = self.cleaned_data.get(bound.name, bound.data)
        choices = dict(getattr(bound.field, "choices", ())) if not hasattr(bound.field, "queryset") else {}
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list | QuerySet):
            return "、".join(str(choices.get(each, each)) for each in value)
        return "" if value is None else str(choices.get(value, value))


class LettersForm(forms.Form):
    """The kinds of matters that a person's morning letter is to name; those that are late it names in any case."""

    kinds = forms.MultipleChoiceField(
        label="写入提醒信的事项",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有这类事项，请刷新页面后重新选择。"},
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["kinds"].choices = [(kind.key, kind.label) for kind in kinds_of(person)]
        self.fields["kinds"].initial = [kind.key for kind in kinds_of(person) if kind.key not in person.quiet_kinds]

    def save(self):
        """What was said of kinds of another role stays: a person may come back to it."""
        own = {kind.key for kind in kinds_of(self.person)}
        quiet = set(self.person.quiet_kinds) - own
        self.person.quiet_kinds = sorted(quiet | own - set(self.cleaned_data["kinds"]))
        self.person.save(update_fields=["quiet_kinds"])
