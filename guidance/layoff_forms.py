"""One form a deed on a lay-off."""

from django import forms

from casework import personal
from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from . import layoffs
from .layoff_letters import drafted_opinion
from .models import Help, Layoff

_NO_NAMES = "不写姓名、证件号码、电话。"


class _Plan(DeedForm, forms.ModelForm):
    """What the report says, in the order of the procedure."""

    template = "guidance/_layoff_plan.html"
    budget = forms.DecimalField(
        label="经济补偿预算（元）", max_digits=14, decimal_places=2, min_value=0, required=False,
        error_messages={"invalid": "经济补偿预算请填写数字，单位为元。", "min_value": "经济补偿预算不能为负数。"},
        help_text="每满一年支付一个月工资；六个月以上不满一年的按一年，不满六个月的半个月（《劳动合同法》第四十七条）。",
    )  # fmt: skip

    GROUPS = (
        ("裁减人数", ("planned_cut", "total_staff", "reported_on")),
        ("法定情形", ("ground", "contracts_changed", "situation")),
        ("说明情况、听取意见", ("explained_on", "explained_to", "heard_on", "heard")),
        ("裁减方案", ("starts_on", "steps", "compensation", "budget")),
        ("不得裁减的人员（应为 0）", tuple(layoffs.PROTECTED)),
        ("优先留用和清偿", ("keeps_preferred", "owes_wages", "owes_insurance")),
    )

    class Meta:
        model = Layoff
        fields = [
            "planned_cut", "total_staff", "reported_on", "ground", "contracts_changed", "situation", "explained_on",
            "explained_to", "heard_on", "heard", "starts_on", "steps", "compensation", "budget", *layoffs.PROTECTED,
            "keeps_preferred", "owes_wages", "owes_insurance",
        ]  # fmt: skip
        widgets = {
            **{name: Day() for name in ("reported_on", "explained_on", "heard_on", "starts_on")},
            **{name: forms.Textarea({"rows": 3}) for name in ("situation", "heard", "steps", "compensation")},
        }
        help_texts = {
            "planned_cut": "20人以上，或者不足20人但占职工总数10%以上的，为经济性裁员（《劳动合同法》第四十一条）。",
            "contracts_changed": "转产、重大技术革新或者经营方式调整的填写。",
            "explained_on": "提前30日向工会或者全体职工说明情况；期满后方可裁减。",
            "steps": _NO_NAMES,
            "heard": "工会或者职工的主要意见，企业采纳和修改方案的情况。",
            "keeps_preferred": "较长期限和无固定期限劳动合同的，家庭无其他就业人员且有老人或者未成年人需扶养的。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reported_on"].required = True
        for name, unsaid in (("ground", "请选择"), ("explained_to", "请选择")):
            self.fields[name].choices = [("", unsaid), *self.fields[name].choices[1:]]
        for name in ("contracts_changed", "keeps_preferred", "owes_wages", "owes_insurance"):
            self.fields[name].widget.choices = [("unknown", "未核实"), ("true", "是"), ("false", "否")]
        if self.record.stage is None:
            self.initial["reported_on"] = self.on
        if self.record.budget is not None:
            self.initial["budget"] = f"{self.record.budget / 100:.2f}"

    def groups(self):
        return [(label, [self[name] for name in names]) for label, names in self.GROUPS]

    @property
    def arguments(self):
        arguments = super().arguments
        budget = arguments["budget"]
        return arguments | {"budget": None if budget is None else int(budget * 100)}


class TakeInForm(_Plan):
    move = "take_in"
    hint = (
        "报告不是审批：企业提前三十日说明情况、听取意见后，将裁减方案向人力资源社会保障部门报告。"
        "方案应含被裁减人员名单、裁减时间及实施步骤、经济补偿办法；名单在登记后导入，平台隐去证件号码和电话。"
    )


class ReviseForm(_Plan):
    move = "revise"
    hint = "登记企业补正、修订后的方案。此前出具的意见不再有效，须重新出具；修订后低于标准的，收到回执作废。"


class AcknowledgeForm(DeedForm):
    move = "acknowledge"
    hint = "收到回执只表示收到裁减方案，不表示同意。未达到经济性裁员标准的不出具回执。"
    receipt_number = forms.CharField(label="回执编号", max_length=40)
    receipted_on = day_field("回执日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"receipted_on": self.on, "receipt_number": self.record.next_receipt_number(self.on)}


class SendBackForm(DeedForm):
    move = "send_back"
    hint = "写明缺什么、怎样补正。退回后企业补正的，登记补正即回到“待出具意见”。"
    reason = words_field("需要补正的内容", rows=4)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record.stage is not None:
            self.initial["reason"] = "\n".join(fault.sentence for fault in self.record.faults() if fault.grave)[:500]


class AdviseForm(DeedForm):
    move = "advise"
    hint = "意见稿按核对结果拟出，请逐条核实后修改。方案还有不符合规定之处的，意见类别为“提出意见”。"
    verdict = forms.ChoiceField(label="意见类别", choices=Layoff.Verdict.choices)
    opinion = words_field("意见", rows=8, max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record.stage is None:
            return
        verdict, words = drafted_opinion(self.record)
        self.initial |= {"verdict": verdict, "opinion": words}
        if self.record.statutory:
            self.fields["verdict"].choices = Layoff.Verdict.choices[:2]
        else:
            self.fields["verdict"].choices = Layoff.Verdict.choices[2:]


class OpineForm(DeedForm):
    move = "opine"
    hint = (
        "企业单方解除劳动合同应事先将理由通知工会；违反法律或者劳动合同的，工会有权要求纠正"
        "（《劳动合同法》第四十三条）。"
    )
    union_opinion = words_field("工会意见", rows=5, max_length=1000, help_text=_NO_NAMES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["union_opinion"] = self.record.union_opinion


class CarryOutForm(DeedForm):
    move = "carry_out"
    hint = "按实际情况登记。早于依法可以裁减日期的，照实登记，平台在记录上写明。"
    carried_out_on = day_field("实际裁减日期", help_text="分批的填写第一批；档案社保转移和优先招用的期限由此起算。")
    laid_off = forms.IntegerField(
        label="实际裁减人数", min_value=1, max_value=1_000_000,
        error_messages={"required": "请填写实际裁减人数。", "min_value": "实际裁减人数须大于零。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"carried_out_on": self.record.starts_on, "laid_off": self.record.planned_cut}


class TransferForm(DeedForm):
    move = "transfer"
    hint = "解除劳动合同后15日内办理档案和社会保险关系转移手续（《劳动合同法》第五十条）。"
    transferred_on = day_field("办结日期", help_text="全部人员办结的日期。")


class CloseForm(DeedForm):
    move = "close"
    hint = "优先招用期届满、档案社保已转移、帮扶都有结果的，予以办结。"
    result = words_field("办结情况", help_text=_NO_NAMES)


class WithdrawForm(DeedForm):
    move = "withdraw"
    hint = "企业撤回方案，或者经协商改用转岗、轮休等办法不再裁减的，登记后不再列入办理中。"
    reason = words_field("情况")


# ── Those who go ─────────────────────────────────────────────────────────────────────────────────────────────────────


class EnlistForm(DeedForm):
    move = "enlist"
    hint = "姓名、证件号码、电话加密保存，页面上隐去；完整信息须填写理由查看，每次都有记录。"
    name = forms.CharField(label="姓名", max_length=50)
    id_number = forms.CharField(label="身份证号码", max_length=18)
    phone = forms.CharField(label="手机号码", max_length=11, required=False)
    post = forms.CharField(label="岗位", max_length=60, required=False)
    hired_on = day_field("入职日期", required=False, help_text="用于计算经济补偿月数。")

    def clean_id_number(self):
        number = self.cleaned_data["id_number"].upper()
        if fault := personal.id_fault(number):
            raise forms.ValidationError(f"{fault}，请核对。")
        return number

    def clean_phone(self):
        number = self.cleaned_data["phone"]
        if number and (fault := personal.phone_fault(number)):
            raise forms.ValidationError(f"{fault}，请核对。")
        return number

    @property
    def arguments(self):
        return {"people": [super().arguments]}


class StrikeForm(DeedForm):
    move = "strike"
    hint = "登记有误，或者不再裁减的，移出名单。已有帮扶、重新招用记录的不能移出。"
    person = forms.ModelChoiceField(label="人员", queryset=None, empty_label="请选择")
    reason = words_field("原因", rows=2, help_text=_NO_NAMES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = self.record.people.filter(helps=None, hiring=None)


class _OfPeople(DeedForm):
    """About some of the list, or all of it."""

    people = forms.ModelMultipleChoiceField(
        label="人员", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    everybody = forms.BooleanField(label="名单全部人员", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = self.offered()

    def offered(self):
        return self.record.people.all()

    @property
    def arguments(self):
        arguments = super().arguments
        people = self.offered() if arguments.pop("everybody") else arguments["people"]
        return arguments | {"people": list(people)}


class HelpForm(_OfPeople):
    move = "help"
    hint = "一次登记一类帮扶，可选多人；结果以后可以再登记。"
    kind = forms.ChoiceField(label="帮扶类别", choices=Help.Kind.choices)
    helped_on = day_field("帮扶日期")
    words = forms.CharField(label="帮扶内容", max_length=200, help_text=_NO_NAMES)
    outcome = forms.ChoiceField(label="结果", choices=Help.Outcome.choices)
    field_order = ["version", "kind", "helped_on", "words", "outcome", "everybody", "people"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"helped_on": self.on, "outcome": Help.Outcome.PENDING}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("everybody") and not cleaned.get("people"):
            self.add_error("people", "请选择帮扶的人员，或者勾选“名单全部人员”。")
        return cleaned


class NoteResultForm(DeedForm):
    move = "note_result"
    hint = "登记还在帮扶中的结果；结果相同的可以一并登记。"
    helps = forms.ModelMultipleChoiceField(label="帮扶", queryset=None, widget=forms.CheckboxSelectMultiple)
    outcome = forms.ChoiceField(label="结果", choices=Help.Outcome.choices[:-1])
    outcome_on = day_field("结果日期")
    remark = forms.CharField(label="说明", max_length=200, required=False, help_text=_NO_NAMES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["outcome_on"] = self.on
        pending = self.record.helps.filter(outcome=Help.Outcome.PENDING)
        self.fields["helps"].queryset = pending.select_related("person").order_by("person__number")
        self.fields["helps"].error_messages["required"] = "请选择要登记结果的帮扶。"


class RehireForm(_OfPeople):
    move = "rehire"
    hint = "六个月内重新招用人员的，应当通知被裁减的人员，并在同等条件下优先招用（《劳动合同法》第四十一条第三款）。"
    hired_on = day_field("招用日期")
    posts = forms.CharField(label="岗位", max_length=100)
    hired = forms.IntegerField(
        label="招用人数", min_value=1, max_value=1_000_000,
        error_messages={"required": "请填写招用人数。", "min_value": "招用人数须大于零。"},
    )  # fmt: skip
    notified = forms.BooleanField(label="已通知被裁减人员", required=False)
    field_order = ["version", "hired_on", "posts", "hired", "notified", "everybody", "people"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].label = "招回的被裁减人员"

    def offered(self):
        return self.record.people.filter(hiring=None)


class ReasonForm(forms.Form):
    """Why somebody looks at what names people."""

    reason = words_field("查看理由", rows=2, max_length=200, min_length=4, help_text="写明用途，如“核对经济补偿发放”。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages |= {"min_length": "请写明具体用途，不少于四个字。"}


OF_A_LAYOFF = (
    TakeInForm, AcknowledgeForm, SendBackForm, ReviseForm, AdviseForm, OpineForm, CarryOutForm, TransferForm,
    CloseForm, WithdrawForm, EnlistForm, StrikeForm, HelpForm, NoteResultForm, RehireForm,
)  # fmt: skip
