"""One form a deed on a collective contract."""

from django import forms

from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm
from enterprises.models import Enterprise

from .forms import Ballot, number_field
from .models import Contract, Vote
from .models.contracts import DISSOLVING, ENDING, PACKAGE

_DATES = {"signed_on": Day(), "begins_on": Day(), "ends_on": Day(), "published_on": Day()}


class RegisterForm(DeedForm, forms.ModelForm):
    """An industry's or area's contract; one of an enterprise comes from its consultation."""

    move = "register"
    reach = forms.ChoiceField(label="适用范围", choices=Contract.Reach.choices[1:])

    class Meta:
        model = Contract
        fields = ["title", "kind", "reach", "trade", "replaces", "workers", "signed_on", "begins_on", "ends_on"]
        widgets = _DATES

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        alive = Contract.objects.visible_to(self.by).exclude(reach=Contract.Reach.ENTERPRISE)
        self.fields["replaces"].queryset = alive.filter(
            state__in=[Contract.State.EFFECTIVE, Contract.State.PERFORMED], district_id=self.record.district_id
        )
        self.fields["replaces"].help_text = "续订、变更的，选择原合同；新合同生效时原合同由新合同替代。"

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.register(by=by, on=on)
        return self.record


class TakeOverForm(DeedForm, forms.ModelForm):
    """A contract of an enterprise from before, as it is in force."""

    move = "take_over"
    hint = "登记本次行动以前签订、仍在履行的合同。期限、续订提醒按登记的日期计算。"

    class Meta:
        model = Contract
        fields = ["title", "kind", "workers", "signed_on", "begins_on", "ends_on", "published_on"]
        widgets = _DATES

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.take_over(by=by, on=on)
        return self.record


class JoinForm(Ballot):
    """A firm seals; its own vote is asked for unless the congress of the industry or area has passed the draft."""

    move = "join"
    hint = (
        "每户参加企业都要盖章。草案由本企业职工（职工代表）过半数通过，或者由行业性、区域性职工代表大会过半数通过"
        "（《山东省企业工资集体协商条例》第三十二条至第三十八条）。"
    )
    uscc = forms.CharField(label="统一社会信用代码", max_length=18)
    sealed_on = day_field("盖章日期", help_text="合同自盖章之日起对该企业有约束力。")
    workers = number_field("覆盖职工人数", required=False)
    body = forms.ChoiceField(label="本企业表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "uscc", "sealed_on", "workers", "body", "held_on", *Ballot.NUMBERS]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.adopted = self.record.vote_id is not None
        for name in ("body", "held_on", *self.NUMBERS) if self.adopted else ():
            del self.fields[name]

    def clean_uscc(self):
        code = self.cleaned_data["uscc"].strip().upper()
        enterprise = Enterprise.objects.current().visible_to(self.by).filter(uscc=code).first()
        if enterprise is None:
            raise forms.ValidationError("本区市名录中没有这个统一社会信用代码，请核对。")
        self.enterprise = enterprise
        return code

    @property
    def arguments(self):
        told = super().arguments
        arguments = {name: told[name] for name in ("sealed_on", "workers")} | {"enterprise": self.enterprise}
        ballot = None if self.adopted else {name: told[name] for name in ("body", "held_on", *self.NUMBERS)}
        return arguments | {"ballot": ballot}


class AdoptForm(Ballot):
    move = "adopt"
    hint = "行业性、区域性职工代表大会表决通过后，各参加企业不再分别表决，逐户登记盖章即可。"


class FileForm(DeedForm):
    move = "file"
    hint = (
        "自订立之日起10日内报送，材料齐全的方可登记（《山东省企业工资集体协商条例》第二十九条、"
        "《山东省劳动合同条例》第四十一条）。"
    )
    filed_on = day_field("报送日期", help_text="审查期限自人社部门收到的次日起计算。")
    package = forms.MultipleChoiceField(
        label="报送材料", choices=list(PACKAGE.items()), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="身份证复印件属敏感个人信息，只核对、不上传。",
    )  # fmt: skip


class ObjectForm(DeedForm):
    move = "object"
    hint = (
        "收到合同之日起15日内提出。双方就有异议的部分重新协商、再次报送，审查期限重新计算"
        "（《山东省劳动合同条例》第四十一条）。"
    )
    reviewed_on = day_field("审查日期")
    opinion = words_field("审查意见", rows=5, max_length=3000)


class ApproveForm(DeedForm):
    move = "approve"
    hint = (
        "审查双方主体和代表资格、协商程序、合同内容的合法性（《集体合同规定》第四十四条）。登记后合同生效，"
        "应在7日内公布。"
    )
    reviewed_on = day_field("审查日期")
    opinion = words_field("审查意见", rows=3, max_length=3000, required=False)


class DeemForm(DeedForm):
    move = "deem"
    hint = "收到合同之日起15日内没有提出异议的，合同生效（《劳动合同法》第五十四条）。"


class PublishForm(DeedForm):
    move = "publish"
    hint = (
        "自生效之日起7日内向全体职工公布（《山东省企业工资集体协商条例》第三十一条、"
        "《山东省劳动合同条例》第四十四条）。"
    )
    published_on = day_field("公布日期")


class ReportForm(DeedForm):
    move = "report"
    hint = "企业每年至少向职工代表大会或者全体职工报告一次履行情况（《山东省企业工资集体协商条例》第三十一条）。"
    told_on = day_field("报告日期")
    body = forms.ChoiceField(label="报告对象", choices=Vote.OF_A_FIRM)
    summary = words_field("履行情况", rows=4, max_length=2000)


class DissolveForm(Ballot):
    move = "dissolve"
    hint = (
        "兼并、重组致使合同无法履行的，变更或者解除（《山东省企业工资集体协商条例》第四十条），须全体职工（代表）过半数同意，"
        "并在7日内报原审查部门（第四十一条）。破产、解散、吊销、责令关闭的，请办理“终止合同”。"
    )
    ground = forms.ChoiceField(label="理由", choices=[(ground, ground.label) for ground in DISSOLVING])
    reason = words_field("情况说明")
    closed_on = day_field("解除日期")
    body = forms.ChoiceField(label="表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "ground", "reason", "closed_on", "body"]


class EndForm(DeedForm):
    move = "end"
    hint = (
        "期限届满，依法宣告破产、吊销营业执照、责令关闭、撤销、决定解散，或者约定条件出现的，合同终止，"
        "不需要表决（《山东省企业工资集体协商条例》第四十二条）。"
    )
    ground = forms.ChoiceField(label="理由", choices=[(ground, ground.label) for ground in ENDING])
    closed_on = day_field("终止日期")
    reason = words_field("情况说明", required=False)


class ReportEndingForm(DeedForm):
    """After a dissolution: filed with the labour authority, told to the upper union."""

    move = "report_ending"
    filed_on = day_field("向人社部门报备日期", required=False)
    told_union_on = day_field("向上级工会报告日期", required=False)


OF_A_CONTRACT = (
    RegisterForm, JoinForm, AdoptForm, FileForm, ObjectForm, ApproveForm, DeemForm, PublishForm, ReportForm,
    DissolveForm, EndForm, ReportEndingForm,
)  # fmt: skip
