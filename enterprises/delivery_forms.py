"""What may be handed in about a delivery: files, an answer, a corrected recognition; and the list's filter."""

import re

import django_filters
from django import forms

from .deliveries import amounts, layouts
from .deliveries.door import READABLE
from .delivery_reading import Reading
from .models import Delivery, Department

FORM_BYTES = 2**20  # what a request weighs beside its files, at most


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files, cleaned to a list. Each is judged by itself: one bad file keeps no good one back."""

    widget = ManyFilesInput

    def clean(self, value, initial=None):
        files = value if isinstance(value, list | tuple) else [value] if value else []
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(files)


class ReceiveForm(forms.Form):
    files = ManyFilesField(
        label="表格文件",
        help_text="可一次选多份；CSV、TXT、XLSX、XLS。",
        error_messages={"required": "请选择要交来的文件。"},
        widget=ManyFilesInput(attrs={"accept": ",".join(READABLE)}),
    )
    department = forms.ChoiceField(label="来源部门", choices=[("", "按内容识别"), *Department.choices], required=False)


class CorrectionForm(forms.Form):
    file = forms.FileField(
        label="更正后的文件",
        error_messages={"required": "请选择更正后的文件。", "empty": "文件是空的，没有收下。"},
        widget=forms.FileInput(attrs={"accept": ",".join(READABLE)}),
    )


class RememberForm(forms.Form):
    """What both ways of telling the portal what a file means have in common."""

    remember = forms.BooleanField(label="记住，下次同样表头照此处理", required=False, initial=True)

    def __init__(self, delivery, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.delivery = delivery
        self.order_fields([name for name in self.fields if name != "remember"])

    def save(self, *, by, at):
        """The delivery that now holds the file: a new one where the old had stored it already."""
        return self.delivery.answer(self.answers, by=by, at=at, remember=self.cleaned_data["remember"])


class QuestionForm(RememberForm):
    """The one question that the portal asks before it stores a file."""

    choice = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "请选择一项。"})

    def __init__(self, delivery, *args, **kwargs):
        super().__init__(delivery, *args, **kwargs)
        question = delivery.question
        self.fields["choice"].label = question["sentence"]
        examples = dict(Reading(delivery).headers_with_examples())
        words = {"kind": dict(Delivery.Kind.choices), "column": examples}.get(question["about"], {})
        self.fields["choice"].choices = [(choice, words.get(choice, choice)) for choice in question["choices"]]

    @property
    def answers(self):
        about, choice = self.delivery.question["about"], self.cleaned_data["choice"]
        return {"columns": {self.delivery.question["meaning"]: choice}} if about == "column" else {about: choice}


class LayoutForm(RememberForm):
    """Kind, unit and the meaning of columns, as a person reads the file. Left to itself is what was recognised."""

    def __init__(self, delivery, kind, *args, **kwargs):
        super().__init__(delivery, *args, **kwargs)
        self.kind = kind
        self.columns = layouts.BY_NAME[kind].columns if kind in layouts.BY_NAME else ()
        recognised = delivery.columns if kind == delivery.kind else {}
        headers = [("", "自动识别"), *Reading(delivery).headers_with_examples()]
        for column in self.columns:
            self.fields[f"column_{column.meaning}"] = forms.ChoiceField(
                label=column.label, choices=headers, required=False, initial=recognised.get(column.meaning, "")
            )
        if any(column.sort == "amount" for column in self.columns):
            units = [("", "自动识别"), *((unit, unit) for unit in amounts.PLACES)]
            self.fields["unit"] = forms.ChoiceField(
                label="金额单位", choices=units, required=False, initial=delivery.answers.get("unit", "")
            )
        self.order_fields(["unit", *(f"column_{column.meaning}" for column in self.columns), "remember"])

    def clean(self):
        cleaned = super().clean()
        if not self.columns:
            raise forms.ValidationError("请先指定数据种类。")
        taken = {}
        for column in self.columns:
            header = cleaned.get(f"column_{column.meaning}")
            if header and taken.setdefault(header, column.label) != column.label:
                self.add_error(f"column_{column.meaning}", f"“{header}”已指定为“{taken[header]}”，一列只能有一个含义。")
        return cleaned

    @property
    def answers(self):
        columns = {column.meaning: self.cleaned_data[f"column_{column.meaning}"] for column in self.columns}
        answers = {"kind": self.kind, "columns": {meaning: header for meaning, header in columns.items() if header}}
        return answers | ({"unit": self.cleaned_data["unit"]} if self.cleaned_data.get("unit") else {})


class DeliveryFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="种类", choices=Delivery.Kind, empty_label="种类：全部")
    department = django_filters.ChoiceFilter(label="来源部门", choices=Department, empty_label="部门：全部")
    state = django_filters.ChoiceFilter(label="状态", choices=Delivery.State, empty_label="状态：全部")
    month = django_filters.CharFilter(label="月份", method="of_month")

    class Meta:
        model = Delivery
        fields = ["kind", "department", "state", "month"]

    def of_month(self, queryset, name, value):
        """Deliveries that told something of the month `value` (2023-06)."""
        if not re.fullmatch(r"(19|20)\d{2}-(0[1-9]|1[0-2])", value):
            return queryset.none()
        return queryset.filter(pk__in=queryset.model.objects.filter(months__month=f"{value}-01").values("pk"))
