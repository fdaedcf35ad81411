"""One form a deed on joint cases, transfers and warnings."""

from django import forms

from accounts.models import District
from casework.fields import Day, words_field
from casework.forms import DeedForm

from .about import record_at
from .models import JointCase, SpreadWarning, Transfer


class Begin(DeedForm, forms.ModelForm):
    """A deed that creates a record: what is typed goes on the record, then the verb."""

    def passed_on(self, told):
        """What the verb is given beside the fields of the record."""
        return {}

    def save(self, *, by, on):
        told = self.arguments
        more = self.passed_on(told)
        for name, value in told.items():
            setattr(self.record, name, value)
        getattr(self.record, self.move)(by=by, on=on, **more)
        return self.record


class _WithOthers(Begin):
    others = forms.ModelMultipleChoiceField(
        label="其他区市", queryset=District.objects.filter(active=True), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个其他区市。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rest = District.objects.filter(active=True).exclude(pk=self.record.district_id)
        self.fields["others"].queryset = rest

    def passed_on(self, told):
        return {"others": list(told.pop("others"))}


class OpenJointCaseForm(_WithOthers):
    move = "open"
    hint = "成员区市的三方都能看到事由和进展，请只写办案需要的内容；企业的税、费、贷、物流数据不写入。"

    class Meta:
        model = JointCase
        fields = ["title", "reason"]
        widgets = {"reason": forms.Textarea({"rows": 5})}


class NoteForm(DeedForm):
    move = "note"
    hint = "成员区市都能看到。"
    text = words_field("进展", rows=4, max_length=2000)


class InviteForm(DeedForm):
    move = "invite"
    hint = "加入后可以看到此前的全部进展。"
    member = forms.ModelChoiceField(label="区市", queryset=District.objects.filter(active=True), empty_label="请选择")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = self._choices(District.objects.filter(active=True))

    def _choices(self, districts):
        return districts.exclude(pk__in=self.record.districts)


class ReleaseForm(InviteForm):
    move = "release"
    hint = "移出后该区市不再看到这件联合办案。"
    reason = words_field("理由", required=False)

    def _choices(self, districts):
        return districts.filter(pk__in=self.record.districts).exclude(pk=self.record.district_id)


class CloseJointCaseForm(DeedForm):
    move = "close"
    result = words_field("办理结果", rows=4, max_length=2000)


class OfferForm(Begin):
    move = "offer"
    hint = "接收区市看得到这里写的情况，看不到本区市的记录。"
    about = forms.CharField(
        label="涉及的记录", required=False, max_length=200,
        help_text="选填：打开本区市那条记录的页面，把网址复制到这里，便于日后查对。",
    )  # fmt: skip
    field_order = ["version", "receiver", "subject", "facts", "about", "due_on"]

    class Meta:
        model = Transfer
        fields = ["receiver", "subject", "facts", "due_on"]
        widgets = {"due_on": Day(), "facts": forms.Textarea({"rows": 6})}
        error_messages = {"receiver": {"required": "请选择接收区市。"}, "due_on": {"required": "请填写答复期限。"}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rest = District.objects.filter(active=True).exclude(pk=self.record.district_id)
        self.fields["receiver"].queryset, self.fields["receiver"].empty_label = rest, "请选择"

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < self.on:
            raise forms.ValidationError("答复期限不能早于今天。")
        return due_on

    def clean_about(self):
        address = self.cleaned_data["about"]
        found = record_at(address, self.by) if address else None
        if address and found is None:
            raise forms.ValidationError("没有找到这个网址的记录，请从记录页面的地址栏复制。")
        return found

    def _post_clean(self):
        self.instance.offered_on = self.on
        super()._post_clean()


class AcceptForm(DeedForm):
    move = "accept"
    answer = words_field("说明", required=False)


class RefuseForm(DeedForm):
    move = "refuse"
    answer = words_field("不予接收的理由")


class HandBackForm(DeedForm):
    move = "send_back"
    answer = words_field("退回的理由")


class FinishForm(DeedForm):
    move = "finish"
    result = words_field("办理结果", rows=5, max_length=3000)


class WithdrawForm(DeedForm):
    move = "withdraw"
    reason = words_field("撤回的理由", required=False)


class SendWarningForm(_WithOthers):
    move = "send"
    hint = "用于可能跨区域蔓延的苗头。收到提示的区市看得到这里写的内容，并回复采取的措施。"

    class Meta:
        model = SpreadWarning
        fields = ["title", "text"]
        widgets = {"text": forms.Textarea({"rows": 5})}


class AcknowledgeForm(DeedForm):
    move = "acknowledge"
    measures = words_field("已采取的措施", rows=4, max_length=1000)


class LiftForm(DeedForm):
    move = "lift"
    reason = words_field("解除的理由")


OF_A_JOINT_CASE = (OpenJointCaseForm, NoteForm, InviteForm, ReleaseForm, CloseJointCaseForm)
OF_A_TRANSFER = (OfferForm, AcceptForm, RefuseForm, HandBackForm, FinishForm, WithdrawForm)
OF_A_WARNING = (SendWarningForm, AcknowledgeForm, LiftForm)
