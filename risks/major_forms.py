"""One form a deed on a major risk, and on a look across the border of districts."""

from django import forms
from django.utils import timezone

from accounts.models import User
from casework.forms import DeedForm

from . import layoffs
from .decisions_forms import YuanField
from .models import Disclosure, MajorRisk, Measure
from .rectification_forms import day_field, words_field

_FACTS = ("people", "staff", "amount", "controller", "grounds")


class _FactsForm(DeedForm, forms.ModelForm):
    amount = YuanField(label="涉及金额（元）", required=False)

    class Meta:
        model, fields = MajorRisk, _FACTS
        widgets = {"grounds": forms.Textarea({"rows": 4})}
        help_texts = {
            "people": "拟裁减、停工或者被拖欠工资的人数。达到规定人数或者比例的，自动写明所依据的条款。",
            "staff": "裁员的请填写，用于计算比例。",
            "controller": "与法定代表人不是同一人时填写，用于查找其他区市的关联企业。",
            "grounds": "写明征兆、起因和目前情况。",
        }


class FlagForm(_FactsForm):
    move = "flag"
    field_order = ["version", "kind", *_FACTS]

    class Meta(_FactsForm.Meta):
        fields = ("kind", *_FACTS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *MajorRisk.Kind.choices]
        if not self.is_bound and layoffs.signs(self.by, on=self.on).filter(enterprise=self.record.enterprise).exists():
            # No figure: who flags knows it, and whoever handles the risk reads these words.
            self.initial |= {"kind": MajorRisk.Kind.LAYOFF, "grounds": "参保人数较上年明显减少，请补充核实情况。"}

    @property
    def arguments(self):
        return {}

    def save(self, *, by, on):
        for name in ("kind", *_FACTS):
            setattr(self.record, name, self.cleaned_data[name])
        return super().save(by=by, on=on)


class ReviseForm(_FactsForm):
    move = "revise"
    reason = words_field("更正原因", rows=2)


class _LeadForm(DeedForm):
    lead = forms.ModelChoiceField(
        User.objects.none(), label="牵头人", empty_label="请选择", error_messages={"required": "请选择牵头人。"}
    )
    due_on = day_field("处置时限", error_messages={"required": "请填写处置时限。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = self.record.possible_leads()
        self.initial |= {"lead": self.record.lead_id, "due_on": self.record.due_on}

    def clean_due_on(self):
        return not_past(self, "due_on")


class EngageForm(_LeadForm):
    move = "engage"
    words = words_field("首项措施", rows=2, max_length=200, help_text="如：约谈企业负责人、核实裁员方案、先行垫付。")
    person = forms.CharField(label="责任人", max_length=40, error_messages={"required": "请填写责任人。"})
    measure_due_on = day_field("完成时限", error_messages={"required": "请填写完成时限。"})

    def clean_measure_due_on(self):
        return not_past(self, "measure_due_on")


class RedirectForm(_LeadForm):
    move = "redirect"
    reason = words_field("调整原因", rows=2)


class NoteForm(DeedForm):
    move = "note"
    words = words_field(
        "今日处置情况", rows=4, max_length=1000, help_text="写明今天做了什么、职工情绪和诉求、下一步安排。"
    )
    people = forms.IntegerField(label="当日涉及人数", min_value=0, max_value=1_000_000, required=False)


class CarryOutForm(DeedForm):
    move = "carry_out"
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label="措施", empty_label="请选择", error_messages={"required": "请选择一项措施。"}
    )
    outcome = words_field("落实情况", rows=2, max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = self.record.measures.filter(done_on=None)


class AddMeasureForm(DeedForm):
    move = "add_measure"
    words = words_field("措施", rows=2, max_length=200)
    person = forms.CharField(label="责任人", max_length=40, error_messages={"required": "请填写责任人。"})
    due_on = day_field("完成时限", error_messages={"required": "请填写完成时限。"})

    def clean_due_on(self):
        return not_past(self, "due_on")


class SettleForm(DeedForm):
    move = "settle"
    outcome = words_field("处置结果", rows=4, max_length=1000, help_text="写明如何化解、涉及人数和金额、后续跟踪安排。")


class DismissForm(DeedForm):
    move = "dismiss"
    outcome = words_field("排除理由", max_length=1000)


class ReopenForm(DeedForm):
    move = "reopen"
    reason = words_field("重新处置的原因")


MAJOR_FORMS = (
    FlagForm, ReviseForm, EngageForm, NoteForm, CarryOutForm, AddMeasureForm, RedirectForm, SettleForm, DismissForm,
    ReopenForm,
)  # fmt: skip


# ── Looks across the border ──────────────────────────────────────────────────────────────────


class AskForm(DeedForm, forms.ModelForm):
    move = "ask"

    class Meta:
        model, fields = Disclosure, ["reason"]
        widgets = {"reason": forms.Textarea({"rows": 3})}
        help_texts = {"reason": "写明为何需要了解这家企业、用于何处。对方区市据此决定是否同意。"}

    @property
    def arguments(self):
        return {}

    def save(self, *, by, on):
        self.record.reason = self.cleaned_data["reason"]
        return super().save(by=by, on=on)


class AllowForm(DeedForm):
    move = "allow"
    answer = words_field("答复", rows=2, required=False)

    @property
    def arguments(self):
        return super().arguments | {"at": timezone.now()}


class RefuseForm(DeedForm):
    move = "refuse"
    answer = words_field("不同意的理由", rows=2)


class WithdrawForm(DeedForm):
    move = "withdraw"


class RevokeForm(DeedForm):
    move = "revoke"
    answer = words_field("收回的理由", rows=2)


DISCLOSURE_FORMS = (AskForm, AllowForm, RefuseForm, WithdrawForm, RevokeForm)


def not_past(form, name):
    day = form.cleaned_data[name]
    if day < form.on:
        raise forms.ValidationError("这一天已经过去，请填写今天或以后的日期。")
    return day
