"""One form a deed on a consultation."""

from django import forms

from casework.fields import Day, day_field, words_field
from casework.forms import DeedForm

from . import classes, topics
from .law import Kind
from .models import Consultation, Contract, Seat, Side, Vote
from .topics import FirmClass


def number_field(label, **fields):
    messages = {"required": f"请填写{label}。", "invalid": f"{label}请填写整数。", "min_value": f"{label}不能为负数。"}
    return forms.IntegerField(label=label, min_value=0, max_value=10_000_000, error_messages=messages, **fields)


class _Letter(DeedForm, forms.ModelForm):
    """What an offer holds; the topics are chosen from those of the notice and the law, and one's own are added."""

    chosen = forms.MultipleChoiceField(
        label="协商议题", choices=(), required=False, widget=forms.CheckboxSelectMultiple
    )
    own_topics = words_field("其他议题", rows=2, required=False, help_text="一行一项，每项不超过60字。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = topics.offered(self.record.firm_class, self.record.kind)
        self.fields["chosen"].choices = [(topic, topic) for topic in offered]
        self.initial["chosen"] = [topic for topic in self.record.topics if topic in offered]
        self.initial["own_topics"] = "\n".join(topic for topic in self.record.topics if topic not in offered)

    def clean_own_topics(self):
        own = [line.strip() for line in self.cleaned_data["own_topics"].splitlines() if line.strip()]
        if any(len(line) > 60 for line in own):
            raise forms.ValidationError("每项议题不超过60字，请精简。")
        return own

    def clean(self):
        cleaned = super().clean()
        cleaned["topics"] = [*cleaned.pop("chosen", []), *cleaned.pop("own_topics", [])]
        return cleaned


class DraftForm(_Letter):
    move = "draft"
    field_order = ["version", "kind", "purpose", "contract", "firm_class", "offered_by", "chosen", "own_topics"]

    class Meta:
        model = Consultation
        fields = ["kind", "purpose", "contract", "firm_class", "offered_by", "sender", "addressee", "reasons"]
        widgets = {"reasons": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        record = kwargs["record"]
        proposal, self.because = classes.proposed(record.enterprise)
        record.firm_class = record.firm_class or proposal
        record.kind = record.kind or Kind.WAGE
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Kind.choices
        self.fields["firm_class"].choices = FirmClass.choices
        self.fields["firm_class"].help_text = f"建议：{proposal.label}（{self.because}）。请核实后确认。"
        every = dict.fromkeys(topic for firm_class in FirmClass for topic in topics.offered(firm_class, record.kind))
        self.fields["chosen"].choices = [(topic, topic) for topic in every]
        contracts = Contract.objects.filter(enterprise=record.enterprise)
        self.fields["contract"].queryset = contracts
        self.fields["contract"].help_text = "续订、变更时选择所涉合同。"
        if not contracts.exists():
            del self.fields["contract"]
            self.fields["purpose"].choices = Consultation.Purpose.choices[:1]
        self.initial.setdefault("addressee", record.enterprise.name)
        self.initial["sender"] = record.sender or f"{record.enterprise.name}工会委员会"
        self.initial["addressee"] = record.addressee or record.enterprise.name

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.class_reasons = self.because
        self.record.draft(by=by, on=on)
        return self.record


class EditForm(_Letter):
    move = "edit"

    class Meta:
        model = Consultation
        fields = ["firm_class", "offered_by", "sender", "addressee", "reasons", "requested"]
        widgets = {"reasons": forms.Textarea({"rows": 3}), "requested": forms.Textarea({"rows": 3})}


class SendForm(DeedForm, forms.ModelForm):
    move = "send"

    class Meta:
        model = Consultation
        fields = ["number", "sent_on", "meet_on", "place", "reasons", "requested"]
        widgets = {
            "sent_on": Day(), "meet_on": Day(), "reasons": forms.Textarea({"rows": 3}),
            "requested": forms.Textarea({"rows": 3}),
        }  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["sent_on"] = self.record.sent_on or self.on
        self.initial["requested"] = self.record.requested or (
            "上年度营业收入、上缴税收、净利润、职工工资总额、职工平均工资、社会保险费用缴纳情况"
        )


class ReceiveForm(DeedForm):
    move = "receive"
    received_on = day_field("签收日期", help_text="答复期限自签收的次日起计算。")
    received_by = forms.CharField(label="签收人", max_length=30)


class AgreeForm(DeedForm):
    move = "agree"
    replied_on = day_field("答复日期")
    meet_on = day_field("协商日期")
    rescheduled = forms.BooleanField(label="同意协商，另约时间", required=False)
    reply_reason = words_field("答复内容", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["meet_on"] = self.record.meet_on


class RefuseForm(DeedForm):
    move = "refuse"
    replied_on = day_field("答复日期")
    reply_reason = words_field("拒绝的理由")


class ConfirmForm(DeedForm):
    move = "confirm"


class UrgeForm(DeedForm):
    move = "urge"
    way = forms.ChoiceField(label="方式", choices=[(way, way) for way in ("上门", "电话", "书面", "约谈")])
    text = words_field("督促内容")


class OpineForm(DeedForm):
    move = "opine"
    text = words_field("意见书内容", rows=6, max_length=3000)
    received_on = day_field("企业签收日期", required=False, help_text="签收后15个工作日内应当答复。")


class ProposeForm(DeedForm):
    move = "propose"
    text = words_field("建议书内容", rows=6, max_length=3000)
    received_on = day_field("人社部门签收日期", required=False, help_text="签收后15个工作日内应当答复。")


class AnswerForm(DeedForm):
    move = "answer"
    urging = forms.ModelChoiceField(label="建议书", queryset=None, empty_label=None)
    text = words_field("答复", rows=4, max_length=3000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["urging"].queryset = self.record.urgings.filter(what="proposal", answered_on=None)


class SeatForm(DeedForm, forms.ModelForm):
    move = "seat"

    class Meta:
        model = Seat
        fields = [
            "side", "name", "post", "since", "chief", "adviser", "legal_representative", "mandate", "union_officer",
            "front_line", "outsider", "manager", "kin", "replaces",
        ]  # fmt: skip
        widgets = {"since": Day()}

    def __init__(self, data=None, files=None, *, record, by, on, **kwargs):
        self.record, self.by, self.on = record, by, on
        forms.ModelForm.__init__(self, data, files, **kwargs)
        self.initial |= {"version": record.version, "since": on}
        vacant = record.seats.exclude(left_on=None).filter(replaced_by=None)
        self.fields["replaces"].queryset = vacant
        self.fields["replaces"].help_text = "接替离任代表的，应在空缺之日起15日内产生（《集体合同规定》第三十一条）。"
        if not vacant.exists():
            del self.fields["replaces"]

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "consultation", "district"}


class UnseatForm(DeedForm):
    move = "unseat"
    seat = forms.ModelChoiceField(label="代表", queryset=None, empty_label="请选择")
    left_on = day_field("离任日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = self.record.seats.filter(left_on=None)


class AnnounceForm(DeedForm):
    move = "announce"
    seats_published_on = day_field("公布日期")


class InformForm(DeedForm):
    move = "inform"
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    given_on = day_field("提供日期")

    MONEY = (
        ("revenue", "营业收入"), ("taxes", "上缴税收"), ("profit", "净利润"), ("wages", "职工工资总额"),
        ("average_wage", "职工平均工资"), ("insurance", "社会保险费用缴纳"),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"year": self.on.year - 1, "given_on": self.on}
        for name, label in self.MONEY:
            self.fields[name] = forms.DecimalField(
                label=f"{label}（元）", max_digits=16, decimal_places=2, required=False,
                error_messages={"invalid": f"{label}请填写数字，单位为元。"},
            )  # fmt: skip

    @property
    def arguments(self):
        arguments = super().arguments
        for name, _ in self.MONEY:
            amount = arguments[name]
            arguments[name] = None if amount is None else int(amount * 100)
        return arguments


class MeetForm(DeedForm):
    move = "meet"
    held_on = day_field("会议日期")
    place = forms.CharField(label="地点", max_length=100)
    chair = forms.ChoiceField(label="主持", choices=Side.choices)
    recorder = forms.CharField(label="记录员", max_length=30, help_text="由双方共同指定代表以外的人员担任。")
    workers_present = number_field("职工方到会代表")
    employers_present = number_field("企业方到会代表")
    minutes = words_field("会议记录", rows=6, max_length=5000)
    signed_by_all = forms.BooleanField(label="全体到会代表已在记录上签字", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        record = self.record
        first = record.meetings.count() % 2 == 0  # the side that offered chairs first, then in turn
        other = Side.EMPLOYERS if record.offered_by == Side.WORKERS else Side.WORKERS
        self.initial |= {
            "held_on": record.meet_on,
            "place": record.place,
            "chair": record.offered_by if first else other,
        }


class SuspendForm(DeedForm):
    move = "suspend"
    begins_on = day_field("中止日期")
    force_majeure = forms.BooleanField(label="因不可抗力", required=False, help_text="不可抗力的日数不计入签订期限。")
    reason = words_field("原因", max_length=300)


class ResumeForm(DeedForm):
    move = "resume"
    ends_on = day_field("恢复日期")


class CoordinateForm(DeedForm):
    move = "coordinate"
    coordinated_on = day_field("提请日期")
    reason = words_field("争议情况")


class ProlongForm(DeedForm):
    move = "prolong"
    reason = words_field("延长的理由")


class GoOnForm(DeedForm):
    move = "go_on"
    result = words_field("协调结果")


class SettleForm(DeedForm):
    move = "settle"


class _Ballot(DeedForm):
    body = forms.ChoiceField(label="表决主体", choices=Vote.Body.choices)
    held_on = day_field("表决日期")
    entitled = number_field("应到人数", help_text="全体职工代表或全体职工的人数。")
    present = number_field("实到人数")
    in_favour = number_field("赞成")
    against = number_field("反对")
    abstained = number_field("弃权")


class PassForm(_Ballot):
    move = "pass_draft"


class TurnDownForm(_Ballot):
    move = "turn_down"


class SignForm(DeedForm):
    move = "sign"
    title = forms.CharField(label="合同名称", max_length=120, required=False)
    signed_on = day_field("签订日期")
    begins_on = day_field("起始日期")
    ends_on = day_field("届满日期")
    workers_covered = number_field("覆盖职工人数")


class WithdrawForm(DeedForm):
    move = "withdraw"
    reason = words_field("撤回的理由")


class CloseForm(DeedForm):
    move = "close"
    reason = words_field("终结的理由")


OF_A_CONSULTATION = (
    DraftForm, EditForm, SeatForm, UnseatForm, AnnounceForm, SendForm, ReceiveForm, AgreeForm, RefuseForm, ConfirmForm,
    UrgeForm, OpineForm, ProposeForm, AnswerForm, InformForm, MeetForm, SuspendForm, ResumeForm, CoordinateForm,
    ProlongForm, GoOnForm, SettleForm, PassForm, TurnDownForm, SignForm, WithdrawForm, CloseForm,
)  # fmt: skip
