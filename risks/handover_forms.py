"""One form a deed on a hand-over to 劳动保障监察."""

from django import forms

from casework.forms import DeedForm

from .decisions_forms import YuanField
from .models import Handover, MajorRisk
from .rectification_forms import day_field, words_field

_FACTS = ("subject", "facts", "legal_basis", "done_so_far", "workers", "amount", "recipient")


class _FactsForm(DeedForm, forms.ModelForm):
    amount = YuanField(label="涉及金额（元）", required=False)

    class Meta:
        model, fields = Handover, (*_FACTS, "risk")
        widgets = {
            "facts": forms.Textarea({"rows": 6}),
            "legal_basis": forms.Textarea({"rows": 3}),
            "done_so_far": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "facts": "写明时间、人数、金额和已查证的事实。",
            "legal_basis": "写明法律、法规的名称和条款；移交前须填写。",
            "done_so_far": "走访、体检、用工处方和整改的经过。",
            "recipient": "不填写时为本区市劳动保障监察机构。",
        }

    field_order = ["version", *_FACTS, "risk"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        risks = MajorRisk.objects.visible_to(self.by).filter(enterprise=self.record.enterprise_id)
        self.fields["risk"].queryset = risks.select_related("enterprise")
        self.fields["risk"].empty_label = "无"
        self.fields["subject"].choices = [("", "请选择"), *Handover.Subject.choices]

    def clean_recipient(self):
        return self.cleaned_data["recipient"] or self.record.recipient


class DraftForm(_FactsForm):
    move = "draft"

    @property
    def arguments(self):
        return {}

    def save(self, *, by, on):
        for name in (*_FACTS, "risk"):
            setattr(self.record, name, self.cleaned_data[name])
        return super().save(by=by, on=on)


class AmendForm(_FactsForm):
    move = "amend"


class SendForm(DeedForm):
    move = "send"


class ReceiveForm(DeedForm):
    move = "receive"
    received_on = day_field("接收日期", error_messages={"required": "请填写接收日期。"})
    received_by = forms.CharField(label="接收人", max_length=40, error_messages={"required": "请填写接收人。"})

    def clean_received_on(self):
        return not_later(self, "received_on")


class FileForm(DeedForm):
    move = "file"
    filed_on = day_field("立案日期", error_messages={"required": "请填写立案日期。"})
    case_number = forms.CharField(label="案号", max_length=60, error_messages={"required": "请填写案号。"})

    def clean_filed_on(self):
        return not_later(self, "filed_on")


class DeclineForm(DeedForm):
    move = "decline"
    result = words_field("不予受理的理由")


class ExtendForm(DeedForm):
    move = "extend"
    note = words_field(
        "批准延长的情况", rows=2, help_text="案情复杂的，经劳动保障监察机构负责人批准，可以延长三十个工作日。"
    )


class ConcludeForm(DeedForm):
    move = "conclude"
    ruling = forms.ChoiceField(
        label="处理结果",
        choices=[("", "请选择"), *Handover.Ruling.choices],
        error_messages={"required": "请选择处理结果。"},
    )
    result = words_field(
        "结果说明", rows=4, max_length=2000, help_text="写明文书名称和文号、责令改正的内容、改正情况。"
    )
    concluded_on = day_field("办结日期", error_messages={"required": "请填写办结日期。"})

    def clean_concluded_on(self):
        return not_later(self, "concluded_on")


class WithdrawForm(DeedForm):
    move = "withdraw"
    result = words_field("撤回原因", rows=2)


HANDOVER_FORMS = (
    DraftForm, AmendForm, SendForm, ReceiveForm, FileForm, DeclineForm, ExtendForm, ConcludeForm, WithdrawForm,
)  # fmt: skip


def not_later(form, name):
    day = form.cleaned_data[name]
    if day > form.on:
        raise forms.ValidationError("日期不能晚于今天。")
    return day
