"""One form a deed on a collective contract."""

from django import forms

from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm
from enterprises.models import Enterprise

from .forms import number_field
from .models import Contract, Vote
from .models.contracts import DISSOLVING, ENDING, PACKAGE

_DATES = {"signed_on": Day(), "begins_on": Day(), "ends_on": Day(), "published_on": Day()}


class RegisterForm(DeedForm, forms.ModelForm):
    """An industry's or area's contract; one of an enterprise comes from its consultation."""

    move = "register"
    reach = forms.ChoiceField(label="适用范围", choices=Contract.Reach.choices[1:])

    class Meta:
        model = Contract
        fields = ["title", "kind", "reach", "trade", "workers", "signed_on", "begins_on", "ends_on"]
        widgets = _DATES

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.register(by=by, on=on)
        return self.record


class TakeOverForm(DeedForm, forms.ModelForm):
    """A contract of an enterprise from before, as it is in force."""

    move = "take_over"

    class Meta:
        model = Contract
        fields = ["title", "kind", "workers", "signed_on", "begins_on", "ends_on", "published_on"]
        widgets = _DATES

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.take_over(by=by, on=on)
        return self.record


class JoinForm(DeedForm):
    move = "join"
    uscc = forms.CharField(label="统一社会信用代码", max_length=18)
    sealed_on = day_field("盖章日期", help_text="合同自盖章之日起对该企业有约束力。")
    workers = number_field("覆盖职工人数", required=False)

    def clean_uscc(self):
        code = self.cleaned_data["uscc"].strip().upper()
        enterprise = Enterprise.objects.current().visible_to(self.by).filter(uscc=code).first()
        if enterprise is None:
            raise forms.ValidationError("本区市名录中没有这个统一社会信用代码，请核对。")
        self.enterprise = enterprise
        return code

    @property
    def arguments(self):
        arguments = super().arguments
        arguments.pop("uscc")
        return arguments | {"enterprise": self.enterprise}


class FileForm(DeedForm):
    move = "file"
    filed_on = day_field("报送日期", help_text="审查期限自人社部门收到的次日起计算。")
    package = forms.MultipleChoiceField(
        label="报送材料", choices=list(PACKAGE.items()), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="身份证复印件属敏感个人信息，只核对、不上传。",
    )  # fmt: skip


class ObjectForm(DeedForm):
    move = "object"
    reviewed_on = day_field("审查日期")
    opinion = words_field("审查意见", rows=5, max_length=3000)


class ApproveForm(DeedForm):
    move = "approve"
    reviewed_on = day_field("审查日期")
    opinion = words_field("审查意见", rows=3, max_length=3000, required=False)


class DeemForm(DeedForm):
    move = "deem"


class PublishForm(DeedForm):
    move = "publish"
    published_on = day_field("公布日期")


class ReportForm(DeedForm):
    move = "report"
    told_on = day_field("报告日期")
    body = forms.ChoiceField(label="报告对象", choices=Vote.Body.choices)
    summary = words_field("履行情况", rows=4, max_length=2000)


class DissolveForm(DeedForm):
    move = "dissolve"
    ground = forms.ChoiceField(label="理由", choices=[(ground, ground.label) for ground in DISSOLVING])
    reason = words_field("情况说明")
    closed_on = day_field("解除日期")
    body = forms.ChoiceField(label="表决主体", choices=Vote.Body.choices)
    held_on = day_field("表决日期")
    entitled = number_field("应到人数", help_text="全体职工代表或全体职工的人数。")
    present = number_field("实到人数")
    in_favour = number_field("赞成")
    against = number_field("反对")
    abstained = number_field("弃权")


class EndForm(DeedForm):
    move = "end"
    ground = forms.ChoiceField(label="理由", choices=[(ground, ground.label) for ground in ENDING])
    closed_on = day_field("终止日期")
    reason = words_field("情况说明", required=False)


class ReportEndingForm(DeedForm):
    """After a dissolution: filed with the labour authority, told to the upper union."""

    move = "report_ending"
    filed_on = day_field("向人社部门报备日期", required=False)
    told_union_on = day_field("向上级工会报告日期", required=False)


OF_A_CONTRACT = (
    RegisterForm, JoinForm, FileForm, ObjectForm, ApproveForm, DeemForm, PublishForm, ReportForm, DissolveForm, EndForm,
    ReportEndingForm,
)  # fmt: skip
