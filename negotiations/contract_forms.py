"""One form a deed on a collective contract."""

from django import forms

from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from . import hints, law
from .firms import firm_of
from .forms import Ballot, number_field
from .law import Kind
from .models import Contract, Ground, Vote
from .models.contracts import REVIEWED


def _grounds(names):
    return [("", "请选择"), *((name, Ground(name).label) for name in names)]


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

    @property
    def hint(self):
        told = "经协商订立的，请从“发起行业性、区域性协商”办起，签订后自动登记；这里登记此前已经签订的合同。"
        return told + law.says("joint", Kind.WAGE, self.on)


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
    uscc = forms.CharField(label="统一社会信用代码", max_length=18)
    sealed_on = day_field("盖章日期", help_text="合同自盖章之日起对该企业有约束力。")
    workers = number_field("覆盖职工人数", required=False)
    body = forms.ChoiceField(label="本企业表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "uscc", "sealed_on", "workers", "body", "held_on", *Ballot.NUMBERS]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.adopted = self.record.vote_id is not None
        for name in ("body", "held_on", *self.NUMBERS):
            if self.adopted:
                del self.fields[name]
            else:
                self.fields[name].required = False
        if not self.adopted and self.record.consultation_id:
            self.fields["body"].help_text = "在协商时已登记本企业表决的，不再填写表决人数。"

    def clean_uscc(self):
        self.enterprise = firm_of(self.cleaned_data["uscc"], self.by)
        return self.enterprise.uscc

    def clean(self):
        """The numbers of the vote are asked for unless it was held before, at the table."""
        cleaned = super().clean()
        known = not self.adopted and hasattr(self, "enterprise") and self.record.is_passed_for(self.enterprise)
        if self.adopted or known:
            return cleaned
        for name in ("held_on", *self.NUMBERS):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, f"请填写{self.fields[name].label}。")
        return cleaned

    @property
    def arguments(self):
        told = super().arguments
        arguments = {name: told[name] for name in ("sealed_on", "workers")} | {"enterprise": self.enterprise}
        asked = not self.adopted and told["entitled"] is not None
        ballot = {name: told[name] for name in ("body", "held_on", *self.NUMBERS)} if asked else None
        return arguments | {"ballot": ballot}

    @property
    def hint(self):
        return law.says("joint", self.record.kind, self.on) or "每户参加企业都要盖章。"


class AdoptForm(Ballot):
    move = "adopt"
    hint = "行业性、区域性职工代表大会表决通过后，各参加企业不再分别表决，逐户登记盖章即可。"


class FileForm(DeedForm):
    move = "file"
    filed_on = day_field("报送日期", help_text="审查期限自人社部门收到的次日起计算。")
    package = forms.MultipleChoiceField(
        label="报送材料", choices=(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="逐项核对后勾选。身份证复印件属敏感个人信息，只核对、不上传。",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["package"].choices = list(self.record.package_needed.items())
        self.initial["filed_on"] = self.on

    @property
    def hint(self):
        rule = law.rule("package", self.record.kind, self.on)
        limit = hints.limit("submit", self.record.kind, self.on, "自订立的次日起{length}内报送")
        return f"{limit}材料齐全的方可登记（{rule.source}）。"


class ObjectForm(DeedForm):
    move = "object"
    objected = forms.MultipleChoiceField(
        label="有异议的方面", choices=list(REVIEWED.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个有异议的方面。"},
    )  # fmt: skip
    reviewed_on = day_field("审查日期")
    opinion = words_field("审查意见", rows=5, max_length=3000)

    @property
    def hint(self):
        limit = hints.limit("review", self.record.kind, self.on, "收到合同的次日起{length}内提出")
        return f"{limit}双方就有异议的部分重新协商、再次报送，审查期限重新计算。"


class ApproveForm(DeedForm):
    move = "approve"
    reviewed_on = day_field("审查日期")
    opinion = words_field("审查意见", rows=3, max_length=3000, required=False)

    @property
    def hint(self):
        kind = self.record.kind
        publish = hints.limit("publish", kind, self.on, "登记后合同生效，应在{length}内公布")
        return law.says("review_items", kind, self.on) + (publish or law.says("publication", kind, self.on))


class DeemForm(DeedForm):
    move = "deem"
    hint = "收到合同之日起15日内没有提出异议的，合同生效（《劳动合同法》第五十四条）。"


class PublishForm(DeedForm):
    move = "publish"
    published_on = day_field("公布日期")

    @property
    def hint(self):
        kind = self.record.kind
        limit = hints.limit("publish", kind, self.on, "自生效的次日起{length}内向全体职工公布")
        return limit or law.says("publication", kind, self.on)


class TellUnionForm(DeedForm):
    """In force: filed with the union above, which has no number of days for it in the law."""

    move = "tell_union"
    told_union_on = day_field("报备日期")

    @property
    def hint(self):
        return law.says("upper_union", self.record.kind, self.on)


class ReportForm(DeedForm):
    move = "report"
    told_on = day_field("报告日期")
    body = forms.ChoiceField(label="报告对象", choices=Vote.OF_A_FIRM)
    summary = words_field("履行情况", rows=4, max_length=2000)

    @property
    def hint(self):
        return law.says("performance", self.record.kind, self.on) or "企业应当向职工报告合同的履行情况。"


class DissolveForm(Ballot):
    move = "dissolve"
    ground = forms.ChoiceField(label="理由", choices=())
    reason = words_field("情况说明")
    closed_on = day_field("解除日期")
    body = forms.ChoiceField(label="表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "ground", "reason", "closed_on", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = _grounds(self.record.grounds(self.on).dissolving)
        if self.record.covers_many:
            self.fields["body"].choices = Vote.OF_MANY

    @property
    def hint(self):
        rule = self.record.grounds(self.on)
        vote = law.rule("dissolution", self.record.kind, self.on)
        filed = hints.limit("dissolution", self.record.kind, self.on, "解除后{length}内报原审查部门")
        ends = "、".join(
            Ground(name).label for name in rule.ending if name in ("bankruptcy", "revocation", "dissolution")
        )
        return (
            f"兼并、重组等致使合同无法履行的，变更或者解除（{rule.source}）。{hints.votes(vote)}{filed}"
            f"{ends}的，请办理“终止合同”。"
        )


class EndForm(DeedForm):
    move = "end"
    ground = forms.ChoiceField(label="理由", choices=())
    closed_on = day_field("终止日期")
    reason = words_field("情况说明", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = _grounds(self.record.grounds(self.on).ending)

    @property
    def hint(self):
        rule = self.record.grounds(self.on)
        told = "；".join(Ground(name).label for name in rule.ending)
        return f"{told}，合同终止，不需要表决（{rule.source}）。"


class ReportEndingForm(DeedForm):
    """After a dissolution: filed with the labour authority, told to the upper union."""

    move = "report_ending"
    filed_on = day_field("向人社部门报备日期", required=False)
    told_union_on = day_field("向上级工会报告日期", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ending = getattr(self.record, "ending", None)
        self.initial |= {name: getattr(ending, name, None) for name in ("filed_on", "told_union_on")}
        if ending and ending.filing_due is None:
            del self.fields["filed_on"]

    @property
    def hint(self):
        limit = hints.limit("dissolution", self.record.kind, self.on, "解除后{length}内报原审查部门")
        return f"{limit}职工方向上级工会报告。"

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("filed_on", "told_union_on")):
            self.add_error(None, "请至少填写一个日期。")
        return cleaned


OF_A_CONTRACT = (
    RegisterForm, JoinForm, AdoptForm, FileForm, ObjectForm, ApproveForm, DeemForm, PublishForm, TellUnionForm,
    ReportForm, DissolveForm, EndForm, ReportEndingForm,
)  # fmt: skip
