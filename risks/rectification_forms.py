"""One form a deed on an item of the ledger."""

from django import forms

from accounts.models import User
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from .models import Rectification
from .models.rectifications import RectificationState


class _GivesToSomebody(DeedForm):
    """A form that names an owner: only people who can open the record are offered."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label="承办人", empty_label="请选择", error_messages={"required": "请选择承办人。"}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = self.record.possible_owners()
        self.initial.setdefault("owner", self.record.owner_id)


class OpenForm(DeedForm, forms.ModelForm):
    move = "open"

    class Meta:
        model, fields = Rectification, ["matter", "due_on", "person"]
        widgets = {"due_on": Day()}


class AssignForm(_GivesToSomebody):
    move = "assign"
    due_on = day_field("整改时限", error_messages={"required": "请填写整改时限。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["due_on"] = self.record.due_on


class ReassignForm(_GivesToSomebody):
    move = "reassign"
    reason = words_field("转办原因", rows=2)


class SubmitForm(DeedForm):
    move = "submit"
    outcome = words_field(
        "整改情况", max_length=1000, help_text="写明做了什么、涉及多少人、结果如何；凭证在本项页面上传。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["outcome"] = self.record.outcome


class AskExtensionForm(DeedForm):
    move = "ask_extension"
    until = day_field("申请延至", error_messages={"required": "请填写申请延至的日期。"})
    reason = words_field("理由", help_text="由区市负责人或市三方办审批，申请人不能自己审批。")


class _DecidesExtension(DeedForm):
    @property
    def hint(self):
        """What was asked for, so that nobody decides without having read it."""
        asked = self.record.asked_extension
        if asked is None:
            return ""
        return f"{asked.asked_by} 于 {asked.asked_on} 申请由 {asked.due_on} 延至 {asked.until}：{asked.reason}"


class GrantExtensionForm(_DecidesExtension):
    move = "grant_extension"
    remark = words_field("审批意见", rows=2, required=False)


class RefuseExtensionForm(_DecidesExtension):
    move = "refuse_extension"
    remark = words_field("不同意的理由", rows=2)


class CloseForm(DeedForm):
    move = "close"
    hint = "请核对整改情况和凭证后销号。"
    remark = words_field("复核意见", rows=2, required=False, help_text="如何核实的，如现场查看、核对工资发放凭证。")


class SendBackForm(DeedForm):
    move = "send_back"
    reason = words_field("退回理由")
    due_on = day_field("新的整改时限", error_messages={"required": "请填写新的整改时限。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record.due_on >= self.on:
            self.initial["due_on"] = self.record.due_on


class ReopenForm(_GivesToSomebody):
    move = "reopen"
    reason = words_field("重新整改的理由")
    due_on = day_field("新的整改时限", error_messages={"required": "请填写新的整改时限。"})
    field_order = ["version", "reason", "owner", "due_on"]


class AssignManyForm(forms.Form):
    """Several items given to one person at once; the version of each that the person saw comes along."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label="承办人", empty_label="请选择", error_messages={"required": "请选择承办人。"}
    )
    due_on = day_field("整改时限", required=False, help_text="不填则各项保留原定时限。整改中的事项只转办，时限不变。")
    reason = forms.CharField(label="转办原因", max_length=200, required=False)

    def __init__(self, data=None, *, items):
        super().__init__(data)
        self.items = items
        self.fields["owner"].queryset = items[0].possible_owners()
        if all(item.state == RectificationState.OPEN for item in items):
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = "所选事项中有整改中的，请写明转给他人的原因。"
            self.fields["reason"].error_messages["required"] = "请填写转办原因。"

    def give(self, item, *, by, on):
        seen = self.data.get(f"version_{item.pk}", "")
        version = int(seen) if seen.isdecimal() else 0  # no version is that of nobody's page
        owner = self.cleaned_data["owner"]
        if item.state == RectificationState.OPEN:
            item.assign(by=by, on=on, version=version, owner=owner, due_on=self.cleaned_data["due_on"] or item.due_on)
        else:
            item.reassign(by=by, on=on, version=version, owner=owner, reason=self.cleaned_data["reason"])
