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

    template = "negotiations/_letter.html"
    chosen = forms.MultipleChoiceField(
        label="协商议题", choices=(), required=False, widget=forms.CheckboxSelectMultiple
    )
    own_topics = words_field("其他议题", rows=2, required=False, help_text="一行一项，每项不超过60字。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = topics.grouped()
        offered = [topic for _, names in self.groups for topic in names]
        self.fields["chosen"].choices = [(topic, topic) for topic in offered]
        self.initial["chosen"] = [topic for topic in self.record.topics if topic in offered]
        self.initial["own_topics"] = "\n".join(topic for topic in self.record.topics if topic not in offered)

    def topic_groups(self):
        """(label, its choices, whether it is shown open): what fits the class and the kind, and what is chosen."""
        choices = {choice.data["value"]: choice for choice in self["chosen"]}
        chosen = set(self["chosen"].value() or ())
        fitting = {
            self.class_shown(),
            topics.law_of(self["kind"].value() if "kind" in self.fields else self.record.kind),
        }
        for key, names in self.groups:
            yield topics.label_of(key), [choices[name] for name in names], key in fitting or bool(chosen & set(names))

    def class_shown(self):
        return self.record.firm_class

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
    hint = (
        "职工方、企业方都可以提出要约，对方应在10日内书面答复（《山东省企业工资集体协商条例》第二十一条）。"
        "拟定后可以修改，发出后以发出的为准。"
    )
    field_order = ["version", "kind", "purpose", "contract", "firm_class", "offered_by", "chosen", "own_topics"]

    class Meta:
        model = Consultation
        fields = ["kind", "purpose", "contract", "firm_class", "offered_by", "sender", "addressee", "reasons"]
        widgets = {"reasons": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        record = kwargs["record"]
        self.proposal, self.because = classes.proposed(record.enterprise)
        super().__init__(*args, **kwargs)
        self.initial["kind"] = record.kind or Kind.WAGE
        self.fields["kind"].choices = Kind.choices
        # Nothing is chosen beforehand: the class is confirmed by whoever writes the offer.
        self.fields["firm_class"].choices = [("", "请核实后选择"), *FirmClass.choices]
        self.fields["firm_class"].help_text = f"建议：{self.proposal.label}（{self.because}）。请核实后确认。"
        self.fields["chosen"].help_text = "展开各类可以选用其他议题；没有的，填写在“其他议题”中。"
        self._offer_contracts(record)
        for name, told in (("sender", "要约方"), ("addressee", "受约方")):
            self.fields[name].help_text = f"不填的，按{told}填写企业名称或企业工会。"

    def class_shown(self):
        return self.proposal

    def _offer_contracts(self, record):
        contracts = Contract.objects.filter(enterprise=record.enterprise)
        self.fields["contract"].queryset = contracts
        self.fields["contract"].help_text = "续订、变更时选择所涉合同。"
        if not contracts.exists():
            del self.fields["contract"]
            self.fields["purpose"].choices = Consultation.Purpose.choices[:1]

    def clean(self):
        cleaned = super().clean()
        firm, union = self.record.enterprise.name, f"{self.record.enterprise.name}工会委员会"
        own, other = (firm, union) if cleaned.get("offered_by") == Side.EMPLOYERS else (union, firm)
        cleaned["sender"], cleaned["addressee"] = cleaned.get("sender") or own, cleaned.get("addressee") or other
        return cleaned

    def save(self, *, by, on):
        for name, value in self.arguments.items():
            setattr(self.record, name, value)
        self.record.class_reasons = (
            self.because
            if self.record.firm_class == self.proposal
            else f"平台建议“{self.proposal.label}”（{self.because}），经办人核实后确定"
        )
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
    hint = (
        "要约书应当写明协商的时间、地点、内容和理由（《山东省企业工资集体协商条例》第二十一条）。"
        "协商日期要给对方留出答复和准备资料的时间：答复10日，资料在会议10日前提供。"
    )

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
    hint = (
        "答复期限从签收的次日起计算：山东省内10日（《山东省劳动合同条例》第三十八条、"
        "《山东省企业工资集体协商条例》第二十一条）。"
    )
    received_on = day_field("签收日期", help_text="答复期限自签收的次日起计算。")
    received_by = forms.CharField(label="签收人", max_length=30)


class AgreeForm(DeedForm):
    move = "agree"
    hint = (
        "答复应当是书面的。同意协商后，工资专项集体合同应在60日内签订，不可抗力的日数不计"
        "（《山东省企业工资集体协商条例》第二十八条）。"
    )
    replied_on = day_field("答复日期")
    meet_on = day_field("协商日期")
    rescheduled = forms.BooleanField(label="同意协商，另约时间", required=False)
    reply_reason = words_field("答复内容", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["meet_on"] = self.record.meet_on


class RefuseForm(DeedForm):
    move = "refuse"
    hint = (
        "无正当理由不得拒绝协商（《山东省企业工资集体协商条例》第四十七条、《工会法》第五十四条）。"
        "登记后列入“应当督促”。"
    )
    replied_on = day_field("答复日期")
    reply_reason = words_field("拒绝的理由")


class ConfirmForm(DeedForm):
    move = "confirm"
    hint = "企业方代表组织确认会员企业的这次答复属实。确认不改变答复内容和期限。"


class UrgeForm(DeedForm):
    move = "urge"
    hint = "对逾期不答复或者拒绝协商的企业先行督促；督促后仍不改正的，工会可以发出意见书。"
    way = forms.ChoiceField(label="方式", choices=[(way, way) for way in ("上门", "电话", "书面", "约谈")])
    text = words_field("督促内容")


class OpineForm(DeedForm):
    move = "opine"
    hint = (
        "企业应自收到意见书之日起15个工作日内书面答复；有异议的5个工作日内提出（《山东省工会劳动法律监督条例》第十七条）。"
        "还没有签收的，签收后再登记，期限自签收起算。"
    )
    text = words_field("意见书内容", rows=6, max_length=3000)
    received_on = day_field("企业签收日期", required=False, help_text="签收后15个工作日内应当答复。")


class ProposeForm(DeedForm):
    move = "propose"
    hint = (
        "企业对意见书不答复、不改正的，向人力资源社会保障部门提出建议书，"
        "该部门应自收到之日起15个工作日内书面答复（《山东省工会劳动法律监督条例》第十八条）。"
    )
    text = words_field("建议书内容", rows=6, max_length=3000)
    received_on = day_field("人社部门签收日期", required=False, help_text="签收后15个工作日内应当答复。")


class _OfALetter(DeedForm):
    """About one of the letters that were written."""

    urging = forms.ModelChoiceField(label="文书", queryset=None, empty_label=None)
    waiting = {}  # of which letters

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["urging"].queryset = self.record.urgings.filter(**self.waiting)


class DeliverForm(_OfALetter):
    move = "deliver"
    hint = "答复期限自签收的次日起计算，15个工作日。"
    waiting = {"what__in": ["opinion", "proposal"], "received_on": None}
    received_on = day_field("签收日期")


class NoteAnswerForm(_OfALetter):
    move = "note_answer"
    hint = "登记企业对意见书的书面答复。答复后仍然拒绝协商的，列入“可提建议书”。"
    waiting = {"what": "opinion", "answered_on": None}
    answered_on = day_field("答复日期")
    text = words_field("答复内容", rows=4, max_length=3000)


class AnswerForm(_OfALetter):
    move = "answer"
    hint = "对工会的建议书应当书面答复处理情况（《山东省工会劳动法律监督条例》第十八条）。"
    waiting = {"what": "proposal", "answered_on": None}
    text = words_field("答复", rows=4, max_length=3000)


class SeatForm(DeedForm, forms.ModelForm):
    move = "seat"
    hint = (
        "双方人数对等，每方不少于3人、首席代表各1人；工资协商的职工方一线职工不少于三分之一"
        "（《山东省企业工资集体协商条例》第七条至第十二条）。"
    )

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
    hint = "代表空缺的，应在15日内产生新的代表（《集体合同规定》第三十一条）。"
    seat = forms.ModelChoiceField(label="代表", queryset=None, empty_label="请选择")
    left_on = day_field("离任日期")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = self.record.seats.filter(left_on=None)


class AnnounceForm(DeedForm):
    move = "announce"
    hint = "协商代表产生后5日内在本企业公布（《山东省企业工资集体协商条例》第十一条）。"
    seats_published_on = day_field("公布日期")


class InformForm(DeedForm):
    move = "inform"
    hint = (
        "企业应在协商会议召开10日前提供上年度的六项数据（《山东省企业工资集体协商条例》第二十三条）。"
        "企业方代表看不到这些数据，每次查看都有记录。"
    )
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


class TellUnionForm(DeedForm):
    move = "tell_union"
    hint = "职工方应在协商会议召开5日前向上级工会报告（《山东省企业工资集体协商条例》第二十四条）。"
    told_union_on = day_field("报告日期")


class MeetForm(DeedForm):
    move = "meet"
    hint = (
        "首次会议由要约方首席代表主持，以后双方轮流（《山东省企业工资集体协商条例》第二十五条）；"
        "记录由全体代表签字（第二十六条）。"
    )
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
    hint = "双方同意可以中止协商。只有不可抗力造成的中止不计入60日（《山东省企业工资集体协商条例》第二十八条）。"
    begins_on = day_field("中止日期")
    force_majeure = forms.BooleanField(label="因不可抗力", required=False, help_text="不可抗力的日数不计入签订期限。")
    reason = words_field("原因", max_length=300)


class ResumeForm(DeedForm):
    move = "resume"
    ends_on = day_field("恢复日期")


class CoordinateForm(DeedForm):
    move = "coordinate"
    hint = (
        "协商不成的，可以提请人力资源社会保障部门协调处理；30日内办结，经批准可延长15日"
        "（《山东省企业工资集体协商条例》第四十五条）。"
    )
    coordinated_on = day_field("提请日期")
    reason = words_field("争议情况")


class ProlongForm(DeedForm):
    move = "prolong"
    hint = "由负责人批准并书面说明理由，只能延长一次，15日（《山东省企业工资集体协商条例》第四十五条）。"
    reason = words_field("延长的理由")


class GoOnForm(DeedForm):
    move = "go_on"
    hint = "协调后双方恢复协商。原先拒绝、现在同意的，以协调结束之日为答复日期，60日自次日起算。"
    result = words_field("协调结果")


class SettleForm(DeedForm):
    move = "settle"
    hint = "全部条款商定后形成合同草案，提交职工代表大会或者全体职工讨论。形成草案后条款不能再改。"


class Ballot(DeedForm):
    """What was counted."""

    NUMBERS = ("entitled", "present", "in_favour", "against", "abstained")
    held_on = day_field("表决日期")
    entitled = number_field("应到人数", help_text="全体职工代表或全体职工的人数，不是到会人数。")
    present = number_field("实到人数")
    in_favour = number_field("赞成")
    against = number_field("反对")
    abstained = number_field("弃权")


class _OfADraft(Ballot):
    body = forms.ChoiceField(label="表决主体", choices=Vote.OF_A_FIRM)
    field_order = ["version", "body"]


class PassForm(_OfADraft):
    move = "pass_draft"
    hint = (
        "工资专项集体合同：赞成人数超过全体的半数（《山东省企业工资集体协商条例》第二十七条）。"
        "集体合同：三分之二以上出席，全体半数以上赞成（《山东省劳动合同条例》第四十条）。"
    )


class TurnDownForm(_OfADraft):
    move = "turn_down"
    hint = "没有通过的，回到协商；修改后重新形成草案、重新表决。"


class SignForm(DeedForm):
    move = "sign"
    hint = (
        "由双方首席代表签字、盖章后登记。签订不等于生效：应在10日内报送审查。"
        "续订、变更的，新合同生效时原合同由新合同替代。"
    )
    title = forms.CharField(label="合同名称", max_length=120, required=False)
    signed_on = day_field("签订日期")
    begins_on = day_field("起始日期")
    ends_on = day_field("届满日期")
    workers_covered = number_field("覆盖职工人数")


class WithdrawForm(DeedForm):
    move = "withdraw"
    hint = "对方答复以前可以撤回。撤回后这件要约办结，需要时重新拟定。"
    reason = words_field("撤回的理由")


class CloseForm(DeedForm):
    move = "close"
    hint = "没有签订合同而结束的，写明原因。"
    reason = words_field("终结的理由")


OF_A_CONSULTATION = (
    DraftForm, EditForm, SeatForm, UnseatForm, AnnounceForm, SendForm, ReceiveForm, AgreeForm, RefuseForm, ConfirmForm,
    UrgeForm, OpineForm, ProposeForm, DeliverForm, NoteAnswerForm, AnswerForm, InformForm, TellUnionForm, MeetForm,
    SuspendForm, ResumeForm, CoordinateForm, ProlongForm, GoOnForm, SettleForm, PassForm, TurnDownForm, SignForm,
    WithdrawForm, CloseForm,
)  # fmt: skip
