"""Typical cases are picked and dropped alike, in a district's report and in the city's summary."""

from django import forms

from casework.fields import words_field
from casework.forms import DeedForm
from casework.masking import masked


class CaseForm(DeedForm):
    """A typical case: told from what there is, put right by a person, without what belongs to people."""

    move = "pick"
    told = ("title", "background", "action", "result")
    hint = "姓名和证件、电话、账号会自动遮盖；请再通读一遍。"
    source = forms.ChoiceField(label="案例来源", choices=(), error_messages={"required": "请选择案例来源。"})
    title = forms.CharField(label="标题", max_length=80, error_messages={"required": "请填写标题。"})
    background = words_field("背景", rows=4, max_length=1000)
    action = words_field("做法", rows=5, max_length=1500)
    result = words_field("成效", rows=4, max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = self.sources()
        listed = [(key, f"{of}：{case['title']}") for key, (of, case) in self.found.items()]
        self.fields["source"].choices = [("", "请选择"), *listed]
        chosen = getattr(self.record, "chosen", None)
        if chosen in self.found:
            _, case = self.found[chosen]
            self.initial |= {"source": chosen} | {name: case[name] for name in self.told}

    def sources(self):
        """What can be told: {key: (its kind or its district, {title, background, action, result})}."""
        raise NotImplementedError

    @property
    def arguments(self):
        return {name: masked(self.cleaned_data[name]) for name in self.told}


class DropForm(DeedForm):
    move = "drop"
    case = forms.ModelChoiceField(
        label="典型案例", queryset=None, empty_label=None, error_messages={"required": "请选择典型案例。"}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = self.record.cases.all()
