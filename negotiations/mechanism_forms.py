"""One form a deed on a platform's mechanism."""

from django import forms

from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from .models import Mechanism
from .models.platforms import Topic


class SetUpForm(DeedForm, forms.ModelForm):
    move = "set_up"

    class Meta:
        model = Mechanism
        fields = ["trade", "every_months", "workers", "adjustment", "disputes", "set_up_on"]
        widgets = {
            "set_up_on": Day(), "adjustment": forms.Textarea({"rows": 3}), "disputes": forms.Textarea({"rows": 3}),
        }  # fmt: skip

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.set_up(by=by, on=on)
        return self.record


class AmendForm(DeedForm, forms.ModelForm):
    """How often and by which procedures; standards have a form of their own."""

    move = "amend"
    hint = "修改前后的内容都记入办理记录。各议题的标准请在“登记标准”中办理，旧的标准保留。"

    class Meta:
        model = Mechanism
        fields = ["every_months", "workers", "adjustment", "disputes"]
        widgets = {"adjustment": forms.Textarea({"rows": 3}), "disputes": forms.Textarea({"rows": 3})}


class PlanForm(DeedForm):
    move = "plan"
    planned_on = day_field("计划日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["planned_on"] = self.record.next_on

    topics = forms.MultipleChoiceField(
        label="议题", choices=Topic.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一项议题。"},
    )  # fmt: skip


class _OfARound(DeedForm):
    meeting = forms.ModelChoiceField(label="哪一次协商", queryset=None, empty_label="请选择")


class HoldForm(_OfARound):
    move = "hold"
    held_on = day_field("协商日期")
    result = words_field("结果", rows=4, max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = self.record.rounds.filter(held_on=None)


class AgreeTermForm(_OfARound):
    move = "agree"
    topic = forms.ChoiceField(label="议题", choices=Topic.choices)
    standard = words_field("标准", max_length=1000, help_text="写明数额、单位和适用情形，如“5公里以内每单4.2元”。")
    from_on = day_field("执行日期")
    adjustment = words_field(
        "标准调整程序", required=False, max_length=1000, help_text="与机制的一般程序不同的填写；不填的，按一般程序。"
    )
    disputes = words_field("矛盾纠纷解决机制", required=False, max_length=1000, help_text="同上。")
    field_order = ["version", "topic", "standard", "from_on", "meeting", "adjustment", "disputes"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = self.record.rounds.exclude(held_on=None)
        self.fields["meeting"].required = False
        self.fields["meeting"].empty_label = "不是在定期协商中商定的"


class RestForm(DeedForm):
    move = "rest"
    reason = words_field("停止的理由")


class ResumeForm(DeedForm):
    move = "resume"


OF_A_MECHANISM = (SetUpForm, PlanForm, HoldForm, AgreeTermForm, AmendForm, RestForm, ResumeForm)
